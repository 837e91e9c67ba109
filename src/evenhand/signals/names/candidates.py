"""Which targets of the index the parts of names may be: a few of them, to be compared letter by letter afterwards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.signals.names.added_words import WordKinds
from evenhand.signals.names.codepoints import Mask, Offsets, Texts
from evenhand.signals.names.forms import is_numeral
from evenhand.signals.names.hashes import NameParts, PartHashes
from evenhand.signals.names.index import MAX_SPAN_TOKENS, Targets

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


def candidates(parts: NameParts, targets: Targets, kinds: WordKinds) -> Candidates:
    """All candidates for these names among these targets."""
    starts, ends = parts.letters.offsets[:-1], parts.letters.offsets[1:]
    keys = parts.hashes.wholes()
    row, target = targets.exact.find(keys)
    found = [Candidates.of(row, starts[row], ends[row], target=target, how=WHOLE)]
    several = np.flatnonzero(parts.n_words() > 1)
    asked, target = targets.bags.find(parts.bags()[several])
    row = several[asked]
    found.append(Candidates.of(row, starts[row], ends[row], target=target, how=BAG))
    found += _spans(parts, targets)
    found.append(_inside(parts, targets, *kinds.cuts))
    rows, core_starts, core_ends = _cores(parts, kinds)
    every = np.arange(len(starts))
    found.append(_near(parts, targets, (np.r_[every, rows], np.r_[starts, core_starts], np.r_[ends, core_ends]),
                       whole=found[0].row))
    return Candidates.together(found)


def _spans(parts: NameParts, targets: Targets) -> list[Candidates]:
    """Targets that runs of the names' tokens are, looked for as long as some target begins like the run."""
    starts, ends = parts.letters.offsets[:-1], parts.letters.offsets[1:]
    first = np.arange(len(parts.token_rows))
    found = []
    for n in range(MAX_SPAN_TOKENS):
        first = first[first + n < len(parts.token_rows)]
        first = first[parts.token_rows[first] == parts.token_rows[first + n]]
        rows, begin, end = parts.token_rows[first], parts.token_starts[first], parts.token_ends[first + n]
        keys = parts.hashes.parts(begin, end)
        some = np.flatnonzero(targets.beginnings.may_have(keys))
        if not len(some):
            break
        first, keys, rows, begin, end = first[some], keys[some], rows[some], begin[some], end[some]
        inner = np.flatnonzero((begin > starts[rows]) | (end < ends[rows]))
        asked, target = targets.inside.find(keys[inner])
        place = inner[asked]
        found.append(Candidates.of(rows[place], begin[place], end[place], target=target, how=INSIDE))
    return found


def _inside(parts: NameParts, targets: Targets, rows: Offsets, starts: Offsets, ends: Offsets) -> Candidates:
    asked, target = targets.inside.find(parts.hashes.parts(starts, ends))
    return Candidates.of(rows[asked], starts[asked], ends[asked], target=target, how=INSIDE)


def _cores(parts: NameParts, kinds: WordKinds) -> tuple[Offsets, Offsets, Offsets]:
    """What is left of names without the added words at their ends, where that is less than the whole."""
    own = np.flatnonzero(~kinds.is_added)
    rows = parts.word_rows[own]
    first = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]][:len(rows)])
    last = np.r_[first[1:], len(rows)][:len(first)] - 1
    core_rows = rows[first]
    starts, ends = parts.word_starts[own[first]], parts.word_ends[own[last]]
    offsets = parts.letters.offsets
    less = (starts > offsets[:-1][core_rows]) | (ends < offsets[1:][core_rows])
    cut_rows, cut_starts, cut_ends = kinds.cuts
    return np.r_[core_rows[less], cut_rows], np.r_[starts[less], cut_starts], np.r_[ends[less], cut_ends]


def _near(parts: NameParts, targets: Targets, places: tuple[Offsets, Offsets, Offsets], *, whole: Offsets) -> Candidates:
    """Targets an edit or two away; for names that are a target in whole, one edit."""
    rows, starts, ends = places
    some = np.flatnonzero(_may_have_numerals(parts, targets, starts, ends))
    rows, starts, ends = rows[some], starts[some], ends[some]
    is_twice = np.ones(len(parts.letters), np.bool_)
    is_twice[whole] = False
    part, target = targets.edits.find(parts.hashes, starts, ends, is_twice=is_twice[rows])
    return Candidates.of(rows[part], starts[part], ends[part], target=target, how=NEAR)


def _may_have_numerals(parts: NameParts, targets: Targets, starts: Offsets, ends: Offsets) -> Mask:
    """Whether some target may have the numerals of each part: an edit away, numerals are the same."""
    numeral = is_numeral(parts.written)
    count: Offsets = np.r_[0, np.cumsum(numeral)]
    may = np.ones(len(starts), np.bool_)
    some = np.flatnonzero(count[ends] > count[starts])
    numerals = parts.written[numeral]
    hashes = PartHashes.of(Texts(numerals, np.array([0, len(numerals)])))
    may[some] = targets.numerals.may_have(hashes.parts(count[starts[some]], count[ends[some]]))
    return may
