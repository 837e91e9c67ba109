"""What a holdout says of a snapshot, readers or golden accounts that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_commands import READERS, Campaigns
from error_texts import command, error_texts
from small_snapshot import written_snapshot


def test_holdouts_that_cannot_be_drawn_or_read(
        campaigns: Campaigns, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
        golden: Callable[[str, str], None]) -> None:
    terminal = campaigns.begin(tmp_path, capsys, monkeypatch, n=30)
    written_snapshot(Path("snapshot"), n_planned=30, n_others=20)
    written_snapshot(Path("another"), n_planned=1, n_others=1, fingerprint="another")
    pq.write_table(pa.table({"account_id": ["a1", "nobody"], "is_right": [True, False]}), "golden.parquet")
    draw = ("audit", "holdout", "draw", "autumn", "--by", "ben", "--seed", "7", "--items", "6")
    snapshot = ("--snapshot", "snapshot")
    terminal.done(*draw, *READERS, *snapshot)
    Path("verdicts.csv").write_text("item_id,reader,slot,verdict\n", encoding="utf-8")
    golden("errors/holdout.txt", error_texts({
        "a plan that does not name its snapshot": command(*draw, *READERS),
        "another snapshot": command(*draw, *READERS, "--snapshot", "another"),
        "readers of other languages": command(*draw, "--reader", "ben=fr", "--reader", "cem=fr", *snapshot),
        "golden accounts of another snapshot": command(*draw, *READERS, *snapshot, "--golden", "golden.parquet"),
        "other golden accounts than it was drawn with": command(
            "audit", "holdout", "verdicts", "autumn", "verdicts.csv", *snapshot, "--golden", "golden.parquet"),
    }))
