"""Errors as a person reads them, with their place and next step; or as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text

from evenhand.cli.views.layout import ACCENT, QUIET
from evenhand.errors import EvenhandError, Problem
from evenhand.statements import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemsView:
    """What is wrong and what to do about it.

    JSON: `exit_code`, `kind` (such as `PolicyError`), and `problems`, each with `what`, `file`, `line`, `column`,
    `source`, `hint` (null where there is none).
    """

    name: ClassVar[str] = "problems"
    error: EvenhandError

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # texts with carets must not be wrapped
        """The error's own text, with the word `error`, the carets and the hints brought out."""
        text = Text(no_wrap=True, overflow="ignore")
        for line in self.error.render().splitlines():
            shown = visible(line)
            word, colon, rest = shown.partition("error: ")
            if colon and word in ("", *(f"[{i}/{len(self.error.problems)}] "
                                        for i in range(1, len(self.error.problems) + 1))):
                text.append(word, style=QUIET).append("error: ", style="bold red").append(rest + "\n", style="bold")
            elif shown.lstrip(" |").startswith("^") or shown.startswith("  = "):
                text.append(shown + "\n", style=ACCENT)
            else:
                text.append(shown + "\n", style=QUIET if shown.lstrip().startswith(("-->", "|")) else "")
        text.rstrip()
        return text

    def record(self) -> dict[str, object]:
        """The problems as values."""
        return {"exit_code": int(self.error.exit_code), "kind": type(self.error).__name__,
                "problems": [_record(problem) for problem in self.error.problems]}


def _record(problem: Problem) -> dict[str, object]:
    return {"what": problem.what, "file": problem.file, "line": problem.line, "column": problem.column,
            "source": problem.source, "hint": problem.hint}
