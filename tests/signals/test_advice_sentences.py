"""Sentences that give advice: the shipped model reads plain advice as such, in English only, beside its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.signals.advice.sentences import SCHEMA, advice_sentences, with_neighbours
from evenhand.signals.advice.surroundings import N_FACTS, surroundings
from evenhand.signals.words.sentences import sentences_of
from evenhand.workflows.signals import advice_model

ADVICE = "You should talk to her about it and set some rules for the evening ."
TALK = "I did exactly the same thing when my son was born ."


class Reader:
    """A sentence model for tests: the same numbers for every text."""

    name = "minilm test"

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        return np.full((len(texts), 384), 384 ** -0.5, np.float32)


def posts_of(*texts: str | None, languages: Sequence[str | None] | None = None) -> pa.RecordBatch:
    ids = pa.array([str(number) for number in range(len(texts))], pa.string())
    return pa.record_batch({"account_id": ids, "post_id": ids, "text": pa.array(texts, pa.string()),
                            "language": pa.array(languages or [None] * len(texts), pa.string())})


def test_plain_advice_and_plain_talk_in_english() -> None:
    rows = advice_sentences(advice_model, digest="x").run(
        posts_of(ADVICE, TALK, ADVICE, ADVICE, languages=["en", "en", "de", None]))
    assert rows.column("post_id").to_pylist() == ["0", "3"]
    assert rows.schema == SCHEMA


def test_each_sentence_of_a_post_is_told_with_its_line() -> None:
    rows = advice_sentences(advice_model, digest="x").run(posts_of(f"{TALK} {TALK}\n{TALK}\n{ADVICE}")).to_pylist()
    assert [(row["line"], row["sentence"]) for row in rows] == [(2, ADVICE)]


def test_nothing_in_nothing_out() -> None:
    assert advice_sentences(advice_model, digest="x").run(posts_of()).num_rows == 0
    assert advice_sentences(advice_model, digest="x", reader=Reader()).run(posts_of(None, " \n ")).num_rows == 0


def test_a_sentence_model_is_part_of_the_digest_and_of_the_reading() -> None:
    alone, beside = (advice_sentences(advice_model, digest="x", reader=reader) for reader in (None, Reader()))
    assert alone.digest != beside.digest
    sentences = sentences_of(pa.array([ADVICE, TALK]))
    assert (advice_model().likeness(sentences) != advice_model().likeness(sentences, reader=Reader())).all()


@settings(max_examples=30)
@given(texts=st.lists(st.lists(st.sampled_from([ADVICE, TALK, "Good luck !", "Why ?"]), max_size=4).map(" ".join),
                      min_size=1, max_size=4))
def test_promise_a_post_is_read_alike_in_any_company(texts: list[str]) -> None:
    together = sentences_of(pa.array(texts, pa.string()))
    likeness = advice_model().likeness(together)
    for number, text in enumerate(texts):
        alone = advice_model().likeness(sentences_of(pa.array([text], pa.string())))
        assert np.allclose(likeness[together.row == number], alone, atol=1e-9)


def test_neighbours_are_of_the_same_text() -> None:
    around = with_neighbours(np.array([[1], [2], [3]], np.float32), np.array([0, 0, 1]))
    assert around.tolist() == [[1, 0, 2], [2, 1, 0], [3, 0, 0]]
    facts = surroundings(np.array([0.0, 0.0, 9.0]), np.array([4, 4, 7]))
    assert facts.shape == (3, N_FACTS)
    assert facts[0, :4].tolist() == [0, 0.5, 0, 0.5], "its own reading, its likeness, that of the one before and after"
    assert facts[2, 2:8].tolist() == [0] * 6


def test_sentences_are_cut_after_their_signs_and_at_line_breaks() -> None:
    found = sentences_of(pa.array(['"Stop ." She said so ... really?! Yes\n\nNo', None, "", "3.5 mg"]))
    assert found.texts.to_pylist() == ['"Stop ."', "She said so ...", "really?!", "Yes", "No", "3.5 mg"]
    assert found.row.tolist() == [0, 0, 0, 0, 0, 3]
    assert found.line.tolist() == [0, 0, 0, 0, 2, 0]
