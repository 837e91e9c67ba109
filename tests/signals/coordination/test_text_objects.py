"""Keys of near copies: equal for copies with changes that do not matter, in any script; different for other texts."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.signals.coordination.link_objects import link_objects
from evenhand.signals.coordination.text_objects import BANDS, text_objects

TEXTS = ("Everybody in our street says that the new bridge should have been built ten years ago.",
         "Все на нашей улице говорят, что новый мост надо было построить ещё десять лет назад.",
         "街上的每个人都说新桥应该在十年前就已经建好了，现在已经太晚了。",
         "كل من في شارعنا يقول إن الجسر الجديد كان يجب أن يبنى قبل عشر سنوات على الأقل",
         "หมู่บ้านของเราทุกคนบอกว่าควรสร้างสะพานใหม่ตั้งแต่สิบปีก่อนแล้ว",
         "हमारी गली में सब कहते हैं कि नया पुल दस साल पहले बन जाना चाहिए था।")


def keys(*texts: str | None) -> list[set[int]]:
    posts = pa.record_batch({"account_id": ["a"] * len(texts), "post_id": [str(n) for n in range(len(texts))],
                             "text": pa.array(texts, pa.string())})
    made = text_objects().run(posts)
    found: list[set[int]] = [set() for _ in texts]
    for post, key in zip(made.column("post_id").to_pylist(), made.column("object").to_pylist(), strict=True):
        found[int(post)].add(key)
    return found


@pytest.mark.parametrize("text", TEXTS)
def test_copies_with_another_case_link_number_or_emoji_have_all_keys_in_common(text: str) -> None:
    one, other = keys(text, f"🎉 {text.upper()} !!! 42 @somebody https://example.org/x")
    assert one == other
    assert len(one) == BANDS


def test_texts_about_other_things_have_no_key_in_common() -> None:
    found = keys(*TEXTS, "Nobody expected the concert to begin before the rain had stopped in the evening.")
    assert sum(len(one) for one in found) == len(set().union(*found))


@pytest.mark.parametrize("text", [None, "", "Good morning!", "早上好，朋友们", "RT @ann: " + TEXTS[0],
                                  "https://example.org/" + "a" * 90, "1234567890" * 9, "@" + "name" * 30])
def test_what_is_short_reposted_or_no_text_has_no_key(text: str | None) -> None:
    assert keys(text) == [set()]


@given(st.lists(st.one_of(st.none(), st.text(max_size=120), st.sampled_from(TEXTS)), min_size=1, max_size=6))
def test_a_text_has_the_same_keys_alone_and_among_others(texts: list[str | None]) -> None:
    assert keys(*texts) == [keys(text)[0] for text in texts]


def test_the_more_alike_two_texts_are_the_more_often_they_share_a_key() -> None:
    chance = np.random.default_rng(5)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))

    def share(n_changed: int) -> float:
        hits = 0
        for _ in range(60):
            text = chance.choice(letters, 160)
            other = text.copy()
            other[chance.choice(160, n_changed, replace=False)] = chance.choice(letters, n_changed)
            one, two = keys("".join(text), "".join(other))
            hits += bool(one & two)
        return hits / 60

    assert share(1) > 0.8
    assert share(24) < 0.45


@pytest.mark.parametrize(("one", "other", "same"), [
    ("https://www.example.org/a/", "http://example.org/a", True),
    ("https://example.org/a?utm_source=x&id=3", "https://m.example.org/a?id=3", True),
    ("https://example.org/a#top", "https://example.org/a", True),
    ("https://example.org/a?id=3", "https://example.org/a?id=4", False),
    ("https://example.org/a", "https://example.com/a", False)])
def test_one_address_written_in_two_ways_is_one_object(one: str, other: str, *, same: bool) -> None:
    links = pa.record_batch({"account_id": ["a", "b"], "post_id": ["1", "2"], "url": [one, other],
                             "is_defanged": [False, False]})
    first, second = link_objects().run(links).column("object").to_pylist()
    assert (first == second) is same


def test_a_quoted_link_is_no_object() -> None:
    links = pa.record_batch({"account_id": ["a"], "post_id": ["1"], "url": ["https://example.org/a"], "is_defanged": [True]})
    assert link_objects().run(links).num_rows == 0
