"""Government demands as a report sums them up: who asked for what, and what was answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evenhand.model.campaigns.event import Json
from evenhand.model.registers.demand import DemandAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandLine:
    """The demands of one authority with one answer."""

    territory: str
    authority: str
    kind: str
    """`order` or `request`."""
    answer: str
    n: int
    n_targets: int
    """Accounts and posts that they name."""
    n_told: int
    """Demands of which those concerned were told."""


def demand_lines(demands: Iterable[Mapping[str, Json]]) -> tuple[DemandLine, ...]:
    """The demands (facts of `demand_recorded`) by territory, authority, kind and answer; the last record of each counts."""
    last = {str(one["demand_id"]): one for one in demands}
    keys: Counter[tuple[str, str, str, str]] = Counter()
    targets, told = Counter[tuple[str, str, str, str]](), Counter[tuple[str, str, str, str]]()
    for one in last.values():
        key = (str(one.get("territory", "")), str(one.get("authority", "")), str(one.get("demand_kind", "")),
               str(one.get("answer", DemandAnswer.PENDING)))
        n = one.get("n_targets")
        keys[key] += 1
        targets[key] += n if isinstance(n, int) else 0
        told[key] += bool(one.get("person_told"))
    return tuple(DemandLine(territory=key[0], authority=key[1], kind=key[2], answer=key[3], n=n, n_targets=targets[key],
                            n_told=told[key]) for key, n in sorted(keys.items(), key=lambda one: (-one[1], one[0])))
