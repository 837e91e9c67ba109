"""What media files said, and which could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.console import Group, RenderableType
from rich.text import Text

from evenhand.cli.views.layout import heading, quiet, table
from evenhand.statements import visible
from evenhand.workflows.media.of_folder import Picture
from evenhand.workflows.media.of_snapshot import PROBLEMS, MediaSummary

_MAX_PROBLEMS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """Media files that were read.

    JSON: `into`, `fingerprint`, `rows`, `files`, `hashed`, `formats`, `provenance`, `ai_marks` (each a count by name),
    `problems` (a count by reason), `problems_in` (the file that lists them all).
    """

    name: ClassVar[str] = "media"
    summary: MediaSummary
    into: Path

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """Counts, then the first problems."""
        summary = self.summary
        grid = table()
        grid.add_column("files", no_wrap=True)
        grid.add_column("", no_wrap=True)
        grid.add_column("", justify="right", no_wrap=True)
        rows = [("named by the media table", "", summary.n_files), ("with a fingerprint", "", summary.n_hashed)]
        rows += [("format", name, n) for name, n in summary.formats.items()]
        rows += [("C2PA manifest", name, n) for name, n in summary.provenance.items()]
        rows += [("says that a model made it", name, n) for name, n in summary.ai_marks.items()]
        for what, name, n in rows:
            grid.add_row(what, name, f"{n:,}")
        parts: list[RenderableType] = [grid]
        if summary.problems:
            parts.append(heading("Not read, or not in full"))
            parts += [Text(f"  {n:,} · {reason}") for reason, n in summary.reasons.items()]
            parts += [quiet(f"  {one.path}: {one.reason}, {one.detail}") for one in summary.problems[:_MAX_PROBLEMS]]
            parts.append(quiet(f"  every one of them, with its reason: {self.into / PROBLEMS}"))
        parts.append(Text(f"\nsnapshot written to {self.into}; next: evenhand plan {self.into} --into plan"))
        return Group(*parts)

    def record(self) -> dict[str, object]:
        """The summary as values."""
        summary = self.summary
        return {"into": str(self.into), "fingerprint": summary.manifest.fingerprint, "rows": summary.n_rows,
                "files": summary.n_files, "hashed": summary.n_hashed, "formats": dict(summary.formats),
                "provenance": dict(summary.provenance), "ai_marks": dict(summary.ai_marks), "problems": summary.reasons,
                "problems_in": str(self.into / PROBLEMS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturesView:
    """Pictures as a register names them.

    JSON: `n_read`, `n_left_out`, and `pictures`, each with `path`, `avatar` (hash and place, null where there is no hash),
    `quality`, `problem`.
    """

    name: ClassVar[str] = "pictures"
    pictures: tuple[Picture, ...]

    def human(self, width: int) -> RenderableType:  # noqa: ARG002  # a view's form, whatever the width
        """One line per picture; what cannot be used says why. Then how many there are of either."""
        return Group(*(Text(one.avatar, overflow="fold") if one.is_usable
                       else quiet(f"{visible(one.path)}: {visible(one.why)}") for one in self.pictures),
                     Text(f"{len(self.pictures):,} files read, {self._n_left_out:,} left out", style="bold"))

    @property
    def _n_left_out(self) -> int:
        return sum(not one.is_usable for one in self.pictures)

    def record(self) -> dict[str, object]:
        """The pictures as values."""
        return {"n_read": len(self.pictures), "n_left_out": self._n_left_out, "pictures": [
            {"path": one.path, "avatar": one.avatar or None, "quality": one.quality, "problem": one.why or None}
            for one in self.pictures]}
