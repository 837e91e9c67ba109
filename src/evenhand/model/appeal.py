"""Appeals: a person asks again, somebody else decides, and what follows for the decision and for those like it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from evenhand.model.campaigns.effect_state import EffectState
from evenhand.model.campaigns.event import Event
from evenhand.model.penalty import Penalty

VARIED = "-varied"
"""Follows a decision's id in the id of the lighter one in its place."""
LOWERED = "-lowered"
"""Follows a decision's id in the id of the lighter one that takes its place since their stratum missed its gate."""
REPLACED = f"({VARIED}|{LOWERED})+$"
"""What an id ends with that is not a plan's own, as a regular expression."""
APPEALS_STAGE = 0
"""The stage of what appeals order. A campaign's own stages count from 1, so it can be worked off while the campaign is halted
or over, and nothing of the campaign goes out with it."""


def original_id(decision_id: str) -> str:
    """The plan's decision that a decision goes back to: itself, unless it was lowered, or varied on appeal, however often.

    >>> original_id("d1-varied-varied"), original_id("d1-lowered-varied"), original_id("d1")
    ('d1', 'd1', 'd1')
    """
    while (before := replaced_id(decision_id)) is not None:
        decision_id = before
    return decision_id


def replaced_id(decision_id: str) -> str | None:
    """The decision in whose place this one stands; None for a plan's own.

    >>> replaced_id("d1-lowered-varied"), replaced_id("d1")
    ('d1-lowered', None)
    """
    return next((decision_id.removesuffix(end) for end in (VARIED, LOWERED) if decision_id.endswith(end)), None)


class AppealOutcome(StrEnum):
    """What an appeal does to the decision."""

    UPHELD = "upheld"
    """The decision stays as it is."""
    OVERTURNED = "overturned"
    """The decision was wrong: everything that it did is undone."""
    VARIED = "varied"
    """A lighter penalty takes its place."""


class CauseKind(StrEnum):
    """What of ours was wrong, so that other decisions rest on the same mistake."""

    RULE = "rule"
    """A policy, by its id."""
    HOLDER = "holder"
    """An entry of the register of holders, by its id."""
    ENTRY = "entry"
    """A list, a fact-check or another source that reasons name; with ` > ` and what was shown there, one entry of it."""
    DETECTOR = "detector"
    """A detector in one version, such as `scam/2`; without the version, in all of them."""
    GUARD = "guard"
    """A guard that was heard and should have spared."""


class ReversalGround(StrEnum):
    """Why a decision is undone; the person is told."""

    APPEAL = "appeal"
    CLASS = "class"
    """A mistake shown by somebody else's appeal."""
    ROLLBACK = "rollback"
    OWN_ACCORD = "own_accord"
    """Somebody of ours saw the mistake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One mistake of ours. Written `KIND:VALUE`, such as `holder:media:spiegel.de`."""

    kind: CauseKind
    value: str

    def __post_init__(self) -> None:
        """Refuse a cause that names nothing."""
        if not self.value.strip():
            raise ValueError("a cause names what was wrong: give its id")

    @classmethod
    def parse(cls, text: str) -> Cause:
        """The cause written as `text`. Raises `ValueError` when it is not one.

        >>> Cause.parse("holder:media:spiegel.de")
        Cause(kind=<CauseKind.HOLDER: 'holder'>, value='media:spiegel.de')
        """
        kind, _, value = text.partition(":")
        if kind not in list(CauseKind):
            raise ValueError(f"`{kind}` is no kind of cause: use one of {', '.join(CauseKind)}")
        return cls(kind=CauseKind(kind), value=value)

    def __str__(self) -> str:
        """As it is written."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """One appeal against one decision, as far as it has come."""

    appeal_id: str
    decision_id: str
    filed_at: datetime
    said: str
    """A commitment to what the person wrote: the text itself is kept apart, so that it can be erased."""
    outcome: AppealOutcome | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What somebody decides about an appeal, before it is checked whether they may."""

    appeal_id: str
    outcome: AppealOutcome
    by: str
    """The person's id."""
    at: datetime
    because: str
    """Why, in words that the person who appealed will read."""
    penalty: Penalty | None = None
    """The lighter penalty, where the decision is varied."""
    until: datetime | None = None
    """When it ends, where it has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImposedEffect:
    """One effect of a decision, and where it stands."""

    key: str
    post_id: str | None
    penalty: Penalty
    stratum: str
    turn: int
    state: EffectState
    irreversible_at: datetime | None
    """From when on the platform cannot take it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a decision of a campaign stands: told, undone, and each of its effects."""

    account_id: str
    delivered_at: datetime | None
    """When its statement of reasons was delivered; None when it was not."""
    is_reversed: bool
    effects: tuple[ImposedEffect, ...]

    @property
    def was_imposed(self) -> bool:
        """True when an effect was carried out, whether or not it has ended or was undone since."""
        return any(one.state in {EffectState.DONE, EffectState.UNDONE, EffectState.LIFTED} for one in self.effects)

    @property
    def is_over(self) -> bool:
        """True when nothing of it was carried out, and nothing ever will be."""
        return all(one.state in {EffectState.SUPPRESSED, EffectState.FAILED} for one in self.effects)

    @property
    def is_announced(self) -> bool:
        """True when its person was told, and nothing of it was carried out: a closing waits for the end of its window."""
        return self.delivered_at is not None and not self.was_imposed

    def too_late(self, at: datetime) -> tuple[str, ...]:
        """Keys of the effects in force that the platform can no longer take back at `at`."""
        return tuple(one.key for one in self.effects if one.state is EffectState.DONE
                     and one.irreversible_at is not None and one.irreversible_at <= at)

    @property
    def undo_until(self) -> datetime | None:
        """The instant from which an effect in force can no longer be taken back; None when there is none."""
        return min((one.irreversible_at for one in self.effects
                    if one.state is EffectState.DONE and one.irreversible_at is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What follows from a ruling. It is written down in one step, all or nothing."""

    events: tuple[Event, ...]
    actor: str
    at: datetime
    why: str = ""
    """Why effects are undone."""
    undone: pa.Table | None = None
    """The decisions that are undone, with what each person is told: `decision_id`, `account_id`, `language`, `body`."""
    is_told_anyway: bool = True
    """Whether the person is told also where nothing had been carried out."""
    told: pa.Table | None = None
    """What is told of decisions that stay, in the same form."""
    imposed: tuple[dict[str, object], ...] = ()
    """The effects of lighter decisions: `key`, `decision_id`, `account_id`, `post_id`, `penalty`, `stratum`, `turn`,
    `until`."""
    reasons: pa.Table | None = None
    """The statements of reasons of lighter decisions, in the same form."""
    adjudications: pa.Table | None = None
    """What is remembered: the register's columns, and `decision_id`."""
    withdrawn: tuple[str, ...] = ()
    """The plan's decisions whose strikes are withdrawn."""
    contested: tuple[str, ...] = ()
    """Decisions whose closing is held from now on, since an appeal against them is open."""
    freed: tuple[str, ...] = ()
    """Decisions whose closing is no longer held for an appeal."""
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealStatement:
    """What a person is told when an appeal is decided or a decision is undone. It cannot be constructed half empty."""

    language: str
    subject: str
    paragraphs: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a statement that says nothing."""
        if not self.language or not self.subject.strip() or not any(text.strip() for text in self.paragraphs):
            raise ValueError("a statement needs a language, a heading and what happened: compose it from the outcome")

    @property
    def text(self) -> str:
        """The whole statement as plain text, paragraphs separated by blank lines."""
        return "\n\n".join((self.subject, *self.paragraphs))


class Way(StrEnum):
    """How an effect is taken back."""

    UNDO = "undo"
    """It was imposed: the platform restores what was before."""
    CANCEL = "cancel"
    """It was not imposed yet and never will be."""


UNDO_EFFECTS = pa.schema([
    pa.field("position", pa.int64(), nullable=False),
    pa.field("key", pa.string(), nullable=False),
    pa.field("of_key", pa.string(), nullable=False),
    pa.field("decision_id", pa.string(), nullable=False),
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("post_id", pa.string()),
    pa.field("penalty", pa.string(), nullable=False),
    pa.field("undo", pa.string(), nullable=False),
    pa.field("way", pa.string(), nullable=False),
])
"""What takes effects back, in the opposite order. `key` follows from the effect's own key, so that an appeal, a class reversal
and a rollback never undo the same effect twice."""

SIBLINGS = pa.schema([
    pa.field("decision_id", pa.string(), nullable=False),
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("handle", pa.string()),
    pa.field("language", pa.string()),
    pa.field("harm", pa.string(), nullable=False),
    pa.field("policy_id", pa.string(), nullable=False),
    pa.field("penalty", pa.string(), nullable=False),
    pa.field("holder_id", pa.string()),
    pa.field("n_families_left", pa.int64(), nullable=False),
])
"""Decisions that rest on the same cause. `n_families_left` counts the families of evidence that would remain without it: with
two or more, a new sweep may find the account again."""
