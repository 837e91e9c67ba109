"""Reading one file: what it says, and in words why it cannot be read."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import pytest

pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")
pytest.importorskip("PIL", reason="the optional extra `media` is not installed")

import numpy as np
from PIL import Image
from signed_media import signed_picture

from evenhand.connectors.media.formats import Format, format_of
from evenhand.connectors.media.manifests import ManifestReader
from evenhand.connectors.media.pixels import MAX_PIXELS
from evenhand.connectors.media.reading import Reading, Trouble, Wanted, read_media
from evenhand.model.media import AiMark, Provenance


@pytest.fixture
def read(tmp_path: Path, manifests: ManifestReader):  # noqa: ANN201  # a function
    def reading(content: bytes, name: str = "file", **wanted: str) -> Reading:
        (tmp_path / name).write_bytes(content)
        return read_media(Wanted(path=name, **wanted), folder=tmp_path, manifests=manifests)

    return reading


def png(picture: Image.Image, *chunks: tuple[bytes, bytes]) -> bytes:
    """The picture as PNG, with more chunks after its header."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    data = out.getvalue()
    return data[:33] + b"".join(chunk(name, body) for name, body in chunks) + data[33:]


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PLAIN = Image.linear_gradient("L").resize((80, 60)).convert("RGB")


@pytest.mark.parametrize(("name", "mark"), [
    ("AUTOMATIC1111__automatic1111_cropped.jpg", AiMark.EXIF), ("AUTOMATIC1111__automatic1111_cropped.png", AiMark.PNG_TEXT),
    ("AUTOMATIC1111__automatic1111_stealth.png", AiMark.HIDDEN_TEXT), ("ComfyUI__img2img_cropped.png", AiMark.PNG_TEXT),
    ("Fooocus__fooocus1_cropped.png", AiMark.PNG_TEXT), ("InvokeAI__invokeai_dream1.png", AiMark.PNG_TEXT),
    ("InvokeAI__invokeai_imeta1.png", AiMark.PNG_TEXT), ("InvokeAI__invokeai_sdmeta1.png", AiMark.PNG_TEXT),
    ("NovelAI__novelai1_cropped.png", AiMark.PNG_TEXT)])
def test_each_real_generators_file_names_its_generator(
        captures: Path, manifests: ManifestReader, name: str, mark: AiMark) -> None:
    reading = read_media(Wanted(path=name), folder=captures / "generators", manifests=manifests)
    assert (reading.ai_mark, reading.generator, reading.provenance, reading.trouble) == (
        mark, name.partition("__")[0], Provenance.NONE, None)


def test_a_signed_picture_by_a_model_says_so(read) -> None:  # noqa: ANN001
    content = signed_picture("trainedAlgorithmicMedia")
    reading = read(content)
    assert reading.sha256 == hashlib.sha256(content).hexdigest()
    assert (reading.format, reading.provenance, reading.source_type, reading.ai_mark, reading.generator) == (
        Format.JPEG, Provenance.INTACT, "trainedAlgorithmicMedia", AiMark.C2PA, "Test Model")
    assert reading.pdq is not None
    assert len(reading.pdq) == 64


def test_an_intact_manifest_that_states_a_camera_goes_before_other_metadata(read) -> None:  # noqa: ANN001
    reading = read(signed_picture("digitalCapture"))
    assert (reading.source_type, reading.ai_mark) == ("digitalCapture", None)


def test_a_tampered_manifest_is_no_mark(read) -> None:  # noqa: ANN001
    content = bytearray(signed_picture("trainedAlgorithmicMedia"))
    content[-40] ^= 1
    reading = read(bytes(content))
    assert (reading.provenance, reading.source_type, reading.ai_mark) == (Provenance.INVALID, None, None)


def test_a_picture_without_marks_has_none(read) -> None:  # noqa: ANN001
    reading = read(png(PLAIN))
    assert (reading.ai_mark, reading.source_type, reading.generator, reading.provenance) == (None, None, None, Provenance.NONE)


def test_packed_and_international_text_chunks_are_read(read) -> None:  # noqa: ANN001
    settings = b"a duck\nSteps: 15, Sampler: Euler a"
    packed = read(png(PLAIN, (b"zTXt", b"parameters\0\0" + zlib.compress(settings))))
    international = read(png(PLAIN, (b"iTXt", b"parameters\0\1\0\0\0" + zlib.compress(settings))))
    assert [one.ai_mark for one in (packed, international)] == [AiMark.PNG_TEXT] * 2


def test_a_text_bomb_is_told_and_costs_no_more_than_its_bound(read) -> None:  # noqa: ANN001
    bomb = zlib.compress(bytes(200_000_000))
    reading = read(png(PLAIN, (b"zTXt", b"parameters\0\0" + bomb)))
    assert (reading.trouble, reading.ai_mark) == (Trouble.DAMAGED, None)
    assert "too large" in reading.detail


def hidden(text: bytes, *, plane: str) -> Image.Image:
    """A picture with settings in the lowest bits of its transparency or of its colours."""
    name = b"stealth_pnginfo" if plane == "alpha" else b"stealth_rgbinfo"
    bits = np.unpackbits(np.frombuffer(name + struct.pack(">I", 8 * len(text)) + text, np.uint8))
    pixels = np.full((40, 50, 4 if plane == "alpha" else 3), 254, np.uint8)
    channels = pixels[..., 3:] if plane == "alpha" else pixels
    columns = np.swapaxes(channels, 0, 1).copy()
    flat = columns.reshape(-1)
    flat[:len(bits)] |= bits
    channels[...] = np.swapaxes(flat.reshape(columns.shape), 0, 1)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("plane", ["alpha", "colours"])
def test_hidden_settings_are_found_in_either_place(read, plane: str) -> None:  # noqa: ANN001
    reading = read(png(hidden(b"a duck\nSteps: 15, Sampler: Euler a", plane=plane)))
    assert (reading.ai_mark, reading.generator) == (AiMark.HIDDEN_TEXT, "AUTOMATIC1111")


def test_what_is_transparent_counts_as_white(read) -> None:  # noqa: ANN001
    logo = Image.new("RGBA", (90, 90), (0, 0, 0, 0))
    logo.paste(Image.radial_gradient("L").resize((60, 60)).convert("RGBA"), (15, 15))
    on_white = Image.new("RGBA", logo.size, "white")
    on_white.alpha_composite(logo)
    assert read(png(logo)).pdq == read(png(on_white.convert("RGB"))).pdq


def test_a_cut_off_picture_is_damaged_and_the_rest_is_kept(read, captures: Path) -> None:  # noqa: ANN001
    content = (captures / "generators/AUTOMATIC1111__automatic1111_stealth.png").read_bytes()
    reading = read(png(PLAIN, (b"tEXt", b"Software\0NovelAI"))[:-60])
    assert (reading.trouble, reading.ai_mark, reading.generator, reading.pdq) == (
        Trouble.DAMAGED, AiMark.PNG_TEXT, "NovelAI", None)
    assert read(content[:3000]).trouble is Trouble.DAMAGED


def test_a_picture_with_too_many_pixels_is_not_decoded(read) -> None:  # noqa: ANN001
    side = int(MAX_PIXELS ** 0.5) + 1
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    reading = read(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, body) for name, body in chunks))
    assert reading.trouble is Trouble.DAMAGED
    assert "pixels" in reading.detail


def test_names_are_not_believed(read) -> None:  # noqa: ANN001
    assert read(png(PLAIN), name="a.jpg").format is Format.PNG
    assert read(b"#!/bin/sh\necho", name="a.png").trouble is Trouble.UNKNOWN_FORMAT
    assert read(b"", name="b.png").detail == "empty"


def test_a_file_that_changed_since_the_export_is_not_read(read) -> None:  # noqa: ANN001
    content = png(PLAIN)
    assert read(content, sha256=hashlib.sha256(content).hexdigest().upper()).trouble is None
    changed = read(content, sha256="0" * 64)
    assert (changed.trouble, changed.pdq, changed.provenance) == (Trouble.CHANGED, None, None)


def test_only_regular_files_in_the_folder_are_opened(tmp_path: Path, manifests: ManifestReader) -> None:
    folder = tmp_path / "files"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(png(PLAIN))
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "inner.png").symlink_to(folder / "deep" / "real.png")
    (folder / "deep" / "real.png").write_bytes(png(PLAIN))
    os.mkfifo(folder / "pipe.png")
    paths = ("../secret.png", str(tmp_path / "secret.png"), "link.png", "pipe.png", "deep", "gone.png", "inner.png", "nul\0l",
             "x" * 5000)
    troubles = [read_media(Wanted(path=path), folder=folder, manifests=manifests).trouble for path in paths]
    assert troubles == [Trouble.OUTSIDE, Trouble.OUTSIDE, Trouble.OUTSIDE, Trouble.NOT_A_FILE, Trouble.NOT_A_FILE,
                        Trouble.MISSING, None, Trouble.UNREADABLE, Trouble.UNREADABLE]


@pytest.mark.parametrize(("head", "kind"), [
    (b"\xff\xd8\xff\xe0", Format.JPEG), (b"RIFF\0\0\0\0WEBP", Format.WEBP), (b"RIFF\0\0\0\0WAVE", Format.WAV),
    (b"RIFF\0\0\0\0AVI ", None),
    (b"\0\0\0\x1cftypavif", Format.AVIF), (b"\0\0\0\x18ftypisom", Format.MP4), (b"\xef\xbb\xbf <svg xmlns=", Format.SVG),
    (b"<?xml version='1.0'?><svg>", Format.SVG), (b"<html><svg>", None), (b"%PDF-1.7", Format.PDF), (b"MM\0*", Format.TIFF)])
def test_formats_are_known_by_their_first_bytes(head: bytes, kind: Format | None) -> None:
    assert format_of(head) is kind
