"""Kappa and alpha give the published values and the same interval for the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.campaign.audit.agreement import cohen_kappa, krippendorff_alpha

# Krippendorff's own example (2011): four observers, twelve units, a dot where nobody spoke
OBSERVERS = ("1 2 3 3 2 1 4 1 2 . . .", "1 2 3 3 2 2 4 1 2 5 . 3", ". 3 3 3 2 3 4 2 2 5 1 .", "1 2 3 3 2 4 4 1 2 5 1 .")


def test_alpha_of_krippendorffs_example() -> None:
    said = [(unit, int(word) - 1) for words in OBSERVERS for unit, word in enumerate(words.split()) if word != "."]
    units, values = (np.asarray(column, np.int64) for column in zip(*said, strict=True))
    found = krippendorff_alpha(units, values, n_values=5, seed="s")
    assert found.value == pytest.approx(0.743, abs=5e-4)
    assert found.n_items == 11


def test_kappa_of_two_readers_by_hand() -> None:
    first = np.asarray([0] * 45 + [0] * 15 + [1] * 25 + [1] * 15, np.int64)
    second = np.asarray([0] * 45 + [1] * 15 + [0] * 25 + [1] * 15, np.int64)
    found = cohen_kappa(first, second, n_values=2, seed="s")
    assert found.value == pytest.approx(0.1304, abs=1e-4)
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert found == cohen_kappa(first, second, n_values=2, seed="s")


def test_alpha_of_two_readers_without_gaps_is_near_their_kappa() -> None:
    chance = np.random.default_rng(3)
    first = chance.integers(0, 3, 2_000)
    second = np.where(chance.random(2_000) < 0.7, first, chance.integers(0, 3, 2_000))
    items = np.tile(np.arange(2_000), 2)
    alpha = krippendorff_alpha(items, np.concatenate((first, second)), n_values=3, seed="s")
    kappa = cohen_kappa(first, second, n_values=3, seed="s")
    assert alpha.value == pytest.approx(kappa.value, abs=0.01)
    assert alpha.low == pytest.approx(kappa.low, abs=0.02)


@pytest.mark.parametrize("values", [[], [0], [0, 0, 0, 0]])
def test_where_nothing_could_differ_there_is_no_agreement_to_speak_of(values: list[int]) -> None:
    items = np.arange(len(values), dtype=np.int64) // 2
    found = krippendorff_alpha(items, np.asarray(values, np.int64), n_values=2, seed="s")
    assert (found.value, found.low, found.high) == (None, None, None)


@settings(max_examples=40)
@given(st.lists(st.integers(0, 2), min_size=2, max_size=40))
def test_full_agreement_is_one_or_undefined(words: list[int]) -> None:
    said = np.asarray(words, np.int64)
    found = cohen_kappa(said, said, n_values=3, seed="s")
    assert found.value == (pytest.approx(1.0) if len(set(words)) > 1 else None)
