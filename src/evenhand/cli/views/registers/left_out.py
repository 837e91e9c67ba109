"""Records of registers that could not be used: where they stand, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import RenderableType
from rich.text import Text

from evenhand.cli.views.layout import ACCENT, QUIET
from evenhand.model.registers.left_out import LeftOut, counted, left_out_record, why_a_person
from evenhand.statements import visible

ALL_ASK = "a person decides about every account, since such a record may speak for one"
NONE_ASKS = "such a record can only make a penalty heavier, so nobody is worse off"


def in_a_line(n_left_out: dict[str, int]) -> str:
    """How many records were left out of which registers, and what follows from it."""
    n = sum(n_left_out.values())
    named = ", ".join(f"{count:,} of `{name}`" for name, count in n_left_out.items())
    said = f"{n:,} {'record' if n == 1 else 'records'} of registers could not be used and {'is' if n == 1 else 'are'} left out"
    return f"{said} ({named}): {ALL_ASK if why_a_person(n_left_out) else NONE_ASKS}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutView:
    """Records of registers that could not be used.

    JSON: `n_left_out` by register, and `left_out`, each with `register`, `file`, `n` and `problems` (`what`, `file`, `line`,
    `column`, `hint`).
    """

    name: ClassVar[str] = "left_out"
    left_out: tuple[LeftOut, ...]

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # texts with places must not be wrapped
        """Each record with its place and what to do, then the count and what follows."""
        text = Text(no_wrap=True, overflow="ignore")
        for one in self.left_out:
            for problem in one.problems:
                place = ":".join(str(part) for part in (problem.file or one.file, problem.line, problem.column)
                                 if part is not None)
                text.append("left out: ", style="bold yellow").append(visible(problem.what) + "\n", style="bold")
                text.append(f"  --> {visible(place)}\n", style=QUIET)
                if problem.hint:
                    text.append(f"  = {visible(problem.hint)}\n", style=ACCENT)
        return text.append("warning: ", style="bold yellow").append(in_a_line(counted(self.left_out)), style="bold")

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"n_left_out": counted(self.left_out), "left_out": left_out_record(self.left_out)}
