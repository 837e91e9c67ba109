"""An index of a campaign's steps, and checks and triggers of the outbox that cost SQLite less."""

from __future__ import annotations

from alembic import op
from sqlalchemy import CheckConstraint, text

from evenhand.stores.triggers import SQLITE_OUTBOX

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IS_STEP = text("kind not in ('effect_imposed', 'effect_failed', 'effect_suppressed', 'effect_undone', 'effect_lifted', "
               "'undo_failed', 'statement_delivered', 'statement_failed', 'decision_reversed')")


IS_ACT = " or ".join(f"act = '{act}'" for act in ("impose", "undo", "lift", "tell"))
IS_STATE = " or ".join(f"state = '{state}'" for state in (
    "queued", "in_flight", "done", "failed", "suppressed", "undone", "lifted"))


def upgrade() -> None:
    """Add the index and, on SQLite, write the outbox anew under the same checks in other words; no row changes."""
    op.create_index("ix_events_steps", "events", ["campaign_id", "sequence"], sqlite_where=IS_STEP, postgresql_where=IS_STEP)
    if op.get_bind().dialect.name != "sqlite":
        return
    for name in ("outbox_told", "outbox_not_born_done"):
        op.execute(f"drop trigger {name}")
    checks = (CheckConstraint(IS_ACT, name="ck_outbox_act"), CheckConstraint(IS_STATE, name="ck_outbox_state"),
              CheckConstraint("(state = 'in_flight') = (owner is not null)", name="ck_outbox_lease"))
    with op.batch_alter_table("outbox", recreate="always", table_args=checks):
        pass
    for trigger in SQLITE_OUTBOX:
        op.get_bind().exec_driver_sql(trigger)
