"""Entries that stay in files count as those in memory do: whatever the split, the step leaves equal rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.errors import DataError
from evenhand.signals.web.hosts import PublicSuffixes
from evenhand.signals.web.links import ADDRESSES, LINKS, addresses, links
from evenhand.signals.web.listed_links import LONG_LISTS, listed_links
from evenhand.signals.web.redirects import HOPS, hops
from evenhand.signals.web.shared_hosts import HOSTS_OF_MANY

KNOWN = PublicSuffixes.bundled()
COLUMNS = ("list_id", "host", "label", "source")
HOSTS = ("evil.com", "a.evil.com", "b.a.evil.com", "pages.dev", "x.pages.dev", "co.uk", "shop.co.uk", "bit.ly", "good.org")
entries = st.lists(st.tuples(st.sampled_from("lm"), st.sampled_from(HOSTS), st.sampled_from(["scam", "phishing", "allow"]),
                             st.sampled_from("st")), max_size=10, unique_by=lambda entry: entry[:2])


def table(rows: list[tuple[str, str, str, str]]) -> pa.Table:
    return pa.table({name: pa.array([row[nth] for row in rows], pa.string()) for nth, name in enumerate(COLUMNS)})


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1, memory="200MB") as opened:
        yield opened


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@settings(max_examples=40)
@given(rows=entries, written=st.lists(st.sampled_from(HOSTS), min_size=1, max_size=4), parts=st.lists(
    st.integers(0, 2), min_size=10, max_size=10))
def test_entries_in_files_count_as_those_in_memory(
        engine: DuckDBEngine, place: Path, rows: list[tuple[str, str, str, str]], written: list[str], parts: list[int]) -> None:
    n = len(written)
    posts = pa.record_batch({"account_id": ["a"] * n, "post_id": [str(nth) for nth in range(n)],
                             "text": pa.array([f"see https://{host}/x" for host in written], pa.string()),
                             "links": pa.array([None] * n, pa.list_(pa.string()))})
    profile = pa.record_batch({"account_id": ["a"], "platform": ["x"], "handle": ["a"],
                               "website": pa.array([written[0]], pa.string()), "bio": pa.array([None], pa.string())})
    way = pa.record_batch({"account_id": ["a"], "post_id": ["0"], "start": ["a picture"],
                           "addresses": pa.array([[f"https://{written[-1]}/"]], pa.list_(pa.string()))})
    tables = {"links": pa.Table.from_batches([links(KNOWN).run(posts)], LINKS),
              "hops": pa.Table.from_batches([hops(KNOWN).run(way)], HOPS),
              "addresses": pa.Table.from_batches([addresses(KNOWN).run(profile)], ADDRESSES)}
    split = [[row for row, part in zip(rows, parts, strict=False) if part == wanted] for wanted in range(3)]
    for nth, content in enumerate(split[1:]):
        pq.write_table(table(content), place / f"{nth}.parquet")
    found = []
    for step, bound in ((listed_links(), {"link_lists": table(rows)}), (listed_links(has_long_lists=True), {
            "link_lists": table(split[0]), LONG_LISTS: tuple(str(place / f"{nth}.parquet") for nth in range(2))})):
        engine.bind(bound)
        kept = engine.run([HOSTS_OF_MANY, step], tables=tables, keep=[step.name]).relations[step.name]
        found.append(sorted(map(repr, kept.to_pylist())))
    assert found[0] == found[1]


def test_a_list_that_is_gone_is_told(engine: DuckDBEngine, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a file of `long_link_lists` is gone") as raised:
        engine.bind({LONG_LISTS: (str(tmp_path / "none.parquet"),)})
    assert raised.value.problems[0].hint == "bring the file back, and run the same command again"
