"""Appending to a ledger's folder: one writer at a time, durable when it returns, whole after a kill at any instant.

In this order, each on the disk before the next: the disclosures, the tiles and bundles, the checkpoint. A tile that is full
never changes and one that is begun has its width in its name, so that nothing the old checkpoint speaks of is written over.
What stands beyond the checkpoint was never finished, and is removed by the next writer.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from evenhand.errors import DataError, DoorError, Problem
from evenhand.ledger.checkpoint import Checkpoint, Signer, checked_name, signed
from evenhand.ledger.entries import Entries, entries_of
from evenhand.ledger.entry import entry_of
from evenhand.ledger.tiles import bundle, bundle_path, refuse_longer, tile_path
from evenhand.ledger.tree import TILE_WIDTH, Growth, Tile, edges, leaf_hash
from evenhand.model.campaigns.event import Event
from evenhand.model.campaigns.event_rows import EventRows
from evenhand.stores.ledger.files import replace_file, write_files
from evenhand.stores.ledger.folder import CHECKPOINT, KEY, LedgerFolder, checkpoint_in
from evenhand.stores.ledger.keys import check_signature
from evenhand.stores.ledger.private import PrivateFolder

LOCK = ".lock"
_TILE = re.compile(r"(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[0-9]{1,3}))?")
LARGEST_BATCH = 65_536
"""Events written under one checkpoint; more are split."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is to be appended."""

    entries: Entries
    people: list[bytes]
    """Lines with the salts of people who had none before."""


class LedgerWriter:
    """Appends events to the ledger in `folder`, which is made when it is not there. Used as a context.

    The first signer's key gives the ledger its name. Witnesses' signatures are not kept: a new checkpoint has none yet.

    Raises:
        DataError: the folder holds something else, another ledger, a damaged one, or another writer has it.
    """

    def __init__(self, folder: Path, *, private: Path, signers: Sequence[Signer]) -> None:
        self.folder = folder
        self._signers = tuple(signers)
        self._origin = checked_name(signers[0].key.name)
        refuse_foreign(folder, private)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(folder)
        try:
            self._private = PrivateFolder(private)
            self._tail: list[bytes] = []
            self._growth = self._resume() if (folder / CHECKPOINT).exists() else self._begin()
            self._private.cut(self.size)
        except BaseException:
            os.close(self._lock)
            raise
        self._is_broken = False

    def __enter__(self) -> Self:
        """The writer."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Let the next writer in."""
        self.close()

    def close(self) -> None:
        """Let the next writer in."""
        os.close(self._lock)

    @property
    def size(self) -> int:
        """Entries in the ledger."""
        return self._growth.size

    def append(self, events: Sequence[Event], *, after: int | None = None) -> range:
        """Append events; the numbers of their entries. When this returns they are on the disk, under a signed checkpoint.

        `after` is how many entries the caller believes there are: whoever was stopped between the ledger's answer and
        its own note of it finds out, instead of appending twice.

        Raises:
            DataError: an event cannot be written as an entry, or `after` is not the ledger's size. Nothing is appended.
            DoorError: an earlier append failed; open the ledger again.
        """
        self._refuse(after)
        return self.write(self.prepared(EventRows.of(events)), after=after)

    def prepared(self, rows: EventRows) -> Prepared:
        """The entries of events, to be handed to `write`; nothing is written yet, and another thread may be writing.

        Raises:
            DataError: an event cannot be written as an entry.
        """
        try:
            return self.taken(entries_of(rows, self._private))
        except ValueError as error:
            raise self._wrong(rows) from error

    def taken(self, entries: Entries) -> Prepared:
        """The same of entries that were made elsewhere. Raises `ValueError` when one is too long."""
        refuse_longer(max(entries.texts, key=len, default=b""))
        return Prepared(entries=entries, people=self._private.new_people())

    def write(self, prepared: Prepared, *, after: int | None = None) -> range:
        """Append what was prepared, in the order in which it was; see `append`."""
        self._refuse(after)
        first, entries, people = self.size, prepared.entries, prepared.people
        self._is_broken = True
        for start in range(0, len(entries.texts), LARGEST_BATCH):
            end = start + LARGEST_BATCH
            self._private.add(self.size, entries.opens[start:end], people=people if start == 0 else ())
            self._publish(entries.texts[start:end])
        self._is_broken = False
        return range(first, self.size)

    def _refuse(self, after: int | None) -> None:
        if self._is_broken:
            raise DoorError(Problem(what="an earlier append to the ledger failed half-way", file=str(self.folder),
                                    hint="open the ledger again: what was not finished is removed"))
        if after is not None and after != self.size:
            raise DataError(Problem(what=f"the ledger has {self.size:,} entries, not {after:,}", file=str(self.folder),
                                    hint="leave out the events that are in it already"))

    def _wrong(self, rows: EventRows) -> DataError:
        """The first of some events that cannot be written as an entry, and why."""
        for number in range(len(rows)):
            try:
                refuse_longer(entry_of(rows.event(number), self._private).text)
            except ValueError as error:
                return DataError(Problem(
                    what=f"event {number} (`{rows.kinds[number]}`) cannot be written into the ledger: {error}",
                    hint="nothing was appended; correct the event"))
        raise AssertionError("each of the events can be written on its own, and not all together")

    def _publish(self, texts: Sequence[bytes]) -> None:
        begun = self._growth.unfinished()
        full = self._growth.append([leaf_hash(text) for text in texts])
        tail = self._tail + list(texts)
        n_full = len(tail) - len(tail) % TILE_WIDTH
        start = self.size - len(tail)
        files = [(self.folder / bundle_path((start + place) // TILE_WIDTH), bundle(tail[place:place + TILE_WIDTH]))
                 for place in range(0, n_full, TILE_WIDTH)]
        self._tail = tail[n_full:]
        if self._tail:
            files.append((self.folder / bundle_path(self.size // TILE_WIDTH, len(self._tail)), bundle(self._tail)))
        files += [(self.folder / tile_path(tile.level, tile.index, tile.width), tile.hashes)
                  for tile in (*full, *self._growth.unfinished())]
        write_files(files, root=self.folder)
        self._put_checkpoint()
        self._remove_begun(begun)

    def _put_checkpoint(self) -> None:
        checkpoint = Checkpoint(origin=self._origin, size=self.size, root=self._growth.root())
        replace_file(self.folder / CHECKPOINT, signed(checkpoint, self._signers).encode())

    def _remove_begun(self, begun: Sequence[Tile]) -> None:
        """Remove tiles that were begun before and are full now (C2SP tlog-tiles allows it)."""
        for tile in begun:
            if tile.index < edges(self.size)[tile.level][0]:
                shutil.rmtree(self.folder / f"{tile_path(tile.level, tile.index)}.p")
                if tile.level == 0:
                    shutil.rmtree(self.folder / f"{bundle_path(tile.index)}.p")

    def _begin(self) -> Growth:
        self._growth = Growth()
        replace_file(self.folder / KEY, "".join(f"{signer.key.text}\n" for signer in self._signers[:1]).encode())
        self._put_checkpoint()
        return self._growth

    def _resume(self) -> Growth:
        """The tree as the checkpoint says, and nothing beyond it in the folder."""
        reader = LedgerFolder(self.folder)
        note = reader.note()
        checkpoint = checkpoint_in(note, self.folder / CHECKPOINT)
        if checkpoint.origin != self._origin or not note.signed_by(self._signers[0].key, check_signature):
            raise DataError(Problem(what=f"the ledger `{checkpoint.origin}` is not signed with this key of `{self._origin}`",
                                    file=str(self.folder / CHECKPOINT), hint="use the ledger's own key, or another folder"))
        size = checkpoint.size
        tiles = [reader.tile(level, n_full, width) if width else b"" for level, (n_full, width) in enumerate(edges(size))]
        growth = Growth.resumed(size, tiles)
        self._tail = reader.entries(size // TILE_WIDTH, size % TILE_WIDTH) if size % TILE_WIDTH else []
        if growth.root() != checkpoint.root or b"".join(map(leaf_hash, self._tail)) != tiles[0]:
            raise DataError(Problem(what="the ledger's tiles do not fit its checkpoint", file=str(self.folder),
                                    hint="restore the folder from a copy, and compare the copy with `evenhand verify`"))
        remove_beyond(self.folder, size)
        return growth


def remove_beyond(folder: Path, size: int) -> None:
    """Remove every tile and bundle that a ledger of `size` entries does not need: left by a writer that was stopped.

    Files that have no name of a tile are left alone.
    """
    levels = edges(size)
    for top in (folder / "tile").iterdir() if (folder / "tile").exists() else ():
        level = 0 if top.name == "entries" else int(top.name) if top.name.isdecimal() else None
        if level is None:
            continue
        n_full, width = levels[level] if level < len(levels) else (0, 0)
        for path in sorted(top.rglob("*"), reverse=True):
            if path.is_dir():
                if not any(path.iterdir()):
                    path.rmdir()
            elif (named := _TILE.fullmatch(path.relative_to(top).as_posix())) is not None:
                index = int(named["index"].replace("/", "").replace("x", ""))
                if not (index == n_full and int(named["width"]) <= width if named["width"] else index < n_full):
                    path.unlink()


def refuse_foreign(folder: Path, private: Path) -> None:
    """Raise `DataError` when `folder` holds anything that is not a ledger, or would publish what is private."""
    if private.resolve() == folder.resolve() or folder.resolve() in private.resolve().parents:
        raise DataError(Problem(what=f"`{private}` is inside the folder that is published", file=str(folder),
                                hint="keep what is private in another place"))
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if folder.exists() and not folder.is_dir():
        raise DataError(Problem(what=f"`{folder}` is a file, not a folder", hint="choose another folder"))
    if strange := sorted(there - {CHECKPOINT, KEY, LOCK, "tile", f".{CHECKPOINT}.new", f".{KEY}.new"}):
        raise DataError(Problem(what=f"`{folder}` holds something else: {', '.join(f'`{name}`' for name in strange[:5])}",
                                hint="name an empty or a new folder"))
    if "tile" in there and CHECKPOINT not in there:
        raise DataError(Problem(what=f"the ledger in `{folder}` has lost its checkpoint", file=str(folder),
                                hint="restore it from a copy; the next entries must follow what was signed"))


def _locked(folder: Path) -> int:
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise DataError(Problem(what=f"another process is writing to the ledger in `{folder}`", file=str(folder),
                                hint="wait for it to end")) from error
    return lock
