"""Runs the revisions on the connection that `evenhand.stores.migrating` hands over."""

from __future__ import annotations

from alembic import context

from evenhand.stores.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True,
                  transaction_per_migration=False)
context.run_migrations()
