"""All pieces in all texts of one event, found by one pass over the texts as they are, without lower-casing them.

A piece is a pattern that fits it in either case. What else becomes a letter of a piece in lower case (the Kelvin sign
becomes k, İ becomes i) is rare: it is looked for beside the pieces, and only an event that has it is lower-cased first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import hyperscan

from evenhand.policy.compiled.letters import lower, upper
from evenhand.policy.compiled.passes import BETWEEN

LONGEST_JOINED = 2_048
"""Bytes of an event's texts up to which they are read in one pass. In longer ones a piece may stand very often, so each
is read alone, and each piece is told of once."""

_END_OF_CASES = 0x1F000
"""No character from here on has a case."""

Masks = Sequence[Mapping[int, int]]
"""For each text, what finding a piece (by its place) in it means, as bits."""


def event_finder(pieces: Sequence[str], masks: Masks) -> Callable[[tuple[str, ...]], int]:
    """A function that gives the `masks` of all pieces that stand in an event's texts, joined by `|`.

    The pieces are in lower case. Several threads may call the function.

    >>> find = event_finder(["airdrop", "раздача"], [{0: 1, 1: 2}, {0: 4}])
    >>> find(("РАЗДАЧА", "Airdrop")), find(("airdrop", "раздача"))
    (6, 1)
    """
    odd_letters = _odd_letters(frozenset("".join(pieces)))
    patterns = [*map(_pattern, pieces), *(letter.encode() for letter in odd_letters)]
    flags = [hyperscan.HS_FLAG_CASELESS if piece.isascii() else 0 for piece in pieces] + [0] * len(odd_letters)
    odd = 1 << max((mask.bit_length() for by_piece in masks for mask in by_piece.values()), default=0)
    meanings = [*(tuple(mask.get(number, 0) for mask in masks) for number in range(len(pieces))),
                *((odd,) * len(masks) for _ in odd_letters)]
    database, scan_once = _database(patterns, flags), _single_scanner(patterns, flags)
    scan, new_scratch, join, n_between = database.scan, hyperscan.Scratch, BETWEEN.join, len(masks) - 1
    idle = [new_scratch(database)]
    # a scratch is used by one call at a time: taking one and giving it back are atomic
    take_scratch, give_back = idle.pop, idle.append

    def find(texts: tuple[str, ...]) -> int:
        try:
            data = join(texts).encode()
        except UnicodeEncodeError:
            data = _encoded(join(texts))
        if len(data) > LONGEST_JOINED:
            return one_by_one(texts)
        try:
            scratch = take_scratch()
        except IndexError:
            scratch = new_scratch(database)
        found: list[tuple[int, int]] = []
        scan(data, _note, 0, found, scratch)
        give_back(scratch)
        return told(texts, data.count, found) if found else 0

    def told(texts: tuple[str, ...], count: Callable[..., int], found: list[tuple[int, int]]) -> int:
        """What was found: a match belongs to the text behind as many separators as stand before the match's end."""
        if count(0) != n_between:
            return one_by_one(texts)
        hits = 0
        for number, end in found:
            hits |= meanings[number][count(0, 0, end)]
        return hits if hits < odd else find(tuple(map(lower, texts))) & (odd - 1)

    def one_by_one(texts: tuple[str, ...]) -> int:
        hits = 0
        for place, text in enumerate(texts):
            for number in scan_once(_encoded(text)):
                hits |= meanings[number][place]
        return hits if hits < odd else one_by_one(tuple(map(lower, texts))) & (odd - 1)

    return find


def _encoded(text: str) -> bytes:
    """The text's bytes; half a surrogate pair, which no stored text holds, gives bytes that fit no piece."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _note(number: int, _start: int, end: int, _flags: int, found: Any) -> None:
    found.append((number, end))


def _database(patterns: Sequence[bytes], flags: Sequence[int]) -> hyperscan.Database:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=patterns, ids=list(range(len(patterns))), elements=len(patterns), flags=list(flags))
    return database


def _single_scanner(patterns: Sequence[bytes], flags: Sequence[int]) -> Callable[[bytes], list[int]]:
    """A function that gives the number of each pattern that fits somewhere, once."""
    database = _database(patterns, [flag | hyperscan.HS_FLAG_SINGLEMATCH for flag in flags])
    idle: list[hyperscan.Scratch] = []

    def scanned(data: bytes) -> list[int]:
        found: list[tuple[int, int]] = []
        try:
            scratch = idle.pop()
        except IndexError:
            scratch = hyperscan.Scratch(database)
        database.scan(data, _note, 0, found, scratch)
        idle.append(scratch)
        return [number for number, _ in found]

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
