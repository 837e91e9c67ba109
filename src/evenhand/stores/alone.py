"""One at a time: work that somebody counts for and then writes, which two at once would count for alike."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from evenhand.stores.database import Database


@contextmanager
def alone(database: Database, name: str) -> Iterator[None]:
    """Nobody else is in a block of this name on this database meanwhile, whatever process they are in; others go on working.

    Who dies in it leaves it. PostgreSQL keeps the lock itself, for SQLite it lies in a file beside the database.
    """
    if database.dialect == "postgresql":
        with database.read() as connection:
            connection.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
            yield
        return
    how = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    lock = os.open(f"{database.engine.url.database}-alone", how, 0o666)  # who may write the database may lock it
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
