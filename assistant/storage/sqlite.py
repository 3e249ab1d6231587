"""How SQLite is to behave: by itself it begins transactions late, ignores foreign keys and leaves deleted words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event


def let_sqlite_behave(engine: Engine) -> None:
    """Transactions that begin where we say, foreign keys that hold, and deleted rows that are overwritten."""

    @event.listens_for(engine, "connect")
    def configure(connection: Any, record: Any) -> None:
        # Else the driver begins a transaction late, at the first change: what was read before may be gone by then.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "secure_delete = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
