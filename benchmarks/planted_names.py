"""Names of made-up accounts for bench_name_search.py: some imitate a holder name in a known way, the others do not.

    python benchmarks/planted_names.py        prints some of each kind

Those that imitate none are, in equal parts: genuine names of holders that are not searched for, holder names with another
number or with a word of another holder's name in the place of one of theirs, and some words at random. Two of a kind are
never told apart by what only we know: the operators are written here and not taken from our tables.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from bench_name_matches import packaged
from numpy.typing import NDArray

SHUFFLE_SEED = 20261125
MIN_ONE_EDIT, MIN_TWO_EDITS = 6, 10
"""Letters that a name has at least for one and for two edits to be planted in it: an edit in "Time" is another word."""
LOOK_ALIKES = {
    "a": "\u0430\u00E1@", "e": "\u0435\u00E93", "o": "\u043E\u03BF0", "i": "\u0456\u00ED1", "l": "1I", "c": "\u0441",
    "p": "\u0440", "x": "\u0445", "y": "\u0443", "s": "5$", "A": "\u0410\u0391", "B": "\u0412", "E": "\u0415", "H": "\u041D",
    "K": "\u041A", "M": "\u041C", "O": "\u041E0", "P": "\u0420", "T": "\u0422", "C": "\u0421", "S": "5"}
ADDED = ("{} Official", "Real {}", "{} News", "The Real {}", "{} Team", "{} HQ", "{} Support", "Official {}", "{}_official",
         "{} 24")
MIN_WORD_LETTERS = 3
"""Of the words that names at random are made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """Names of accounts, and for each the number of the holder name it imitates, or -1."""

    names: list[str]
    truth: NDArray[np.int64]
    ways: list[str]
    """How each was made."""


def holder_names(holders: pa.Table, n: int) -> tuple[list[str], list[str]]:
    """`n` names of the shipped holders, in all scripts and no two of them equal but for case and spacing, with kinds."""
    names, kinds = _all_names(holders)
    return names[:n], kinds[:n]


def _all_names(holders: pa.Table) -> tuple[list[str], list[str]]:
    known: dict[str, tuple[str, str]] = {}
    for row in holders.select(["name", "kind", "names"]).to_pylist():
        for name in (row["name"], *(other["name"] for other in row["names"])):
            known.setdefault(_plain(name), (name, row["kind"]))
    known.pop("", None)
    rows = sorted(known.values())
    random.Random(SHUFFLE_SEED).shuffle(rows)
    return [name for name, _ in rows], [kind for _, kind in rows]


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _one_edit(name: str, random_: random.Random) -> str:
    letters = "etaoinshrdlu" if name.isascii() else _plain(name)
    at = random_.choice([at for at, letter in enumerate(name) if letter.isalpha()])
    letter = random_.choice(letters)
    return random_.choice((name[:at] + letter + name[at:], name[:at] + name[at + 1:], name[:at] + letter + name[at + 1:]))


def _swap(name: str, random_: random.Random) -> str:
    places = [at for at in range(len(name) - 1) if name[at:at + 2].isalpha() and name[at].casefold() != name[at + 1].casefold()]
    at = random_.choice(places or [0])
    return name[:at] + name[at + 1:at + 2] + name[at:at + 1] + name[at + 2:]


def _two_edits(name: str, random_: random.Random) -> str:
    first = random_.choice((_one_edit, _one_edit, _swap))(name, random_)
    return random_.choice((_one_edit, _one_edit, _swap))(first, random_)


def _look_alikes(name: str, random_: random.Random) -> str:
    places = [at for at, letter in enumerate(name) if letter in LOOK_ALIKES]
    for at in random_.sample(places, min(len(places), random_.randint(1, 3))):
        name = name[:at] + random_.choice(LOOK_ALIKES[name[at]]) + name[at + 1:]
    return name


def _word_order(name: str, random_: random.Random) -> str:
    words = name.split()
    turn = random_.randrange(1, len(words))
    return " ".join(words[turn:] + words[:turn])


def _spacing(name: str, random_: random.Random) -> str:
    return random_.choice((str.upper, str.lower, lambda text: text.replace(" ", "_"), lambda text: text.replace(" ", ""),
                           lambda text: "".join(word.title() for word in text.split())))(name)


Way = tuple[Callable[[str, random.Random], str], Callable[[str], bool]]
WAYS: dict[str, Way] = {
    "same": (lambda name, _: name, lambda _: True),
    "one_edit": (_one_edit, lambda plain: len(plain) >= MIN_ONE_EDIT),
    "swap": (_swap, lambda plain: len(plain) >= MIN_ONE_EDIT),
    "two_edits": (_two_edits, lambda plain: len(plain) >= MIN_TWO_EDITS),
    "look_alikes": (_look_alikes, str.isascii),
    "added_word": (lambda name, random_: random_.choice(ADDED).format(name), lambda _: True),
    "word_order": (_word_order, lambda _: True),
    "spacing": (_spacing, lambda _: True),
}
"""How each way changes a name, and the names (small, letters and digits) it suits."""


def searched_accounts(holders: list[str], n: int, *, share: float, seed: int) -> Searched:
    """`n` account names of which `share` imitate one of `holders`."""
    random_ = random.Random(seed)
    others = _all_names(packaged()[1])[0][len(holders):] or holders
    known = {_plain(name) for name in holders}
    words = sorted({word for name in holders for word in name.split() if len(word) >= MIN_WORD_LETTERS})
    names, truth, ways = [], np.full(n, -1, np.int64), []
    for number in range(n):
        if random_.random() < share:
            way = random_.choice(list(WAYS))
            truth[number], name = _planted(holders, way, random_)
        else:
            way = random_.choice(("other_holder", "other_word", "words"))
            name = _not_planted(way, holders, others, words, random_)
            while _plain(name) in known:
                name = _not_planted("words", holders, others, words, random_)
        names.append(name)
        ways.append(way)
    return Searched(names=names, truth=truth, ways=ways)


def _planted(holders: list[str], way: str, random_: random.Random) -> tuple[int, str]:
    change, suits = WAYS[way]
    while True:
        number = random_.randrange(len(holders))
        name = holders[number]
        if suits(_plain(name)) and (way != "word_order" or len(name.split()) > 1):
            return number, change(name, random_)


def _not_planted(way: str, holders: list[str], others: list[str], words: list[str], random_: random.Random) -> str:
    if way == "other_holder":
        return random_.choice(others)
    if way == "words":
        return " ".join(random_.choice(words) for _ in range(random_.randint(1, 4)))
    name = random_.choice(holders)
    if any(letter.isdigit() for letter in name):
        return "".join(random_.choice("23456789") if letter.isdigit() else letter for letter in name)
    parts = name.split()
    parts[random_.randrange(len(parts))] = random_.choice(words)
    return " ".join(parts)


def main() -> None:
    """Print some names of each way."""
    holders, _ = holder_names(packaged()[1], 30_000)
    searched = searched_accounts(holders, 400, share=0.6, seed=0)
    for way in sorted(set(searched.ways)):
        print(way)
        for name, number, other in zip(searched.names, searched.truth, searched.ways, strict=True):
            if other == way:
                print(f"    {name!r}" + (f" of {holders[number]!r}" if number >= 0 else ""))


if __name__ == "__main__":
    main()
