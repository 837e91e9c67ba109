"""Everybody is told in their own language where there are words for it, and told plainly where there are none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.model.appeal import AppealOutcome, AppealStatement, ReversalGround
from evenhand.model.decision import Automation, Decision, Profile
from evenhand.model.evidence import EvidenceFamily, Finding, Reason
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.compose import Outcome, Rule, compose, fact, guard_fact
from evenhand.statements.languages import primary
from evenhand.statements.outcomes import Earlier, announcement, appeal_statement, reinstatement
from evenhand.workflows.materials import load_languages

Golden = Callable[[str, str], None]
LANGUAGES = load_languages()
TAGS = sorted(LANGUAGES.by_tag)
IMPOSED = [penalty for penalty in Penalty if penalty is not Penalty.NONE]
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
DECIDED_AT = datetime(2026, 11, 1, tzinfo=UTC)
RULE = Rule(text="Do not use the name of a news outlet in a way that readers can take you for it.", language="en",
            ground_url="https://platform.example/rules#news", appeal_days=183, appeal_url="https://platform.example/appeal")
REASONS = (
    Reason(signal="name_lookalike_characters", family=EvidenceFamily.IDENTITY, fact="Its display name looks like another.",
           where="display_name", shown="Der SpiegeI", expected="Der Spiegel", source="media:spiegel.de"),
    Reason(signal="claims_news", family=EvidenceFamily.CLAIM, fact="Its bio says so.", where="bio", shown="أخبار عاجلة",
           expected="", source=""),
    Reason(signal="shared_listed_link", family=EvidenceFamily.NETWORK, fact="Others do.", where="posts",
           shown="spiegel.ltd", expected="3", source=""))


def _profile(language: str | None) -> Profile:
    return Profile(account_id="a", handle="spiegel.ltd", display_name="Der SpiegeI", platform="p", language=language,
                   followers=3, created_at=None)


def _finding(reasons: tuple[Reason, ...] = REASONS) -> Finding:
    return Finding(account_id="a", harm=Harm.IMPERSONATION_MEDIA, detector="impersonation_media", confidence=0.9,
                   holder_id="media:spiegel.de", post_ids=("p1", "p2"), reasons=reasons)


def _decision(tag: str, penalty: Penalty) -> Decision:
    words, profile = LANGUAGES.for_reader(tag), _profile(tag)
    outcome = Outcome(penalty=penalty, until=UNTIL if penalty is Penalty.SUSPEND else None,
                      automation=Automation.PARTIALLY if penalty is Penalty.CLOSE else Automation.FULLY)
    statement = compose(words, profile=profile, finding=_finding(), rule=RULE, outcome=outcome)
    return Decision(decision_id="d", profile=profile, harm=Harm.IMPERSONATION_MEDIA, policy_id="news", penalty=penalty,
                    until=outcome.until, finding=_finding(), guards_considered=(), automation=outcome.automation,
                    decided_at=DECIDED_AT, steps=(), would_change=(), other_harms=(), statement=statement)


def _earlier(tag: str, penalty: Penalty) -> Earlier:
    return Earlier.of(_decision(tag, penalty))


@pytest.mark.parametrize("penalty", IMPOSED)
@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != "en"])
def test_the_statement_of_each_penalty_reads_well_in_each_language(tag: str, penalty: Penalty, golden: Golden) -> None:
    golden(f"statements/{tag}/{penalty}.txt", _decision(tag, penalty).statement.text + "\n")


@pytest.mark.parametrize("tag", TAGS)
def test_what_an_appeal_and_an_undoing_say_reads_well_in_each_language(tag: str, golden: Golden) -> None:
    words = LANGUAGES.for_reader(tag)
    because = "The profile says twice that it is a parody"
    told = [appeal_statement(words, decision=_earlier(tag, Penalty.CLOSE), outcome=outcome, because=because, had_strike=True)
            for outcome in AppealOutcome]
    told += [reinstatement(words, decision=_earlier(tag, penalty), ground=ground, had_strike=True)
             for penalty, ground in zip(IMPOSED, [ReversalGround.ROLLBACK, ReversalGround.CLASS] * 4, strict=True)]
    golden(f"statements/{tag}/outcomes.txt", "\n\n----\n\n".join(one.text for one in told) + "\n")


@pytest.mark.parametrize("tag", TAGS)
def test_what_announces_a_closing_and_takes_it_back_reads_well_in_each_language(tag: str, golden: Golden) -> None:
    words, decision = LANGUAGES.for_reader(tag), _decision(tag, Penalty.CLOSE)
    earlier = replace(Earlier.of(decision), is_announced=True)
    announced = announcement(words, decision.statement, decision=earlier, harm=decision.harm,
                             day=datetime(2027, 5, 4, tzinfo=UTC))
    back = [appeal_statement(words, decision=earlier, outcome=AppealOutcome.OVERTURNED, is_restored=False,
                             because="The profile says twice that it is a parody"),
            *(reinstatement(words, decision=earlier, ground=ground, is_restored=False) for ground in ReversalGround)]
    golden(f"statements/{tag}/announced.txt", "\n\n----\n\n".join(one.text for one in (announced, *back)) + "\n")


def test_who_is_told_of_a_closing_is_told_its_day_and_that_an_appeal_holds_it() -> None:
    for tag in TAGS:
        words, decision = LANGUAGES.for_reader(tag), _decision(tag, Penalty.CLOSE)
        told = announcement(words, decision.statement, decision=Earlier.of(decision), harm=decision.harm,
                            day=datetime(2027, 5, 4, tzinfo=UTC))
        assert all("2027-05-04" in part for part in (told.subject, told.what, told.appeal))
        assert told.appeal.startswith(decision.statement.appeal), "how to appeal is said as ever"
        assert (told.facts, told.rule) == (decision.statement.facts, decision.statement.rule)
        assert told.automation != decision.statement.automation, "a person has confirmed it by now"
        assert words.say("penalty.close.what") not in told.text, "nobody is told that it is so today"


def test_nothing_is_said_to_be_back_that_was_never_taken() -> None:
    words = LANGUAGES.for_reader("en")
    announced = replace(_earlier("en", Penalty.CLOSE), is_announced=True)
    for ground in ReversalGround:
        told = reinstatement(words, decision=announced, ground=ground, is_restored=False).text
        assert words.say("announcement.dropped") in told
        assert words.say("restored.close") not in told
    varied = appeal_statement(words, decision=announced, outcome=AppealOutcome.VARIED, because="b", is_restored=False)
    assert words.say("announcement.dropped") not in varied.text, "the lighter one may be a suspension"


@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != "en"])
def test_the_sentence_of_each_signal_and_guard_reads_well_in_each_language(tag: str, golden: Golden) -> None:
    words, lines = LANGUAGES.for_reader(tag), []
    for key in LANGUAGES.fallback.sentences:
        table, name, part = [*key.split("."), "", ""][:3]
        if table == "signal" and part == "fact":
            lines.append(fact(words, name, where="bio", shown="Spiegel 24", expected="Der Spiegel", source="media:spiegel.de"))
        elif table == "guard" and part in ("fact", "when"):
            lines.append(guard_fact(words, name, where="bio", shown="Spiegel 24", source="media:spiegel.de",
                                    expected=key.rpartition(".")[2] if part == "when" else ""))
    golden(f"statements/{tag}/sentences.txt", "\n".join(lines) + "\n")


def test_the_twelve_languages_are_there() -> None:
    assert {"en", "es", "fr", "de", "pt", "zh", "ar", "hi", "id", "ja", "ru", "tr"} <= set(TAGS)
    assert [tag for tag in TAGS if LANGUAGES.by_tag[tag].direction == "rtl"] == ["ar"]


@pytest.mark.parametrize(("tag", "told_in"), [
    ("pt-BR", "pt"), ("zh_Hant", "zh"), ("AR", "ar"), ("sw", "en"), (None, "en"), ("", "en"), ("und", "en")])
def test_a_reader_is_told_in_their_language_whatever_the_region(tag: str | None, told_in: str) -> None:
    assert LANGUAGES.for_reader(tag).language == told_in


@pytest.mark.parametrize(("tag", "names"), [("sw", "Swahili"), ("xx", "xx")])
def test_a_reader_without_words_in_their_language_is_told_so(tag: str, names: str) -> None:
    words = LANGUAGES.for_reader(tag)
    statement = compose(words, profile=_profile(tag), finding=_finding(), rule=RULE,
                        outcome=Outcome(penalty=Penalty.LABEL, until=None, automation=Automation.FULLY))
    assert f"your language ({names})" in statement.note
    assert statement.note in statement.text
    told = reinstatement(words, decision=_earlier(tag, Penalty.LABEL), ground=ReversalGround.CLASS)
    assert f"your language ({names})" in told.text


@pytest.mark.parametrize("tag", [None, "", "und", "mul", "zxx", "und-Latn"])
def test_nothing_is_noted_where_the_language_is_unknown(tag: str | None) -> None:
    statement = compose(LANGUAGES.for_reader(tag), profile=_profile(tag), finding=_finding(), rule=RULE,
                        outcome=Outcome(penalty=Penalty.LABEL, until=None, automation=Automation.FULLY))
    assert (statement.language, statement.note) == ("en", "")


def test_nothing_is_noted_where_the_reader_is_told_in_their_language() -> None:
    assert _decision("en", Penalty.LABEL).statement.note == ""
    assert _decision("de", Penalty.LABEL).statement.note == (
        "Die Regel steht in der Sprache, in der sie geschrieben wurde (Englisch).")


def test_a_reader_is_told_that_a_plugins_fact_is_in_another_language() -> None:
    plugin = Reason(signal="of_a_plugin", family=EvidenceFamily.MONEY, fact="it sells badges", where="bio", shown="x",
                    expected="", source="")
    words = LANGUAGES.for_reader("de")
    statement = compose(words, profile=_profile("de"), finding=_finding((plugin, REASONS[0])), rule=RULE,
                        outcome=Outcome(penalty=Penalty.LABEL, until=None, automation=Automation.FULLY))
    assert statement.facts[0] == "It sells badges."
    assert words.say("phrase.some_facts") in statement.note


def test_an_undoing_says_what_is_back_and_withdraws_only_a_strike_that_was_given() -> None:
    words = LANGUAGES.for_reader("en")
    for penalty in IMPOSED:
        decision = _earlier("en", penalty)
        told = reinstatement(words, decision=decision, ground=ReversalGround.CLASS, had_strike=True)
        back = words.say(f"restored.{penalty}", posts="p1, p2" if penalty is Penalty.DELETE_POST else "")
        assert back in told.text
        assert words.say("phrase.strikes") in told.text
        assert words.say("phrase.strikes") not in reinstatement(words, decision=decision, ground=ReversalGround.CLASS).text


def test_a_rollback_clears_nobody_and_an_upheld_appeal_gives_nothing_back() -> None:
    words, decision = LANGUAGES.for_reader("en"), _earlier("en", Penalty.SUSPEND)
    assert words.say("phrase.again") not in reinstatement(words, decision=decision, ground=ReversalGround.ROLLBACK).text
    upheld = appeal_statement(words, decision=decision, outcome=AppealOutcome.UPHELD, because="It is not a parody")
    assert words.say("restored.suspend") not in upheld.text
    assert words.say("phrase.court") in upheld.text


def test_a_statement_that_says_nothing_cannot_be_made() -> None:
    for parts in ({"language": ""}, {"subject": " "}, {"paragraphs": ("", " ")}):
        with pytest.raises(ValueError, match="compose it from the outcome"):
            AppealStatement(**({"language": "en", "subject": "s", "paragraphs": ("p",)} | parts))


@settings(max_examples=40)
@given(tag=st.sampled_from(TAGS), penalty=st.sampled_from(IMPOSED), handle=st.text(max_size=30), shown=st.text(max_size=90),
       because=st.text(min_size=1, max_size=60))
def test_nothing_an_account_or_a_reader_wrote_reorders_or_breaks_a_statement(
        tag: str, penalty: Penalty, handle: str, shown: str, because: str) -> None:
    words = LANGUAGES.for_reader(tag)
    reason = Reason(signal="claims_news", family=EvidenceFamily.CLAIM, fact="f", where="bio", shown=shown, expected="",
                    source="")
    profile = Profile(account_id="a", handle=handle, display_name="", platform="p", language=tag, followers=0, created_at=None)
    statement = compose(words, profile=profile, finding=_finding((reason, REASONS[0])), rule=RULE, outcome=Outcome(
        penalty=penalty, until=UNTIL if penalty is Penalty.SUSPEND else None, automation=Automation.FULLY))
    told = appeal_statement(words, decision=_earlier(tag, penalty), outcome=AppealOutcome.VARIED, because=because)
    for text in (statement.text, told.text):
        assert text.count("\u2068") == text.count("\u2069")
        assert not re.search("[\u200e\u200f\u202a-\u202e\u2066\u2067\u061c]", text)
    if words.direction == "rtl":
        for latin in re.finditer("[A-Za-z0-9][A-Za-z0-9 ./:@-]*", statement.subject + statement.what + statement.duration):
            before = (statement.subject + statement.what + statement.duration)[:latin.start()]
            assert before.count("\u2068") == before.count("\u2069") + 1, "what runs left to right is fenced"


def test_a_tags_language_is_its_first_part() -> None:
    assert [primary(tag) for tag in ("en-GB", "zh_Hans_CN", None, "DE")] == ["en", "zh", "", "de"]
