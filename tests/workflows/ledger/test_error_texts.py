"""What keeping and verifying a ledger say of a file or a number that does not fit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from error_texts import command, error_texts
from sample_ledger import events

from evenhand.ledger.checkpoint import VerifierKey
from evenhand.stores.ledger.folder import CHECKPOINT, KEY
from evenhand.stores.ledger.keys import KeySigner
from evenhand.stores.ledger.writer import LedgerWriter

Golden = Callable[[str, str], None]
SIGNER = KeySigner("example.org/ledger", bytes(range(32)))
EVENT: dict[str, Any] = {"campaign_id": "spring", "kind": "effect_imposed", "at": "2026-11-01T08:00:00+00:00",
                         "actor": "evenhand", "body": {}}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the commands run, with a ledger of three entries, and what opens it, in it."""
    monkeypatch.chdir(tmp_path)
    with LedgerWriter(Path("ledger"), private=Path("private"), signers=[SIGNER]) as writer:
        writer.append(events(0, 3))
    return tmp_path


def test_events_that_cannot_be_appended_or_opened(place: Path, golden: Golden) -> None:
    wrong = [EVENT | {"kind": "wished_for"}, EVENT | {"at": "yesterday"}, EVENT | {"at": "2026-11-01T08:00:00"},
             EVENT | {"actor": 7}, EVENT | {"actor": ""}, {"campaign_id": "spring"}]
    Path("wrong.jsonl").write_text("{\n" + "".join(json.dumps(one) + "\n" for one in wrong), encoding="utf-8")
    Path("latin.jsonl").write_bytes("é".encode("latin-1"))
    Path("right.jsonl").write_text(json.dumps(EVENT) + "\n", encoding="utf-8")
    Path("notes.txt").write_text("my notes\n", encoding="utf-8")
    into = ("--into", "ledger", "--private", "private")
    golden("errors/ledger/keeping.txt", error_texts({
        "lines that are no events": command("ledger", "append", "wrong.jsonl", *into),
        "a file in another encoding": command("ledger", "append", "latin.jsonl", *into),
        "no key to sign with": command("ledger", "append", "right.jsonl", *into),
        "a name that is none": command("ledger", "keygen", "my ledger", "--into", "new.key"),
        "an entry that nothing opens": command("ledger", "disclose", "9", "--private", "private"),
        "a place that an entry does not have": command(
            "ledger", "disclose", "0", "--private", "private", "--place", "body.bio"),
        "no private folder": command("ledger", "erase", "--private", "typo", "--entry", "0"),
    }))


def test_ledgers_that_cannot_be_verified(place: Path, golden: Golden) -> None:
    for name in ("keyless", "torn"):
        shutil.copytree("ledger", name)
    note = Path("ledger", CHECKPOINT).read_text(encoding="utf-8")
    text, signature = note.split("\n\n")
    for name, content in {"unsigned": f"{text}\n\nmy signature\n", "longer": f"{text}\n\n{signature * 99}",
                          "letter": f"Dear reader\n\n{signature}"}.items():
        Path(name).write_text(content, encoding="utf-8")
    other = VerifierKey(name="example.org/ledger", algorithm=2, public_key=SIGNER.key.public_key).text
    Path("keyless", KEY).unlink()
    Path("torn", CHECKPOINT).write_text("example.org/ledger\n3\n", encoding="utf-8")
    Path("kept").write_text("example.org/ledger\n", encoding="utf-8")
    Path("notes.txt").write_text("my notes\n", encoding="utf-8")
    golden("errors/ledger/verifying.txt", error_texts({
        "no ledger": command("verify", "."),
        "no public key": command("verify", "keyless"),
        "a public key that was cut off": command("verify", "ledger", "--key", "example.org/ledger+1f+AbC"),
        "a public key that was changed": command("verify", "ledger", "--key", SIGNER.key.text.replace("ledger+", "ledgers+")),
        "a public key of another kind": command("verify", "ledger", "--key", other),
        "no such public key": command("verify", "ledger", "--key", "typo.pub"),
        "a checkpoint that was cut off": command("verify", "torn"),
        "an earlier checkpoint that was cut off": command("verify", "ledger", "--since", "kept"),
        "an earlier checkpoint without a signature": command("verify", "ledger", "--since", "unsigned"),
        "an earlier checkpoint with too many": command("verify", "ledger", "--since", "longer"),
        "a letter for an earlier checkpoint": command("verify", "ledger", "--since", "letter"),
        "an entry beyond the last": command("verify", "ledger", "--entry", "3"),
        "disclosures that are none": command("verify", "ledger", "--entry", "0", "--disclosures", "notes.txt"),
    }))
