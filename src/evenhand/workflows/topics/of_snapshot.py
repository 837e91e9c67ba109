"""The bursts of topics in a snapshot, as a register that sweeps read beside the others.

A burst is a fact about the whole platform, so it is measured once before the sweep and not in it: the steps of a sweep see one
account at a time. A platform that measures its own trends imports those instead.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from evenhand.connectors.registries.files import Contents, Record
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.model.registry import REGISTERS
from evenhand.signals.topics.bursts import MIN_ACCOUNTS, bursts
from evenhand.signals.topics.tags import tags
from evenhand.workflows.import_registry import Provenance, RegistryDiff, import_contents

COLUMNS = ("account_id", "post_id", "created_at", "text")
BATCH_ROWS = 100_000
MEMORY = "512MB"
"""What the counting may hold in memory; the rest goes to disk."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicDays:
    """How many accounts took up each topic on each day."""

    topics: tuple[str, ...]
    """Those that at least `MIN_ACCOUNTS` took up on one day."""
    counts: NDArray[np.int64]
    """Topics × days."""
    totals: NDArray[np.int64]
    """Accounts that tagged anything, by day."""
    first_day: int
    """Days since 1970 of the first column."""


def import_topics(snapshot: Path, *, source: str, into: Path,
                  on_progress: Callable[[int, int, str], None] | None = None) -> RegistryDiff:
    """What the bursts of topics in a snapshot would change in the register `topics` of the folder `into`.

    `on_progress` gets buckets done, buckets in all, and the bucket in hand.

    Raises:
        DataError: there is no snapshot, or the register that is there cannot be used.
    """
    folder = SnapshotFolder(snapshot)
    days = count_days(folder, on_progress=on_progress or (lambda *_: None))
    records = tuple(Record(line=line, values=values) for line, values in enumerate(_rows(days), start=1))
    contents = Contents(file=str(snapshot), digest=folder.manifest.fingerprint.removeprefix("sha256:"), records=records,
                        columns=tuple(records[0].values) if records else (), problems=())
    return import_contents(contents, REGISTERS["topics"], into=into,
                           provenance=Provenance(source=source, as_of=folder.manifest.cut_off.date()))


def count_days(snapshot: SnapshotFolder, *, on_progress: Callable[[int, int, str], None]) -> TopicDays:
    """The counts of a snapshot, bucket by bucket: no account stands in two."""
    n_buckets = snapshot.manifest.n_buckets
    with tempfile.TemporaryDirectory() as work, duckdb.connect(str(Path(work) / "topics.duckdb")) as database:
        database.execute(f"set memory_limit = '{MEMORY}'; set threads = 1")
        database.execute("create table topic_days (topic varchar, day integer, n bigint)")
        database.execute("create table day_totals (day integer, n bigint)")
        for bucket in range(n_buckets):
            on_progress(bucket, n_buckets, f"bucket {bucket}")
            uses = pa.concat_tables([_uses(batch) for batch in _batches(snapshot, bucket)] or [_NO_USES])
            for keys, into in ((["topic", "day"], "topic_days"), (["day"], "day_totals")):
                distinct = uses.group_by([*keys, "account_id"]).aggregate([])
                counted = distinct.group_by(keys).aggregate([([], "count_all")])
                database.register("counted", counted)
                database.execute(f"insert into {into} select * from counted")
                database.unregister("counted")
        return _summed(database)


_NO_USES = pa.table({"account_id": pa.array([], pa.string()), "topic": pa.array([], pa.string()),
                     "day": pa.array([], pa.int32())})


def _batches(snapshot: SnapshotFolder, bucket: int) -> Iterator[pa.RecordBatch]:
    for file in snapshot.files("posts", bucket):
        with pq.ParquetFile(file) as posts:
            yield from posts.iter_batches(batch_size=BATCH_ROWS, columns=list(COLUMNS))


def _uses(posts: pa.RecordBatch) -> pa.Table:
    """Which account used which topic on which day, each once."""
    dated = pa.Table.from_batches([tags(posts.filter(pc.is_valid(posts.column("created_at"))))])
    day = pc.cast(pc.cast(dated["created_at"], pa.date32()), pa.int32())
    return pa.table({"account_id": dated["account_id"], "topic": dated["topic"], "day": day}).group_by(
        ["account_id", "topic", "day"]).aggregate([])


def _summed(database: duckdb.DuckDBPyConnection) -> TopicDays:
    totals = dict(database.execute("select day, cast(sum(n) as bigint) from day_totals group by day").fetchall())
    rows = database.execute(f"""
        with summed as (select topic, day, cast(sum(n) as bigint) as n from topic_days group by topic, day)
        select topic, day, n from summed
        where topic in (select topic from summed group by topic having max(n) >= {MIN_ACCOUNTS})
        order by topic, day""").fetchall()
    first_day = min(totals, default=0)
    n_days = max(totals, default=-1) - first_day + 1
    topics = {topic: place for place, topic in enumerate(dict.fromkeys(topic for topic, _, _ in rows))}
    counts = np.zeros((len(topics), n_days), np.int64)
    for topic, day, n in rows:
        counts[topics[topic], day - first_day] = n
    by_day = np.array([totals.get(first_day + place, 0) for place in range(n_days)], np.int64)
    return TopicDays(topics=tuple(topics), counts=counts, totals=by_day, first_day=first_day)


def _rows(days: TopicDays) -> Iterator[dict[str, object]]:
    """The bursts in the columns of the register, without their provenance."""
    for found in bursts(days.counts, days.totals):
        yield {"topic": days.topics[found.topic], "began_at": EPOCH + timedelta(days=days.first_day + found.begin),
               "ended_at": EPOCH + timedelta(days=days.first_day + found.end), "weight": found.weight,
               "n_accounts": found.n_accounts}
