"""Checkpoints and notes as the C2SP specifications and Go's implementation write them."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_ledger import ROOTS

from evenhand.ledger.checkpoint import Checkpoint, read_checkpoint, read_key, read_note, signed
from evenhand.stores.ledger.keys import KeySigner, check_signature

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (f"{GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6R"
           "yyBwJnAM=\n")
"""The key pair and note of the documentation of golang.org/x/mod/sumdb/note."""
CHECKPOINT = Checkpoint(origin="example.org/ledger", size=8, root=ROOTS[7])
SIGNER = KeySigner("example.org/ledger", bytes(range(32)))
NOTE = signed(CHECKPOINT, [SIGNER])


def test_the_note_of_another_implementation_verifies() -> None:
    note = read_note(GO_NOTE)
    assert note.text == GO_TEXT
    assert note.signed_by(read_key(GO_KEY), check_signature)


def test_our_signature_is_that_of_another_implementation_byte_for_byte() -> None:
    signer = KeySigner("PeterNeumann", GO_SEED)
    assert signer.key.text == GO_KEY
    assert read_note(GO_NOTE).signatures[0].signature == signer.sign(GO_TEXT.encode())


def test_the_example_of_the_checkpoint_specification_is_read() -> None:
    note = read_note("example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
                     "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo"
                     "+zyWE+xeMcTOAYQ8=\n")
    checkpoint = read_checkpoint(note)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == note.text


def test_a_checkpoint_is_read_as_it_was_written_and_is_signed_by_its_key_alone() -> None:
    note = read_note(NOTE)
    assert read_checkpoint(note) == CHECKPOINT
    assert note.signed_by(SIGNER.key, check_signature)
    assert not note.signed_by(KeySigner("example.org/ledger", bytes(32)).key, check_signature)
    assert not note.signed_by(read_key(GO_KEY), check_signature)


def test_signatures_of_unknown_keys_are_ignored_and_a_wrong_one_of_a_known_key_is_not() -> None:
    witness = KeySigner("witness.example", bytes(32))
    note = read_note(signed(CHECKPOINT, [SIGNER, witness]))
    assert note.signed_by(SIGNER.key, check_signature)
    assert note.signed_by(witness.key, check_signature)
    forged = NOTE + NOTE.splitlines(keepends=True)[-1].replace(
        NOTE.splitlines()[-1][-20:-10], base64.b64encode(bytes(8)).decode()[:10])
    assert not read_note(forged).signed_by(SIGNER.key, check_signature)


@settings(max_examples=60)
@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(0, 7))
def test_a_changed_bit_is_never_a_signed_checkpoint(place: int, bit: int) -> None:
    changed = bytearray(NOTE.encode())
    changed[place] ^= 1 << bit
    try:
        note = read_note(changed.decode())
        read_checkpoint(note)
    except ValueError:
        return
    assert not note.signed_by(SIGNER.key, check_signature)


@pytest.mark.parametrize("text", [
    "", "a\n1\nx\n", "a\n1\n\n", NOTE[:-1], NOTE.replace("\n\n", "\n"), NOTE.replace("— ", "- "), NOTE.replace("8", "\t8"),
    NOTE + "— a\n", NOTE + "— a b+ AAAAAAA=\n", NOTE + "— a AAAA\n", NOTE + 70 * NOTE.splitlines(keepends=True)[-1]])
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_note(text)


@pytest.mark.parametrize("text", ["a\n08\nROOT\n", "a\n-1\nROOT\n", "a\n٣\nROOT\n", "a\n1\nAAAA\n", "a\n1\n", "\n1\nROOT\n",
                                  "a\n1\nROOT\n\nx\n"])
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    root = base64.b64encode(ROOTS[0]).decode()
    with pytest.raises(ValueError, match="not a checkpoint"):
        read_checkpoint(read_note(text.replace("ROOT", root) + "\n" + NOTE.splitlines(keepends=True)[-1]))


@pytest.mark.parametrize("start", range(0, len(GO_KEY), 7))
def test_a_key_that_was_cut_or_changed_is_refused(start: int) -> None:
    for text in (GO_KEY[start + 1:], GO_KEY[:start], GO_KEY[:start] + "_" + GO_KEY[start + 1:]):
        with pytest.raises(ValueError, match=r"."):
            read_key(text)


def test_a_key_of_another_kind_is_refused() -> None:
    cosigner = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    with pytest.raises(ValueError, match="Ed25519"):
        read_key(cosigner)


def test_a_signer_does_not_show_its_key() -> None:
    assert base64.b64encode(bytes(range(32))).decode()[:20] not in repr(SIGNER)
