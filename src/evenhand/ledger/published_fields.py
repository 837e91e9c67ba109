"""Which facts of an event are published as they are. Everything that is not named here is published as a commitment."""

from __future__ import annotations

PUBLISHED_PREFIX = "n_"
"""A whole number under a name that begins so is a count, and is published."""

PUBLISHED: frozenset[str] = frozenset({
    # what a campaign rests on
    "digest", "plan_digest", "basis_digest", "cut_off", "snapshot", "pack", "pack_digest", "registries_digest", "code_version",
    "steps_digest", "supported", "seed", "mode", "campaign", "position", "guards", "harms", "territory",
    # what is decided, and for which part
    "policy", "policy_id", "clause", "penalty", "penalty_before", "harm", "language", "stratum", "strata", "stage",
    "outcome", "automation", "irreversible", "statement_kind", "undo", "until", "not_before", "irreversible_after", "gate",
    "bound", "share", "precision", "confidence", "kappa", "alpha", "sensitivity", "specificity", "prevalence",
    "prevalence_low", "prevalence_high", "recall", "recall_low", "recall_high", "status", "read_back",
    "attempts", "connector", "platform",
    # what was checked
    "check", "criteria", "threshold", "measured", "safeguard", "verdict", "agrees", "slot", "cooling_off_seconds",
    # demands and referrals: whose, on which ground, what was answered
    "authority", "country", "legal_basis", "order_id", "demand", "demand_id", "demand_kind", "received_on", "answer", "ground",
    "channel", "asks", "good_faith", "withholding_id", "referral_id",
})
"""Names whose value, whatever it is, is published. None may name, quote or point to a person or what a person wrote."""

PARTS: frozenset[str] = frozenset({"basis", "stages", "reasons", "counts", "checks"})
"""Names whose value is a list or an object that is gone through, so that each fact in it is judged by its own name."""
