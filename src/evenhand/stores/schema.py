"""The tables of a campaign's database, the same on SQLite and PostgreSQL.

Times are microseconds since 1970 in UTC, so that both databases compare them alike; JSON is kept as text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

METADATA = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "pk": "pk_%(table_name)s"})
ROW_ID = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of the type `integer`."""

CAMPAIGNS = Table(
    "campaigns", METADATA,
    Column("campaign_id", Text, primary_key=True),
    Column("n_events", BigInteger, nullable=False),
    comment="One row per campaign. Whoever appends locks it, so numbers have no gaps.")

EVENTS = Table(
    "events", METADATA,
    Column("campaign_id", Text, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("body", Text, nullable=False),
    comment="What happened, numbered from 1 in each campaign. Triggers refuse any change.", sqlite_with_rowid=False)

IS_STEP = text("kind not in ('effect_imposed', 'effect_failed', 'effect_suppressed', 'effect_undone', 'effect_lifted', "
               "'undo_failed', 'statement_delivered', 'statement_failed', 'decision_reversed')")
"""Written out as the index has it, so that the planner finds it: a campaign's steps among millions of other events."""
Index("ix_events_steps", EVENTS.c.campaign_id, EVENTS.c.sequence, sqlite_where=IS_STEP, postgresql_where=IS_STEP)

IS_ACT = " or ".join(f"act = '{act}'" for act in ("impose", "undo", "lift", "tell"))
IS_STATE = " or ".join(f"state = '{state}'" for state in (
    "queued", "in_flight", "done", "failed", "suppressed", "undone", "lifted"))
"""Not `in (...)`: SQLite makes a table of such a list for each row that it checks (measured)."""
OUTBOX = Table(
    "outbox", METADATA,
    Column("order_id", ROW_ID, primary_key=True, autoincrement=True),
    Column("campaign_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("act", Text, nullable=False),
    Column("of_key", Text),
    Column("decision_id", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("post_id", Text),
    Column("penalty", Text, nullable=False),
    Column("stratum", Text, nullable=False, server_default=text("''")),
    Column("stage", Integer, nullable=False),
    Column("turn", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("state", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("owner", Text),
    Column("leased_until", BigInteger),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("unwanted", Text),
    Column("reference", Text),
    Column("why", Text),
    Column("read_back", Text),
    Column("irreversible_at", BigInteger),
    Column("settled_at", BigInteger),
    UniqueConstraint("campaign_id", "key"),
    CheckConstraint(IS_ACT, name="act"), CheckConstraint(IS_STATE, name="state"),
    CheckConstraint("(state = 'in_flight') = (owner is not null)", name="lease"),
    comment="Orders to the platform, each with its idempotency key, its state and its lease.")

Index("ix_outbox_ready", OUTBOX.c.campaign_id, OUTBOX.c.stage, OUTBOX.c.due_at, OUTBOX.c.turn,
      sqlite_where=text("state = 'queued'"), postgresql_where=text("state = 'queued'"))
Index("ix_outbox_leased", OUTBOX.c.campaign_id, OUTBOX.c.leased_until,
      sqlite_where=text("state = 'in_flight'"), postgresql_where=text("state = 'in_flight'"))
Index("ix_outbox_decision", OUTBOX.c.campaign_id, OUTBOX.c.decision_id)
IS_SETTLED = text("settled_at >= 0")
Index("ix_outbox_settled", OUTBOX.c.campaign_id, OUTBOX.c.settled_at, sqlite_where=IS_SETTLED, postgresql_where=IS_SETTLED)

STATEMENTS = Table(
    "statements", METADATA,
    Column("campaign_id", Text, primary_key=True),
    Column("decision_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("body", Text, nullable=False),
    comment="Statements of reasons and of reinstatement, as JSON, until and after they are delivered.")

EVIDENCE = Table(
    "evidence", METADATA,
    Column("campaign_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("sealed_at", BigInteger, nullable=False),
    comment="What the platform held before an effect, encrypted: for the appeal and for restoring.")

STRIKES = Table(
    "strikes", METADATA,
    Column("campaign_id", Text, primary_key=True),
    Column("decision_id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("policy_id", Text, nullable=False),
    Column("points", Integer, nullable=False),
    Column("given_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("withdrawn_at", BigInteger),
    comment="Counted marks on accounts; one per decision. A reversed decision withdraws its strike.")
Index("ix_strikes_account", STRIKES.c.account_id, STRIKES.c.expires_at)

ADJUDICATIONS = Table(
    "adjudications", METADATA,
    Column("account_id", Text, primary_key=True),
    Column("harm", Text, primary_key=True),
    Column("holder_id", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("evidence_digest", Text),
    Column("decided_at", BigInteger, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("campaign_id", Text),
    Column("decision_id", Text),
    comment="What a person ruled about an account: the same finding is not made again without new evidence.")
