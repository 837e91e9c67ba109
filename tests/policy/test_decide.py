"""What follows from a finding: rung, guards, language, look-back, means."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_campaign import english
from sample_policy import AT, RUNGS, finding, hit, policy, reason

from evenhand.model.decision import Automation, Profile, Strike, Unread
from evenhand.model.evidence import EvidenceFamily, Finding, GuardHit, Strength
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.policy.decide import EVERY_PENALTY, Circumstances, decide
from evenhand.policy.look_back import within_look_back
from evenhand.statements.compose import Outcome, Rule, compose

HERE = Circumstances(at=AT, language="en")


def strikes(n: int, *, policy_id: str = "media", age_days: int = 10) -> tuple[Strike, ...]:
    given_at = AT - timedelta(days=age_days)
    return (Strike(account_id="a", policy_id=policy_id, points=1, given_at=given_at,
                   expires_at=given_at + timedelta(days=90)),) * n


@pytest.mark.parametrize(("n", "penalty"), [
    (0, Penalty.LABEL), (1, Penalty.LIMIT_REACH), (2, Penalty.SUSPEND), (3, Penalty.CLOSE), (9, Penalty.CLOSE)])
def test_the_rung_follows_from_the_strikes_that_count(n: int, penalty: Penalty) -> None:
    verdict = decide(finding(), (), policy=policy(), circumstances=Circumstances(at=AT, language="en", strikes=strikes(n)))
    assert verdict.penalty is penalty


@pytest.mark.parametrize(("age_days", "penalty"), [(89, Penalty.LIMIT_REACH), (90, Penalty.LABEL), (91, Penalty.LABEL)])
def test_an_expired_strike_does_not_count(age_days: int, penalty: Penalty) -> None:
    circumstances = Circumstances(at=AT, language="en", strikes=strikes(1, age_days=age_days))
    assert decide(finding(), (), policy=policy(), circumstances=circumstances).penalty is penalty


def test_strikes_under_another_policy_do_not_count() -> None:
    circumstances = Circumstances(at=AT, language="en", strikes=strikes(3, policy_id="scam"))
    assert decide(finding(), (), policy=policy(), circumstances=circumstances).penalty is Penalty.LABEL


def test_a_suspension_ends_and_a_closing_waits_for_a_person() -> None:
    suspended = decide(finding(), (), policy=policy(), circumstances=Circumstances(at=AT, language="en", strikes=strikes(2)))
    assert (suspended.until, suspended.automation) == (AT + timedelta(days=30), Automation.FULLY)
    closed = decide(finding(), (), policy=policy(), circumstances=Circumstances(at=AT, language="en", strikes=strikes(3)))
    assert (closed.until, closed.automation) == (None, Automation.PARTIALLY)


def test_a_guard_of_the_policy_spares_and_is_named() -> None:
    verdict = decide(finding(), (hit(Strength.SPARE),), policy=policy(), circumstances=HERE)
    assert (verdict.penalty, verdict.spared_by) == (Penalty.NONE, "disclosure")


def test_a_guard_about_another_harm_or_holder_does_not_speak() -> None:
    for other in (hit(Strength.SPARE, harm=Harm.SCAM), hit(Strength.SPARE, holder_id="media:y")):
        assert decide(finding(), (other,), policy=policy(), circumstances=HERE).penalty is Penalty.LABEL


def test_a_guard_that_asks_leaves_the_decision_to_a_person() -> None:
    verdict = decide(finding(), (hit(Strength.ASK),), policy=policy(), circumstances=HERE)
    assert (verdict.penalty, verdict.automation) == (Penalty.LABEL, Automation.PARTIALLY)


@pytest.mark.parametrize("language", ["de", None])
def test_where_the_policy_is_not_validated_it_only_labels(language: str | None) -> None:
    circumstances = Circumstances(at=AT, language=language, strikes=strikes(2))
    assert decide(finding(), (), policy=policy(), circumstances=circumstances).penalty is Penalty.LABEL
    everywhere = policy(languages=("*",))
    assert decide(finding(), (), policy=everywhere, circumstances=circumstances).penalty is Penalty.SUSPEND


@pytest.mark.parametrize(("spoken", "penalty", "named"), [
    (("sw", "sw"), Penalty.LABEL, "sw"), (("th", "sw", "en"), Penalty.LABEL, "sw, th"), (("en", "sw"), Penalty.LABEL, "sw"),
    (("en", "en", "sw"), Penalty.SUSPEND, ""), (("en-GB",), Penalty.SUSPEND, ""), (("en_US",), Penalty.SUSPEND, ""),
    (("und", "qme", "zxx", "mul", ""), Penalty.SUSPEND, ""), (("und", "sw"), Penalty.LABEL, "sw"), ((), Penalty.SUSPEND, "")])
def test_the_language_of_the_posts_in_the_evidence_counts(spoken: tuple[str, ...], penalty: Penalty, named: str) -> None:
    circumstances = Circumstances(at=AT, language="en", strikes=strikes(2), post_languages=spoken)
    verdict = decide(finding(), (), policy=policy(), circumstances=circumstances)
    assert verdict.penalty is penalty
    if named:
        assert f"the language of half or more of the posts in the evidence ({named}): at most label" in verdict.steps[1]
        assert verdict.unread == Unread(languages=tuple(named.split(", ")), where="posts")
    else:
        assert (verdict.unread, len(verdict.steps)) == (None, 1)
    everywhere = policy(languages=("*",))
    assert decide(finding(), (), policy=everywhere, circumstances=circumstances).penalty is Penalty.SUSPEND


TAGS = st.sampled_from(["en", "en-GB", "de", "sw", "th", "und", "qme", ""])


@given(language=TAGS, spoken=st.lists(TAGS), more=TAGS, n=st.integers(0, 4))
def test_promise_the_language_of_posts_only_lowers(language: str, spoken: list[str], more: str, n: int) -> None:
    def penalty(*languages: str) -> Penalty:
        circumstances = Circumstances(at=AT, language=language, strikes=strikes(n), post_languages=languages)
        return decide(finding(), (), policy=policy(), circumstances=circumstances).penalty

    assert penalty(*spoken) <= penalty()
    if more not in ("en", "en-GB"):
        assert penalty(*spoken, more) <= penalty(*spoken)


def test_the_statement_names_the_languages_that_lowered_the_penalty() -> None:
    profile = Profile(account_id="a", handle="a", display_name="A", platform="p", language="en", followers=1, created_at=AT)
    outcome = Outcome(penalty=Penalty.LABEL, until=None, automation=Automation.FULLY,
                      unread=Unread(languages=("de", "sw"), where="posts"))
    rule = Rule(text="Do not pose as an outlet.", ground_url="https://example.org/terms", appeal_days=184)
    told = compose(english(), profile=profile, finding=finding(), rule=rule, outcome=outcome)
    assert "not been validated for the language of half or more of these posts (German, Swahili)" in told.note


@pytest.mark.parametrize(("age", "is_left"), [(timedelta(days=90), True), (timedelta(days=90, seconds=1), False)])
def test_older_posts_than_the_look_back_are_not_judged(age: timedelta, is_left: bool) -> None:
    content = replace(reason(EvidenceFamily.CONTENT), where="p1")
    old = finding(reasons=(reason(EvidenceFamily.IDENTITY), content), post_ids=("p1",))
    left = within_look_back(old, posted_at={"p1": AT - age}, horizon=AT - timedelta(days=90))
    assert left == (old if is_left else None)


def test_without_its_old_posts_a_finding_keeps_the_new_ones_and_no_sum_over_both() -> None:
    reasons = (replace(reason(EvidenceFamily.CONTENT), where="new"), replace(reason(EvidenceFamily.CONTENT), where="old"),
               reason(EvidenceFamily.BEHAVIOUR), reason(EvidenceFamily.MONEY))
    left = within_look_back(finding(reasons=reasons, post_ids=("new", "old")), horizon=AT - timedelta(days=90),
                            posted_at={"new": AT, "old": AT - timedelta(days=400)})
    assert left is not None
    assert left.post_ids == ("new",)
    assert left.reasons == (reasons[0], reasons[3])


def test_what_the_platform_cannot_do_becomes_lighter() -> None:
    circumstances = Circumstances(at=AT, language="en", strikes=strikes(2), supported={Penalty.WARN, Penalty.CLOSE})
    verdict = decide(finding(), (), policy=policy(), circumstances=circumstances)
    assert (verdict.penalty, verdict.until) == (Penalty.WARN, None)


def test_instead_of_closing_it_suspends_as_long_as_the_ladder_says() -> None:
    circumstances = Circumstances(at=AT, language="en", strikes=strikes(3), supported=EVERY_PENALTY - {Penalty.CLOSE})
    verdict = decide(finding(), (), policy=policy(), circumstances=circumstances)
    assert (verdict.penalty, verdict.until) == (Penalty.SUSPEND, AT + timedelta(days=30))


def test_followers_and_money_are_never_a_substitute() -> None:
    supported = {Penalty.REMOVE_FOLLOWERS, Penalty.DEMONETISE, Penalty.DELETE_POST, Penalty.LABEL}
    circumstances = Circumstances(at=AT, language="en", strikes=strikes(3), supported=supported)
    assert decide(finding(post_ids=("p",)), (), policy=policy(), circumstances=circumstances).penalty is Penalty.LABEL


def test_deleting_posts_needs_posts() -> None:
    rungs = (RUNGS[0].__class__(penalty=Penalty.DELETE_POST),)
    ladder = policy().ladders[0].__class__(since=policy().since, rungs=rungs, reference="r")
    deleting = policy(ladders=(ladder,))
    assert decide(finding(post_ids=("p",)), (), policy=deleting, circumstances=HERE).penalty is Penalty.DELETE_POST
    assert decide(finding(), (), policy=deleting, circumstances=HERE).penalty < Penalty.DELETE_POST


def test_it_says_what_would_have_changed_the_outcome() -> None:
    two = decide(finding(), (), policy=policy(), circumstances=HERE).would_change
    assert any("evidence of claim" in sentence for sentence in two)
    three = finding(reasons=(*finding().reasons, reason(EvidenceFamily.CONTENT)))
    sentences = decide(three, (), policy=policy(), circumstances=HERE).would_change
    assert any("evidence of identity" in sentence for sentence in sentences)
    assert not any("evidence of claim" in sentence for sentence in sentences)


def test_one_family_is_not_a_finding() -> None:
    with pytest.raises(ValueError, match="at least two evidence families"):
        Finding(account_id="a", harm=Harm.SCAM, detector="d", confidence=1, holder_id=None,
                reasons=(reason(EvidenceFamily.CONTENT), reason(EvidenceFamily.CONTENT)))


circumstances = st.builds(
    Circumstances, at=st.just(AT), language=st.sampled_from(["en", "de", None]),
    strikes=st.integers(0, 5).map(strikes), supported=st.sets(st.sampled_from([p for p in Penalty if p is not Penalty.NONE])))
strengths = st.lists(st.sampled_from(Strength).map(hit))


@given(circumstances, strengths, st.sampled_from(Strength))
def test_one_more_guard_never_makes_the_verdict_heavier(where: Circumstances, hits: list[GuardHit], more: Strength) -> None:
    before = decide(finding(), hits, policy=policy(), circumstances=where)
    after = decide(finding(), [*hits, hit(more)], policy=policy(), circumstances=where)
    assert after.penalty <= before.penalty
    assert after.penalty is Penalty.NONE or after.automation is Automation.PARTIALLY or before.automation is after.automation


@given(circumstances, strengths)
def test_every_penalty_has_a_statement_whatever_the_platform_can_do(where: Circumstances, hits: list[GuardHit]) -> None:
    verdict = decide(finding(post_ids=("p",)), hits, policy=policy(), circumstances=where)
    assert verdict.penalty in {*where.supported, Penalty.NONE}
    if verdict.penalty is Penalty.NONE:
        assert verdict.spared_by
        return
    profile = Profile(account_id="a", handle="a", display_name=None, platform=None, language=None, followers=None,
                      created_at=None)
    statement = compose(english(), profile=profile, finding=finding(post_ids=("p",)),
                        rule=Rule(text="Do not.", ground_url="https://example.org"),
                        outcome=Outcome(penalty=verdict.penalty, until=verdict.until, automation=verdict.automation))
    assert statement.facts


@pytest.mark.parametrize("n", range(5))
def test_where_what_may_speak_for_the_account_could_not_be_read_a_person_decides_and_nothing_gets_heavier(n: int) -> None:
    whole = decide(finding(), (), policy=policy(), circumstances=replace(HERE, strikes=strikes(n)))
    torn = decide(finding(), (), policy=policy(), circumstances=replace(HERE, strikes=strikes(n), incomplete="a row is torn"))
    assert (torn.penalty, torn.until, torn.automation) == (whole.penalty, whole.until, Automation.PARTIALLY)
    assert torn.steps[-1] == "a person decides: a row is torn"
