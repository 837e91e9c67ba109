"""What an audit is about: strata of decisions, the readers' verdicts, and what becomes of a stratum."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from evenhand.model.penalty import Penalty

UNKNOWN_LANGUAGE = "und"
"""The language of a decision whose account has none, as in BCP 47."""


def item_prefix(*, plan_digest: str, seed: str) -> str:
    """What is hashed before a decision's id.

    >>> item_prefix(plan_digest="abc", seed="2026-11-01")
    'abc:2026-11-01:'
    """
    return f"{plan_digest}:{seed}:"


def item_id(decision_id: str, *, plan_digest: str, seed: str) -> str:
    """The id under which a decision stands in the sample that was drawn of a plan with a seed."""
    return hashlib.sha256((item_prefix(plan_digest=plan_digest, seed=seed) + decision_id).encode()).hexdigest()


class Verdict(StrEnum):
    """What a reader says of one decision."""

    RIGHT = "right"
    """The rule is broken as the decision says."""
    WRONG = "wrong"
    CANNOT_DECIDE = "cannot_decide"
    """An answer of its own: it never counts for the decision."""


class Slot(StrEnum):
    """The part in which a verdict is given. Two readers read each item without seeing the other's word."""

    FIRST = "first"
    SECOND = "second"
    ADJUDICATION = "adjudication"
    """A third person's word where the two disagree."""


class StratumOutcome(StrEnum):
    """What becomes of the decisions of a stratum after the audit."""

    PASSED = "passed"
    LOWERED = "lowered"
    """The gate was missed, and a lighter penalty may take the place of this one."""
    DROPPED = "dropped"
    """The gate was missed and there is nothing lighter, or more were wrong than may even be labelled: nothing happens."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stratum:
    """The decisions of one policy with one penalty in one language: they stand or fall together."""

    policy_id: str
    penalty: Penalty
    language: str

    @property
    def key(self) -> str:
        """The stratum as one word, as events name it.

        >>> Stratum(policy_id="media", penalty=Penalty.LABEL, language="pt").key
        'media/label/pt'
        """
        return f"{self.policy_id}/{self.penalty}/{self.language}"


VERDICTS = pa.schema([
    pa.field("item_id", pa.string(), nullable=False),
    pa.field("reader", pa.string(), nullable=False),
    pa.field("slot", pa.string(), nullable=False),
    pa.field("verdict", pa.string(), nullable=False),
    pa.field("rationale", pa.string()),
])
"""One row per verdict: one reader's word on one item."""
