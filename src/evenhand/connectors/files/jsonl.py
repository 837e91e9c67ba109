"""Reads JSON lines: one object per line, every line accounted for, numbers kept to their last digit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.connectors.files.batch import Columns, Mark, Mask, RawBatch, resolve
from evenhand.connectors.files.embedded import query
from evenhand.connectors.files.mapping import TableRule
from evenhand.connectors.files.parse import quoted
from evenhand.connectors.files.rejects import EXCERPT, Reason, shown
from evenhand.connectors.files.source import SourceFile
from evenhand.connectors.files.text import TextFile, head_of, open_text, walk
from evenhand.connectors.files.utf8 import decoded
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import Table

_PLAIN = re.compile(r"[A-Za-z0-9_.@: -]+")
SAMPLE = 200
"""Lines looked at to know the names of the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonlReader:
    """An opened file of JSON lines."""

    text: TextFile
    columns: Columns
    sql: str
    """Takes the columns out of the lines."""
    database: duckdb.DuckDBPyConnection
    start: Mark = field(default_factory=Mark)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Columns of the first lines that the contract does not know."""
        return self.columns.ignored

    def batches(self, start: Mark) -> Iterator[RawBatch]:
        """The rows from a mark to the end, in order, every row exactly once."""
        return walk(self.text, start, cut=self._cut)

    def _cut(self, data: bytes, mark: Mark, done_bytes: int, *, is_last: bool) -> tuple[RawBatch, int]:
        used = len(data) if is_last else data.rfind(b"\n") + 1
        return self._batch(data[:used], mark=mark, done_bytes=done_bytes), used

    def _batch(self, data: bytes, *, mark: Mark, done_bytes: int) -> RawBatch:
        raw = _lines(data)
        texts, is_bad = decoded(raw)
        lines = pa.table({"line": texts, "n": np.arange(len(texts))})
        parsed = query(self.database.cursor(), self.sql, rows=lines)
        kinds = parsed.column("line kind").combine_chunks()
        is_good = _true(kinds, "OBJECT") & ~_true(parsed.column("keys twice").combine_chunks(), True)
        is_row = np.ones(len(raw), np.bool_)
        broken: list[dict[str, Any]] = []
        for i in np.flatnonzero(~is_good):
            content = raw[i].as_py()
            is_row[i] = bool(content.strip(b" \t\r\n"))
            if is_row[i]:
                reason = Reason.BAD_UTF8 if is_bad[i] else {
                    None: Reason.BROKEN_JSON, "OBJECT": Reason.DUPLICATE_KEY}.get(kinds[i].as_py(), Reason.NOT_AN_OBJECT)
                broken.append({"row": i, "line": int(mark.line + i + 1), "reason": reason,
                               "excerpt": shown(content[: 4 * EXCERPT].rstrip(), limit=EXCERPT)})
        numbers = mark.row + np.cumsum(is_row)
        good = pa.array(np.flatnonzero(is_good))
        values = {column: parsed.column(column).combine_chunks().take(good) for column in self.columns.sources}
        return RawBatch(
            rows=numbers[is_good], lines=mark.line + np.flatnonzero(is_good) + 1, columns=values,
            faults={column: ((Reason.WRONG_TYPE, _true(parsed.column(f"{column}?").combine_chunks().take(good), True)),)
                    for column in values},
            broken=[{**entry, "row": int(numbers[entry["row"]])} for entry in broken], done_bytes=done_bytes,
            end=Mark(row=int(mark.row + is_row.sum()), line=mark.line + len(raw), offset=mark.offset + len(data)))


def _true(values: pa.Array, wanted: object) -> Mask:
    """Where a value is the wanted one; a missing value is not."""
    found: Mask = pc.fill_null(pc.equal(values, wanted), False).to_numpy(zero_copy_only=False)
    return found


def _lines(data: bytes) -> pa.Array:
    """The lines, with their line ends, as they are."""
    ends = np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1
    if data and not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    offsets = np.concatenate(([0], ends)).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), len(ends), [None, pa.py_buffer(offsets), pa.py_buffer(data)])


def _sql(columns: Mapping[str, str], *, table: Table, rule: TableRule) -> str:
    """A query that gives, for each line, its kind, each column as text, and whether the column may be of that kind."""
    lowered = [name.lower() for name in columns.values()]
    plain = {name for name in columns.values() if _PLAIN.fullmatch(name) and lowered.count(name.lower()) == 1}
    taken, outputs = [], []
    if plain:
        taken.append(f"from_json(object, {quoted(json.dumps(dict.fromkeys(sorted(plain), 'JSON')))}) as found")
    for column, name in columns.items():
        if name not in plain:
            path = name if name.startswith("$.") else "/" + name.replace("~", "~0").replace("/", "~1")
            taken.append(f'json_extract(object, {quoted(path)}) as "at {column}"')
        value = f"struct_extract(found, {quoted(name)})" if name in plain else f'"at {column}"'
        text, first = f"nullif({value}::varchar, 'null')", f"left({value}::varchar, 1)"
        misfit = _misfit(first, text, kind=table.schema.field(column).type, separator=rule.of(column).separator)
        outputs += [f"case when {first} = '\"' then {value} ->> '$' else {text} end as \"{column}\"",
                    f'{misfit} as "{column}?"']
    return f"""
        select "line kind", len(keys) <> list_unique(keys) as "keys twice", {", ".join(outputs)}
        from (select n, "line kind", json_keys(object) as keys, {", ".join(taken)}
              from (select n, "line kind", case when "line kind" = 'OBJECT' then line end as object
                    from (select n, line, case when json_valid(line) then json_type(line) end as "line kind" from given)))
        order by n"""


def _misfit(first: str, text: str, *, kind: pa.DataType, separator: str | None) -> str:
    """SQL that is true where a JSON value, of which `first` is the first character, cannot be in such a column."""
    if pa.types.is_string(kind):
        return f"{first} <> '\"' and not regexp_full_match({text}, '-?[0-9]+')"
    if pa.types.is_list(kind):
        others = "" if separator is None else ", '\"'"
        return f"{first} not in ('[', 'n'{others})"
    others = "" if pa.types.is_boolean(kind) else ", 't', 'f'"
    return f"{first} in ('{{', '['{others})"


def open_jsonl(file: SourceFile, *, table: Table, rule: TableRule,
               database: duckdb.DuckDBPyConnection) -> JsonlReader | None:
    """The opened file, or None if it is empty.

    Raises:
        DataError: it is no JSON lines, or its first lines do not have the columns.
    """
    text = open_text(file, encoding=rule.encoding)
    head = head_of(text)
    if not head.strip():
        return None
    if head.lstrip().startswith(b"["):
        raise DataError(Problem(what=f"`{file.name}` is one JSON array, not an object per line", file=file.name,
                                hint="turn it into lines with `jq -c '.[]' FILE.json > FILE.jsonl`"))
    names: dict[str, None] = {}
    for line in head.splitlines()[:SAMPLE]:
        try:
            found = json.loads(line.decode("utf-8"))
        except (ValueError, RecursionError):
            continue
        names.update(dict.fromkeys(name.encode(errors="replace").decode() for name in found) if isinstance(found, dict) else {})
    columns = resolve(tuple(names), table=table, rule=rule, file=file.name, is_sample=True)
    problems = [problem for problem in columns.problems if names]
    if problems:
        raise DataError(problems)
    sql = _sql(columns.sources, table=table, rule=rule)
    if paths := [f"`{name}`" for name in columns.sources.values() if name.startswith("$.")]:
        try:
            query(database.cursor(), sql, rows=pa.table({"line": ["{}"], "n": [0]}))
        except duckdb.Error as error:
            raise DataError(Problem(what=f"a path into the objects cannot be read, one of {', '.join(paths)}",
                                    file=file.name, hint="write paths as `$.user.id`")) from error
    return JsonlReader(text=text, columns=columns, sql=sql, database=database)
