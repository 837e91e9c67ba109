"""What a plan was made from, noted in its folder as `sources.json`, so that anybody can see whether that is still as it was."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from evenhand.errors import PlanError, Problem
from evenhand.model.registers.left_out import LeftOut, left_out_record

FILE = "sources.json"
_END_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where a plan's snapshot, pack and registers stand, and what the snapshot's files were when it was made."""

    snapshot: Path
    pack: Path | None
    """None: the shipped one."""
    registries: tuple[Path, ...]
    sentence_model: str | None
    files: str
    """`snapshot_files` when the plan was made."""
    left_out: tuple[LeftOut, ...] = ()
    """The records of registers that could not be used; written for whoever looks, never read again."""


def write_sources(folder: Path, sources: Sources) -> None:
    """Note them in the plan's folder."""
    text = json.dumps({
        "snapshot": str(sources.snapshot.resolve()), "pack": None if sources.pack is None else str(sources.pack.resolve()),
        "registries": [str(one.resolve()) for one in sources.registries], "files": sources.files,
        "sentence_model": sources.sentence_model, "left_out": left_out_record(sources.left_out)}, indent=2)
    unfinished = folder / f".{FILE}.{os.getpid()}"
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.rename(folder / FILE)


def read_sources(folder: Path) -> Sources | None:
    """What is noted there; None for a plan that was put together without a sweep. Raises `PlanError` when it is no note."""
    file = folder / FILE
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        pack, model = found["pack"], found["sentence_model"]
        return Sources(snapshot=Path(found["snapshot"]), pack=None if pack is None else Path(pack), files=str(found["files"]),
                       registries=tuple(map(Path, found["registries"])), sentence_model=None if model is None else str(model))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise PlanError(Problem(what="this does not say what the plan was made from", file=str(file),
                                hint="make the plan again")) from error


def snapshot_files(snapshot: Path) -> str:
    """A digest over the names, sizes and ends of a snapshot's Parquet files, as `sha256:…`.

    A Parquet file ends with where each column lies, how long it is and what its least and greatest value are, so that a
    change anywhere shows there without reading gigabytes.
    """
    said = hashlib.sha256()
    for file in sorted(snapshot.rglob("*.parquet")):
        size = file.stat().st_size
        with file.open("rb") as content:
            content.seek(max(0, size - _END_BYTES))
            said.update(f"\n{file.relative_to(snapshot).as_posix()} {size} ".encode() + content.read())
    return f"sha256:{said.hexdigest()}"
