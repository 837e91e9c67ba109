"""A small plan by hand, whole in itself: its digest is right, its effects can be ordered, its people can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand import __version__
from evenhand.campaign.plan import PlanDigest
from evenhand.connectors.plan_folder import PlanWriter
from evenhand.model.penalty import Penalty
from evenhand.model.plan import DECISIONS, EFFECTS, Plan

CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
WAITS_UNTIL = CUT_OFF + timedelta(days=184)
PENALTIES = ("label", "limit_reach", "delete_post", "suspend", "remove_followers", "warn")
STATEMENT = {"language": "en", "subject": "A “decision”", "what": "w", "rule": "r", "ground_url": "u", "facts": ["one", "two"],
             "automation": "a", "territory": "t", "duration": "d", "appeal": "p"}
SUPPORTED = ("close", "delete_post", "demonetise", "label", "limit_reach", "remove_followers", "suspend", "warn")


def written_plan(folder: Path, *, n: int = 30, penalties: Sequence[str] = PENALTIES, languages: Sequence[str] = ("en", "pt"),
                 seed: int = 7, by_person: Collection[int] = (), suspended_for: timedelta = timedelta(days=3650)) -> Plan:
    """`n` decisions, the penalties and languages in turn; a deletion has two posts, a closing waits for the appeal window.

    The decisions with the numbers `by_person` wait for a person.
    """
    decisions: list[dict[str, Any]] = []
    effects: list[dict[str, Any]] = []
    for number in range(n):
        penalty = penalties[number % len(penalties)]
        posts = [f"p{number}.1", f"p{number}.2"] if penalty == "delete_post" else []
        decisions.append(dict.fromkeys(DECISIONS.names) | {
            "decision_id": f"d{number}", "account_id": f"a{number}", "handle": f"=handle{number}", "harm": "scam",
            "policy_id": "scam/links", "penalty": penalty,
            "automation": "partially" if number in by_person else "fully",
            "language": languages[number // len(penalties) % len(languages)],
            "followers": 10 * number, "until": CUT_OFF + suspended_for if penalty == "suspend" else None,
            "post_ids": posts, "statement": STATEMENT, "reasons": [
                {"signal": "links_listed", "family": "content", "fact": f"It links to a listed address ({number}).",
                 "where": "bio", "shown": "x", "expected": "y", "source": "z"}]})
        for post in posts or [None]:
            effects.append({"position": len(effects), "key": f"k{number}.{post or ''}", "decision_id": f"d{number}",
                            "account_id": f"a{number}", "post_id": post, "penalty": penalty, "undo": "restore",
                            "not_before": WAITS_UNTIL if penalty == "close" else None})
    header = {"cut_off": CUT_OFF.isoformat(), "snapshot": "snap", "pack": "pack", "registries": "registries",
              "code": __version__, "seed": str(seed), "steps": "steps", "supported": " ".join(sorted(map(Penalty, SUPPORTED)))}
    digest = PlanDigest(made_from=header)
    for effect in effects:
        digest.add(effect["key"], penalty=effect["penalty"], not_before=effect["not_before"])
    plan = Plan(digest=digest.hexdigest(), cut_off=CUT_OFF, snapshot="snap", pack="pack 1", pack_digest="pack",
                registries_digest="registries", code_version=__version__, steps_digest="steps", supported=SUPPORTED, seed=seed,
                n_accounts=n, n_posts=0, counts={"scam": dict(Counter(one["penalty"] for one in decisions))}, guards=())
    with PlanWriter(folder) as writer:
        writer.add("decisions", pa.Table.from_pylist(decisions, schema=DECISIONS))
        writer.add("effects", pa.Table.from_pylist(effects, schema=EFFECTS))
        writer.finish(plan)
    return plan
