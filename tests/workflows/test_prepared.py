"""What is prepared once is used again only while everything it was made from is the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evenhand.errors import DataError
from evenhand.workflows import prepared as room
from evenhand.workflows.materials import SweepSettings, load_materials
from evenhand.workflows.prepared import CACHE, MOST_FILES, cache_folder, prepared, read_prepared


class Makes:
    """Makes something, and counts how often."""

    def __init__(self) -> None:
        self.n_times = 0

    def __call__(self) -> list[int]:
        self.n_times += 1
        return [1, 2, 3]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    found = cache_folder()
    assert found is not None
    return found


def test_it_is_made_once_from_the_same_and_anew_from_something_else(folder: Path) -> None:
    make = Makes()
    for made_from in (["a"], ["a"], ["b"], ["a", "b"], ["ab"]):
        assert prepared(iter(made_from), make, folder=folder)[0] == [1, 2, 3]
    assert make.n_times == 4


def test_a_damaged_file_is_made_again(folder: Path) -> None:
    make = Makes()
    _, file = prepared(iter("a"), make, folder=folder)
    assert file is not None
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b"", b"1234"):
        file.write_bytes(damaged)
        assert prepared(iter("a"), make, folder=folder)[0] == [1, 2, 3]
        assert file.read_bytes() == whole
    assert make.n_times == 5


def test_few_files_are_kept_and_the_last_used_ones(folder: Path) -> None:
    files = [prepared(iter([str(nth)]), Makes(), folder=folder)[1] for nth in range(MOST_FILES + 2)]
    assert [file is not None and file.exists() for file in files] == [False, False, *[True] * MOST_FILES]


def test_what_a_killed_run_left_half_written_goes_and_what_is_being_written_stays(folder: Path) -> None:
    left, fresh = (folder / f".{name}.pickle.{pid}" for name, pid in (("a", 4711), ("b", 4712)))
    for file in (left, fresh):
        file.write_bytes(b"half")
    os.utime(left, (0, 0))
    prepared(iter("a"), Makes(), folder=folder)
    assert (left.exists(), fresh.exists()) == (False, True)


def test_another_process_is_told_when_the_file_has_gone(folder: Path) -> None:
    _, file = prepared(iter("a"), Makes(), folder=folder)
    assert file is not None
    assert read_prepared(file) == [1, 2, 3]
    file.unlink()
    with pytest.raises(DataError, match="what the sweep had prepared is gone"):
        read_prepared(file)


@pytest.mark.parametrize("prepare", ["off", "others may write", "a file in its place"])
def test_nothing_is_kept_where_it_should_not_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prepare: str) -> None:
    place = tmp_path / "cache"
    if prepare == "others may write":
        place.mkdir()
        place.chmod(0o777)
    if prepare == "a file in its place":
        place.write_text("mine")
    monkeypatch.setenv(CACHE, "off" if prepare == "off" else str(place))
    assert cache_folder() is None
    make = Makes()
    assert prepared(iter("a"), make, folder=None) == ([1, 2, 3], None)
    assert make.n_times == 1


def test_another_file_of_the_package_gives_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "detector.py").write_text("one = 1")
    monkeypatch.setattr(room.resources, "files", lambda _: tmp_path)
    before = room._digest(iter(()))
    (tmp_path / "detector.py").write_text("one = 2")
    assert room._digest(iter(())) != before


def test_prepared_materials_are_what_would_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path))
    made, again = load_materials(SweepSettings(seed=3)), load_materials(SweepSettings(seed=4))
    assert made.kept_in == again.kept_in
    assert (made.seed, again.seed) == (3, 4)
    assert made.pipeline.digest == again.pipeline.digest
    assert made.pack == again.pack
    assert {name: table.num_rows for name, table in made.registries.items()} == {
        name: table.num_rows for name, table in again.registries.items()}


def test_what_was_left_out_of_a_register_is_told_each_time_also_from_what_was_kept(
        folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "strikes.csv").write_text(
        "account_id,policy_id,points,given_at,expires_at\na,p,1,2026-01-01,2026-02-01\nb,p,0,2026-01-01,2026-02-01\n")
    told: list[int] = []
    monkeypatch.chdir(tmp_path)
    for registries in (own, own, Path("own")):
        settings = SweepSettings(registries=(registries,), on_left_out=lambda left_out: told.extend(one.n for one in left_out))
        made = load_materials(settings)
        assert [(one.file, one.problems[0].line) for one in made.left_out] == [(str(registries / "strikes.csv"), 3)]
    assert told == [1, 1, 1]
    assert len(list(folder.glob("*.pickle"))) == 2, "the third run names the folder otherwise, and so do its messages"
