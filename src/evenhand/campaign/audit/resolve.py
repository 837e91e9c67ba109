"""From verdicts to one word per item: what two people agree on, and a third person's word where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.errors import Problem
from evenhand.model.campaigns.audit import Slot

MOST_SHOWN = 50
"""Mistakes of one kind that are told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One row per item: `item_id`, `first`, `second`, `adjudication` and the `final` word, null where it is missing."""

    table: pa.Table
    n_readers: int = 2

    @property
    def n_missing(self) -> int:
        """First and second readings that are not there yet."""
        slots = (Slot.FIRST, Slot.SECOND)[:self.n_readers]
        return sum(self.table[str(slot)].null_count for slot in slots)

    @property
    def n_disputed(self) -> int:
        """Items on which two readers disagree and no third person has spoken."""
        return self._count(pc.and_(self._is_open, self._is_disputed))

    @property
    def disputed(self) -> pa.Table:
        """The items for a third person: `item_id`."""
        return self.table.filter(pc.and_(self._is_open, self._is_disputed)).select(["item_id"])

    def disputed_since(self, before: Resolved) -> pa.Table:
        """The items for a third person that were none `before`: `item_id`."""
        known = before.disputed["item_id"].combine_chunks()
        return self.disputed.filter(pc.invert(pc.is_in(self.disputed["item_id"], value_set=known)))

    @property
    def _is_open(self) -> pa.ChunkedArray:
        return pc.is_null(self.table["final"])

    @property
    def _is_disputed(self) -> pa.ChunkedArray:
        return pc.fill_null(pc.not_equal(self.table["first"], self.table["second"]), False)

    @staticmethod
    def _count(mask: pa.ChunkedArray) -> int:
        return int(pc.sum(mask).as_py() or 0)


def resolve(items: pa.Table, verdicts: pa.Table, *, n_readers: int = 2) -> Resolved:
    """The word on each of `items` (column `item_id`), from `verdicts` that `mistakes` finds nothing wrong with."""
    columns = {"item_id": items["item_id"].combine_chunks()}
    for slot in Slot:
        said = verdicts.filter(pc.equal(verdicts["slot"], str(slot)))
        places = pc.index_in(columns["item_id"], value_set=said["item_id"].combine_chunks())
        columns[str(slot)] = said["verdict"].combine_chunks().take(places)
    first, second = columns[Slot.FIRST], columns[Slot.SECOND]
    if n_readers == 1:
        final = first
    else:
        agreed = pc.if_else(pc.fill_null(pc.equal(first, second), False), first, pa.scalar(None, pa.string()))
        both = pc.and_(pc.is_valid(first), pc.is_valid(second))
        final = pc.if_else(both, pc.coalesce(agreed, columns[Slot.ADJUDICATION]), pa.scalar(None, pa.string()))
    return Resolved(table=pa.table({**columns, "final": final}), n_readers=n_readers)


def mistakes(verdicts: pa.Table, *, items: pa.Table, readings: pa.Table, proposers: frozenset[str] = frozenset(),
             lines: pa.ChunkedArray | None = None, file: str | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong with verdicts as a set, all at once; `lines` and `file` say where each row stands.

    Items that were not drawn, two words by one person on one item, two words in one place, a reader who was not assigned,
    a proposer who reads. None of it is repaired: the verdicts are corrected where they were given.
    """
    wrong = _Wrong(verdicts=verdicts, lines=lines, file=file)
    known = pc.is_in(verdicts["item_id"], value_set=items["item_id"].combine_chunks())
    keys = _key(verdicts, "item_id", "slot", "reader")
    asked = pc.is_in(keys, value_set=_key(readings, "item_id", "slot", "reader"))
    is_asked = pc.or_(asked, pc.equal(verdicts["slot"], str(Slot.ADJUDICATION)))
    return tuple(sorted((
        *wrong.tell(pc.invert(known), "item `{item_id}` is not in the sample", "take the ids from the sample's table"),
        *wrong.tell(pc.and_(known, pc.invert(is_asked)), "`{reader}` was not asked for the {slot} reading of `{item_id}`",
                    "give the reader and the part as they were assigned"),
        *wrong.tell(_is_repeated(_key(verdicts, "item_id", "slot")), "item `{item_id}` has two {slot} readings",
                    "keep the one that counts"),
        *wrong.tell(_is_repeated(_key(verdicts, "item_id", "reader")), "`{reader}` reads item `{item_id}` twice",
                    "each part is read by another person"),
        *wrong.tell(pc.is_in(verdicts["reader"], value_set=pa.array(sorted(proposers), pa.string())),
                    "`{reader}` proposed this plan and cannot audit it", "assign the item to another reader")),
        key=lambda problem: problem.line or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    verdicts: pa.Table
    lines: pa.ChunkedArray | None
    file: str | None

    def tell(self, mask: pa.ChunkedArray | pa.Array, what: str, hint: str) -> Iterator[Problem]:
        """One problem for each row of the mask."""
        for place in pc.indices_nonzero(mask).slice(0, MOST_SHOWN).to_pylist():
            row = {name: self.verdicts[name][place].as_py() for name in ("item_id", "slot", "reader")}
            line = None if self.lines is None else int(self.lines[place].as_py())
            yield Problem(what=what.format(**row), hint=hint, line=line, file=self.file)


def _key(table: pa.Table, *names: str) -> pa.Array:
    joined = pc.binary_join_element_wise(*(table[name] for name in names), "\x1f")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _is_repeated(keys: pa.Array) -> pa.Array:
    """True for every row but the first of those that are alike."""
    codes = pc.dictionary_encode(keys).indices.to_numpy()
    is_repeated = np.ones(len(codes), np.bool_)
    is_repeated[np.unique(codes, return_index=True)[1]] = False
    return pa.array(is_repeated)
