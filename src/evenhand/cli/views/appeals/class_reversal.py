"""What a class reversal would undo: how many decisions of which kind, and the first of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, number, quiet, table
from evenhand.model.harm import HEADINGS, Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.quoting import neutral
from evenhand.workflows.appeals.class_reversal import ReversalPreview

_MAX_ACCOUNTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReversalView:
    """A class reversal before anything is undone.

    JSON: `cause`, `decisions`, `siblings`, `undone_before`, `found_again`, `by_harm` (harm → penalty → decisions), `undo`
    (effects that would be taken back), `first` (decisions with `decision_id`, `account_id`, `handle`, `penalty`), `into`.
    """

    name: ClassVar[str] = "class_reversal"
    preview: ReversalPreview
    next_step: str = "nothing has been undone; --into FOLDER writes the whole lists and what each person is told"

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The sum in one sentence, the table of harms and penalties, the first accounts, and what has not happened yet."""
        reversal = self.preview.reversal
        n = reversal.siblings.num_rows
        parts: list[RenderableType] = [
            Text(f"{n:,} of {self.preview.n_decisions:,} decisions rest on {reversal.cause}; undoing them takes back "
                 f"{reversal.undo.num_rows:,} effects"), heading("Decisions that would be undone"), self._counts()]
        if reversal.n_undone_before:
            parts.append(quiet(f"{reversal.n_undone_before:,} more rest on it and stand no longer, or never took effect"))
        if reversal.n_found_again:
            parts.append(Text(f"{reversal.n_found_again:,} of them rest on two or more other families of evidence as well: "
                              "a new sweep may find these accounts again"))
        parts += [heading("The first of them"), *self._first()]
        if self.preview.into is None:
            parts.append(quiet(f"\n{self.next_step}"))
        else:
            parts.append(Text(f"\nwritten to {self.preview.into}: siblings.csv, undo.parquet, statements.jsonl. "
                              "Nothing has been undone."))
        return Group(*parts)

    def _counts(self) -> RenderableType:
        counts = self.preview.reversal.counts
        penalties = [penalty for penalty in Penalty if any(str(penalty) in row for row in counts.values())]
        grid = table()
        grid.add_column("harm")
        for title in (*(str(penalty).replace("_", " ") for penalty in penalties), "total"):
            grid.add_column(title, justify="right")
        for harm, row in counts.items():
            cells = [number(row.get(str(penalty), 0)) for penalty in penalties]
            grid.add_row(HEADINGS[Harm(harm)], *cells, number(sum(row.values()), style="bold"))
        return grid

    def _first(self) -> list[RenderableType]:
        return [Text(f"  @{neutral(row['handle']).removeprefix('@')} · {row['penalty'].replace('_', ' ')} · "
                     f"{row['policy_id']} · {row['decision_id']}") for row in self._rows()]

    def _rows(self) -> list[dict[str, str]]:
        columns = ["decision_id", "account_id", "handle", "policy_id", "penalty"]
        rows: list[dict[str, str]] = self.preview.reversal.siblings.select(columns).slice(0, _MAX_ACCOUNTS).to_pylist()
        return rows

    def record(self) -> dict[str, object]:
        """The counts and the first decisions as values."""
        reversal = self.preview.reversal
        return {"cause": str(reversal.cause), "decisions": self.preview.n_decisions, "siblings": reversal.siblings.num_rows,
                "undone_before": reversal.n_undone_before, "found_again": reversal.n_found_again,
                "by_harm": {harm: dict(row) for harm, row in reversal.counts.items()}, "undo": reversal.undo.num_rows,
                "first": self._rows(), "into": str(self.preview.into) if self.preview.into is not None else None}
