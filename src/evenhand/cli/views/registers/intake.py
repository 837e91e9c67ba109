"""The queue of reported accounts: what a person should look at first, without a word about who reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import number, quiet, table
from evenhand.statements import visible
from evenhand.workflows.registers.intake import Intake

_WORDS = (("by_linked", "reporters who act together"), ("by_copies", "copied words"), ("by_new_accounts", "new accounts"))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeView:
    """Reports that were taken in.

    JSON: `counts`, `queue` (its first rows, each with `account_id`, `n_reports`, `n_reporters`, `n_hands`, `n_trusted`,
    `priority`, `is_brigaded` and why), `left_out` (rows that could not be read), `files`.
    """

    name: ClassVar[str] = "intake"
    intake: Intake
    files: tuple[Path, ...]
    n_shown: int

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """The counts, the first rows of the queue, and what follows from them: a look."""
        n = self.intake.counts
        said = (f"{n['n_read']:,} reports read: {n['n_counted'] + n['n_nameless']:,} open, {n['n_again']:,} sent again, "
                f"{n['n_known_ids']:,} handed over twice, {n['n_decided']:,} decided before, {n['n_rejected']:,} left out.")
        grid = table()
        grid.add_column("account", overflow="fold")
        for title in ("reports", "reporters", "hands", "trusted", "priority"):
            grid.add_column(title, justify="right", no_wrap=True)
        grid.add_column("brigaded by", overflow="fold")
        for row in self._rows():
            grid.add_row(visible(row["account_id"]), number(row["n_reports"]), number(row["n_reporters"]),
                         number(row["n_hands"]), number(row["n_trusted"]), f"{row['priority']:.2f}",
                         ", ".join(words for name, words in _WORDS if row[name]))
        title = f"{n['n_queued']:,} accounts to look at, {n['n_brigaded']:,} of them brigaded"
        return Group(Text(said), Text(title, style="bold"), grid, *self._left_out(),
                     quiet("Reports are no evidence: they say where to look. Look with `evenhand explain ACCOUNT`."),
                     *(quiet(f"  {file}") for file in self.files))

    def _left_out(self) -> list[RenderableType]:
        return [quiet(f"left out: {one['file']}:{one['line'] or one['row']}: `{one['column'] or 'row'}` {one['reason']}")
                for one in self.intake.rejects.slice(0, 5).to_pylist()]

    def _rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.intake.queue.slice(0, self.n_shown).to_pylist()
        return rows

    def record(self) -> dict[str, object]:
        """The counts and the first rows as values."""
        rows = [row | {name: None if row[name] is None else row[name].isoformat() for name in ("first_at", "last_at")}
                for row in self._rows()]
        return {"counts": dict(self.intake.counts), "queue": rows, "left_out": self.intake.rejects.slice(0, 100).to_pylist(),
                "files": [str(file) for file in self.files]}
