"""Rejects: rows that were read and not kept, each with its place and the reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import pyarrow as pa

SHORT = 120
"""A value in a reject is cut after this many characters."""
EXCERPT = 240
"""A raw row in a reject is cut after this many characters."""


class Reason(StrEnum):
    """Why a row was not kept."""

    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    LOST_PRECISION = "lost_precision"
    BAD_UTF8 = "bad_utf8"
    NUL_CHARACTER = "nul_character"
    TEXT_TOO_LONG = "text_too_long"
    TIME_TOO_EARLY = "time_too_early"
    AFTER_CUT_OFF = "after_cut_off"
    DUPLICATE_ID = "duplicate_id"
    ORPHAN = "orphan"
    RAGGED_ROW = "ragged_row"
    STRAY_QUOTE = "stray_quote"
    LINE_TOO_LONG = "line_too_long"
    BROKEN_JSON = "broken_json"
    NOT_AN_OBJECT = "not_an_object"
    DUPLICATE_KEY = "duplicate_key"

    @property
    def sentence(self) -> str:
        """What is wrong with the row, in words for the reference page and for messages."""
        return SENTENCES[self]


SENTENCES: dict[Reason, str] = {
    Reason.MISSING: "a required column is empty",
    Reason.WRONG_TYPE: "the value does not read as a number, a time, yes or no, a list or a text, as the column needs",
    Reason.LOST_PRECISION: "an id went through a spreadsheet or a float and lost its last digits",
    Reason.BAD_UTF8: "the text is not UTF-8",
    Reason.NUL_CHARACTER: "the text holds a NUL character",
    Reason.TEXT_TOO_LONG: "the text is longer than a post or a profile can be",
    Reason.TIME_TOO_EARLY: "the time is before any social platform existed",
    Reason.AFTER_CUT_OFF: "the time is later than the cut-off of the snapshot",
    Reason.DUPLICATE_ID: "an earlier row has the same id",
    Reason.ORPHAN: "the account of the row is not in `accounts`",
    Reason.RAGGED_ROW: "the row has more or fewer fields than the header",
    Reason.STRAY_QUOTE: "a quote is not closed, or stands inside a field that is not quoted",
    Reason.LINE_TOO_LONG: "the line is longer than any row can be",
    Reason.BROKEN_JSON: "the line is not JSON",
    Reason.NOT_AN_OBJECT: "the line is JSON but not an object",
    Reason.DUPLICATE_KEY: "the object has the same key twice",
}

REJECTS = pa.schema([
    pa.field("file", pa.string(), nullable=False),
    pa.field("row", pa.int64(), nullable=False),
    pa.field("line", pa.int64()),
    pa.field("reason", pa.string(), nullable=False),
    pa.field("column", pa.string()),
    pa.field("value", pa.string()),
    pa.field("excerpt", pa.string()),
])
"""One rejected row. `row` counts rows of the file from 1 (header and blank lines not counted); `line` is the line of
a text file on which the row starts, from 1; `value` is the offending value and `excerpt` the row, both as JSON text."""

COLUMNS: dict[str, str] = {
    "file": "the file, relative to the source",
    "row": "the row in that file, counted from 1; the header and blank lines are not rows",
    "line": "the line on which the row starts, counted from 1; null for Parquet and Arrow",
    "reason": "one of the reasons below; the first that applies, in the order of the columns",
    "column": "the column it is about; null when the whole row is broken",
    "value": f"the offending value, cut after {SHORT} characters",
    "excerpt": f"the row, cut after {EXCERPT} characters",
}


def shown(value: object, *, limit: int) -> str | None:
    """The value as JSON text of at most `limit` characters; None for a missing value.

    JSON text starts with a quote, a digit or a bracket, so that no spreadsheet takes it for a formula.

    >>> shown("=HYPERLINK(1)", limit=8)
    '"=HYPER…'
    """
    if value is None:
        return None
    if isinstance(value, bytes):
        value = value[: limit * 4].decode("utf-8", errors="replace")
    if isinstance(value, str):
        value = value[: limit + 1]
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def excerpt_of(row: Mapping[str, Any]) -> str:
    """The row as JSON text, without its missing values, cut to a length that a person can read at a glance."""
    filled = {name: value[:EXCERPT] if isinstance(value, str | bytes | list) else value
              for name, value in row.items() if value is not None}
    readable = {name: value.decode("utf-8", errors="replace") if isinstance(value, bytes) else value
                for name, value in filled.items()}
    return shown(readable, limit=EXCERPT) or ""


def rejects_table(entries: Iterable[Mapping[str, Any]], *, file: str) -> pa.Table:
    """The entries (row, line, reason, column, value, excerpt) as a table in the order of the rows."""
    rows = sorted(({"file": file, **entry} for entry in entries), key=lambda entry: entry["row"])
    return pa.Table.from_pylist(rows, schema=REJECTS)
