"""Territories by their ISO 3166 codes: a country, a part of one, or the European Union."""

from __future__ import annotations

import re

EU = "EU"
EU_MEMBERS = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
     "NL", "PL", "PT", "RO", "SE", "SI", "SK"))
"""The member states by ISO 3166-1 (the Union's own documents write EL for GR)."""
CODE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


def codes(text: str) -> tuple[str, ...]:
    """The codes in a text such as `DE` or `DE-BY AT`; nothing when a word of it is no code.

    >>> codes("DE-BY, AT"), codes("Freedonia")
    (('DE-BY', 'AT'), ())
    """
    words = tuple(dict.fromkeys(re.split(r"[\s,;|]+", text.strip())))
    return words if all(CODE.fullmatch(word) for word in words) else ()


def lies_within(code: str, authority: str) -> bool:
    """Whether a territory is the authority's own or a part of it.

    >>> lies_within("DE-BY", "DE"), lies_within("DE", "DE-BY"), lies_within("FR", "EU"), lies_within("US", "EU")
    (True, False, True, False)
    """
    if authority == EU:
        return code == EU or code[:2] in EU_MEMBERS
    return code == authority or code.startswith(f"{authority}-")
