"""A frozen set of decision ids that grows by one without copying all of it."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

_N_PARTS = 1024
"""With 67,000 ids a part holds 65: adding one copies about a thousand references, not 67,000."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Which decisions a person has decided.

    >>> some = Decided().adding("d1").adding("d2").without("d1")
    >>> "d1" in some, "d2" in some, len(some)
    (False, True, 1)
    """

    parts: tuple[frozenset[str], ...] = (frozenset(),) * _N_PARTS

    def __contains__(self, decision_id: object) -> bool:
        """True when the decision is one of them."""
        return isinstance(decision_id, str) and decision_id in self.parts[_part(decision_id)]

    def __len__(self) -> int:
        """How many decisions."""
        return sum(map(len, self.parts))

    def adding(self, decision_id: str) -> Decided:
        """These and one more."""
        return self._with(_part(decision_id), self.parts[_part(decision_id)] | {decision_id})

    def without(self, decision_id: str) -> Decided:
        """These but this one."""
        return self._with(_part(decision_id), self.parts[_part(decision_id)] - {decision_id})

    def _with(self, number: int, part: frozenset[str]) -> Decided:
        return Decided((*self.parts[:number], part, *self.parts[number + 1:]))


NONE_DECIDED = Decided()
"""Nobody has decided anything yet."""


def _part(decision_id: str) -> int:
    return crc32(decision_id.encode()) % _N_PARTS
