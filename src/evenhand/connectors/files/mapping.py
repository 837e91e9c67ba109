"""Mappings: what a `snapshot.toml` says about foreign column names, units, constants and how the files are written."""

from __future__ import annotations

import codecs
import hashlib
import re
import tomllib
from collections.abc import Mapping as Mapped
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.connectors.files.source import Format, first_line
from evenhand.errors import DataError, Problem
from evenhand.model.snapshot import TABLES, Table

UNITS: dict[str, int] = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
"""Nanoseconds in one step of a number that tells a time since 1970-01-01 UTC."""
_CONSTANTS = ((pa.types.is_boolean, bool, "`true` or `false`"), (pa.types.is_integer, int, "a whole number"),
              (pa.types.is_timestamp, datetime, "a time without quotes"), (pa.types.is_list, list, "a list of texts"))
TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRule:
    """Where one column of the contract comes from and how to read it."""

    column: str | None = None
    """The name in the file; None with a constant."""
    constant: object = None
    """The one value of every row, or None."""
    unit: str | None = None
    """For times given as numbers: what one step is, of `UNITS`."""
    time_format: str | None = None
    """For times in another spelling than ISO 8601: a strptime format."""
    true: tuple[str, ...] = TRUE_WORDS
    false: tuple[str, ...] = FALSE_WORDS
    separator: str | None = None
    """What stands between the items of a list in one text; None is `|` in CSV, and no splitting elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRule:
    """Where one table comes from and how its files are written."""

    files: tuple[str, ...] = ()
    """Paths, globs or addresses; empty to find them by their names."""
    format: Format | None = None
    columns: Mapped[str, ColumnRule] = field(default_factory=dict)
    """By the contract's column; a column that is not named here has the contract's own name in the file."""
    delimiter: str | None = None
    """CSV only; None to see it from the header."""
    quote: bool = True
    """CSV only; whether `"` quotes. Without it, every line is a row."""
    encoding: str = "utf-8"
    """Text formats only."""
    null: tuple[str, ...] = ()
    """Further words that mean that the value is missing; an empty text always does."""

    def of(self, column: str) -> ColumnRule:
        """The rule of a contract column; without one, the file uses the contract's name."""
        return self.columns.get(column, ColumnRule(column=column))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """All that a `snapshot.toml` says."""

    tables: Mapped[str, TableRule] = field(default_factory=dict)
    digest: str = ""
    """Changes when the text changes; empty without a mapping."""

    def of(self, table: str) -> TableRule:
        """The rule of a table; without one, the contract's names and no options."""
        return self.tables.get(table, TableRule())


def load_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file.

    Raises:
        DataError: the file cannot be read, or says something it may not; all mistakes at once, with their lines.
    """
    try:
        text = path.read_bytes().decode("utf-8")
        parsed = tomllib.loads(text)
    except OSError as error:
        raise DataError(Problem(what=f"the mapping cannot be read: {first_line(error)}", file=str(path),
                                hint="check the path and its permissions")) from error
    except UnicodeDecodeError as error:
        raise DataError(Problem(what="the mapping is not UTF-8", file=str(path), hint="save it as UTF-8")) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise DataError(Problem(what=f"the mapping is not TOML: {first_line(error)}", file=str(path),
                                line=int(line.group(1)) if line else None,
                                hint='a mapping looks like `[accounts.columns]` and then `account_id = "uid"`')) from error
    if "\x00" in texts_in(parsed):
        raise DataError(Problem(what="the mapping holds a NUL character", file=str(path), hint="take it out"))
    reader = _MappingText(file=str(path), lines=text.splitlines(), problems=[])
    tables = {name: reader.table(name, body) for name, body in parsed.items() if reader.knows(
        name, TABLES, "table", place=(name,))}
    if reader.problems:
        raise DataError(reader.problems)
    return Mapping(tables=tables, digest=hashlib.sha256(text.encode()).hexdigest())


def texts_in(value: object) -> str:
    """All texts in a parsed TOML value, one after the other."""
    if isinstance(value, dict):
        return "".join(key + texts_in(inner) for key, inner in value.items())
    if isinstance(value, list):
        return "".join(texts_in(inner) for inner in value)
    return value if isinstance(value, str) else ""


@dataclass(slots=True, kw_only=True)
class _MappingText:
    """Reads the parsed text and collects its mistakes."""

    file: str
    lines: list[str]
    problems: list[Problem]

    def say(self, what: str, *, place: tuple[str, ...], hint: str | None = None) -> None:
        """Adds a mistake at the line on which the last part of `place` is set."""
        line, start = self._line_of(place)
        self.problems.append(Problem(
            what=what, file=self.file, line=line, column=start, length=len(place[-1]) if line else 1,
            source=self.lines[line - 1] if line else None, hint=hint))

    def _line_of(self, place: tuple[str, ...]) -> tuple[int | None, int | None]:
        """Where the last part of `place` is a key, or else a value, or else where a part before it stands."""
        header = ""
        spots: list[tuple[int, int, int]] = []
        for number, text in enumerate(self.lines, start=1):
            if section := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", text):
                header = section.group(1)
            if header.split(".")[0].strip(" \"'") not in (place[0], "" if len(place) == 1 else place[0]):
                continue
            for part in place:
                known = re.finditer(rf"(?<![\w-])[\"']?({re.escape(part)})[\"']?(?![\w-])(\s*[=.\]])?", text.split("#")[0])
                spots += [(0 if part != place[-1] else 2 if one[2] else 1, -number, -one.start(1) - 1) for one in known]
        _, number, start = max(spots, default=(0, 0, 0))
        return (-number, -start) if number else (None, None)

    def knows(self, name: str, known: Mapped[str, object] | tuple[str, ...], kind: str, *, place: tuple[str, ...]) -> bool:
        """Whether a name is known; if not, says so with the nearest one."""
        if name in known:
            return True
        near = get_close_matches(name, list(known), n=1)
        self.say(f"unknown {kind} `{name}`", place=place, hint=(
            f"did you mean `{near[0]}`?" if near else f"known: {', '.join(f'`{one}`' for one in known)}"))
        return False

    def table(self, name: str, body: object) -> TableRule:
        """The rule in the section `[name]`."""
        if not isinstance(body, dict):
            self.say(f"`{name}` is not a section", place=(name,), hint=f"write `[{name}]`")
            return TableRule()
        for key in body:
            self.knows(key, ("files", "format", "columns", "constants", "csv", "encoding", "null"), "key",
                       place=(name, key))
        csv = body.get("csv", {})
        if not isinstance(csv, dict):
            self.say("`csv` is not a section", place=(name, "csv"), hint="write `csv = { delimiter = \";\" }`")
            csv = {}
        for key in csv:
            self.knows(key, ("delimiter", "quote"), "key", place=(name, key))
        return TableRule(
            files=self.texts(body, "files", place=(name, "files")), format=self.format(body, name),
            columns=self.columns(TABLES[name], body), delimiter=self.delimiter(csv, name),
            quote=self.flag(csv, "quote", place=(name, "quote")), encoding=self.encoding(body, name),
            null=self.texts(body, "null", place=(name, "null")))

    def texts(self, body: dict[str, Any], key: str, *, place: tuple[str, ...]) -> tuple[str, ...]:
        """A text or a list of texts; empty if not set."""
        value = body.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.say(f"`{key}` is not a list of texts", place=place, hint=f'write `{key} = ["…", "…"]`')
            return ()
        return tuple(value)

    def flag(self, body: dict[str, Any], key: str, *, place: tuple[str, ...]) -> bool:
        """A yes or no; yes if not set."""
        value = body.get(key, True)
        if not isinstance(value, bool):
            self.say(f"`{key}` is not `true` or `false`", place=place, hint="write it without quotes")
        return value is True

    def format(self, body: dict[str, Any], table: str) -> Format | None:
        """The format that is set, or None."""
        value = body.get("format")
        if value is None:
            return None
        if not self.knows(str(value), tuple(Format), "format", place=(table, str(value))):
            return None
        return Format(value)

    def delimiter(self, csv: dict[str, Any], table: str) -> str | None:
        """One character that stands between fields, or None."""
        value = csv.get("delimiter")
        if value is None:
            return None
        if not isinstance(value, str) or len(value.encode()) != 1 or value in "\"\r\n":
            self.say("`delimiter` is not one ASCII character", place=(table, "delimiter"), hint='such as `";"` or `"\\t"`')
            return None
        return value

    def encoding(self, body: dict[str, Any], table: str) -> str:
        """The name of an encoding that Python knows."""
        value = body.get("encoding", "utf-8")
        try:
            info = codecs.lookup(value) if isinstance(value, str) else None
        except LookupError:
            info = None
        if info is None or not getattr(info, "_is_text_encoding", True):
            self.say(f"unknown encoding `{value}`", place=(table, "encoding"),
                     hint="such as `utf-8`, `utf-16`, `cp1252`, `shift_jis`")
            return "utf-8"
        return info.name

    def columns(self, table: Table, body: dict[str, Any]) -> dict[str, ColumnRule]:
        """The rules of the columns and constants of a table."""
        rules: dict[str, ColumnRule] = {}
        for section in ("columns", "constants"):
            values = body.get(section, {})
            if not isinstance(values, dict):
                self.say(f"`{section}` is not a section", place=(table.name, section),
                         hint=f"write `[{table.name}.{section}]`")
                continue
            for name, value in values.items():
                place = (table.name, name)
                if not self.knows(name, tuple(table.schema.names), "column", place=place):
                    continue
                if name in rules:
                    self.say(f"`{name}` is both a column and a constant", place=place, hint="keep one of the two")
                    continue
                rule = (self.rule(table.schema.field(name), value, place=place) if section == "columns"
                        else self.constant(table, name, value))
                if rule is not None:
                    rules[name] = rule
        return rules

    def constant(self, table: Table, name: str, value: object) -> ColumnRule | None:
        """The rule that gives every row the same value."""
        kind = table.schema.field(name).type
        if name in table.key:
            self.say(f"`{name}` tells rows apart and cannot be a constant", place=(table.name, name), hint="name its column")
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, datetime) and value.tzinfo is None:
            value = value.replace(tzinfo=UTC)
        expected, words = next(((one, words) for fits, one, words in _CONSTANTS if fits(kind)), (str, "a text in quotes"))
        is_right = type(value) is expected
        if isinstance(value, list):
            is_right = is_right and all(isinstance(one, str) for one in value)
        elif isinstance(value, int):
            is_right = is_right and -2**63 <= value < 2**63
        if not is_right:
            self.say(f"the constant of `{name}` is of another type", place=(table.name, name), hint=f"write {words}")
            return None
        return ColumnRule(constant=value)

    def rule(self, target: pa.Field, value: object, *, place: tuple[str, ...]) -> ColumnRule | None:
        """The rule that takes a column from the file: a name, or a section with a name and how to read it."""
        if isinstance(value, str):
            value = {"column": value}
        if not isinstance(value, dict) or not isinstance(value.get("column", target.name), str):
            self.say(f"`{target.name}` is neither a name nor a section", place=place,
                     hint='write `"name"` or `{ column = "name", … }`')
            return None
        allowed = ["column"]
        if pa.types.is_timestamp(target.type):
            allowed += ["unit", "format"]
        elif pa.types.is_boolean(target.type):
            allowed += ["true", "false"]
        elif pa.types.is_list(target.type):
            allowed += ["separator"]
        known = [self.knows(key, tuple(allowed), f"key for the column `{target.name}`:", place=place) for key in value]
        if not all(known):
            return None
        unit, spelling, separator = value.get("unit"), value.get("format"), value.get("separator")
        if unit is not None and not self.knows(str(unit), UNITS, "unit", place=place):
            return None
        if any(one is not None and (not isinstance(one, str) or not one) for one in (spelling, separator)):
            self.say("`format` and `separator` are texts that are not empty", place=place, hint="leave out what is not used")
            return None
        true, false = (tuple(word.lower() for word in self.texts(value, key, place=place)) for key in ("true", "false"))
        return ColumnRule(
            column=value.get("column", target.name), unit=unit, time_format=spelling, separator=separator,
            true=true + tuple(word for word in TRUE_WORDS if word not in false),
            false=false + tuple(word for word in FALSE_WORDS if word not in true))
