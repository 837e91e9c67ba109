"""The ladder: which rung a strike count leads to, and what lowers it. Nothing here can raise a penalty."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from evenhand.model.decision import Strike
from evenhand.model.evidence import GuardHit, Strength
from evenhand.model.penalty import Penalty

EDUCATIONAL = Penalty.LABEL
"""The heaviest penalty that only informs (DESIGN §4)."""


def active_strikes(strikes: Iterable[Strike], *, policy_id: str, at: datetime) -> int:
    """How many strikes under `policy_id` count at `at`. A strike stops counting the instant it expires.

    >>> from datetime import UTC, timedelta
    >>> given = datetime(2026, 1, 1, tzinfo=UTC)
    >>> strike = Strike(account_id="a", policy_id="p", points=1, given_at=given, expires_at=given + timedelta(days=90))
    >>> active_strikes([strike], policy_id="p", at=given + timedelta(days=89))
    1
    >>> active_strikes([strike], policy_id="p", at=given + timedelta(days=90))
    0
    """
    return sum(strike.points for strike in strikes if strike.policy_id == policy_id and strike.counts_at(at))


def rung_index(n_strikes: int, *, n_rungs: int) -> int:
    """The rung, counted from 0, for an account with `n_strikes` that count; the last rung holds for all beyond it.

    >>> [rung_index(n, n_rungs=3) for n in (0, 1, 2, 7)]
    [0, 1, 2, 2]
    """
    return min(max(n_strikes, 0), n_rungs - 1)


def spare(penalty: Penalty, hits: Iterable[GuardHit]) -> Penalty:
    """What is left of `penalty` after the guards have spoken. Never more than `penalty`.

    >>> hit = GuardHit(account_id="a", guard="disclosure", strength=Strength.SPARE, fact="a parody", where="bio",
    ...                shown="parody")
    >>> spare(Penalty.SUSPEND, [hit])
    <Penalty.NONE: 'none'>
    """
    for hit in hits:
        if hit.strength is Strength.SPARE:
            return Penalty.NONE
        if hit.strength is Strength.LOWER:
            penalty = min(penalty, EDUCATIONAL)
    return penalty


def nearest_lighter(penalty: Penalty, *, supported: Collection[Penalty]) -> Penalty:
    """The heaviest supported penalty that is not heavier than `penalty`; `none` when there is none.

    >>> nearest_lighter(Penalty.DEMONETISE, supported={Penalty.WARN, Penalty.LIMIT_REACH, Penalty.CLOSE})
    <Penalty.LIMIT_REACH: 'limit_reach'>
    """
    highest = penalty.rank
    return max((p for p in supported if p.rank <= highest), key=_rank, default=Penalty.NONE)


def _rank(penalty: Penalty) -> int:
    return penalty.rank
