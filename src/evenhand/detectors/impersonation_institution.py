"""Posing as a public institution: an agency, ministry, municipality or international body in the register."""

from __future__ import annotations

from evenhand.detectors.impersonation import impersonation
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind

DETECTOR = impersonation(
    kind=HolderKind.INSTITUTION, harm=Harm.IMPERSONATION_INSTITUTION,
    sentence="reads as a registered institution and claims to be it, or leads to an address that imitates its own")
