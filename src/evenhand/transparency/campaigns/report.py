"""The transparency report of a campaign: everything that it shows, as values whose totals equal the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import original_id
from evenhand.model.campaigns.campaign import Campaign
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.campaigns.instants import instant
from evenhand.model.campaigns.record import CampaignRecord
from evenhand.model.penalty import Penalty
from evenhand.model.plan import Plan
from evenhand.model.registers.counts import RegisterCounts
from evenhand.transparency.campaigns.conduct import Conduct, conduct
from evenhand.transparency.campaigns.contested import Contested, contested
from evenhand.transparency.campaigns.demands import DemandLine, demand_lines
from evenhand.transparency.campaigns.entities import EntityLine, entity_lines
from evenhand.transparency.campaigns.outcomes import cells, outcomes, with_lighter
from evenhand.transparency.campaigns.people import People
from evenhand.transparency.campaigns.reconciliation import Known, Total, n_settled, refuse_differing, totals

_IDS = pa.schema([pa.field("decision_id", pa.string())])
_HOUR, _DAY = 3_600_000_000, 86_400_000_000
MAX_HOURS = 72
"""A campaign whose effects went out within so many hours is drawn by the hour, a longer one by the day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignSources:
    """What the report of a campaign is made from."""

    plan: Plan
    decisions: pa.Table
    """The columns `outcomes.DIMENSIONS`."""
    ordered: pa.Table
    """The `decision_id` of each effect of the plan."""
    record: CampaignRecord
    campaign: Campaign
    steps: Sequence[Event]
    """The campaign's events but those about single effects and statements."""
    at: datetime
    """When the report is made."""
    sources_known: bool = False
    """Whether it was looked up which accounts had been reported before the sweep."""
    published: Mapping[EventKind, int] | None = None
    """Kinds of the campaign's entries in the published ledger; None when no ledger was named."""
    demands: Sequence[Mapping[str, Json]] = ()
    """Facts of demands that a published register holds besides."""
    registers: RegisterCounts | None = None
    """What the registers beside the campaign hold."""
    holder_names: Mapping[str, str] = field(default_factory=dict)
    are_named: bool = False
    """The team's own copy, in which people have their names and small groups are not put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A reason for which something was not done, and how often."""

    what: str
    """`effects not carried out`, `effects that failed` or `statements not delivered`."""
    why: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What happened in one hour or day."""

    start: datetime
    n_imposed: int
    n_undone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignReport:
    """Everything that the report of a campaign shows."""

    plan: Plan
    campaign: Campaign
    at: datetime
    n_events: int
    """Events of the campaign in the ledger when the report was made."""
    totals: tuple[Total, ...]
    """What was held against the ledger; all of them agree."""
    cells: pa.Table
    """Decisions by policy, penalty, language and source (see `outcomes.cells`)."""
    by_harm: pa.Table
    entities: tuple[EntityLine, ...]
    whys: tuple[Why, ...]
    spans: tuple[Span, ...]
    is_hourly: bool
    conduct: Conduct
    contested: Contested
    demands: tuple[DemandLine, ...]
    registers: RegisterCounts | None
    """What the registers of the whole service hold; None where nobody looked."""
    sources_known: bool
    is_published: bool
    """Whether the published ledger was compared too."""
    n_announced: int
    """Closings whose people were told, and that wait."""

    def n(self, measure: str) -> int:
        """The sum of a column of `cells` over all of them."""
        return int(pc.sum(self.cells[measure]).as_py() or 0)


def campaign_report(sources: CampaignSources) -> CampaignReport:
    """The report of a campaign.

    Raises `DataError` with every number on which the decisions, the events, the outbox and, where one was named, the
    published ledger differ: there is no report then.
    """
    record, steps = sources.record, sources.steps
    refuse_differing([n_settled(record)])
    ordered = pa.concat_tables([table.select(_IDS.names).cast(_IDS) for table in (sources.ordered, record.lighter)])
    of_decisions = outcomes(with_lighter(sources.decisions, record.lighter), record.settled, ordered=ordered)
    table = cells(of_decisions)
    asked_again = contested(steps, record.settled, _policies(sources), at=sources.at)
    people = People.of(steps, are_named=sources.are_named)
    how = conduct(steps, people)
    found = _totals(sources, table, n_reversed=asked_again.n_reversed, how=how)
    refuse_differing(found)
    spans, is_hourly = _spans(record.settled)
    return CampaignReport(
        plan=sources.plan, campaign=sources.campaign, at=sources.at, n_events=record.n_events,
        totals=(n_settled(record), *found), cells=table, by_harm=_by_harm(of_decisions),
        entities=entity_lines(of_decisions, sources.holder_names, fewest=1) if sources.are_named
        else entity_lines(of_decisions, sources.holder_names),
        whys=_whys(record.settled), spans=spans, is_hourly=is_hourly, conduct=how,
        contested=asked_again,
        demands=demand_lines([*sources.demands, *(step.body for step in steps if step.kind is EventKind.DEMAND_RECORDED)]),
        registers=sources.registers, sources_known=sources.sources_known, is_published=sources.published is not None,
        n_announced=_n_announced(of_decisions))


def _n_announced(of_decisions: pa.Table) -> int:
    """Closings of which nothing is done but that their people were told."""
    waits = pc.and_(pc.equal(of_decisions["penalty"], str(Penalty.CLOSE)), pc.greater(of_decisions["effects_waiting"], 0))
    return int(pc.sum(pc.and_(waits, pc.greater(of_decisions["statements_delivered"], 0))).as_py() or 0)


def _totals(sources: CampaignSources, table: pa.Table, *, n_reversed: int, how: Conduct) -> tuple[Total, ...]:
    bound = next((step for step in reversed(sources.steps) if step.kind is EventKind.PLANNED), None)
    n_bound = None if bound is None else bound.body.get("n_decisions")
    is_started = any(step.kind is EventKind.STARTED for step in sources.steps)
    return totals(table, sources.record, Known(
        n_planned=sum(sum(of.values()) for of in sources.plan.counts.values()),
        n_bound=n_bound if isinstance(n_bound, int) else None, n_ordered=sources.ordered.num_rows if is_started else None,
        n_reversed=n_reversed, n_holdout_words=how.n_holdout_words, n_protected_words=how.n_protected_words,
        n_undo_words=sum(one.n_read for one in how.undone),
        published=sources.published))


def _policies(sources: CampaignSources) -> dict[str, str]:
    """The policy of each decision that somebody appealed against."""
    ids = pa.array(sorted({original_id(str(step.body["decision_id"])) for step in sources.steps
                           if step.kind is EventKind.APPEAL_FILED}), pa.string())
    rows = sources.decisions.filter(pc.is_in(sources.decisions["decision_id"], value_set=ids))
    return dict(zip(rows["decision_id"].to_pylist(), rows["policy_id"].to_pylist(), strict=True))


def _by_harm(of_decisions: pa.Table) -> pa.Table:
    """Decisions by harm and penalty, with those of which something was imposed."""
    table = of_decisions.select(["harm", "penalty"]).append_column(
        "carried_out", pc.greater(of_decisions["effects_imposed"], 0).cast(pa.int64()))
    grouped = table.group_by(["harm", "penalty"], use_threads=False).aggregate([([], "count_all"), ("carried_out", "sum")])
    return grouped.rename_columns(["harm", "penalty", "decided", "carried_out"]).sort_by(
        [("harm", "ascending"), ("penalty", "ascending")])


_WHAT = {EventKind.EFFECT_SUPPRESSED: "effects not carried out", EventKind.EFFECT_FAILED: "effects that failed",
         EventKind.STATEMENT_FAILED: "statements not delivered", EventKind.UNDO_FAILED: "effects not taken back"}


def _whys(settled: pa.Table) -> tuple[Why, ...]:
    """Why effects and statements were not done; the lines of each kind add up to its events."""
    some = settled.filter(pc.is_in(settled["kind"], value_set=pa.array([str(kind) for kind in _WHAT])))
    table = pa.table({"kind": some["kind"], "why": pc.fill_null(some["why"], "")})
    grouped = table.group_by(["kind", "why"], use_threads=False).aggregate([([], "count_all")])
    rows = sorted(grouped.to_pylist(), key=lambda row: (list(_WHAT).index(row["kind"]), -row["count_all"], row["why"]))
    return tuple(Why(what=_WHAT[EventKind(row["kind"])], why=row["why"], n=row["count_all"]) for row in rows)


def _spans(settled: pa.Table) -> tuple[tuple[Span, ...], bool]:
    """Effects imposed and undone by the hour, or by the day where it took longer; every span between the first and the last."""
    at = np.asarray(settled["at"], np.int64)
    is_imposed, is_undone = (np.asarray(pc.equal(settled["kind"], str(kind)), bool)
                             for kind in (EventKind.EFFECT_IMPOSED, EventKind.EFFECT_UNDONE))
    some = at[is_imposed | is_undone]
    if not len(some):
        return (), True
    is_hourly = bool(some.max() - some.min() < MAX_HOURS * _HOUR)
    width = _HOUR if is_hourly else _DAY
    first, last = int(some.min() // width), int(some.max() // width)
    imposed, undone = (np.bincount(at[mask] // width - first, minlength=last - first + 1) for mask in (is_imposed, is_undone))
    return tuple(Span(start=instant((first + place) * width), n_imposed=int(n), n_undone=int(back))
                 for place, (n, back) in enumerate(zip(imposed, undone, strict=True))), is_hourly
