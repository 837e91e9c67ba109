"""An index of a campaign's steps, so that its state is found without reading what became of each effect."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IS_STEP = text("kind not in ('effect_imposed', 'effect_failed', 'effect_suppressed', 'effect_undone', 'effect_lifted', "
               "'undo_failed', 'statement_delivered', 'statement_failed')")


def upgrade() -> None:
    """Add the index; nothing that is there changes."""
    op.create_index("ix_events_steps", "events", ["campaign_id", "sequence"], sqlite_where=IS_STEP, postgresql_where=IS_STEP)
