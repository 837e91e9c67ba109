"""Verify that one entry is in a published ledger, with the few tiles its proof needs, and open what its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evenhand.errors import ConfigError, DataError, Problem
from evenhand.ledger.entry import read_disclosure
from evenhand.ledger.proofs import TreeHashes, inclusion_holds, inclusion_proof
from evenhand.ledger.published_entry import PublishedEntry, read_entry
from evenhand.ledger.tlog_proof import tlog_proof
from evenhand.ledger.tree import TILE_WIDTH, leaf_hash
from evenhand.stores.ledger.folder import CHECKPOINT
from evenhand.workflows.ledger.verify import Check, Opened, Verification, open_published


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVerification:
    """One entry of a ledger, and what holds of it."""

    index: int
    verification: Verification
    entry: PublishedEntry | None
    """The entry, opened as far as the disclosures go; None where it cannot be read."""
    proof: tuple[bytes, ...]
    n_tiles: int
    """Tiles that were read for the proof."""
    proof_text: str
    """The proof as a file that can be checked without the ledger (C2SP tlog-proof)."""


def verify_entry(folder: Path, index: int, *, key: str | None = None, disclosures: Path | None = None) -> EntryVerification:
    """Whether entry `index` (the first is 0) is in the ledger that the checkpoint speaks of, and what it says.

    `disclosures` is a file with one disclosure a line, as `evenhand ledger disclose` writes it.

    Raises:
        DataError: there is no ledger, no such entry, or what the proof needs is missing or cannot be read.
        ConfigError: the ledger has no such entry, or the package that checks signatures is not installed.
    """
    opened = open_published(folder, key=key)
    size = opened.checkpoint.size
    if not 0 <= index < size:
        raise ConfigError(Problem(what=f"the ledger has no entry {index:,}", file=str(folder),
                                  hint=f"entries are counted from 0; the last is {size - 1:,}" if size else "it is empty"))
    hashes = TreeHashes(size, opened.ledger.tile)
    proof = inclusion_proof(hashes, index)
    bundle, place = divmod(index, TILE_WIDTH)
    text = opened.ledger.entries(bundle, min(TILE_WIDTH, size - bundle * TILE_WIDTH))[place]
    is_in = inclusion_holds(leaf_hash(text), index=index, size=size, proof=proof, root=opened.checkpoint.root)
    checks = [opened.signature, Check(
        name="inclusion", holds=is_in, n_wrong=int(not is_in),
        said=f"entry {index:,} is in the ledger of {size:,} entries" if is_in else
             f"entry {index:,} is not in the ledger that the checkpoint states")]
    entry = _read(text, checks)
    if entry is not None and disclosures is not None:
        entry = _open(entry, disclosures, checks)
    return EntryVerification(index=index, verification=opened.verification(checks), entry=entry, proof=proof,
                             n_tiles=hashes.n_tiles_read, proof_text=tlog_proof(index, proof, _checkpoint_text(opened)))


def _read(text: bytes, checks: list[Check]) -> PublishedEntry | None:
    try:
        entry = read_entry(text)
    except ValueError as error:
        checks.append(Check(name="form", holds=False, said=f"it does not have the form of an entry: {error}", n_wrong=1))
        return None
    checks.append(Check(name="form", holds=True, said="it has the form of an entry"))
    return entry


def _open(entry: PublishedEntry, file: Path, checks: list[Check]) -> PublishedEntry:
    opened, unused = entry.opened([read_disclosure(line) for line in _lines(file)])
    wrong: Sequence[str] = [f"`{one.place}` = {one.value!r}" for one in unused]
    checks.append(Check(
        name="disclosures", holds=not unused, wrong=tuple(wrong), n_wrong=len(wrong),
        said="the disclosures do not belong to this entry, or were changed" if unused else
             "every disclosure opens what the entry had committed to"))
    return opened


def _lines(file: Path) -> list[str]:
    try:
        lines = file.read_text(encoding="utf-8").split()
        for line in lines:
            read_disclosure(line)
    except (OSError, ValueError) as error:
        raise DataError(Problem(what="the disclosures cannot be read", file=str(file),
                                hint="one disclosure a line, as `evenhand ledger disclose` writes it")) from error
    return lines


def _checkpoint_text(opened: Opened) -> str:
    return (opened.ledger.folder / CHECKPOINT).read_text(encoding="utf-8")
