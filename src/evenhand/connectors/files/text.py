"""Text files as a stream of UTF-8 blocks: decompressed, decoded, and sniffed for what is not text at all."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

import numpy as np
import pyarrow as pa

from evenhand.connectors.files.batch import Mark, RawBatch
from evenhand.connectors.files.rejects import EXCERPT, Reason, shown
from evenhand.connectors.files.source import SourceFile
from evenhand.errors import DataError, Problem

BLOCK = 8_000_000
"""Bytes read at a time. Large enough that the work per block is native, small enough to hold several."""
HEAD = 1_000_000
"""Bytes looked at to see how a file is written."""
MAX_ROW_BYTES = 16_000_000
"""A row of text that is longer is broken: no export has sixteen texts of the largest allowed size in one row."""
MOSTLY = 0.9
"""A text has less than a tenth of control characters."""
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r"))
_COMPRESSED = ((b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\x28\xb5\x2f\xfd", "zstd"))
_NOT_TEXT = ((b"PK\x03\x04", "a ZIP file or an Excel workbook", "unpack it, or save the sheet as CSV UTF-8"),
             (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet as CSV UTF-8"),
             (b"PAR1", "a Parquet file", "name it `.parquet`"), (b"ARROW1", "an Arrow file", "name it `.arrow`"),
             (b"SQLite format 3", "an SQLite database", "export its tables as CSV"),
             (b"%PDF", "a PDF document", "export the table as CSV"))
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The next piece of a text file."""

    data: bytes
    """UTF-8, as far as the file is what it says; never empty."""
    done_bytes: int
    """How much of the stored file has been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFile:
    """A text file whose compression and encoding are known."""

    file: SourceFile
    compression: str | None
    encoding: str
    skip: int
    """Bytes of the byte order mark, where the text is UTF-8."""

    def blocks(self, offset: int = 0, *, size: int = BLOCK) -> Iterator[Block]:
        """The text from `offset` (bytes of decoded text) to the end, about `size` bytes at a time."""
        with self.file.open() as stored:
            stream = pa.CompressedInputStream(stored, self.compression) if self.compression else stored
            if self.encoding == "utf-8":
                yield from self._plain(stored, stream, offset + self.skip, size=size)
            else:
                yield from self._decoded(stored, stream, offset, size=size)

    def _plain(self, stored: pa.NativeFile, stream: pa.NativeFile, offset: int, *, size: int) -> Iterator[Block]:
        if self.compression is None:
            stored.seek(offset)
        else:
            while offset and (piece := stream.read(min(offset, BLOCK))):
                offset -= len(piece)
        while data := stream.read(size):
            yield Block(data=data, done_bytes=stored.tell())

    def _decoded(self, stored: pa.NativeFile, stream: pa.NativeFile, offset: int, *, size: int) -> Iterator[Block]:
        """What cannot be decoded becomes bytes that are not UTF-8, so that only its own rows are rejected."""
        is_utf = self.encoding.startswith(("utf-16", "utf-32"))
        decoder = codecs.getincrementaldecoder(self.encoding)(errors="surrogatepass" if is_utf else "surrogateescape")
        is_last = False
        while not is_last:
            piece = stream.read(size)
            is_last = not piece
            try:
                data = decoder.decode(piece, is_last).encode("utf-8", "surrogatepass")
            except UnicodeDecodeError as error:
                if not is_last:
                    raise DataError(Problem(
                        what=f"`{self.file.name}` is not {self.encoding}: {error.reason} before byte {stored.tell()}",
                        file=self.file.name, hint="say another `encoding` in a `snapshot.toml`")) from error
                data = b"\xff"
            skipped = min(offset, len(data))
            offset -= skipped
            if data[skipped:]:
                yield Block(data=data[skipped:], done_bytes=stored.tell())


class Cut(Protocol):
    """Makes a batch of the complete rows at the beginning of a text."""

    def __call__(self, data: bytes, mark: Mark, done_bytes: int, *, is_last: bool) -> tuple[RawBatch, int]:
        """The batch, and how many bytes of the text its rows take.

        `mark` is the place before the text, `done_bytes` is how much of the stored file is read, and with `is_last`
        nothing follows the text.
        """
        ...


def walk(text: TextFile, start: Mark, *, cut: Cut) -> Iterator[RawBatch]:
    """All rows from a mark to the end, block by block. What remains of a block stands before the next one.

    A row that is longer than `MAX_ROW_BYTES` is told as broken and passed over, up to its first line end.
    """
    mark, rest, passing = start, b"", False
    for block in chain(text.blocks(start.offset, size=BLOCK), (None,)):
        data, done = (block.data, block.done_bytes) if block else (b"", text.file.size)
        if passing:
            end = data.find(b"\n") + 1
            mark = replace(mark, line=mark.line + bool(end), offset=mark.offset + (end or len(data)))
            if not end:
                continue
            data, passing = data[end:], False
        data = rest + data
        if not data:
            continue
        batch, used = cut(data, mark, done, is_last=block is None)
        mark, rest = batch.end or mark, data[used:]
        if batch.n_read:
            yield batch
        if len(rest) > MAX_ROW_BYTES:
            yield RawBatch(rows=np.zeros(0, np.int64), columns={}, end=None, done_bytes=done, broken=(
                {"row": mark.row + 1, "line": mark.line + 1, "reason": Reason.LINE_TOO_LONG,
                 "excerpt": shown(rest[:EXCERPT], limit=EXCERPT)},))
            mark, rest, passing = replace(mark, row=mark.row + 1, offset=mark.offset + len(rest)), b"", True


def head_of(text: TextFile) -> bytes:
    """The beginning of the text, at least the first line that is not blank, unless that is longer than any row."""
    head = b""
    for block in text.blocks(size=HEAD):
        head += block.data
        if any(end in head.lstrip(b"\r\n") for end in (b"\n", b"\r")) or len(head) > MAX_ROW_BYTES:
            break
    return head


def open_text(file: SourceFile, *, encoding: str) -> TextFile:
    """The text file, its compression seen from its first bytes and its encoding from a byte order mark.

    Raises:
        DataError: it is no text at all, such as a workbook or an archive.
    """
    with file.open() as stored:
        head = stored.read(16)
        compression = next((name for magic, name in _COMPRESSED if head.startswith(magic)), None)
        if compression:
            stored.seek(0)
            head = pa.CompressedInputStream(stored, compression).read(4096)
        else:
            head += stored.read(4096)
    for magic, kind, hint in _NOT_TEXT:
        if head.startswith(magic):
            raise DataError(Problem(what=f"`{file.name}` is {kind}, not text", file=file.name, hint=hint))
    mark, marked = next(((mark, name) for mark, name in _BOMS if head.startswith(mark)), (b"", None))
    encoding = marked or ("utf-8" if encoding == "utf-8-sig" else encoding)
    if encoding == "utf-8" and len(head.translate(None, _CONTROL)) < MOSTLY * len(head):
        raise DataError(Problem(
            what=f"`{file.name}` is not text: it is full of control characters", file=file.name,
            hint='if it is UTF-16, say `encoding = "utf-16-le"` in a `snapshot.toml`; otherwise export it again'))
    return TextFile(file=file, compression=compression, encoding=encoding,
                    skip=len(mark) if encoding == "utf-8" else 0)
