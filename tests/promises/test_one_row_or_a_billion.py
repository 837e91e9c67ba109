"""Promise: one account is a table with one row. The bulk result is the union of the one-row results.

With `EVENHAND_ONE_BY_ONE=1` every case of the shipped pack runs alone; otherwise some do, drawn anew each time, and the
others in portions.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shipped_materials import shipped_materials

from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.snapshot import ACCOUNTS, POSTS, TABLES
from evenhand.policy.cases.runs import case_follows, case_runs, case_tables
from evenhand.workflows.plan import Materials

ONE_BY_ONE = os.environ.get("EVENHAND_ONE_BY_ONE") == "1"
ALONE, PORTIONS = 16, 6


@pytest.fixture(scope="module")
def materials() -> Materials:
    return shipped_materials()


def run(engine: DuckDBEngine, materials: Materials, tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    tables = {name: tables.get(name, TABLES[name].schema.empty_table()) for name in materials.pipeline.tables}
    steps = materials.pipeline.account_steps
    return dict(engine.run(steps, tables=tables, keep=[step.name for step in steps]).relations)


def rows(tables: list[pa.Table]) -> list[str]:
    return sorted(repr(row) for table in tables for row in table.to_pylist())


def check(engine: DuckDBEngine, materials: Materials, tables: dict[str, pa.Table], *,
          portions: list[list[str]] | None = None) -> None:
    """The bulk result is the union of the results of `portions` of the accounts; of each account alone when None.

    What is made of the registers alone is the same whoever is looked at.
    """
    bulk = run(engine, materials, tables)
    single = [run(engine, materials, {name: table.filter(pc.is_in(table["account_id"], value_set=pa.array(ids)))
                                      for name, table in tables.items()})
              for ids in portions or [[account_id] for account_id in tables["accounts"]["account_id"].to_pylist()]]
    of_registers = set(materials.registries)
    for step in materials.pipeline.account_steps:
        if of_registers.issuperset(step.inputs):
            of_registers.add(step.name)
            assert all(rows([bulk[step.name]]) == rows([one[step.name]]) for one in single), step.name
        else:
            assert rows([bulk[step.name]]) == rows([one[step.name] for one in single]), step.name


def drawn(ids: list[str]) -> list[list[str]]:
    """So many accounts alone, the others in a few portions; which ones is drawn anew in every run of the tests."""
    ids = random.sample(ids, len(ids))
    return [[account_id] for account_id in ids[:ALONE]] + [ids[ALONE + nth::PORTIONS] for nth in range(PORTIONS)]


def test_it_holds_for_every_case_of_the_shipped_pack(materials: Materials) -> None:
    runs = [replace(run, case=replace(run.case, others=())) for run in case_runs(materials.pack, ())]
    accounts, posts = case_tables(tuple(runs))
    with DuckDBEngine(threads=1) as engine:
        engine.bind(materials.registries)
        check(engine, materials, {"accounts": accounts, "posts": posts, "follows": case_follows(tuple(runs))},
              portions=None if ONE_BY_ONE else drawn(accounts["account_id"].to_pylist()))


names = st.one_of(st.none(), st.text(max_size=24), st.sampled_from(
    ["Der Spiegel", "FBI offіcial", "聯邦調查局", "parody of nobody",
     "Army Command", "ＦＢＩ", "a\u200bb\u202ec", "القوات المسلحة"]))
texts = st.one_of(st.none(), st.text(max_size=60), st.sampled_from(
    ["Official account of the FBI", "see spiegel.ltd now", "hxxps://uniswap-claim[.]app", "公式アカウント", "not a parody"]))


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(data=st.lists(st.tuples(names, names, texts, texts), min_size=1, max_size=4))
def test_it_holds_for_any_accounts(materials: Materials,
                                   data: list[tuple[str | None, str | None, str | None, str | None]]) -> None:
    accounts = pa.Table.from_pylist([
        {"account_id": f"a{n}", "handle": handle or "x", "display_name": name, "bio": bio, "website": "https://welt.lol"}
        for n, (handle, name, bio, _) in enumerate(data)], schema=ACCOUNTS.schema)
    posts = pa.Table.from_pylist([
        {"post_id": f"p{n}", "account_id": f"a{n}", "text": text} for n, (*_, text) in enumerate(data)], schema=POSTS.schema)
    with DuckDBEngine(threads=1) as engine:
        engine.bind(materials.registries)
        check(engine, materials, {"accounts": accounts, "posts": posts})
