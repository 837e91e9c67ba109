"""Account text cannot hide, reorder, flood or escape: whatever it holds, the sentence around it reads as written."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.statements.quoting import MAX_SHOWN_CHARACTERS, isolated, neutral, sentence, visible

HOSTILE = st.text(alphabet=st.one_of(
    st.sampled_from("\u200b\u200c\u200d\u202e\u2066\u2068\u2069\ufeff\u00ad\u0336\u0489\x1b\x00\n\t ”“‹›\ue000\U000e0041"),
    st.characters(exclude_categories=["Cs"])), max_size=300)
REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@pytest.mark.parametrize(("raw", "shown"), [
    ("Der Spiegel", "Der Spiegel"),
    ("Le\u200bMonde", "Le‹U+200B›Monde"),
    ("a\u200b\u200b\u200bb", "a‹U+200B ×3›b"),
    ("gov\u202ecod.exe", "gov‹U+202E›cod.exe"),
    ("\x1b[2J\x07bell", "‹U+001B›[2J‹U+0007›bell"),
    ("two\nlines\u2028here", "two lines here"),
    ("  wide\u3000open  ", "wide open"),
    ("x” (registered: y)", "x’ (registered: y)"),
    ("z" + "\u0335" * 9, "z\u0335\u0335\u0335‹U+0335 ×6›"),
    ("\u202a\u202b\u202d\u202e\u2066", "‹U+202A U+202B U+202D …›"),
    ("\ue000", "‹U+E000›"),
    (None, ""),
    ("   ", ""),
])
def test_what_is_hidden_is_spelled_out(raw: str | None, shown: str) -> None:
    assert neutral(raw) == shown


@pytest.mark.parametrize("name", [
    "می\u200cخواهم",                      # Persian needs the non-joiner
    "क्\u200dष",                          # Hindi needs the joiner
    "👩\u200d🚀 🏳\ufe0f\u200d🌈",          # so do emoji
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "1\ufe0f\u20e3", "❤\ufe0f", "葛\U000e0100城", "Tiếng Việt", "朝日新聞", "Crème brûlée", "ภาษาไทย", "தமிழ்",
])
def test_what_a_script_needs_stays(name: str) -> None:
    assert neutral(name) == name


def test_a_joiner_between_latin_letters_is_not_needed_by_any_script() -> None:
    assert neutral("BBC\u200dNews") == "BBC‹U+200D›News"


@pytest.mark.parametrize("n", [MAX_SHOWN_CHARACTERS, MAX_SHOWN_CHARACTERS + 1])
def test_long_text_is_cut_at_the_limit_and_not_before(n: int) -> None:
    shown = neutral("x" * n)
    assert shown == ("x" * n if n <= MAX_SHOWN_CHARACTERS else "x" * MAX_SHOWN_CHARACTERS + "…")


@given(HOSTILE)
def test_nothing_hidden_or_reordering_is_left(raw: str) -> None:
    shown = neutral(raw)
    assert not set(shown) & set(REORDERING)
    assert not [c for c in shown if unicodedata.category(c) in ("Cc", "Co", "Zl", "Zp")]
    assert "“" not in shown
    assert "”" not in shown


@given(HOSTILE)
def test_the_result_is_bounded_whatever_comes_in(raw: str) -> None:
    assert len(neutral(raw * 20, limit=40)) <= 41 * 9


@given(HOSTILE)
def test_text_without_anything_hidden_is_only_trimmed_and_requoted(raw: str) -> None:
    plain = "".join(c for c in raw if c.isascii() and c.isprintable())
    assert neutral(plain, limit=1_000) == " ".join(plain.split())


def test_right_to_left_text_is_fenced_and_other_text_is_not() -> None:
    assert isolated("الجزيرة") == "\u2068الجزيرة\u2069"
    assert isolated("שלום") == "\u2068שלום\u2069"
    assert isolated("Der Spiegel") == "Der Spiegel"
    assert isolated("Der Spiegel", always=True) == "\u2068Der Spiegel\u2069"


def test_a_stored_sentence_keeps_its_quotation_and_balanced_fences() -> None:
    assert sentence("its bio says “\u2068الجزيرة\u2069”") == "Its bio says “\u2068الجزيرة\u2069”."


def test_a_stored_sentence_with_unbalanced_fences_loses_them() -> None:
    assert sentence("Name \u2068x.") == "Name ‹U+2068›x."


@given(HOSTILE)
def test_a_line_made_visible_has_no_terminal_control(raw: str) -> None:
    assert not [c for c in visible(raw) if unicodedata.category(c) == "Cc"]
