"""Operators bend what they are given and leave well-formed texts, whatever the script."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.world.chance import Chance
from evenhand.world.mosaic import merged, singles
from evenhand.world.operators.bend import ADDRESSES, HANDLES, NAMES, Operators, bend
from evenhand.world.operators.letters import letters
from evenhand.world.operators.letters import texts as spelled

SAMPLES = ["The Daily Herald and Times of Millbrook", "Ministry of Health", "Вечерние новости города", "صحيفة الأهرام اليومية",
           "दैनिक जागरण समाचार", "カ力タ二ロ日本新聞社", "대한민국 국립신문", "ידיעות היום וחדשות הסביבה",
           "หนังสือพิมพ์ไทยรัฐ", "Εφημερίδα των Συντακτών",
           "Department of National Administration", "City of Clarksmill", "Les Nouvelles du Nord"]
HANDLE_SAMPLES = ["thedailyherald", "mill_brook_news", "WoodwardMonitor", "nationalclinic"]
ADDRESS_SAMPLES = ["dailyherald.com", "mill-brook-times.co.uk", "evening.moderndaily.org", "health.gov"]
names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=40).filter(str.strip)


def apply(operators: Operators, name: str, given: list[str]) -> list[str]:
    draws = Chance(seed=0).draw("x", np.arange(len(given) * 20))
    some = pa.array(given * 20)
    return operators.bends[name](some, draws, pa.array(["official"] * len(some))).to_pylist()


@pytest.mark.parametrize(("operators", "samples"), [(NAMES, SAMPLES), (HANDLES, HANDLE_SAMPLES), (ADDRESSES, ADDRESS_SAMPLES)],
                         ids=["names", "handles", "addresses"])
def test_every_operator_changes_something(operators: Operators, samples: list[str]) -> None:
    idle = [name for name in operators.bends if apply(operators, name, samples) == samples * 20]
    assert idle == []


def test_there_are_many_ways() -> None:
    assert len(NAMES.bends) >= 20
    assert len(NAMES.bends) + len(HANDLES.bends) + len(ADDRESSES.bends) >= 60


@pytest.mark.parametrize("operators", [NAMES, HANDLES, ADDRESSES], ids=["names", "handles", "addresses"])
@given(given=st.lists(names, min_size=1, max_size=8), seed=st.integers(0, 2**32))
def test_what_is_bent_differs_and_is_well_formed(operators: Operators, given: list[str], seed: int) -> None:
    draws = Chance(seed=seed).draw("x", np.arange(len(given)))
    bent, which = bend(operators, pa.array(given, pa.string()), draws=draws, words=pa.array(["official"] * len(given)))
    bent.validate(full=True)
    for before, after, operator in zip(given, bent.to_pylist(), which.tolist(), strict=True):
        assert (before == after) is (operator == 0)
        assert after
        assert "\x00" not in after
        after.encode()


@given(given=st.lists(names, min_size=1, max_size=8), seed=st.integers(0, 2**32))
def test_bending_one_is_bending_many(given: list[str], seed: int) -> None:
    draws = Chance(seed=seed).draw("x", np.arange(len(given)))
    words = pa.array(["official"] * len(given))
    whole = bend(NAMES, pa.array(given, pa.string()), draws=draws, words=words)[0].to_pylist()
    alone = [bend(NAMES, pa.array([one]), draws=draws[i:i + 1], words=words[:1])[0][0].as_py() for i, one in enumerate(given)]
    assert whole == alone


@given(given=st.lists(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20), max_size=6))
def test_letters_spell_the_text_they_were_read_from(given: list[str]) -> None:
    assert spelled(letters(pa.array(given, pa.string()))).to_pylist() == given
    padded = pa.array(["before", *given, "after"], pa.string())[1:-1]
    assert spelled(letters(padded)).to_pylist() == given


def test_letters_are_code_points() -> None:
    assert letters(pa.array(["aб字😀"])).points.tolist() == [[ord(one) for one in "aб字😀"]]


def test_a_body_of_state_has_ends_that_impersonators_cannot_register() -> None:
    made = {one for name in ADDRESSES.bends if name not in ("address_as_subdomain", "address_hyphen_out")
            for one in apply(ADDRESSES, name, ["health.gov"])}
    assert [one for one in made if one.endswith((".gov", ".mil"))] == []


def test_parts_are_merged_in_their_rows() -> None:
    parts = [(np.array([2, 0]), pa.array(["c", "a"])), (np.array([3]), pa.array(["d"]))]
    assert merged(parts, 5).to_pylist() == ["a", None, "c", "d", None]
    assert singles(pa.array(["a", None, "c"])).to_pylist() == [["a"], None, ["c"]]
