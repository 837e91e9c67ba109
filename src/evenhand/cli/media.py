"""`evenhand media`: what a snapshot's pictures, videos and documents say about themselves."""

from __future__ import annotations

from pathlib import Path

import click

from evenhand.cli.options import EXISTING, FOLDER, as_json, screen
from evenhand.cli.views.media import MediaView
from evenhand.cli.views.progress import progress
from evenhand.workflows.media.of_snapshot import MediaSettings, read_media_files


@click.command()
@click.argument("snapshot", type=EXISTING)
@click.option("--files", type=EXISTING, required=True, help="The folder that the paths in the media table start from.")
@click.option("--into", type=FOLDER, default=Path("snapshot-media"), show_default=True, help="The folder for the new snapshot.")
@click.option("--trust", type=EXISTING, help="Certificates (PEM) whose holders are trusted. Default: nobody is.")
@click.option("--processes", type=click.IntRange(1), help="Processes that read files. Default: one per processor.")
@as_json
def media(*, snapshot: Path, files: Path, into: Path, trust: Path | None, processes: int | None, as_json: bool) -> None:
    """Read the media files of SNAPSHOT: how they look (PDQ), where they say they come from (C2PA, IPTC), what made them.

    The result is a new snapshot; what the platform itself gave stays. Files are read, never run, and nothing is fetched. A
    file that cannot be read is named with its reason and costs nothing else. Needs the optional extra `media`.
    """
    shown = screen(as_json=as_json)
    settings = MediaSettings(files=files, trust=trust, processes=processes or 0)
    with progress(shown, what="Reading", unit="media") as advance:
        summary = read_media_files(snapshot, into, settings, on_progress=advance)
    shown.show(MediaView(summary=summary, into=into))
