"""What the campaign's database, the seal on evidence, and a ledger's folder say when they cannot be used."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from error_texts import command, error_texts
from sample_events import event as step
from sample_ledger import event, events
from sqlalchemy import text

from evenhand.errors import EvenhandError
from evenhand.model.campaigns.event import EventKind
from evenhand.stores.database import Database, back_up, open_database, opened_engine
from evenhand.stores.events import EventTable
from evenhand.stores.ledger.folder import CHECKPOINT, LedgerFolder, read_checkpoint_file, read_key_file
from evenhand.stores.ledger.keys import KeySigner, make_key, read_signer
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.stores.migrating import migrate
from evenhand.stores.reporting.campaign_records import campaign_record
from evenhand.stores.seal import Seal
from evenhand.workflows.effects.opening import open_state

Golden = Callable[[str, str], None]
SIGNER = KeySigner("example.org/ledger", bytes(range(32)))
OTHER = KeySigner("example.org/other", bytes(range(1, 33)))
PRESENT = "a database of this version"


def test_databases_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("here.db", "damaged.db", "changed.db"):
        open_database(name).close()
    Path("notes.db").write_text("this is a text and no database, and long enough to be seen to be none\n" * 9, encoding="utf-8")
    old = opened_engine("old.db")
    migrate(old, "0001")
    old.dispose()
    damaged, changed = open_database("damaged.db"), open_database("changed.db")
    with damaged.write() as connection:
        connection.execute(text("drop table events"))
    table = EventTable(changed)
    table.append([step(EventKind.EFFECT_IMPOSED, "evenhand")])
    with changed.write() as connection:
        connection.execute(text("drop trigger events_not_updated"))
        connection.execute(text("update events set body = '{'"))
    golden("errors/stores/database.txt", error_texts({
        "no database": command("status", "--state", "typo.db"),
        "a file that is no database": command("status", "--state", "notes.db"),
        "a database in which nothing is": lambda: open_database(_emptied("empty.db"), create=False),
        "an older schema": command("status", "--state", "old.db"),
        "a folder that is not there": lambda: open_database("nowhere/campaign.db"),
        "an address that is none": command("campaign", "draft", "autumn", "--by", "ana", "--state", "oracle://campaigns"),
        "an address that cannot be read": command("campaign", "draft", "autumn", "--by", "ana", "--state", "postgresql://ana:secret@host:port/d"),
        "a table that is gone": lambda: EventTable(damaged).counts("autumn"),
        "an event that was changed": lambda: campaign_record(changed, "autumn"),
        "events that somebody else was faster with": lambda: table.append([step(EventKind.EFFECT_IMPOSED, "evenhand")],
                                                                          expecting=0),
        "a copy of PostgreSQL": lambda: back_up(Database(opened_engine("postgresql:///evenhand")), Path("copy.db")),
        "a copy where no folder is": command("state", "backup", "nowhere/copy.db", "--state", "here.db"),
        "a copy over something": command("state", "backup", "old.db", "--state", "here.db"),
        "a copy put back over something": command("state", "restore", "here.db", "--state", "old.db"),
        "a copy put back into PostgreSQL": command("state", "restore", "here.db", "--state", "postgresql:///evenhand"),
    }, hide={str(tmp_path): ""}))
    damaged.close()
    changed.close()


def _emptied(name: str) -> str:
    Path(name).write_bytes(b"")
    return name


def test_what_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "evenhand.stores.database")
        patch.setitem(sys.modules, "sqlalchemy", None)
        campaigns = _said(lambda: open_state(tmp_path / "campaign.db"))
    for name in ("psycopg", "cryptography.hazmat.primitives.asymmetric.ed25519"):
        monkeypatch.setitem(sys.modules, name, None)
    golden("errors/stores/not_installed.txt", error_texts({
        "the extra for campaigns": campaigns,
        "the driver of PostgreSQL": lambda: opened_engine("postgresql:///evenhand"),
        "the package that signs": lambda: KeySigner("example.org/ledger", bytes(32)),
    }))


def _said(make: Callable[[], object]) -> Callable[[], object]:
    """The error of something that was done before, to be raised again."""
    try:
        make()
    except EvenhandError as error:
        caught = error
    else:
        raise AssertionError("it worked")

    def again() -> object:
        raise caught

    return again


def test_keys_and_evidence_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    seal, key = Seal(b"k" * 32), Path("ledger.key")
    sealed = seal.closed(b"{}", label="k1")
    make_key("example.org/ledger", key)
    whole = key.read_bytes()
    for name, content in (("open.key", whole), ("torn.key", whole[:40]), ("torn.pub", b"example.org/x+1")):
        Path(name).write_bytes(content)
        Path(name).chmod(0o644 if name == "open.key" else 0o600)
    golden("errors/stores/keys.txt", error_texts({
        "a key for evidence that is too short": lambda: Seal(b"k"),
        "a key for evidence that is no base64": lambda: Seal.from_text("my secret!"),
        "evidence under another label": lambda: seal.opened(sealed, label="k2"),
        "no key for evidence": lambda: open_state("campaign.db").evidence,
        "a key over another": lambda: make_key("example.org/ledger", key),
        "a ledger's name that is none": lambda: make_key("my ledger", Path("new.key")),
        "no such private key": lambda: read_signer(Path("typo.key")),
        "a private key for everybody": lambda: read_signer(Path("open.key")),
        "a private key that was cut off": lambda: read_signer(Path("torn.key")),
        "no such public key": lambda: read_key_file(Path("typo.pub")),
        "a public key that was cut off": lambda: read_key_file(Path("torn.pub")),
    }))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger of 300 entries and what opens it."""
    place = tmp_path_factory.mktemp("ledger")
    with LedgerWriter(place / "ledger", private=place / "private", signers=[SIGNER]) as writer:
        writer.append(events(0, 300))
    return place


def test_ledgers_that_cannot_be_added_to(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    def damaged(name: str, change: Callable[[Path], object]) -> Path:
        shutil.copytree(ledger, name)
        change(Path(name, "ledger"))
        return Path(name)

    def opened(place: Path, signer: KeySigner = SIGNER) -> LedgerWriter:
        return LedgerWriter(place / "ledger", private=place / "private", signers=[signer])

    whole = damaged("whole", lambda _: None)
    foreign = damaged("foreign", lambda folder: (folder / "notes.txt").write_text("", encoding="utf-8"))
    lost = damaged("lost", lambda folder: (folder / CHECKPOINT).unlink())
    turned = damaged("turned", lambda folder: _turned(folder / "tile/0/001.p/44"))
    Path("file").mkdir()
    Path("file/ledger").write_text("", encoding="utf-8")
    with opened(damaged("used", lambda _: None)) as used, opened(Path("broken")) as broken:
        Path("broken/ledger/tile").write_text("", encoding="utf-8")
        with suppress(OSError):
            broken.append(events(0, 1))
        golden("errors/stores/appending.txt", error_texts({
            "what is private among what is public": lambda: LedgerWriter(
                Path("new"), private=Path("new/private"), signers=[SIGNER]),
            "a file for a folder": lambda: opened(Path("file")),
            "a folder with something else": lambda: opened(foreign),
            "a ledger without its checkpoint": lambda: opened(lost),
            "a tile that was changed": lambda: opened(turned),
            "another ledger's key": lambda: opened(whole, OTHER),
            "two at once": lambda: opened(Path("used")),
            "another size than was thought": lambda: used.append(events(300, 301), after=299),
            "an event that is no entry": lambda: used.append([event(1), event(2, body={"policy": "a" * 70_000})]),
            "after an append that failed": lambda: broken.append(events(0, 1)),
        }))


def _turned(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_ledgers_that_cannot_be_read(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Golden) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ledger / "ledger", "ledger")
    Path("empty").mkdir()
    folder = LedgerFolder(Path("ledger"))
    Path("ledger/tile/0/000").write_bytes(b"short")
    Path("ledger/tile/0/001.p/44").unlink()
    bundle = Path("ledger/tile/entries/000")
    bundle.write_bytes(bundle.read_bytes()[:-9])
    Path("ledger/tile/entries/001.p/44").write_bytes(b"")
    kept = Path("kept")
    kept.write_text("example.org/ledger\n300\n", encoding="utf-8")
    golden("errors/stores/reading.txt", error_texts({
        "no ledger": lambda: LedgerFolder(Path("empty")).note(),
        "no such checkpoint": lambda: read_checkpoint_file(Path("typo")),
        "a checkpoint that was cut off": lambda: read_checkpoint_file(kept),
        "a tile that was cut off": lambda: folder.tile(0, 0, 256),
        "a tile that is gone": lambda: folder.tile(0, 1, 44),
        "entries that were cut off": lambda: folder.entries(0, 256),
        "fewer entries than there were": lambda: folder.entries(1, 44),
    }))
