"""What an ingest read, kept and rejected, adding up to the last row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, quiet, table
from evenhand.workflows.ingest import IngestSummary

_MAX_REASONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestView:
    """A finished ingest.

    JSON: `into`, `cut_off`, `fingerprint`, `buckets`, `files` (each with `table`, `file`, `read`, `kept`, `rejected`,
    `ignored_columns`), `reasons` (why rows were rejected, with how many), `ignored_files`.
    """

    name: ClassVar[str] = "ingest"
    summary: IngestSummary
    into: Path

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One line per file, then why rows were rejected."""
        summary = self.summary
        grid = table()
        grid.add_column("table", no_wrap=True)
        grid.add_column("file")
        for title in ("read", "kept", "rejected"):
            grid.add_column(title, justify="right", no_wrap=True)
        for file in summary.files:
            grid.add_row(file.table, file.file, f"{file.read:,}", f"{file.kept:,}", f"{file.rejected:,}")
        parts: list[RenderableType] = [grid]
        if summary.reasons:
            parts.append(heading("Rejected"))
            parts += [Text("  " + _told(asdict(reason))) for reason in summary.reasons[:_MAX_REASONS]]
            parts.append(quiet(f"  every rejected row, with its place and reason: {self.into / 'rejects'}"))
        for file in summary.files:
            if file.ignored_columns:
                parts.append(quiet(f"columns of {file.file} that are not read: {', '.join(file.ignored_columns)}"))
        if summary.ignored_files:
            parts.append(quiet(f"files that are not read: {', '.join(summary.ignored_files)}"))
        parts.append(Text(f"\nsnapshot written to {self.into}; next: evenhand plan {self.into} --into plan"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The summary as values."""
        manifest = self.summary.manifest
        return {"into": str(self.into), "cut_off": manifest.cut_off.isoformat(), "fingerprint": manifest.fingerprint,
                "buckets": manifest.n_buckets, "files": [asdict(file) for file in self.summary.files],
                "reasons": [asdict(reason) for reason in self.summary.reasons],
                "ignored_files": list(self.summary.ignored_files)}


def _told(reason: dict[str, object]) -> str:
    return " · ".join(f"{value:,}" if isinstance(value, int) else str(value) for value in reason.values() if value)
