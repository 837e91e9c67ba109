"""Reads the documentation pages: their links, their headings, and the commands a reader would type.

A ```console block holds commands, each on a line that starts with `$ ` (continued on lines that start with `> `),
and below each what it prints. All blocks of a page are run in order in one temporary folder. A printed line that
contains `…` matches anything there; a line that is only `…` stands for any number of lines; a last line
`(exit code 2)` expects that code. A block right below `<!-- not run: the reason -->` is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOP_PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")

_FENCE = re.compile(r"^(?P<ticks>`{3,})(?P<kind>[a-z]*)\s*$")
_NOT_RUN = re.compile(r"^<!-- not run: (?P<reason>\S.*) -->$")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_EXIT = re.compile(r"^\(exit code (?P<code>\d+)\)$")
_CODE = re.compile(r"`[^`]*`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a page, what it should print, and the code it should end with."""

    text: str
    line: int
    prints: tuple[str, ...]
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block of a page; `not_run` is the reason why its commands are left alone, or None."""

    kind: str
    line: int
    lines: tuple[str, ...]
    not_run: str | None


def pages() -> list[Path]:
    """Every page that a reader may open, in a fixed order."""
    return [ROOT / name for name in TOP_PAGES] + sorted((ROOT / "docs").rglob("*.md")) + [ROOT / "changes/README.md"]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    fence, start, inside = None, 0, list[str]()
    before = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if fence is None and (opening := _FENCE.match(line)):
            fence, start, inside = opening, number, []
            reason = _NOT_RUN.match(before)
        elif fence is not None and line == fence["ticks"]:
            yield Block(kind=fence["kind"], line=start, lines=tuple(inside), not_run=reason and reason["reason"])
            fence = None
        elif fence is not None:
            inside.append(line)
        if line.strip():
            before = line.strip()


def commands(text: str) -> list[Command]:
    """The commands of a page that are run, in order."""
    return [command for block in blocks(text) if block.kind == "console" and block.not_run is None
            for command in _commands_in(block)]


def _commands_in(block: Block) -> Iterator[Command]:
    text, line, prints = "", 0, list[str]()
    for number, content in enumerate((*block.lines, "$ "), start=block.line + 1):
        if content.startswith("$ "):
            if text:
                yield _command(text, line, prints)
            text, line, prints = content[2:], number, []
        elif content.startswith("> ") and not prints:
            text += "\n" + content[2:]
        elif text:
            prints.append(content)
        else:
            raise ValueError(f"line {number}: a console block starts with a command: put `$ ` before it")


def _command(text: str, line: int, prints: list[str]) -> Command:
    while prints and not prints[-1].strip():
        prints = prints[:-1]
    ending = _EXIT.match(prints[-1]) if prints else None
    return Command(text=text, line=line, prints=tuple(prints[:-1] if ending else prints),
                   exit_code=int(ending["code"]) if ending else 0)


def is_printed(expected: tuple[str, ...], actual: str) -> bool:
    """True when `actual` reads as `expected`, where `…` stands for anything."""
    pattern = ""
    for line in expected:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.rstrip().split("…")) + r"[ \t]*\n"
    return re.fullmatch(pattern, actual.rstrip() + "\n" if actual.strip() else "") is not None


def links(text: str) -> list[str]:
    """The targets of a page's links that lead to another page or heading of ours; addresses elsewhere are left out."""
    outside_blocks, is_code = [], False
    for line in text.splitlines():
        if _FENCE.match(line) or line.startswith("```"):
            is_code = not is_code
        elif not is_code:
            outside_blocks.append(_CODE.sub("", line))
    found = _LINK.findall("\n".join(outside_blocks))
    return [target for target in found if not re.match(r"[a-z]+:", target)]


def anchors(text: str) -> set[str]:
    """The names that a link can end with after `#` to reach a heading of this page."""
    headings = re.findall(r"^#{1,6} (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}
