"""Sources: the files of each table, found in a folder, by a glob, or named one by one, locally or in object storage."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import duckdb
import pyarrow as pa
import pyarrow.fs as pafs

from evenhand.errors import DataError, EvenhandError, Problem, Unreachable, without_secrets
from evenhand.model.snapshot import TABLES


class Format(StrEnum):
    """How a file is written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"
    ARROW = "arrow"


ENDINGS: dict[str, Format] = {
    ".csv": Format.CSV, ".tsv": Format.CSV,
    ".jsonl": Format.JSONL, ".ndjson": Format.JSONL, ".json": Format.JSONL,
    ".parquet": Format.PARQUET, ".pq": Format.PARQUET,
    ".arrow": Format.ARROW, ".feather": Format.ARROW, ".ipc": Format.ARROW, ".arrows": Format.ARROW,
}
COMPRESSIONS: dict[str, str] = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
_REMOTE = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_WILDCARD = re.compile(r"[*?\[]")
_FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """One file of one table."""

    filesystem: pafs.FileSystem
    path: str
    """The path inside the file system."""
    name: str
    """What a person calls it: the path relative to the source."""
    size: int
    """Bytes, as stored."""
    changed_ns: int
    """When it was last changed, nanoseconds since 1970; 0 if unknown."""
    format: Format

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine."""
        return isinstance(self.filesystem, pafs.LocalFileSystem)

    def open(self) -> pa.NativeFile:
        """The file's bytes, seekable."""
        return self.filesystem.open_input_file(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look: a file system, a path in it, and whether it is on this machine."""

    filesystem: pafs.FileSystem
    path: str
    is_local: bool


def place(source: str | Path) -> Place:
    """The place that a path or an address (`s3://…`, `gs://…`, `file:///…`) names.

    Raises:
        DataError: the address has a scheme that is not known.
    """
    text = str(source)
    shown = without_secrets(text, is_address=True)
    if "\x00" in text or text.endswith("://"):
        raise DataError(Problem(what=f"`{shown}` names nothing", hint="use a path, or an address such as `s3://bucket/folder`"))
    if not _REMOTE.match(text):
        return Place(filesystem=pafs.LocalFileSystem(), path=str(Path(text).expanduser().resolve()), is_local=True)
    try:
        filesystem, path = pafs.FileSystem.from_uri(text)
    except (pa.ArrowException, OSError, ValueError) as error:
        why = first_line(error).replace(text, shown)
        raise DataError(Problem(what=f"the address `{shown}` cannot be opened: {why}",
                                hint="use a path, or an address such as `s3://bucket/folder`")) from error
    return Place(filesystem=filesystem, path=path, is_local=isinstance(filesystem, pafs.LocalFileSystem))


@contextmanager
def reading(name: str, *, is_local: bool = True) -> Iterator[None]:
    """Turns what goes wrong while a file is read into an error with its name and a next step.

    Raises:
        DataError: the file is damaged, gone, or may not be read.
        Unreachable: object storage did not answer.
    """
    try:
        yield
    except EvenhandError:
        raise
    except FileNotFoundError as error:
        raise DataError(Problem(what=f"`{name}` is not there", file=name,
                                hint="was it moved while being read? put it back and run again")) from error
    except PermissionError as error:
        raise DataError(Problem(what=f"`{name}` may not be read", file=name,
                                hint=f"give yourself the right to read it: `chmod u+r {name}`")) from error
    except (pa.ArrowException, duckdb.Error, OSError, EOFError, UnicodeError, MemoryError, OverflowError) as error:
        if isinstance(error, OSError) and not is_local:
            raise Unreachable(Problem(what=f"`{name}` could not be read: {first_line(error)}", file=name,
                                      hint="check the address and your credentials, then run again")) from error
        raise DataError(Problem(what=f"`{name}` is damaged or not what its name says: {first_line(error)}", file=name,
                                hint="export or copy it again; nothing of it was kept")) from error


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns what goes wrong while the snapshot is written into an error with a next step.

    Raises:
        DataError: the disk is full, the folder may not be written to, or the memory is too small.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise DataError(Problem(
            what=f"one bucket does not fit into memory: {first_line(error)}", file=str(folder),
            hint="use more buckets (`--buckets`) with another folder, or a machine with more memory")) from error
    except (OSError, duckdb.IOException) as error:
        is_full = getattr(error, "errno", None) in _FULL or "No space left" in str(error)
        raise DataError(Problem(
            what="the disk is full" if is_full else f"`{folder}` cannot be written: {first_line(error)}",
            file=str(folder), hint=("free some space" if is_full else "make room or choose another folder")
            + ", then run the same command again: it goes on where it stopped")) from error


def first_line(error: BaseException) -> str:
    """The first line of the error's text in the grammar of ours, short enough for a message.

    >>> first_line(FileNotFoundError(2, "No such file or directory", "posts.csv"))
    'no such file or directory'
    """
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    lines = said.strip().splitlines()
    line = (lines[0] if lines else type(error).__name__)[:200].rstrip(" .")
    return line[:1].lower() + line[1:] if line[1:2].islower() and not isinstance(error, duckdb.Error) else line


def format_of(name: str) -> Format | None:
    """The format that a file name promises, or None.

    >>> format_of("posts-0001.csv.gz")
    <Format.CSV: 'csv'>
    """
    path = PurePosixPath(name.lower())
    ending = PurePosixPath(path.stem).suffix if path.suffix in COMPRESSIONS else path.suffix
    return ENDINGS.get(ending)


def table_of(name: str) -> str | None:
    """The table whose name the path (relative to the source) begins with, or None.

    >>> table_of("posts-00001-of-00010.parquet"), table_of("posts/day=1/part.csv"), table_of("postscript.csv")
    ('posts', 'posts', None)
    """
    found = re.match(r"([a-z]+)(?![a-z])", name.lower())
    return found.group(1) if found and found.group(1) in TABLES else None


def files_at(where: Place, *, pattern: str = "") -> list[SourceFile]:
    """Files at a place in the order of their paths: one file, all below a folder, or those a glob names.

    Names that start with `.` or `_` are skipped, as other tools leave their own marks under such names.
    """
    whole = f"{where.path.rstrip('/')}/{pattern}" if pattern else where.path
    if where.is_local and ".." in pattern:
        whole = str(Path(whole).resolve())
    fixed = whole
    while _WILDCARD.search(fixed):
        fixed = fixed.rpartition("/")[0]
    with reading(fixed, is_local=where.is_local):
        info = where.filesystem.get_file_info(fixed)
        if info.type == pafs.FileType.NotFound:
            return []
        if info.type == pafs.FileType.Directory:
            found = where.filesystem.get_file_info(pafs.FileSelector(fixed, recursive=True, allow_not_found=True))
        else:
            found = [info]
    base = where.path if pattern or info.type == pafs.FileType.Directory else str(PurePosixPath(where.path).parent)
    if _WILDCARD.search(base):
        base = fixed
    files = []
    for one in _by_path(found, base=base):
        name = one.path.removeprefix(base.rstrip("/") + "/").lstrip("/")
        is_ours = not any(part.startswith((".", "_")) for part in name.split("/"))
        if one.type == pafs.FileType.File and is_ours and (fixed == whole or _matches(one.path, whole)):
            files.append(SourceFile(
                filesystem=where.filesystem, path=one.path, name=name, size=one.size or 0,
                changed_ns=one.mtime_ns or 0, format=format_of(name) or Format.CSV))
    return files


def _by_path(found: Sequence[pafs.FileInfo], *, base: str) -> list[pafs.FileInfo]:
    """What was found in the order of the paths.

    Raises:
        DataError: a name is not UTF-8, so that no message and no reject could say it.
    """
    try:
        return sorted(found, key=lambda one: one.path)
    except UnicodeDecodeError as error:
        raise DataError(Problem(what=f"a file under `{base}` has a name that is not UTF-8", file=base,
                                hint="rename it")) from error


def _matches(path: str, pattern: str) -> bool:
    """Whether a glob names the path: `*` stays within one folder, `**` crosses folders."""
    parts, globs = path.split("/"), pattern.split("/")

    def fits(i: int, j: int) -> bool:
        if j == len(globs):
            return i == len(parts)
        if globs[j] == "**":
            return any(fits(k, j + 1) for k in range(i, len(parts) + 1))
        return i < len(parts) and fnmatchcase(parts[i], globs[j]) and fits(i + 1, j + 1)

    return fits(0, 0)


def tables_in(files: Sequence[SourceFile]) -> tuple[dict[str, list[SourceFile]], list[str]]:
    """The files of each table by their names, and the names of files that belong to none.

    Raises:
        DataError: one table is there in two formats, so that its rows would be read twice.
    """
    tables: dict[str, list[SourceFile]] = {}
    ignored = []
    for file in files:
        table = table_of(file.name)
        if table is None or format_of(file.name) is None:
            ignored.append(file.name)
        else:
            tables.setdefault(table, []).append(file)
    problems = [
        Problem(what=f"the table `{table}` is there in {len(formats)} formats: {', '.join(sorted(formats))}",
                file=found[0].name, hint="take one of them away, or name the files in a `snapshot.toml`")
        for table, found in tables.items() if len(formats := {file.format for file in found}) > 1]
    if problems:
        raise DataError(problems)
    return tables, ignored
