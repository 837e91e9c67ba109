"""Media files outside a snapshot, read as `evenhand media` reads them: of a labelled set, or pictures for a register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa

from evenhand.errors import ConfigError, Problem
from evenhand.model.registry import HOLDERS
from evenhand.signals.media.hashes import MIN_QUALITY
from evenhand.workflows.media.of_snapshot import NEEDED, refuse_without_extra

PROCESSES = 2
WITHOUT_EXTRA = "reading media files needs the optional extra: pip install 'evenhand[media]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What one file said, in plain values. `why` says what was wrong, if anything was."""

    path: str
    pdq: str | None
    pdq_quality: int | None
    provenance: str
    source_type: str | None
    ai_mark: str | None
    generator: str | None
    why: str


def can_read() -> bool:
    """Whether the optional extra is there."""
    return all(find_spec(name) is not None for name in NEEDED)


def read_files(paths: Sequence[str], folder: Path) -> list[ReadFile]:
    """What each file says, in the given order."""
    from evenhand.connectors.media.batch import MediaReaders  # noqa: PLC0415  # the extra, imported when asked for
    from evenhand.connectors.media.reading import Wanted  # noqa: PLC0415  # same

    with MediaReaders(folder, processes=PROCESSES) as readers:
        readings = readers.read([Wanted(path=path) for path in paths])
    return [ReadFile(path=one.path, pdq=one.pdq, pdq_quality=one.pdq_quality, provenance=str(one.provenance or ""),
                     source_type=one.source_type, ai_mark=str(one.ai_mark) if one.ai_mark else None, generator=one.generator,
                     why=f"{one.trouble}: {one.detail}" if one.trouble else "") for one in readings]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as a register of holders names it. `avatar` is empty where there is no hash."""

    path: str
    avatar: str
    quality: int | None
    why: str
    """Why it cannot be used; empty when it can."""

    @property
    def is_usable(self) -> bool:
        """Whether a register can name it."""
        return not self.why


def pictures_in(folder: Path) -> tuple[Picture, ...]:
    """Every file in `folder` and below as a picture, in the order of their paths.

    Raises `ConfigError` when the optional extra is not installed or `folder` is none.
    """
    refuse_without_extra()
    if not folder.is_dir():
        raise ConfigError(Problem(what=f"`{folder}` is not a folder", hint="name the folder with the pictures"))
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())
    return tuple(Picture(path=one.path, avatar=f"{one.pdq} {one.path}" if one.pdq else "", quality=one.pdq_quality,
                         why=_unusable(one)) for one in read_files(paths, folder))


def _unusable(file: ReadFile) -> str:
    if file.pdq is None or file.pdq_quality is None:
        return file.why or "not a picture"
    return "" if file.pdq_quality >= MIN_QUALITY else (
        f"its quality is {file.pdq_quality}, below {MIN_QUALITY}: too plain to be told from others")


def pictured(files: Sequence[ReadFile], names: Sequence[str]) -> pa.Table:
    """A register in which each name holds one picture; files without a fingerprint hold none."""
    return pa.Table.from_pylist([
        {"holder_id": name, "kind": "official", "name": name, "names": [], "handles": [], "domains": [],
         "avatars": [f"{one.pdq} {one.path}"] if one.pdq else [], "source": "set", "as_of": date(2026, 11, 1)}
        for one, name in zip(files, names, strict=True)], schema=HOLDERS)
