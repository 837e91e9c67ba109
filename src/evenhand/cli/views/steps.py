"""The steps of a sweep: what each one is, and how many rows it left in how many seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, quiet, table
from evenhand.model.step import Query, Step
from evenhand.ports import StepCount


@dataclass(frozen=True, slots=True, kw_only=True)
class StepsView:
    """Every step in the order in which it runs.

    JSON: `steps`, each with `step`, `kind` (`query` or `kernel`), `scope`, `inputs`, `sentence`, `sql` (null for a
    kernel), `rows` and `seconds`.
    """

    name: ClassVar[str] = "steps"
    steps: Sequence[Step]
    counts: Sequence[StepCount]
    with_sql: bool = False

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """A table, one line per step, and with `with_sql` the SQL of each query below it."""
        counted = {count.name: count for count in self.counts}
        grid = table()
        grid.add_column("step", no_wrap=True)
        grid.add_column("what a row is")
        grid.add_column("rows", justify="right", no_wrap=True)
        grid.add_column("seconds", justify="right", no_wrap=True)
        for step in self.steps:
            grid.add_row(step.name, step.sentence, f"{counted[step.name].n_rows:,}", f"{counted[step.name].seconds:.2f}")
        texts: list[RenderableType] = [grid]
        for step in self.steps if self.with_sql else ():
            texts.append(heading(f"{step.name} ← {', '.join(step.inputs)}"))
            texts.append(Text(_dedented(step.sql)) if isinstance(step, Query)
                         else quiet(f"native batch kernel over {step.source}({', '.join(step.columns)})"))
        return Group(*texts)

    def record(self) -> dict[str, object]:
        """The steps as values."""
        counted = {count.name: count for count in self.counts}
        return {"steps": [{
            "step": step.name, "kind": "query" if isinstance(step, Query) else "kernel", "scope": str(step.scope),
            "inputs": list(step.inputs), "sentence": step.sentence,
            "sql": _dedented(step.sql) if isinstance(step, Query) else None,
            "rows": counted[step.name].n_rows, "seconds": round(counted[step.name].seconds, 4)} for step in self.steps]}


def _dedented(sql: str) -> str:
    lines = sql.strip("\n").split("\n")
    margin = min((len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()), default=0)
    return "\n".join([lines[0].strip(), *(line[margin:].rstrip() for line in lines[1:])])
