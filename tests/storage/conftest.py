"""A database of each kind: SQLite always, PostgreSQL on the server that ``POSTGRESQL_TEST_URL`` names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from assistant.settings import Settings, load_settings
from assistant.storage import CaseStore, Conversations, Database, open_database
from assistant.storage.database_url import database_url
from assistant.storage.schema import Base


@pytest.fixture(scope="session")
def postgresql_url(worker_id: str) -> str:
    """URL of a database of this worker's own on the server that ``POSTGRESQL_TEST_URL`` names."""
    server = database_url(load_settings(storage={"url": os.environ["POSTGRESQL_TEST_URL"]}))
    own = server.set(database=f"steward_tests_{worker_id}")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {own.database}"))
        connection.execute(text(f"CREATE DATABASE {own.database}"))
    engine.dispose()
    return own.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings that name an empty database."""
    if request.param == "sqlite":
        return load_settings(index={"folder": tmp_path / "indexes"})
    url = request.getfixturevalue("postgresql_url")
    engine = create_engine(database_url(load_settings(storage={"url": url})))
    with engine.begin() as connection:
        Base.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    engine.dispose()
    return load_settings(index={"folder": tmp_path / "indexes"}, storage={"url": url})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database, with its tables."""
    opened = open_database(settings)
    yield opened
    opened.close()


class Clock:
    """A time that moves when told to, and a second at each look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The time of conversations and cases."""
    return Clock()


@pytest.fixture
def conversations(database: Database, clock: Clock) -> Conversations:
    """Conversations in that database, all of them kept."""
    return Conversations(database, now=clock)


@pytest.fixture
def cases(database: Database, clock: Clock) -> CaseStore:
    """Cases in that database."""
    return CaseStore(database, now=clock)
