"""Detectors and guards as values: the steps they need and the relations they leave."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.model.harm import Harm
from evenhand.model.step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """Turns signals into findings of one harm.

    `found` names a relation with the columns account_id, holder_id, holder_kind, holder_country, confidence,
    best_similarity, name_weight: at most one row per account and holder. `evidence` names a relation with account_id,
    holder_id, family, signal, where, post_id, shown, expected, source, strength: the reasons behind each row.
    """

    name: str
    harm: Harm
    version: int
    steps: tuple[Step, ...]
    found: str
    evidence: str
    suspects: tuple[str, ...]
    """Account-scoped relations whose accounts may end up in `found`; what is known of them is kept for later."""
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Finds reasons to spare.

    `hits` names a relation with account_id, harm (null: any), holder_id (null: whoever is imitated), strength, where,
    shown, expected, source. A guard cannot raise, speed up or widen anything: its only outputs are the strengths of `Strength`.
    """

    name: str
    version: int
    steps: tuple[Step, ...]
    hits: str
    sentence: str
    is_for_victims: bool = False
    """Whether whoever it spares was probably wronged, and is to be told and helped. A person does both."""
