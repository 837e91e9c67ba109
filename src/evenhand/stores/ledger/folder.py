"""A published ledger as a folder: `checkpoint`, `tile/…`, `tile/entries/…` (C2SP tlog-tiles), and `key.pub`. Reading it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from evenhand.errors import DataError, Problem
from evenhand.ledger.checkpoint import Checkpoint, Note, VerifierKey, read_checkpoint, read_key, read_note
from evenhand.ledger.tiles import bundle_path, entries_in, tile_path
from evenhand.ledger.tree import HASH_BYTES, TILE_WIDTH

CHECKPOINT = "checkpoint"
KEY = "key.pub"
LARGEST_CHECKPOINT = 1_000_000
"""Bytes that are read of one; a checkpoint has some hundreds."""


class LedgerFolder:
    """Reads a published ledger. Nothing it returns is verified: that is what the caller does with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def note(self) -> Note:
        """The checkpoint as a signed note.

        Raises:
            DataError: there is no ledger, or its checkpoint cannot be read.
        """
        return read_note_file(self.folder / CHECKPOINT, missing=f"there is no ledger in `{self.folder}`",
                              hint="name the folder that holds the file `checkpoint`")

    def key(self) -> VerifierKey | None:
        """The public key that lies beside the ledger, or None. It shows who claims to publish, not who does.

        Raises:
            DataError: the file is there and holds no key.
        """
        path = self.folder / KEY
        return read_key_file(path) if path.exists() else None

    def tile(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile.

        Raises:
            DataError: the tile is missing or has another length.
        """
        path, content = self._read(tile_path(level, index, width), tile_path(level, index))
        is_full = path == self.folder / tile_path(level, index)
        if len(content) != (TILE_WIDTH if is_full else width) * HASH_BYTES:
            raise _damaged(path, f"this tile has {len(content)} bytes, which is not the length of its hashes")
        return content[:width * HASH_BYTES]

    def entries(self, index: int, width: int) -> list[bytes]:
        """The first `width` entries of a bundle.

        Raises:
            DataError: the bundle is missing or damaged.
        """
        path, content = self._read(bundle_path(index, width), bundle_path(index))
        is_full = path == self.folder / bundle_path(index)
        try:
            found = list(entries_in(content))
        except ValueError as error:
            raise _damaged(path, str(error)) from error
        if len(found) != (TILE_WIDTH if is_full else width):
            raise _damaged(path, f"the bundle holds {len(found)} entries, not {TILE_WIDTH if is_full else width}")
        return found[:width]

    def all_entries(self, size: int) -> Iterator[bytes]:
        """The first `size` entries, one bundle in memory at a time."""
        for start in range(0, size, TILE_WIDTH):
            yield from self.entries(start // TILE_WIDTH, min(TILE_WIDTH, size - start))

    def _read(self, name: str, full: str) -> tuple[Path, bytes]:
        """A file, or the full one that took its place since (C2SP tlog-tiles, partial tiles)."""
        for path in (self.folder / name, self.folder / full):
            try:
                return path, path.read_bytes()
            except FileNotFoundError:
                continue
        raise DataError(Problem(what=f"the ledger's file `{name}` is missing", file=str(self.folder / name),
                                hint="fetch the whole folder; if it is so where it is published, entries were withheld"))


def _damaged(path: Path, what: str) -> DataError:
    return DataError(Problem(what=what, file=str(path),
                             hint="fetch the file anew; if it is so where it is published, it is damaged"))


def read_note_file(path: Path, *, missing: str, hint: str) -> Note:
    """The signed note in a file. Raises `DataError` when it is missing or none."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_CHECKPOINT)
        return read_note(content.decode("utf-8", errors="strict"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DataError(Problem(what=missing, file=str(path), hint=hint)) from error
    except ValueError as error:
        raise DataError(Problem(what=str(error), file=str(path), hint="fetch it anew from where it is published")) from error


def read_checkpoint_file(path: Path) -> tuple[Note, Checkpoint]:
    """The checkpoint in a file, such as one kept from an earlier visit. Raises `DataError` when there is none."""
    note = read_note_file(path, missing="there is no such checkpoint", hint="name a copy of a ledger's file `checkpoint`")
    return note, checkpoint_in(note, path)


def checkpoint_in(note: Note, path: Path) -> Checkpoint:
    """The checkpoint that a note holds. Raises `DataError` when it holds none."""
    try:
        return read_checkpoint(note)
    except ValueError as error:
        raise DataError(Problem(what=str(error), file=str(path), hint="fetch it anew from where it is published")) from error


def read_key_file(path: Path) -> VerifierKey:
    """The public key in a file. Raises `DataError` when it holds none."""
    try:
        return read_key(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DataError(Problem(what="there is no such key", file=str(path),
                                hint="name the file of a public key, or write the key itself: `name+id+base64`")) from error
    except ValueError as error:
        raise DataError(Problem(what=str(error), file=str(path), hint="ask the publisher for the line again")) from error
