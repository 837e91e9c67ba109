"""A ledger's folder: whole after a kill at any instant, one writer at a time, private values apart and erasable."""

from __future__ import annotations

import os
import random
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import event, events

from evenhand.errors import ConfigError, DataError, DoorError
from evenhand.ledger.published_entry import read_entry
from evenhand.ledger.tiles import entries_in
from evenhand.ledger.tree import Growth, leaf_hash
from evenhand.model.campaigns.event import Event
from evenhand.stores.ledger import files as ledger_files
from evenhand.stores.ledger.folder import LedgerFolder, checkpoint_in
from evenhand.stores.ledger.keys import KeySigner, make_key, read_signer
from evenhand.stores.ledger.private import PrivateFolder
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.workflows.ledger.verify import verify_ledger

SIGNER = KeySigner("example.org/ledger", bytes(range(32)))


@pytest.fixture(autouse=True)
def _without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process loses nothing that it wrote, synced or not; that all is synced in time has its own test."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


def writer(place: Path) -> LedgerWriter:
    return LedgerWriter(place / "ledger", private=place / "private", signers=[SIGNER])


def holds(place: Path) -> bool:
    return verify_ledger(place / "ledger", key=SIGNER.key.text).holds


def all_events(place: Path) -> list[Event]:
    """Every event of a ledger, opened."""
    ledger, private = LedgerFolder(place / "ledger"), PrivateFolder(place / "private")
    size = checkpoint_in(ledger.note(), place).size
    kept = private.between(0, size)
    return [read_entry(text).opened(kept.get(number, ()))[0].event for number, text in enumerate(ledger.all_entries(size))]


@settings(max_examples=10)
@given(st.lists(st.integers(0, 600), max_size=4))
def test_what_is_appended_can_be_read_and_verified(tmp_path_factory: pytest.TempPathFactory, portions: list[int]) -> None:
    place, total = tmp_path_factory.mktemp("ledger"), 0
    for portion in portions:
        with writer(place) as ledger:
            assert ledger.append(events(total, total + portion), after=total) == range(total, total + portion)
        total += portion
    if portions:
        assert holds(place)
        assert all_events(place)[-300:] == list(events(0, total))[-300:]


def test_the_folder_is_that_of_the_tiles_specification(tmp_path: Path) -> None:
    with writer(tmp_path) as ledger:
        ledger.append(events(0, 100))
        ledger.append(events(100, 110))
        ledger.append(events(110, 600))
        ledger.append(events(600, 605))
    files = {str(path.relative_to(tmp_path / "ledger")) for path in (tmp_path / "ledger").rglob("*") if path.is_file()}
    assert files == {
        ".lock", "checkpoint", "key.pub", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/0/002.p/93", "tile/1/000.p/2",
        "tile/entries/000", "tile/entries/001", "tile/entries/002.p/88", "tile/entries/002.p/93"}
    assert len((tmp_path / "ledger/tile/0/000").read_bytes()) == 8192
    bundled = list(entries_in((tmp_path / "ledger/tile/entries/002.p/93").read_bytes()))
    assert [leaf_hash(text) for text in bundled] == [
        (tmp_path / "ledger/tile/0/002.p/93").read_bytes()[start:start + 32] for start in range(0, 93 * 32, 32)]


STEPS = ("open", "write", "fsync", "rename", "unlink", "rmdir", "mkdir")


@contextmanager
def counted(at_step: Callable[[int], None]) -> Iterator[None]:
    """Calls `at_step` before every call that changes the disk, with its number."""
    n_steps = 0
    real = {name: getattr(os, name) for name in STEPS}

    def stepping(name: str) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            nonlocal n_steps
            n_steps += 1
            at_step(n_steps)
            return real[name](*args, **options)
        return step

    try:
        for name in STEPS:
            setattr(os, name, stepping(name))
        yield
    finally:
        for name in STEPS:
            setattr(os, name, real[name])


def killed_at(place: Path, step: int, batch: list[Event]) -> bool:
    """Append in another process that is killed before its `step`-th change of the disk; false when it finished."""
    def kill(number: int) -> None:
        if number == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        ledger_files.SYNC_THREADS = 1
        with counted(kill):
            writer(place).append(batch)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize(("before", "batch"), [(0, 3), (250, 20)])
def test_a_kill_at_any_step_loses_nothing_that_was_said_and_doubles_nothing(tmp_path: Path, before: int, batch: int) -> None:
    start, step = tmp_path / "start", 0
    with writer(start) as ledger:
        ledger.append(events(0, before))
    while True:
        step += 1
        place = tmp_path / f"killed-{step}"
        shutil.copytree(start, place)
        was_killed = killed_at(place, step, list(events(before, before + batch)))
        assert holds(place), f"an outsider sees a broken ledger after a kill at step {step}"
        with writer(place) as ledger:
            assert ledger.size in {before, before + batch}, "a batch is there as a whole or not at all"
            ledger.append(events(ledger.size, before + batch + 5))
        assert holds(place)
        assert all_events(place) == list(events(0, before + batch + 5))
        shutil.rmtree(place)
        if not was_killed:
            break
    assert step > 20


@pytest.mark.parametrize("before", [0, 250])
def test_all_that_a_checkpoint_states_is_on_the_disk_before_the_checkpoint(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int) -> None:
    """What a power cut could take: files and names that were written and not synced when the checkpoint got its place."""
    with writer(tmp_path) as ledger:
        ledger.append([*events(0, before), event(actor="ana")])
        there = set(tmp_path.rglob("*"))
        synced: set[str] = set()
        monkeypatch.setattr(os, "fsync", lambda descriptor: synced.add(
            str(Path(f"/proc/self/fd/{descriptor}").readlink())))
        real, seen = Path.rename, list[str]()

        def rename(path: Path, target: Path) -> Path:
            new = {one for one in tmp_path.rglob("*") if one not in there}
            changed = {tmp_path / "private/people.jsonl", tmp_path / "private/000000000.jsonl"}
            assert {str(one) for one in new | changed | {one.parent for one in new - {path}}} <= synced
            seen.append(target.name)
            return real(path, target)

        monkeypatch.setattr(Path, "rename", rename)
        ledger.append([*events(before + 1, before + 20), event(actor="ben")])
        assert seen == ["checkpoint"]
        assert str(tmp_path / "ledger") in synced


def test_a_torn_tail_of_any_kind_is_repaired(tmp_path: Path) -> None:
    """What a power cut may leave of files that were not yet synced: nothing, a part, or another content."""
    with writer(tmp_path) as ledger:
        ledger.append(events(0, 300))
    kept = tmp_path / "kept"
    shutil.copytree(tmp_path / "ledger", kept)
    with writer(tmp_path) as ledger:
        ledger.append(events(300, 900))
    (tmp_path / "ledger/checkpoint").write_bytes((kept / "checkpoint").read_bytes())
    for path in kept.rglob("*.p/*"):
        again = tmp_path / "ledger" / path.relative_to(kept)
        again.parent.mkdir(parents=True, exist_ok=True)
        again.write_bytes(path.read_bytes())
    chance = random.Random(1)
    for path in sorted((tmp_path / "ledger/tile").rglob("*")):
        if path.is_file() and not (kept / path.relative_to(tmp_path / "ledger")).exists():
            path.write_bytes(chance.randbytes(chance.choice([0, 1, 31, 8192])))
    for stranger in ("tile/.hidden", "tile/0/notes.txt", "tile/0/000.p/old"):
        (tmp_path / "ledger" / stranger).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ledger" / stranger).write_text("not ours", encoding="utf-8")
    with (tmp_path / "private/000000000.jsonl").open("ab") as private:
        private.write(b'{"entry":900,"opens":[["sal')
    with writer(tmp_path) as ledger:
        assert ledger.size == 300
        ledger.append(events(300, 700))
    assert holds(tmp_path)
    assert all_events(tmp_path) == list(events(0, 700))
    assert (tmp_path / "ledger/tile/0/notes.txt").exists()


def test_an_earlier_checkpoints_tiles_stay_until_full_ones_take_their_place(tmp_path: Path) -> None:
    sizes = (3, 130, 255, 256, 400)
    with writer(tmp_path) as ledger:
        for size in sizes:
            ledger.append(events(ledger.size, size))
            for earlier in (one for one in sizes if one <= size):
                growth = Growth()
                growth.append([leaf_hash(text) for text in LedgerFolder(tmp_path / "ledger").all_entries(earlier)])
                for tile in growth.unfinished():
                    assert LedgerFolder(tmp_path / "ledger").tile(tile.level, tile.index, tile.width) == tile.hashes


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with writer(tmp_path), pytest.raises(DataError, match="another process is writing"):
        writer(tmp_path)
    writer(tmp_path).close()


def test_a_wrong_event_appends_nothing_and_the_ledger_stays_usable(tmp_path: Path) -> None:
    with writer(tmp_path) as ledger:
        for wrong in (event(body={"position": 2**53 + 1}), event(body={"digest": "x" * 70_000})):
            with pytest.raises(DataError, match=r"event 1 .* cannot be written"):
                ledger.append([event(), wrong])
        assert ledger.size == 0
        ledger.append([event()])
    assert holds(tmp_path)


def test_a_caller_that_is_behind_is_told(tmp_path: Path) -> None:
    with writer(tmp_path) as ledger:
        ledger.append(events(0, 4))
        with pytest.raises(DataError, match="has 4 entries, not 2"):
            ledger.append(events(2, 4), after=2)


def test_after_a_failed_write_the_ledger_has_to_be_opened_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writer(tmp_path) as ledger:
        ledger.append(events(0, 4))
        with monkeypatch.context() as broken:
            broken.setattr("evenhand.stores.ledger.writer.write_files", _no_space)
            with pytest.raises(OSError, match="no space"):
                ledger.append(events(4, 6))
        with pytest.raises(DoorError, match="failed half-way"):
            ledger.append(events(4, 6))
    with writer(tmp_path) as ledger:
        ledger.append(events(4, 6), after=4)
    assert all_events(tmp_path) == list(events(0, 6))


def _no_space(*_: object, **__: object) -> None:
    raise OSError(28, "no space left on device")


def test_folders_that_are_no_ledger_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger/thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match=r"holds something else: `thesis\.txt`"):
        writer(tmp_path)
    with pytest.raises(DataError, match="inside the folder that is published"):
        LedgerWriter(tmp_path / "public", private=tmp_path / "public/private", signers=[SIGNER])
    with writer(tmp_path / "a") as ledger:
        ledger.append(events(0, 1))
    (tmp_path / "a/ledger/checkpoint").unlink()
    with pytest.raises(DataError, match="lost its checkpoint"):
        writer(tmp_path / "a")


def test_another_key_or_a_changed_tail_is_not_written_to(tmp_path: Path) -> None:
    with writer(tmp_path) as ledger:
        ledger.append(events(0, 5))
    with pytest.raises(DataError, match="not signed with this key"):
        LedgerWriter(tmp_path / "ledger", private=tmp_path / "private", signers=[KeySigner("example.org/ledger", bytes(32))])
    tail = tmp_path / "ledger/tile/entries/000.p/5"
    tail.write_bytes(tail.read_bytes().replace(b"label", b"close"))
    with pytest.raises(DataError, match="do not fit its checkpoint"):
        writer(tmp_path)


def test_erasing_closes_entries_for_good_and_the_ledger_verifies_as_before(tmp_path: Path) -> None:
    with writer(tmp_path) as ledger:
        ledger.append(events(0, 20))
        ledger.append([event(3, actor="ana"), event(3, actor="ana")])
        private = PrivateFolder(tmp_path / "private")
        assert list(private.find("acct-000003")) == [3, 20, 21]
        assert private.erase([3, 20, 99]) == 2
        assert private.forget_person("ana")
        assert not private.forget_person("ana")
        ledger.append(events(20, 25))  # the writer goes on beside it
    assert private.of(3) == private.of(20) == ()
    assert b"ana" not in (tmp_path / "private/people.jsonl").read_bytes()
    assert list(PrivateFolder(tmp_path / "private").find("acct-000003")) == [21]
    third = list(LedgerFolder(tmp_path / "ledger").all_entries(27))[3]
    assert read_entry(third).opened(private.of(3))[0].commitments() == ("body.account_id",)
    assert holds(tmp_path)
    assert len(private.of(26)) == 1


def test_a_person_keeps_one_pseudonym_in_a_campaign_across_writers(tmp_path: Path) -> None:
    for _ in range(2):
        with writer(tmp_path) as ledger:
            ledger.append([event(actor="ana"), event(actor="ben")])
    actors = [read_entry(text).document["actor"] for text in LedgerFolder(tmp_path / "ledger").all_entries(4)]
    assert actors[0] == actors[2] != actors[1] == actors[3]


def test_private_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    with writer(tmp_path) as ledger:
        ledger.append([event(actor="ana")])
    for path in ((tmp_path / "private"), *(tmp_path / "private").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    key = make_key("example.org/ledger", tmp_path / "ledger.key")
    assert stat.S_IMODE((tmp_path / "ledger.key").stat().st_mode) == 0o600
    assert (tmp_path / "ledger.key.pub").read_text(encoding="utf-8") == key.text + "\n"
    assert read_signer(tmp_path / "ledger.key").key == key
    with pytest.raises(ConfigError, match="never written over"):
        make_key("example.org/ledger", tmp_path / "ledger.key")
    with pytest.raises(ConfigError, match="no name for a ledger"):
        make_key("two words", tmp_path / "other.key")


def test_a_key_that_others_can_read_or_that_is_none_is_refused_without_showing_it(tmp_path: Path) -> None:
    path = tmp_path / "ledger.key"
    make_key("example.org/ledger", path)
    text = path.read_text(encoding="utf-8").strip()
    path.chmod(0o640)
    with pytest.raises(DataError, match="can be read by others"):
        read_signer(path)
    path.chmod(0o600)
    secret = text.rpartition("+")[2]
    for wrong in (text[:-9], text.replace("PRIVATE+", ""), text.replace("example.org", "example.com"), "", text + "é"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(DataError, match="not the private key") as raised:
            read_signer(path)
        assert secret[:12] not in str(raised.value)
    with pytest.raises(DataError, match="no such key"):
        read_signer(tmp_path / "nowhere")
