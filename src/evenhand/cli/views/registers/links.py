"""What became of a long link list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, quiet
from evenhand.statements import neutral
from evenhand.workflows.import_links import ListRead

MOST_LETTERS = 80
"""Of a line that named no host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkListView:
    """What became of a long link list.

    JSON: `file`, `list`, `into`, `n_lines`, `n_entries`, `n_left_out` and the first lines of those, as `line` and `text`.
    """

    name: ClassVar[str] = "link_list"
    file: str
    list_id: str
    into: str
    read: ListRead

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The counts in one line, then the first lines that were left out."""
        read = self.read
        parts: list[RenderableType] = [Text(
            f"{neutral(self.list_id)}: {read.n_lines:,} lines read, {read.n_entries:,} hosts, {read.n_left_out:,} left out",
            style="bold")]
        if read.left_out:
            parts.append(heading("Left out"))
            parts += [Text(f"  line {line}: {neutral(text[:MOST_LETTERS])}") for line, text in read.left_out]
        if read.n_left_out > len(read.left_out):
            parts.append(quiet(f"  and {read.n_left_out - len(read.left_out):,} more"))
        parts.append(Text(f"\nwritten to {self.into}"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The same as values."""
        return {"file": self.file, "list": self.list_id, "into": self.into, "n_lines": self.read.n_lines,
                "n_entries": self.read.n_entries, "n_left_out": self.read.n_left_out,
                "left_out": [{"line": line, "text": text} for line, text in self.read.left_out]}
