"""What metadata say of a file's making, and what they do not say."""

from __future__ import annotations

import json
import struct

import pytest

pytest.importorskip("c2pa", reason="the optional extra `media` is not installed")
pytest.importorskip("PIL", reason="the optional extra `media` is not installed")

from evenhand.connectors.media.containers import Metadata
from evenhand.connectors.media.exif import comment_of, exif_values, text_of
from evenhand.connectors.media.marks import Marks, marks_of, source_type_of
from evenhand.model.media import AiMark

ADDRESS = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


@pytest.mark.parametrize("written", [
    f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{ADDRESS}"/>',
    f"<rdf:Description Iptc4xmpExt:DigitalSourceType = '{ADDRESS}'/>",
    f"<Iptc4xmpExt:DigitalSourceType>{ADDRESS}</Iptc4xmpExt:DigitalSourceType>",
    f'<Iptc4xmpExt:DigitalSourceType rdf:resource="{ADDRESS}"/>',
    "<Iptc4xmpExt:DigitalSourceType>trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>",
])
def test_the_source_type_is_read_however_xmp_writes_it(written: str) -> None:
    assert marks_of(Metadata(xmp=written)) == Marks(source_type="trainedAlgorithmicMedia", ai_mark=AiMark.XMP)


@pytest.mark.parametrize("kind", ["digitalCapture", "algorithmicMedia", "compositeSynthetic", "digitalArt", "humanEdits"])
def test_other_source_types_are_no_mark_of_a_model(kind: str) -> None:
    marks = marks_of(Metadata(xmp=f'<x Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{kind}"/>'))
    assert marks == Marks(source_type=kind)


def test_nothing_is_said_by_nothing() -> None:
    assert marks_of(Metadata()) == Marks()
    assert source_type_of("<x:xmpmeta/>") is None


LABEL = {"Label": "1", "ContentProducer": "91110000X", "ProduceID": "42", "ReservedCode1": "", "ContentPropagator": "",
         "PropagateID": "", "ReservedCode2": ""}


@pytest.mark.parametrize("form", [
    lambda text: f"<TC260:AIGC>{text}</TC260:AIGC>",
    lambda text: f"<rdf:Description xmlns:TC260='http://www.tc260.org.cn/ns/AIGC/1.0/' TC260:AIGC='{text}'/>",
    lambda text: "<TC260:AIGC>" + text.replace('"', "&quot;") + "</TC260:AIGC>",
    lambda text: '<x TC260:AIGC="' + text.replace('"', "&quot;") + '"/>',
    lambda text: f'<TC260:AIGC>{{"AIGC": {text}}}</TC260:AIGC>',
])
def test_the_label_of_gb_45438_is_read(form: object) -> None:
    assert callable(form)
    assert marks_of(Metadata(xmp=form(json.dumps(LABEL)))) == Marks(ai_mark=AiMark.AIGC_LABEL, generator="91110000X")


@pytest.mark.parametrize("label", ['{"Label": "2"}', '{"Label": "3"}', '{"Label": ""}', "{}", "[]", "1", "not json",
                                   '{"AIGC": 1}', "[" * 5000])
def test_a_label_that_only_suspects_or_is_broken_is_no_mark(label: str) -> None:
    assert marks_of(Metadata(xmp=f"<TC260:AIGC>{label}</TC260:AIGC>")).ai_mark is None


@pytest.mark.parametrize(("texts", "generator"), [
    ({"prompt": '{"3": {"class_type": "KSampler"}}'}, "ComfyUI"),
    ({"parameters": "a duck\nNegative prompt: x\nSteps: 15, Sampler: Euler a, CFG scale: 7"}, "AUTOMATIC1111"),
    ({"Software": "NovelAI", "Comment": "{}"}, "NovelAI"),
    ({"Dream": '"a cat" -s 50'}, "InvokeAI"),
    ({"fooocus_scheme": "fooocus", "parameters": "{}"}, "Fooocus"),
])
def test_text_chunks_name_their_generator(texts: dict[str, str], generator: str) -> None:
    assert marks_of(Metadata(texts=texts)) == Marks(ai_mark=AiMark.PNG_TEXT, generator=generator)


@pytest.mark.parametrize("texts", [
    {"Comment": "Created with GIMP"}, {"prompt": "What do you see?"}, {"parameters": "exposure 2 s"}, {"workflow": "approval"},
    {"Software": "Adobe ImageReady"}, {"Description": "Steps: the stairs of the old town, Seed: none"}, {"Title": "Dream"},
])
def test_texts_that_people_write_are_no_mark(texts: dict[str, str]) -> None:
    assert marks_of(Metadata(texts=texts)).ai_mark is None


def tiff(entries: list[tuple[int, int, bytes]], order: str = "<") -> bytes:
    """A TIFF structure with one folder of values that stand after it."""
    head = struct.pack(order + "2sHI", b"II" if order == "<" else b"MM", 42, 8) + struct.pack(order + "H", len(entries))
    after = len(head) + 12 * len(entries) + 4
    places, values = b"", b""
    for tag, kind, value in entries:
        inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(order + "I", after + len(values))
        places += struct.pack(order + "HHI", tag, kind, len(value)) + inline
        values += value if len(value) > 4 else b""
    return head + places + b"\0\0\0\0" + values


@pytest.mark.parametrize("order", ["<", ">"])
def test_exif_software_is_the_generator_and_a_mark_only_for_a_known_model(order: str) -> None:
    assert marks_of(Metadata(exif=tiff([(0x0131, 2, b"Adobe Firefly 2\0")], order))) == Marks(
        ai_mark=AiMark.EXIF, generator="Adobe Firefly")
    assert marks_of(Metadata(exif=tiff([(0x0131, 2, b"Adobe Photoshop 25\0")], order))) == Marks(generator="Adobe Photoshop 25")


@pytest.mark.parametrize("data", [
    b"", b"II", b"II*\0", b"II*\0\xff\xff\xff\xff", b"XX*\0\x08\0\0\0", b"MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40,
    tiff([(0x0131, 2, b"x" * 50)])[:30], b"II*\0\x08\0\0\0\x01\0\x31\x01\x02\0\xff\xff\xff\xff\x08\0\0\0",
])
def test_damaged_exif_gives_what_is_sound_and_no_error(data: bytes) -> None:
    assert exif_values(data) == {}


def test_user_comments_say_their_character_set() -> None:
    assert comment_of(b"ASCII\0\0\0Steps: 1\0\0", big_endian=False) == "Steps: 1"
    assert comment_of(b"UNICODE\0" + "Schritte".encode("utf-16-be"), big_endian=True) == "Schritte"
    assert comment_of(b"UNICODE\0" + "Schritte".encode("utf-16-le"), big_endian=False) == "Schritte"
    assert comment_of(b"\0\0\0\0\0\0\0\0plain", big_endian=False) == "plain"
    assert text_of(b"name\0rest") == "name"
