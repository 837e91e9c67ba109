"""Names cut into words and tokens: which one a place is in, and how many begin before it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.names.codepoints import Texts
from evenhand.signals.names.hashes import NameParts
from evenhand.workflows.signals import unicode_tables

TABLES = unicode_tables()
words = st.text(alphabet="ab聯邦ม", min_size=1, max_size=5)
names = st.lists(st.lists(words, max_size=4).map(" ".join), max_size=9)


@given(names)
def test_words_and_tokens_are_told_by_place(written: list[str]) -> None:
    parts = NameParts.of(Texts.from_arrow(pa.array(written, pa.string())), TABLES)
    assert parts.n_words().tolist() == [len(name.split()) for name in written]
    assert parts.word_rows.tolist() == [row for row, name in enumerate(written) for _ in name.split()]
    places = np.arange(len(parts.letters.points) + 1)
    for starts, ends, before, at in (
            (parts.word_starts, parts.word_ends, parts.words_before, parts.word_at),
            (parts.token_starts, parts.token_ends, parts.tokens_before, parts.token_at)):
        assert before(places).tolist() == [int((starts < place).sum()) for place in places]
        assert at(places).tolist() == [int((ends <= place).sum()) for place in places]


@given(names)
def test_a_bag_of_words_has_no_order(written: list[str]) -> None:
    turned = [" ".join(reversed(name.split())) for name in written]
    ours, others = (NameParts.of(Texts.from_arrow(pa.array(some, pa.string())), TABLES).bags() for some in (written, turned))
    assert ours.tolist() == others.tolist()
