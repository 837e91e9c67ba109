"""The schema's revisions: which one a database has, and bringing it to a newer one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


@cache
def head() -> str:
    """The newest revision, which this version of the code reads and writes."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    if newest is None:
        raise RuntimeError("the package lacks its migrations")
    return newest


def revision(connection: Connection) -> str | None:
    """The revision of the database behind `connection`, None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the database to revision `to`, in one transaction: it has the new schema whole or the old one whole."""
    config = _config()
    with engine.connect() as connection:
        writing = connection.execution_options(evenhand_writes=True)
        with writing.begin():
            if revision(writing) == to:
                return
            config.attributes["connection"] = writing
            command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
