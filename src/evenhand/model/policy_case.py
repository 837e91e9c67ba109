"""Cases of a policy: accounts that it must catch or must spare, and what became of each when it was run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from evenhand.model.condition import Place


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
