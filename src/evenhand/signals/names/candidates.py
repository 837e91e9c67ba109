"""Which targets of the index the parts of names may be: a few of them, to be compared letter by letter afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.names.codepoints import Mask, Offsets
from evenhand.signals.names.hashes import NameParts
from evenhand.signals.names.reading import NO_NUMERALS, ReadNames
from evenhand.signals.names.targets import MAX_SPAN_TOKENS, Targets

WHOLE, INSIDE, NEAR, BAG = range(4)
"""How a candidate was found: as the whole name, inside it, an edit or two away, or with its words in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Pairs of a place in the names and a target that may stand there."""

    row: Offsets
    start: Offsets
    end: Offsets
    """The place in the letters of `NameParts`."""
    target: Offsets
    how: NDArray[np.int8]

    @classmethod
    def of(cls, row: Offsets, start: Offsets, end: Offsets, *, target: NDArray[np.int32] | Offsets, how: int) -> Candidates:
        """Candidates that were all found in one way."""
        return cls(row=row, start=start, end=end, target=target.astype(np.int64), how=np.full(len(row), how, np.int8))

    @classmethod
    def together(cls, several: list[Candidates]) -> Candidates:
        """All of several."""
        return cls(row=np.concatenate([some.row for some in several]),
                   start=np.concatenate([some.start for some in several]),
                   end=np.concatenate([some.end for some in several]),
                   target=np.concatenate([some.target for some in several]),
                   how=np.concatenate([some.how for some in several]))

    def take(self, chosen: Offsets | Mask) -> Candidates:
        """The chosen ones."""
        return Candidates(row=self.row[chosen], start=self.start[chosen], end=self.end[chosen],
                          target=self.target[chosen], how=self.how[chosen])


def candidates(names: ReadNames, targets: Targets) -> Candidates:
    """All candidates for these names among these targets."""
    parts = names.parts
    starts, ends = parts.letters.offsets[:-1], parts.letters.offsets[1:]
    row, target = targets.exact.find(names.wholes)
    found = [Candidates.of(row, starts[row], ends[row], target=target, how=WHOLE)]
    asked, target = targets.bags.find(names.bags)
    row = names.several[asked]
    found.append(Candidates.of(row, starts[row], ends[row], target=target, how=BAG))
    found += _spans(parts, targets)
    rows, cut_starts, cut_ends = names.kinds.cuts
    asked, target = targets.inside.find(parts.hashes.parts(cut_starts, cut_ends))
    found += [Candidates.of(rows[asked], cut_starts[asked], cut_ends[asked], target=target, how=INSIDE),
              _near(names, targets, whole=found[0].row)]
    return Candidates.together(found)


def _spans(parts: NameParts, targets: Targets) -> list[Candidates]:
    """Targets that runs of the names' tokens are, looked for as long as some target begins like the run."""
    starts, ends = parts.letters.offsets[:-1], parts.letters.offsets[1:]
    first = np.arange(len(parts.token_rows))
    found = []
    for n in range(MAX_SPAN_TOKENS):
        if n:
            first = first[first + n < len(parts.token_rows)]
            first = first[parts.token_rows[first] == parts.token_rows[first + n]]
        begin, end = parts.token_starts[first], parts.token_ends[first + n]
        keys = parts.hashes.parts(begin, end)
        some = np.flatnonzero(targets.beginnings.may_have(keys))
        if not len(some):
            break
        first, keys, begin, end = first[some], keys[some], begin[some], end[some]
        rows = parts.token_rows[first]
        inner = np.flatnonzero((begin > starts[rows]) | (end < ends[rows]))
        asked, target = targets.inside.find(keys[inner])
        place = inner[asked]
        found.append(Candidates.of(rows[place], begin[place], end[place], target=target, how=INSIDE))
    return found


def _near(names: ReadNames, targets: Targets, *, whole: Offsets) -> Candidates:
    """Targets an edit or two away; for names that are a target in whole, one edit. Numerals must be the same."""
    places = names.places
    some = np.flatnonzero((places.numerals == NO_NUMERALS) | targets.numerals.may_have(places.numerals))
    rows, starts, ends = places.rows[some], places.starts[some], places.ends[some]
    is_twice = np.ones(len(names.rows), np.bool_)
    is_twice[whole] = False
    part, target = targets.edits.find(names.parts.hashes, starts, ends, is_twice=is_twice[rows])
    return Candidates.of(rows[part], starts[part], ends[part], target=target, how=NEAR)
