"""Where every key and value of a TOML text stands. The standard library's parser does not tell.

The scanner only runs on texts that the standard library has read, so it need not find mistakes: it walks the same
grammar (TOML 1.0) and notes offsets. Paths are the keys and indexes from the top, such as `("case", 0, "expect")`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evenhand.model.condition import Place

Path = tuple[str | int, ...]

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN = re.compile(r"[^,\]}#\n]+")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\", "e": "\x1b"}


@dataclass(frozen=True, slots=True)
class Spot:
    """Offsets of one entry: of its key (or of an item's value), and of its value."""

    key_start: int
    key_end: int
    value_start: int
    value_end: int


class TomlPlaces:
    """The places in one TOML text that the standard library has parsed."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.spots: dict[Path, Spot] = _Scanner(text).scan()

    def key(self, path: Path) -> Place:
        """Where the key stands; for what is not written, the nearest written table above it, else the first line."""
        while path and path not in self.spots:
            path = path[:-1]
        spot = self.spots.get(path)
        return self.between(0, 0) if spot is None else self.between(spot.key_start, spot.key_end)

    def value(self, path: Path) -> Place:
        """Where the value stands; like `key` for what is not written."""
        spot = self.spots.get(path)
        return self.key(path) if spot is None else self.between(spot.value_start, spot.value_end)

    def between(self, start: int, end: int) -> Place:
        """The place of a stretch of the text; it is cut at the end of its first line."""
        line = next(i for i in range(len(self._lines)) if start < self._starts[i + 1] or i == len(self._lines) - 1)
        column = start - self._starts[line]
        source = self._lines[line]
        return Place(file=self._file, line=line + 1, column=column + 1, length=max(1, min(end - start, len(source) - column)),
                     source=source.replace("\t", " "))

    def inside(self, path: Path, start: int, end: int) -> Place:
        """The place of characters `start` to `end` of the text value at `path`, whatever its quotes and escapes."""
        spot = self.spots.get(path)
        if spot is None:
            return self.key(path)
        offsets = _character_offsets(self._text, spot.value_start, spot.value_end)
        start = max(0, min(start, len(offsets) - 1))
        last = max(start, min(end, len(offsets) - 1) - 1)
        return self.between(offsets[start], max(offsets[start], offsets[last]) + 1)


class _Scanner:
    """One walk over a valid TOML text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._spots: dict[Path, Spot] = {}
        self._counts: dict[Path, int] = {}

    def scan(self) -> dict[Path, Spot]:
        """The offsets of every entry."""
        table: Path = ()
        self._blank(" \t\n")
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._entry(table)
            self._blank(" \t\n")
        return self._spots

    def _blank(self, signs: str) -> None:
        """Skip white space, and comments where a line may end."""
        while self._at < len(self._text):
            if self._text[self._at] in signs:
                self._at += 1
            elif self._text[self._at] == "#" and "\n" in signs:
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            else:
                return

    def _header(self) -> Path:
        start, is_list = self._at, self._text.startswith("[[", self._at)
        self._at += 2 if is_list else 1
        written = self._keys()
        self._at += 2 if is_list else 1
        path = self._resolve(written[:-1])
        path = (*path, written[-1])
        if is_list:
            index = self._counts.get(path, 0)
            self._counts[path] = index + 1
            path = (*path, index)
        else:
            path = self._resolve(written)
        spot = Spot(start, self._at, start, self._at)
        for depth in range(1, len(path)):
            self._spots.setdefault(path[:depth], spot)
        self._spots[path] = spot
        return path

    def _resolve(self, written: tuple[str, ...]) -> Path:
        """The written keys with the index of the current table wherever a list of tables is meant."""
        path: Path = ()
        for key in written:
            path = (*path, key)
            if path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _keys(self) -> tuple[str, ...]:
        keys: list[str] = []
        while True:
            self._blank(" \t")
            if self._text[self._at] in "'\"":
                start = self._at
                self._string()
                keys.append(_decoded(self._text, start, self._at))
            else:
                keys.append(self._run(_BARE))
            self._blank(" \t")
            if self._text[self._at] != ".":
                return tuple(keys)
            self._at += 1

    def _entry(self, table: Path) -> None:
        start = self._at
        keys = self._keys()
        end = start + len(self._text[start:self._at].rstrip())
        self._at += 1
        self._blank(" \t")
        path = (*table, *keys)
        value_start = self._at
        self._value(path)
        for depth in range(len(table) + 1, len(path)):
            self._spots.setdefault(path[:depth], Spot(start, end, value_start, self._at))
        self._spots[path] = Spot(start, end, value_start, self._at)

    def _value(self, path: Path) -> None:
        sign = self._text[self._at]
        if sign in "'\"":
            self._string()
        elif sign == "[":
            self._array(path)
        elif sign == "{":
            self._inline_table(path)
        else:
            self._run(_PLAIN)

    def _run(self, pattern: re.Pattern[str]) -> str:
        """What `pattern` finds here, without blanks at its end; at least one character, so that every walk ends."""
        match = pattern.match(self._text, self._at)
        found = match[0].rstrip() if match is not None else self._text[self._at]
        self._at += len(found)
        return found

    def _string(self) -> None:
        quote = self._text[self._at]
        fence = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        self._at += len(fence)
        while not self._text.startswith(fence, self._at):
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        self._at += len(fence)
        if len(fence) > 1:
            for _ in range(2):
                self._at += self._text.startswith(quote, self._at)

    def _array(self, path: Path) -> None:
        self._at += 1
        index = 0
        while True:
            self._blank(" \t\n,")
            if self._text[self._at] == "]":
                self._at += 1
                return
            start = self._at
            self._value((*path, index))
            self._spots[*path, index] = Spot(start, self._at, start, self._at)
            index += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        while True:
            self._blank(" \t\n,")
            if self._text[self._at] == "}":
                self._at += 1
                return
            self._entry(path)


def _fences(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the characters of a string literal begin and end, inside its quotes."""
    quote = text[start]
    if not text.startswith(quote * 3, start) or end - start < len(quote * 6):
        return start + 1, end - 1
    first = start + 3
    return first + text.startswith("\n", first), end - 3


def _character_offsets(text: str, start: int, end: int) -> list[int]:
    """The offset in `text` of each character of the string literal between `start` and `end`, and of its end."""
    return [offset for _, offset in _characters(text, start, end)]


def _decoded(text: str, start: int, end: int) -> str:
    """The value of the string literal between `start` and `end`."""
    return "".join(character for character, _ in _characters(text, start, end))


def _characters(text: str, start: int, end: int) -> list[tuple[str, int]]:
    """Each character of a string literal with the offset it is written at; last, an empty one at its end."""
    if text[start] not in "'\"":
        return [("", start), ("", end)]
    at, stop = _fences(text, start, end)
    has_escapes = text[start] == '"'
    found: list[tuple[str, int]] = []
    while at < stop:
        following = text[at + 1] if at + 1 < stop else ""
        if not has_escapes or text[at] != "\\":
            found.append((text[at], at))
            at += 1
        elif following in _ESCAPES:
            found.append((_ESCAPES[following], at))
            at += 2
        elif following in "uUx" and following:
            width = {"x": 2, "u": 4, "U": 8}[following]
            found.append((chr(int(text[at + 2:at + 2 + width], 16)), at))
            at += 2 + width
        else:
            blank = re.compile(r"\\[ \t\n]*").match(text, at, stop)
            at = stop if blank is None else blank.end()
    found.append(("", stop))
    return found
