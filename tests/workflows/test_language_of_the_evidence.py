"""From the snapshot to the statement: the language of the posts in the evidence lowers a penalty, and is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from evenhand.campaign.plan import Terms, judge
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.model.decision import Decision
from evenhand.model.penalty import Penalty
from evenhand.model.snapshot import ACCOUNTS, POSTS, TABLES
from evenhand.policy.decide import EVERY_PENALTY
from evenhand.workflows.deciding import cases
from evenhand.workflows.materials import SweepSettings, load_materials
from evenhand.workflows.plan import Materials, judged_relations
from evenhand.workflows.scan import RESULTS, Scan

AT = datetime(2026, 11, 1, tzinfo=UTC)
PITCH = ("Obsessed with this cream, use my code: https://skin.example.com/c",
         "My favourite app, promo code inside https://app.example.net/a")
POLICY = "deceptive-monetisation"


@pytest.fixture(scope="module")
def materials() -> Materials:
    return load_materials(SweepSettings())


@pytest.fixture(scope="module")
def engine(materials: Materials) -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as opened:
        opened.bind(materials.bound)
        yield opened


def decided(engine: DuckDBEngine, materials: Materials, *languages: str | None) -> Decision:
    """The decision on an English account with one strike whose two promoting posts are tagged with `languages`."""
    tables = {name: TABLES[name].schema.empty_table() for name in materials.pipeline.tables}
    tables["accounts"] = pa.Table.from_pylist([{"account_id": "a", "handle": "a", "language": "en"}], schema=ACCOUNTS.schema)
    tables["posts"] = pa.Table.from_pylist([{
        "account_id": "a", "post_id": f"p{nth}", "text": text, "language": language, "created_at": AT - timedelta(days=9)}
        for nth, (text, language) in enumerate(zip(PITCH, languages, strict=True))], schema=POSTS.schema)
    pipeline = materials.pipeline
    left = engine.run((*pipeline.account_steps, *pipeline.platform_steps), tables=tables, keep=RESULTS).relations
    policy = materials.pack.policy(POLICY)
    terms = Terms(pack=materials.pack, policies=(policy,), cut_off=AT, messages=materials.messages, supported=EVERY_PENALTY,
                  languages=materials.languages)
    strikes = pa.Table.from_pylist([{
        "account_id": "a", "policy_id": POLICY, "points": 1, "given_at": AT - timedelta(days=20),
        "expires_at": AT + timedelta(days=70)}], schema=materials.registries["strikes"].schema)
    sweep = judged_relations(Scan(relations=left, counts=(), key="", n_resumed=0), terms=terms, engine=engine, strikes=strikes)
    [one] = judge(cases(sweep, terms=terms, seed=0), terms=terms)
    assert isinstance(one, Decision)
    return one


@pytest.mark.parametrize("languages", [("en", "en"), (None, None), ("und", None), ("de", "en-GB")])
def test_posts_in_validated_or_unknown_languages_change_nothing(engine: DuckDBEngine, materials: Materials,
                                                                languages: tuple[str | None, ...]) -> None:
    one = decided(engine, materials, *languages)
    assert (one.penalty, one.statement.note) == (Penalty.DEMONETISE, "")
    assert "unsupported_language" not in {hit.guard for hit in one.guards_considered}


@pytest.mark.parametrize(("languages", "named"), [(("sw", "sw"), "Swahili"), (("en", "sw"), "Swahili"), (("th", None), "Thai")])
def test_posts_in_a_language_that_nobody_validated_lead_to_a_label(engine: DuckDBEngine, materials: Materials,
                                                                   languages: tuple[str | None, ...], named: str) -> None:
    one = decided(engine, materials, *languages)
    assert one.penalty is Penalty.LABEL
    assert any("the language of half or more of the posts in the evidence" in step for step in one.steps)
    assert f"language of half or more of these posts ({named})" in one.statement.note
    assert [hit.fact for hit in one.guards_considered if hit.guard == "unsupported_language"] == [one.statement.note]
