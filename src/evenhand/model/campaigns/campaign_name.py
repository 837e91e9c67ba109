"""How a campaign is named: it becomes the name of folders, is typed to confirm, and is printed in every report."""

from __future__ import annotations

import unicodedata

from evenhand.errors import ConfigError, Problem

LONGEST = 80


def campaign_named(name: str) -> str:
    """`name`, if a campaign may be called so: letters and digits of any script, `-`, `_`, `.` and single spaces, at most 80.

    >>> campaign_named("autumn-2026"), campaign_named("otoño")
    ('autumn-2026', 'otoño')

    Raises:
        ConfigError: it is empty, too long, or holds what a folder's name may not, or cannot be seen.
    """
    is_of_letters = all(unicodedata.category(sign)[0] in "LNM" or sign in "-_. " for sign in name)
    is_plain = is_of_letters and name == unicodedata.normalize("NFC", " ".join(name.split()))
    if not 1 <= len(name) <= LONGEST or not is_plain or unicodedata.category(name[0])[0] not in "LN":
        raise ConfigError(Problem(what=f"{name[:LONGEST]!r} is no name of a campaign",
                                  hint=f"use letters and digits, and `-`, `_`, `.` or a space between them, at most {LONGEST}"))
    return name
