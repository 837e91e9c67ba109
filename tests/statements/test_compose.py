"""A statement says what happens, why, under which rule, on which facts, by whom, where, how long, and how to appeal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_campaign import english

from evenhand.errors import DataError
from evenhand.model.decision import Automation, Profile
from evenhand.model.evidence import EvidenceFamily, Finding, Reason
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements import MIN_APPEAL_DAYS, Messages, Outcome, Rule, compose, fact, guard_fact

IMPOSED = [penalty for penalty in Penalty if penalty is not Penalty.NONE]
UNTIL = datetime(2026, 12, 1, tzinfo=UTC)
RULE = Rule(text="Do not use the name of a news outlet in a way that readers can take you for it.",
            ground_url="https://platform.example/rules#news", appeal_url="https://platform.example/appeal")
ENGLISH = english()


def _reason(signal: str, family: EvidenceFamily, fact_text: str = "", **place: str) -> Reason:
    where, shown, expected, source = (place.get(name, "") for name in ("where", "shown", "expected", "source"))
    return Reason(signal=signal, family=family, fact=fact_text, where=where or "display_name", shown=shown,
                  expected=expected, source=source)


def _finding(harm: Harm = Harm.IMPERSONATION_MEDIA, *, reasons: tuple[Reason, ...] | None = None,
             post_ids: tuple[str, ...] = ("p1", "p2")) -> Finding:
    return Finding(account_id="a", harm=harm, detector=str(harm), confidence=0.9, holder_id="media:spiegel.de",
                   post_ids=post_ids, reasons=reasons or (
        _reason("name_reads_as", EvidenceFamily.IDENTITY, shown="Der SpiegeI", expected="Der Spiegel",
                source="media:spiegel.de"),
        _reason("claims_news", EvidenceFamily.CLAIM, where="bio", shown="Nachrichten")))


def _profile(handle: str = "spiegel.ltd") -> Profile:
    return Profile(account_id="a", handle=handle, display_name="Der SpiegeI", platform="p", language="en", followers=3,
                   created_at=None)


def _outcome(penalty: Penalty, automation: Automation = Automation.FULLY) -> Outcome:
    return Outcome(penalty=penalty, automation=automation, until=UNTIL if penalty is Penalty.SUSPEND else None)


@pytest.mark.parametrize("penalty", IMPOSED)
def test_the_statement_of_each_penalty_reads_well(penalty: Penalty, golden: Callable[[str, str], None]) -> None:
    statement = compose(ENGLISH, profile=_profile(), finding=_finding(), rule=RULE, outcome=_outcome(
        penalty, Automation.PARTIALLY if penalty is Penalty.CLOSE else Automation.FULLY))
    golden(f"statements/{penalty}.txt", statement.text + "\n")


def test_the_sentence_of_each_signal_and_guard_reads_well(golden: Callable[[str, str], None]) -> None:
    examples = {
        "name_reads_as": ("display_name", "Der SpiegeI", "Der Spiegel", "media:spiegel.de"),
        "name_lookalike_characters": ("display_name", "Dеr Spiegel", "Der Spiegel", "media:spiegel.de"),
        "name_edited": ("display_name", "Der Spiegal", "Der Spiegel", "media:spiegel.de"),
        "name_with_added_word": ("display_name", "Der Spiegel News", "Der Spiegel", "media:spiegel.de"),
        "handle_reads_as": ("handle", "der_spiegel", "Der Spiegel", "media:spiegel.de"),
        "handle_lookalike": ("handle", "derspiegeI", "Der Spiegel", "media:spiegel.de"),
        "address_other_suffix": ("handle", "spiegel.ltd", "spiegel.de", "media:spiegel.de"),
        "address_lookalike": ("website", "spiegei.de", "spiegel.de", "media:spiegel.de"),
        "address_embeds": ("handle", "spiegel.news-live.top", "spiegel.de", "media:spiegel.de"),
        "links_lookalike_address": ("1189", "spiegel.ltd", "spiegel.de", "media:spiegel.de"),
        "links_listed": ("1189", "secure-paypa1.example", "phishing", "phish-list"),
        "lookalike_swarm": ("handle", "spiegel.ltd", "12", "media:spiegel.de"),
        "lookalike_zone": ("handle", "spiegel.ltd", "7", "ltd"),
        "mixed_script": ("display_name", "Dеr Spiegel", "Latin, Cyrillic", ""),
        "invisible_characters": ("display_name", "Der\u200b Spiegel", "", ""),
        "claims_to_be_holder": ("bio", "Official account", "Der Spiegel", "media:spiegel.de"),
        "repeated_link": ("posts", "secure-paypa1.example", "14", ""),
        "shared_listed_link": ("posts", "secure-paypa1.example", "3", ""),
        "repeats_false_claim": ("1189", "The moon is cheese!", "The moon is cheese", "Check (https://c.example); Facts"),
        "picture_repeats_false_claim": ("1189", "THE MOON IS CHEESE", "The moon is cheese", "Check; Facts"),
        "repeated_false_claim": ("posts", "The moon is cheese", "4", ""),
        "repeats_after_fact_check": ("posts", "The moon is cheese", "3", "2026-03-02"),
    }
    lines = []
    for key in ENGLISH.sentences:
        table, name, part = [*key.split("."), "", ""][:3]
        where, shown, expected, source = examples.get(name, ("bio", "the words", "", ""))
        if table == "signal" and part == "fact":
            lines.append(fact(ENGLISH, name, where=where, shown=shown, expected=expected, source=source))
        elif table == "guard" and part in ("fact", "when"):
            value = key.rpartition(".")[2] if part == "when" else ""
            lines.append(guard_fact(ENGLISH, name, where=where, shown=shown, expected=value, source="the register"))
    golden("statements/sentences.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("harm", Harm)
@pytest.mark.parametrize("penalty", IMPOSED)
def test_every_harm_and_penalty_has_a_whole_statement(harm: Harm, penalty: Penalty) -> None:
    statement = compose(ENGLISH, profile=_profile(), finding=_finding(harm), rule=RULE, outcome=_outcome(penalty))
    assert ENGLISH.say(f"harm.{harm}.reason") in statement.what
    assert statement.rule == RULE.text
    assert str(MIN_APPEAL_DAYS) in statement.appeal
    assert "free" in statement.appeal
    assert "person" in statement.appeal
    assert "{" not in statement.text
    assert "[" not in statement.text


def test_the_end_of_a_suspension_is_said_in_heading_text_and_duration() -> None:
    statement = compose(ENGLISH, profile=_profile(), finding=_finding(), rule=RULE, outcome=_outcome(Penalty.SUSPEND))
    assert all("2026-12-01" in text for text in (statement.subject, statement.what, statement.duration))


def test_deleted_posts_are_named_and_a_long_list_is_counted() -> None:
    finding = _finding(post_ids=tuple(f"p{i}" for i in range(25)))
    statement = compose(ENGLISH, profile=_profile(), finding=finding, rule=RULE, outcome=_outcome(Penalty.DELETE_POST))
    assert "p0, p1" in statement.what
    assert "p19 and 5 more" in statement.what
    assert "p20" not in statement.what


def test_a_territory_is_named_and_none_means_everywhere() -> None:
    only_there = Rule(text="x", ground_url="", territory=("DE", "FR"))
    assert "DE, FR" in compose(ENGLISH, profile=_profile(), finding=_finding(), rule=only_there,
                               outcome=_outcome(Penalty.LABEL)).territory
    assert "everywhere" in compose(ENGLISH, profile=_profile(), finding=_finding(), rule=RULE,
                                   outcome=_outcome(Penalty.LABEL)).territory


def test_the_same_fact_is_said_once() -> None:
    reason = _reason("claims_news", EvidenceFamily.CLAIM, where="bio", shown="News")
    finding = _finding(reasons=(reason, reason, _reason("name_reads_as", EvidenceFamily.IDENTITY, shown="x", expected="y")))
    assert len(compose(ENGLISH, profile=_profile(), finding=finding, rule=RULE,
                       outcome=_outcome(Penalty.WARN)).facts) == 2


def test_the_fact_of_a_plugin_signal_is_used_when_the_language_has_no_sentence() -> None:
    finding = _finding(reasons=(_reason("of_a_plugin", EvidenceFamily.MONEY, "it sells\u202e badges"),
                                _reason("claims_news", EvidenceFamily.CLAIM, shown="News")))
    facts = compose(ENGLISH, profile=_profile(), finding=finding, rule=RULE, outcome=_outcome(Penalty.WARN)).facts
    assert facts[0] == "It sells‹U+202E› badges."


def test_a_signal_without_sentence_and_fact_is_an_error_and_not_an_empty_reason() -> None:
    finding = _finding(reasons=(_reason("of_a_plugin", EvidenceFamily.MONEY),
                                _reason("claims_news", EvidenceFamily.CLAIM, shown="News")))
    with pytest.raises(DataError, match="of_a_plugin"):
        compose(ENGLISH, profile=_profile(), finding=finding, rule=RULE, outcome=_outcome(Penalty.WARN))


@pytest.mark.parametrize(("shown", "expected", "points_at"), [
    ("Dеr Spiegel", "Der Spiegel", "“е” (U+0435) stands where “e” (U+0065) is expected"),
    ("Der SpiegeI", "Der Spiegel", "“I” (U+0049) stands where “l” (U+006C) is expected"),
    ("Comrnerce", "Commerce", "“rn” stands where “m” is expected"),
    ("BBC NEWS", "bbc news", ""),
    ("Le Monde", "Die Zeit", ""),
    ("Le\u200bMonde", "Le Monde", ""),
    ("", "Le Monde", ""),
])
def test_a_lookalike_points_at_the_characters_that_differ(shown: str, expected: str, points_at: str) -> None:
    said = fact(ENGLISH, "name_lookalike_characters", where="display_name", shown=shown, expected=expected, source="")
    assert points_at in said if points_at else "stands where" not in said


def test_a_post_is_named_by_its_id_and_a_place_by_its_name() -> None:
    assert "its post “77”" in fact(ENGLISH, "links_listed", where="77", shown="x.example", expected="", source="")
    assert "its profile link" in fact(ENGLISH, "address_embeds", where="website", shown="x", expected="y", source="")


def test_a_guard_has_its_own_words_for_what_it_saw() -> None:
    assert "satire" in guard_fact(ENGLISH, "disclosure", where="bio", shown="Satire!", expected="satire")
    assert "not the holder" in guard_fact(ENGLISH, "disclosure", where="bio", shown="…", expected="of a new kind")


def test_in_a_right_to_left_language_every_value_is_fenced() -> None:
    rtl = Messages(language="ar", direction="rtl", sentences=ENGLISH.sentences)
    assert "“\u2068Der SpiegeI\u2069”" in fact(rtl, "name_reads_as", where="bio", shown="Der SpiegeI", expected="x", source="")


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=60))
def test_no_account_text_can_break_out_of_its_quotation(shown: str, expected: str, where: str) -> None:
    said = fact(ENGLISH, "name_lookalike_characters", where=where, shown=shown, expected=expected, source="media:x")
    assert "\n" not in said
    assert said.count("“") == said.count("”")
    assert said.count("\u2068") == said.count("\u2069")
    assert said.endswith("(registered: media:x).")


def test_no_statement_without_an_appeal_of_six_months() -> None:
    with pytest.raises(ValueError, match="180 days"):
        Rule(text="x", ground_url="", appeal_days=MIN_APPEAL_DAYS - 1)
    assert Rule(text="x", ground_url="", appeal_days=MIN_APPEAL_DAYS).appeal_days == MIN_APPEAL_DAYS


def test_no_statement_without_a_rule_text() -> None:
    with pytest.raises(ValueError, match="rule's text"):
        Rule(text=" ", ground_url="")


def test_no_suspension_without_an_end_and_no_statement_for_nothing() -> None:
    with pytest.raises(ValueError, match="always has an end"):
        Outcome(penalty=Penalty.SUSPEND, until=None, automation=Automation.FULLY)
    with pytest.raises(ValueError, match="above `none`"):
        Outcome(penalty=Penalty.NONE, until=None, automation=Automation.FULLY)
