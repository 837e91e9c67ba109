"""`evenhand registry topics`: what many accounts took up at once, measured on a snapshot."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.checks import RegistryDiffView
from evenhand.cli.views.progress import progress
from evenhand.workflows.import_registry import apply_import
from evenhand.workflows.topics.of_snapshot import import_topics


@click.command()
@click.argument("snapshot", type=EXISTING)
@click.option("--source", default="measured", show_default=True, help="A short name for these bursts; kept in every row.")
@click.option("--into", type=FOLDER, default=Path("registries"), show_default=True, help="The folder of registers.")
@click.option("--write", is_flag=True, help="Write the register. Without it, only the difference is shown.")
@as_json
def topics(*, snapshot: Path, source: str, into: Path, write: bool, as_json: bool) -> None:
    """Measure when many accounts of SNAPSHOT took up a hashtag at once, and show what it adds to the register of topics.

    A topic is never evidence: it counts only where the same undisclosed paid link stands beside unrelated ones.
    """
    shown = screen(as_json=as_json)
    with progress(shown, what="Counting", unit="buckets") as advance:
        difference = import_topics(snapshot, source=source, into=into, on_progress=advance)
    written = str(apply_import(difference)) if write else None
    shown.show(RegistryDiffView(difference=difference, written=written))
