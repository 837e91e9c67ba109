"""The screen: where views are shown, for people or as JSON. The only place that prints.

For people, views are laid out for the width of the terminal (100 columns where there is none), in colour only on a
terminal without NO_COLOR. As JSON, one document per command goes to standard output; it holds `view` (which one),
`version` (raised when a field changes its meaning or goes away; new fields may appear at any time) and the view's own
fields. Progress and errors go to standard error in both forms.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

JSON_VERSION = 1
WIDTH_WITHOUT_TERMINAL = 100
"""Columns, where the output is not a terminal and COLUMNS is not set."""


class View(Protocol):
    """Something that can be shown."""

    name: ClassVar[str]
    """What it is called in JSON."""

    def human(self, width: int) -> RenderableType:
        """How a person reads it, at most `width` columns wide. A bare `Text` is shown as it is and never wrapped."""

    def record(self) -> Mapping[str, object]:
        """The same as JSON values."""


class Follow(Protocol):
    """One look at something that goes on."""

    def line(self) -> str:
        """All of it in one line."""

    def panel(self) -> RenderableType:
        """The same for a terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Standard output and standard error, and the form in which to show things there."""

    out: TextIO
    err: TextIO
    as_json: bool = False

    def show(self, view: View) -> None:
        """Show `view` on standard output."""
        self._write(view, self.out)

    def warn(self, view: View) -> None:
        """Show `view` on standard error."""
        self._write(view, self.err)

    def follow(self, looks: Iterable[Follow]) -> None:
        """Show one look after the other on standard output: in place on a terminal, otherwise a line each."""
        if not self.out.isatty():
            for look in looks:
                _never_fail_on_letters(self.out)
                self.out.write(look.line() + "\n")
                self.out.flush()
            return
        with Live(console=self.console(self.out), auto_refresh=False, transient=True) as shown:
            for look in looks:
                shown.update(look.panel(), refresh=True)

    def console(self, stream: TextIO) -> Console:
        """A console on `stream`, which takes every text literally: no markup, no emoji codes, no guessed colours."""
        _never_fail_on_letters(stream)
        width = None if stream.isatty() or os.environ.get("COLUMNS") else WIDTH_WITHOUT_TERMINAL
        return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)

    def _write(self, view: View, stream: TextIO) -> None:
        if self.as_json:
            document = {"view": view.name, "version": JSON_VERSION, **view.record()}
            _never_fail_on_letters(stream)
            stream.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
            stream.flush()
            return
        console = self.console(stream)
        with console.capture() as captured:
            renderable = view.human(console.width)
            console.print(renderable, soft_wrap=isinstance(renderable, Text))
        lines = captured.get().split("\n")
        stream.write("\n".join(lines if console.is_terminal else (line.rstrip() for line in lines)))
        stream.flush()


def _never_fail_on_letters(stream: TextIO) -> None:
    """Letters that the terminal's encoding lacks become escapes instead of an error."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None and (stream.encoding or "").lower().replace("-", "") != "utf8":
        reconfigure(errors="backslashreplace")
