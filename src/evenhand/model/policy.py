"""Policies and packs: what is not allowed, what follows, and the cases that prove the rule means what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from evenhand.model.condition import Condition, Place, Subject
from evenhand.model.evidence import EvidenceFamily
from evenhand.model.harm import Harm
from evenhand.model.penalty import Penalty


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
class CaseAccount:
    """The account in a policy's case: the columns of the snapshot contract."""

    handle: str
    display_name: str | None = None
    bio: str | None = None
    website: str | None = None
    platform: str | None = None
    language: str | None = None
    country: str | None = None
    created_at: datetime | None = None
    followers: int | None = None
    following: int | None = None
    verified: bool | None = None
    monetised: bool | None = None
    previous_names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePost:
    """One post in a policy's case: the columns of the snapshot contract, and where its link leads."""

    text: str
    links: tuple[str, ...] = ()
    leads_to: tuple[str, ...] = ()
    """Every address on the way from its first link, or from the code in its picture."""
    language: str | None = None
    created_at: datetime | None = None
    shares: int | None = None
    views: int | None = None
    sponsored: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFactCheck:
    """A published fact-check that a policy's cases are about. It is there while the cases run and at no other time."""

    claim: str
    publisher: str
    publisher_site: str
    rating: str
    language: str | None = None
    published_at: datetime | None = None
    state_affiliated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCredential:
    """What the register of credentials says of a case's account. It is there while the cases run and at no other time."""

    profession: str
    status: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTopic:
    """A time during which many took up a topic. It is there while the cases run and at no other time."""

    topic: str
    began_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMedia:
    """One media file in a policy's case: the columns of the snapshot contract."""

    post: int | None = None
    """The number of the post it belongs to, counted from 1; None for the account's profile picture."""
    kind: str | None = None
    path: str | None = None
    pdq: str | None = None
    pdq_quality: int | None = None
    text: str | None = None
    digital_source_type: str | None = None
    provenance: str | None = None
    ai_mark: str | None = None
    generator: str | None = None
    ai_label: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOthers:
    """Further accounts that stand around the account of a case, all of one kind."""

    copies: int
    """How many there are; `{n}` in their texts is the number of each, from 1."""
    account: CaseAccount
    posts: tuple[CasePost, ...] = ()
    hours_apart: int = 0
    """Each is opened so many hours after the one before."""
    seconds_apart: int | None = None
    """Each repeats the posts of the case's account so many seconds after the one before; None: only its own posts."""
    follows: tuple[str, ...] = ()
    """The handles they follow, of accounts in the case or elsewhere."""
    followed_at: datetime | None = None
    """When the first of them begins to follow the first handle; the next handles follow a day apart, and the other copies
    `seconds_apart` later each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a case must lead to: a finding, being spared by `guard`, or nothing at all."""

    is_finding: bool
    guard: str | None = None

    def __str__(self) -> str:
        """As written in a policy file: `finding`, `spared:disclosure` or `nothing`."""
        return "finding" if self.is_finding else f"spared:{self.guard}" if self.guard else "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCase:
    """One example that ships with a policy and is run whenever the pack is checked."""

    name: str
    account: CaseAccount
    posts: tuple[CasePost, ...]
    expect: Expectation
    media: tuple[CaseMedia, ...] = ()
    credentials: tuple[CaseCredential, ...] = ()
    topics: tuple[CaseTopic, ...] = ()
    follows: tuple[str, ...] = ()
    """The handles that the account follows, of accounts in the case or elsewhere."""
    followed_at: datetime | None = None
    """When it begins to follow the first of them; the next follow a day apart."""
    others: tuple[CaseOthers, ...] = ()
    """Who else is on the platform; nobody unless said."""
    swaps: bool = True
    """True when swapping sides must not change the outcome."""
    place: Place | None = field(default=None, compare=False, repr=False)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """What a run made of one case."""

    is_finding: bool
    """True when a decision would follow."""
    guards: tuple[str, ...] = ()
    """The guards that spared it, sorted; empty when there was nothing to spare."""

    def meets(self, expectation: Expectation) -> bool:
        """True when this is what the case expects; a further guard beside the expected one does no harm."""
        if self.is_finding or expectation.is_finding:
            return self.is_finding and expectation.is_finding
        return expectation.guard in self.guards if expectation.guard else not self.guards

    def __str__(self) -> str:
        """In words: `finding`, `spared:criticism,disclosure` or `nothing`."""
        return "finding" if self.is_finding else "spared:" + ",".join(self.guards) if self.guards else "nothing"
