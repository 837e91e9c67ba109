"""Chance is a function of seed, field and number: in any order, in any parts, and no id stands twice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evenhand.world.chance import ID_START, Chance, below, below_too, happens

numbers = st.lists(st.integers(0, 2**40), min_size=1, max_size=50).map(lambda some: np.array(some, np.int64))


@given(some=numbers, seed=st.integers(0, 2**32))
def test_a_draw_depends_on_its_number_alone(some: np.ndarray, seed: int) -> None:
    chance = Chance(seed=seed)
    whole = chance.draw("field", some)
    assert whole.tolist() == [int(chance.draw("field", some[i:i + 1])[0]) for i in range(len(some))]
    assert chance.draw("field", some[::-1]).tolist() == whole[::-1].tolist()


@given(start=st.integers(0, 2**50), seed=st.integers(0, 2**32))
def test_no_two_numbers_have_the_same_id_and_all_ids_have_19_digits(start: int, seed: int) -> None:
    ids = Chance(seed=seed).ids("account", np.arange(start, start + 2_000))
    assert len(np.unique(ids)) == 2_000
    assert ids.min() >= ID_START
    assert {len(str(one)) for one in ids.tolist()} == {19}


def test_fields_and_seeds_have_nothing_to_do_with_each_other() -> None:
    some = np.arange(10_000)
    draws = [Chance(seed=seed).draw(field, some) for seed, field in ((0, "a"), (0, "b"), (1, "a"))]
    bits = [np.unpackbits(one.view(np.uint8)).astype(float) for one in draws]
    for one in (0, 1):
        for other in range(one + 1, 3):
            assert abs(np.corrcoef(bits[one], bits[other])[0, 1]) < 0.01


@given(limit=st.integers(1, 2**31 - 1), some=numbers)
def test_what_is_drawn_is_below_the_limit(limit: int, some: np.ndarray) -> None:
    draws = Chance(seed=0).draw("x", some)
    assert below(draws, limit).max() < limit
    assert below_too(draws, limit).max() < limit


def test_per_cent_means_of_a_hundred() -> None:
    draws = Chance(seed=0).draw("x", np.arange(100_000))
    assert not happens(draws, 0).any()
    assert happens(draws, 100).all()
    assert abs(happens(draws, 30).mean() - 0.3) < 0.01
