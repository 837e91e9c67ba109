"""The words that may be addresses are those that a regular expression finds, piece by piece."""

from __future__ import annotations

import re

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from evenhand.signals.web.url_words import MARK, address_words

BREAKS = ("[\t\n\f\r <>\"'`{}|\\\\^\u00ab\u00bb\u2018-\u201f\u3000-\u3001\u3003-\u3020"
          "\uff08\uff09\uff0c\uff1a\uff1b\uff01\uff1f\uff1e\uff1c]+")
LETTER = "[0-9A-Za-z\u0080-\U0010ffff]"
SIGN = re.compile(rf"{LETTER}\.{MARK}?{LETTER}|://")
PIECES = ["a", "B", "é", "語", "☕", ".", ".", "://", ":", "/", MARK, " ", "\n",
          "«", "”", "。", "、", "（", "：", "-", "_", "?", ""]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=5))
@example([".a", "b.c", "d.", ".e"])
@example(["a.«b", "a.\ue000b", "x\ue000.y", "a://", "://"])
def test_they_are_the_pieces_between_breaks_that_hold_a_sign(texts: list[str]) -> None:
    row, words = address_words(pa.array(texts, pa.large_string()))
    expected = [(nth, word) for nth, text in enumerate(texts) for word in re.split(BREAKS, text) if SIGN.search(word)]
    assert list(zip(row.tolist(), words.to_pylist(), strict=True)) == expected
