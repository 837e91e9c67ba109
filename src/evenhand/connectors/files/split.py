"""Splits CSV text into rows and fields. Strict about quotes, so that one broken row never swallows those after it.

A row is either a well-formed record (fields between delimiters, each quoted as a whole or not at all, quotes inside
doubled) or, where no such record starts, one line. Blank lines are not rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from evenhand.connectors.files.text import MAX_ROW_BYTES

QUOTE, NEWLINE, RETURN = ord('"'), ord("\n"), ord("\r")
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Where the rows and fields of a piece of text are."""

    fields: Positions
    """Where each field starts, and as the last entry where the text after the last row starts. A field ends one byte
    before the next one starts."""
    first: Positions
    """For each row, which of `fields` is its first."""
    n_fields: Positions
    """For each row, how many fields it has; 0 for a row that is not well-formed."""

    @property
    def used(self) -> int:
        """How many bytes the rows take, with their line ends."""
        return int(self.fields[-1])


@lru_cache
def _classes(delimiter: int, *, quoted: bool) -> NDArray[np.bool_]:
    special = np.zeros(256, np.bool_)
    special[[delimiter, NEWLINE]] = True
    special[QUOTE] = quoted
    return special


def split(data: bytes, *, delimiter: int, quoted: bool, is_last: bool) -> Split:
    """The complete rows at the beginning of `data`, which starts with a row.

    With `is_last`, nothing follows `data` and it must end in a line end.
    """
    text = np.frombuffer(data, np.uint8)
    at = np.flatnonzero(_classes(delimiter, quoted=quoted)[text])
    kinds = text[at]
    is_quote = kinds == QUOTE if quoted else np.zeros(len(at), np.bool_)
    if is_quote.any():
        quotes = at[is_quote]
        if not _is_strict(text, quotes, delimiter=delimiter) or (is_last and len(quotes) % 2):
            return _split_slowly(data, delimiter=delimiter, is_last=is_last)
        outside = ~np.logical_xor.accumulate(is_quote) & ~is_quote
        at, kinds = at[outside], kinds[outside]
    found = _rows(at, kinds == NEWLINE)
    if len(data) - found.used > MAX_ROW_BYTES:
        return _split_slowly(data, delimiter=delimiter, is_last=is_last)
    return found


def _rows(ends: Positions, is_row_end: NDArray[np.bool_]) -> Split:
    """Rows from the ends of fields, of which some are also ends of rows."""
    last = np.flatnonzero(is_row_end)
    n_used = int(last[-1]) + 1 if len(last) else 0
    first = np.concatenate(([0], last[:-1] + 1)) if len(last) else np.zeros(0, np.int64)
    fields = np.concatenate(([0], ends[:n_used] + 1))
    return Split(fields=fields, first=first, n_fields=np.diff(first, append=n_used))


def _is_strict(text: NDArray[np.uint8], quotes: Positions, *, delimiter: int) -> bool:
    """Whether every quote opens at the start of a field, closes at its end, or is one of a doubled pair."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = np.where(opening > 0, text[np.maximum(opening - 1, 0)], NEWLINE)
    starts = (before == delimiter) | (before == NEWLINE)
    starts[1:] |= opening[1:] == closing[: len(opening) - 1] + 1
    if not starts.all():
        return False
    end = len(text)
    after = np.where(closing + 1 < end, text[np.minimum(closing + 1, end - 1)], NEWLINE)
    after_that = np.where(closing + 2 < end, text[np.minimum(closing + 2, end - 1)], NEWLINE)
    ends = (after == delimiter) | (after == NEWLINE) | ((after == RETURN) & (after_that == NEWLINE))
    ends[: len(opening) - 1] |= closing[: len(opening) - 1] + 1 == opening[1:]
    return bool(ends.all())


@lru_cache
def _patterns(delimiter: int) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """A whole record with its line end, and what may yet become one when more text follows."""
    mark = re.escape(bytes([delimiter]))
    quoted = rb'"(?:[^"]++|"")*+"'
    plain = rb'[^"\n' + mark + rb"]*+"
    field = rb"(?:" + quoted + rb"|" + plain + rb")"
    record = re.compile(rb"(?:" + field + mark + rb")*+" + field + rb"\r?\n")
    begun = re.compile(rb"(?:" + field + mark + rb")*+(?:" + quoted + rb'\r?|"(?:[^"]++|"")*+|' + plain + rb")\Z")
    return record, begun


def _split_slowly(data: bytes, *, delimiter: int, is_last: bool) -> Split:
    """The same, record by record, for text in which some quote is not where it may be."""
    record, begun = _patterns(delimiter)
    mark = bytes([delimiter])
    ends: list[int] = []
    first: list[int] = []
    counts: list[int] = []
    position = 0
    while position < len(data):
        found = record.match(data, position)
        if found is None and not is_last and len(data) - position <= MAX_ROW_BYTES and begun.match(data, position):
            break
        line_end = found.end() if found else data.find(b"\n", position) + 1
        if not line_end:
            break
        first.append(len(ends))
        inner = _field_ends(data, position, line_end - 1, mark=mark) if found else []
        ends.extend(inner)
        ends.append(line_end - 1)
        counts.append(len(inner) + 1 if found else 0)
        position = line_end
    return Split(fields=np.array([0, *(end + 1 for end in ends)], np.int64), first=np.array(first, np.int64),
                 n_fields=np.array(counts, np.int64))


def _field_ends(data: bytes, start: int, end: int, *, mark: bytes) -> list[int]:
    """Where the delimiters outside quotes stand in a well-formed record."""
    ends = []
    inside = False
    for found in re.finditer(rb'"|' + re.escape(mark), data[start:end]):
        if found.group() == b'"':
            inside = not inside
        elif not inside:
            ends.append(start + found.start())
    return ends
