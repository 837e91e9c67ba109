"""Topics of a snapshot: counted by accounts, bucket by bucket, and kept as a register."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.connectors.registries import load_registries
from evenhand.connectors.snapshot import bucket_path, save_manifest
from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.model.snapshot import POSTS, Manifest
from evenhand.workflows.import_registry import apply_import
from evenhand.workflows.topics.of_snapshot import count_days, import_topics


def test_bursts_of_a_snapshot_become_a_register(tmp_path: Path) -> None:
    start = datetime(2026, 9, 1, tzinfo=UTC)
    rows = [{"account_id": f"a{nth % 40}", "post_id": f"p{nth}", "text": "#Daily",
             "created_at": start + timedelta(days=nth % 20)} for nth in range(400)]
    rows += [{"account_id": f"b{nth}", "post_id": f"q{nth}", "text": "#Storm #Daily", "created_at": start + timedelta(days=12)}
             for nth in range(30)]
    rows += [{"account_id": "loud", "post_id": f"r{nth}", "text": "#Buy", "created_at": start + timedelta(days=3)}
             for nth in range(90)]
    for bucket in (0, 1):
        path = bucket_path(tmp_path / "snapshot", "posts", bucket)
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.Table.from_pylist([row for nth, row in enumerate(rows) if hash_of(row) == bucket],
                                            schema=POSTS.schema), path)
    save_manifest(tmp_path / "snapshot", Manifest(
        cut_off=start + timedelta(days=30), n_buckets=2, rejected={}, fingerprint="sha256:0", rows={"posts": len(rows)}))

    counted = count_days(SnapshotFolder(tmp_path / "snapshot"), on_progress=lambda *_: None)
    apply_import(import_topics(tmp_path / "snapshot", source="measured", into=tmp_path / "registries"))

    assert counted.topics == ("daily", "storm")
    assert counted.counts[1].max() == 30
    row, = load_registries(tmp_path / "registries")["topics"].to_pylist()
    assert (row["topic"], row["began_at"], row["ended_at"], row["n_accounts"]) == (
        "storm", start + timedelta(days=12), start + timedelta(days=13), 30)


def hash_of(row: dict[str, object]) -> int:
    return sum(str(row["account_id"]).encode()) % 2
