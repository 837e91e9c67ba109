"""Nobody is two people by how a name is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import ConfigError
from evenhand.model.campaigns.person import person_named


def test_nobody_reads_as_somebody_else_who_acts_already() -> None:
    for name, other in (("сор", "cop"), ("cop", "сор"), ("сара", "capa"), ("ανα", "ava"), ("սս", "uu")):
        assert person_named(name) == name, "alone each is a name like any other"
        with pytest.raises(ConfigError, match="reads as"):
            person_named(name, among=["zoe", other])
    assert person_named("ana", among=["ana", "anna", "сор"]) == "ana"
    assert person_named("cop", among=["сор", "cop"]) == "cop", "who has acted before this was asked goes on"


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)


@pytest.mark.parametrize("name", ["ana", "ana@example.org", "josé", "李娜", "山田 たろう", "ана"])
def test_a_name_in_its_one_spelling_is_taken(name: str) -> None:
    assert person_named(name) == name


@pytest.mark.parametrize(("name", "said"), [
    ("Ana", "`ana`"), ("ana ", "`ana`"), ("a  b", "`a b`"), ("ａｎａ", "`ana`"),
    ("", "cannot be seen"), (" ", "cannot be seen"),
    ("an\u200ba", "cannot be seen"), ("аna", "Cyrillic and Latin")])
def test_another_spelling_is_refused_with_the_right_one(name: str, said: str) -> None:
    with pytest.raises(ConfigError) as refused:
        person_named(name)
    assert said in refused.value.problems[0].what + str(refused.value.problems[0].hint)


@given(NAMES, st.sampled_from([str.upper, str.title, lambda name: f" {name}", lambda name: f"{name}\t", str.swapcase]))
def test_no_other_way_of_writing_a_name_names_somebody_else(name: str, other: object) -> None:
    try:
        person_named(name)
    except ConfigError:
        return
    written = other(name)
    if written != name:
        with pytest.raises(ConfigError):
            person_named(written)
