"""An export is whole: every decision is counted once, calls are full, and both forms say the same."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from eu_filing import PACK, rows, table
from sample_campaign import sample_campaign

from evenhand.connectors.plan_folder import PlanWriter
from evenhand.errors import DataError, PlanError, StalePlan
from evenhand.model.campaigns.record import LIGHTER
from evenhand.transparency.eu_database.schema import DUMP_COLUMNS
from evenhand.workflows.materials import load_messages
from evenhand.workflows.transparency import eu_statements
from evenhand.workflows.transparency.eu_campaign import _lighter, _varied
from evenhand.workflows.transparency.eu_statements import EuExport, EuFiling, export_eu_statements

FILING = EuFiling(pack=PACK, messages=load_messages("en"), platform_name="Bird, site", campaign_id="autumn")


def _plan(folder: Path, decisions: pa.Table) -> Path:
    sample = sample_campaign(3)
    with PlanWriter(folder) as writer:
        writer.add("decisions", decisions)
        writer.finish(replace(sample.plan, pack_digest=PACK.digest))
    return folder


@pytest.fixture(scope="module")
def decisions() -> pa.Table:
    made = rows(320)
    made[5]["created_at"] = made[7]["created_at"] = None
    return table(*made)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, decisions: pa.Table) -> EuExport:
    folder = tmp_path_factory.mktemp("eu")
    return export_eu_statements(_plan(folder / "plan", decisions), FILING, into=folder / "eu")


def test_every_decision_is_counted_once(exported: EuExport, decisions: pa.Table) -> None:
    assert exported.n_ready + exported.n_refused == exported.n_restrictions
    assert exported.n_restrictions + exported.n_no_restriction == exported.n_decisions == decisions.num_rows
    assert exported.n_refused > 0
    assert sum(row.n_statements for row in exported.flags) == exported.n_restrictions


def test_both_forms_hold_the_same_statements(exported: EuExport) -> None:
    bodies = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((exported.into / "calls").iterdir())]
    sizes = [len(body["statements"]) for body in bodies]
    assert set(sizes[:-1]) == {100}
    assert 0 < sizes[-1] <= 100
    sent = [statement for body in bodies for statement in body["statements"]]
    with (exported.into / "statements.csv").open(encoding="utf-8", newline="") as file:
        dumped = list(csv.DictReader(file))
    assert tuple(dumped[0]) == DUMP_COLUMNS
    assert [row["platform_uid"] for row in dumped] == [one["puid"] for one in sent]
    assert len(sent) == exported.n_ready == len({one["puid"] for one in sent})
    for row, one in zip(dumped, sent, strict=True):
        assert row["platform_name"] == "Bird, site"
        assert row["category"] == one["category"]
        assert json.loads(row["territorial_scope"]) == one["territorial_scope"]
        assert json.loads(row["decision_visibility"]) == one.get("decision_visibility", [])
        assert row["content_date"] == one["content_date"] + " 00:00:00"


def test_what_is_refused_is_listed_with_its_reason(exported: EuExport) -> None:
    with (exported.into / "refused.csv").open(encoding="utf-8", newline="") as file:
        refused = list(csv.DictReader(file))
    assert len({row["decision_id"] for row in refused}) == exported.n_refused
    assert sum(exported.refused_for.values()) == len(refused)
    assert json.loads((exported.into / "summary.json").read_text(encoding="utf-8"))["n_refused"] == exported.n_refused


def test_the_same_plan_gives_the_same_files_in_portions_of_any_size(
        exported: EuExport, decisions: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eu_statements, "AT_ONCE", 37)
    seen: list[tuple[int, int]] = []
    again = export_eu_statements(_plan(tmp_path / "plan", decisions), FILING, into=tmp_path / "eu",
                                 on_progress=lambda n_done, n_total: seen.append((n_done, n_total)))
    for file in sorted(exported.into.rglob("*.*")):
        if file.name != "summary.json":
            assert (again.into / file.relative_to(exported.into)).read_bytes() == file.read_bytes()
    assert seen[-1] == (decisions.num_rows, decisions.num_rows)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_the_day_is_the_cut_off_unless_another_is_named(exported: EuExport, decisions: pa.Table, tmp_path: Path) -> None:
    named = replace(FILING, applied_on=date(2026, 11, 20), campaign_id=None)
    other = export_eu_statements(_plan(tmp_path / "plan", decisions.slice(0, 30)), named, into=tmp_path / "eu")
    assert (exported.applied_on, other.applied_on) == (date(2026, 11, 1), date(2026, 11, 20))
    body = json.loads((other.into / "calls" / "000001.json").read_text(encoding="utf-8"))
    assert {one["application_date"] for one in body["statements"]} == {"2026-11-20"}
    assert all(one["puid"].startswith("9f2c9f2c9f2c-") for one in body["statements"])


def test_a_plan_without_decisions_gives_empty_files(decisions: pa.Table, tmp_path: Path) -> None:
    empty = export_eu_statements(_plan(tmp_path / "plan", decisions.slice(0, 0)), FILING, into=tmp_path / "eu")
    assert (empty.n_decisions, empty.n_calls) == (0, 0)
    assert (tmp_path / "eu" / "statements.csv").read_text(encoding="utf-8").startswith('"uuid","decision_visibility"')


def test_nothing_is_written_over_and_no_other_pack_or_doubled_decision_is_taken(decisions: pa.Table, tmp_path: Path) -> None:
    plan = _plan(tmp_path / "plan", decisions.slice(0, 3))
    with pytest.raises(DataError, match="holds something already"):
        export_eu_statements(plan, FILING, into=plan)
    with pytest.raises(StalePlan, match="was not made with the pack"):
        export_eu_statements(plan, replace(FILING, pack=replace(PACK, digest="0" * 64)), into=tmp_path / "eu")
    twice = _plan(tmp_path / "twice", pa.concat_tables([decisions.slice(0, 2), decisions.slice(0, 1)]))
    with pytest.raises(PlanError, match="stands twice"):
        export_eu_statements(twice, FILING, into=tmp_path / "eu2")
    older = _plan(tmp_path / "older", decisions.slice(0, 3))
    pq.write_table(decisions.drop_columns(["posted_at"]), older / "decisions.parquet")
    with pytest.raises(PlanError, match="lack `posted_at`"):
        export_eu_statements(older, FILING, into=tmp_path / "eu3")


def test_lighter_decisions_have_statements_of_their_own_and_all_add_up(tmp_path: Path) -> None:
    made = [row | {"penalty": "close", "automation": "partially", "until": None, "post_ids": []} for row in rows(40)]
    plan, started = _plan(tmp_path / "plan", table(*made)), datetime(2026, 11, 5, 12, tzinfo=UTC)
    ids = [row["decision_id"] for row in made]
    lighter = [f"{one}-lowered" for one in ids[:10]] + [f"{one}-varied" for one in ids[10:15]] + [f"{ids[0]}-lowered-varied"]
    kinds = pa.table({"decision_id": lighter, "penalty": ["suspend"] * 10 + ["label"] * 6,
                      "until": pa.array([started + timedelta(days=30)] * 10 + [None] * 6, pa.timestamp("us", "UTC")),
                      "automation": ["fully"] * 10 + ["partially"] * 6})
    done = [*lighter, *ids[10:20]]
    filing = replace(FILING, lighter=kinds, confirmed=pa.array([*ids[10:20], *lighter[10:]]), carried_out=pa.table({
        "decision_id": done, "applied_at": pa.array([started] * len(done), pa.timestamp("us", "UTC"))}))
    export = export_eu_statements(plan, filing, into=tmp_path / "eu")
    assert (export.n_decisions, export.n_not_carried_out, export.n_restrictions) == (56, 30, 26)
    assert export.n_ready + export.n_refused == export.n_restrictions
    assert sum(row.n_differing for row in export.flags) == 0
    sent = {one["puid"]: one for file in sorted((export.into / "calls").iterdir())
            for one in json.loads(file.read_text(encoding="utf-8"))["statements"]}
    assert {f"autumn-{one}" for one in done} == set(sent)
    lowered, varied = sent[f"autumn-{ids[0]}-lowered"], sent[f"autumn-{ids[10]}-varied"]
    assert (lowered["decision_account"], lowered["automated_decision"], lowered["end_date_account_restriction"]) == (
        "DECISION_ACCOUNT_SUSPENDED", "AUTOMATED_DECISION_FULLY", "2026-12-05")
    assert (varied["decision_visibility"], varied["automated_decision"]) == (
        ["DECISION_VISIBILITY_CONTENT_LABELLED"], "AUTOMATED_DECISION_PARTIALLY")
    assert lowered["decision_facts"] == sent.get(f"autumn-{ids[0]}-lowered-varied", {}).get("decision_facts")


@pytest.mark.parametrize("n_lowered", [0, 3])
def test_what_a_campaign_files_of_lighter_decisions_says_who_decided(n_lowered: int) -> None:
    record = pa.table({"decision_id": [*(f"d{n}-lowered" for n in range(n_lowered)), "d9-varied", "d9-varied"],
                       "penalty": ["suspend"] * n_lowered + ["delete_post"] * 2,
                       "until": [86_400_000_000] * n_lowered + [None] * 2}, schema=LIGHTER)
    filed = _lighter(record).sort_by("decision_id")
    assert filed.num_rows == n_lowered + 1, "one decision, whatever the number of its effects"
    assert filed["automation"].to_pylist() == [None] * n_lowered + ["partially"], "null: as the decision it replaces"
    assert _varied(record) == ["d9-varied"] * 2
