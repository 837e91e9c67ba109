"""Checks of registers: which rows may stand in one, and what to say about the others. Whole columns at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.registries.names import HINT, objections
from evenhand.connectors.registries.values import HOST, MAX_HOST
from evenhand.errors import Problem
from evenhand.model.fact_check import Verdict
from evenhand.model.harm import Harm
from evenhand.model.registry import CredentialStatus, HolderKind, Register

FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000 for year in (1900, 2200))
"""Times before and from which a date is a mistake in the export; microseconds since 1970."""
DAY = 86_400_000_000
"""Microseconds in a day."""
PICTURE = r"^[0-9a-fA-F]{64}( .+)?$"
"""How a register names a picture: its PDQ hash and, after a space, where it stands."""
OUTCOMES = ("legitimate",)
"""What an adjudication may say: it only ever spares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why one row may not stand in its register. `row` counts from 0."""

    row: int
    what: str
    hint: str

    def at(self, file: str, line: int | None) -> Problem:
        """The objection with its place."""
        return Problem(what=self.what, file=file, line=line, hint=self.hint)


def check(table: pa.Table, register: Register) -> list[Objection]:
    """All objections against the rows of a table that has the register's schema, in the order of the rows."""
    return _in_order([*check_each(table, register), *_doubled(table, register)])


def check_each(table: pa.Table, register: Register) -> list[Objection]:
    """The objections against single rows, whatever the others are: all but those against keys that stand twice."""
    found = [*_missing(table, register), *_timed(table, register)]
    if register.name == "holders":
        found += _holders(table)
    elif register.name == "link_lists":
        found += _told(table["host"], ~_is_host(table["host"]), "is not a host name", "write it as `example.com`")
    elif register.name == "fact_checks":
        found += _of(table, "verdict", tuple(Verdict))
        found += _told(table["publisher_site"], ~_is_host(table["publisher_site"]), "is not a host name",
                       "write it as `example.com`")
    elif register.name == "credentials":
        found += _of(table, "status", tuple(CredentialStatus))
    elif register.name == "topics":
        is_over = _array(pc.less_equal(table["ended_at"], table["began_at"]))
        found += _told(table["ended_at"], is_over, "is not after `began_at`", "a burst ends after it began")
    elif register.name == "adjudications":
        found += _of(table, "harm", tuple(Harm))
        found += _of(table, "outcome", OUTCOMES)
    elif register.name == "strikes":
        found += _told(table["points"], _array(pc.less(table["points"], 1)), "is less than one point", "count from 1")
        is_over = _array(pc.less_equal(table["expires_at"], table["given_at"]))
        found += _told(table["expires_at"], is_over, "is not after `given_at`", "a strike expires after it was given")
    return _in_order(found)


def stands_twice(row: int, key: Sequence[object], register: Register) -> Objection:
    """The objection against a row whose key an earlier row has."""
    return Objection(row=row, what=f"`{', '.join(map(str, key))}` stands twice",
                     hint=f"each {' + '.join(register.key)} stands once")


def _in_order(found: list[Objection]) -> list[Objection]:
    return sorted(found, key=lambda one: (one.row, one.what))


@dataclass(frozen=True, slots=True)
class _Mask:
    """Rows for which something holds; null counts as no."""

    values: pa.Array

    def __invert__(self) -> _Mask:
        return _Mask(pc.invert(self.values))

    def rows(self) -> list[int]:
        return list(pc.indices_nonzero(self.values).to_pylist())


def _array(values: pa.ChunkedArray | pa.Array) -> _Mask:
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return _Mask(pc.fill_null(values, False))


def _told(column: pa.ChunkedArray | pa.Array, mask: _Mask, what: str, hint: str) -> Iterator[Objection]:
    for row in mask.rows():
        yield Objection(row=row, what=f"`{column[row].as_py()}` {what}", hint=hint)


def _is_host(column: pa.ChunkedArray | pa.Array) -> _Mask:
    fits = pc.and_(pc.match_substring_regex(column, HOST), pc.less_equal(pc.utf8_length(column), MAX_HOST))
    return _array(pc.fill_null(fits, True))


def _of(table: pa.Table, column: str, known: tuple[str, ...]) -> Iterator[Objection]:
    is_known = pc.is_in(table[column], value_set=pa.array([str(one) for one in known], pa.string()))
    is_known = pc.or_(is_known, pc.is_null(table[column]))
    return _told(table[column], ~_array(is_known), f"is not a known {column}",
                 f"known: {', '.join(f'`{one}`' for one in known)}")


def _missing(table: pa.Table, register: Register) -> Iterator[Objection]:
    for field in register.schema:
        if not field.nullable:
            column = table[field.name]
            is_empty = pc.is_null(column)
            if pa.types.is_string(field.type):
                is_empty = pc.or_kleene(is_empty, pc.equal(pc.utf8_trim_whitespace(column), ""))
            for row in _array(is_empty).rows():
                yield Objection(row=row, what=f"`{field.name}` is missing", hint="every row needs it")


def _timed(table: pa.Table, register: Register) -> Iterator[Objection]:
    for field in register.schema:
        if pa.types.is_temporal(field.type):
            # Compared as numbers, since a damaged date may be one that no calendar has.
            is_day = pa.types.is_date32(field.type)
            numbers = pc.cast(pc.cast(table[field.name], pa.int32() if is_day else pa.int64()), pa.int64())
            step = DAY if is_day else 1
            is_sound = pc.and_(pc.greater_equal(numbers, FIRST // step), pc.less(numbers, LAST // step))
            for row in (~_array(pc.fill_null(is_sound, True))).rows():
                yield Objection(row=row, what=f"`{field.name}` is not in the years 1900 to 2199",
                                hint="write it as 2026-11-23")


def _doubled(table: pa.Table, register: Register) -> Iterator[Objection]:
    if table.num_rows == 0:
        return
    key = [pc.fill_null(pc.cast(table[name], pa.string()), "") for name in register.key]
    joined = pc.binary_join_element_wise(*key, "\0")
    codes = pc.dictionary_encode(joined.combine_chunks()).indices
    rows = pa.table({"code": codes, "row": pa.array(range(table.num_rows), pa.int64())})
    first = rows.group_by("code").aggregate([("row", "min")])
    firsts = pc.take(first["row_min"].combine_chunks(), pc.index_in(codes, value_set=first["code"].combine_chunks()))
    for row in _array(pc.not_equal(firsts, rows["row"].combine_chunks())).rows():
        yield stands_twice(row, [table[column][row].as_py() for column in register.key], register)


def _holders(table: pa.Table) -> Iterator[Objection]:
    yield from _of(table, "kind", tuple(HolderKind))
    against = objections(table["name"].combine_chunks())
    for row in _array(pc.is_valid(against)).rows():
        yield Objection(row=row, what=f"the name `{table['name'][row].as_py()}` {against[row].as_py()}", hint=HINT)
    parents, domains = _flat(table["domains"])
    for item in (~_is_host(domains)).rows():
        yield Objection(row=parents[item].as_py(), what=f"`{domains[item].as_py()}` is not a host name",
                        hint="write it as `example.com`: lower case, IDN as punycode, no `https://`")
    parents, names = _flat(table["names"])
    texts = pc.struct_field(names, "name")
    # A short form such as `EU` may be short: it is only ever weak evidence. Anything else must be able to stand alone.
    spared = pc.and_(pc.equal(pc.struct_field(names, "kind"), "short"), pc.greater(pc.utf8_length(texts), 1))
    against = pc.if_else(pc.fill_null(spared, False), None, objections(texts))
    mains = pc.take(table["name"].combine_chunks(), parents)
    has_main = pc.is_in(pa.array(range(table.num_rows), parents.type),
                        value_set=parents.filter(pc.fill_null(pc.equal(texts, mains), False)))
    is_named = pc.is_valid(table["name"].combine_chunks())
    for row in _array(pc.and_not(is_named, has_main)).rows():
        yield Objection(row=row, what=f"the name `{table['name'][row].as_py()}` is not among its `names`",
                        hint="list every name there, the main one as `label`")
    told = pc.and_(pc.is_valid(against), pc.not_equal(texts, mains))
    for item in _array(told).rows():
        yield Objection(row=parents[item].as_py(), what=f"the name `{texts[item].as_py()}` {against[item].as_py()}",
                        hint=HINT)
    parents, pictures = _flat(table["avatars"])
    for item in (~_array(pc.match_substring_regex(pictures, PICTURE))).rows():
        yield Objection(row=parents[item].as_py(), what=f"`{pictures[item].as_py()}` is not a picture's hash",
                        hint="write a PDQ hash of 64 hexadecimal digits, and after a space where the picture stands; "
                        "`evenhand registry pictures FOLDER` makes them")
    parents, handles = _flat(table["handles"])
    for item in _array(pc.is_null(pc.struct_field(handles, "handle"))).rows():
        yield Objection(row=parents[item].as_py(), what="a handle is empty", hint="leave it out")


def _flat(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """For a list column, the row of each item and the items."""
    lists = column.combine_chunks()
    return pc.list_parent_indices(lists), pc.list_flatten(lists)
