"""Promise: no file ends in a traceback, no row is lost, and the counts always add up.

`EVENHAND_CORRUPTIONS` says how many corruptions are tried: 10,000 in a full run, fewer by default.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import ipc

from evenhand.errors import EvenhandError
from evenhand.workflows.ingest import IngestSettings, ingest

N = int(os.environ.get("EVENHAND_CORRUPTIONS", "300"))
CUT_OFF = datetime(2026, 11, 1, tzinfo=UTC)
ROWS = 40
ACCOUNTS = pa.table({
    "account_id": [f"a{i}" for i in range(ROWS)],
    "handle": [f"user.{i}" for i in range(ROWS)],
    "display_name": [f'Name "{i}",\nsecond line; é 日本' if i % 3 else None for i in range(ROWS)],
    "bio": ["a bio without anything special" for i in range(ROWS)],
    "created_at": pa.array([1_500_000_000_000_000 + i for i in range(ROWS)], pa.timestamp("us", tz="UTC")),
    "followers": pa.array(range(ROWS), pa.int64()),
    "verified": [i % 2 == 0 for i in range(ROWS)],
    "previous_names": pa.array([["old", "older"] if i % 2 else None for i in range(ROWS)], pa.list_(pa.string())),
    "country": pa.array(["de" if i % 2 else "fr" for i in range(ROWS)]).dictionary_encode(),
    "extra": pa.array(range(ROWS), pa.float64()),
})


def as_csv(*, line_end: bytes = b"\n", delimiter: str = ",") -> bytes:
    flat = ACCOUNTS.set_column(7, "previous_names", pa.array(["old|older" if i % 2 else None for i in range(ROWS)]))
    out = io.BytesIO()
    pacsv.write_csv(flat.cast(pa.schema([pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type)
                                         for f in flat.schema])), out, pacsv.WriteOptions(delimiter=delimiter))
    return out.getvalue().replace(b"\n", line_end)


def as_jsonl() -> bytes:
    rows = ACCOUNTS.set_column(4, "created_at", pa.array(["2020-01-01T00:00:00Z"] * ROWS)).to_pylist()
    return "".join(json.dumps(row, ensure_ascii=i % 2 == 0) + "\n" for i, row in enumerate(rows)).encode()


def as_parquet(compression: str) -> bytes:
    out = io.BytesIO()
    pq.write_table(ACCOUNTS, out, row_group_size=15, compression=compression)
    return out.getvalue()


def as_arrow(*, is_stream: bool, compression: str | None = None) -> bytes:
    out = io.BytesIO()
    options = ipc.IpcWriteOptions(compression=compression)
    with (ipc.new_stream if is_stream else ipc.new_file)(out, ACCOUNTS.schema, options=options) as writer:
        writer.write_table(ACCOUNTS, max_chunksize=15)
    return out.getvalue()


VALID = {
    "accounts.csv": as_csv(), "accounts.tsv": as_csv(line_end=b"\r\n", delimiter="\t"),
    "accounts.csv.gz": gzip.compress(as_csv(delimiter=";"), mtime=0), "accounts.jsonl": as_jsonl(),
    "accounts.ndjson.gz": gzip.compress(as_jsonl(), mtime=0), "accounts.parquet": as_parquet("snappy"),
    "accounts.pq": as_parquet("zstd"), "accounts.arrow": as_arrow(is_stream=False),
    "accounts.feather": as_arrow(is_stream=False, compression="lz4"), "accounts.arrows": as_arrow(is_stream=True),
    "accounts.ipc": as_arrow(is_stream=True, compression="zstd"),
}
SPECIAL = [b'"', b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"\x00", b"\xff", b"\xed\xa0\x80", b"{", b"}", b"[", b'""', b"\\",
           b"\xef\xbb\xbf", b"\xff\xfe", b"1e999", b"-", b"\x1f\x8b", b"PAR1", b"ARROW1", b"\xff\xff\xff\xff"]


TEXTS = ["accounts.csv", "accounts.jsonl", "accounts.tsv"]


@st.composite
def corrupted(draw: st.DrawFn) -> tuple[str, bytes]:
    """A file name, and the bytes of a valid file to which one to four accidents happened.

    Accidents to compressed text happen before the compression or after it.
    """
    name = draw(st.one_of(st.sampled_from(TEXTS), st.sampled_from(sorted(VALID))))
    data = VALID[name]
    is_inside = name.endswith(".gz") and draw(st.booleans())
    data = gzip.decompress(data) if is_inside else data
    for _ in range(draw(st.integers(1, 4 if name in TEXTS else 2))):
        data = accident(data, kind=draw(st.sampled_from(ACCIDENTS)), at=draw(st.floats(0, 1)),
                        size=draw(st.integers(1, 300)), new=draw(st.one_of(st.binary(min_size=1, max_size=40),
                                                                           st.sampled_from(SPECIAL))))
    return name, gzip.compress(data, mtime=0) if is_inside else data


ACCIDENTS = ["flip", "set", "insert", "insert", "cut", "truncate", "twice", "swap", "line", "zero"]


def accident(data: bytes, *, kind: str, at: float, size: int, new: bytes) -> bytes:
    """The data after one accident at a place between its beginning (0) and its end (1)."""
    start = int(at * max(0, len(data) - 1))
    before, piece, after = data[:start], data[start:start + size], data[start + size:]
    match kind:
        case "flip":
            return before + bytes(byte ^ (1 << new[0] % 8) for byte in piece[:1]) + data[start + 1:]
        case "set":
            return before + new[:1] + data[start + 1:]
        case "insert":
            return before + new + data[start:]
        case "cut":
            return before + after
        case "truncate":
            return before
        case "twice":
            return before + piece + piece + after
        case "swap":
            return before + after[:size] + piece + after[size:]
        case "zero":
            return before + bytes(len(piece)) + after
    lines = data.split(b"\n")
    line = start % len(lines)
    return b"\n".join([*lines[:line], lines[line], *lines[line:]])


def records_in_csv(text: bytes, delimiter: bytes) -> int:
    """Rows of a CSV text after its header, counted one character after the other."""
    n_rows, at = 0, 0
    while at < len(text):
        end, is_blank = record_end(text, at, delimiter), text[at:text.find(b"\n", at) % (len(text) + 1)].strip(b"\r") == b""
        n_rows += not is_blank
        at = end
    return n_rows - 1


def record_end(text: bytes, start: int, delimiter: bytes) -> int:
    """Where the row that starts here ends: a well-formed record, or else one line."""
    state, at = "start", start
    while at < len(text):
        one = text[at:at + 1]
        if state == "inside":
            state = "closing" if one == b'"' else "inside"
        elif (state == "closing" and one == b'"') or (state == "start" and one == b'"'):
            state = "inside"
        elif one == b"\n":
            return at + 1
        elif one == delimiter:
            state = "start"
        elif one == b'"' or (state == "closing" and text[at:at + 2] not in {b"\r\n", b"\r"}):
            break
        elif state != "closing":
            state = "plain"
        at += 1
    else:
        if state != "inside":
            return len(text)
    return text.find(b"\n", start) + 1 or len(text)


def rows_in(name: str, data: bytes) -> int | None:
    """How many rows the file has, counted in another way than `ingest` does; None where only it can tell."""
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or data[:2] == b"\x1f\x8b" or data.startswith(b"BZh"):
        return None
    data = data.removeprefix(b"\xef\xbb\xbf")
    if ".jsonl" in name or ".ndjson" in name:
        return sum(bool(line.strip(b" \t\r\n")) for line in data.split(b"\n"))
    if ".csv" in name or ".tsv" in name:
        if b"\n" not in data:
            return None
        header = data.lstrip(b"\r\n").partition(b"\n")[0]
        delimiter = max(b",;\t|", key=lambda one: len({part.strip(b' "\r') for part in header.split(bytes([one]))}.intersection(
            one.encode() for one in ACCOUNTS.column_names)))
        return records_in_csv(data, bytes([delimiter]))
    if name.endswith((".parquet", ".pq")):
        return pq.read_metadata(io.BytesIO(data)).num_rows
    return None


@settings(max_examples=N, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(file=corrupted())
def test_a_corrupted_file_is_refused_in_words_or_every_row_of_it_is_accounted_for(file: tuple[str, bytes]) -> None:
    name, data = file
    with tempfile.TemporaryDirectory() as folder:
        source, into = Path(folder) / "source", Path(folder) / "into"
        source.mkdir()
        (source / name).write_bytes(data)
        try:
            summary = ingest(source, into, cut_off=CUT_OFF,
                             settings=IngestSettings(max_reject_share=1.0, n_buckets=1, threads=1))
        except EvenhandError:
            return
        kept = sum(pq.read_metadata(path).num_rows for path in (into / "accounts").iterdir())
        rejected = pq.read_metadata(into / "rejects" / "accounts.parquet").num_rows
    count = summary.files[0]
    assert (kept, rejected) == (count.kept, count.rejected)
    assert kept + rejected == count.read
    expected = rows_in(name, data)
    assert expected is None or count.read == expected


def test_the_valid_files_all_give_the_same_rows(tmp_path: Path) -> None:
    counts = {}
    for name, data in VALID.items():
        source = tmp_path / name
        source.mkdir()
        (source / name).write_bytes(data)
        summary = ingest(source, tmp_path / f"{name}.into", cut_off=CUT_OFF)
        counts[name] = (summary.files[0].kept, summary.files[0].rejected)
        assert rows_in(name, data) in {None, ROWS}
    assert set(counts.values()) == {(ROWS, 0)}
