"""The brakes of a campaign: every check of the breaker with what it has seen so far and what it halts at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import isinf

import pyarrow.compute as pc

from evenhand.campaign.breaker import (
    APPEALS,
    BOTH,
    DECIDED_APPEAL,
    ITEMS,
    LEAST_FAILURES,
    MOST_MISMATCHED,
    MOST_UNDELIVERED,
    OVERTURNED,
    WRONG,
    Seen,
)
from evenhand.campaign.disparity import FALSE_ALARM, FIRST_LOOK, LEAST_RATIO, Disparity, looks
from evenhand.campaign.sequential import SequentialTest, window


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """One check of the breaker."""

    check: str
    """As a halt names it."""
    what: str
    n: int
    """What it has looked at."""
    n_errors: int
    limit: str
    """In words, when it halts."""


def brakes(seen: Seen) -> tuple[Brake, ...]:
    """Every check that `breaker.trips` makes, in its order.

    >>> from evenhand.campaign.breaker import OUTCOMES
    >>> [brake.limit for brake in brakes(Seen(outcomes=OUTCOMES.empty_table())) if brake.check == "statements"]
    ['halts above 1.0%, three or more']
    """
    return tuple(_brakes(seen))


def _brakes(seen: Seen) -> Iterator[Brake]:
    kinds = pc.if_else(pc.equal(seen.outcomes["kind"], DECIDED_APPEAL), 0, 1).to_pylist()
    errors = seen.outcomes["is_error"].to_pylist()
    both = window(BOTH, kinds, errors)
    line = "halts once more are known" if isinf(both.line) else (
        f"likelihood ratio {both.ratio:.1f} (logarithm), halts at {both.line:.1f}")
    yield Brake(check="appeals_and_audit", what="appeals and items together", n=sum(both.n_observed),
                n_errors=sum(both.n_errors), limit=line)
    appeals = [error for kind, error in zip(kinds, errors, strict=True) if kind == 0]
    yield _alone("overturned_appeals", OVERTURNED, APPEALS, list(seen.appeals) if seen.appeals is not None else appeals)
    yield _alone("audited_items", WRONG, ITEMS, [error for kind, error in zip(kinds, errors, strict=True) if kind == 1])
    yield Brake(check="read_back", what="effects not there when read back", n=seen.n_read_back, n_errors=seen.n_mismatched,
                limit=_share(MOST_MISMATCHED))
    yield Brake(check="statements", what="statements not delivered", n=seen.n_statements, n_errors=seen.n_undelivered,
                limit=_share(MOST_UNDELIVERED))
    yield _slices(seen)
    yield Brake(check="protected_list", what="protected accounts reached", n=len(seen.protected), n_errors=len(seen.protected),
                limit="halts at 1")


def _alone(check: str, what: str, test: SequentialTest, errors: list[bool]) -> Brake:
    now = window(test, [0] * len(errors), errors)
    halting = now.halting_errors(test.streams[0])
    n = now.n_observed[0]
    return Brake(check=check, what=what, n=n, n_errors=now.n_errors[0], limit=(
        "halts once more are known" if halting > n else f"halts at {halting:,.0f} of {n:,}"))


def _share(limit: float) -> str:
    words = {3: "three"}
    return f"halts above {limit:.1%}, {words.get(LEAST_FAILURES, LEAST_FAILURES)} or more"


def _slices(seen: Seen) -> Brake:
    """The worst slice of the last look, of languages, platforms and policies."""
    what = "slice disparity"
    if seen.sliced is None:
        return Brake(check="slice_disparity", what=what, n=0, n_errors=0, limit="needs the plan: name its folder with `--plan`")
    n, n_errors = seen.sliced.num_rows, int(pc.sum(seen.sliced["is_error"]).as_py() or 0)
    done = list(looks(seen.sliced))
    after = f"next look at {FIRST_LOOK * 2 ** len(done):,}"
    worst = done[-1].slices[0] if done and done[-1].slices else None
    said = "no slice stands out" if worst is None or worst.ratio <= 1 else _said(worst)
    return Brake(check="slice_disparity", what=what, n=n, n_errors=n_errors,
                 limit=f"{said}; {after}" if done else f"first look at {FIRST_LOOK}")


def _said(worst: Disparity) -> str:
    return (f"`{worst.name}` {worst.here.n_errors:,} of {worst.here.n:,}, elsewhere {worst.elsewhere.n_errors:,} of "
            f"{worst.elsewhere.n:,}: {worst.ratio:.1f} times as often, chance of that {worst.p:.2g}; halts from "
            f"{LEAST_RATIO} times on at {FALSE_ALARM}")
