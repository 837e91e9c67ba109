"""A language file holds every key, no unknown field, and reads back as sentences."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_campaign import DATA, english

from evenhand.errors import DataError
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.step import Query
from evenhand.plugins import detectors, guards
from evenhand.statements.messages import HEADINGS, REQUIRED, Messages, Sentence
from evenhand.workflows.materials import load_languages

FILES = sorted(DATA.glob("*.toml"))
SIGNALS = (
    "name_reads_as", "name_lookalike_characters", "name_edited", "name_with_added_word", "handle_reads_as",
    "handle_lookalike", "address_other_suffix", "address_lookalike", "address_embeds", "claims_official",
    "claims_government", "claims_office", "claims_military", "claims_news", "claims_verified",
    "links_lookalike_address", "links_listed", "lookalike_swarm", "lookalike_zone", "mixed_script",
    "invisible_characters", "military_body_without_register", "asks_for_money", "repeated_link", "shared_listed_link",
    "acts_together", "posts_same_text", "posts_same_link", "handles_one_stem", "handles_one_shape", "handles_one_tail",
    "opened_together", "opened_in_one_hour", "opened_in_one_day", "leads_to_own_address", "follows_in_lockstep",
    "followed_in_one_hour",
)
GUARDS = ("disclosure", "namesake", "organic_mobilisation", "precedence", "proven_control", "criticism", "adjudicated",
          "unsupported_language")


def _text() -> str:
    return (DATA / "en.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_language_has_every_key_that_english_has(file: Path) -> None:
    messages = Messages.from_toml(file.read_text(encoding="utf-8"), file=file.name)
    told = {key for key in english().sentences if not HEADINGS.fullmatch(key)}
    assert messages.language == file.stem
    assert sorted(told - messages.sentences.keys()) == []
    assert sorted(messages.sentences.keys() - english().sentences.keys()) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_translation_uses_the_fields_of_the_english_sentence(file: Path) -> None:
    messages = Messages.from_toml(file.read_text(encoding="utf-8"), file=file.name)
    theirs = messages.sentences
    assert {key: (sentence.fields, theirs[key].fields) for key, sentence in english().sentences.items()
            if key in theirs and sentence.fields != theirs[key].fields} == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_may_be_left_out_may_be_left_out_in_every_language(file: Path) -> None:
    messages = Messages.from_toml(file.read_text(encoding="utf-8"), file=file.name)

    def optional(messages: Messages, key: str) -> set[frozenset[str]]:
        parts = re.findall(r"\[([^\[\]]*)\]", messages.sentences[key].text)
        return {frozenset(re.findall(r"\{(\w+)\}", part)) for part in parts}

    assert {key for key in messages.sentences if optional(messages, key) != optional(english(), key)} == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_account_text_stands_between_marks_that_it_cannot_hold(file: Path) -> None:
    messages = Messages.from_toml(file.read_text(encoding="utf-8"), file=file.name)
    others = {key for key, sentence in messages.sentences.items() if re.search("[«»「」『』]", sentence.text)}
    assert others == set()
    closed = {key for key, sentence in messages.sentences.items()
              if re.search("[“”„]", re.sub("“[^“”„]*”|„[^“”„]*“", "", sentence.text))}
    assert closed == set()


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_signal_has_a_title_and_a_fact(signal: str) -> None:
    assert f"signal.{signal}.fact" in english()
    assert english().title("signal", signal) != signal.replace("_", " ")


@pytest.mark.parametrize("guard", GUARDS)
def test_every_guard_has_a_title_a_fact_and_whom_it_protects(guard: str) -> None:
    assert {f"guard.{guard}.{part}" for part in ("title", "fact", "why")} <= english().sentences.keys()


def test_every_harm_and_penalty_is_required() -> None:
    assert all(f"harm.{harm}.reason" in REQUIRED for harm in Harm)
    assert all(f"penalty.{penalty}.what" in REQUIRED for penalty in Penalty if penalty is not Penalty.NONE)


def test_sentences_never_accuse_of_an_intention() -> None:
    accusing = ("pretend", "fake account", "imposter", "impostor", "fraudster", "malicious", "on purpose", "scammer", "lie")
    found = {key: word for key, sentence in english().sentences.items() for word in accusing
             if f" {word} " in f" {sentence.text.lower()} "}
    assert found == {}


def test_facts_are_sentences_with_an_end() -> None:
    facts = [sentence.text for messages in load_languages().by_tag.values() for key, sentence in messages.sentences.items()
             if key.endswith(".fact") or ".when." in key]
    assert [fact for fact in facts if not fact.endswith((".", "。", "।"))] == []


@pytest.mark.parametrize(("template", "values", "filled"), [
    ("a {shown} b", {"shown": "x"}, "a x b"),
    ("a[ ({source})].", {"source": "s"}, "a (s)."),
    ("a[ ({source})].", {"source": ""}, "a."),
    ("a[ ({source})].", {}, "a."),
    ("[{expected} of {source}]", {"expected": "x"}, ""),
    ("{shown}[{source}][ {expected}]", {"shown": "1", "source": "2", "expected": "3"}, "12 3"),
    ("{shown}", {"shown": "{source} [x]"}, "{source} [x]"),
    ("", {}, ""),
])
def test_optional_parts_go_when_a_field_in_them_is_empty(template: str, values: dict[str, str], filled: str) -> None:
    assert Sentence.parse(template).fill(values) == filled


MISTAKES = {
    "missing_key": lambda text: text.replace("[penalty.close]\nsubject", "[penalty.close]\nsubjekt"),
    "unknown_field": lambda text: text.replace("Its {where} “{shown}” reads", "Its {where} “{showm}” reads", 1),
    "field_of_another_table": lambda text: text.replace("This applies everywhere.", "This applies to {shown}."),
    "empty_sentence": lambda text: text.replace('"This applies everywhere."', '"  "'),
    "unknown_direction": lambda text: text.replace('direction = "ltr"', 'direction = "left"'),
    "no_language": lambda text: text.replace('language = "en"\n', "", 1),
    "not_toml": lambda text: text.replace('language = "en"', "language = en", 1),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_a_language_file_is_told_with_its_place(mistake: str, golden: Callable[[str, str], None]) -> None:
    broken = MISTAKES[mistake](_text())
    assert broken != _text()
    with pytest.raises(DataError) as caught:
        Messages.from_toml(broken, file="xx.toml")
    golden(f"statements/mistake_{mistake}.txt", caught.value.render() + "\n")


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    with pytest.raises(DataError) as caught:
        Messages.from_toml('language = "xx"\ndirection = "ltr"\n', file="xx.toml")
    assert len(caught.value.problems) == len(REQUIRED)


def test_a_missing_sentence_is_an_error_that_names_its_key() -> None:
    with pytest.raises(DataError, match=r"signal\.brand_new\.fact"):
        english().say("signal.brand_new.fact")


def test_a_signal_without_a_title_is_named_in_words() -> None:
    assert english().title("signal", "brand_new_signal") == "brand new signal"


def test_the_file_is_plain_toml_without_duplicates() -> None:
    assert tomllib.loads(_text())["language"] == "en"


def test_every_signal_that_a_detector_makes_and_every_guard_has_a_sentence() -> None:
    texts = [step.sql for detector in detectors() for step in detector.steps if isinstance(step, Query)]
    known = {key.split(".")[1] for key in english().sentences if key.startswith("signal.")}
    made = {word for text in texts for word in re.findall(r"'([a-z_]+)'(?= as signal| end as signal)", text)}
    made |= {word for text in texts for block in re.findall(r"case(?:(?!end as).)*end as signal", text, re.DOTALL)
             for word in re.findall(r"(?:then|else) '([a-z_]+)'", block)}
    assert len(made) > 15
    assert made - known == set()
    worded = {key.split(".")[1] for key in english().sentences if key.startswith("guard.")}
    assert {guard.name for guard in guards()} - worded == set()
