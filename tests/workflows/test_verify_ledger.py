"""What an outsider is told of a published ledger: everything that holds, and every kind of thing that does not."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from sample_ledger import event, events

from evenhand.cli.main import evenhand
from evenhand.cli.views.screen import Screen, View
from evenhand.cli.views.verify import EntryVerificationView, VerificationView
from evenhand.errors import ConfigError, DataError, ExitCode
from evenhand.ledger.canonical import canonical
from evenhand.ledger.checkpoint import Checkpoint, signed
from evenhand.ledger.tiles import bundle, bundle_path, entries_in, tile_path
from evenhand.ledger.tree import Growth, leaf_hash
from evenhand.stores.ledger.folder import LedgerFolder
from evenhand.stores.ledger.keys import KeySigner
from evenhand.stores.ledger.writer import LedgerWriter
from evenhand.workflows.ledger.keep import append_events, disclose, erase, make_ledger_key
from evenhand.workflows.ledger.verify import Verification, verify_ledger
from evenhand.workflows.ledger.verify_entry import verify_entry

SIGNER = KeySigner("example.org/ledger", bytes(range(32)))
KEY = SIGNER.key.text
SIZE = 600


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with a ledger, what opens it, and a checkpoint kept from when it had 300 entries."""
    place = tmp_path_factory.mktemp("published")
    with pytest.MonkeyPatch.context() as chance, LedgerWriter(place / "ledger", private=place / "private",
                                                              signers=[SIGNER]) as ledger:
        chance.setattr(os, "urandom", random.Random(1).randbytes)  # what people read below is compared with files
        ledger.append(events(0, 300))
        shutil.copy(place / "ledger/checkpoint", place / "kept")
        ledger.append(events(300, SIZE - 1))
        ledger.append([event(SIZE - 1, actor="ana")])
    return place


@pytest.fixture
def copy(published: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may damage."""
    shutil.copytree(published, tmp_path / "copy")
    return tmp_path / "copy"


def verified(place: Path, *, since: bool = False) -> Verification:
    return verify_ledger(place / "ledger", key=KEY, since=place / "kept" if since else None)


def failing(found: Verification) -> set[str]:
    return {check.name for check in found.checks if not check.holds}


def republished(place: Path, texts: list[bytes]) -> None:
    """Write a ledger anew with the same key, as a publisher could who wants to change the past."""
    ledger, growth = place / "ledger", Growth()
    shutil.rmtree(ledger / "tile")
    full = growth.append([leaf_hash(text) for text in texts])
    files = {tile_path(tile.level, tile.index, tile.width): tile.hashes for tile in (*full, *growth.unfinished())}
    files |= {bundle_path(start // 256, min(256, len(texts) - start)): bundle(texts[start:start + 256])
              for start in range(0, len(texts), 256)}
    for name, content in files.items():
        (ledger / name).parent.mkdir(parents=True, exist_ok=True)
        (ledger / name).write_bytes(content)
    checkpoint = Checkpoint(origin="example.org/ledger", size=len(texts), root=growth.root())
    (ledger / "checkpoint").write_text(signed(checkpoint, [SIGNER]), encoding="utf-8")


def test_a_whole_ledger_holds(published: Path) -> None:
    told: list[tuple[int, int]] = []
    found = verify_ledger(published / "ledger", key=KEY, since=published / "kept", progress=lambda *one: told.append(one))
    assert found.holds
    assert [check.name for check in found.checks] == ["signature", "hashes", "root", "form", "since"]
    assert told
    assert all(n_done <= SIZE == n_total for n_done, n_total in told)


def test_any_changed_byte_of_any_file_is_told(copy: Path) -> None:
    """Every file that the checkpoint rests on, and in it the first byte, the last, and some between."""
    names = {"checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/000",
             "tile/entries/001", "tile/entries/002.p/88"}
    for path in sorted(copy / "ledger" / name for name in names):
        content = path.read_bytes()
        for place in {0, 1, len(content) // 3, len(content) // 2, len(content) - 1}:
            path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1:])
            try:
                assert not verified(copy).holds, f"{path}, byte {place}"
            except DataError:
                assert path.name == "checkpoint"
        path.write_bytes(content)
    assert verified(copy).holds


@pytest.mark.parametrize(("name", "fails", "says"), [
    ("tile/entries/001", {"hashes", "form"}, "is missing"),
    ("tile/0/001", {"hashes"}, "is missing"),
    ("tile/1/000.p/2", {"hashes"}, "is missing"),
    (f"tile/entries/002.p/{SIZE % 256}", {"hashes", "form"}, "is missing")])
def test_a_missing_file_is_told_and_the_rest_is_still_checked(copy: Path, name: str, fails: set[str], says: str) -> None:
    (copy / "ledger" / name).unlink()
    found = verified(copy)
    assert failing(found) == fails
    assert says in found.checks[1].wrong[0]


def test_when_entries_and_their_hashes_are_gone_it_says_where_its_knowledge_ends(copy: Path) -> None:
    for name in ("tile/entries/001", "tile/0/001"):
        (copy / "ledger" / name).unlink()
    found = verified(copy)
    assert failing(found) == {"hashes", "root", "form"}
    assert "nothing can be said of entry 256 and all after it" in found.checks[1].wrong


def test_a_truncated_bundle_is_told(copy: Path) -> None:
    path = copy / "ledger/tile/entries/000"
    path.write_bytes(path.read_bytes()[:-3])
    assert "ends within an entry" in verified(copy).checks[1].wrong[0]


def test_a_publisher_who_rewrites_the_past_is_found_out_by_a_kept_checkpoint(copy: Path) -> None:
    texts = list(LedgerFolder(copy / "ledger").all_entries(SIZE))
    texts[7] = texts[7].replace(b"label", b"close")
    republished(copy, texts)
    assert verified(copy).holds, "with its own key a publisher can sign anything"
    found = verified(copy, since=True)
    assert failing(found) == {"since"}
    assert "the ledger was rewritten" in found.checks[-1].said


def test_a_ledger_that_lost_entries_or_is_another_is_found_out(copy: Path) -> None:
    texts = list(LedgerFolder(copy / "ledger").all_entries(SIZE))
    republished(copy, texts[:299])
    assert "entries were taken away" in verified(copy, since=True).checks[-1].said
    other = Checkpoint(origin="example.org/another", size=3, root=bytes(32))
    (copy / "kept").write_text(signed(other, [SIGNER]), encoding="utf-8")
    assert "of another ledger" in verified(copy, since=True).checks[-1].said
    (copy / "kept").write_text(signed(other, [KeySigner("example.org/ledger", bytes(32))]), encoding="utf-8")
    assert "is not signed with the key" in verified(copy, since=True).checks[-1].said


@pytest.mark.parametrize("wrong", [
    b'{"a": 1}', b"free text", canonical({"actor": "evenhand", "at": "2026-11-01T08:00:00Z", "body": {}, "campaign_id": "c",
                                          "kind": "invented", "version": 1})])
def test_a_signed_entry_without_the_form_of_one_is_told(copy: Path, wrong: bytes) -> None:
    texts = list(LedgerFolder(copy / "ledger").all_entries(SIZE))
    republished(copy, [*texts[:400], wrong, *texts[401:]])
    found = verified(copy)
    assert failing(found) == {"form"}
    assert found.checks[3].wrong[0].startswith("entry 400: it")


def test_another_key_does_not_hold_and_the_key_beside_the_ledger_is_said_to_prove_less(published: Path) -> None:
    other = KeySigner("example.org/ledger", bytes(32)).key.text
    assert failing(verify_ledger(published / "ledger", key=other)) == {"signature"}
    found = verify_ledger(published / "ledger")
    assert found.holds
    assert found.key_is_theirs


@pytest.mark.parametrize("index", [0, 255, 256, 599])
def test_one_entry_is_verified_with_few_tiles_and_opened_for_its_person(published: Path, tmp_path: Path, index: int) -> None:
    found = disclose(index, private=published / "private", places=["body.account_id"])
    (tmp_path / "disclosures").write_text("".join(f"{one.text}\n" for one in found), encoding="utf-8")
    one = verify_entry(published / "ledger", index, key=KEY, disclosures=tmp_path / "disclosures")
    assert one.verification.holds
    assert one.entry is not None
    assert one.entry.body["account_id"] == f"acct-{index:06d}"
    assert one.n_tiles <= 4
    assert one.proof_text.startswith(f"c2sp.org/tlog-proof@v1\nindex {index}\n")
    assert one.proof_text.endswith((published / "ledger/checkpoint").read_text(encoding="utf-8"))


def test_a_changed_entry_and_a_disclosure_of_another_are_told(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "of-8").write_text(disclose(8, private=copy / "private")[0].text, encoding="utf-8")
    one = verify_entry(copy / "ledger", 7, key=KEY, disclosures=tmp_path / "of-8")
    assert failing(one.verification) == {"disclosures"}
    path = copy / "ledger/tile/entries/000"
    texts = list(entries_in(path.read_bytes()))
    path.write_bytes(bundle([*texts[:7], texts[7].replace(b"label", b"close"), *texts[8:]]))
    assert failing(verify_entry(copy / "ledger", 7, key=KEY).verification) == {"inclusion"}


def test_what_is_not_there_is_told_with_the_next_step(published: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no ledger"):
        verify_ledger(tmp_path)
    with pytest.raises(ConfigError, match="no entry 600"):
        verify_entry(published / "ledger", SIZE, key=KEY)
    with pytest.raises(DataError, match="no such key"):
        verify_ledger(published / "ledger", key="nowhere")
    with pytest.raises(DataError, match="does not fit its name"):
        verify_ledger(published / "ledger", key=KEY.replace("ledger+", "lodger+"))
    with pytest.raises(DataError, match="nothing is kept that opens entry 9,999"):
        disclose(9999, private=published / "private")
    with pytest.raises(DataError, match=r"no commitment at `body\.penalty`"):
        disclose(7, private=published / "private", places=["body.penalty"])
    (tmp_path / "text").write_text("Zm9v", encoding="utf-8")
    with pytest.raises(DataError, match="disclosures cannot be read"):
        verify_entry(published / "ledger", 7, key=KEY, disclosures=tmp_path / "text")


def test_erasing_shows_first_and_then_erases(copy: Path) -> None:
    assert erase(private=copy / "private", value="acct-000007").entries == (7,)
    assert disclose(7, private=copy / "private")
    assert erase(private=copy / "private", entries=[7, 9], value="acct-000008", write=True).entries == (7, 8, 9)
    for index in (7, 8, 9):
        with pytest.raises(DataError, match="erased"):
            disclose(index, private=copy / "private")
    assert verified(copy).holds


def test_all_wrong_lines_are_told_at_once_and_nothing_is_appended(tmp_path: Path) -> None:
    right = {"campaign_id": "c", "kind": "drafted", "at": "2026-11-01T08:00:00Z", "actor": "ana", "body": {}}
    lines = [right, {"a": 1}, right | {"kind": "invented"}, right | {"at": "2026-11-01T08:00:00"}, right | {"body": []},
             right | {"at": "soon"}, right | {"actor": ""}]
    (tmp_path / "events.jsonl").write_text("\n".join([*map(json.dumps, lines), "{"]), encoding="utf-8")
    make_ledger_key("example.org/ledger", tmp_path / "key")
    with pytest.raises(DataError) as raised:
        append_events(tmp_path / "events.jsonl", tmp_path / "ledger", private=tmp_path / "private", key=tmp_path / "key")
    assert [problem.line for problem in raised.value.problems] == [2, 3, 4, 5, 6, 7, 8]
    assert not (tmp_path / "ledger").exists()


def test_the_command_ends_with_what_it_found(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy)
    run = CliRunner().invoke(evenhand, ["verify", "ledger", "--key", KEY, "--json"], standalone_mode=False)
    assert run.return_value is None
    (copy / "ledger/tile/0/001").unlink()
    run = CliRunner().invoke(evenhand, ["verify", "ledger", "--key", KEY], standalone_mode=False)
    assert run.return_value == ExitCode.REFUSED
    run = CliRunner().invoke(evenhand, ["verify", "ledger", "--proof-into", "x"], standalone_mode=False)
    assert "`--proof-into` is about one entry" in str(run.exception)


def shown(view: View, *, as_json: bool = False) -> str:
    out = io.StringIO()
    Screen(out=out, err=io.StringIO(), as_json=as_json).show(view)
    return out.getvalue()


def test_what_holds_and_what_does_not_is_read_at_a_glance(
        copy: Path, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    whole = VerificationView(verification=verified(copy, since=True))
    golden("views/verify_holds.txt", shown(whole))
    golden("views/verify_holds.json", shown(whole, as_json=True))
    path = copy / "ledger/tile/entries/001"
    path.write_bytes(path.read_bytes().replace(b"label", b"close"))
    (copy / "ledger/tile/entries/000").unlink()
    (copy / "ledger/tile/0/000").unlink()
    golden("views/verify_fails.txt", shown(VerificationView(verification=verified(copy))))


def test_an_entry_is_shown_with_what_stays_closed(
        published: Path, golden: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    one = EntryVerificationView(one=verify_entry(published / "ledger", SIZE - 1, key=KEY), written=None)
    golden("views/verify_entry.txt", shown(one))
    golden("views/verify_entry.json", shown(one, as_json=True))
