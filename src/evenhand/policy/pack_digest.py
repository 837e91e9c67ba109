"""The digest of a pack: SHA-256 over what it says, not over how its files are written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from enum import Enum

from evenhand.model.condition import Condition

FORM = "evenhand-pack-1"
"""Names the way the content is written down for hashing; a change to it changes every digest."""

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def pack_digest(content: Mapping[str, object]) -> str:
    """SHA-256 in hexadecimal over nouns, texts, numbers and dates; fields that do not compare are left out."""
    plain = {name: _plain(value) for name, value in content.items()}
    text = json.dumps([FORM, plain], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _plain(value: object) -> Plain:
    match value:
        case Condition():
            return [str(value.subject), value.normal]
        case Enum():
            return str(value.value)
        case None | bool() | int() | float() | str():
            return value
        case date():
            return value.isoformat()
        case timedelta():
            return int(value.total_seconds())
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            if not is_dataclass(value) or isinstance(value, type):
                raise TypeError(f"a pack holds no {type(value).__name__}: add it to pack_digest")
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value) if field.compare}
