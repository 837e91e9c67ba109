"""Posing as a public official: a legislator, governor, mayor or minister in the register.

People share names. "Official account" under one's own name is no claim to an office; only the office itself is.
"""

from __future__ import annotations

from evenhand.detectors.impersonation import impersonation
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind

DETECTOR = impersonation(
    kind=HolderKind.OFFICIAL, harm=Harm.IMPERSONATION_OFFICIAL,
    sentence="reads as a registered official and claims the office, or leads to an address that imitates theirs")
