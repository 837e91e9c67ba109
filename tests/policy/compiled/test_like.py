"""Patterns: the right answer, in time that grows with the text and not with a power of it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.policy.compiled.like import Pattern, Shape


def fits(pattern: str, text: str) -> bool:
    """By definition."""
    @cache
    def rest(p: int, t: int) -> bool:
        if p == len(pattern):
            return t == len(text)
        if pattern[p] == "%":
            return any(rest(p + 1, here) for here in range(t, len(text) + 1))
        return t < len(text) and pattern[p] in ("_", text[t]) and rest(p + 1, t + 1)
    return rest(0, 0)


@given(st.text(st.sampled_from("ab%_\n"), max_size=8), st.text(st.sampled_from("ab\n."), max_size=10))
def test_a_pattern_fits_what_it_says(pattern: str, text: str) -> None:
    assert (Pattern(pattern).test()(text) is not None) is fits(pattern, text)


@pytest.mark.parametrize(("pattern", "shape"), [
    ("abc", Shape.EXACT), ("abc%", Shape.STARTS), ("%%abc", Shape.ENDS), ("%abc%%", Shape.CONTAINS), ("a%c", Shape.GENERAL),
    ("a_c", Shape.GENERAL), ("_", Shape.GENERAL), ("%a%b%", Shape.GENERAL),
])
def test_simple_patterns_are_known(pattern: str, shape: Shape) -> None:
    assert Pattern(pattern).shape is shape


def test_a_pattern_with_many_wildcards_does_not_go_back() -> None:
    assert Pattern("%a" * 40 + "%b").test()("a" * 20_000) is None
