"""Appeals and reversals of a campaign: filed, decided, overturned, by what was wrong, how long it took, with an interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.model.appeal import Appeal, AppealOutcome, CauseKind, original_id
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.interval import Interval, clopper_pearson


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """The appeals against decisions that rest on one cause. The lines add up to all appeals."""

    cause: str
    """What was found wrong, or else the rule that the decision rests on; written `KIND:VALUE`."""
    n_filed: int
    n_upheld: int
    n_overturned: int
    n_varied: int
    median_days: float | None
    """From filing to the outcome; None where nothing was decided."""

    @property
    def n_open(self) -> int:
        """Appeals that nobody decided yet."""
        return self.n_filed - self.n_upheld - self.n_overturned - self.n_varied


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """Everything that was asked again, and what was taken back."""

    lines: tuple[AppealLine, ...]
    total: AppealLine
    overturned: Interval | None
    """Overturned or varied, of the decided appeals, with the exact 95 % interval; None where nothing was decided."""
    slowest: timedelta | None
    """The longest that a decided appeal took."""
    oldest_open: timedelta | None
    """How long the oldest open appeal has waited."""
    reversals: tuple[tuple[str, str, int], ...]
    """Decisions taken back: the ground, the cause (empty where there is none), and how many."""
    appeals: tuple[Appeal, ...]

    @property
    def n_reversed(self) -> int:
        """Decisions taken back, on any ground."""
        return sum(n for _, _, n in self.reversals)


def contested(steps: Iterable[Event], settled: pa.Table, policy_of: Mapping[str, str], *, at: datetime) -> Contested:
    """The appeals among `steps` and the reversals in `settled` (schema `SETTLED`), as of `at`.

    `policy_of` knows the policy of each decision that was appealed.
    """
    appeals: dict[str, Appeal] = {}
    causes: dict[str, str] = {}
    for step in steps:
        body = step.body
        if step.kind is EventKind.APPEAL_FILED:
            decision_id, appeal_id = str(body["decision_id"]), str(body.get("appeal_id", body["decision_id"]))
            appeals[appeal_id] = Appeal(appeal_id=appeal_id, decision_id=decision_id, filed_at=step.at, said="")
            causes[appeal_id] = f"{CauseKind.RULE}:{policy_of.get(original_id(decision_id), 'unknown')}"
        elif step.kind is EventKind.APPEAL_DECIDED:
            decided = str(body.get("appeal_id", body["decision_id"]))
            appeals[decided] = _decided(appeals[decided], step)
            causes[decided] = str(body.get("cause") or causes[decided])
    return _counted(appeals, causes, _reversals(settled), at=at)


def _reversals(settled: pa.Table) -> Counter[tuple[str, str]]:
    some = settled.filter(pc.equal(settled["kind"], str(EventKind.DECISION_REVERSED)))
    keys = pa.table({name: pc.fill_null(some[name], "") for name in ("ground", "cause")})
    grouped = keys.group_by(["ground", "cause"], use_threads=False).aggregate([([], "count_all")])
    return Counter({(row["ground"], row["cause"]): row["count_all"] for row in grouped.to_pylist()})


def _decided(appeal: Appeal, step: Event) -> Appeal:
    return Appeal(appeal_id=appeal.appeal_id, decision_id=appeal.decision_id, filed_at=appeal.filed_at, said="",
                  outcome=AppealOutcome(str(step.body["outcome"])), decided_at=step.at)


def _counted(appeals: Mapping[str, Appeal], causes: Mapping[str, str], reversals: Counter[tuple[str, str]], *,
             at: datetime) -> Contested:
    total = _line("all", list(appeals.values()))
    of_cause: dict[str, list[Appeal]] = {}
    for appeal_id, appeal in appeals.items():
        of_cause.setdefault(causes[appeal_id], []).append(appeal)
    lines = sorted((_line(cause, some) for cause, some in of_cause.items()), key=lambda line: (-line.n_filed, line.cause))
    n_decided = total.n_filed - total.n_open
    took = [one.decided_at - one.filed_at for one in appeals.values() if one.decided_at is not None]
    waits = [at - one.filed_at for one in appeals.values() if one.decided_at is None]
    return Contested(
        lines=tuple(lines), total=total, slowest=max(took, default=None), oldest_open=max(waits, default=None),
        overturned=clopper_pearson(total.n_overturned + total.n_varied, n=n_decided) if n_decided else None,
        reversals=tuple((*key, n) for key, n in sorted(reversals.items(), key=lambda one: (-one[1], one[0]))),
        appeals=tuple(appeals.values()))


def _line(cause: str, appeals: list[Appeal]) -> AppealLine:
    n = Counter(appeal.outcome for appeal in appeals)
    days = [(one.decided_at - one.filed_at) / timedelta(days=1) for one in appeals if one.decided_at is not None]
    return AppealLine(cause=cause, n_filed=len(appeals), n_upheld=n[AppealOutcome.UPHELD],
                      n_overturned=n[AppealOutcome.OVERTURNED], n_varied=n[AppealOutcome.VARIED],
                      median_days=round(median(days), 2) if days else None)
