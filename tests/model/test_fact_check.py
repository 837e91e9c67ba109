"""Ratings are read by a table, whole, and what it does not know is for a person."""

from __future__ import annotations

import pytest

from evenhand.connectors.registries.fact_checks import rating_words
from evenhand.model.fact_check import RatingWords, Verdict

RATINGS = (
    ("Pants on Fire!", Verdict.FALSE), ("FALSE", Verdict.FALSE), ("Es un bulo", Verdict.FALSE), ("Falso.", Verdict.FALSE),
    ("C’est faux", Verdict.FALSE), ("größtenteils falsch", Verdict.MISLEADING), ("Fałsz", Verdict.FALSE),
    ("Фейк", Verdict.FALSE),
    ("Yanlış", Verdict.FALSE), ("غير صحيح", Verdict.FALSE), ("झूठ", Verdict.FALSE), ("事実無根", Verdict.FALSE),
    ("谣言", Verdict.FALSE), ("전혀 사실 아님", Verdict.FALSE), ("hoaks", Verdict.FALSE), ("Mostly False", Verdict.MISLEADING),
    ("Half True", Verdict.MIXED), ("verdadeiro, mas", Verdict.MISLEADING), ("impossível provar", Verdict.UNPROVEN),
    ("Labeled Satire", Verdict.SATIRE), ("verdadeiro", Verdict.TRUE), ("not false", Verdict.UNKNOWN),
    ("de lado", Verdict.UNKNOWN),
    ("This claim is false because the photo is older", Verdict.UNKNOWN), ("4", Verdict.UNKNOWN), ("", Verdict.UNKNOWN))


@pytest.mark.parametrize(("rating", "verdict"), RATINGS)
def test_the_shipped_table_reads_ratings_of_many_publishers(rating: str, verdict: Verdict) -> None:
    assert rating_words().verdict(rating) is verdict


def test_false_is_known_in_at_least_twelve_languages() -> None:
    assert len(rating_words().languages) >= 12


def test_words_that_say_two_things_are_refused() -> None:
    with pytest.raises(ValueError, match="stands under `false` and `true`"):
        RatingWords.from_toml('[false]\nen = ["wrong"]\n[true]\nde = ["Wrong!"]')


def test_an_unknown_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="harmful"):
        RatingWords.from_toml('[harmful]\nen = ["bad"]')
