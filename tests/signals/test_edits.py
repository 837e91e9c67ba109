"""Names an edit or two away are found by keys: all of them, and nothing is lost by looking at few places."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from evenhand.signals.names.codepoints import Texts
from evenhand.signals.names.edits import MAX_LETTERS_OF_PAIRS, MIN_EDIT_LETTERS, MIN_LETTERS_OF_TWO, EditKeys
from evenhand.signals.names.hashes import PartHashes

NONE = Texts.from_arrow(pa.array([], pa.string()))
letters = st.sampled_from("abcdefgh")
words = st.text(letters, min_size=MIN_EDIT_LETTERS, max_size=40)
edit = st.tuples(st.sampled_from(["put", "drop", "set", "swap"]), st.floats(0, 1, exclude_max=True), letters)


def _edited(text: str, kind: str, where: float, letter: str) -> str:
    at = int(where * len(text))
    return {"put": text[:at] + letter + text[at:], "drop": text[:at] + text[at + 1:],
            "set": text[:at] + letter + text[at + 1:],
            "swap": text[:at] + text[at + 1:at + 2] + text[at:at + 1] + text[at + 2:]}[kind]


def _found(targets: list[str], name: str, *, is_twice: bool) -> set[int]:
    texts, asked = Texts.from_arrow(pa.array(targets)), Texts.from_arrow(pa.array(["before", name, "behind"]))
    every = np.ones(len(targets), np.bool_)
    keys = EditKeys.of(texts, NONE, np.zeros(0, np.int64), is_once=every, is_twice=every)
    part, target = keys.find(PartHashes.of(asked), asked.offsets[1:2], asked.offsets[2:3], is_twice=np.array([is_twice]))
    assert set(part.tolist()) <= {0}
    return set(target.tolist())


@given(targets=st.lists(words, min_size=1, max_size=4), number=st.integers(0, 3), change=edit)
def test_every_target_one_edit_away_is_found(targets: list[str], number: int, change: tuple[str, float, str]) -> None:
    name = _edited(targets[number % len(targets)], *change)
    near = {place for place, target in enumerate(targets) if OSA.distance(name, target) <= 1}
    assert near <= _found(targets, name, is_twice=False)


@given(targets=st.lists(words, min_size=1, max_size=4), number=st.integers(0, 3), first=edit, second=edit)
def test_every_target_two_edits_away_is_found(
        targets: list[str], number: int, first: tuple[str, float, str], second: tuple[str, float, str]) -> None:
    target = targets[number % len(targets)]
    name = _edited(_edited(target, *first), *second)
    near = {place for place, target in enumerate(targets)
            if OSA.distance(name, target) <= 2 and len(target) >= MIN_LETTERS_OF_TWO}
    assert near <= _found(targets, name, is_twice=True)


@pytest.mark.parametrize("length", range(MIN_LETTERS_OF_TWO, MAX_LETTERS_OF_PAIRS + 12))
def test_two_swaps_anywhere_are_found_at_every_length(length: int) -> None:
    target = "abcdefghijklmnopqrstuvwxyz0123456789"[:length]
    for first in range(length - 3):
        for second in range(first + 2, length - 1):
            name = list(target)
            for at in (first, second):
                name[at], name[at + 1] = name[at + 1], name[at]
            assert _found([target], "".join(name), is_twice=True) == {0}


def test_a_name_unlike_all_targets_has_no_candidates() -> None:
    assert _found(["harbourcourier", "nationalbureauofstatistics"], "zzzzyyyyxxxxwwww", is_twice=True) == set()
    assert _found(["harbourcourier"], "harborcoureir", is_twice=False) == set()
