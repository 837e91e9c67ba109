"""What a written world holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, number, quiet, table
from evenhand.model.harm import Harm
from evenhand.workflows.worlds.write import WorldSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldView:
    """A finished world.

    JSON: `into`, `scale`, `seed`, `fingerprint`, `buckets`, `rows` (by table), `kinds`, `harms`, `roles` (accounts planted of
    each), `posts` (`all` and `violating`).
    """

    name: ClassVar[str] = "world"
    summary: WorldSummary
    into: Path

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Violators by harm, then everybody by kind."""
        planned, rows = self.summary.planned, self.summary.manifest.rows
        harms = table(show_footer=True)
        harms.add_column("violators planted", footer="all")
        harms.add_column("accounts", justify="right", no_wrap=True, footer=f"{sum(planned['harms'].values()):,}")
        for harm in Harm:
            if n := planned["harms"].get(harm):
                harms.add_row(harm.heading, number(n))
        kinds = planned["kinds"]
        said = (f"{rows['accounts']:,} accounts: {kinds['violator']:,} violators, {kinds['hard_negative']:,} that only look "
                f"like them, {kinds['holder']:,} registered holders' own, {kinds['ordinary']:,} ordinary")
        return Group(
            harms, Text(f"\n{said}"), Text(f"{rows['posts']:,} posts, {planned['posts']['violating']:,} of them violations; "
                                           f"{len(planned['languages'])} languages"),
            heading("Written"), Text(f"  {self.into / 'snapshot'}"), quiet(f"  {self.summary.manifest.fingerprint}"),
            Text(f"\nnext: evenhand plan {self.into / 'snapshot'} --registries {self.into / 'registries'} --into plan"))

    def record(self) -> dict[str, object]:
        """The summary as values."""
        summary = self.summary
        return {"into": str(self.into), "scale": float(summary.settings.scale), "seed": summary.settings.seed,
                "fingerprint": summary.manifest.fingerprint, "buckets": summary.manifest.n_buckets,
                "rows": summary.manifest.rows,
                **{name: summary.planned[name] for name in ("kinds", "harms", "roles", "posts")}}
