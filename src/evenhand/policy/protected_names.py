"""Names that no condition may look for: registered holders, states, parties, state bodies and offices."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from evenhand.model.registry import HolderKind

LONGEST_NAME = 8
"""Words in the longest name that is looked for inside a literal."""
LONGEST_RUN = 12
"""Characters in the longest name that is looked for inside a literal without spaces."""
MIN_START = 5
MIN_START_SHARE = 0.6
"""A literal that is the start of a protected word counts when it has so many letters and so much of the word."""
MIN_INNER_SHARE = 0.8
"""A literal from the middle of a protected word counts when it has so much of it."""
MIN_SURNAME = 4
SHORTEST_NAME = 3
"""Letters in the shortest registered name of one word, outside scripts that write without spaces."""

_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_HAN = re.compile(r"[\u3400-\u9fff]{2}")
"""Two Han characters make a word; two kana or Thai letters are more often a piece of one."""
_FLAG = re.compile("[\U0001F1E6-\U0001F1FF]{2}")
_COUNTRY_ENDING = re.compile(r"\.(?:[a-z]{2}|xn--[a-z0-9-]+)[/%]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedNames:
    """An index over protected names. `named_by` says what a literal names."""

    bodies: dict[str, str]
    """Folded words for states, parties, state bodies → what they are, such as `a state`."""
    starts: tuple[str, ...]
    """The same words, sorted, to find shortened ones."""
    holders: dict[str, str]
    """Folded full names of registered holders → what they are, such as `a registered official`."""
    surnames: frozenset[str]
    """Single words of the names of officials: looked for only where names stand."""

    def named_by(self, literal: str, columns: Iterable[str]) -> tuple[str, str] | None:
        """The protected word that `literal` names in a test of `columns`, and what that is; None when it names none."""
        flag = _FLAG.search(literal)
        if flag:
            return flag[0], "a state"
        folded = fold(literal.replace("%", " ").replace("_", " "))
        where = set(columns)
        if "website" in where and _COUNTRY_ENDING.search(literal.casefold().rstrip()):
            return literal, "a state, by its address ending"
        for piece in _pieces(folded):
            if piece in self.bodies:
                return piece, self.bodies[piece]
            if piece in self.holders and (" " in piece or piece == folded or _UNSPACED.search(piece)):
                return piece, self.holders[piece]
        if where & {"display_name", "handle"} and folded in self.surnames:
            return folded, "a registered official"
        return self._shortened(folded)

    def _shortened(self, folded: str) -> tuple[str, str] | None:
        """The protected word of which `folded` is the start or nearly all, so that no word passes in pieces."""
        if len(folded) < MIN_START:
            return None
        place = bisect_left(self.starts, folded)
        word = self.starts[place] if place < len(self.starts) else ""
        if word.startswith(folded) and len(folded) >= MIN_START_SHARE * len(word):
            return word, self.bodies[word]
        inner = next((word for word in self.starts if folded in word and len(folded) >= MIN_INNER_SHARE * len(word)), None)
        return None if inner is None else (inner, self.bodies[inner])


def fold(text: str) -> str:
    """The text as it is compared: compatibility forms and case made alike, everything but letters and digits a space.

    >>> fold("The  WASHINGTON-Post")
    'the washington post'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if _is_word(sign) else " " for sign in folded).split())


def _is_word(sign: str) -> bool:
    """True for letters, digits and the marks that belong to letters."""
    return unicodedata.category(sign)[0] in "LNM"


def _pieces(folded: str) -> Iterator[str]:
    """Every run of words in `folded`, longest first; in scripts without spaces every run of characters too."""
    words = folded.split()
    for n_words in range(min(LONGEST_NAME, len(words)), 0, -1):
        for first in range(len(words) - n_words + 1):
            yield " ".join(words[first:first + n_words])
    for word in words:
        if _UNSPACED.search(word):
            runs = (word[first:first + length] for length in range(min(len(word) - 1, LONGEST_RUN), 1, -1)
                    for first in range(len(word) - length + 1))
            yield from (run for run in runs if len(run) > len("ab") or _HAN.fullmatch(run))


_KINDS = {"states": "a state", "parties": "a party", "bodies": "a state body or office"}


def read_bodies(text: str) -> dict[str, str]:
    """The words in a `bodies.toml`: folded word → what it names. Raises `ValueError` when it is not such a file."""
    words: dict[str, str] = {}
    for kind, languages in tomllib.loads(text).items():
        for listed in languages.values():
            words |= {fold(word): _KINDS[kind] for word in listed}
    return words


def protected_names(holders: Iterable[tuple[str, str]], *, bodies: dict[str, str]) -> ProtectedNames:
    """The index over `holders`, pairs of a name and the holder's kind (`HolderKind`), and over `bodies`."""
    full: dict[str, str] = {}
    surnames: set[str] = set()
    for name, kind in holders:
        folded = fold(name)
        if len(folded) >= SHORTEST_NAME or _UNSPACED.search(folded):
            full.setdefault(folded, f"a registered {kind}")
        if kind == HolderKind.OFFICIAL:
            surnames |= {word for word in folded.split() if len(word) >= MIN_SURNAME}
            surnames |= {f"{first} {last}" for first, last in pairwise(folded.split())}
    return ProtectedNames(bodies=bodies, starts=tuple(sorted(bodies)), holders=full, surnames=frozenset(surnames))
