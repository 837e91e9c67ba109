"""The shipped registries and the demo snapshot: built the same way from the same sources, and true to what they say."""

from __future__ import annotations

import csv
import gzip
import json
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evenhand.connectors.registries import shipped_registries
from evenhand.model.harm import Harm

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "src/evenhand/data"
SOURCES = ROOT.parent / "shared/data"
needs_sources = pytest.mark.skipif(
    not SOURCES.is_dir(), reason="the sources are not here: put the data folder beside the repository, as ../shared/data")


@cache
def accounts() -> list[dict[str, str]]:
    with gzip.open(DATA / "demo/accounts.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def posts() -> list[dict[str, str]]:
    return [json.loads(line) for line in (DATA / "demo/posts.jsonl").read_text(encoding="utf-8").split("\n") if line]


@cache
def truth() -> list[dict[str, str | bool | None]]:
    rows: list[dict[str, str | bool | None]] = pq.read_table(DATA / "demo/truth.parquet").to_pylist()
    return rows


# ---- the builds

@needs_sources
@pytest.mark.parametrize(("script", "kind"), [("build_registries.py", "registries"), ("build_demo.py", "demo")])
def test_a_build_gives_what_is_shipped_byte_for_byte(script: str, kind: str, tmp_path: Path) -> None:
    # Another hash seed, so that an order that comes from a set shows.
    subprocess.run([sys.executable, str(ROOT / "tools" / script), "--data", str(SOURCES), "--into", str(tmp_path)],
                   check=True, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONHASHSEED": "11"})
    assert {file.name for file in tmp_path.iterdir()} == {
        file.name for file in (DATA / kind).iterdir()} - {"generic_words.toml"}
    for file in sorted(tmp_path.iterdir()):
        shipped = DATA / kind / file.name
        if file.suffix == ".parquet":
            assert pq.read_table(file).equals(pq.read_table(shipped)), file.name
            if pq.read_metadata(file).created_by != pq.read_metadata(shipped).created_by:
                continue        # another version of the library may lay out the same rows differently
        elif file.suffix == ".gz":
            assert gzip.decompress(file.read_bytes()) == gzip.decompress(shipped.read_bytes()), file.name
            continue            # and another zlib may pack the same bytes differently
        assert file.read_bytes() == shipped.read_bytes(), f"{file.name} is not what {script} writes: run it"


@needs_sources
def test_our_reading_covers_exactly_the_published_look_alikes() -> None:
    reading = tomllib.loads((ROOT / "tools/demo/doppelganger_reading.toml").read_text(encoding="utf-8"))
    read = [domain for victim in reading["spoof"].values() for domain in victim["domains"]]
    read += reading["invented"]["domains"] + reading["unclear"]["domains"]
    with (SOURCES / "lookalike_doppelganger/meta_domains.csv").open(encoding="utf-8", newline="") as file:
        published = [row["domain_defanged"].partition(" ")[0].replace("[.]", ".") for row in csv.DictReader(file)
                     if row["label"] == "spoof_news_or_government"]
    assert sorted(read) == sorted(published)


# ---- the demo's input and its truth

def test_every_account_has_one_id_and_one_truth() -> None:
    ids = [row["id"] for row in accounts()]
    assert len(set(ids)) == len(ids)
    assert {row["account_id"] for row in truth()} == set(ids)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*:\S+", one) for one in ids)
    assert [row["id"] for row in accounts() if row["id"].casefold() != f"{row['network']}:{row['username']}".casefold()] == []


def test_every_post_has_one_id_and_an_account() -> None:
    ids = Counter(post["id"] for post in posts())
    assert [one for one, n in ids.items() if n > 1] == []
    assert {post["by"] for post in posts()} <= {row["id"] for row in accounts()}
    assert [post["by"].partition(":")[0] for post in posts() if not post["text"].strip()] == ["bluesky"], "one is a picture"
    assert max(post["at"] for post in posts() if "at" in post) < "2026-11-01"


def test_nothing_in_the_input_says_who_deceives() -> None:
    assert list(accounts()[0]) == ["id", "network", "username", "name", "url", "profile_url", "country", "joined"]
    assert {key for post in posts() for key in post} == {"id", "by", "text", "at", "lang", "links", "reply_to"}
    violators = {row["account_id"] for row in truth() if row["is_violator"]}
    networks = {kind: {row["network"] for row in accounts() if (row["id"] in violators) is kind} for kind in (True, False)}
    assert {"web", "twitter", "youtube", "telegram", "linkedin"} <= networks[True] & networks[False]


def test_the_truth_names_known_harms_and_registered_victims() -> None:
    holders = set(shipped_registries()["holders"]["holder_id"].to_pylist())
    for row in truth():
        assert row["is_violator"] is (row["harm"] is not None)
        assert row["harm"] is None or row["harm"] in set(Harm)
        assert row["imitates"] is None or row["imitates"] in holders
    assert sum(row["imitates"] is not None for row in truth()) == 68


def test_no_violator_is_a_registered_account_or_site() -> None:
    holders = shipped_registries()["holders"].select(["handles", "domains"]).to_pylist()
    own = {f"{one['platform']}:{one['handle']}".lower() for row in holders for one in row["handles"]}
    own |= {f"web:{domain}" for row in holders for domain in row["domains"]}
    assert [row["account_id"] for row in truth() if row["is_violator"] and str(row["account_id"]).lower() in own] == []


def test_the_demo_fits_its_budget() -> None:
    assert sum(file.stat().st_size for file in (DATA / "demo").iterdir()) < 4_000_000


def test_the_notice_names_every_source_of_the_data() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    said = tomllib.loads((DATA / "registries/sources.toml").read_text(encoding="utf-8"))["sources"]
    commits = {source["commit"] for source in said.values()}
    assert {slug for slug, source in said.items() if f"{source['title']}\n" not in notice} == set()
    assert {commit for commit in commits if f"commit {commit}\n" not in notice} == set()
    in_demo = {str(row["source"]) for row in truth()} - set(said)
    tree = (ROOT / "tools/registries/sources.py").read_text(encoding="utf-8")
    for slug in in_demo:
        title = re.search(rf'slug="{slug}",\s+title="([^"]+)"', tree)
        assert title, slug
        assert title[1] in notice, slug
