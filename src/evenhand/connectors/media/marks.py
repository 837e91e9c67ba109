"""What a file's metadata says about who or what made it: the IPTC source type, a generator's texts, the AIGC label.

Each of these is a statement in the file that anybody can remove, so that its absence says nothing.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

from evenhand.connectors.media.containers import Metadata
from evenhand.connectors.media.exif import DESCRIPTION, SOFTWARE, USER_COMMENT, comment_of, exif_values, text_of
from evenhand.model.media import SOURCE_TYPES, AiMark

GENERATORS = ("NovelAI", "Stable Diffusion", "ComfyUI", "InvokeAI", "Fooocus", "Midjourney", "DALL-E", "DALL·E",
              "Adobe Firefly", "Draw Things", "Leonardo.Ai", "Ideogram", "GPT-4o", "Runway", "HeyGen", "Synthesia", "D-ID")
"""Names by which image and video generators call themselves in a file's `Software` and the like."""
MAX_NAME = 200
"""Characters of a generator's name that are kept."""

_SOURCE_TYPE = re.compile(r"DigitalSourceType\s*(?:=\s*|>\s*|[^>]{0,80}?resource\s*=\s*)[\"']?\s*"
                          r"(?:https?://cv\.iptc\.org/newscodes/digitalsourcetype/)?(\w+)")
_CREATOR = re.compile(r"(?:xmp:CreatorTool|AISystemUsed)\s*(?:=\s*[\"']([^\"'<]{1,200})[\"']|>\s*([^<]{1,200})<)")
_LABELLED = re.compile(r"<TC260:AIGC[^>]*>(.{1,8000}?)</TC260:AIGC>"
                       r"|TC260:AIGC\s*=\s*(?:\"([^\"]{1,8000})\"|'([^']{1,8000})')", re.DOTALL)
"""The implicit label of GB 45438-2025 as the standard's committee writes it into XMP."""
_SETTINGS = re.compile(r"\bSteps: \d+, .*\b(?:Sampler|Seed|CFG scale): ", re.DOTALL)
"""The line of settings that AUTOMATIC1111 and its relatives write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a file says about its making."""

    source_type: str | None = None
    """The IPTC term, such as `trainedAlgorithmicMedia`."""
    ai_mark: AiMark | None = None
    """Where the file says that a generator made it."""
    generator: str | None = None
    """The program that the file names."""


def marks_of(found: Metadata) -> Marks:
    """What the metadata blocks of a file say; a stated source type goes before a generator's own texts."""
    source_type = source_type_of(found.xmp)
    creator = _named(_CREATOR, found.xmp)
    values = exif_values(found.exif)
    software = creator or text_of(values.get(SOFTWARE, b"")) or found.texts.get("Software", "")
    comment = comment_of(values.get(USER_COMMENT, b""), big_endian=found.exif[:2] == b"MM")
    label = aigc_label(found.xmp) or found.texts.get("AIGC") or ""
    by_text = generator_of_texts(found.texts)
    by_exif = generator_of_comment(comment) or known_generator(software) or known_generator(
        text_of(values.get(DESCRIPTION, b""))[:MAX_NAME])
    generator = by_text or by_exif or aigc_producer(label) or software or None
    mark = (AiMark.XMP if source_type in SOURCE_TYPES else AiMark.AIGC_LABEL if aigc_says_generated(label)
            else AiMark.PNG_TEXT if by_text else AiMark.EXIF if by_exif else None)
    return Marks(source_type=source_type, ai_mark=mark, generator=generator[:MAX_NAME] if generator else None)


def source_type_of(xmp: str) -> str | None:
    """The IPTC digital source type in an XMP packet: the last part of its address.

    >>> source_type_of('<rdf:Description Iptc4xmpExt:DigitalSourceType='
    ...     '"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"/>')
    'digitalCapture'
    """
    match = _SOURCE_TYPE.search(xmp)
    return match[1] if match else None


def aigc_label(xmp: str) -> str:
    """The text of the AIGC label in an XMP packet, if there is one."""
    return html.unescape(_named(_LABELLED, xmp))


def aigc_says_generated(label: str) -> bool:
    """True when the label says that the content is generated (`1`). `2` (possibly) and `3` (suspected) are no statement.

    >>> aigc_says_generated('{"Label": "1", "ContentProducer": "x"}'), aigc_says_generated('{"Label": "3"}')
    (True, False)
    """
    return str(_fields(label).get("Label", "")) == "1"


def aigc_producer(label: str) -> str | None:
    """The producer that the label names."""
    producer = _fields(label).get("ContentProducer")
    return str(producer) if producer else None


def _fields(label: str) -> dict[str, object]:
    try:
        said = json.loads(label)
    except (ValueError, RecursionError):
        return {}
    said = said.get("AIGC", said) if isinstance(said, dict) else {}
    return said if isinstance(said, dict) else {}


def _named(pattern: re.Pattern[str], text: str) -> str:
    """The one group of the pattern that matched, without spaces around it."""
    match = pattern.search(text)
    return next((group.strip() for group in match.groups() if group), "") if match else ""


def known_generator(text: str) -> str | None:
    """The generator that a program's name names, if any.

    >>> known_generator("Adobe Firefly 3"), known_generator("Adobe Photoshop 25.0")
    ('Adobe Firefly', None)
    """
    return next((name for name in GENERATORS if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)), None)


def generator_of_comment(comment: str) -> str | None:
    """The generator whose settings stand in a comment."""
    if _SETTINGS.search(comment):
        return "AUTOMATIC1111"
    return "Fooocus" if '"base_model"' in comment and '"fooocus' in comment.lower() else None


def generator_of_texts(texts: dict[str, str]) -> str | None:
    """The generator whose text chunks a PNG holds."""
    if "invokeai_metadata" in texts or "invokeai_graph" in texts or {"Dream", "sd-metadata"} & set(texts):
        return "InvokeAI"
    if "fooocus_scheme" in texts:
        return "Fooocus"
    if '"class_type"' in texts.get("prompt", "") or ('"nodes"' in texts.get("workflow", "") and '"links"' in texts["workflow"]):
        return "ComfyUI"
    return (known_generator(texts.get("Software", "")) or known_generator(texts.get("Source", ""))
            or generator_of_comment(texts.get("parameters", "")))
