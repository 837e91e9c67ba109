"""The register of demands: what was taken in, what was decided, what is withheld, what was published."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import number, quiet, table
from evenhand.registers.demands.book import DemandBook
from evenhand.statements import visible
from evenhand.workflows.registers.carrying import Done
from evenhand.workflows.registers.demands import Imported
from evenhand.workflows.registers.publishing import PublishedPages

_MAX_SHOWN = 30
_WORDS = {Done.IN_FORCE: "in force", Done.TOLD: "told", Done.LIFTED: "shown again", Done.FAILED: "failed",
          Done.WAITING: "waiting for the platform: run it again later"}


def counted(n: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "demand"), counted(2_000, "demand")
    ('1 demand', '2,000 demands')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedView:
    """Demands that were taken in.

    JSON: `read`, `recorded`, `unchanged`, `left_out`, `problems` (each with `what`, `file`, `line`).
    """

    name: ClassVar[str] = "demand_import"
    imported: Imported

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """What was recorded, and each row that was left out, with its place."""
        done = self.imported
        known, left_out = done.n_unchanged, len(done.problems)
        lines = [f"{counted(done.n_read, 'row')} read: {counted(done.n_recorded, 'demand')} recorded"
                 + (f", {known:,} stood there already" if known else "")
                 + (f", {left_out:,} left out" if left_out else "") + "."]
        lines += [visible(line) for one in done.problems[:_MAX_SHOWN] for line in one.render().splitlines()]
        if len(done.problems) > _MAX_SHOWN:
            lines.append(f"and {len(done.problems) - _MAX_SHOWN:,} more; --json has every one")
        return Group(*(Text(line) for line in lines), quiet("the register: evenhand demand list"))

    def record(self) -> dict[str, object]:
        """The counts and the problems."""
        done = self.imported
        return {"read": done.n_read, "recorded": done.n_recorded, "unchanged": done.n_unchanged,
                "left_out": len(done.problems),
                "problems": [{"what": one.what, "file": one.file, "line": one.line} for one in done.problems]}


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedView:
    """What became of withholdings on the platform.

    JSON: `in_force`, `told`, `lifted`, `failed`, `waiting`.
    """

    name: ClassVar[str] = "demand_carry_out"
    done: Counter[Done]

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """How many of each."""
        if not self.done:
            return Text("nothing was due.")
        return Text(" · ".join(f"{self.done[one]:,} {words}" for one, words in _WORDS.items() if self.done[one]))

    def record(self) -> dict[str, object]:
        """The counts."""
        return {str(one): self.done[one] for one in Done}


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRegisterView:
    """The register.

    JSON: `demands`, each with its facts (`demand_id`, `authority`, `territory`, `received_on`, `demand_kind`, `asks`,
    `order_id`, `legal_basis`, `n_targets`, `answer`, `person_told` …), and `withholdings`, each with its facts and `status`.
    """

    name: ClassVar[str] = "demands"
    book: DemandBook

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts by territory, authority and answer; then what is withheld, or waits for somebody."""
        counts = self.book.counts()
        grid = table()
        for title in ("territory", "authority", "answer"):
            grid.add_column(title, overflow="fold")
        grid.add_column("demands", justify="right", no_wrap=True)
        for territory, authority, answer, n in counts[:_MAX_SHOWN]:
            grid.add_row(visible(territory), visible(authority), answer.replace("_", " "), number(n))
        parts: list[RenderableType] = [Text(counted(len(self.book.records), "demand"), style="bold"), grid]
        if len(counts) > _MAX_SHOWN:
            parts.append(quiet(f"and {len(counts) - _MAX_SHOWN:,} more lines; --json has every demand"))
        return Group(*parts, *self._withheld())

    def _withheld(self) -> list[RenderableType]:
        if not self.book.held:
            return []
        grid = table()
        for title in ("withholding", "demand", "in", "until", "stands", "told"):
            grid.add_column(title, overflow="fold")
        for held in list(self.book.held.values())[-_MAX_SHOWN:]:
            grid.add_row(held.withholding_id, visible(str(held.facts["demand_id"])), " ".join(held.territories),
                         f"{held.until:%Y-%m-%d}", held.status.replace("_", " "), "yes" if held.person_told else "no")
        return [Text(f"\n{counted(len(self.book.held), 'withholding')}", style="bold"), grid]

    def record(self) -> dict[str, object]:
        """Every demand and withholding as values."""
        return {"demands": [dict(one.facts) | {"person_told": one.is_told} for one in self.book.records.values()],
                "withholdings": [dict(held.facts) | {"status": str(held.status), "person_told": held.person_told,
                                                     "n_people": held.n_people} for held in self.book.held.values()]}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedPagesView:
    """The register that was published.

    JSON: `files`, `demands`, `size` (entries of the ledger now), `new_entries`.
    """

    name: ClassVar[str] = "demand_publish"
    pages: PublishedPages
    folder: Path

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """What was written, and where it can be checked."""
        pages = self.pages
        new = "" if pages.ledger is None else f"; the ledger has {pages.register.size:,} entries"
        return Group(Text(f"{counted(len(pages.register.book.records), 'demand')} published{new}."),
                     *(quiet(f"  {file}") for file in pages.files))

    def record(self) -> dict[str, object]:
        """The files and the counts."""
        pages = self.pages
        return {"files": [str(file) for file in pages.files], "demands": len(pages.register.book.records),
                "size": pages.register.size, "new_entries": 0 if pages.ledger is None else pages.ledger.n_new}
