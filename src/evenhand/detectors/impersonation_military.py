"""Posing as a military body: one in the register, or a body that the name itself claims ("Strategic Missile Force").

A body that stands in no register is a finding only when the *name* is that of a military body and the profile also
claims to be official, or to be the force or government itself. Ranks, veterans, fans and hobbyists are not bodies.
"""

from __future__ import annotations

from evenhand.detectors.unregistered import impersonation_of_bodies
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind

DETECTOR = impersonation_of_bodies(
    kind=HolderKind.MILITARY, harm=Harm.IMPERSONATION_MILITARY,
    sentence="reads as a military body, in the register or by its own name, and claims to be it")
