"""Events, the outbox, statements and sealed evidence."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from evenhand.stores.triggers import triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the first tables and the triggers that guard them."""
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Text, nullable=False), sa.Column("n_events", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_campaigns"),
        comment="One row per campaign. Whoever appends locks it, so numbers have no gaps.")
    op.create_table(
        "events",
        sa.Column("campaign_id", sa.Text, nullable=False), sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False), sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False), sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "sequence", name="pk_events"), sqlite_with_rowid=False,
        comment="What happened, numbered from 1 in each campaign. Triggers refuse any change.")
    _outbox()
    op.create_table(
        "statements",
        *(sa.Column(name, sa.Text, nullable=False)
          for name in ("campaign_id", "decision_id", "kind", "account_id", "language", "body")),
        sa.PrimaryKeyConstraint("campaign_id", "decision_id", "kind", name="pk_statements"),
        comment="Statements of reasons and of reinstatement, as JSON, until and after they are delivered.")
    op.create_table(
        "evidence",
        *(sa.Column(name, sa.Text, nullable=False) for name in ("campaign_id", "key", "account_id", "digest")),
        sa.Column("sealed", sa.LargeBinary, nullable=False), sa.Column("sealed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "key", name="pk_evidence"),
        comment="What the platform held before an effect, encrypted: for the appeal and for restoring.")
    for statement in triggers(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("order_id", ROW_ID, autoincrement=True, nullable=False),
        sa.Column("campaign_id", sa.Text, nullable=False), sa.Column("key", sa.Text, nullable=False),
        sa.Column("act", sa.Text, nullable=False), sa.Column("of_key", sa.Text),
        sa.Column("decision_id", sa.Text, nullable=False), sa.Column("account_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Text), sa.Column("penalty", sa.Text, nullable=False),
        sa.Column("stage", sa.Integer, nullable=False), sa.Column("turn", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger), sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False), sa.Column("owner", sa.Text),
        sa.Column("leased_until", sa.BigInteger), sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("unwanted", sa.Text), sa.Column("reference", sa.Text), sa.Column("why", sa.Text),
        sa.Column("read_back", sa.Text), sa.Column("irreversible_at", sa.BigInteger), sa.Column("settled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("order_id", name="pk_outbox"),
        sa.UniqueConstraint("campaign_id", "key", name="uq_outbox_campaign_id_key"),
        sa.CheckConstraint("act in ('impose', 'undo', 'lift', 'tell')", name="ck_outbox_act"),
        sa.CheckConstraint("state in ('queued', 'in_flight', 'done', 'failed', 'suppressed', 'undone', 'lifted')",
                           name="ck_outbox_state"),
        sa.CheckConstraint("(state = 'in_flight') = (owner is not null)", name="ck_outbox_lease"),
        comment="Orders to the platform, each with its idempotency key, its state and its lease.")
    for name, columns, state in (("ix_outbox_ready", ["campaign_id", "stage", "due_at", "turn"], "queued"),
                                 ("ix_outbox_leased", ["campaign_id", "leased_until"], "in_flight")):
        where = sa.text(f"state = '{state}'")
        op.create_index(name, "outbox", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_outbox_decision", "outbox", ["campaign_id", "decision_id"])
