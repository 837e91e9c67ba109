"""Registry files as people have them: CSV, JSON, JSONL and Parquet, one record after the other with its line.

Nothing in here knows what a register is. A record that cannot be read is a `Problem`; the others are still read.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.registries.json_lists import Element, blank, elements, said
from evenhand.errors import DataError, Problem

FORMATS = (".parquet", ".csv", ".json", ".jsonl")
"""What a registry file may be, known by its ending."""
DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a file. `line` counts from 1 (Parquet: the row)."""

    line: int
    values: dict[str, object]
    file: str | None = None
    """The file it stands in, where several are read as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file holds: records that could be read, and a problem for each that could not."""

    file: str
    digest: str
    """SHA-256 of the file, hexadecimal."""
    columns: tuple[str, ...]
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]

    @property
    def n_read(self) -> int:
        """Records in the file, readable or not."""
        return len(self.records) + len(self.problems)


def read_contents(file: Path) -> Contents:
    """All records of `file`.

    Raises:
        DataError: there is no such file, its ending is not one of `FORMATS`, or nothing in it can be read.
    """
    readers = {".parquet": _parquet, ".csv": _csv, ".json": _json, ".jsonl": _jsonl}
    reader = readers.get(file.suffix.lower())
    if file.is_dir():
        raise DataError(Problem(what=f"`{file}` is a folder, and a file is expected", hint="name a file in it"))
    if reader is None:
        raise DataError(Problem(what=f"`{file.name}` is in no format that is read here", file=str(file),
                                hint=f"its name should end in one of {', '.join(FORMATS)}"))
    content = content_of(file)
    if reader is not _parquet and (encoding := _other_encoding(content)):
        raise _whole(f"the file is {encoding} text", str(file), "save it as UTF-8, in Excel as `CSV UTF-8`")
    read = list(reader(content, str(file)))
    records = tuple(item for item in read if isinstance(item, Record))
    columns = tuple(dict.fromkeys(name for record in records for name in record.values))
    problems = tuple(item for item in read if isinstance(item, Problem))
    return Contents(file=str(file), digest=hashlib.sha256(content).hexdigest(), columns=columns, records=records,
                    problems=problems)


def _other_encoding(content: bytes) -> str | None:
    """The encoding of a text in which every character takes two bytes or four, by its mark or by its zeros; None for others."""
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    halves = content[0:64:2], content[1:64:2]
    is_wide = all(halves) and any(all(half) for half in halves) and not all(any(half) for half in halves)
    return "UTF-16" if is_wide or content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else None


def content_of(file: Path) -> bytes:
    """The bytes of a file.

    Raises:
        DataError: it is not there or may not be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(Problem(what=f"`{file}` cannot be read: {_lower(error.strerror or str(error))}",
                                file=str(file), hint="check the path and its permissions")) from error


def _lower(text: str) -> str:
    """The first line of a foreign error text, in the grammar of ours."""
    line = text.strip().splitlines()[0] if text.strip() else "no reason given"
    return line[:1].lower() + line[1:].rstrip(".")


def _whole(what: str, file: str, hint: str, line: int | None = None) -> DataError:
    return DataError(Problem(what=what, file=file, line=line, hint=hint))


def parquet_table(content: bytes, file: str) -> pa.Table:
    """The table in a Parquet file.

    Raises:
        DataError: it is not readable, or holds text that is not UTF-8 or values that its types cannot have.
    """
    try:
        table = pq.read_table(pa.BufferReader(content))
        table.validate(full=True)
        "".join(table.column_names)     # a name that is not UTF-8 shows only when it is read
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise _whole(f"not a readable Parquet file: {_lower(str(error))}", file, "export it again") from error
    return table


def _parquet(content: bytes, file: str) -> Iterator[Record | Problem]:
    try:
        rows = parquet_table(content, file).to_pylist()
    except (ValueError, OverflowError) as error:
        raise _whole(f"a value cannot be read: {_lower(str(error))}", file, "export it again") from error
    for line, values in enumerate(rows, start=1):
        yield Record(line=line, values={str(name): value for name, value in values.items()})


def _csv(content: bytes, file: str) -> Iterator[Record | Problem]:
    # Bytes that are not UTF-8 survive as surrogates, so that only their own record is lost.
    text = content.decode("utf-8-sig", errors="surrogateescape")
    head = text.split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    lines = list(io.StringIO(text, newline=""))
    names: list[str] | None = None
    begun, reader = 0, csv.reader(lines, delimiter=delimiter)
    while True:
        line = begun + reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            read: Record | Problem = Problem(what=f"not readable as CSV: {_lower(str(error))}", file=file, line=line,
                                             hint="check the quotes of this record")
        else:
            if names is None:
                names = _header(fields, file)
                continue
            if not any(fields):
                continue
            read = _fields(fields, names, line, file)
        yield read
        if isinstance(read, Problem) and begun + reader.line_num > line:   # a quote that is never closed costs its line alone
            begun, reader = line, csv.reader(lines[line:], delimiter=delimiter)
    if names is None:
        raise _whole("the file is empty", file, "a CSV file starts with the names of its columns", 1)


def _header(fields: list[str], file: str) -> list[str]:
    names = [name.strip() for name in fields]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if not any(names) or doubled or not is_text("".join(names)):
        twice = f"the column `{doubled[0]}` stands twice" if doubled and doubled[0] else ""
        raise _whole(twice or "the first line names no columns", file, "the first line holds one name per column", 1)
    return names


def _fields(fields: list[str], names: list[str], line: int, file: str) -> Record | Problem:
    if len(fields) != len(names):
        return Problem(what=f"the record has {len(fields)} fields, the header {len(names)}", file=file, line=line,
                       hint="quote a field that holds the separator")
    if not is_text("".join(fields)):
        return Problem(what="the record is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8")
    return Record(line=line, values={name: field.strip() or None for name, field in zip(names, fields, strict=True)})


def is_text(text: str) -> bool:
    """False where bytes could not be decoded, or where a surrogate stands alone."""
    return not any("\ud800" <= character <= "\udfff" for character in text) and "\0" not in text


def _jsonl(content: bytes, file: str) -> Iterator[Record | Problem]:
    for line, raw in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if raw.strip():
            try:
                yield _object(json.loads(raw.decode("utf-8")), line, file)
            except UnicodeDecodeError:
                yield Problem(what="the record is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8")
            except (ValueError, RecursionError) as error:
                yield Problem(what=f"not readable as JSON: {said(error)}", file=file, line=line,
                              column=error.colno if isinstance(error, json.JSONDecodeError) else None,
                              hint="each line holds one JSON object")


def _json(content: bytes, file: str) -> Iterator[Record | Problem]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[:error.start].count(b"\n") + 1
        raise _whole("the file is not UTF-8 text", file, "save the file as UTF-8", line) from error
    for one in elements(text, _opened(text, file), json.JSONDecoder()):
        if isinstance(one, Element):
            yield _object(one.value, one.line, file)
        elif one.is_list:
            raise DataError(Problem(what=f"not readable as JSON: {one.what}", file=file, line=one.line, column=one.column,
                                    hint="a list of objects is expected; with each on lines of its own, a mistake costs one"))
        else:
            yield Problem(what=f"not readable as JSON: {one.what}", file=file, line=one.line, column=one.column,
                          hint="a list of objects is expected")


def _opened(text: str, file: str) -> int:
    """The position after the `[` of the list that the file holds."""
    position = blank(text, 0)
    if text[position:position + 1] != "[":
        raise _whole("the file does not hold a list", file, "expected `[` and one object per record", 1)
    return position + 1


def _object(value: object, line: int, file: str) -> Record | Problem:
    if not isinstance(value, dict):
        return Problem(what="the record is not an object", file=file, line=line, hint='write it as `{"name": "…"}`')
    if not is_text(json.dumps(value, ensure_ascii=False)):
        return Problem(what="the record is not UTF-8 text", file=file, line=line, hint="save the file as UTF-8")
    return Record(line=line, values={str(name): content for name, content in value.items()})
