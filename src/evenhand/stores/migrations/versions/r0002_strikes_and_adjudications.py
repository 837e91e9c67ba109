"""Strikes that outlive a campaign, and what persons ruled about accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the two tables; nothing that is there changes."""
    op.create_table(
        "strikes",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("campaign_id", "decision_id", "account_id", "policy_id")),
        sa.Column("points", sa.Integer, nullable=False), sa.Column("given_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False), sa.Column("withdrawn_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("campaign_id", "decision_id", name="pk_strikes"),
        comment="Counted marks on accounts; one per decision. A reversed decision withdraws its strike.")
    op.create_index("ix_strikes_account", "strikes", ["account_id", "expires_at"])
    op.create_table(
        "adjudications",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("account_id", "harm", "holder_id", "outcome")),
        sa.Column("evidence_digest", sa.Text), sa.Column("decided_at", sa.BigInteger, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False), sa.Column("campaign_id", sa.Text), sa.Column("decision_id", sa.Text),
        sa.PrimaryKeyConstraint("account_id", "harm", "holder_id", name="pk_adjudications"),
        comment="What a person ruled about an account: the same finding is not made again without new evidence.")
