"""The plan: everything that would be done, frozen under one digest, and the tables it is kept in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa

from evenhand.model.harm import Harm
from evenhand.model.snapshot import TIME

REASON = pa.struct([pa.field(name, pa.string()) for name in
                    ("signal", "family", "fact", "where", "shown", "expected", "source")])
GUARD = pa.struct([pa.field(name, pa.string()) for name in ("guard", "strength", "fact", "where", "shown")])
STATEMENT = pa.struct([pa.field(name, pa.string()) for name in
                       ("language", "subject", "what", "rule", "ground_url")]
                      + [pa.field("facts", pa.list_(pa.string()))]
                      + [pa.field(name, pa.string()) for name in ("automation", "territory", "duration", "appeal", "note")])

DECISIONS = pa.schema([
    pa.field("decision_id", pa.string(), nullable=False),
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("handle", pa.string()),
    pa.field("display_name", pa.string()),
    pa.field("platform", pa.string()),
    pa.field("language", pa.string()),
    pa.field("followers", pa.int64()),
    pa.field("created_at", TIME),
    pa.field("posted_at", TIME),
    pa.field("harm", pa.string(), nullable=False),
    pa.field("policy_id", pa.string(), nullable=False),
    pa.field("penalty", pa.string(), nullable=False),
    pa.field("until", TIME),
    pa.field("detector", pa.string()),
    pa.field("confidence", pa.float64()),
    pa.field("holder_id", pa.string()),
    pa.field("reasons", pa.list_(REASON), nullable=False),
    pa.field("post_ids", pa.list_(pa.string())),
    pa.field("guards_considered", pa.list_(GUARD)),
    pa.field("automation", pa.string()),
    pa.field("steps", pa.list_(pa.string())),
    pa.field("would_change", pa.list_(pa.string())),
    pa.field("other_harms", pa.list_(pa.string())),
    pa.field("statement", STATEMENT, nullable=False),
])
"""One row per decision with a penalty above `none`, ordered as the effects will be carried out. `created_at` is when the
account was opened, `posted_at` when the latest of `post_ids` was published."""

SPARED = pa.schema([
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("handle", pa.string()),
    pa.field("display_name", pa.string()),
    pa.field("platform", pa.string()),
    pa.field("language", pa.string()),
    pa.field("harm", pa.string(), nullable=False),
    pa.field("holder_id", pa.string()),
    pa.field("reasons", pa.list_(REASON)),
    pa.field("guards", pa.list_(GUARD)),
    pa.field("why", pa.string(), nullable=False),
])
"""One row per suspicion that ended without a penalty: spared by a guard or not covered by a policy's condition."""

EFFECTS = pa.schema([
    pa.field("position", pa.int64(), nullable=False),
    pa.field("key", pa.string(), nullable=False),
    pa.field("decision_id", pa.string(), nullable=False),
    pa.field("account_id", pa.string(), nullable=False),
    pa.field("post_id", pa.string()),
    pa.field("penalty", pa.string(), nullable=False),
    pa.field("undo", pa.string(), nullable=False),
    pa.field("not_before", TIME),
])
"""The ordered effects: what `apply` will do, in this order, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The header of a plan, kept as `plan.json` beside `decisions.parquet`, `spared.parquet`, `effects.parquet`."""

    digest: str
    """SHA-256 over what the plan was made from (cut-off, snapshot, pack, registries, code, steps, seed, supported
    penalties) and over the ordered effects, each of which stands for its decision's evidence and statement."""
    cut_off: datetime
    snapshot: str
    """The snapshot's fingerprint."""
    pack: str
    """Name and version of the policy pack, such as `reference 2026.11`."""
    pack_digest: str
    registries_digest: str
    code_version: str
    steps_digest: str
    """The detectors, guards, signals, word lists and tables that ran."""
    supported: tuple[str, ...]
    """The penalties that the platform can impose, by its connector or by choice."""
    seed: int
    n_accounts: int
    n_posts: int
    counts: dict[str, dict[str, int]]
    """Accounts per harm and penalty; the sum of all equals the number of decisions."""
    guards: tuple[str, ...]
    """The guards that ran, for the assurance manifest."""
    harms: tuple[Harm, ...] = tuple(Harm)
    """The harms that the sweep looked for: those of its pack's policies. Every harm where a plan's file does not say."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Records of each register that could not be used. While a register but `strikes` lacks one, a person decides about all."""
    version: int = 1
