"""Finds personal data in texts that are to be published: what it is and where it stands.

It errs on the side of refusing. Where a pattern alone would be wrong too often (card numbers, bank accounts), the number's own
check digits decide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MIN_NAME_CHARACTERS = 3
"""A name shorter than this stands in too many texts by chance to be told apart from a word."""
_CARD_DIGITS = range(13, 20)
_IBAN_CHARACTERS = range(15, 35)

FOUND = pa.schema([
    pa.field("row", pa.int64(), nullable=False),
    pa.field("kind", pa.string(), nullable=False),
    pa.field("at", pa.int64(), nullable=False),
])
"""One row per find: which text, what it is, and at which character it stands, counted from 1."""


def _luhn(digits: str) -> bool:
    """True when the last digit is the check digit of the others, as on payment cards (ISO/IEC 7812-1)."""
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0  # noqa: PLR2004  # the sum of the two digits


def _is_card(text: str) -> bool:
    digits = re.sub(r"\D", "", text)
    return len(digits) in _CARD_DIGITS and len(set(digits)) > 1 and _luhn(digits)


def _is_iban(text: str) -> bool:
    """True when the check digits are right (ISO 13616: modulo 97 gives 1)."""
    packed = re.sub(r"\s", "", text).upper()
    if len(packed) not in _IBAN_CHARACTERS:
        return False
    return int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 == 1


def _always(_text: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of personal data: what it is called, how it looks, and what proves it."""

    name: str
    pattern: str
    """Understood alike by RE2, which finds the texts, and by Python, which finds the place."""
    is_one: Callable[[str], bool] = _always


KINDS: tuple[Kind, ...] = (
    Kind("an e-mail address", r"[A-Za-z0-9._%+'À-῿-]+@[A-Za-z0-9À-῿-]+(?:\.[A-Za-z0-9À-῿-]+)+"),
    Kind("a handle", r"(?:^|[^A-Za-z0-9_@./])@[A-Za-z0-9_][A-Za-z0-9_.-]+"),
    Kind("a telephone number", r"(?:\+|\b00)[1-9][0-9 ().\-/]{6,18}[0-9]\b|\b0[1-9][0-9 ().\-/]{6,14}[0-9]\b"),
    Kind("a bank account (IBAN)", r"\b[A-Za-z]{2}[0-9]{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?\b", _is_iban),
    Kind("a card number", r"\b(?:[0-9][ -]?){12,18}[0-9]\b", _is_card),
    Kind("a social security number", r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"),
    Kind("an internet address of a machine", r"\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b"),
)
NAME = "a name of the account"


def personal_data(texts: pa.Array, *, names: Sequence[pa.Array] = (), stock: Collection[str] = ()) -> pa.Table:
    """What in `texts` looks like personal data, and what repeats one of its row's `names` (schema `FOUND`).

    `stock` are texts of ours that stand in many of them and are known to hold none, such as the names of signals: a name
    that only repeats a word of theirs is no find. Nothing hides behind look-alike digits or invisible characters.
    """
    encoded = _plain(texts).dictionary_encode()
    places = _of_patterns(encoded.dictionary)
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    found = [pa.table({"row": np.flatnonzero(codes == code), "kind": pa.repeat(kind, n), "at": pa.repeat(pa.scalar(at), n)},
                      schema=FOUND)
             for code, kind, at in places if (n := int((codes == code).sum()))]
    bare = _without(encoded.dictionary, stock).take(encoded.indices)
    for column in names:
        rows = _rows_with_name(bare, _plain(column))
        at = [1 + max(0, texts[row].as_py().lower().find(column[row].as_py().lower())) for row in rows.tolist()]
        found.append(pa.table({"row": rows, "kind": pa.repeat(NAME, len(rows)), "at": pa.array(at, pa.int64())}, schema=FOUND))
    every = pa.concat_tables(found) if found else FOUND.empty_table()
    return every.group_by(["row", "kind"], use_threads=False).aggregate([("at", "min")]).rename_columns(
        ["row", "kind", "at"]).sort_by([("row", "ascending"), ("at", "ascending"), ("kind", "ascending")])


def _of_patterns(texts: pa.Array) -> Iterator[tuple[int, str, int]]:
    """Text number, kind and place of everything that looks like personal data."""
    for kind in KINDS:
        maybe = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(texts, kind.pattern), False))
        for code in maybe.to_pylist():
            for match in re.finditer(kind.pattern, texts[code].as_py(), re.ASCII):
                if kind.is_one(match[0]):
                    yield code, kind.name, match.start() + 1
                    break


def _plain(texts: pa.Array) -> pa.Array:
    """Texts with compatible characters made one (full-width digits, for example) and invisible ones taken out."""
    normal = pc.utf8_normalize(texts.cast(pa.string()), form="NFKC")
    return pc.replace_substring_regex(normal, "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]", "")


def _without(texts: pa.Array, stock: Collection[str]) -> pa.Array:
    """Texts with every stock text taken out, longest first."""
    if not stock:
        return texts
    pattern = re.compile("|".join(re.escape(text) for text in sorted(stock, key=len, reverse=True)))
    return pa.array([None if text is None else pattern.sub(" \u0000 ", text) for text in texts.to_pylist()], pa.string())


def _rows_with_name(texts: pa.Array, names: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The rows whose text holds its own row's name as words of its own, whatever the case."""
    names = pc.utf8_lower(pc.utf8_trim_whitespace(pc.fill_null(names, "")))
    long_enough = pc.greater_equal(pc.utf8_length(names), MIN_NAME_CHARACTERS)
    rows = pc.indices_nonzero(pc.and_(long_enough, pc.is_valid(texts))).to_numpy()
    strings = np.dtypes.StringDType()
    inside = np.strings.find(np.array(pc.utf8_lower(texts.take(pa.array(rows))).to_pylist(), dtype=strings),
                             np.array(names.take(pa.array(rows)).to_pylist(), dtype=strings)) >= 0
    return np.array([row for row in rows[inside].tolist() if _is_word(texts[row].as_py(), names[row].as_py())], np.int64)


def _is_word(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None
