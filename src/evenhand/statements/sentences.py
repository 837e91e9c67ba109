"""A sentence with fields and optional parts, taken apart once and filled in often."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text with `{fields}`, and parts in square brackets that are left out when a field of theirs is empty."""

    text: str
    fields: frozenset[str]
    """The fields it uses."""
    needs: tuple[tuple[str, ...], ...]
    """The fields of each optional part, which is left out when one of them is empty."""
    forms: Mapping[tuple[bool, ...], str]
    """The sentence with these of its optional parts and without the others, its fields as `%(field)s`."""

    @classmethod
    def parse(cls, text: str) -> Sentence:
        """The sentence written as `text`."""
        plain_and_optional = _OPTIONAL.split(text)
        optional = plain_and_optional[1::2]
        forms = {given: _as_form("".join(
            part for nth, part in enumerate(plain_and_optional) if nth % 2 == 0 or given[nth // 2]))
            for given in product((False, True), repeat=len(optional))}
        return cls(text, frozenset(_FIELD.findall(text)), tuple(tuple(_FIELD.findall(part)) for part in optional), forms)

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with its fields filled in; a missing field is empty.

        >>> sentence = Sentence.parse("reads as “{expected}”[ (registered: {source})].")
        >>> sentence.fill({"expected": "Le Monde"})
        'reads as “Le Monde”.'
        """
        form = self.forms[tuple([all(values.get(field) for field in needed) for needed in self.needs])]
        try:
            return form % values
        except KeyError:
            return form % {**dict.fromkeys(self.fields, ""), **values}


def _as_form(text: str) -> str:
    return _FIELD.sub(r"%(\1)s", text.replace("%", "%%"))
