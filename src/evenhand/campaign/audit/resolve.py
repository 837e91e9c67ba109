"""From verdicts to one word per item: what two people agree on, and a third person's word where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.campaign.audit.readers import Assignment
from evenhand.errors import ConfigError, Problem
from evenhand.model.campaigns.audit import VERDICTS, Slot
from evenhand.model.campaigns.person import person_named

MOST_SHOWN = 5
"""Further lines with the same mistake by the same reader that are named."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What verdicts are checked against: what was drawn, who was asked for which part, and what was said before."""

    items: pa.Table
    """`item_id` of all items, golden ones among them."""
    assignment: Assignment
    before: pa.Table = field(default_factory=VERDICTS.empty_table)
    proposers: frozenset[str] = frozenset()
    """Who may not read."""


def mistakes(verdicts: pa.Table, asked: Asked, *, lines: pa.ChunkedArray | None = None,
             file: str | None = None) -> tuple[Problem, ...]:
    """Everything that is wrong with verdicts as a set, all at once; `lines` and `file` say where each row stands.

    Items that were not drawn, a reader who was not asked for this part, two words in one place, a third person's word where
    two do not disagree, a proposer who reads, a name that is spelled in another way. Each kind is told once for each reader.
    Since every part of an item is asked of another person, nobody reads one twice, and nobody settles what they read. None of
    it is repaired: the verdicts are corrected where they were given.
    """
    wrong = _Wrong(verdicts=verdicts, lines=lines, file=file)
    names = _misspelled(verdicts)
    is_named = pc.invert(pc.is_in(verdicts["reader"], value_set=pa.array(list(names), pa.string())))
    known = pc.is_in(verdicts["item_id"], value_set=asked.items["item_id"].combine_chunks())
    every = pa.concat_tables([asked.assignment.readings, asked.assignment.adjudicators])
    keys = _key(verdicts, "item_id", "slot", "reader")
    is_asked = pc.is_in(keys, value_set=_key(every, "item_id", "slot", "reader"))
    is_third = pc.and_(pc.equal(verdicts["slot"], str(Slot.ADJUDICATION)), is_asked)
    is_disputed = pc.is_in(verdicts["item_id"], value_set=_disputed(pa.concat_tables([asked.before, verdicts.cast(VERDICTS)])))
    problems = [problem for name, problem in names.items()
                for problem in wrong.tell(pc.equal(verdicts["reader"], name), problem.what, problem.hint or "")]
    return tuple(sorted((
        *problems,
        *wrong.tell(pc.invert(known), "item `{item_id}` is not in the sample", "take the ids from the sample's table"),
        *wrong.tell(pc.and_(pc.and_(known, is_named), pc.invert(is_asked)),
                    "`{reader}` was not asked for the {slot} reading of `{item_id}`",
                    "give the reader and the part as they were assigned"),
        *wrong.tell(pc.and_(is_third, pc.invert(is_disputed)), "the two readers of `{item_id}` do not disagree",
                    "a third person speaks only where both have read an item and say different things"),
        *wrong.tell(pc.and_(is_asked, _is_repeated(keys)), "item `{item_id}` has two {slot} readings",
                    "keep the one that counts"),
        *wrong.tell(pc.is_in(verdicts["reader"], value_set=pa.array(sorted(asked.proposers), pa.string())),
                    "`{reader}` proposed this plan and cannot audit it", "assign the item to another reader")),
        key=lambda problem: problem.line or 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wrong:
    verdicts: pa.Table
    lines: pa.ChunkedArray | None
    file: str | None

    def tell(self, mask: pa.ChunkedArray | pa.Array, what: str, hint: str) -> Iterator[Problem]:
        """One problem for each reader in the mask: the first row as it is, and where the others stand."""
        places = pc.indices_nonzero(mask)
        readers = self.verdicts["reader"].take(places)
        for reader in pc.unique(readers).to_pylist():
            own = places.filter(pc.equal(readers, reader))
            first, n_more = own[0].as_py(), len(own) - 1
            row = {name: self.verdicts[name][first].as_py() for name in ("item_id", "slot", "reader")}
            rows = "row" if n_more == 1 else "rows"
            more = f", and so in {n_more:,} more {rows} of `{reader}`{self._listed(own)}" if n_more else ""
            line = None if self.lines is None else int(self.lines[first].as_py())
            yield Problem(what=what.format(**row) + more, hint=hint, line=line, file=self.file)

    def _listed(self, own: pa.Array) -> str:
        """The lines of the rows after the first, as many as are shown."""
        if self.lines is None:
            return ""
        shown = ", ".join(str(line) for line in self.lines.take(own[1:1 + MOST_SHOWN]).to_pylist())
        return f": {'line' if len(own) == 2 else 'lines'} {shown}{', …' if len(own) - 1 > MOST_SHOWN else ''}"  # noqa: PLR2004


def _misspelled(verdicts: pa.Table) -> dict[str, Problem]:
    """Readers whose name is not written in the one way in which a person is named, and what is wrong with it."""
    found = {}
    for reader in pc.unique(verdicts["reader"]).to_pylist():
        try:
            person_named(reader)
        except ConfigError as error:
            found[reader] = error.problems[0]
    return found


def _disputed(verdicts: pa.Table) -> pa.Array:
    """The items that two readers see differently, whatever a third person said."""
    first, second = (verdicts.filter(pc.equal(verdicts["slot"], str(slot))) for slot in (Slot.FIRST, Slot.SECOND))
    places = pc.index_in(first["item_id"], value_set=second["item_id"].combine_chunks())
    differ = pc.fill_null(pc.not_equal(first["verdict"], second["verdict"].take(places)), False)
    return first["item_id"].filter(differ).combine_chunks()


def _key(table: pa.Table, *names: str) -> pa.Array:
    joined = pc.binary_join_element_wise(*(table[name] for name in names), "\x1f")
    return joined.combine_chunks() if isinstance(joined, pa.ChunkedArray) else joined


def _is_repeated(keys: pa.Array) -> pa.Array:
    """True for every row but the first of those that are alike."""
    codes = pc.dictionary_encode(keys).indices.to_numpy()
    is_repeated = np.ones(len(codes), np.bool_)
    is_repeated[np.unique(codes, return_index=True)[1]] = False
    return pa.array(is_repeated)
