"""Policies and packs: what is not allowed, what follows, and the cases that prove the rule means what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from evenhand.model.condition import Condition, Place, Subject
from evenhand.model.evidence import EvidenceFamily
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty
from evenhand.model.policy_case import CaseFactCheck, PolicyCase


class GroundKind(StrEnum):
    """What a policy rests on (DSA Article 17(3): a legal ground or the terms of service)."""

    TERMS = "terms"
    LAW = "law"


class Verdict(StrEnum):
    """Where a reviewer's questions can end."""

    VIOLATION = "violation"
    NO_VIOLATION = "no_violation"
    CANNOT_DECIDE = "cannot_decide"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a policy rests on, and where anybody can read it."""

    kind: GroundKind
    name: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of a ladder."""

    penalty: Penalty
    lasts: timedelta | None = None
    """How long the penalty lasts; None: it has no end. A suspension always has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The rungs in force from one day on: for the first finding, the second, the third and so on."""

    since: date
    rungs: tuple[Rung, ...]
    reference: str
    """Where these values were published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """The evidence a policy asks for before it applies."""

    at_least: int
    must_include: tuple[EvidenceFamily, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What follows from a yes or a no: another question, or an end with its reason."""

    ask: str | None = None
    """The id of the next question."""
    verdict: Verdict | None = None
    text: str = ""
    """The reason at an end, in words that can stand in a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionQuestion:
    """One yes/no question a reviewer answers; the first in a policy is where the tree starts."""

    question_id: str
    text: str
    yes: Answer
    no: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One rule: what is not allowed, on what ground, how it is recognised and what follows."""

    policy_id: str
    harm: Harm
    title: str
    text: str
    """The rule in plain language, as shown to the people it applies to."""
    clause: str
    ground: Ground
    subject: Subject
    when: Condition
    families: Families
    guards: tuple[str, ...]
    severity: int
    """1 is the gravest, 4 the least grave."""
    languages: tuple[str, ...]
    """The languages it is validated for; elsewhere it may only label or ask a person. `*` is for evidence that is not text."""
    territory: tuple[str, ...]
    """ISO 3166-1 country codes; empty means everywhere."""
    since: date
    until: date | None
    """The first day on which it no longer applies."""
    ladders: tuple[Ladder, ...]
    """Oldest first."""
    first_rung_reason: str | None
    needs_person: tuple[Penalty, ...]
    """Penalties that wait for a person's decision in each case; `close` is always among them."""
    at_once: tuple[Penalty, ...]
    """Irreversible penalties that do not wait for the appeal window."""
    at_once_reason: str | None
    questions: tuple[DecisionQuestion, ...]
    cases: tuple[PolicyCase, ...]
    fact_checks: tuple[CaseFactCheck, ...] = ()
    """What was published about the claims in its cases."""
    file: str = field(default="", compare=False)
    places: tuple[tuple[str, Place], ...] = field(default=(), compare=False, repr=False)

    def place(self, key: str) -> Place | None:
        """Where `key` stands in the policy's file; None when it is not written there."""
        return dict(self.places).get(key)

    def is_in_force(self, on: date) -> bool:
        """True from its first day until the day before `until`."""
        return self.since <= on and (self.until is None or on < self.until)

    def ladder(self, on: date) -> Ladder:
        """The ladder in force on a day: the latest one that has begun; before all of them, the first."""
        return next((ladder for ladder in reversed(self.ladders) if ladder.since <= on), self.ladders[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who answers for the pack, and where a person appeals."""

    name: str
    url: str
    appeal_url: str
    contact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPack:
    """A set of policies under one name, one version and one digest."""

    name: str
    version: str
    description: str
    languages: tuple[str, ...]
    territory: tuple[str, ...]
    authority: Authority
    strike_lasts: timedelta
    look_back: timedelta
    look_back_gravest: timedelta
    """The look-back for policies of severity 1."""
    appeal_window: timedelta
    reviewers: int
    """How many people look at each audited item, blind to one another."""
    policies: tuple[Policy, ...]
    """Sorted by id."""
    digest: str
    """SHA-256 over the pack's content: the same whatever the order of files, the comments and the white space."""

    def policy(self, policy_id: str) -> Policy:
        """The policy with this id. Raises `KeyError` when there is none."""
        return {policy.policy_id: policy for policy in self.policies}[policy_id]

    def in_force(self, on: date) -> tuple[Policy, ...]:
        """The policies that apply on a day, sorted by id."""
        return tuple(policy for policy in self.policies if policy.is_in_force(on))


@dataclass(frozen=True, slots=True, kw_only=True)
class SwapPair:
    """Two sides whose words are exchanged to see whether a policy treats both alike."""

    name: str
    words: tuple[tuple[str, str], ...]
    """Word pairs, each a word of the one side and its counterpart on the other, in many languages."""


