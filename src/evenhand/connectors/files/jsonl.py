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
from evenhand.connectors.files.mapping import ColumnRule, TableRule
from evenhand.connectors.files.parse import quoted
from evenhand.connectors.files.rejects import EXCERPT, Reason, shown
from evenhand.connectors.files.source import SourceFile
from evenhand.connectors.files.text import TextFile, head_of, open_text, walk
from evenhand.connectors.files.utf8 import decoded
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import Table

_PLAIN = re.compile(r"[A-Za-z0-9_.@: -]+")
DOUBLE = "DOUBLE"
USUAL = "{usual keys}"
"""Where the keys of most lines go in the query."""
SAMPLE = 200
"""Lines looked at to know the names of the columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonlReader:
    """An opened file of JSON lines."""

    text: TextFile
    columns: Columns
    table: Table
    rule: TableRule
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
        sql = self.sql.replace(USUAL, _usual_keys(raw[0].as_py()) if len(raw) else "[]", 1)
        parsed = query(self.database.cursor(), sql, rows={"line": texts})
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
        kinds_of = parsed.column("kinds").combine_chunks().take(good)
        return RawBatch(
            rows=numbers[is_good], lines=mark.line + np.flatnonzero(is_good) + 1, columns=values,
            faults={column: ((Reason.WRONG_TYPE, is_misfit),) for column, is_misfit in self._misfits(values, kinds_of).items()},
            broken=[{**entry, "row": int(numbers[entry["row"]])} for entry in broken], done_bytes=done_bytes,
            end=Mark(row=int(mark.row + is_row.sum()), line=mark.line + len(raw), offset=mark.offset + len(data)))

    def _misfits(self, values: Mapping[str, pa.Array], kinds: pa.Array) -> dict[str, Mask]:
        """Where a JSON value is of a kind that its column cannot have. `kinds` lists those of all columns, row by row."""
        found = kinds.flatten().dictionary_encode()
        names: list[str | None] = found.dictionary.to_pylist()
        codes = pc.fill_null(found.indices, len(names)).to_numpy(zero_copy_only=False).reshape(-1, len(values))
        misfits = {}
        for i, (column, given) in enumerate(values.items()):
            target = self.table.schema.field(column).type
            bad = [code for code, name in enumerate(names) if name in _misfits_for(target, rule=self.rule.of(column))]
            is_misfit: Mask = np.isin(codes[:, i], bad)
            if pa.types.is_string(target) and is_misfit.any():
                is_whole = _true(pc.match_substring_regex(given, "^-?[0-9]+$"), True)
                is_misfit &= ~(is_whole & (codes[:, i] == _code(names, DOUBLE)))
            misfits[column] = is_misfit
        return misfits


def _misfits_for(target: pa.DataType, *, rule: ColumnRule) -> set[str]:
    """The kinds of JSON values that cannot be in a column. A number of many digits is also called `DOUBLE`."""
    if pa.types.is_string(target):
        return {"BOOLEAN", "OBJECT", "ARRAY", DOUBLE}
    if pa.types.is_list(target):
        return {"BOOLEAN", "OBJECT", "BIGINT", "UBIGINT", DOUBLE, *(("VARCHAR",) if rule.separator is None else ())}
    return {"OBJECT", "ARRAY", *(() if pa.types.is_boolean(target) else ("BOOLEAN",))}


def _code(names: list[str | None], name: str) -> int:
    return names.index(name) if name in names else -1


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


def _usual_keys(line: bytes) -> str:
    """The keys of a line as SQL, if no key is there twice. Lines with the same keys need not be looked at one by one."""
    try:
        found = json.loads(line.decode("utf-8"), object_pairs_hook=tuple)
        keys = [key.encode().decode() for key, _ in found] if isinstance(found, tuple) else []
    except (ValueError, RecursionError):
        return "[]"
    is_usable = len(set(keys)) == len(keys) and not any("\x00" in key for key in keys)
    return f"[{', '.join(quoted(key) for key in keys)}]" if is_usable else "[]"


def _sql(columns: Mapping[str, str]) -> str:
    """A query that gives, for each line, its kind, the kinds of all columns, and each column as text.

    `USUAL` in it stands for the keys of most lines.
    """
    lowered = [name.lower() for name in columns.values()]
    plain = sorted({name for name in columns.values() if _PLAIN.fullmatch(name) and lowered.count(name.lower()) == 1})
    paths = [name if name.startswith("$.") else "/" + name.replace("~", "~0").replace("/", "~1") for name in columns.values()]
    taken = [f"json_type(object, [{', '.join(quoted(path) for path in paths)}]) as kinds"]
    if plain:
        taken.append(f"from_json(object, {quoted(json.dumps(dict.fromkeys(plain, 'VARCHAR')))}) as found")
    outputs = []
    for path, (column, name) in zip(paths, columns.items(), strict=True):
        value = f"struct_extract(found, {quoted(name)})" if name in plain else f'"at {column}"'
        if name not in plain:
            taken.append(f'json_extract_string(object, {quoted(path)}) as "at {column}"')
        outputs.append(f'{value} as "{column}"')
    return f"""
        select n, "line kind", case when keys = {USUAL} then false else len(keys) <> list_unique(keys) end as "keys twice",
               kinds, {", ".join(outputs)}
        from (select n, "line kind", json_keys(object) as keys, {", ".join(taken)}
              from (select n, "line kind", case when "line kind" = 'OBJECT' then line end as object
                    from (select n, line, case when json_valid(line) then
                                 case when left(ltrim(line, ' \t\r'), 1) = '{{' then 'OBJECT' else 'OTHER' end
                                 end as "line kind" from given)))"""


def _is_one_array(head: bytes) -> bool:
    """Whether a text is one JSON array rather than lines of which the first happens to be one."""
    first, _, rest = head.strip().partition(b"\n")
    if not first.startswith(b"["):
        return False
    try:
        json.loads(first)
    except (ValueError, RecursionError):
        return True
    return not rest.strip()


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
    if _is_one_array(head):
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
    sql = _sql(columns.sources)
    if paths := [f"`{name}`" for name in columns.sources.values() if name.startswith("$.")]:
        try:
            query(database.cursor(), sql.replace(USUAL, "[]", 1), rows={"line": pa.array(["{}"])})
        except duckdb.Error as error:
            raise DataError(Problem(what=f"a path into the objects cannot be read, one of {', '.join(paths)}",
                                    file=file.name, hint="write paths as `$.user.id`")) from error
    return JsonlReader(text=text, columns=columns, table=table, rule=rule, sql=sql, database=database)
