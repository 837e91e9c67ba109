"""Cases, decisions, statements of reasons and effects: what was decided about one account, why, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from evenhand.model.evidence import Finding, GuardHit
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty


def in_a_row(*sentences: str) -> str:
    """Sentences as one paragraph: a space between them, but none after a full-width full stop. Empty ones are left out.

    >>> in_a_row("It ends.", "", "It is free."), in_a_row("。", "x")
    ('It ends. It is free.', '。x')
    """
    text = ""
    for sentence in filter(None, sentences):
        text += sentence if not text or text.endswith("。") else f" {sentence}"
    return text


class Automation(StrEnum):
    """How much of a decision a person took."""

    FULLY = "fully"
    """No person has looked at this case; only reversible penalties may be decided so."""
    PARTIALLY = "partially"
    """Proposed automatically, a person confirms before anything happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Languages that the policy is not validated for, so that no more than a label followed."""

    languages: tuple[str, ...]
    """BCP 47; empty where the account's language is not known."""
    where: str
    """Whose language it is: `account_id` for the account's own, `posts` for the posts in the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """A counted mark on an account. Its value is frozen when given."""

    account_id: str
    policy_id: str
    points: int
    given_at: datetime
    expires_at: datetime

    def counts_at(self, at: datetime) -> bool:
        """True while the strike counts. It stops counting at the very instant it expires."""
        return self.given_at <= at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What a reader needs to recognise an account."""

    account_id: str
    handle: str
    display_name: str | None
    platform: str | None
    language: str | None
    followers: int | None
    created_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementOfReasons:
    """What the person is told (DSA Article 17): what, which rule, which evidence, by whom, how long, how to appeal."""

    language: str
    subject: str
    """The heading, one line."""
    what: str
    """The penalty in words."""
    rule: str
    """The rule's plain-language text."""
    ground_url: str
    facts: tuple[str, ...]
    """The facts relied on, each a sentence the person can contest."""
    automation: str
    territory: str
    duration: str
    appeal: str
    note: str = ""
    """What the reader should know of the languages in it; empty where there is nothing to say."""

    def __post_init__(self) -> None:
        """Refuse a statement that leaves something out."""
        empty = [name for name in ("language", "subject", "what", "rule", "automation", "territory", "duration", "appeal")
                 if not getattr(self, name).strip()]
        if not self.facts:
            empty.append("facts")
        if empty:
            raise ValueError(f"a statement of reasons lacks {', '.join(empty)}: compose it from the decision")

    @property
    def text(self) -> str:
        """The whole statement as plain text, paragraphs separated by blank lines."""
        facts = "\n".join(f"- {fact}" for fact in self.facts)
        paragraphs = (self.subject, self.note, self.what, self.rule, facts, self.automation,
                      in_a_row(self.territory, self.duration), self.appeal)
        return "\n\n".join(text for text in paragraphs if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows for one account under one policy. It cannot be constructed without its statement of reasons."""

    decision_id: str
    profile: Profile
    harm: Harm
    policy_id: str
    penalty: Penalty
    until: datetime | None
    """When the penalty ends; None for penalties without an end."""
    finding: Finding
    guards_considered: tuple[GuardHit, ...]
    automation: Automation
    decided_at: datetime
    steps: tuple[str, ...]
    """How the penalty was reached, one sentence a step: the rung, the strikes, what lowered it."""
    would_change: tuple[str, ...]
    """What would have changed the outcome, one sentence each."""
    other_harms: tuple[Harm, ...]
    """Further harms found in the same account; the decision rests on `harm` alone."""
    statement: StatementOfReasons
    posted_at: datetime | None = None
    """When the latest post of its finding was published, where that is known."""


class Undo(StrEnum):
    """How an effect is taken back."""

    RESTORE = "restore"
    """The platform can restore the state saved before."""
    WITHDRAW = "withdraw"
    """The message or label is withdrawn."""
    UNTIL = "until"
    """It can be restored only within the platform's window."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One idempotent change to make on the platform."""

    key: str
    """The idempotency key: the same decision always gives the same key."""
    decision_id: str
    account_id: str
    post_id: str | None
    penalty: Penalty
    undo: Undo
    not_before: datetime | None
    """An effect that cannot be undone for ever waits until the appeal window is over. That begins when the person is told, so
    this, the window counted from the cut-off, is the earliest day at all."""
