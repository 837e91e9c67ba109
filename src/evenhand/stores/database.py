"""A campaign's database, SQLite or PostgreSQL: opened, written in one transaction at a time, copied while it is in use."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from evenhand.errors import ConfigError, Problem, Unreachable, without_secrets
from evenhand.stores.migrating import head, migrate, revision

BUSY_SECONDS = 60
"""How long a writer waits for another one before it gives up."""
PAGE_BYTES = 8192
CACHE_KIB = 524_288
"""At most, for each connection: the indexes of an outbox of 2.4 million effects fit in it (450 MB)."""
PAGES_TO_CHECKPOINT = 32_768
"""So long does the write-ahead log grow (256 MiB) before its pages are moved: a page that many batches change moves once."""
ELSEWHERE = "name another one with `--state`, or begin with `evenhand campaign draft`"
PAGES_AT_ONCE = 4_096
"""So many pages are copied before writers get their turn (32 MiB of 8 KiB pages)."""


class Database:
    """An open database in the present schema. Used as a context, or closed by hand."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        """The database itself."""
        return self

    def __exit__(self, *exc: object) -> None:
        """Close."""
        self.close()

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    @property
    def engine(self) -> Engine:
        """SQLAlchemy's engine, for migrations and backups."""
        return self._engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends, and did not happen when the block raises."""
        with self._telling_of_trouble(), self._engine.connect() as connection:
            writing = connection.execution_options(evenhand_writes=True)
            with writing.begin():
                yield writing

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing."""
        with self._telling_of_trouble(), self._engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    @contextmanager
    def _telling_of_trouble(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise Unreachable(Problem(what=f"the campaign's database does not answer: {_first_line(error)}",
                                      hint="see that its disk or server works; nothing half done was kept, so repeat the "
                                           "command")) from error


def open_database(place: str | Path, *, create: bool = True) -> Database:
    """The database at `place`, a file or an address such as `postgresql:///evenhand?host=/run/postgresql`.

    A new one gets the present schema. An old one is refused with `ConfigError` until `migrate` has run: a schema is
    never changed in passing. Without `create` nothing is made where there is none: that is a `ConfigError`. Raises
    `Unreachable` when nothing answers.
    """
    if not create:
        refuse_absent(place)
    engine = opened_engine(place)
    try:
        with engine.connect() as connection:
            found = revision(connection)
        if found is None and create:
            migrate(engine)
        else:
            _refuse_other_schema(found, place)
    except DBAPIError as error:
        engine.dispose()
        raise Unreachable(Problem(what=f"the campaign's database cannot be opened: {_first_line(error)}",
                                  file=_shown(place), hint="see that it is a campaign's database and its folder can be "
                                  "written to, or that the server runs and knows you")) from error
    except BaseException:
        engine.dispose()
        raise
    return Database(engine)


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


def refuse_absent(place: str | Path) -> None:
    """Raise `ConfigError` when `place` is a file that is not there: SQLite would make it."""
    url = _address(place)
    is_file = url.drivername.partition("+")[0] == "sqlite" and not (url.database or "").startswith("file:")
    if is_file and not (url.database and Path(url.database).is_file()):
        raise ConfigError(Problem(what=f"there is no database `{_shown(place)}`", hint=ELSEWHERE))


def _refuse_other_schema(found: str | None, place: str | Path) -> None:
    if found is None:
        raise ConfigError(Problem(what=f"the database `{_shown(place)}` holds no campaign and no register", hint=ELSEWHERE))
    if found != head():
        raise ConfigError(Problem(
            what=f"the database's schema is `{found}`, this version needs `{head()}`", file=_shown(place),
            hint="copy it with `evenhand state backup FILE`, then migrate it with `evenhand state migrate`"))


def opened_engine(place: str | Path) -> Engine:
    """SQLAlchemy's engine for `place`, set up and not yet connected: for migrations. Raises `ConfigError`."""
    url = _address(place)
    try:
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if url.drivername == "sqlite" else {})
    except (ArgumentError, NoSuchModuleError) as error:
        raise _no_address(place) from error
    except ImportError as error:
        raise ConfigError(Problem(what="the PostgreSQL driver is not installed",
                                  hint="install it with `pip install 'evenhand[postgres]'`")) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    """Durable writes beside readers: a write-ahead log, flushed to the disk at each commit."""
    connection.isolation_level = None  # transactions begin where we say, see `_begin_sqlite`
    for pragma in (f"page_size={PAGE_BYTES}", "journal_mode=WAL", "synchronous=FULL", f"cache_size=-{CACHE_KIB}",
                   f"wal_autocheckpoint={PAGES_TO_CHECKPOINT}", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: two that read first and then wait for each other would never end."""
    writes = connection.get_execution_options().get("evenhand_writes", False)
    connection.exec_driver_sql("begin immediate" if writes else "begin")


def _address(place: str | Path) -> URL:
    try:
        url = make_url(place) if isinstance(place, str) and "://" in place else URL.create("sqlite", database=str(place))
    except (ArgumentError, ValueError) as error:
        raise _no_address(place) from error
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise _no_address(place)
    return url


def _no_address(place: str | Path) -> ConfigError:
    return ConfigError(Problem(what=f"`{without_secrets(str(place), is_address=True)}` is not the address of a database",
                               hint="name a file, or write `postgresql:///NAME`"))


def _shown(place: str | Path) -> str:
    """The place as it was typed, without a password."""
    return without_secrets(str(place), is_address=True)


def _first_line(error: DBAPIError) -> str:
    origin: Any = error.orig if error.orig is not None else error
    text = str(origin).strip()
    return text.splitlines()[0].rstrip(".") if text else type(origin).__name__
