"""The media table with what its files say: the empty columns are filled, what the platform gave is left as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.connectors.files.embedded import connect, given
from evenhand.connectors.ingested.finish import canonical
from evenhand.connectors.media.batch import MediaReaders
from evenhand.connectors.media.reading import Reading, Trouble, Wanted
from evenhand.connectors.snapshot_folder import completed
from evenhand.model.media import AiMark
from evenhand.model.snapshot import MEDIA

ROWS_AT_ONCE = 4_096
FILLED = ("sha256", "pdq", "pdq_quality", "digital_source_type", "provenance", "ai_mark", "generator")
"""Columns that come from the files, named as in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledBucket:
    """One bucket of the table, written: its rows, their digests added up, and every reading of a file."""

    n_rows: int
    sums: tuple[int, int]
    readings: tuple[Reading, ...]


def fill_bucket(source: Path, into: Path, *, readers: MediaReaders, on_rows: Callable[[int], None]) -> FilledBucket:
    """Writes the table in `source` to `into` with what the files say; each file is read once."""
    known: dict[str, Reading] = {}
    part = into.with_suffix(".part")
    part.parent.mkdir(parents=True, exist_ok=True)
    n_rows, lower, upper = 0, 0, 0
    with pq.ParquetFile(source) as stored, pq.ParquetWriter(part, MEDIA.schema, compression="zstd") as out, \
            connect() as database:
        for batch in stored.iter_batches(ROWS_AT_ONCE):
            rows = completed(pa.Table.from_batches([batch]), "media").select(MEDIA.schema.names).cast(MEDIA.schema)
            fresh = [one for one in wanted(rows) if one.path not in known]
            known |= {reading.path: reading for reading in readers.read(fresh)}
            rows = filled(rows, known)
            out.write_table(rows)
            with given(database, rows, name="arrived"):
                sums = database.execute(f"""
                    select coalesce(sum((digest & 18446744073709551615::uhugeint)::ubigint), 0),
                           coalesce(sum((digest >> 64)::ubigint), 0)
                    from (select md5_number({canonical(MEDIA)}) as digest from arrived)""").fetchall()[0]
            n_rows, lower, upper = n_rows + len(rows), lower + int(sums[0]), upper + int(sums[1])
            on_rows(len(rows))
    part.replace(into)
    return FilledBucket(n_rows=n_rows, sums=(lower, upper), readings=tuple(known.values()))


def wanted(rows: pa.Table) -> Iterator[Wanted]:
    """The files that the rows name, each once."""
    named = rows.filter(pc.is_valid(rows["path"])).select(["path", "sha256"]).to_pylist()
    yield from {one["path"]: Wanted(path=one["path"], sha256=one["sha256"]) for one in named}.values()


def filled(rows: pa.Table, known: dict[str, Reading]) -> pa.Table:
    """The rows with their empty columns filled from the readings. The fingerprint and its quality go together."""
    readings = [known.get(path) or Reading(path="") for path in rows["path"].to_pylist()]
    readings = [one if one.trouble is not Trouble.CHANGED else Reading(path=one.path) for one in readings]
    has_hash = pc.is_valid(rows["pdq"])
    for name in FILLED:
        field = MEDIA.schema.field(name)
        said = pa.array([_value(one, name) for one in readings], field.type)
        if name == "pdq_quality":
            said = pc.if_else(has_hash, pa.nulls(len(said), field.type), said)
        rows = rows.set_column(MEDIA.schema.get_field_index(name), field, pc.coalesce(rows[name], said))
    return rows


def _value(reading: Reading, name: str) -> object:
    if name == "digital_source_type":
        return reading.source_type
    value = getattr(reading, name)
    return str(value) if isinstance(value, AiMark) else value


def counted(readings: Sequence[Reading], of: Callable[[Reading], object]) -> dict[str, int]:
    """How many readings have each value of `of`, the most frequent first; those without one are left out."""
    counts: dict[str, int] = {}
    for reading in readings:
        value = of(reading)
        if value is not None:
            counts[str(value)] = counts.get(str(value), 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
