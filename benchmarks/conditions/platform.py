"""Made-up posts with their accounts: the demo's real texts in many languages, a few per cent of them with lures in them."""

from __future__ import annotations

import random
from importlib import resources
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.json as pa_json
from conditions import rules as r

_WORDS = r.Words.short()
LURES = (_WORDS.gift + _WORDS.profit + _WORDS.wallet + _WORDS.contact + r.BAIT + r.TRENDS + r.SHORT_LINKS + r.ADVICE
         + r.LOANS + r.JOBS + r.FAKE)
BIO_LURES = r.CREDENTIAL + r.MEDIA + _WORDS.contact + r.FOLLOWERS
LURE_SHARE, BIO_SHARE, SITE_SHARE = 0.04, 0.8, 0.3
N_VARIED = 20_000
"""Different posts; more rows repeat their texts with other numbers."""


def posts(n_rows: int, *, seed: int = 1) -> pa.Table:
    """Posts with their account's columns, as a policy on posts sees them."""
    random_ = random.Random(seed)
    folder = resources.files("evenhand") / "data" / "demo"
    with resources.as_file(folder / "posts.jsonl") as file:
        texts = pa_json.read_json(file)["text"].to_pylist()
    with resources.as_file(folder / "accounts.csv.gz") as file:
        names = [name for name in pa_csv.read_csv(file)["username"].to_pylist() if name]
    varied = pa.Table.from_pylist([_post(random_, texts, names) for _ in range(N_VARIED)])
    table = varied.take(pa.array([row % N_VARIED for row in range(n_rows)])).combine_chunks()
    numbers = {"n_links": (0, 6), "shares": (0, 100), "views": (0, 150_000), "followers": (0, 20_000),
               "following": (0, 5_000), "age_days": (0, 2_000)}
    for name, (low, high) in numbers.items():
        # most are small, few are large
        drawn = pa.array([int(low + (high - low) * random_.random() ** 6) for _ in range(min(n_rows, 4 * N_VARIED))])
        table = table.append_column(name, drawn.take(pa.array([row % len(drawn) for row in range(n_rows)])))
    return table


def _post(random_: random.Random, texts: list[str], names: list[str]) -> dict[str, Any]:
    text, bio = random_.choice(texts), random_.choice(texts)[:80]
    if random_.random() < LURE_SHARE:
        text = _with(random_, text, LURES)
    if random_.random() < LURE_SHARE:
        bio = _with(random_, bio, BIO_LURES)
    site = random_.choice(("https://example.org/", "http://example.xyz/", "https://example.com/shop"))
    name = random_.choice(names)
    return {
        "text": text, "bio": bio if random_.random() < BIO_SHARE else None, "handle": name,
        "display_name": name.title() if random_.random() > LURE_SHARE else f"{name} Support",
        "website": site if random_.random() < SITE_SHARE else None,
        "platform": random_.choice(("bluesky", "mastodon", "other")),
        "sponsored": random_.random() < LURE_SHARE, "verified": random_.random() < LURE_SHARE,
        "monetised": random_.random() < LURE_SHARE,
    }


def _with(random_: random.Random, text: str, lures: tuple[str, ...]) -> str:
    lure = random_.choice(lures)
    lure = lure.upper() if random_.random() < LURE_SHARE else lure
    return f"{text} {lure}" if random_.random() > 1 / 2 else f"{lure} {text}"


def events(table: pa.Table) -> list[dict[str, Any]]:
    """The rows as single events."""
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows
