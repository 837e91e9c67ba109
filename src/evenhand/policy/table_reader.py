"""Reads one table of a file against its list of keys. Every mistake is noted with its place; nothing stops."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from evenhand.errors import Problem
from evenhand.model.condition import Place
from evenhand.policy.keys import Key, Kind
from evenhand.policy.language.literals import FIRST_YEAR, LAST_YEAR
from evenhand.policy.nearest import nearest, suggestion
from evenhand.policy.toml_file import TomlFile
from evenhand.policy.toml_places import Path


class TableReader:
    """One table: checked when made, then asked for its values. A mistaken value reads as absent."""

    def __init__(self, file: TomlFile, path: Path, keys: tuple[Key, ...], problems: list[Problem]) -> None:
        self.file = file
        self.path = path
        self.problems = problems
        self._keys = {key.name: key for key in keys}
        self._data = _table_at(file.data, path)
        self._mistaken: set[str] = set()
        self._n_before = len(problems)
        self._check()

    @property
    def is_right(self) -> bool:
        """True while nothing wrong has been noted since this reader was made."""
        return len(self.problems) == self._n_before

    def wrong(self, name: str, what: str, hint: str | None = None, *, at_key: bool = False) -> None:
        """Note a mistake at the value (or at the key) of `name`; at the table when `name` is empty or not written."""
        place = self.place(name, at_key=at_key)
        self.problems.append(place.problem(what, hint=hint))

    def place(self, name: str, *, at_key: bool = False) -> Place:
        """Where `name` stands in the file."""
        path = (*self.path, name) if name else self.path
        return self.file.places.key(path) if at_key or not name else self.file.places.value(path)

    def is_written(self, name: str) -> bool:
        """True when `name` is written, whatever its value."""
        return name in self._data

    def has(self, name: str) -> bool:
        """True when `name` is written and its value is of the right kind."""
        return name in self._data and name not in self._mistaken

    def text(self, name: str) -> str:
        """The text, without white space at its ends; empty when absent."""
        value = self._data.get(name) if self.has(name) else None
        return value.strip() if isinstance(value, str) else ""

    def text_or_none(self, name: str, *, is_raw: bool = False) -> str | None:
        """The text, or None when absent. `is_raw` keeps white space, as in a case's account."""
        value = self._data.get(name) if self.has(name) else None
        return None if not isinstance(value, str) else value if is_raw else value.strip()

    def number(self, name: str, default: int = 0) -> int:
        """The whole number, or `default` when absent."""
        value = self._data.get(name) if self.has(name) else None
        return value if isinstance(value, int) else default

    def number_or_none(self, name: str) -> int | None:
        """The whole number, or None when absent."""
        return self.number(name) if self.has(name) else None

    def decimal(self, name: str) -> float | None:
        """The number, whole or with a point, or None when absent."""
        value = self._data.get(name) if self.has(name) else None
        return float(value) if isinstance(value, int | float) else None

    def yes_no(self, name: str) -> bool | None:
        """True or false, or None when absent."""
        value = self._data.get(name) if self.has(name) else None
        return value if isinstance(value, bool) else None

    def day(self, name: str) -> date | None:
        """The date, or None when absent."""
        value = self._data.get(name) if self.has(name) else None
        return value if isinstance(value, date) else None

    def time(self, name: str) -> datetime | None:
        """The time in UTC, or None when absent; a date means its first instant."""
        value = self._data.get(name) if self.has(name) else None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The list of texts; empty when absent."""
        value = self._data.get(name) if self.has(name) else None
        return tuple(str(item).strip() for item in value) if isinstance(value, list) else ()

    def table(self, name: str, keys: tuple[Key, ...]) -> TableReader | None:
        """A reader for the table at `name`, or None when absent."""
        return TableReader(self.file, (*self.path, name), keys, self.problems) if self.has(name) else None

    def tables(self, name: str, keys: tuple[Key, ...]) -> list[TableReader]:
        """A reader for each table in the list at `name`; none when absent."""
        value = self._data.get(name) if self.has(name) else None
        n_items = len(value) if isinstance(value, list) else 0
        return [TableReader(self.file, (*self.path, name, i), keys, self.problems) for i in range(n_items)]

    def _check(self) -> None:
        meant = set()
        for name in self._data:
            if name not in self._keys:
                near = nearest(name, set(self._keys) - set(self._data))
                meant.add(near)
                known = f"keys: {', '.join(self._keys)}"
                self.wrong(name, f"unknown key `{name}`", f"did you mean `{near}`?" if near else known, at_key=True)
        for key in self._keys.values():
            if key.name in self._data:
                self._value(key, self._data[key.name])
            elif key.is_required and key.name not in meant:
                example = key.example if key.example.startswith("[[") else f"{key.name} = {key.example}"
                self.wrong("", f"`{key.name}` is missing", f"add: {example}".replace("\n", " … ") + f" ({key.sentence})")

    def _value(self, key: Key, value: object) -> None:
        if not _is_kind(key.kind, value):
            self._mistake(key, f"`{key.name}` takes {key.kind}, not {_kind_of(value)}", _as_kind(key, value))
        elif isinstance(value, str) and key.kind is not Kind.RUNG:
            self._text(key, value, (*self.path, key.name))
        elif isinstance(value, int) and key.kind is Kind.NUMBER:
            self._bounds(key, value)
        elif isinstance(value, datetime) and value.tzinfo is None:
            self._mistake(key, f"`{key.name}` has no time zone", f"write {value.isoformat()}Z for UTC")
        elif isinstance(value, datetime | date) and not FIRST_YEAR <= value.year < LAST_YEAR:
            self._mistake(key, f"`{key.name}` is in the year {value.year}",
                          f"write a year from {FIRST_YEAR} to {LAST_YEAR - 1}")
        elif isinstance(value, list) and key.kind is Kind.TEXTS:
            for i, item in enumerate(value):
                self._text(key, str(item), (*self.path, key.name, i))
            doubled = next((item for i, item in enumerate(value) if item in value[:i]), None)
            if doubled is not None:
                self._mistake(key, f"`{doubled}` stands twice in `{key.name}`", "keep one")

    def _mistake(self, key: Key, what: str, hint: str, place: Place | None = None) -> None:
        self._mistaken.add(key.name)
        self.problems.append((place or self.place(key.name)).problem(what, hint=hint))

    def _text(self, key: Key, text: str, path: Path) -> None:
        place = self.file.places.value(path)
        if not text.strip() and key.is_required:
            self._mistake(key, f"`{key.name}` is empty", f"write {key.sentence}, such as {key.example}", place)
        elif key.choices and text.strip() not in key.choices:
            names = suggestion(text.strip(), key.choices, kind=f"{key.noun}s" if key.noun[-1] != "y" else
                               f"{key.noun[:-1]}ies")
            self._mistake(key, f"unknown {key.noun} `{text}`", names + (f"; {key.closed}" if key.closed else ""), place)
        elif key.form is not None and not re.fullmatch(key.form.pattern, text.strip()):
            self._mistake(key, f"`{text}` does not fit `{key.name}`", f"write {key.form.words}", place)

    def _bounds(self, key: Key, value: int) -> None:
        if key.low is not None and value < key.low:
            self._mistake(key, f"`{key.name}` is {value}, less than {key.low}", f"at least {key.low}: {key.sentence}")
        elif key.high is not None and value > key.high:
            self._mistake(key, f"`{key.name}` is {value}, more than {key.high}", f"at most {key.high}: {key.sentence}")


def _table_at(data: Mapping[str, object], path: Path) -> Mapping[str, object]:
    """The table at `path`; an empty one when there is something else."""
    value: object = data
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
    return value if isinstance(value, Mapping) else {}


def _is_kind(kind: Kind, value: object) -> bool:
    match kind:
        case Kind.TEXT:
            return isinstance(value, str)
        case Kind.NUMBER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Kind.DECIMAL:
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case Kind.YES_NO:
            return isinstance(value, bool)
        case Kind.DAY:
            return isinstance(value, date) and not isinstance(value, datetime)
        case Kind.TIME:
            return isinstance(value, date)
        case Kind.TEXTS:
            return isinstance(value, list) and all(isinstance(item, str) for item in value)
        case Kind.TABLE:
            return isinstance(value, dict)
        case Kind.TABLES:
            return isinstance(value, list) and all(isinstance(item, dict) for item in value)
        case Kind.RUNG:
            return isinstance(value, str | dict)


def _kind_of(value: object) -> str:
    """What a value is, in words."""
    match value:
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int():
            return "a whole number"
        case float():
            return "a number with a point"
        case date():
            return "a date"
        case dict():
            return "a table"
        case list():
            return "a list"
        case _:
            return "a time of day"


def _as_kind(key: Key, value: object) -> str:
    """How to write the value as the kind it should be."""
    if isinstance(value, str):
        is_plain = value.isdecimal() if key.kind is Kind.NUMBER else bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))
        if key.kind in (Kind.NUMBER, Kind.DAY, Kind.TIME) and is_plain:
            return f"write {key.name} = {value}, without quotes"
        if key.kind is Kind.YES_NO and value.lower() in ("true", "false", "yes", "no"):
            return f"write {key.name} = {'true' if value.lower() in ('true', 'yes') else 'false'}, without quotes"
        if key.kind is Kind.TEXTS:
            return f'write {key.name} = ["{value}"]'
    if isinstance(value, dict) and key.kind is Kind.TABLES:
        return f"write [[{key.name}]] with double brackets"
    if isinstance(value, list) and key.kind is Kind.TABLE:
        return f"write [{key.name}] with single brackets, once"
    return f"write {key.example}" if key.example.startswith("[[") else f"write {key.name} = {key.example}"
