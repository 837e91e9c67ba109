"""Territories: where a pack's policies hold, and so whose published rules its posts are read by."""

from __future__ import annotations

from evenhand.model.harm import Harm
from evenhand.model.policy import PolicyPack


def disclosing_territories(pack: PolicyPack) -> tuple[str, ...]:
    """The territories whose rules say what discloses a paid promotion, sorted; empty where a policy on it holds everywhere.

    A policy that names none holds where its pack does. Posts are read once for all policies, so a disclosure that is clear
    in the territory of one counts for the others too.
    """
    policies = [policy for policy in pack.policies if policy.harm is Harm.DECEPTIVE_MONETISATION]
    named = [policy.territory or pack.territory for policy in policies]
    return tuple(sorted({code for codes in named for code in codes})) if all(named) else ()
