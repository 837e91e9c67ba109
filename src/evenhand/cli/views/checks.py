"""The outcome of checking a pack, and of comparing a registry with a list: views of a few lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, quiet
from evenhand.errors import Problem
from evenhand.statements import neutral, visible
from evenhand.workflows.check_policies import PackCheck
from evenhand.workflows.import_registry import RegistryDiff

_MAX_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PackCheckView:
    """A pack that passed.

    JSON: `policies`, `cases`, `swapped`: how many of each were checked; `disclosure_rules`: by whose rules, territory by
    territory, a post says that it is paid; empty where no territory is named.
    """

    name: ClassVar[str] = "policy_check"
    check: PackCheck

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One sentence, and the rules on paid promotion where the pack names territories."""
        check = self.check
        said = Text(f"{check.n_policies} policies are neutral by the lint, {check.n_cases} cases came out as expected, and "
                    f"{check.n_swapped} cases with their sides exchanged came out the same. The pack may be used.")
        if not check.disclosure_rules:
            return said
        return Group(said, heading("A post says that it is paid by the rules of"),
                     *(Text("  " + neutral(rule)) for rule in check.disclosure_rules))

    def record(self) -> dict[str, object]:
        """The counts, and the rules."""
        return {"policies": self.check.n_policies, "cases": self.check.n_cases, "swapped": self.check.n_swapped,
                "disclosure_rules": list(self.check.disclosure_rules)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryDiffView:
    """What an import would change, or has changed.

    JSON: the fields of `RegistryDiff.document`, and `written` (the file, null when nothing was written).
    """

    name: ClassVar[str] = "registry_diff"
    difference: RegistryDiff
    written: str | None

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The difference in one line, then the first rows of each kind."""
        difference = self.difference
        parts: list[RenderableType] = [Text(difference.sentence, style="bold")]
        for title, keys in (("Added", difference.added), ("Removed", difference.removed),
                            ("Changed", tuple(change.key for change in difference.changed)),
                            ("Kept as they were, since a record that may be theirs could not be read", difference.kept)):
            if keys:
                parts.append(heading(title))
                parts += [Text("  " + neutral(difference.named(key))) for key in keys[:_MAX_SHOWN]]
                if len(keys) > _MAX_SHOWN:
                    parts.append(quiet(f"  and {len(keys) - _MAX_SHOWN:,} more"))
        if difference.rejected:
            parts.append(heading("Left out"))
            parts += [Text("  " + visible(f"{_place(problem, difference)}: {problem.what}"
                                          + (f" ({problem.hint})" if problem.hint else "")))
                      for problem in difference.rejected[:_MAX_SHOWN]]
            if len(difference.rejected) > _MAX_SHOWN:
                parts.append(quiet(f"  and {len(difference.rejected) - _MAX_SHOWN:,} more; --json has all"))
        if difference.unread_ratings:
            parts.append(heading("Ratings that a person has to read"))
            parts += [Text(f"  {n:,} × " + neutral(words)) for words, n in difference.unread_ratings[:_MAX_SHOWN]]
        if difference.columns_not_read:
            parts.append(quiet(f"columns not read: {', '.join(difference.columns_not_read)}"))
        parts.append(Text(f"\nwritten to {self.written}" if self.written
                          else "\nNothing was written. The same command with --write writes it."))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The difference as values."""
        return {**self.difference.document(), "written": self.written}


def _place(problem: Problem, difference: RegistryDiff) -> str:
    """The file of a problem where it is one of several, and its line where it has one."""
    file = problem.file if problem.file and problem.file != str(difference.file) else ""
    line = f"line {problem.line}" if problem.line is not None else ""
    return " ".join(part for part in (file, line) if part) or str(difference.file)
