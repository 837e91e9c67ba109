"""Copies of a campaign's database while it is in use."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from evenhand.errors import ConfigError, Problem, Unreachable
from evenhand.stores.database import Database

PAGES_AT_ONCE = 4_096
"""So many pages are copied before writers get their turn (32 MiB of 8 KiB pages)."""


def back_up(database: Database, into: Path) -> None:
    """Copy a SQLite database as it is at one instant into the file `into`, which appears whole. To restore it, open it.

    Raises `ConfigError` for PostgreSQL, which brings its own tool.
    """
    if database.dialect != "sqlite":
        raise ConfigError(Problem(what="this database is not a file",
                                  hint="copy it with `pg_dump --format=custom --file=FILE ADDRESS`, also while others go on"))
    unfinished = into.with_name(f".{into.name}.{os.getpid()}")
    try:
        with database.read() as connection, sqlite3.connect(unfinished) as copy:
            source = connection.connection.dbapi_connection
            if not isinstance(source, sqlite3.Connection):
                raise TypeError("SQLite's own connection was expected")
            source.backup(copy, pages=PAGES_AT_ONCE)
            copy.execute("pragma journal_mode=delete")
        copy.close()
        handle = os.open(unfinished, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        unfinished.rename(into)
    except (OSError, sqlite3.Error) as error:
        raise Unreachable(Problem(what=f"the copy could not be written: {error}", file=str(into),
                                  hint="see that its folder exists and has room")) from error
    finally:
        unfinished.unlink(missing_ok=True)
