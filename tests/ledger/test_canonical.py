"""One value has one text: the vectors of RFC 8785, and the promise for all values."""

from __future__ import annotations

import json
import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.ledger.canonical import LARGEST_INTEGER, canonical
from evenhand.model.campaigns.event import Json

numbers = st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | numbers | texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        texts, inner, max_size=4), max_leaves=12)


def test_the_primitive_example_of_the_standard() -> None:
    """RFC 8785, section 3.2.2."""
    value: Json = {"numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
                   "string": "\u20ac$\u000f\nA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}')


def test_keys_stand_in_the_order_of_their_utf_16_units() -> None:
    """RFC 8785, section 3.2.3: an emoji sorts before a Hebrew letter, since its first unit is a surrogate."""
    value = {"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
             "\U0001f600": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}
    assert list(json.loads(canonical(value)).values()) == [
        "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh"]


@pytest.mark.parametrize(("bits", "written"), [
    ("0000000000000000", "0"), ("8000000000000000", "0"), ("0000000000000001", "5e-324"), ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"), ("4340000000000000", "9007199254740992"),
    ("4430000000000000", "295147905179352830000"), ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"), ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef50", "1e+21"), ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"), ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"), ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"), ("43143ff3c1cb0959", "1424953923781206.2")])
def test_numbers_are_written_as_ecmascript_does(bits: str, written: str) -> None:
    """RFC 8785, appendix B."""
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]).decode() == written


@settings(max_examples=50)
@given(values)
def test_it_reads_as_the_same_value_and_is_written_the_same_again(value: Json) -> None:
    assert json.loads(canonical(value), parse_int=float) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


@settings(max_examples=30)
@given(st.dictionaries(texts, values, max_size=5))
def test_the_order_of_keys_does_not_matter(value: dict[str, Json]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, 2**53 + 1, -2**53 - 1, 10**30, "\ud800", {1: 2}, b"bytes",
                                   {"a": {1, 2}}])
def test_what_json_cannot_hold_is_refused(value: Json) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical(value)
