"""Long names two edits apart, found by pieces: of four pieces of a target two edits leave at least two whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evenhand.signals.names.codepoints import Offsets, Texts
from evenhand.signals.names.hashes import Bitmap, Hashes, KeyTable, PartHashes, joined, scattered
from evenhand.signals.names.letter_counts import LetterCounts

_N_PIECES = 4
_PAIRS = 6
_OF_PAIR = scattered(np.arange(_PAIRS, dtype=np.uint64)) | np.uint64(1)
"""Odd factors, so that pieces of one pair are no key of another."""
_SLACK = 2
"""Letters that a name may be shorter or longer than its target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Targets by any two of their four pieces."""

    table: KeyTable
    firsts: Bitmap
    """The first pieces, by which most names are turned away."""
    lasts: Bitmap
    letters: LetterCounts
    """Of all targets, by which most pairs that share two pieces are told apart."""

    @classmethod
    def of(cls, texts: Texts, numbers: Offsets, letters: LetterCounts) -> Pieces:
        """The pieces of these texts, which are of the targets with these numbers."""
        hashes, parts = PartHashes.of(texts), _Parts.of(texts.offsets[:-1], texts.offsets[1:], texts.lengths)
        first, last = parts.outer(hashes)
        rows = np.arange(len(texts))
        keys, owners = parts.keys(hashes, first, last, (rows, rows), slack=0)
        return cls(table=KeyTable.of(keys, numbers[owners].astype(np.int32)), firsts=Bitmap.of(first),
                   lasts=Bitmap.of(last), letters=letters)

    def find(self, hashes: PartHashes, starts: Offsets, ends: Offsets) -> tuple[Offsets, Offsets]:
        """Pairs of a part and a target that is up to two letters shorter or longer and has two pieces in common."""
        owners, found = [], []
        for slack in (-_SLACK, _SLACK):
            parts = _Parts.of(starts, ends, ends - starts + slack)
            first, last = parts.outer(hashes)
            known = (np.flatnonzero(self.firsts.may_have(first)), np.flatnonzero(self.lasts.may_have(last)))
            keys, owner = parts.keys(hashes, first, last, known, slack=1)
            asked, having = self.table.find(keys)
            owners.append(owner.take(asked))
            found.append(having)
        part, target = np.concatenate(owners), np.concatenate(found).astype(np.int64)
        near = self.letters.alike(hashes, starts, ends, part, target)
        return part.take(near), target.take(near)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Where the four pieces of targets of certain lengths stand in parts.

    They stand a letter apart, so that no swap touches two of them; two are counted from either end.
    """

    starts: Offsets
    ends: Offsets
    size: Offsets

    @classmethod
    def of(cls, starts: Offsets, ends: Offsets, lengths: Offsets) -> _Parts:
        """The pieces of targets with so many letters."""
        return cls(starts, ends, (lengths - (_N_PIECES - 1)) // _N_PIECES)

    def outer(self, hashes: PartHashes) -> tuple[Hashes, Hashes]:
        """The first and the last piece of each part."""
        return hashes.parts(self.starts, self.starts + self.size), hashes.parts(self.ends - self.size, self.ends)

    def keys(self, hashes: PartHashes, first: Hashes, last: Hashes, known: tuple[Offsets, Offsets], *, slack: int
             ) -> tuple[Hashes, Offsets]:
        """Keys of any two pieces, and the part that each is of; those with a first (or last) piece only of the `known` parts.

        A piece behind an edit stands up to `slack` places off.
        """
        begun, ended = known
        head, tail = self._take(begun), self._take(ended)
        both = np.intersect1d(begun, ended, assume_unique=True)
        ways = [(hashes.parts(head.starts, head.starts + 2 * head.size + 1), begun, 0),
                (hashes.parts(tail.ends - 2 * tail.size - 1, tail.ends), ended, 1),
                (joined(first.take(both), last.take(both)), both, 2)]
        every = np.arange(len(self.starts))
        for shift in range(-slack, slack + 1):
            third = head.ends - 2 * head.size - 1 + shift
            second = tail.starts + tail.size + 1 + shift
            middle = self.starts + self.size + 1 + shift
            ways += [(joined(first.take(begun), hashes.parts(third, third + head.size)), begun, 3),
                     (joined(hashes.parts(second, second + tail.size), last.take(ended)), ended, 4),
                     (hashes.parts(middle, middle + 2 * self.size), every, 5)]
        return (np.concatenate([key * _OF_PAIR[pair] for key, _, pair in ways]),
                np.concatenate([owner for _, owner, _ in ways]))

    def _take(self, rows: Offsets) -> _Parts:
        return _Parts(self.starts.take(rows), self.ends.take(rows), self.size.take(rows))
