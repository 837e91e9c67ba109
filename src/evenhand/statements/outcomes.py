"""What a person is told when an appeal is decided or a decision is undone: what happened, why, and what is back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from evenhand.model.appeal import AppealOutcome, AppealStatement, ReversalGround
from evenhand.model.decision import Decision, StatementOfReasons, in_a_row
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.statements.compose import Outcome, account_name, quoted_posts
from evenhand.statements.languages import fallback_note
from evenhand.statements.messages import Messages
from evenhand.statements.quoting import isolated, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a person is reminded of: the decision that an appeal or an undoing is about."""

    handle: str | None
    language: str | None
    penalty: Penalty
    decided_at: datetime
    post_ids: Sequence[str] = ()
    """The posts that were deleted, where posts were."""
    is_announced: bool = False
    """The closing was announced and has not been carried out: there is nothing to give back."""

    @classmethod
    def of(cls, decision: Decision) -> Earlier:
        """What is said of `decision`."""
        return cls(handle=decision.profile.handle, language=decision.profile.language, penalty=decision.penalty,
                   decided_at=decision.decided_at, post_ids=decision.finding.post_ids)


def appeal_statement(messages: Messages, *, decision: Earlier, outcome: AppealOutcome, because: str,
                     had_strike: bool = False, is_restored: bool = True) -> AppealStatement:
    """What the person who appealed is told: the outcome, who decided, why, and what is back or where to turn next.

    `because` is the reason that the person who decided gave, in their own words. A lighter decision in the place of a
    varied one has its own statement of reasons. Without `is_restored` nothing is said to be back: nothing had been taken, or
    the platform cannot give it back.
    """
    words = _Words(messages, decision)
    paragraphs = [words.note, in_a_row(words.say(f"outcome.{outcome}.what"), messages.say("phrase.by_person")),
                  messages.say("phrase.because", reason=words.quoted(because))]
    if outcome is AppealOutcome.UPHELD:
        paragraphs.append(messages.say("phrase.court"))
    else:
        paragraphs += words.restored(had_strike=had_strike, is_cleared=outcome is AppealOutcome.OVERTURNED,
                                     is_restored=is_restored, stays_open=outcome is AppealOutcome.OVERTURNED)
    if outcome is AppealOutcome.VARIED:
        paragraphs.append(messages.say("phrase.court"))
    return words.statement(f"outcome.{outcome}.subject", paragraphs)


def lighter_statement(messages: Messages, statement: StatementOfReasons, *, decision: Earlier, harm: Harm,
                      outcome: Outcome) -> StatementOfReasons:
    """The statement of reasons of a lighter decision in the place of `decision`: rule, facts and ways to appeal stay."""
    penalty, always = outcome.penalty, messages.direction == "rtl"
    account = account_name(messages, decision.handle)
    until = isolated(f"{outcome.until:%Y-%m-%d}", always=always) if outcome.until else ""
    posts = quoted_posts(messages, decision.post_ids) if penalty is Penalty.DELETE_POST else ""
    lasts = "duration.warn" if penalty is Penalty.WARN else "duration.until" if until else "duration.none"
    return replace(
        statement, subject=messages.say(f"penalty.{penalty}.subject", account=account, until=until),
        what=in_a_row(messages.say(f"penalty.{penalty}.what", account=account, until=until, posts=posts),
                      messages.say("phrase.reason", reason=messages.say(f"harm.{harm}.reason"))),
        automation=messages.say(f"automation.{outcome.automation}"), duration=messages.say(lasts, until=until))


def announcement(messages: Messages, statement: StatementOfReasons, *, decision: Earlier, harm: Harm,
                 day: datetime) -> StatementOfReasons:
    """The statement of reasons of a closing that a person has confirmed, delivered before it: it does not happen before `day`.

    Rule, facts and the way to appeal are those of `statement`; who appeals before `day` is told that this holds the closing.
    """
    account, not_before = account_name(messages, decision.handle), _day(messages, day)
    return replace(
        statement, subject=messages.say("announcement.subject", account=account, day=not_before),
        what=in_a_row(messages.say("announcement.what", account=account, day=not_before),
                      messages.say("phrase.reason", reason=messages.say(f"harm.{harm}.reason"))),
        automation=messages.say("announcement.confirmed"),
        appeal=in_a_row(statement.appeal, messages.say("announcement.held", account=account, day=not_before)))


def reinstatement(messages: Messages, *, decision: Earlier, ground: ReversalGround, had_strike: bool = False,
                  is_restored: bool = True) -> AppealStatement:
    """What a person is told whose decision is undone without an appeal of their own, or with the sweep it was part of."""
    words = _Words(messages, decision)
    why = {ReversalGround.CLASS: "reversal.class", ReversalGround.ROLLBACK: "reversal.rollback"}.get(ground)
    paragraphs = [words.note, in_a_row(words.say("reversal.what"), messages.say(why) if why else ""),
                  *words.restored(had_strike=had_strike, is_cleared=ground is not ReversalGround.ROLLBACK,
                                  is_restored=is_restored)]
    return words.statement("reversal.subject", paragraphs)


class _Words:
    """The sentences about one decision in one language."""

    def __init__(self, messages: Messages, decision: Earlier) -> None:
        self._messages, self._decision = messages, decision
        self._account = account_name(messages, decision.handle)
        self.note = fallback_note(messages, reader=decision.language)

    def say(self, key: str) -> str:
        """The sentence `key` about the decision's account and day."""
        return self._messages.say(key, account=self._account, day=_day(self._messages, self._decision.decided_at))

    def quoted(self, text: str) -> str:
        """What a person wrote, made safe to stand in a sentence of this language."""
        return isolated(sentence(text), always=self._messages.direction == "rtl")

    def restored(self, *, had_strike: bool, is_cleared: bool, is_restored: bool = True,
                 stays_open: bool = True) -> Iterable[str]:
        """What is back, or stays as it is although it was announced otherwise, and what no longer counts."""
        posts = quoted_posts(self._messages, self._decision.post_ids) if self._decision.penalty is Penalty.DELETE_POST else ""
        back = [self._messages.say(f"restored.{self._decision.penalty}", posts=posts)] if is_restored else (
            [self._messages.say("announcement.dropped")] if self._decision.is_announced and stays_open else [])
        if had_strike:
            back.append(self._messages.say("phrase.strikes"))
        if is_cleared:
            back.append(self._messages.say("phrase.again"))
        return [in_a_row(*back)]

    def statement(self, subject: str, paragraphs: list[str]) -> AppealStatement:
        """The statement with this heading."""
        return AppealStatement(language=self._messages.language, subject=self.say(subject),
                               paragraphs=tuple(text for text in paragraphs if text))


def _day(messages: Messages, at: datetime) -> str:
    return isolated(f"{at:%Y-%m-%d}", always=messages.direction == "rtl")
