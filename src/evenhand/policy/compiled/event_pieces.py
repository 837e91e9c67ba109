"""All pieces in all texts of one event, found by one pass over the texts as they are, without lower-casing them.

A piece is a pattern that fits it in either case. What else becomes a letter of a piece in lower case (the Kelvin sign
becomes k, İ becomes i) is rare: it is looked for beside the pieces, and only an event that has it is lower-cased first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import hyperscan

from evenhand.policy.compiled.letters import lower, upper
from evenhand.policy.compiled.passes import BETWEEN

LONGEST_JOINED = 2_048
"""Bytes of an event's texts up to which they are read in one pass. In longer ones a piece may stand very often, so each
is read alone, and each piece is told of once."""

LONGEST_TOGETHER = 65_536
"""Bytes of many events' texts up to which they are read in one pass, for the same reason."""
_END_OF_CASES = 0x1F000
"""No character from here on has a case."""

Masks = Sequence[Mapping[int, int]]
"""For each text, what finding a piece (by its place) in it means, as bits."""
Matches = list[tuple[int, int]]
"""The number of a pattern and the byte behind its match, in no order."""
_END = itemgetter(1)


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for the pieces of all conditions. Several threads may use it."""

    find: Callable[[tuple[str, ...]], int]
    """The masks of all pieces that stand in the texts of one event, joined by `|`."""
    find_each: Callable[[Sequence[str]], list[int]]
    """The same for each of many events, whose texts stand one behind the other: all are read in one pass."""


def event_finder(pieces: Sequence[str], masks: Masks) -> Finder:
    """Finds the pieces, which are in lower case, in the texts of events; there are `masks` for each of their texts.

    >>> finder = event_finder(["airdrop", "раздача"], [{0: 1, 1: 2}, {0: 4}])
    >>> finder.find(("РАЗДАЧА", "Airdrop")), finder.find_each(["airdrop", "раздача", "", "AIRDROP"])
    (6, [1, 4])
    """
    odd_letters = _odd_letters(frozenset("".join(pieces)))
    patterns = [*map(_pattern, pieces), *(letter.encode() for letter in odd_letters)]
    flags = [hyperscan.HS_FLAG_CASELESS if piece.isascii() else 0 for piece in pieces] + [0] * len(odd_letters)
    odd = 1 << max((mask.bit_length() for by_piece in masks for mask in by_piece.values()), default=0)
    meanings = [*(tuple(mask.get(number, 0) for mask in masks) for number in range(len(pieces))),
                *((odd,) * len(masks) for _ in odd_letters)]
    scanned, n_texts = _scanner(patterns, flags), len(masks)
    one_by_one = _one_by_one(_scanner(patterns, flags, once=True), meanings, odd)

    def find(texts: tuple[str, ...]) -> int:
        data = _encoded(BETWEEN.join(texts))
        if len(data) > LONGEST_JOINED:
            return one_by_one(texts)
        found = scanned(data)
        return told(texts, data.count, found) if found else 0

    def told(texts: tuple[str, ...], count: Callable[..., int], found: Matches) -> int:
        """What was found: a match belongs to the text behind as many separators as stand before the match's end."""
        if count(0) != n_texts - 1:
            return one_by_one(texts)
        hits = 0
        for number, end in found:
            hits |= meanings[number][count(0, 0, end)]
        return hits if hits < odd else find(tuple(map(lower, texts))) & (odd - 1)

    def find_each(texts: Sequence[str]) -> list[int]:
        data = _joined(texts)
        found = sorted(scanned(data), key=_END) if len(data) <= LONGEST_TOGETHER else []
        hits, place, last, count = [0] * (len(texts) // n_texts), 0, 0, data.count
        for number, end in found:
            place, last = place + count(0, last, end), end
            if place < len(texts):
                hits[place // n_texts] |= meanings[number][place % n_texts]
        if len(data) > LONGEST_TOGETHER or place + count(0, last) >= len(texts):
            return [find(tuple(texts[first:first + n_texts])) for first in range(0, len(texts), n_texts)]
        for event in [event for event, one in enumerate(hits) if one >= odd]:
            hits[event] = find(tuple(texts[event * n_texts:(event + 1) * n_texts]))
        return hits

    return Finder(find, find_each)


def _one_by_one(scanned: Callable[[bytes], Matches], meanings: Sequence[Sequence[int]],
                odd: int) -> Callable[[tuple[str, ...]], int]:
    """What `find` does, with a pass over each text."""
    def find(texts: tuple[str, ...]) -> int:
        hits = 0
        for place, text in enumerate(texts):
            for number, _ in scanned(_encoded(text)):
                hits |= meanings[number][place]
        return hits if hits < odd else find(tuple(map(lower, texts))) & (odd - 1)

    return find


def _joined(texts: Sequence[str]) -> bytes:
    """Many texts' bytes. Joined before they are encoded, one text in a wide script would widen all."""
    try:
        return BETWEEN.encode().join(map(str.encode, texts))
    except UnicodeEncodeError:
        return BETWEEN.encode().join(map(_encoded, texts))


def _encoded(text: str) -> bytes:
    """The text's bytes; half a surrogate pair, which no stored text holds, gives bytes that fit no piece."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _scanner(patterns: Sequence[bytes], flags: Sequence[int], *, once: bool = False) -> Callable[[bytes], Matches]:
    """A function that gives all matches in some bytes, or when it is `once` one for each pattern that fits."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=patterns, ids=list(range(len(patterns))), elements=len(patterns),
                     flags=[flag | hyperscan.HS_FLAG_SINGLEMATCH * once for flag in flags])
    scan, new_scratch = database.scan, hyperscan.Scratch
    idle = [new_scratch(database)]
    # a scratch is used by one call at a time: taking one and giving it back are atomic
    take, give_back = idle.pop, idle.append

    def note(number: int, _start: int, end: int, _flags: int, found: Any) -> None:
        found.append((number, end))

    def scanned(data: bytes) -> Matches:
        found: Matches = []
        try:
            scratch = take()
        except IndexError:
            scratch = new_scratch(database)
        scan(data, note, 0, found, scratch)
        give_back(scratch)
        return found

    return scanned


def _pattern(piece: str) -> bytes:
    """A regular expression over bytes that fits the piece in either case; ASCII leaves that to a flag."""
    return "".join(map(_literal if piece.isascii() else _either_case, piece)).encode("ascii")


def _literal(letter: str) -> str:
    return letter if letter.isalnum() and letter.isascii() else "".join(f"\\x{byte:02x}" for byte in letter.encode())


def _either_case(letter: str) -> str:
    capital = _capital(letter)
    return _literal(letter) if capital == letter else f"(?:{_literal(letter)}|{_literal(capital)})"


def _capital(letter: str) -> str:
    """The letter's own capital; the letter itself when it has none that becomes it again."""
    capital = upper(letter)
    return capital if lower(capital) == letter else letter


def _odd_letters(letters: frozenset[str]) -> list[str]:
    """What becomes one of the letters in lower case, besides the letter and its capital."""
    return [other for other, low in _becoming() if low in letters and other != _capital(low)]


def forms_of(letter: str) -> str:
    """Every character that is `letter` in lower case, joined."""
    return letter + "".join(other for other, low in _becoming() if low == letter)


@lru_cache(maxsize=1)
def _becoming() -> tuple[tuple[str, str], ...]:
    """Every character that is another one in lower case, with that."""
    characters = [chr(point) for point in (*range(0xD800), *range(0xE000, _END_OF_CASES))]
    return tuple((character, lower(character)) for character in characters if lower(character) != character)
