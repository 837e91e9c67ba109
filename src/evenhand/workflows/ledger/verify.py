"""Verify a published ledger as an outsider: from its folder, a public key and, if kept, an earlier checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evenhand.errors import DataError, Problem
from evenhand.ledger.checkpoint import Checkpoint, Note, VerifierKey, read_key
from evenhand.ledger.entry_forms import EntryForms
from evenhand.ledger.proofs import TreeHashes, consistency_holds, consistency_proof
from evenhand.ledger.tiles import bundle_path, tile_path
from evenhand.ledger.tree import TILE_WIDTH, Growth, Tile, leaf_hash, split
from evenhand.stores.ledger.folder import (
    CHECKPOINT,
    KEY,
    LedgerFolder,
    checkpoint_in,
    read_checkpoint_file,
    read_key_file,
)
from evenhand.stores.ledger.keys import check_signature

BUNDLES_BETWEEN_REPORTS = 16

Report = Callable[[int, int], None]
"""Is told how many entries are verified, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was checked: what was asked, whether it holds, and what was seen."""

    name: str
    """In JSON: `signature`, `hashes`, `root`, `form`, `since`, `inclusion`, `disclosures`."""
    holds: bool
    said: str
    """One sentence."""
    wrong: tuple[str, ...] = ()
    """The first things that do not hold, each with its place."""
    n_wrong: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What holds of a published ledger, and what does not."""

    folder: Path
    checkpoint: Checkpoint
    key: VerifierKey
    key_is_theirs: bool
    """The key was read from the folder itself: then the signature shows that the folder is whole, not who made it."""
    n_other_signatures: int
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        """True when all of it does."""
        return all(check.holds for check in self.checks)


@dataclass(slots=True)
class _Wrong:
    """Collects what does not hold, and keeps the first of it."""

    most: int = 10
    n: int = 0
    first: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        self.n += 1
        if len(self.first) < self.most:
            self.first.append(text)

    def check(self, name: str, *, good: str, bad: str) -> Check:
        return Check(name=name, holds=not self.n, said=bad if self.n else good, wrong=tuple(self.first), n_wrong=self.n)


def verify_ledger(folder: Path, *, key: str | None = None, since: Path | None = None,
                  progress: Report | None = None) -> Verification:
    """What holds of the ledger published in `folder`: signature, every hash, every entry's form, and nothing rewritten.

    `key` is a public key or the file of one; without it the one in the folder is used, and the result says so.
    `since` is a checkpoint kept from earlier. One bundle of entries is in memory at a time.

    Raises:
        DataError: there is no ledger in the folder, no key to check it with, or what was handed over cannot be read.
        ConfigError: the package that checks signatures is not installed.
    """
    opened = open_published(folder, key=key)
    checks = [opened.signature, *_every_entry(opened, progress or (lambda _done, _total: None))]
    if since is not None:
        checks.append(_since(opened, since))
    return opened.verification(checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A ledger's folder with its checkpoint read and its signature checked."""

    ledger: LedgerFolder
    note: Note
    checkpoint: Checkpoint
    key: VerifierKey
    key_is_theirs: bool
    signature: Check

    def verification(self, checks: list[Check]) -> Verification:
        """The result."""
        others = {(one.name, one.key_id) for one in self.note.signatures} - {(self.key.name, self.key.key_id)}
        return Verification(folder=self.ledger.folder, checkpoint=self.checkpoint, key=self.key, checks=tuple(checks),
                            key_is_theirs=self.key_is_theirs, n_other_signatures=len(others))


def open_published(folder: Path, *, key: str | None) -> Opened:
    """The ledger in a folder, and whether its checkpoint is signed with the key."""
    ledger = LedgerFolder(folder)
    note = ledger.note()
    checkpoint = checkpoint_in(note, folder / CHECKPOINT)
    trusted = _key(key) if key is not None else ledger.key()
    if trusted is None:
        raise DataError(Problem(what=f"there is no `{KEY}` in `{folder}`, and no key was given", file=str(folder),
                                hint="ask the publisher for the public key, and give it with `--key`"))
    is_signed = note.signed_by(trusted, check_signature)
    names = ", ".join(f"`{one.name}`" for one in note.signatures)
    signature = Check(
        name="signature", holds=is_signed, n_wrong=int(not is_signed),
        said=f"the checkpoint is signed with the key of `{trusted.name}`" if is_signed else
             f"the checkpoint is not signed with the key of `{trusted.name}` ({trusted.key_id.hex()}); it names {names}")
    return Opened(ledger=ledger, note=note, checkpoint=checkpoint, key=trusted, key_is_theirs=key is None, signature=signature)


def _key(given: str) -> VerifierKey:
    path = Path(given)
    if path.exists() or "+" not in given:
        return read_key_file(path)
    try:
        return read_key(given)
    except ValueError as error:
        raise DataError(Problem(what=str(error),
                                hint="give the whole line `name+id+base64`, or the file that holds it")) from error


def _every_entry(opened: Opened, progress: Report) -> list[Check]:
    """The entries read once from first to last: their form, the tiles they hash to, and the root of it all."""
    size, ledger = opened.checkpoint.size, opened.ledger
    hashes, form, forms, growth, n_read = _Wrong(), _Wrong(), EntryForms(), Growth(), 0
    for start in range(0, size, TILE_WIDTH):
        index, width = start // TILE_WIDTH, min(TILE_WIDTH, size - start)
        entries = _entries(ledger, index, width, hashes=hashes)
        _judge(entries or (), start, forms, form)
        n_read += len(entries or ())
        leaves = [leaf_hash(text) for text in entries] if entries else _hashes(ledger, index, width)
        if leaves is None:
            hashes.add(f"nothing can be said of entry {start:,} and all after it")
            break
        for tile in growth.append(leaves):
            _compare(ledger, tile, hashes)
        if index % BUNDLES_BETWEEN_REPORTS == 0:
            progress(start + width, size)
    for tile in growth.unfinished():
        _compare(ledger, tile, hashes)
    if n_read < size:
        form.add(f"{size - n_read:,} entries could not be read")
    is_root = growth.size == size and growth.root() == opened.checkpoint.root
    return [
        hashes.check("hashes", good=f"all {size:,} entries are there and hash to the tiles",
                     bad="not all entries are there and hash to the tiles"),
        Check(name="root", holds=is_root, n_wrong=int(not is_root),
              said="the entries give the root that the checkpoint states" if is_root else
                   "the entries do not give the root that the checkpoint states"),
        form.check("form", good="every entry has the form of an entry", bad="some entries are missing or have another form"),
    ]


def _entries(ledger: LedgerFolder, index: int, width: int, *, hashes: _Wrong) -> list[bytes] | None:
    """The entries of a bundle; None where it is gone or damaged."""
    try:
        return ledger.entries(index, width)
    except DataError as error:
        hashes.add(f"{bundle_path(index, width)}: {error.problems[0].what}")
        return None


def _judge(entries: Sequence[bytes], start: int, forms: EntryForms, form: _Wrong) -> None:
    """Note the entries that do not have the form of one; the first has the number `start`."""
    for number, text in enumerate(entries, start=start):
        try:
            forms.refuse_other(text)
        except ValueError as error:
            form.add(f"entry {number:,}: {error}")


def _hashes(ledger: LedgerFolder, index: int, width: int) -> list[bytes] | None:
    """The hashes of entries that are gone, so that the rest can be checked; None where they are gone as well."""
    try:
        return split(ledger.tile(0, index, width))
    except DataError:
        return None


def _compare(ledger: LedgerFolder, tile: Tile, hashes: _Wrong) -> None:
    """Hold a tile that the entries give against the one in the folder."""
    name = tile_path(tile.level, tile.index, tile.width)
    try:
        theirs = ledger.tile(tile.level, tile.index, tile.width)
    except DataError as error:
        hashes.add(f"{name}: {error.problems[0].what}")
        return
    if theirs != tile.hashes:
        place = next(place for place, (a, b) in enumerate(zip(split(theirs), split(tile.hashes), strict=True)) if a != b)
        first = (tile.index * TILE_WIDTH + place) * TILE_WIDTH ** tile.level
        what = f"entry {first:,} does" if tile.level == 0 else f"the entries from {first:,} on do"
        hashes.add(f"{name}: {what} not hash to it")


def _since(opened: Opened, since: Path) -> Check:
    """Whether the ledger still begins with what an earlier checkpoint stated."""
    note, old = read_checkpoint_file(since)
    new = opened.checkpoint

    def no(said: str) -> Check:
        return Check(name="since", holds=False, said=said, n_wrong=1)

    if not note.signed_by(opened.key, check_signature):
        return no(f"the earlier checkpoint is not signed with the key of `{opened.key.name}`")
    if old.origin != new.origin:
        return no(f"the earlier checkpoint is of another ledger, `{old.origin}`")
    if old.size > new.size:
        return no(f"the ledger had {old.size:,} entries before and has {new.size:,} now: entries were taken away")
    try:
        proof = consistency_proof(TreeHashes(new.size, opened.ledger.tile), old.size)
    except DataError as error:
        return no(f"it cannot be shown that nothing was rewritten: {error.problems[0].what}")
    if not consistency_holds(old_size=old.size, old_root=old.root, size=new.size, root=new.root, proof=proof):
        return no(f"the first {old.size:,} entries are not those that the earlier checkpoint stated: the ledger was rewritten")
    return Check(name="since", holds=True, said=f"the first {old.size:,} entries are those of the earlier checkpoint, and "
                                               f"{new.size - old.size:,} were appended since")
