"""Checks statements against every rule of the schema, all problems together, without a Python object per statement."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.transparency.eu_database.schema import DECISION_FIELDS, END_DATES, FIELDS, Field

PROBLEMS = pa.schema([
    pa.field("row", pa.int64(), nullable=False),
    pa.field("puid", pa.string()),
    pa.field("field", pa.string(), nullable=False),
    pa.field("what", pa.string(), nullable=False),
])
"""One row per problem: which statement, in which field, and what is wrong with it."""

ONLY_WITH = (
    ("decision_visibility_other", "decision_visibility", "DECISION_VISIBILITY_OTHER", True),
    ("decision_monetary_other", "decision_monetary", "DECISION_MONETARY_OTHER", True),
    ("illegal_content_legal_ground", "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", True),
    ("illegal_content_explanation", "decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT", True),
    ("incompatible_content_ground", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", True),
    ("incompatible_content_explanation", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", True),
    ("incompatible_content_illegal", "decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT", False),
    ("content_type_other", "content_type", "CONTENT_TYPE_OTHER", True),
    ("category_specification_other", "category_specification", "KEYWORD_OTHER", False),
)
"""A field that counts only beside one value of another field, and whether it is required there."""

_PUID = r"^[a-zA-Z0-9_-]+$"
_URL = r"^https?://[^\s/?#]+[^\s]*$"
_EAN = r"^[0-9]{13}$"


def problems(statements: pa.Table) -> pa.Table:
    """Everything that is wrong with `statements` (schema `STATEMENTS`), by statement and field; no rows when all is well.

    A text that the database would drop without a word is a problem as well: what nobody reads should not be sent.
    """
    statements = statements.combine_chunks()
    found: list[tuple[pa.Array, str, str]] = []
    for field in FIELDS:
        found += _of_field(statements, field)
    found += _one_puid_each(statements)
    found += _decided(statements)
    found += _together(statements)
    found += _dates_in_order(statements)
    return _table(statements, found)


def _of_field(statements: pa.Table, field: Field) -> Iterable[tuple[pa.Array, str, str]]:
    """What one field may hold, whatever stands in the others."""
    column = _one(statements[field.name])
    if field.is_required:
        yield pc.invert(_is_given(column)), field.name, "is required"
    if field.is_list:
        yield _has_other_than(column, field.values), field.name, "holds a value that the schema does not know"
        return
    if field.values:
        known = pc.is_in(column, value_set=pa.array(field.values))
        yield pc.and_(_is_given(column), pc.invert(known)), field.name, "holds a value that the schema does not know"
    if field.max_chars is not None:
        yield pc.greater(pc.utf8_length(column), field.max_chars), field.name, f"is longer than {field.max_chars} characters"
    if field.days is not None:
        first, last = field.days
        is_day = _is_day(column)
        yield pc.and_(_is_given(column), pc.invert(is_day)), field.name, "is not a day written as 2026-11-01"
        outside = pc.or_(pc.less(column, first.isoformat()), pc.greater(column, last.isoformat()))
        yield pc.and_(is_day, outside), field.name, f"is not from {first} to {last}"
    for name, pattern, what in (("puid", _PUID, "holds something else than letters, digits, - and _"),
                                ("decision_ground_reference_url", _URL, "is not a web address"),
                                ("content_id_ean", _EAN, "is not 13 digits")):
        if field.name == name:
            yield pc.and_(_is_given(column), pc.invert(pc.match_substring_regex(column, pattern))), name, what


def _one_puid_each(statements: pa.Table) -> Iterable[tuple[pa.Array, str, str]]:
    puids = _one(statements["puid"])
    counts = puids.value_counts()
    twice = pc.filter(pc.struct_field(counts, "values"), pc.greater(pc.struct_field(counts, "counts"), 1))
    yield pc.and_(_is_given(puids), pc.is_in(puids, value_set=twice)), "puid", "stands in another statement as well"


def _decided(statements: pa.Table) -> Iterable[tuple[pa.Array, str, str]]:
    given = [_is_given(_one(statements[name])) for name in DECISION_FIELDS]
    nothing = pc.invert(reduce(pc.or_, given))
    yield nothing, "decision_visibility", f"is empty, as are all of {', '.join(DECISION_FIELDS)}: one of them is required"


def _together(statements: pa.Table) -> Iterable[tuple[pa.Array, str, str]]:
    """Fields that count only beside a value of another field."""
    for name, other, value, is_required in ONLY_WITH:
        given = _is_given(_one(statements[name]))
        beside = _holds(_one(statements[other]), value)
        if is_required:
            yield pc.and_(beside, pc.invert(given)), name, f"is required where `{other}` is {value}"
        yield pc.and_(given, pc.invert(beside)), name, f"counts only where `{other}` is {value}"
    is_own = _holds(_one(statements["source_type"]), "SOURCE_VOLUNTARY")
    yield (pc.and_(is_own, _is_given(_one(statements["source_identity"]))), "source_identity",
           "counts only where `source_type` is not SOURCE_VOLUNTARY")
    for end, decision in END_DATES.items():
        lonely = pc.and_(_is_given(_one(statements[end])), pc.invert(_is_given(_one(statements[decision]))))
        yield lonely, end, f"is the end of a restriction that is not there: `{decision}` is empty"


def _dates_in_order(statements: pa.Table) -> Iterable[tuple[pa.Array, str, str]]:
    applied = _one(statements["application_date"])
    for end in END_DATES:
        column = _one(statements[end])
        in_days = pc.and_(_is_day(column), _is_day(applied))
        yield pc.and_(in_days, pc.less(column, applied)), end, "is before `application_date`"


def _table(statements: pa.Table, found: list[tuple[pa.Array, str, str]]) -> pa.Table:
    """The problems in the order of the statements, then of the fields."""
    parts = []
    order = {field.name: place for place, field in enumerate(FIELDS)}
    for mask, field, what in sorted(found, key=lambda one: order[one[1]]):
        rows = pc.indices_nonzero(pc.fill_null(mask, False)).cast(pa.int64())
        if len(rows):
            parts.append(pa.table({"row": rows, "puid": _one(statements["puid"]).take(rows),
                                   "field": pa.repeat(field, len(rows)), "what": pa.repeat(what, len(rows))}, schema=PROBLEMS))
    if not parts:
        return PROBLEMS.empty_table()
    table = pa.concat_tables(parts)
    return table.take(pa.array(np.argsort(table["row"].to_numpy(), kind="stable")))


def _one(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()


def _is_given(column: pa.Array) -> pa.Array:
    """Where a field holds something: a text that is not only white space, a list with an element."""
    length = pc.list_value_length(column) if pa.types.is_list(column.type) else pc.utf8_length(pc.utf8_trim_whitespace(column))
    return pc.greater(pc.fill_null(length, 0), 0)


def _holds(column: pa.Array, value: str) -> pa.Array:
    if not pa.types.is_list(column.type):
        return pc.fill_null(pc.equal(column, value), False)
    return _rows_with(column, pc.equal(pc.list_flatten(column), value))


def _has_other_than(column: pa.Array, values: tuple[str, ...]) -> pa.Array:
    return _rows_with(column, pc.invert(pc.is_in(pc.list_flatten(column), value_set=pa.array(values))))


def _rows_with(column: pa.Array, of_elements: pa.Array) -> pa.Array:
    """The rows of a list column in which some element is marked."""
    marked = np.zeros(len(column), dtype=bool)
    parents = pc.list_parent_indices(column).to_numpy(zero_copy_only=False)
    marked[parents[pc.fill_null(of_elements, True).to_numpy(zero_copy_only=False)]] = True
    return pa.array(marked)


def _is_day(column: pa.Array) -> pa.Array:
    """Where a text is a day of the calendar written as 2026-11-01."""
    looks = pc.fill_null(pc.match_substring_regex(column, r"^\d{4}-\d{2}-\d{2}$"), False)
    days = pc.if_else(looks, column, pa.scalar(None, pa.string()))
    parsed = pc.strptime(days, format="%Y-%m-%d", unit="s", error_is_null=True)
    return pc.fill_null(pc.equal(pc.strftime(parsed, format="%Y-%m-%d"), column), False)
