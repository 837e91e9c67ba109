"""Read one media file: its digest, format, fingerprint, manifest and marks, or in words why it could not be read.

Whatever the file holds, the answer is a value: nothing in it is run, fetched or trusted.
"""

from __future__ import annotations

import hashlib
import stat
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from evenhand.connectors.media.containers import metadata
from evenhand.connectors.media.formats import HEAD_BYTES, PICTURES, Format, format_of
from evenhand.connectors.media.manifests import ManifestReader
from evenhand.connectors.media.marks import generator_of_comment, marks_of
from evenhand.connectors.media.pixels import hidden_text, looked_at, opened
from evenhand.model.media import SOURCE_TYPES, AiMark, Provenance
from evenhand.signals.media.hashes import to_text

MAX_FILE_BYTES = 2_000_000_000
"""Larger files are reported, not read."""
_CHUNK = 1_048_576


class Trouble(StrEnum):
    """Why a file, or a part of it, could not be read."""

    MISSING = "missing"
    OUTSIDE = "outside"
    """The path leads out of the folder of media files."""
    NOT_A_FILE = "not_a_file"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    UNKNOWN_FORMAT = "unknown_format"
    DAMAGED = "damaged"
    """The picture cannot be decoded; what else the file says is kept."""
    MANIFEST = "manifest_unreadable"
    CHANGED = "changed"
    """The file is not the one whose SHA-256 the snapshot gives."""
    STOPPED = "reader_stopped"
    """The reader crashed, took too long or needed too much memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A file to read: its path as the snapshot gives it, and the SHA-256 that it should have, if that is known."""

    path: str
    sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one file says. Values that it does not give are None."""

    path: str
    sha256: str | None = None
    format: Format | None = None
    pdq: str | None = None
    pdq_quality: int | None = None
    provenance: Provenance | None = None
    source_type: str | None = None
    ai_mark: AiMark | None = None
    generator: str | None = None
    trouble: Trouble | None = None
    detail: str = ""
    """What was wrong, in words."""


def read_media(wanted: Wanted, *, folder: Path, manifests: ManifestReader) -> Reading:
    """What the file says, or what is wrong with it. Only regular files inside `folder` are opened."""
    empty = Reading(path=wanted.path)
    try:
        path = (folder / wanted.path).resolve()
        if not path.is_relative_to(folder.resolve()):
            return replace(empty, trouble=Trouble.OUTSIDE, detail="the path leads out of the folder")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return replace(empty, trouble=Trouble.NOT_A_FILE, detail="a folder, a device or a pipe")
        if status.st_size > MAX_FILE_BYTES:
            return replace(empty, trouble=Trouble.TOO_LARGE, detail=f"{status.st_size:,} bytes")
        with path.open("rb") as file:
            return _read(file, wanted, manifests)
    except FileNotFoundError:
        return replace(empty, trouble=Trouble.MISSING, detail="no such file")
    except (OSError, ValueError) as error:
        return replace(empty, trouble=Trouble.UNREADABLE, detail=str(getattr(error, "strerror", None) or error))


def _read(file: BinaryIO, wanted: Wanted, manifests: ManifestReader) -> Reading:
    head = file.read(HEAD_BYTES)
    digest = hashlib.sha256(head)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    reading = Reading(path=wanted.path, sha256=digest.hexdigest(), format=format_of(head))
    if wanted.sha256 and wanted.sha256.lower() != reading.sha256:
        return replace(reading, trouble=Trouble.CHANGED, detail="its SHA-256 is not the one in the snapshot")
    if reading.format is None:
        return replace(reading, trouble=Trouble.UNKNOWN_FORMAT, detail=f"starts with {head[:8].hex(' ')}" if head else "empty")
    return _pixels(file, _statements(file, reading, manifests))


def _statements(file: BinaryIO, reading: Reading, manifests: ManifestReader) -> Reading:
    """The reading with what the file's metadata and manifest state. An intact manifest goes before anything else."""
    kind = reading.format or Format.JPEG
    marks = marks_of(metadata(file, kind))
    reading = replace(reading, source_type=marks.source_type, ai_mark=marks.ai_mark, generator=marks.generator)
    try:
        manifest = manifests.read(file, kind)
    except ValueError as error:
        return replace(reading, trouble=Trouble.MANIFEST, detail=str(error))
    mark = AiMark.C2PA if manifest.source_type in SOURCE_TYPES else reading.ai_mark
    if mark is AiMark.XMP and manifest.source_type:
        mark = None
    return replace(
        reading, provenance=manifest.provenance, source_type=manifest.source_type or reading.source_type, ai_mark=mark,
        generator=manifest.generator or reading.generator)


def _pixels(file: BinaryIO, reading: Reading) -> Reading:
    """The reading with what the picture shows, if it is one."""
    kind = reading.format
    if kind is None or kind not in PICTURES:
        return reading
    try:
        if reading.ai_mark is None and kind in (Format.PNG, Format.WEBP):
            hidden = hidden_text(opened(file, kind))
            if hidden:
                reading = replace(reading, ai_mark=AiMark.HIDDEN_TEXT,
                                  generator=generator_of_comment(hidden) or reading.generator)
        seen = looked_at(opened(file, kind))
    except ValueError as error:
        return replace(reading, trouble=Trouble.DAMAGED, detail=str(error))
    return replace(reading, pdq=to_text(seen.words), pdq_quality=seen.quality)
