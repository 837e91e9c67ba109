"""Lists in JSON, element by element, so that one broken element costs itself and not its neighbours.

After a mistake in an element, the next one is looked for only where its beginning is certain: at a line break, which no text of
JSON may hold, followed by the very indentation with which the first element begins, and a `{`. A list whose elements do not
begin on lines of their own has no such place, and one that nothing ends may lack any number: there, the whole list is broken.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_CLOSED = re.compile(r"\]\s*\}?\s*\Z")
"""How a text ends that holds a list, or an object whose last property is one."""
_OWN_LINE = re.compile(r"\n([ \t]*)\]\s*\}?\s*\Z")
"""The same with the `]` on a line of its own. One in the midst of a line may close a list within a torn element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element of a list, and the line on which it begins."""

    line: int
    value: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One element that cannot be read, or all of the list where nobody can tell where the next one begins."""

    line: int
    column: int
    what: str
    is_list: bool
    """The mistake is one of the list: what else it holds is not known."""


def elements(text: str, opened: int, decoder: json.JSONDecoder) -> Iterator[Element | Broken]:
    """The elements of the list whose `[` stands before the position `opened`.

    >>> text = '[\\n {"a": 1},\\n {"a" 2},\\n {"a": 3}\\n]'
    >>> [(type(one).__name__, one.line) for one in elements(text, 1, json.JSONDecoder())]
    [('Element', 2), ('Broken', 3), ('Element', 4)]
    """
    position = blank(text, opened)
    begins = _beginning(text, opened, position)
    line, counted, is_whole = 1, 0, True
    while text[position:position + 1] != "]":
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, end = decoder.raw_decode(text, position)
            end = blank(text, end)
            if text[end:end + 1] not in (",", "]") or end == len(text):
                raise json.JSONDecodeError("Expecting `,` or `]`", text, end)
        except (ValueError, RecursionError) as error:
            following = begins.search(text, position + 1) if begins is not None else None
            is_list = begins is None or (following is None and not _is_closed(text, opened, position))
            is_whole = False
            yield _broken(text, error, position, is_list=is_list)
            if following is None or is_list:
                return
            position = following.end() - 1
            continue
        yield Element(line=line, value=value)
        position = blank(text, end + 1) if text[end] == "," else end
    if not is_whole and _CLOSED.match(text, position) is None:
        yield _broken(text, json.JSONDecodeError("Something follows the list", text, position), position, is_list=True)


def _broken(text: str, error: Exception, begun: int, *, is_list: bool) -> Broken:
    wrong = error.pos if isinstance(error, json.JSONDecodeError) else begun
    return Broken(line=text.count("\n", 0, wrong) + 1, column=wrong - text.rfind("\n", 0, wrong), what=said(error),
                  is_list=is_list)


def _is_closed(text: str, opened: int, begun: int) -> bool:
    """Whether the text ends with the `]` of the list: on a line of its own, no deeper than the elements, as `begun` is one."""
    found = _OWN_LINE.search(text, begun)
    depth = begun - text.rfind("\n", opened, begun) - 1
    return found is not None and len(found[1]) <= depth


def _beginning(text: str, opened: int, first: int) -> re.Pattern[str] | None:
    """What the beginning of an element looks like; None where the first does not stand at the beginning of a line."""
    _, line_break, indentation = text[opened:first].rpartition("\n")
    return re.compile(rf"\n{re.escape(indentation)}\{{") if line_break and text[first:first + 1] == "{" else None


def blank(text: str, position: int) -> int:
    """The position of the first thing from `position` on that is no space."""
    while text[position:position + 1].isspace():
        position += 1
    return position


def said(error: Exception) -> str:
    """What a parser of JSON says, in our grammar and without a place of its own, which may count from elsewhere."""
    line = str(error).split(": line ")[0].strip().partition("\n")[0] or "no reason given"
    return (line[:1].lower() + line[1:]).rstrip(".").removesuffix(" starting at")
