"""What is published of a campaign is the same to the byte, however it is read and put together; a kill loses nothing of it."""

from __future__ import annotations

import base64
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sample_events import UP_TO_APPROVED, event

from evenhand.ledger.checkpoint import ED25519
from evenhand.ledger.published_entry import read_entry
from evenhand.model.campaigns.event import Event, EventKind, Json
from evenhand.stores.ledger import private as private_folder
from evenhand.stores.ledger.folder import LedgerFolder
from evenhand.stores.ledger.keys import PREFIX, KeySigner
from evenhand.stores.ledger.private import PrivateFolder
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.workflows.campaigns import publishing
from evenhand.workflows.campaigns.publishing import LedgerPlace, publish, published_counts
from evenhand.workflows.effects.opening import State, open_state
from evenhand.workflows.ledger import preparing_entries
from evenhand.workflows.ledger.verify import verify_ledger

SEED = bytes(range(32))
START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
NAMES = ("anna", "名前", 'a "quoted" name', "100 %s", "line\nbreak", "𝄞", "back\\slash", "\x7f\u2028")


def events() -> list[Event]:
    """A small campaign of every kind of event: people, effects on posts and accounts, statements, unusual texts."""
    found = [*UP_TO_APPROVED]
    for number in range(400):
        at = START + timedelta(seconds=number // 50, microseconds=number % 2)
        about: dict[str, Json] = {
            "key": sha256(str(number).encode()).hexdigest()[:32], "decision_id": f"{number:024x}",
            "account_id": str(10**18 + number), "post_id": str(number) if number % 3 else None, "penalty": "label",
            "stratum": f"scam/label/{NAMES[number % 8]}", "stage": number % 4}
        told: dict[str, Json] = {"reference": NAMES[number % 8], "read_back": "in_force", "attempts": 1 + number % 2}
        found.append(Event(campaign_id="autumn", kind=EventKind.EFFECT_IMPOSED, at=at, actor="evenhand", body=about | told))
        found.append(Event(campaign_id="autumn", kind=EventKind.STATEMENT_DELIVERED, at=at, actor="evenhand",
                           body=about | {"statement_kind": "reasons"} | told))
        if number % 40 == 0:
            found.append(event(EventKind.APPEAL_DECIDED, NAMES[number // 40 % 8], note=NAMES[number % 8], n_days=2.5,
                               share=0.125))
            found.append(event(EventKind.HALTED, "evenhand", counts={"n_effects": number, "who": ["ana", number, None, True]}))
    return found


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A database with these events."""
    opened = open_state(tmp_path / "campaign.db")
    opened.events.append(events())
    return opened


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LedgerPlace:
    """A ledger whose key and salts are foretold, and that does not wait for the disk."""
    drawn = iter(range(10**9))
    monkeypatch.setattr(private_folder.os, "urandom", lambda n: b"".join(
        sha256(next(drawn).to_bytes(8, "big")).digest()[:16] for _ in range(n // 16)))
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
    key, signer = tmp_path / "key", KeySigner("example.org/ledger", SEED)
    key.write_text(f"{PREFIX}example.org/ledger+{signer.key.key_id.hex()}+"
                   f"{base64.b64encode(bytes([ED25519]) + SEED).decode()}\n", encoding="ascii")
    key.chmod(0o600)
    return LedgerPlace(folder=tmp_path / "ledger", private=tmp_path / "private", key=key)


def test_the_published_folder_is_what_it_was(state: State, place: LedgerPlace, golden: Callable[[str, str], None]) -> None:
    """The golden file was written when every entry was made on its own; ledgers that are published rest on these bytes."""
    with state:
        publish(state, "autumn", place)
    files = sorted(path for folder in (place.folder, place.private) for path in folder.rglob("*")
                   if path.is_file() and path.name != ".lock")
    golden("ledger/published.txt", "".join(
        f"{sha256(path.read_bytes()).hexdigest()} {path.relative_to(place.folder.parent)}\n" for path in files))


def test_batches_make_no_difference_to_what_is_published(
        state: State, place: LedgerPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[int, int]] = []
    with state:
        monkeypatch.setattr(publishing, "BATCH_EVENTS", 100)
        done = publish(state, "autumn", place, progress=lambda n, total: said.append((n, total)))
        assert (done.n_new, done.n_events, done.size) == (len(events()),) * 3
        assert said == [(min(n, len(events())), len(events())) for n in range(100, len(events()) + 100, 100)]
        assert publish(state, "autumn", place).n_new == 0
        assert published_counts(place.folder, "autumn") == state.events.counts("autumn")
        assert published_counts(place.folder, "spring") == {}
    assert verify_ledger(place.folder).holds
    assert published_counts(tmp_path / "nowhere", "autumn") == {}


def test_many_events_are_prepared_by_other_processes_and_those_of_people_here(
        state: State, place: LedgerPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "BATCH_EVENTS", 60)
    monkeypatch.setattr(preparing_entries, "WORTH_A_CREW", 100)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})
    here: list[int] = []
    prepared = LedgerWriter.prepared
    monkeypatch.setattr(LedgerWriter, "prepared", lambda ledger, rows: here.append(len(rows)) or prepared(ledger, rows))
    with state:
        assert publish(state, "autumn", place).n_new == len(events())
        assert published_counts(place.folder, "autumn") == state.events.counts("autumn")
    assert 0 < len(here) < len(events()) // 60
    assert verify_ledger(place.folder).holds
    kept, ledger = PrivateFolder(place.private).between(0, len(events())), LedgerFolder(place.folder)
    opened = [read_entry(text).opened(kept.get(number, ()))[0].event
              for number, text in enumerate(ledger.all_entries(len(events())))]
    assert opened == events()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("fatal", [3, 40, 90])
def test_publishing_goes_on_after_a_kill(
        state: State, place: LedgerPlace, monkeypatch: pytest.MonkeyPatch, fatal: int) -> None:
    """Another process is killed at a file that it writes, while it prepares the next batch; the same command goes on."""
    monkeypatch.setattr(publishing, "BATCH_EVENTS", 64)
    state.database.close()  # connections are not taken along into another process
    child = os.fork()
    if child == 0:
        opened, n_opened = os.open, 0

        def opening(*args: object, **options: object) -> int:
            nonlocal n_opened
            n_opened += 1
            if n_opened == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            return opened(*args, **options)

        os.open = opening
        publish(state, "autumn", place)
        os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    with state:
        assert publish(state, "autumn", place).n_events == len(events())
        assert published_counts(place.folder, "autumn") == state.events.counts("autumn")
    assert verify_ledger(place.folder).holds
