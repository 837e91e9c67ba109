"""Posing as a named news outlet in the register. Being independent, new or unregistered is never a violation."""

from __future__ import annotations

from evenhand.detectors.impersonation import impersonation
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind

DETECTOR = impersonation(
    kind=HolderKind.MEDIA, harm=Harm.IMPERSONATION_MEDIA,
    sentence="reads as a named outlet and claims to be it, or leads to an address that imitates the outlet's own")
