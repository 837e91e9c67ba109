"""The stratum that was audited stands beside each order, since every penalty's event names it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; orders that are there belong to no stratum."""
    op.add_column("outbox", sa.Column("stratum", sa.Text, nullable=False, server_default=sa.text("''")))
