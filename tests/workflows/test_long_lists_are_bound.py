"""A folder with a long link list gives materials that read it from its file, and a short one those there always were."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from shipped_materials import shipped_materials

from evenhand.connectors.registries import long_lists
from evenhand.model.registry import LINK_LISTS, REGISTERS
from evenhand.signals.web.listed_links import LONG_LISTS, listed_links
from evenhand.workflows import materials as room
from evenhand.workflows.materials import SweepSettings, has_long_lists, materials_of
from evenhand.workflows.plan import Materials
from evenhand.workflows.prepared import file_digest

ROWS = [{"list_id": "l", "host": f"h{n}.example", "label": "scam", "source": "s", "as_of": date(2026, 1, 1)} for n in range(3)]


@pytest.mark.parametrize("is_long", [True, False])
def test_a_long_list_is_bound_as_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_long: bool) -> None:
    """The steps are today's, so that no index is built here."""
    pq.write_table(pa.Table.from_pylist(ROWS, schema=LINK_LISTS), tmp_path / "link_lists.parquet")
    shipped, registers = shipped_materials(), room.load_registers(())  # made before anything is exchanged
    monkeypatch.setattr(long_lists, "LONG_LIST_ROWS", 2 if is_long else 1_000_000)
    settings = SweepSettings(registries=(tmp_path,))
    asked: list[bool] = []

    def signals(_: object, *, model: object, has_long_lists: bool, territories: object) -> tuple[object, ...]:
        asked.append(has_long_lists)
        return shipped.pipeline.account_steps

    monkeypatch.setattr(room, "signal_steps", signals)
    made: Materials = materials_of(shipped.pack, registers, settings)
    assert asked == [is_long] == [has_long_lists(settings)]
    assert (LONG_LISTS in made.bound) is is_long
    if is_long:
        files = made.bound[LONG_LISTS]
        assert isinstance(files, tuple)
        assert files[-1] == str((tmp_path / "link_lists.parquet").resolve())
        assert len(files) == 2, "so low, the shipped list is long too"
    assert set(made.registries) >= set(REGISTERS) - {"holders"}


def test_without_long_lists_the_step_is_what_it_always_was() -> None:
    assert listed_links().inputs == ("links", "addresses", "hops", "link_lists", "shared_hosts")
    assert LONG_LISTS not in listed_links().sql
    assert LONG_LISTS in listed_links(has_long_lists=True).inputs


def test_a_file_is_digested_as_its_bytes_are(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.write_bytes(bytes(range(256)) * 9_000)
    assert file_digest(file) == hashlib.sha256(file.read_bytes()).hexdigest()
