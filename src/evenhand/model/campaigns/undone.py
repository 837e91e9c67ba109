"""The audit of a rollback as its events tell it: for each stage what was taken back, drawn and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from evenhand.model.campaigns.audit import Verdict
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.model.interval import finite_lower_bound

UNDO_GATE = 0.95
"""The share of a stage that has to be taken back rightly, with 95 % confidence: the gate of what can be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoneStage:
    """One stage of a rollback that has finished, and its sample."""

    stage: int
    finished_at: datetime
    n_undone: int
    """Effects that were undone while it ran."""
    n_failed: int
    """Effects that the platform did not take back while it ran."""
    n_decisions: int
    """Decisions of which everything is undone, in languages that somebody reads: out of these the sample is drawn."""
    n_unreadable: int
    """Such decisions in languages that nobody reads who did not start the rollback: the sample says nothing of them."""
    seed: str
    decision_ids: tuple[str, ...]
    """The decisions that were drawn."""
    read_until: datetime | None
    """How long the rollback waits for them."""
    n_right: int = 0
    n_wrong: int = 0
    n_undecided: int = 0
    n_wrong_since: int = 0
    """Read as wrong since an approver last started the rollback: who started it looked at the others."""

    @property
    def n_items(self) -> int:
        """Accounts that were drawn."""
        return len(self.decision_ids)

    @property
    def n_read(self) -> int:
        """Accounts that somebody has spoken on."""
        return self.n_right + self.n_wrong + self.n_undecided

    @property
    def n_unread(self) -> int:
        """Accounts that nobody has spoken on."""
        return self.n_items - self.n_read

    @property
    def bound(self) -> float | None:
        """The share of the stage that was taken back rightly is at least this, with 95 % confidence.

        None where nothing is decided: `cannot_decide` counts for neither side.
        """
        return self._bound(self.n_wrong)

    @property
    def bound_since(self) -> float | None:
        """The same where only what was read as wrong since the last start counts as wrong."""
        return self._bound(self.n_wrong_since)

    def _bound(self, n_wrong: int) -> float | None:
        n = self.n_right + self.n_wrong
        return finite_lower_bound(n - n_wrong, n=n, of=self.n_decisions) if n else None


def undone_stages(steps: Sequence[Event]) -> tuple[UndoneStage, ...]:
    """The stages of the rollback among a campaign's steps that have finished, with what their readers said."""
    found: dict[int, UndoneStage] = {}
    for event in steps:
        if event.kind is EventKind.ROLLBACK_STARTED:
            found = {stage: replace(one, n_wrong_since=0) for stage, one in found.items()}
        elif event.kind is EventKind.ROLLBACK_STAGE_FINISHED:
            found[_whole(event.body["stage"])] = _finished(event)
        elif event.kind is EventKind.UNDO_READ:
            stage = _whole(event.body["stage"])
            found[stage] = _read(found[stage], str(event.body["verdict"]))
    return tuple(found[stage] for stage in sorted(found))


def _finished(event: Event) -> UndoneStage:
    body = event.body
    ids, until = body["decision_ids"], body.get("read_until")
    return UndoneStage(
        stage=_whole(body["stage"]), finished_at=event.at, n_undone=_whole(body.get("n_undone")),
        n_failed=_whole(body.get("n_failed")), n_decisions=_whole(body["n_decisions"]),
        n_unreadable=_whole(body.get("n_unreadable")), seed=str(body["seed"]),
        decision_ids=tuple(map(str, ids)) if isinstance(ids, Sequence) else (),
        read_until=None if until is None else datetime.fromisoformat(str(until)))


def _read(stage: UndoneStage, verdict: str) -> UndoneStage:
    if verdict == Verdict.WRONG:
        return replace(stage, n_wrong=stage.n_wrong + 1, n_wrong_since=stage.n_wrong_since + 1)
    if verdict == Verdict.RIGHT:
        return replace(stage, n_right=stage.n_right + 1)
    return replace(stage, n_undecided=stage.n_undecided + 1)


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
