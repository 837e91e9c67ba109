"""Migrating, copying and restoring a database, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from effect_plans import effects, statements
from postgres_server import programs
from sqlalchemy import create_engine, inspect, text

from evenhand.errors import ConfigError, Unreachable
from evenhand.model.campaigns.effect_state import Act, EffectState, Reckoning
from evenhand.stores.database import back_up, open_database, opened_engine
from evenhand.stores.migrating import head, migrate, revision
from evenhand.stores.outbox import OutboxTable
from evenhand.stores.schema import METADATA
from evenhand.workflows.keeping import Kept, back_up_state, migrate_state, restore_state

pytestmark = pytest.mark.contract
FIRST = "0001"
OLD_ROWS = (
    "insert into campaigns values ('autumn', 1)",
    """insert into events values ('autumn', 1, 'drafted', 1790000000000000, 'ada', '{"scope":"all"}')""",
    """insert into outbox (campaign_id, key, act, decision_id, account_id, penalty, stage, turn, state, due_at, attempts,
       failures) values ('autumn', 'k', 'impose', 'd', 'a', 'label', 0, 0, 'queued', 0, 0, 0)""")


def test_the_revisions_lead_to_the_schema_that_the_code_reads(place: str) -> None:
    engine = opened_engine(place)
    with engine.connect() as connection:
        assert revision(connection) == head()
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()


def test_a_database_of_the_first_revision_is_refused_then_migrated_with_its_rows(empty_place: str) -> None:
    engine = opened_engine(empty_place)
    migrate(engine, FIRST)
    with engine.begin() as connection:
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
        assert "strikes" not in inspect(connection).get_table_names()
    with pytest.raises(ConfigError, match=f"the database's schema is `{FIRST}`, this version needs `{head()}`"):
        open_database(empty_place)
    migrate(engine)
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("select body from events")) == '{"scope":"all"}'
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    engine.dispose()
    with open_database(empty_place) as database:
        assert OutboxTable(database).reckoning("autumn") == (Reckoning(Act.IMPOSE, EffectState.QUEUED, 1),)


def test_a_copy_taken_in_use_holds_what_was_committed(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with open_database(place) as database:
        OutboxTable(database).load("autumn", effects=effects(), statements=statements())
        wanted = OutboxTable(database).reckoning("autumn")
        if database.dialect == "sqlite":
            with database.write() as connection:
                connection.exec_driver_sql("delete from outbox")
                back_up_elsewhere = tmp_path / "copy.db"
                with open_database(place) as other:
                    back_up(other, back_up_elsewhere)
            restored = str(back_up_elsewhere)
        else:
            with pytest.raises(ConfigError, match="pg_dump"):
                back_up(database, tmp_path / "copy.db")
            restored = _dumped_and_restored(place, tmp_path)
    with open_database(restored) as database:
        assert OutboxTable(database).reckoning("autumn") == wanted
        assert len(OutboxTable(database).statements([])) == 0


def test_an_old_database_is_copied_by_command_before_it_is_migrated(tmp_path: Path) -> None:
    engine = opened_engine(tmp_path / "old.db")
    migrate(engine, FIRST)
    with engine.begin() as connection:
        for statement in OLD_ROWS:
            connection.exec_driver_sql(statement)
    engine.dispose()
    old = str(tmp_path / "old.db")
    assert back_up_state(old, tmp_path / "copy.db") == Kept(
        place=str(tmp_path / "copy.db"), schema=FIRST, campaigns={"autumn": 1})
    assert migrate_state(old).schema == head()
    assert restore_state(tmp_path / "copy.db", str(tmp_path / "back.db")).schema == FIRST
    with pytest.raises(ConfigError, match="is there already"):
        restore_state(tmp_path / "copy.db", old)
    with pytest.raises(ConfigError, match="is there already"):
        back_up_state(old, tmp_path / "copy.db")
    with pytest.raises(ConfigError, match="there is no database"):
        back_up_state(str(tmp_path / "nowhere.db"), tmp_path / "other.db")
    with pytest.raises(ConfigError, match="pg_restore"):
        restore_state(tmp_path / "copy.db", "postgresql:///evenhand")
    assert not (tmp_path / "nowhere.db").exists()


def _dumped_and_restored(place: str, folder: Path) -> str:
    """The commands of how-to/keep-the-state, on a database beside the first."""
    tools = programs()
    assert tools is not None
    restored = place.replace("/test", "/restored")
    engine = create_engine(place.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"create database {restored.partition('@/')[2].partition('?')[0]} template template0")
    engine.dispose()
    dump = folder / "campaign.dump"
    for command in ([tools / "pg_dump", "--format=custom", f"--file={dump}", place],
                    [tools / "pg_restore", "--exit-on-error", "--single-transaction", f"--dbname={restored}", dump]):
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PGTZ": "UTC"})
    return restored


def test_a_place_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="cannot be opened"):
        open_database(tmp_path / "nowhere" / "campaign.db")
    with pytest.raises(Unreachable, match="cannot be opened"):
        open_database(f"postgresql:///evenhand?host={tmp_path}")
    with pytest.raises(ConfigError, match="is not the address of a database"):
        open_database("nonsense://place")
    with pytest.raises(ConfigError, match=f"there is no database `{tmp_path / 'new.db'}`"):
        open_database(tmp_path / "new.db", create=False)
    with pytest.raises(ConfigError, match="there is no database `sqlite:///"):
        open_database(f"sqlite:///{tmp_path / 'new.db'}", create=False)
    assert not list(tmp_path.iterdir())
    (tmp_path / "empty.db").touch()
    with pytest.raises(ConfigError, match="holds no campaign and no register"):
        open_database(tmp_path / "empty.db", create=False)
