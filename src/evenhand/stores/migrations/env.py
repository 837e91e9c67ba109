"""Runs the revisions on the connection that `evenhand.stores.migrating` hands over."""

from __future__ import annotations

from alembic import context

from evenhand.stores.schema import METADATA


def run() -> None:
    """Run them, in the transaction that is open."""
    context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True,
                      transaction_per_migration=False)
    context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic executes this file; whoever else imports it runs nothing
    run()
