"""A preview of a class reversal undoes nothing, and its lists hold every sibling with what they are told."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sample_campaign import sample_campaign
from sqlalchemy import select

from evenhand.cli.main import main
from evenhand.cli.views.appeals.class_reversal import ClassReversalView
from evenhand.cli.views.screen import Screen
from evenhand.connectors.plan_folder import PlanWriter
from evenhand.connectors.platforms.files import EVERYTHING
from evenhand.errors import DataError
from evenhand.model.appeal import UNDO_EFFECTS, Cause, ReversalGround
from evenhand.model.campaigns.capability import Capabilities
from evenhand.stores.schema import OUTBOX, STATEMENTS
from evenhand.stores.seal import Seal
from evenhand.workflows.appeals.class_reversal import preview_class_reversal, write_class_reversal
from evenhand.workflows.appeals.reinstating import reinstatements, undo_decisions
from evenhand.workflows.effects.filling import fill
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.materials import load_languages

SAMPLE = sample_campaign(160)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reversal") / "plan"
    with PlanWriter(folder) as writer:
        for name in ("decisions", "spared", "effects"):
            writer.add(name, getattr(SAMPLE, name))
        writer.finish(SAMPLE.plan)
    return folder


def test_the_preview_reads_well(plan: Path, golden: Callable[[str, str], None]) -> None:
    for name, as_json in (("txt", False), ("json", True)):
        out = io.StringIO()
        Screen(out=out, err=io.StringIO(), as_json=as_json).show(
            ClassReversalView(preview=preview_class_reversal(plan, Cause.parse("holder:media:spiegel.de"))))
        golden(f"views/class_reversal.{name}", out.getvalue())


def test_its_lists_hold_every_sibling_and_what_each_is_told_in_their_language(plan: Path, tmp_path: Path) -> None:
    preview = preview_class_reversal(plan, Cause.parse("entry:media:spiegel.de"))
    seen: list[tuple[int, int]] = []
    write_class_reversal(plan, preview, languages=load_languages(), into=tmp_path / "out",
                         on_progress=lambda n_done, n_total: seen.append((n_done, n_total)))
    ids = preview.reversal.siblings["decision_id"].to_pylist()
    with (tmp_path / "out" / "siblings.csv").open(encoding="utf-8", newline="") as file:
        assert [row["decision_id"] for row in csv.DictReader(file)] == ids
    undo = pq.read_table(tmp_path / "out" / "undo.parquet")
    assert undo.schema == UNDO_EFFECTS
    assert set(undo["decision_id"].to_pylist()) == set(ids)
    told = [json.loads(line) for line in (tmp_path / "out" / "statements.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [one["decision_id"] for one in told] == ids
    assert {one["language"] for one in told} == {"de", "en"}  # English where the account's language is unknown
    assert all(one["text"].startswith(one["subject"]) for one in told)
    assert seen == [(len(ids), len(ids))]


def test_a_cause_on_which_nothing_rests_names_the_nearest_ones(plan: Path) -> None:
    with pytest.raises(DataError, match=r"no decision of the plan rests on `rule:impersonation/medio`") as caught:
        preview_class_reversal(plan, Cause.parse("rule:impersonation/medio"))
    assert "`rule:impersonation/media`" in caught.value.render()


def test_nothing_is_written_over(plan: Path) -> None:
    preview = preview_class_reversal(plan, Cause.parse("rule:impersonation/media"))
    with pytest.raises(DataError, match="holds something already"):
        write_class_reversal(plan, replace(preview), languages=load_languages(), into=plan)


def test_undoing_goes_to_the_outbox_with_what_each_person_is_told(plan: Path, tmp_path: Path) -> None:
    whole = Capabilities(platform="own", authority="owner", penalties=EVERYTHING)
    preview = preview_class_reversal(plan, Cause.parse("holder:media:spiegel.de"))
    ids = preview.reversal.siblings["decision_id"].combine_chunks()
    with open_state(tmp_path / "campaign.db", evidence_key=Seal.new_key()) as state:
        fill(plan, state.outbox, campaign_id="autumn", capabilities=whole)
        done = [undo_decisions(state.undo, reinstatements(plan, ids, languages=load_languages(), ground=ReversalGround.CLASS),
                               campaign_id="autumn", why="a mistake of ours", actor="zoe", at=datetime(2026, 11, 9, tzinfo=UTC))
                for _ in range(2)]
        with state.database.read() as connection:
            suppressed = connection.execute(select(OUTBOX.c.key).where(OUTBOX.c.state == "suppressed")).scalars().all()
            told = {row.decision_id: row.body for row in connection.execute(select(STATEMENTS).where(
                STATEMENTS.c.kind == "reinstatement"))}
    assert sorted(suppressed) == sorted(preview.reversal.undo["of_key"].to_pylist())
    assert (done[0].n_suppressed, done[0].n_undo, done[1].n_suppressed) == (len(suppressed), 0, 0)
    assert set(told) == set(ids.to_pylist())
    assert any("rückgängig gemacht" in json.loads(body)["text"] for body in told.values())


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["appeal", "siblings", *arguments])
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_the_command_shows_it_and_ends_with_the_right_code(
        plan: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(str(plan), "--cause", "rule:scam") == 2  # the sample calls this rule otherwise
    assert "`rule:impersonation/scam`" in capsys.readouterr().err
    assert _run(str(plan), "--cause", "rule:impersonation/scam", "--into", str(tmp_path / "undo"), "--json") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["siblings"] == len((tmp_path / "undo" / "statements.jsonl").read_text(encoding="utf-8").splitlines()) > 0
    assert _run(str(plan), "--cause", "scam") == 2
    assert "`scam` is no kind of cause" in capsys.readouterr().err
