"""The breaker: what stops a running campaign by itself. It returns reasons; the stop is a recorded halt.

Numbers from one stage, so that each stage is asked anew; but appeals on their own come from the whole campaign, since they are
days late (decision 0040). Every check speaks for itself, and all that trip are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.disparity import SLICED, disparities
from evenhand.campaign.sequential import Crossing, SequentialTest, Stream, first_crossing
from evenhand.model.campaigns.campaign import HaltReason

AUDITED_ITEM = "audited_item"
DECIDED_APPEAL = "decided_appeal"
MOST_MISMATCHED = 0.005
"""The share of effects that the platform does not show when asked again."""
MOST_UNDELIVERED = 0.01
"""The share of statements of reasons that could not be delivered."""
LEAST_FAILURES = 3
"""Failures of one kind below which a share is not yet a share: one stray answer among the first ten is 10 %."""

_APPEALS = Stream(usual=0.25, bad=0.50, horizon=40)
_ITEMS = Stream(usual=0.03, bad=0.10, horizon=75)
BOTH = SequentialTest(streams=(_APPEALS, _ITEMS), false_alarm=0.005, patience=3.0)
"""Decided appeals and audited items together: what trips within 40 appeals when overturns double (decision 0023)."""
APPEALS = SequentialTest(streams=(_APPEALS,), false_alarm=0.003, patience=3.0)
"""Decided appeals alone, of the whole campaign: each stage sees a few of them, and together they show a jump."""
ITEMS = SequentialTest(streams=(Stream(usual=0.03, bad=0.10, horizon=150),), false_alarm=0.002, patience=2.0)
"""Audited items alone, since appeals come days later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What has been seen so far."""

    outcomes: pa.Table
    """Decided appeals and audited items of this stage in the order in which they became known: `kind`, `is_error`."""
    appeals: tuple[bool, ...] | None = None
    """Whether each decided appeal of the whole campaign was an error, in their order; None: those of `outcomes` are all."""
    n_read_back: int = 0
    """Effects for which the platform was asked again."""
    n_mismatched: int = 0
    """Effects among them that it does not show."""
    n_statements: int = 0
    n_undelivered: int = 0
    sliced: pa.Table | None = None
    """Audited items and decided appeals of the whole campaign, each with its slices (`disparity.SLICED`), in their order."""
    protected: tuple[str, ...] = ()
    """Effects on accounts of the protected list that no person released, by decision id."""


OVERTURNED, WRONG = "decided appeals overturned", "audited items wrong"
OUTCOMES = pa.schema([pa.field("kind", pa.string(), nullable=False), pa.field("is_error", pa.bool_(), nullable=False)])


def trips(seen: Seen) -> tuple[HaltReason, ...]:
    """Why the campaign must stop now; nothing when it may go on.

    >>> fine = Seen(outcomes=OUTCOMES.empty_table(), n_read_back=1000, n_mismatched=5)
    >>> trips(fine)
    ()
    >>> [reason.check for reason in trips(Seen(outcomes=OUTCOMES.empty_table(), n_read_back=1000, n_mismatched=6))]
    ['read_back']
    """
    return tuple(_trips(seen))


def _trips(seen: Seen) -> Iterator[HaltReason]:
    kinds = pc.if_else(pc.equal(seen.outcomes["kind"], DECIDED_APPEAL), 0, 1).to_pylist()
    errors = seen.outcomes["is_error"].to_pylist()
    yield from _crossed("appeals_and_audit", BOTH, first_crossing(BOTH, kinds, errors), words=(OVERTURNED, WRONG))
    for number, (check, test, what) in enumerate((("overturned_appeals", APPEALS, OVERTURNED),
                                                  ("audited_items", ITEMS, WRONG))):
        mine = [error for kind, error in zip(kinds, errors, strict=True) if kind == number]
        if test is APPEALS and seen.appeals is not None:
            mine = list(seen.appeals)
        yield from _crossed(check, test, first_crossing(test, [0] * len(mine), mine), words=(what,))
    yield from _too_many("read_back", seen.n_mismatched, seen.n_read_back, limit=MOST_MISMATCHED,
                         what="effects are not there when the platform is asked again")
    yield from _too_many("statements", seen.n_undelivered, seen.n_statements, limit=MOST_UNDELIVERED,
                         what="statements of reasons could not be delivered")
    for found in disparities(SLICED.empty_table() if seen.sliced is None else seen.sliced):
        yield HaltReason(check="slice_disparity", text=(
            f"`{found.name}`: {found.here.n_errors:,} of {found.here.n:,} wrong, elsewhere {found.elsewhere.n_errors:,} of "
            f"{found.elsewhere.n:,}; chance alone would show this of any slice once in {1 / max(found.p, 1e-12):,.0f} "
            "campaigns"))
    if seen.protected:
        listed = ", ".join(f"`{decision_id}`" for decision_id in seen.protected[:5])
        more = f" and {len(seen.protected) - 5:,} more" if len(seen.protected) > 5 else ""  # noqa: PLR2004  (as listed)
        yield HaltReason(check="protected_list", text=f"protected accounts were reached by decisions {listed}{more}")


def _crossed(check: str, test: SequentialTest, crossing: Crossing | None, *, words: tuple[str, ...]) -> Iterator[HaltReason]:
    if crossing is not None:
        seen = " and ".join(
            f"{n_errors} of {n} {what} (usual: {stream.usual:.0%})" for n_errors, n, what, stream in zip(
                crossing.n_errors, crossing.n_observed, words, test.streams, strict=True) if n)
        yield HaltReason(check=check, text=seen)


def _too_many(check: str, n_failed: int, n: int, *, limit: float, what: str) -> Iterator[HaltReason]:
    if n_failed >= LEAST_FAILURES and n_failed > limit * n:
        yield HaltReason(check=check, text=f"{n_failed:,} of {n:,} {what}, more than {limit:.1%}")
