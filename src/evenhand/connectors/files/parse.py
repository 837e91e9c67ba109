"""Texts become numbers, times, yes or no, and lists: one SQL query per batch, one meaning per spelling."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.files.convert import Converted, times, to_list
from evenhand.connectors.files.embedded import query
from evenhand.connectors.files.mapping import UNITS, ColumnRule
from evenhand.connectors.files.rejects import Reason

_MOMENT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
_OFFSET = r"[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?"
USUAL_TIME = rf"{_MOMENT}(Z|{_OFFSET})?)?"
"""Times that are read as they stand: ISO 8601 with a date and perhaps a time of day and a zone. Without one it is UTC."""
OTHER_TIME = rf"\s*{_MOMENT} ?(Z|UTC|{_OFFSET})?)?\s*"
"""Times that are read once the space before the zone is gone and `UTC` is `Z`."""
WHOLE = r"\s*[+-]?[0-9]+([.]0*)?\s*"
SCIENTIFIC = r"\s*[+-]?[0-9]+([.][0-9]*)?[eE][+-]?[0-9]+\s*"
SEPARATOR = "|"
"""Between the items of a list in one text, unless the mapping says otherwise."""


def parsed(database: duckdb.DuckDBPyConnection, texts: Mapping[str, pa.Array], *,
           targets: Mapping[str, pa.DataType], rules: Mapping[str, ColumnRule]) -> dict[str, Converted]:
    """Each column of texts as the type that the contract wants; null and pointed at where it does not read as that."""
    if not texts:
        return {}
    picks = ", ".join(f'{expression(column, targets[column], rules[column])} as "{column}"' for column in texts)
    read = query(database, f"select n, {picks} from given", rows=texts)
    result = {}
    for column, given in texts.items():
        values = read.column(column).combine_chunks()
        is_bad = pc.and_(pc.is_null(values), pc.is_valid(given)).to_numpy(zero_copy_only=False)
        result[column] = to_list(values) if pa.types.is_list(targets[column]) else Converted(
            values=times(values) if pa.types.is_timestamp(targets[column]) else values)
        result[column].faults.append((Reason.WRONG_TYPE, is_bad))
    return result


def expression(column: str, target: pa.DataType, rule: ColumnRule) -> str:
    """SQL that reads the text of a column as the target; times as microseconds since 1970."""
    text = f'"{column}"'
    if pa.types.is_integer(target):
        return (f"case when try_cast({text} as bigint)::varchar = {text} then try_cast({text} as bigint) "
                f"when regexp_full_match({text}, '{WHOLE}') "
                f"then try_cast(regexp_replace(trim({text}), '[.]0*$', '') as bigint) "
                f"when regexp_full_match({text}, '{SCIENTIFIC}') and try_cast({text} as double) % 1 = 0 "
                f"then try_cast(try_cast({text} as double) as bigint) end")
    if pa.types.is_boolean(target):
        word = f"lower(trim({text}))"
        return f"case when {word} in ({_words(rule.true)}) then true when {word} in ({_words(rule.false)}) then false end"
    if pa.types.is_list(target):
        return (f"case when left({text}, 1) <> '[' then string_split({text}, {quoted(rule.separator or SEPARATOR)}) "
                f"when json_valid({text}) and not coalesce(list_has_any(json_type({text}, '$[*]'), "
                f"['OBJECT', 'ARRAY']), false) then from_json({text}, '[\"VARCHAR\"]') end")
    return _time(text, rule)


def _time(text: str, rule: ColumnRule) -> str:
    if rule.time_format is not None:
        return f"epoch_us(try_strptime({text}, {quoted(rule.time_format)}))"
    if rule.unit is not None:
        factor = f"{UNITS[rule.unit] / 1000:.3f}"
        return f"try_cast(trunc(try_cast(trim({text}) as decimal(27, 6)) * {factor}::decimal(10, 3)) as bigint)"
    return (f"case when regexp_full_match({text}, '{USUAL_TIME}') then epoch_us(try_cast({text} as timestamptz)) "
            f"when regexp_full_match({text}, '{OTHER_TIME}') "
            f"then epoch_us(try_cast({_closed_up(f'trim({text})')} as timestamptz)) end")


def _closed_up(text: str) -> str:
    """SQL that writes the zone as DuckDB reads it: `Z` or an offset, without a space before it."""
    for given, read in (("UTC", "Z"), (" Z", "Z"), (" +", "+"), (" -", "-")):
        text = f"replace({text}, '{given}', '{read}')"
    return text


def is_time_format(spelling: str, *, database: duckdb.DuckDBPyConnection) -> bool:
    """Whether a strptime format is one that is understood."""
    try:
        database.execute(f"select try_strptime('', {quoted(spelling)})").fetchall()
    except duckdb.InvalidInputException:
        return False
    return True


def _words(words: tuple[str, ...]) -> str:
    return ", ".join(quoted(word) for word in words) or "null"


def quoted(text: str) -> str:
    """The text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"
