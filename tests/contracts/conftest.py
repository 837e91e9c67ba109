"""One PostgreSQL server for all tests of a session, and an empty database for each test on every kind of store."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from postgres_server import programs, running
from sqlalchemy import create_engine, text

from evenhand.stores.database import Database, open_database

NUMBERS = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server with `DATABASE` to be put in. Where there is none: skipped in words, in CI a failure."""
    folder = programs()
    if folder is None:
        why = "no PostgreSQL found: `make setup-test` installs one, or install your system's package"
        if os.environ.get("CI"):
            pytest.fail(why)
        pytest.skip(why)
    with running(folder) as address:
        open_database(_made(address, "template_evenhand")).close()
        yield address


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file in the present schema, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "campaign.db"
    open_database(file).close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database in the present schema stands."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite"), tmp_path / "campaign.db")
        return str(tmp_path / "campaign.db")
    return _made(request.getfixturevalue("postgres"), f"test{next(NUMBERS)}", template="template_evenhand")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database without a schema stands."""
    if request.param == "sqlite":
        return str(tmp_path / "empty.db")
    return _made(request.getfixturevalue("postgres"), f"test{next(NUMBERS)}")


@pytest.fixture
def database(place: str) -> Iterator[Database]:
    """An open, empty database."""
    with open_database(place) as opened:
        yield opened


def _made(address: str, name: str, *, template: str = "template0") -> str:
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://").replace("DATABASE", "postgres"),
                           isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"create database {name} template {template}"))
    engine.dispose()
    return address.replace("DATABASE", name)
