"""Posing as a military body: one in the register, or a body that the name itself claims ("Strategic Missile Force").

A body that stands in no register is a finding only when the *name* is that of a military body and the profile also
claims to be official, or to be the force or government itself. Ranks, veterans, fans and hobbyists are not bodies.
"""

from __future__ import annotations

from evenhand.detectors.impersonation import impersonation
from evenhand.detectors.unregistered import with_unregistered
from evenhand.model.harm import Harm
from evenhand.model.registry import HolderKind

DETECTOR = with_unregistered(
    impersonation(kind=HolderKind.MILITARY, harm=Harm.IMPERSONATION_MILITARY,
                  sentence="reads as a registered military body and claims to be it"),
    kind=HolderKind.MILITARY, body="military_body",
    sentence="reads as a military body, in the register or by its own name, and claims to be it")
