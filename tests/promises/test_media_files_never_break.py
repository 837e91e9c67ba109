"""Whatever a media file holds, reading it gives a value."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("PIL", reason="the optional extra `media` is not installed")
pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")

from evenhand.connectors.media.manifests import ManifestReader
from evenhand.connectors.media.reading import Reading, Trouble, Wanted, read_media

FILES = sorted((Path(__file__).resolve().parent.parent / "captures/media").glob("*/*.[jp][pn]g"))
MANIFESTS = ManifestReader()


def reading(content: bytes) -> Reading:
    with TemporaryDirectory() as folder:
        (Path(folder) / "file").write_bytes(content)
        return read_media(Wanted(path="file"), folder=Path(folder), manifests=MANIFESTS)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=st.sampled_from(FILES), data=st.data())
def test_a_file_with_bytes_changed_cut_or_added_is_read_or_told(file: Path, data: st.DataObject) -> None:
    content = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(0, 8), label="changes")):
        content[data.draw(st.integers(0, min(len(content), 4000) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)), label="cut")
    end = data.draw(st.binary(max_size=40), label="end")
    found = reading(bytes(content[:cut]) + end)
    assert found.trouble is None or found.detail
    assert (found.pdq is None) == (found.pdq_quality is None)


@settings(max_examples=100, deadline=None)
@given(head=st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"II*\0", b"GIF89a", b"BM", b"%PDF-",
                             b"<svg", b"\0\0\0\x1cftypavif", b"\0\0\0\x18ftypisom", b""]), rest=st.binary(max_size=300))
def test_any_bytes_after_a_formats_first_ones_are_read_or_told(head: bytes, rest: bytes) -> None:
    found = reading(head + rest)
    assert found.sha256 is not None
    assert found.trouble is not Trouble.STOPPED
