"""An index of settled orders by their time: what went out in an hour, without reading all that ever went out."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

IS_SETTLED = text("settled_at >= 0")


def upgrade() -> None:
    """Add the index; no row changes."""
    op.create_index("ix_outbox_settled", "outbox", ["campaign_id", "settled_at"],
                    sqlite_where=IS_SETTLED, postgresql_where=IS_SETTLED)
