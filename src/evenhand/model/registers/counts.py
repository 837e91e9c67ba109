"""Registers: what is kept as events under a name of its own, beside the campaigns of a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

DEMANDS = "demands"
REFERRALS = "referrals"
REPORTS_IN = "reports_in"
REGISTERS = frozenset({DEMANDS, REFERRALS, REPORTS_IN})
"""Names that no campaign may have. Registers are never renamed: published ledgers name them."""

Counts: TypeAlias = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterCounts:
    """How many of everything the registers hold, by outcome: what a report of any period prints. No name is in it."""

    demands: Counts = field(default_factory=dict)
    """Demands by what was answered."""
    demands_by_territory: dict[str, Counts] = field(default_factory=dict)
    withholdings: Counts = field(default_factory=dict)
    """Withholdings by where they stand."""
    referrals: Counts = field(default_factory=dict)
    """Referrals by where they stand."""
    referrals_by_ground: dict[str, Counts] = field(default_factory=dict)
    reports: Counts = field(default_factory=dict)
    """Reports read, rejected, repeated, copied, targets queued and targets flagged as brigaded, over all intakes."""
