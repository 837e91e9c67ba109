"""Posing as a public institution: one in the register, or one that the name itself claims ("Disease Control Springfield").

Agencies, ministries, municipalities, courts and international bodies, of every country alike.
"""

from __future__ import annotations

from evenhand.detectors.unregistered import impersonation_of_bodies
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind

DETECTOR = impersonation_of_bodies(
    kind=HolderKind.INSTITUTION, harm=Harm.IMPERSONATION_INSTITUTION,
    sentence="reads as a public institution, in the register or by its own name, and claims to be it")
