"""`evenhand ingest`: a platform's export becomes a snapshot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, Finite, as_json, screen
from evenhand.cli.views.ingest import IngestView
from evenhand.cli.views.progress import progress
from evenhand.workflows.ingest import IngestSettings, earlier_cut_off
from evenhand.workflows.ingest import ingest as ingest_source


@click.command()
@click.argument("source")
@click.option("--into", type=FOLDER, default=Path("snapshot"), show_default=True, help="The folder for the snapshot.")
@click.option("--mapping", type=EXISTING, help="A snapshot.toml that says how foreign columns are called.")
@click.option("--cut-off", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
              help="Nothing later is in the snapshot (UTC). Default: now, or that of the run that is continued.")
@click.option("--buckets", type=click.IntRange(1, 1000), help="Parts to split the accounts into. Default: by size.")
@click.option("--threads", type=click.IntRange(1), help="Processor threads to use. Default: all.")
@click.option("--max-reject-share", type=Finite(0, 1), default=0.01, show_default=True,
              help="Stop with an error when more than this share of a table's rows is rejected.")
@as_json
def ingest(*, source: str, into: Path, mapping: Path | None, cut_off: datetime | None, buckets: int | None,
           threads: int | None, max_reject_share: float, as_json: bool) -> None:
    """Read SOURCE (a folder, file, glob or storage address of Parquet, CSV, JSONL or Arrow) into a snapshot.

    Every row that cannot be kept goes to the rejects with its place and reason. An interrupted run continues.
    """
    shown = screen(as_json=as_json)
    at = cut_off or earlier_cut_off(into) or datetime.now(UTC)
    at = at.replace(tzinfo=UTC, microsecond=0)
    settings = IngestSettings(n_buckets=buckets, max_reject_share=max_reject_share, threads=threads or 0)
    with progress(shown, what="Reading", unit="parts") as advance:
        summary = ingest_source(source, into, cut_off=at, mapping=mapping, settings=settings,
                                progress=lambda p: advance(p.done, p.total, f"{p.stage} {p.what}"))
    shown.show(IngestView(summary=summary, into=into))
