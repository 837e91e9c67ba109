"""Write the report of a campaign: read its database and its plan, hold every total against the ledger, then write the files."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from evenhand.connectors.plan_folder import read_plan, table_file
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import DataError, PlanError, Problem
from evenhand.model.campaigns.event import EventKind, Json
from evenhand.model.campaigns.record import CampaignRecord
from evenhand.model.plan import Plan
from evenhand.model.refusal import Refusal
from evenhand.statements.messages import Messages
from evenhand.stores.reporting.campaign_records import campaign_record
from evenhand.transparency.campaigns import (
    DIMENSIONS,
    CampaignReport,
    CampaignSources,
    Source,
    campaign_page,
    campaign_report,
    document,
    tables,
)
from evenhand.workflows.campaigns.plan_basis import TABLES
from evenhand.workflows.campaigns.publishing import published_counts
from evenhand.workflows.campaigns.steps import Course, Desk
from evenhand.workflows.effects.opening import State
from evenhand.workflows.registers.demands import demands_in
from evenhand.workflows.registers.publishing import published_demands, register_counts

PAGE, DOCUMENT = "report.html", "report.json"
_TRIES = 5
"""How often the database is read anew when somebody took a step while it was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInputs:
    """What the report of a campaign is made from, besides its database."""

    plan: Path
    """The folder of the plan that the campaign carries out."""
    holders: pa.Table
    """The register of holders, for their names."""
    snapshot: Path | None = None
    """The plan's snapshot, to tell which accounts had been reported before."""
    ledger: Path | None = None
    """The folder of the published ledger, to compare with it and to read the register of demands."""
    are_named: bool = False
    """The team's own copy: people by name, and small groups one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenReport:
    """A report that was written."""

    report: CampaignReport
    into: Path
    files: tuple[str, ...]
    """The names of the files, the page first."""
    is_final: bool = False
    """Whether it was recorded as the campaign's report."""


def read_campaign_report(desk: Desk, inputs: ReportInputs) -> CampaignReport:
    """The report of the desk's campaign as values. Raises what `read_campaign` and `campaign_report` raise."""
    return campaign_report(read_campaign(desk, inputs))


def read_campaign(desk: Desk, inputs: ReportInputs) -> CampaignSources:
    """What the report of the desk's campaign is made from, as it is at one moment.

    Raises:
        PlanError: the plan in the folder is not the one that the campaign carries out, or is damaged.
        DataError: there is no such campaign, or no ledger where one is named.
    """
    course, record = _one_moment(desk)
    plan = _bound_plan(course, inputs.plan)
    register: Sequence[Mapping[str, Json]] = ()
    published: Mapping[EventKind, int] | None = None
    if inputs.ledger is not None:
        published, register = published_counts(inputs.ledger, desk.campaign_id), published_demands(inputs.ledger).rows()
    decisions = _decisions(inputs.plan)
    return CampaignSources(
        plan=plan, record=record, campaign=course.campaign, steps=course.steps, at=desk.clock.now(),
        decisions=decisions.append_column("source", _source(decisions["account_id"], _reported(inputs.snapshot, plan),
                                                            _demanded(desk.state))).select(DIMENSIONS),
        ordered=_column(table_file(inputs.plan, "effects"), "decision_id"), sources_known=inputs.snapshot is not None,
        published=published, demands=register, registers=register_counts(desk.state), are_named=inputs.are_named,
        holder_names=dict(zip(inputs.holders["holder_id"].to_pylist(), inputs.holders["name"].to_pylist(), strict=True)))


def write_campaign_report(report: CampaignReport, *, messages: Messages, into: Path) -> WrittenReport:
    """Write the page, the JSON document and one CSV file per table to `into`; an earlier report there is replaced."""
    into.mkdir(parents=True, exist_ok=True)
    files = [PAGE, DOCUMENT]
    _put(into / PAGE, campaign_page(report, messages=messages).encode())
    _put(into / DOCUMENT, (json.dumps(document(report), ensure_ascii=False, indent=1) + "\n").encode())
    for name, table in tables(report).items():
        text = pa.BufferOutputStream()
        pa_csv.write_csv(table, text)
        _put(into / f"{name}.csv", text.getvalue().to_pybytes())
        files.append(f"{name}.csv")
    return WrittenReport(report=report, into=into, files=tuple(files))


def record_final(desk: Desk, written: WrittenReport, *, person: str) -> WrittenReport | Refusal:
    """Record the written report as the campaign's: the step `reported`, with the digest of its JSON document."""
    digest = hashlib.sha256((written.into / DOCUMENT).read_bytes()).hexdigest()
    outcome = desk.take(desk.hand(person).event(EventKind.REPORTED, {
        "digest": digest, "n_decisions": written.report.n("decided"), "n_reported_events": written.report.n_events}))
    if isinstance(outcome, Refusal):
        return outcome
    return WrittenReport(report=written.report, into=written.into, files=written.files, is_final=True)


def _one_moment(desk: Desk) -> tuple[Course, CampaignRecord]:
    """The campaign's steps and its record, such that no step was taken between them."""
    for _ in range(_TRIES):
        record, course = campaign_record(desk.state.database, desk.campaign_id), desk.course()
        later, _ = desk.state.events.steps(desk.campaign_id, after=record.n_events)
        if not later:
            return course, record
    raise DataError(Problem(what=f"somebody takes steps in `{desk.campaign_id}` faster than it can be read",
                            hint="wait until they are done, then repeat the command"))


def _bound_plan(course: Course, folder: Path) -> Plan:
    """The plan in `folder`. Raises `PlanError` unless it is the campaign's, file by file; its code version does not matter."""
    plan, bound = read_plan(folder), course.last(EventKind.PLANNED)
    if course.campaign.basis is None or bound is None:
        raise PlanError(Problem(what=f"no plan is bound to `{course.campaign.campaign_id}`, so there is nothing to report",
                                hint="bind one with `evenhand campaign bind`"))
    if course.campaign.basis.digest != plan.digest:
        raise PlanError(Problem(
            what=f"this is the plan `{plan.digest[:12]}`, and `{course.campaign.campaign_id}` carries out "
                 f"`{course.campaign.basis.digest[:12]}`", file=str(folder), hint="name the folder of the campaign's own plan"))
    files = bound.body.get("files")
    for name in TABLES:
        if isinstance(files, Mapping) and name in files and files[name] != _sha256(table_file(folder, name)):
            raise PlanError(Problem(what=f"the plan's table `{name}` is not what it was when the plan was bound",
                                    file=str(table_file(folder, name)), hint="restore the plan's folder from a copy"))
    return plan


def _decisions(folder: Path) -> pa.Table:
    columns = ["account_id", *(name for name in DIMENSIONS if name != "source")]
    return _columns(table_file(folder, "decisions"), columns)


def _source(account_ids: pa.ChunkedArray, reported: pa.Array, demanded: pa.Array) -> pa.Array:
    """What led to each decision, the graver word first: a demand, a report, or only the sweep."""
    return pc.if_else(pc.is_in(account_ids, value_set=demanded), str(Source.DEMAND),
                      pc.if_else(pc.is_in(account_ids, value_set=reported), str(Source.REPORT), str(Source.SWEEP)))


def _reported(snapshot: Path | None, plan: Plan) -> pa.Array:
    """The accounts that somebody had reported before the plan's cut-off; none where no snapshot is given."""
    if snapshot is None:
        return pa.array([], pa.string())
    folder = SnapshotFolder(snapshot)
    if folder.manifest.fingerprint != plan.snapshot:
        raise PlanError(Problem(what="this is not the snapshot that the plan was made from", file=str(snapshot),
                                hint="name the plan's snapshot, or leave it out: reports are not told apart then"))
    found = [_column(Path(file), "account_id")["account_id"] for bucket in range(folder.manifest.n_buckets)
             for file in folder.files("reports", bucket)]
    return pc.unique(pa.chunked_array([chunk for column in found for chunk in column.chunks], pa.string()))


def _demanded(state: State) -> pa.Array:
    """The accounts that demands of authorities were found to be about: something of them was, or was to be, withheld."""
    book = demands_in(state).book()
    return pa.array(sorted({str(held.facts["account_id"]) for held in book.held.values()}), pa.string())


def _column(file: Path, name: str) -> pa.Table:
    return _columns(file, [name])


def _columns(file: Path, names: list[str]) -> pa.Table:
    try:
        return pq.read_table(file, columns=names, partitioning=None)
    except (OSError, pa.ArrowInvalid, KeyError) as error:
        raise PlanError(Problem(what=f"the table `{file.stem}` cannot be read", file=str(file),
                                hint="restore it from a copy; it belongs to the plan")) from error


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise PlanError(Problem(what=f"the plan's table `{file.stem}` cannot be read", file=str(file),
                                hint="restore the plan's folder from a copy")) from error


def _put(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)
