"""Appeals: a person asks again, somebody else decides, and what follows for the decision and for those like it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from evenhand.model.penalty import Penalty


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
