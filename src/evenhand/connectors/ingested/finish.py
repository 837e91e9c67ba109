"""Turns spilled rows into the snapshot, bucket by bucket: first come first kept, no orphans, sorted, fingerprinted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import ipc

from evenhand.connectors.files.embedded import given
from evenhand.connectors.files.rejects import EXCERPT, SHORT, Reason
from evenhand.connectors.ingested.spill import Unit, spilled_schema
from evenhand.connectors.snapshot import bucket_path, write_whole
from evenhand.model.snapshot import ACCOUNTS, LATER_COLUMNS, TABLES, Table

ROW_BITS = 40
"""A row's place among all rows of a table is one number: the file's number above these bits, the row in it below."""
ROW_GROUP, MIN_GROUP, GROUP_BYTES = 100_000, 1_000, 128_000_000
"""Most and fewest rows in a row group of the snapshot, and its bytes where rows are long."""
WIDE_BYTES = 1_000_000_000
"""A bucket that takes more is handled with wider offsets. It should not be there, but it may."""
MANY = 100_000
"""Small rows handed on at a time."""
FEW_VALUES = ("platform", "language", "country", "kind", "digital_source_type", "category")
"""Columns whose values repeat so much that a dictionary pays."""
FOUND = pa.schema([pa.field("place", pa.int64()), pa.field("line", pa.int64()), pa.field("reason", pa.string()),
                   pa.field("column", pa.string()), pa.field("value", pa.string()), pa.field("excerpt", pa.string())])
"""A row that was rejected because of other rows; `place` tells its file and row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A unit and the number of its file in the order of the files."""

    unit: Unit
    file: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One table of one bucket, written."""

    n_kept: int
    sums: tuple[int, int]
    """The lower and upper halves of the digests of all kept rows, added up."""
    rejects: Path


def placed_rows(units: Sequence[Placed], *, bucket: int | None, columns: Sequence[str] | None,
                table: Table) -> pa.RecordBatchReader:
    """The rows of one bucket (or all) of a table with their `place`, streamed."""
    kept = spilled_schema(table)
    schema = kept if columns is None else pa.schema([kept.field(name) for name in columns])
    schema = schema.append(pa.field("place", pa.int64()))

    def batches() -> Iterator[pa.RecordBatch]:
        for placed in units:
            for batch in placed.unit.rows(bucket, columns=columns):
                if len(batch):
                    place = (placed.file << ROW_BITS) + batch.column("row").to_numpy()
                    yield pa.record_batch([*batch.columns, pa.array(place)], schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def find_duplicates(units: Sequence[Placed], *, table: Table, into: Path, database: duckdb.DuckDBPyConnection) -> None:
    """Writes the keys that more than one row of the platform has, with the place of the first of them."""
    if not any(placed.unit.n_kept for placed in units):
        write_arrow(into, (), schema=_twice_schema(table))
        return
    keys = ", ".join(table.key)
    with given(database, placed_rows(units, bucket=None, columns=(*table.key, "row"), table=table)):
        twice = database.sql(f"select {keys}, min(place) as first from given group by {keys} having count(*) > 1")
        write_arrow(into, twice.to_arrow_reader(MANY), schema=_twice_schema(table))


def write_arrow(path: Path, batches: Iterable[pa.RecordBatch], *, schema: pa.Schema) -> None:
    """Writes an Arrow file so that it is there whole or not at all."""
    part = path.with_suffix(".part")
    with ipc.new_file(str(part), schema) as out:
        for batch in batches:
            out.write_batch(batch.cast(schema))
    part.replace(path)


def _twice_schema(table: Table) -> pa.Schema:
    return pa.schema([*(pa.field(name, pa.string()) for name in table.key), pa.field("first", pa.int64())])


def needs_platform(table: Table) -> bool:
    """Whether two rows with the same key may stand in different buckets."""
    return table.account not in table.key


def finish_bucket(bucket: int, *, units: Mapping[str, Sequence[Placed]], duplicates: Path, into: Path, work: Path,
                  database: duckdb.DuckDBPyConnection) -> dict[str, Finished]:
    """Writes every table of one bucket of the snapshot, and says what was kept. Done before, it only says so."""
    note = work / f"bucket-{bucket:03d}.json"
    if not note.exists():
        said = {}
        for name, table in TABLES.items():
            rows = placed_rows(units.get(name, ()), bucket=bucket, columns=None, table=table).read_all().combine_chunks()
            rows = rows.append_column("index", pa.array(np.arange(len(rows))))
            path, rejects = bucket_path(into, name, bucket), work / f"bucket-{bucket:03d}.{name}.arrow"
            path.parent.mkdir(parents=True, exist_ok=True)
            with given(database, rows, name="arrived"):
                if len(rows) or table is ACCOUNTS:
                    n_gone = _judge(table, duplicates=duplicates / f"{name}.arrow", database=database)
                    kept, sums, n_group = _kept(table, has_gone=n_gone > 0, database=database)
                else:
                    n_gone, kept, sums, n_group = 0, rows.column("index").to_numpy(), (0, 0), ROW_GROUP
                found = _gone(table, database=database).to_arrow_reader(MANY) if n_gone else ()
                write_arrow(rejects, found, schema=FOUND)
            _write_rows(path, rows, kept, table=table, n_group=n_group)
            said[name] = {"n_kept": len(kept), "sums": [str(one) for one in sums]}
        write_whole(note, json.dumps(said))
    return {name: Finished(n_kept=said["n_kept"], sums=(int(said["sums"][0]), int(said["sums"][1])),
                           rejects=work / f"bucket-{bucket:03d}.{name}.arrow")
            for name, said in json.loads(note.read_bytes()).items()}


def _judge(table: Table, *, duplicates: Path, database: duckdb.DuckDBPyConnection) -> int:
    """Makes the table `gone` of rows that other rows stand against, and for `accounts` the table `owners`.

    Gives how many rows are gone.
    """
    keys = ", ".join(table.key)
    if not needs_platform(table):
        database.execute(f"""create or replace temp table twice as
            select {keys}, min(place) as first from arrived group by {keys} having count(*) > 1""")
    else:
        with pa.memory_map(str(duplicates)) as stored:
            opened = ipc.open_file(stored)
            batches = (opened.get_batch(i) for i in range(opened.num_record_batches))
            with given(database, pa.RecordBatchReader.from_batches(opened.schema, batches)):
                database.execute(f"""create or replace temp table twice as
                    select * from given semi join arrived using ({keys})""")
    database.execute(f"""create or replace temp table gone as
        select place, '{Reason.DUPLICATE_ID}' as reason from arrived join twice using ({keys}) where place > first""")
    if table.name == "accounts":
        database.execute("""create or replace temp table owners as
            select account_id as owner from arrived anti join gone using (place)""")
    else:
        database.execute(f"""insert into gone
            select place, '{Reason.ORPHAN}' as reason from arrived
            anti join gone using (place) anti join owners on {table.account} = owner""")
    return int(database.execute("select count(*) from gone").fetchall()[0][0])


def _kept(table: Table, *, has_gone: bool, database: duckdb.DuckDBPyConnection) -> tuple[
        NDArray[np.int64], tuple[int, int], int]:
    """Which rows are kept, in the order of account and key; the sums of their digests; how many make a row group."""
    kept = "arrived anti join gone using (place)" if has_gone else "arrived"
    lower, upper, n_bytes, n_kept = database.execute(f"""
        select coalesce(sum((digest & 18446744073709551615::uhugeint)::ubigint), 0),
               coalesce(sum((digest >> 64)::ubigint), 0), coalesce(sum(n_bytes), 0), count(*)
        from (select md5_number(row) as digest, strlen(row) as n_bytes
              from (select {canonical(table)} as row from {kept}))""").fetchall()[0]
    order = ", ".join(dict.fromkeys((table.account, *table.key)))
    found = database.sql(f"select index from {kept} order by {order}").to_arrow_table()
    n_group = max(MIN_GROUP, min(ROW_GROUP, GROUP_BYTES * n_kept // max(1, int(n_bytes))))
    return found.column("index").to_numpy(), (int(lower), int(upper)), n_group


def _write_rows(path: Path, rows: pa.Table, kept: NDArray[np.int64], *, table: Table, n_group: int) -> None:
    """Writes the kept rows as one file of the snapshot."""
    part = path.with_suffix(".part")
    rows = rows.select(table.schema.names)
    if rows.nbytes > WIDE_BYTES:
        rows = rows.cast(wide(table.schema))
    few = [name for name in FEW_VALUES if name in table.schema.names]
    with pq.ParquetWriter(str(part), table.schema, compression="zstd", compression_level=1, use_dictionary=few,
                          write_statistics=list(dict.fromkeys((table.account, *table.key)))) as out:
        for start in range(0, len(kept), n_group):
            group = rows.take(pa.array(kept[start:start + n_group]))
            out.write_table(group.cast(table.schema), row_group_size=n_group)
    part.replace(path)


def wide(schema: pa.Schema) -> pa.Schema:
    """The schema with texts that may be more than 2 GiB together in one column."""
    kinds = {pa.string(): pa.large_string(), pa.list_(pa.string()): pa.large_list(pa.large_string())}
    return pa.schema([field.with_type(kinds.get(field.type, field.type)) for field in schema])


def _gone(table: Table, *, database: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """The rows that are gone, with what a person needs to find them."""
    shown = ", ".join(f"{name} := {name}" for name in table.required)
    row = f"to_json(struct_pack({shown}))::varchar"
    account, key = table.account, table.key[0]
    return database.sql(f"""
        select place, line, reason, case reason when '{Reason.ORPHAN}' then '{account}' else '{key}' end as "column",
            left(to_json(case reason when '{Reason.ORPHAN}' then {account} else {key} end)::varchar, {SHORT}) as value,
            left({row}, {EXCERPT}) as excerpt
        from arrived join gone using (place) order by place""")


def canonical(table: Table) -> str:
    """SQL that writes a row as one text, so that two different rows never give the same one.

    A kept text holds no NUL and is never empty, so NUL ends a value and nothing before it is null. Columns that came later in
    the contract follow with their names, and only where they hold something: what was exported before gives the same text.
    """
    parts = []
    later = LATER_COLUMNS.get(table.name, ())
    for field in table.schema:
        if field.name in later:
            tagged = f"concat('{field.name}', chr(0), {field.name}, chr(0))"
            parts.append(f"case when {field.name} is null then '' else {tagged} end")
            continue
        if pa.types.is_list(field.type):
            parts += [f"len({field.name})", "chr(0)", f"array_to_string({field.name}, chr(0))"]
        else:
            parts.append(f"epoch_us({field.name})" if pa.types.is_timestamp(field.type) else field.name)
        parts.append("chr(0)")
    return f"concat({', '.join(parts)})"
