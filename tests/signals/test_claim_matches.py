"""Posts are matched with claims in every script, and how they speak of the claim is told apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from fact_check_register import CLAIM, TWICE, fact_check, register, steps
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.model.step import Kernel, Query
from evenhand.signals.fact_checks.index import ClaimIndex
from evenhand.signals.fact_checks.letters import letters
from evenhand.signals.fact_checks.likeness import MIN_LIKENESS, Likeness
from evenhand.signals.fact_checks.matches import claim_matches
from evenhand.signals.fact_checks.reader import Reader
from evenhand.workflows.signals import common_words, lexicon

CLAIMS = {
    "en": "Vaccines cause autism in children", "es": "Las vacunas provocan autismo en los niños",
    "pt": "As vacinas provocam autismo nas crianças", "fr": "Les vaccins provoquent l'autisme chez les enfants",
    "de": "Impfstoffe verursachen Autismus bei Kindern", "it": "I vaccini provocano autismo nei bambini",
    "pl": "Szczepionki powodują autyzm u dzieci", "ru": "Прививки вызывают аутизм у детей",
    "tr": "Aşılar çocuklarda otizme neden oluyor", "ar": "اللقاحات تسبب التوحد عند الأطفال",
    "hi": "टीकाकरण से बच्चों में ऑटिज़्म होता है", "id": "Vaksin menyebabkan autisme pada anak-anak",
    "ja": "ワクチンは子供の自閉症を引き起こす", "ko": "백신은 어린이에게 자폐증을 일으킨다", "zh": "疫苗会导致儿童自闭症",
    "th": "วัคซีนทำให้เด็กเป็นออทิสติก"}
REFUTED = {
    "en": "It is false that vaccines cause autism in children", "es": "Es falso que las vacunas provocan autismo en los niños",
    "pt": "É falso que as vacinas provocam autismo nas crianças",
    "fr": "Les vaccins provoquent l'autisme chez les enfants ? C'est faux.",
    "de": "Impfstoffe verursachen Autismus bei Kindern: stimmt nicht.",
    "it": "Una bufala: i vaccini provocano autismo nei bambini", "pl": "To nieprawda, że szczepionki powodują autyzm u dzieci",
    "ru": "Это фейк: прививки вызывают аутизм у детей", "tr": "Aşılar çocuklarda otizme neden oluyor iddiası doğru değil",
    "ar": "غير صحيح أن اللقاحات تسبب التوحد عند الأطفال", "hi": "टीकाकरण से बच्चों में ऑटिज़्म होता है, यह झूठ है",
    "id": "Tidak benar vaksin menyebabkan autisme pada anak-anak", "ja": "「ワクチンは子供の自閉症を引き起こす」はデマ",
    "ko": "백신은 어린이에게 자폐증을 일으킨다는 말은 사실이 아니다", "zh": "辟谣：疫苗会导致儿童自闭症",
    "th": "ข่าวปลอม วัคซีนทำให้เด็กเป็นออทิสติก"}


def kernel(*rows: dict[str, object]) -> Kernel:
    [found] = [step for step in steps(register(*rows)) if step.name == "claim_matches_in_posts"]
    assert isinstance(found, Kernel)
    return found


def matched(of: Kernel, texts: Sequence[str | None]) -> list[dict[str, object]]:
    ids = [str(nth) for nth in range(len(texts))]
    batch = pa.record_batch({"account_id": ids, "post_id": ids, "text": pa.array(texts, pa.string())})
    return list(of.run(batch).to_pylist())


EVERY = kernel(*(fact_check(claim, language=language) for language, claim in CLAIMS.items()))
SMALL = kernel(*TWICE)


@pytest.mark.parametrize("language", CLAIMS)
def test_a_claim_is_recognised_in_its_script(language: str) -> None:
    [found] = matched(EVERY, [CLAIMS[language].upper() + " !!"])
    assert found["stance"] == "repeats"
    assert float(str(found["likeness"])) >= MIN_LIKENESS


@pytest.mark.parametrize("language", REFUTED)
def test_a_post_that_refutes_the_claim_is_told_apart(language: str) -> None:
    found = matched(EVERY, [REFUTED[language]])
    assert found
    assert {row["stance"] for row in found} <= {"refutes"}


@pytest.mark.parametrize(("text", "stance"), [
    (CLAIM, "repeats"), (f"Wake up people! {CLAIM}. Share.", "repeats"), (f"{CLAIM}?", "asks"),
    (f"Is it true that {CLAIM}", "asks"), (f"Experts claim that {CLAIM}", "reports"),
    (f"According to my uncle, {CLAIM}", "reports"),
    ("The moon landing was not filmed in a desert near Phoenix", "negates"), (f"Fact check: {CLAIM}", "refutes"),
    (f"Sure, {CLAIM} /s", "refutes"), (f"{CLAIM} #sarcasm", "refutes"), (f"{CLAIM} 🤡", "repeats"),
    (f"{CLAIM}: gezurra da", "refutes"), (f"{CLAIM}: ტყუილია", "refutes"), (f"{CLAIM}. Är falskt!", "refutes"),
    (f"He wrote on the wall “{CLAIM}” and ran away", "quotes"), (f"I am not joking. {CLAIM}", "repeats"),
    (f"They don't want you to know that {CLAIM}", "repeats"), (f"The media will not tell you that {CLAIM}", "repeats"),
    ("They do not want you to know that the moon landing was not filmed in a desert near Phoenix", "negates")])
def test_how_a_post_speaks_of_a_claim(text: str, stance: str) -> None:
    assert {row["stance"] for row in matched(SMALL, [text])} == {stance}


def test_a_word_that_the_claim_has_too_says_nothing() -> None:
    of = kernel(fact_check("The minister said that schools will never open again in Springfield"))
    [row] = matched(of, ["the minister said that schools will never open again in Springfield, shame!"])
    assert row["stance"] == "repeats"
    [row] = matched(of, ["the minister said that schools will open again in Springfield"])
    assert row["stance"] == "negates"


def test_the_nearest_sentence_is_shown() -> None:
    [row, _] = matched(SMALL, [f"Good morning. {CLAIM}! I had eggs for breakfast."])
    assert row["shown"] == CLAIM


@pytest.mark.parametrize("text", ["I like the desert near Phoenix", "moon", "", None, "🌙" * 50, "The moon landing was in 1969",
                                  "https://example.org/" + CLAIM.replace(" ", "-")])
def test_the_same_topic_is_no_match(text: str | None) -> None:
    assert matched(SMALL, [text]) == []


def test_fact_checks_of_one_claim_are_one_claim() -> None:
    rows = (*TWICE, fact_check(CLAIM.replace("filmed", "staged"), site="three.example"),
            fact_check("Bananas are radioactive waste"))
    [grouped] = [step for step in steps(register(*rows)) if step.name == "checked_claims"]
    assert isinstance(grouped, Kernel)
    ids = pa.record_batch({"fact_check_id": [row["fact_check_id"] for row in rows]})
    found = grouped.run(ids).column("claim_id").to_pylist()
    assert len(set(found[:3])) == 1
    assert found[3] not in found[:3]


def test_without_fact_checks_no_post_is_read() -> None:
    made = claim_matches(register(), common=common_words(), stances=lexicon("stances"))
    assert all(isinstance(step, Query) and step.inputs == ("fact_checks",) for step in made)


TEXTS = st.lists(st.one_of(
    st.text(max_size=80), st.sampled_from([*CLAIMS.values(), *REFUTED.values(), f"{CLAIM}!", "#MoonLanding @BigNews"]),
    st.builds("{} {}".format, st.text(max_size=20), st.sampled_from(list(CLAIMS.values())))), max_size=6)


@settings(max_examples=25)
@given(texts=TEXTS)
def test_many_posts_give_what_each_gives_alone(texts: list[str]) -> None:
    together = [{**row, "post_id": ""} | {"account_id": ""} for row in matched(EVERY, texts)]
    alone = [{**row, "post_id": ""} | {"account_id": ""} for text in texts for row in matched(EVERY, [text])]
    assert together == alone


@settings(max_examples=25)
@given(texts=TEXTS)
def test_leaving_pairs_out_early_loses_no_match(texts: list[str]) -> None:
    index = ClaimIndex(pa.array(list(CLAIMS.values())), pa.nulls(len(CLAIMS), pa.string()), common=common_words())
    likeness = Likeness(index, None)
    column = pa.array(texts, pa.string())
    every, _ = likeness.matching(column, index.candidates(column))
    early, _ = likeness.matching(column, index.candidates(column, min_cover=likeness.min_cover()))
    assert (every.row.tolist(), every.claim.tolist()) == (early.row.tolist(), early.claim.tolist())


@settings(max_examples=25)
@given(text=st.sampled_from(list(CLAIMS.values())),
       more=st.sampled_from(["This is false.", "Es un bulo.", "Это фейк.", "辟谣", "Fact check", "झूठ है", "No evidence."]),
       is_before=st.booleans())
def test_refuting_words_only_ever_take_matches_away(text: str, more: str, is_before: bool) -> None:
    plain = {row["fact_check_id"] for row in matched(EVERY, [text]) if row["stance"] == "repeats"}
    with_more = {row["fact_check_id"] for row in matched(EVERY, [f"{more} {text}" if is_before else f"{text}. {more}"])
                 if row["stance"] == "repeats"}
    assert with_more <= plain
    assert not with_more


@settings(max_examples=40)
@given(texts=st.lists(st.text(max_size=60), max_size=8))
def test_letters_keep_every_text_to_itself(texts: list[str]) -> None:
    found = letters(pa.array(texts, pa.string()))
    places = np.arange(len(found.points))
    rows = found.rows_of(places)
    for nth, text in enumerate(texts):
        own = found.points[places[rows == nth]]
        assert own[own > 0].tolist() == letters(pa.array([text])).points[letters(pa.array([text])).points > 0].tolist()


class SameFirstWord:
    """A sentence model for tests: texts mean the same when they have the same first word."""

    name = "first word"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), 26), np.float32)
        for nth, text in enumerate(texts):
            vectors[nth, ord((text.strip().lower() or "a")[0]) % 26] = 1
        return vectors


def test_a_sentence_model_reads_only_candidates_and_can_say_no() -> None:
    index = ClaimIndex(pa.array([CLAIM]), pa.array([None], pa.string()), common=common_words())
    texts = pa.array([CLAIM, f"xylophones and {CLAIM}", "nothing of the kind"])
    found, likeness = Likeness(index, SameFirstWord()).matching(texts, index.candidates(texts))
    assert found.row.tolist() == [0]
    assert likeness[0] == pytest.approx(1.0)


@given(st.lists(st.sampled_from([CLAIM, f"xylophones and {CLAIM}", "nothing", "", "https://example.org"]), max_size=5))
@settings(max_examples=20, deadline=None)
def test_a_text_is_read_as_it_would_be_alone(texts: list[str]) -> None:
    claims = pa.array([CLAIM, "", "xylophones"])
    row, claim = (part.ravel().astype(np.int32) for part in np.mgrid[:len(texts), :len(claims)])
    [together] = Reader(SameFirstWord()).cosines(pa.array(texts, pa.string()), row, (claims,), claim)
    for place, (one, other) in enumerate(zip(row, claim, strict=True)):
        pair = np.zeros(1, np.int32), (claims,), np.array([other], np.int32)
        [alone] = Reader(SameFirstWord()).cosines(pa.array([texts[one]]), *pair)
        assert alone.tolist() == [together[place]]
