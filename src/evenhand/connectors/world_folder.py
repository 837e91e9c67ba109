"""A synthetic world on disk: its snapshot, the truth beside it, and what its maker says of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.errors import DataError, Problem

SNAPSHOT, TRUTH, REGISTRIES, SAID = "snapshot", "truth", "registries", "world.toml"


def is_world(folder: Path) -> bool:
    """Whether the folder says that it holds a world: it has a `world.toml` or a folder `truth`."""
    return (folder / SAID).is_file() or (folder / TRUTH).is_dir()


class WorldFolder:
    """A world in `path`. Raises `DataError` when its snapshot, its truth or `world.toml` cannot be used: all problems."""

    def __init__(self, path: Path, *, truth: dict[str, pa.Schema]) -> None:
        self.path = path
        self.snapshot = SnapshotFolder(path / SNAPSHOT)
        problems: list[Problem] = []
        self.said = _said(path / SAID, problems)
        self._truth = {name: _files(path / TRUTH / name, schema, problems) for name, schema in truth.items()}
        fingerprint = self.said.get("fingerprint")
        if fingerprint is not None and fingerprint != self.snapshot.manifest.fingerprint:
            problems.append(Problem(what="the snapshot is not the one that this world was made with", file=str(path / SAID),
                                    hint="make the world again with `evenhand world`"))
        if problems:
            raise DataError(problems)

    def truth(self, name: str) -> tuple[str, ...]:
        """The Parquet files of one table of the truth."""
        return self._truth[name]

    @property
    def registries(self) -> tuple[Path, ...]:
        """The folder of registers that belong to this world, if it has one."""
        folder = self.path / REGISTRIES
        return (folder,) if folder.is_dir() else ()


def _said(file: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(Problem(what=f"`{SAID}` cannot be read: {str(error).splitlines()[0].lower()}", file=str(file),
                                hint="make the world again with `evenhand world`"))
        return {}


def _files(folder: Path, schema: pa.Schema, problems: list[Problem]) -> tuple[str, ...]:
    """The files of a truth table, each checked to have the columns it must have."""
    files = sorted(folder.glob("bucket=*.parquet"))
    if not files:
        problems.append(Problem(what="the world has no truth to compare with", file=str(folder),
                                hint="name a folder that `evenhand world` made"))
    for file in files:
        try:
            present = pq.read_schema(file)
        except (OSError, pa.ArrowInvalid) as error:
            problems.append(Problem(what=f"not a readable Parquet file: {str(error).splitlines()[0].lower()}",
                                    file=str(file), hint="make the world again with `evenhand world`"))
            continue
        wrong = [field.name for field in schema if field.name not in present.names
                 or not _is_like(present.field(field.name).type, field.type)]
        if wrong:
            problems.append(Problem(what=f"the truth lacks the column{'s' if len(wrong) > 1 else ''} "
                                    f"{', '.join(f'`{name}`' for name in wrong)}, or has another type there",
                                    file=str(file), hint=f"columns: {', '.join(schema.names)}"))
    return tuple(str(file) for file in files)


def _is_like(present: pa.DataType, wanted: pa.DataType) -> bool:
    if pa.types.is_dictionary(present):
        present = present.value_type
    return bool(present == wanted or (pa.types.is_string(wanted) and pa.types.is_large_string(present))
                or pa.types.is_null(present))
