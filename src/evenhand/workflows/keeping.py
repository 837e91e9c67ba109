"""Keep a campaign's database: copy it, restore a copy, bring it to this version; each is looked at afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evenhand.errors import ConfigError, Problem, without_secrets

if TYPE_CHECKING:
    from evenhand.stores.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A database that was looked at, and what lies in it."""

    place: str
    schema: str
    campaigns: Mapping[str, int]
    """Campaign → its events."""


def back_up_state(place: str, into: Path) -> Kept:
    """Copy the SQLite database at `place` into the file `into`, which must not be there, and open the copy.

    Raises `ConfigError` for a file that is there, and for PostgreSQL with what to do instead.
    """
    from evenhand.stores.database import back_up, refuse_absent  # noqa: PLC0415

    if into.exists():
        raise ConfigError(Problem(what=f"`{into}` is there already", hint="name a new file: a copy is never written over"))
    refuse_absent(place)
    with _opened(place) as database:
        back_up(database, into)
    with _opened(into) as copy:
        return _looked_at(copy, str(into))


def restore_state(copy: Path, place: str) -> Kept:
    """Put the copy in the place of a database that is not there. Raises `ConfigError` when one is, or for PostgreSQL."""
    from evenhand.stores.database import back_up  # noqa: PLC0415

    if "://" in place:
        raise ConfigError(Problem(what="this database is not a file", hint="restore it with `createdb` and `pg_restore "
                                  "--exit-on-error --single-transaction`, as how-to/keep-the-state shows"))
    if Path(place).exists():
        raise ConfigError(Problem(what=f"`{place}` is there already",
                                  hint="stop whoever works on it, move it away with its `-wal` and `-shm` files, and repeat"))
    with _opened(copy) as database:
        back_up(database, Path(place))
    with _opened(place) as restored:
        return _looked_at(restored, place)


def migrate_state(place: str) -> Kept:
    """Bring the database at `place` to the schema of this version, in one transaction; one that is there stays as it is."""
    from evenhand.stores.database import open_database, opened_engine, refuse_absent  # noqa: PLC0415
    from evenhand.stores.migrating import migrate  # noqa: PLC0415

    refuse_absent(place)
    engine = opened_engine(place)
    try:
        migrate(engine)
    finally:
        engine.dispose()
    with open_database(place, create=False) as database:
        return _looked_at(database, database.engine.url.render_as_string(hide_password=True) if "://" in place else place)


def _opened(place: str | Path) -> Database:
    """The database at `place`, in whichever schema it is: an old one is copied before it is migrated."""
    from evenhand.stores.database import Database, open_database, opened_engine  # noqa: PLC0415
    from evenhand.stores.migrating import revision  # noqa: PLC0415

    try:
        return open_database(place, create=False)
    except ConfigError:
        engine = opened_engine(place)
        with engine.connect() as connection:
            if revision(connection) is None:
                raise
        return Database(engine)


def _looked_at(database: Database, place: str) -> Kept:
    from evenhand.stores.events import EventTable  # noqa: PLC0415
    from evenhand.stores.migrating import revision  # noqa: PLC0415

    events = EventTable(database)
    with database.read() as connection:
        schema = revision(connection) or "empty"
    return Kept(place=without_secrets(place, is_address=True), schema=schema,
                campaigns={one: events.last(one) for one in events.campaigns()})
