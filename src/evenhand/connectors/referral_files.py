"""A referral out of a JSON file: the same file is proposed, approved and sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from evenhand.connectors.files.source import first_line
from evenhand.connectors.registries.files import content_of
from evenhand.errors import DataError, Problem
from evenhand.model.registers.referral import Channel, Referral, ReferralGround

FIELDS = ("ground", "channel", "recipient", "account_id", "why", "shared")
T = TypeVar("T", bound=StrEnum)


def read_referral(file: Path) -> Referral:
    """The referral in a file: an object with `FIELDS`, `shared` an object of texts or lists of texts.

    Raises:
        DataError: it is none, with everything that is wrong at once.
    """
    try:
        found = json.loads(content_of(file))
    except ValueError as error:
        raise DataError(Problem(what=f"this is not JSON: {first_line(error)}", file=str(file),
                                hint="write one object")) from error
    problems = [Problem(what=what, file=str(file), hint=hint) for what, hint in _mistakes(found)]
    if problems:
        raise DataError(problems)
    return Referral(ground=ReferralGround(found["ground"]), channel=Channel(found["channel"]), recipient=found["recipient"],
                    account_id=found["account_id"], why=found["why"],
                    shared={name: (values,) if isinstance(values, str) else tuple(values)
                            for name, values in found["shared"].items()})


def _mistakes(found: Any) -> list[tuple[str, str]]:
    if not isinstance(found, Mapping):
        return [("a referral is an object", f"it has {', '.join(f'`{name}`' for name in FIELDS)}")]
    mistakes = [(f"a referral has no `{name}`", f"it has {', '.join(f'`{one}`' for one in FIELDS)}")
                for name in found if name not in FIELDS]
    mistakes += [(f"`{name}` is missing or no text", "write it as a text") for name in FIELDS[:-1]
                 if not isinstance(found.get(name), str)]
    for name, kind in (("ground", ReferralGround), ("channel", Channel)):
        if isinstance(found.get(name), str) and found[name] not in [str(one) for one in kind]:
            mistakes.append((f"there is no {name} `{found[name]}`", f"there are {', '.join(f'`{one}`' for one in kind)}"))
    shared = found.get("shared")
    if not isinstance(shared, Mapping) or not all(_is_texts(values) for values in shared.values()):
        mistakes.append(("`shared` is missing or no object of texts", 'write it as in {"account_address": "https://…"}'))
    return mistakes


def _is_texts(values: Any) -> bool:
    return isinstance(values, str) or (isinstance(values, list) and all(isinstance(one, str) for one in values))
