"""Which steps run: only what the pack needs, each after its inputs, and never in the wrong scope."""

from __future__ import annotations

import pyarrow as pa
import pytest

from evenhand.campaign.pipeline import SUSPECT_HITS, assemble
from evenhand.detectors.impersonation_media import DETECTOR as MEDIA
from evenhand.detectors.scam import DETECTOR as SCAM
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.guards.adjudicated import GUARD as ADJUDICATED
from evenhand.guards.disclosure import GUARD as DISCLOSURE
from evenhand.guards.precedence import GUARD as PRECEDENCE
from evenhand.model.snapshot import TABLES
from evenhand.model.step import Query, Scope

SIGNALS = [
    Query(name=name, inputs=inputs, sql="select 1", sentence="a signal")
    for name, inputs in {
        "names": ("accounts",), "name_matches": ("names",), "disguised_names": ("names",),
        "links": ("posts",), "addresses": ("accounts",),
        "listed_links": ("links", "addresses", "link_lists"), "address_matches": ("links", "addresses"),
        "host_names": ("addresses",), "claims": ("accounts",), "borne_names": ("claims",),
        "disclosures": ("accounts",), "criticisms": ("accounts",),
        "lures": ("posts",), "hops": ("redirects",),
        "name_history": ("profiles",), "avatar_matches": ("accounts", "media"),
        "candidates": ("accounts", "name_matches", "claims"),
        "proofs": ("candidates", "addresses", "holder_handles")}.items()]


def test_only_steps_that_the_detectors_need_are_run() -> None:
    names = {step.name for step in assemble(signals=SIGNALS, detectors=[SCAM], guards=[ADJUDICATED]).account_steps}
    assert "listed_links" in names
    assert "name_matches" not in names
    assert "claims" not in names


def test_every_step_runs_after_its_inputs() -> None:
    pipeline = assemble(signals=SIGNALS, detectors=[MEDIA, SCAM], guards=[DISCLOSURE, PRECEDENCE])
    made: set[str] = {*TABLES, "holders", "holder_handles", "holder_endings", "link_lists", "adjudications"}
    for step in (*pipeline.account_steps, *pipeline.platform_steps):
        assert set(step.inputs) <= made, step.name
        made.add(step.name)


def test_platform_steps_read_only_what_was_kept() -> None:
    pipeline = assemble(signals=SIGNALS, detectors=[MEDIA, SCAM], guards=[DISCLOSURE, PRECEDENCE])
    own = {step.name for step in pipeline.platform_steps}
    for step in pipeline.platform_steps:
        assert set(step.inputs) <= own | set(pipeline.kept) | {"holders", "holder_endings"}, step.name


def test_a_platform_step_may_not_read_a_table_of_the_snapshot() -> None:
    greedy = Query(name="disclosure_hits", inputs=("accounts",), sql="select 1", sentence="too much", scope=Scope.PLATFORM)
    guard = type(DISCLOSURE)(name="greedy", version=1, steps=(greedy,), hits=greedy.name, sentence="reads everything")
    with pytest.raises(ValueError, match="wrong scope: accounts"):
        assemble(signals=SIGNALS, detectors=[MEDIA], guards=[guard])


def test_a_missing_relation_is_named_with_its_reader() -> None:
    with pytest.raises(ValueError, match="no step makes `addresses`, which `"):
        assemble(signals=[s for s in SIGNALS if s.name != "addresses"], detectors=[SCAM], guards=[])


def test_two_different_steps_may_not_share_a_name() -> None:
    twin = Query(name="links", inputs=("posts",), sql="select 2", sentence="another")
    with pytest.raises(ValueError, match="two different steps are called `links`"):
        assemble(signals=[*SIGNALS, twin], detectors=[SCAM], guards=[])


def test_the_digest_changes_with_any_step() -> None:
    one = assemble(signals=SIGNALS, detectors=[SCAM], guards=[ADJUDICATED])
    changed = [Query(name=s.name, inputs=s.inputs, sql="select 2", sentence=s.sentence) if s.name == "links" else s
               for s in SIGNALS]
    assert assemble(signals=SIGNALS, detectors=[SCAM], guards=[ADJUDICATED]).digest == one.digest
    assert assemble(signals=changed, detectors=[SCAM], guards=[ADJUDICATED]).digest != one.digest


def test_guards_may_read_what_a_detector_makes_that_the_pack_does_not_use() -> None:
    pipeline = assemble(signals=[*SIGNALS, *MEDIA.steps], detectors=[SCAM], guards=[DISCLOSURE])
    names = {step.name for step in pipeline.account_steps}
    assert "identity_evidence" in names
    assert "impersonation_suspects" not in names


def test_a_suspect_of_one_detector_with_several_reasons_is_one_suspect() -> None:
    [suspects] = [step for step in assemble(signals=SIGNALS, detectors=[SCAM], guards=[]).account_steps
                  if step.name == "suspect_ids"]
    assert isinstance(suspects, Query)
    with DuckDBEngine(threads=1) as engine:
        left = engine.run([suspects], keep=["suspect_ids"],
                          tables={name: pa.table({"account_id": ["1", "1", "2"]}) for name in suspects.inputs})
    assert sorted(left.relations["suspect_ids"]["account_id"].to_pylist()) == ["1", "2"]


def test_what_guards_say_is_kept_of_suspects_only_with_the_guards_name() -> None:
    [hits] = [step for step in assemble(signals=[*SIGNALS, *MEDIA.steps], detectors=[SCAM], guards=[DISCLOSURE, PRECEDENCE]
                                        ).account_steps if step.name == SUSPECT_HITS]
    assert isinstance(hits, Query)
    said = {name: ["2", "1"] if name == "account_id" else ["said", "said"] for name in (
        "account_id", "harm", "holder_id", "strength", "where", "shown", "expected", "source")}
    with DuckDBEngine(threads=1) as engine:
        left = engine.run([hits], keep=[SUSPECT_HITS], tables={
            "suspect_ids": pa.table({"account_id": ["1"]}), DISCLOSURE.hits: pa.table(said)}).relations[SUSPECT_HITS]
    assert left.select(["guard", "account_id"]).to_pylist() == [{"guard": "disclosure", "account_id": "1"}]
