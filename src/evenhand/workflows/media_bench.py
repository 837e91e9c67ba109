"""Media files of a labelled set, read as `evenhand media` reads them, and a register of pictures made of some of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa

from evenhand.model.registry import HOLDERS
from evenhand.workflows.read_media import NEEDED

PROCESSES = 2
WITHOUT_EXTRA = "reading media files needs the optional extra: pip install 'evenhand[media]'"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """What one file said, in plain values. `why` says what was wrong, if anything was."""

    path: str
    pdq: str | None
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
    return [ReadFile(path=one.path, pdq=one.pdq, provenance=str(one.provenance or ""), source_type=one.source_type,
                     ai_mark=str(one.ai_mark) if one.ai_mark else None, generator=one.generator,
                     why=f"{one.trouble}: {one.detail}" if one.trouble else "") for one in readings]


def pictured(files: Sequence[ReadFile], names: Sequence[str]) -> pa.Table:
    """A register in which each name holds one picture; files without a fingerprint hold none."""
    return pa.Table.from_pylist([
        {"holder_id": name, "kind": "official", "name": name, "names": [], "handles": [], "domains": [],
         "avatars": [f"{one.pdq} {one.path}"] if one.pdq else [], "source": "set", "as_of": date(2026, 11, 1)}
        for one, name in zip(files, names, strict=True)], schema=HOLDERS)
