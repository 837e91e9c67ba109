"""The audit of a rollback: how many undone accounts people read of each stage, and what stops it.

The gate is that of a penalty that can be taken back, and the bound is exact for a sample out of few (hypergeometric): a canary
of 200 needs 72 items instead of 93, so that everybody behind it waits for less.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from evenhand.campaign.audit.gates import ALLOWED_ERRORS, sample_size
from evenhand.campaign.sequential import SequentialTest, Stream, first_crossing
from evenhand.model.campaigns.audit import Verdict
from evenhand.model.campaigns.campaign import HaltReason
from evenhand.model.campaigns.event import Event, EventKind
from evenhand.model.campaigns.undone import UNDO_GATE, UndoneStage, undone_stages
from evenhand.model.interval import finite_lower_bound

UNDONE = SequentialTest(streams=(Stream(usual=0.01, bad=0.10, horizon=93),), false_alarm=0.01, patience=2.0)
"""Words on undone accounts, of all stages since an approver last started the rollback. Whether an account is as it was can be
seen, so readers seldom err: 1 % is usual. Our own choice."""


@lru_cache(maxsize=1024)
def undo_sample_size(n_decisions: int) -> int:
    """The fewest of so many decisions whose exact bound reaches the gate with one wrong among them; all where none does.

    >>> [undo_sample_size(n) for n in (0, 10, 50, 200, 1_000, 900_000)]
    [0, 10, 43, 72, 88, 93]
    """
    most = min(n_decisions, sample_size(UNDO_GATE))
    return next((n for n in range(ALLOWED_ERRORS + 1, most)
                 if finite_lower_bound(n - ALLOWED_ERRORS, n=n, of=n_decisions) >= UNDO_GATE), most)


def undo_trips(steps: Sequence[Event]) -> tuple[HaltReason, ...]:
    """Why the rollback behind a campaign's steps must stop now; nothing when it may go on."""
    return tuple(_trips(steps))


def _trips(steps: Sequence[Event]) -> Iterator[HaltReason]:
    begun = max((place for place, event in enumerate(steps) if event.kind is EventKind.ROLLBACK_STARTED), default=len(steps))
    words = [event.body["verdict"] == Verdict.WRONG for event in steps[begun:]
             if event.kind is EventKind.UNDO_READ and event.body["verdict"] != Verdict.CANNOT_DECIDE]
    crossing = first_crossing(UNDONE, [0] * len(words), words)
    if crossing is not None:
        yield HaltReason(check="undone_items", text=f"{crossing.n_errors[0]} of {crossing.n_observed[0]} undone accounts read "
                         f"as wrong (usual: {UNDONE.streams[0].usual:.0%})")
    for one in undone_stages(steps):
        if one.n_wrong_since and not one.n_unread and (bound := one.bound_since) is not None and bound < UNDO_GATE:
            yield HaltReason(check="undone_sample", text=_missed(one, bound))


def _missed(one: UndoneStage, bound: float) -> str:
    n = one.n_right + one.n_wrong
    return (f"stage {one.stage} of the rollback: {n - one.n_wrong_since:,} of {n:,} read as taken back rightly; at least "
            f"{bound:.1%} of {one.n_decisions:,} are, the gate is {UNDO_GATE:.0%}")
