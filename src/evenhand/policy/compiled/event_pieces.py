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
    odd = _odd_letters(frozenset("".join(pieces)))
    patterns = [*map(_pattern, pieces), *(letter.encode() for letter in odd)]
    flags = [hyperscan.HS_FLAG_CASELESS if piece.isascii() else 0 for piece in pieces] + [0] * len(odd)
    scan_all = _scanner(patterns, flags)
    scan_once = _scanner(patterns, [flag | hyperscan.HS_FLAG_SINGLEMATCH for flag in flags])
    n_pieces = len(pieces)

    def find(texts: tuple[str, ...]) -> int:
        data = _encoded(BETWEEN.join(texts))
        if len(data) > LONGEST_JOINED:
            return one_by_one(texts)
        found = scan_all(data)
        return spread(texts, found) if found else 0

    def spread(texts: tuple[str, ...], found: list[int], *, is_lower: bool = False) -> int:
        """What was found, by the text in which each match ends."""
        ends, total, hits = [], 0, 0
        for text in texts:
            total += len(_encoded(text))
            ends.append(total)
            total += 1
        for place in range(0, len(found), 2):
            if found[place] < n_pieces:
                hits |= masks[bisect_left(ends, found[place + 1])].get(found[place], 0)
            elif not is_lower:
                lowered = tuple(map(lower, texts))
                return spread(lowered, scan_all(_encoded(BETWEEN.join(lowered))), is_lower=True)
        return hits

    def one_by_one(texts: tuple[str, ...], *, is_lower: bool = False) -> int:
        hits = 0
        for text, mask in zip(texts, masks, strict=True):
            found = scan_once(_encoded(text))
            if not is_lower and any(piece >= n_pieces for piece in found[::2]):
                return one_by_one(tuple(map(lower, texts)), is_lower=True)
            for piece in found[::2]:
                hits |= mask.get(piece, 0)
        return hits

    return find


def _encoded(text: str) -> bytes:
    """The text's bytes; half a surrogate pair, which no stored text holds, gives bytes that fit no piece."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _scanner(patterns: Sequence[bytes], flags: Sequence[int]) -> Callable[[bytes], list[int]]:
    """A function that gives the number and the end of each match, one after the other."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=patterns, ids=list(range(len(patterns))), elements=len(patterns), flags=list(flags))
    scan, new_scratch = database.scan, hyperscan.Scratch
    idle = [new_scratch(database)]
    # a scratch is used by one call at a time: taking one and giving it back are atomic

    def note(number: int, _start: int, end: int, _flags: int, found: Any) -> None:
        found += (number, end)

    def scanned(data: bytes) -> list[int]:
        found: list[int] = []
        try:
            scratch = idle.pop()
        except IndexError:
            scratch = new_scratch(database)
        scan(data, note, 0, found, scratch)
        idle.append(scratch)
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
