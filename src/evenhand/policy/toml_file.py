"""One TOML text of a pack: its values with their places, or what is wrong with the text itself."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

from evenhand.errors import PolicyError, Problem
from evenhand.policy.toml_places import TomlPlaces

MAX_CHARACTERS = 1_000_000
"""A longer policy file is a mistake: rules are read by people."""


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed file."""

    name: str
    data: dict[str, object]
    places: TomlPlaces


def read_toml(name: str, text: str) -> TomlFile:
    """The values in `text` and where they stand. Raises `PolicyError` with the place and the fix when it is not TOML."""
    text = text.replace("\r\n", "\n")
    if len(text) > MAX_CHARACTERS:
        raise PolicyError(Problem(what=f"the file has more than {MAX_CHARACTERS:,} characters", file=name,
                                  hint="split it into several policies"))
    if text.startswith("\ufeff"):
        raise PolicyError(Problem(what="the file starts with an invisible mark", file=name, line=1, column=1,
                                  source=text.split("\n")[0], hint="save it as UTF-8 without a byte order mark"))
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise PolicyError(Problem(what="lists or tables stand too deep inside one another", file=name,
                                  hint="a policy needs three levels at most")) from None
    except ValueError as error:
        raise PolicyError(_problem(name, text, str(error))) from None
    return TomlFile(name=name, data=data, places=TomlPlaces(name, text))


_OPEN_LIST = re.compile(r"=\s*\[[^\]]*$")


def _problem(name: str, text: str, message: str) -> Problem:
    """What the parser's message means, at the line where a person has to change something."""
    lines = text.split("\n")
    match = re.search(r"\(at line (\d+), column (\d+)\)$", message)
    line, column = (int(match[1]), int(match[2])) if match else (_opening_line(lines), 1)
    line = max(1, min(line, len(lines)))
    if "Unclosed array" in message and "[" not in lines[line - 1]:
        line = max((number for number, text in enumerate(lines[:line], start=1) if _OPEN_LIST.search(text)), default=line)
    source = lines[line - 1]
    if not source.strip() and line > 1:
        line, source, column = line - 1, lines[line - 2], 1
    what, hint = _meaning(source, message)
    first = len(source) - len(source.lstrip()) + 1
    column = column if match and re.search(r"Illegal|Unescaped|Duplicate|newline", message) else first
    column = max(1, min(column, len(source) or 1))
    length = 1 if column != first else max(1, len(source.strip()))
    return Problem(what=what, file=name, line=line, column=column, length=length, source=source.replace("\t", " "),
                   hint=hint)


def _opening_line(lines: list[str]) -> int:
    """The line with the quote or bracket that is never closed, for a parser that only noticed at the end."""
    opened, at = "", len(lines)
    for number, line in enumerate(lines, start=1):
        for fence in re.findall(r'"""|\'\'\'', line):
            if not opened:
                opened, at = fence, number
            elif fence == opened:
                opened = ""
    if opened:
        return at
    odd = [number for number, line in enumerate(lines, start=1)
           if re.match(r"\s*[\w.\"-]+\s*=\s*('[^']*|\"[^\"]*)$", line)]
    unclosed = [number for number, line in enumerate(lines, start=1) if re.search(r"=\s*[\[{][^\]}]*$", line)]
    return next(iter(odd or unclosed), max(1, len(lines) - (not lines[-1].strip())))


_KEY = r"^\s*(?P<key>[\w.-]+)\s*"


def _meaning(source: str, message: str) -> tuple[str, str]:
    """The mistake in a line, as a person made it, and what to write."""
    if "Cannot declare" in message or "Cannot overwrite" in message or "Duplicate" in message:
        name = _named(source, message)
        brackets = f"; a list of tables has double brackets each time: [[{name}]]" if "[" in source else ""
        return f"`{name}` stands here a second time", f"keep one of them{brackets}"
    if match := re.match(_KEY + r"=\s*(True|False)\b", source):
        return "true and false are written in lower case", f"write {match['key']} = {match[2].lower()}"
    if match := re.match(_KEY + r"=\s*(?P<value>[^\W\d_][\w ./:%-]*?)\s*(#.*)?$", source):
        return "this text has no quotes", f'write {match["key"]} = "{match["value"]}"'
    if re.match(_KEY + r"=\s*[“”„«‘’]", source):
        return "these are not straight quotes", 'write "…"'
    if match := re.match(_KEY + r":", source):
        return "a key is followed by `=`, not by `:`", f"write {match['key']} = …"
    if match := re.match(_KEY + r"=\s*(#.*)?$", source):
        return f"`{match['key']}` has no value", f'write {match["key"]} = "…"'
    if re.match(_KEY + r"=\s*\d{4}-\d\d-\d\d", source) or re.match(_KEY + r"=\s*\d{1,2}[./]\d{1,2}[./]\d", source):
        return "this is not a date", "write year-month-day without quotes, such as 2026-01-31"
    return _unclosed(source, message)


def _unclosed(source: str, message: str) -> tuple[str, str]:
    if "Unescaped" in message:
        return "a backslash in this text means something else", "write it twice, or use single quotes round the text"
    if "Unclosed inline table" in message:
        return "this table is not closed, or a comma is missing in it", "write { a = 1, b = 2 } on one line"
    if "Unclosed array" in message or re.search(r"=\s*\[[^\]]*$", source):
        return "this list is not closed, or a comma is missing in it", 'write ["a", "b"]'
    if '"""' in source or "'''" in source:
        return "this text is not closed", "close it with the same three quotes on the last line"
    if "Illegal character" in message or re.search(r"=\s*['\"]", source):
        return "this text is not closed on its line", 'close it, or use """ for a text of several lines'
    if source.lstrip().startswith("["):
        return "this heading is not complete", "write [ground] or [[case]] alone on its line"
    if re.match(_KEY + r"(#.*)?$", source):
        return "a key needs `=` and a value", "such as severity = 2"
    return "this line is not TOML", 'write one `key = value` on each line; texts in "…"'


def _named(source: str, message: str) -> str:
    """The key that stands there twice."""
    declared = re.search(r"'([^']*)'[,)]* ?\)? twice|key '([^']*)'", message)
    written = re.match(r"\s*\[*\s*([\w.-]+)", source)
    if declared and (declared[1] or declared[2]):
        return str(declared[1] or declared[2])
    return written[1] if written else source.strip()
