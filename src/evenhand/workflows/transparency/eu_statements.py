"""Write the European statements of a plan: bodies of calls, the daily dump's columns, and everything that was refused."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from evenhand.connectors.plan_folder import read_plan, table_file
from evenhand.errors import DataError, PlanError, Problem, StalePlan
from evenhand.model.appeal import REPLACED
from evenhand.model.plan import Plan
from evenhand.model.policy import PolicyPack
from evenhand.statements.messages import Messages
from evenhand.transparency.eu_database.checked import NEEDED, REFUSED, Checked, checked
from evenhand.transparency.eu_database.flags import FlagRow
from evenhand.transparency.eu_database.harmonised import MEASURES, added, automated_means, own_initiative, sections
from evenhand.transparency.eu_database.mapping import Filing
from evenhand.transparency.eu_database.schema import MAX_PER_CALL, VERSION
from evenhand.transparency.eu_database.wire import calls, dump, json_texts

AT_ONCE = 50_000
"""Decisions that are made into statements at once; a multiple of `MAX_PER_CALL`."""
OnProgress = Callable[[int, int], None]
"""Is told how many decisions are done, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EuFiling:
    """What a person says about an export."""

    pack: PolicyPack
    """The pack that the plan was made with."""
    messages: Messages
    platform_name: str
    campaign_id: str | None = None
    """Begins every `puid`. None: the first 12 digits of the plan's digest."""
    applied_on: date | None = None
    """The day on which the restrictions began. None: the day of the plan's cut-off."""
    confirmed: pa.Array | None = None
    """The ids of decisions that a person confirmed, once the campaign has run."""
    carried_out: pa.Table | None = None
    """`decision_id` and `applied_at` of the decisions that took effect; None for a plan, as if all had on one day."""
    lighter: pa.Table | None = None
    """`decision_id`, `penalty`, `until` and `automation` of decisions that took the place of others of the plan; null in
    `automation` where it is that of the other."""
    harmonised: Mapping[str, pa.Table] = field(default_factory=dict)
    """Further tables of the harmonised report that the campaign fills, by the name of their file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EuExport:
    """What was written.

    `n_ready` and `n_refused` add up to `n_restrictions`; with `n_no_restriction` and `n_not_carried_out` to all decisions,
    lighter ones in the place of others among them.
    """

    into: Path
    version: str
    n_decisions: int
    n_not_carried_out: int
    """Of a campaign: decisions of which nothing was imposed, so that no statement is due. None of a plan's are."""
    n_no_restriction: int
    """Warnings and the like: they restrict nothing, so no statement is due."""
    n_restrictions: int
    n_ready: int
    n_refused: int
    n_calls: int
    applied_on: date
    flags: tuple[FlagRow, ...]
    refused_for: dict[str, int]
    """Reasons for refusing, by field and reason, most frequent first."""


def export_eu_statements(plan: Path, filing: EuFiling, *, into: Path, on_progress: OnProgress | None = None) -> EuExport:
    """Write the statements of the plan in a folder to `into`, which is new or empty; what was written.

    `into/calls/` holds the bodies of the calls, `statements.csv` the same in the columns of the daily dump, `refused.csv`
    every statement that may not be sent with every reason, `harmonised/` the parts of the harmonised report that a plan can
    fill, `summary.json` the counts. The same plan gives the same files.
    Raises `StalePlan` when the pack is not the plan's, `PlanError` when a decision stands twice.
    """
    header = _planned_with(plan, filing.pack)
    if into.exists() and any(into.iterdir()):
        raise DataError(Problem(what=f"`{into}` holds something already", hint="name an empty or a new folder"))
    terms = Filing(campaign_id=filing.campaign_id or header.digest[:12], policies=filing.pack.policies,
                   applied_on=filing.applied_on or header.cut_off.date(), titles=_titles(filing.messages))
    (into / "calls").mkdir(parents=True, exist_ok=True)
    tally = _Tally(into=into, applied_on=terms.applied_on)
    with _Files(into, platform_name=filing.platform_name) as files:
        for own, n_done, n_total in _parts(table_file(plan, "decisions")):
            part = own if filing.lighter is None else _with_lighter(own, filing.lighter)
            taken = part if filing.carried_out is None else _carried_out(part, filing.carried_out)
            done = checked(taken, terms, confirmed=filing.confirmed)
            files.write(done)
            tally.add(part.num_rows, taken.num_rows, done)
            if on_progress is not None:
                on_progress(n_done, n_total)
    export = tally.export(n_calls=files.n_calls)
    _write_harmonised(into / "harmonised", tally.measures(), filing.harmonised)
    shown = asdict(export) | {"into": str(into), "applied_on": export.applied_on.isoformat()}
    (into / "summary.json").write_text(json.dumps(shown, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return export


def _write_harmonised(folder: Path, counts: pa.Table, more: Mapping[str, pa.Table]) -> None:
    folder.mkdir()
    filled = {"1.4-own-initiative-measures": own_initiative(counts), "1.6-automated-means": automated_means(counts), **more}
    for name, table in filled.items():
        pa_csv.write_csv(table, folder / f"{name}.csv")
    pa_csv.write_csv(sections(filled), folder / "sections.csv")


def _carried_out(part: pa.Table, carried_out: pa.Table) -> pa.Table:
    """The decisions of a portion that took effect, each with the moment at which it did (`applied_at`)."""
    places = pc.index_in(part["decision_id"], value_set=carried_out["decision_id"].combine_chunks()).combine_chunks()
    return part.append_column("applied_at", carried_out["applied_at"].take(places)).filter(pc.is_valid(places))


def _with_lighter(part: pa.Table, lighter: pa.Table) -> pa.Table:
    """The decisions of a portion and, behind them, the lighter ones in the place of some: evidence and rule are the same."""
    own = pc.replace_substring_regex(lighter["decision_id"], REPLACED, "")
    places = pc.index_in(own, value_set=part["decision_id"].combine_chunks())
    is_here = pc.is_valid(places)
    rows = part.take(places.filter(is_here))
    for name in ("decision_id", "penalty", "until", "automation"):
        column = lighter[name].filter(is_here).cast(part.schema.field(name).type)
        column = pc.coalesce(column, rows[name]) if name == "automation" else column
        rows = rows.set_column(rows.column_names.index(name), part.schema.field(name), column)
    return pa.concat_tables([part, rows])


class _Files:
    """The files of one export, written a portion at a time. Calls are full: a portion's remainder goes into the next call."""

    def __init__(self, into: Path, *, platform_name: str) -> None:
        self._into, self._platform_name = into, platform_name
        self._waiting: list[str] = []
        self._dump: pa_csv.CSVWriter | None = None
        self._refused = pa_csv.CSVWriter(into / "refused.csv", REFUSED)
        self.n_calls = 0

    def __enter__(self) -> Self:
        """The files."""
        return self

    def __exit__(self, *_: object) -> None:
        """Write what is left and close."""
        self._send(self._waiting)
        self._refused.close()
        if self._dump is not None:
            self._dump.close()

    def write(self, done: Checked) -> None:
        """Write the statements of one portion."""
        self._waiting += json_texts(done.ready).to_pylist()
        full = len(self._waiting) // MAX_PER_CALL * MAX_PER_CALL
        self._send(self._waiting[:full])
        self._waiting = self._waiting[full:]
        rows = dump(done.ready, platform_name=self._platform_name)
        if self._dump is None:
            self._dump = pa_csv.CSVWriter(self._into / "statements.csv", rows.schema)
        self._dump.write_table(rows)
        self._refused.write_table(done.refused)

    def _send(self, texts: list[str]) -> None:
        for body in calls(texts):
            self.n_calls += 1
            (self._into / "calls" / f"{self.n_calls:06d}.json").write_text(body, encoding="utf-8")


class _Tally:
    """Counts over the portions."""

    def __init__(self, *, into: Path, applied_on: date) -> None:
        self._into, self._applied_on = into, applied_on
        self._n_decisions = self._n_carried_out = self._n_restrictions = self._n_refused = self._n_ready = 0
        self._flags: dict[str, FlagRow] = {}
        self._refused_for: defaultdict[str, int] = defaultdict(int)
        self._measures = MEASURES.empty_table()

    def add(self, n_decisions: int, n_carried_out: int, done: Checked) -> None:
        """Add one portion."""
        self._n_decisions += n_decisions
        self._n_carried_out += n_carried_out
        self._n_restrictions += done.n_restrictions
        self._n_refused += done.n_refused
        self._n_ready += done.ready.num_rows
        self._measures = added([self._measures, done.measures])
        for row in done.flags:
            self._flags[row.policy_id] = _added(self._flags.get(row.policy_id), row)
        for one in done.refused.group_by(["field", "what"]).aggregate([([], "count_all")]).to_pylist():
            self._refused_for[f"{one['field']} {one['what']}"] += one["count_all"]

    def measures(self) -> pa.Table:
        """The restrictions of all portions, counted."""
        return self._measures

    def export(self, *, n_calls: int) -> EuExport:
        """The counts of all portions."""
        return EuExport(
            into=self._into, version=VERSION, n_decisions=self._n_decisions, n_restrictions=self._n_restrictions,
            n_not_carried_out=self._n_decisions - self._n_carried_out,
            n_no_restriction=self._n_carried_out - self._n_restrictions, n_ready=self._n_ready, n_refused=self._n_refused,
            n_calls=n_calls, applied_on=self._applied_on, flags=tuple(self._flags[name] for name in sorted(self._flags)),
            refused_for=dict(sorted(self._refused_for.items(), key=lambda one: (-one[1], one[0]))))


def _added(before: FlagRow | None, row: FlagRow) -> FlagRow:
    if before is None:
        return row
    return replace(row, **{name: getattr(before, name) + getattr(row, name) for name in row.__slots__ if name.startswith("n_")})


def _planned_with(plan: Path, pack: PolicyPack) -> Plan:
    header = read_plan(plan)
    if header.pack_digest != pack.digest:
        raise StalePlan(Problem(what=f"the plan `{header.digest[:12]}` was not made with the pack `{pack.name} {pack.version}`",
                                hint="name the plan's pack with `--pack`"))
    return header


def _parts(decisions: Path) -> Iterator[tuple[pa.Table, int, int]]:
    """The decisions a portion at a time, with how many are done and how many there are."""
    try:
        file = pq.ParquetFile(decisions)
    except (OSError, pa.ArrowInvalid) as error:
        raise PlanError(Problem(what="the plan's table `decisions` cannot be read", file=str(decisions),
                                hint="make the plan again")) from error
    missing = [name for name in NEEDED if name not in file.schema_arrow.names]
    if missing:
        raise PlanError(Problem(what=f"the plan's decisions lack `{'`, `'.join(missing)}`", file=str(decisions),
                                hint="an older version made it: make the plan again"))
    ids = file.read(columns=["decision_id"])["decision_id"]
    if pc.count_distinct(ids).as_py() != len(ids):
        raise PlanError(Problem(what="a decision stands twice in the plan", file=str(decisions), hint="make the plan again"))
    n_done = 0
    for batch in file.iter_batches(batch_size=AT_ONCE, columns=list(NEEDED)):
        n_done += batch.num_rows
        yield pa.Table.from_batches([batch]), n_done, len(ids)
    if not len(ids):
        yield file.schema_arrow.empty_table().select(list(NEEDED)), 0, 0


def _titles(messages: Messages) -> dict[str, str]:
    """What each signal is called, by its name."""
    signals = {key.split(".")[1] for key in messages.sentences if key.startswith("signal.")}
    return {signal: messages.title("signal", signal) for signal in sorted(signals)}
