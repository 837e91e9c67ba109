"""What the report of a campaign, and statements for the European database, say of a plan that does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_commands import Campaigns
from campaign_plans import written_plan
from error_texts import command, error_texts
from eu_filing import PACK, rows, table
from sample_campaign import sample_campaign
from sample_events import event
from small_snapshot import written_snapshot

from evenhand.connectors.plan_folder import PlanWriter
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.stores.events import EventTable
from evenhand.workflows.campaigns.steps import desk_of
from evenhand.workflows.effects.opening import open_state
from evenhand.workflows.materials import load_messages, load_registers
from evenhand.workflows.report import Beside
from evenhand.workflows.sweeps import report_plan
from evenhand.workflows.transparency.campaign_report import ReportInputs, read_campaign
from evenhand.workflows.transparency.eu_statements import EuFiling, export_eu_statements

Golden = Callable[[str, str], None]


class Busy(EventTable):
    """A database in which somebody takes a step whenever somebody else looks."""

    def steps(self, campaign_id: str, *, after: int = 0) -> tuple[list[tuple[int, Event]], int]:
        found = super().steps(campaign_id, after=after)
        if after:
            waived = event(EventKind.WAIVER_RECORDED, "ben", hours=2, safeguard="caps", why="tried")
            last = found[0][-1][1] if found[0] else None
            self.append([waived if last is None else replace(waived, at=last.at)])
            return super().steps(campaign_id, after=after)
        return found


def test_a_campaign_that_cannot_be_reported(campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                            monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=30)
    terminal.done("campaign", "draft", "winter", "--by", "ana")
    written_plan(tmp_path / "damaged", n=12)
    (tmp_path / "damaged" / "decisions.parquet").write_bytes(b"PAR1 and no more")
    terminal.done("campaign", "draft", "spring", "--by", "ana", "--plan", "damaged")
    written_plan(tmp_path / "gone", n=12, seed=8)
    terminal.done("campaign", "draft", "summer", "--by", "ana", "--plan", "gone")
    (tmp_path / "gone" / "effects.parquet").unlink()
    written_snapshot(tmp_path / "snapshot", n_planned=1, n_others=1, fingerprint="another")
    inputs = ReportInputs(plan=Path("plan"), holders=load_registers(())["holders"])
    with open_state("campaign.db") as state:
        busy = desk_of(replace(state, events=Busy(state.database)), "autumn")
        golden("errors/transparency/campaign.txt", error_texts({
            "a campaign without a plan": command("report", "plan", "--campaign", "winter"),
            "a table that is damaged": command("report", "damaged", "--campaign", "spring"),
            "a table that is gone": command("report", "gone", "--campaign", "summer"),
            "another snapshot": command("report", "plan", "--campaign", "autumn", "--snapshot", "snapshot"),
            "somebody who never stops": lambda: read_campaign(busy, inputs),
        }))


def test_statements_that_cannot_be_written(tmp_path: Path, golden: Golden) -> None:
    filing = EuFiling(pack=PACK, messages=load_messages("en"), platform_name="birdsite")
    decisions = table(*rows(3))

    def plan(name: str, found: pa.Table) -> Path:
        with PlanWriter(tmp_path / name) as writer:
            writer.add("decisions", found)
            writer.finish(replace(sample_campaign(3).plan, pack_digest=PACK.digest))
        return tmp_path / name

    made, twice = plan("plan", decisions), plan("twice", pa.concat_tables([decisions, decisions.slice(0, 1)]))
    older, damaged = plan("older", decisions), plan("damaged", decisions)
    pq.write_table(decisions.drop_columns(["posted_at", "guards_considered"]), older / "decisions.parquet")
    (damaged / "decisions.parquet").write_bytes(b"PAR1 and no more")
    truth = tmp_path / "truth.csv"
    truth.write_text("account_id\na1\n", encoding="utf-8")
    golden("errors/transparency/statements.txt", error_texts({
        "a folder with something in it": lambda: export_eu_statements(made, filing, into=made),
        "another pack": lambda: export_eu_statements(
            made, replace(filing, pack=replace(PACK, digest="0" * 64)), into=tmp_path / "eu1"),
        "a table that is damaged": lambda: export_eu_statements(damaged, filing, into=tmp_path / "eu2"),
        "a plan of an older version": lambda: export_eu_statements(older, filing, into=tmp_path / "eu3"),
        "a decision that stands twice": lambda: export_eu_statements(twice, filing, into=tmp_path / "eu4"),
        "known truth that is no table": lambda: report_plan(
            made, into=tmp_path / "report.html", beside=Beside(previous=None, truth=truth)),
    }, hide={str(tmp_path): ""}))
