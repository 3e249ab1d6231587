"""Connections to PostgreSQL that do not wait without end for a server that hangs, or whose machine has gone."""

from __future__ import annotations

import time
from collections.abc import Generator
from math import inf
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection, Engine, event

Result = TypeVar("Result")

IDLE_S = 2.0
"""Longest wait for a sign of life before a connection is used again, in seconds."""
LATE_S = 2.0
"""How much longer than the server's own limit a transaction waits for each answer, in seconds."""


class BoundedConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server does not answer in time."""

    patience_s = IDLE_S
    """Longest wait for each answer, in seconds."""

    def wait(self, gen: Generator[Any, Any, Result], *values: Any, **named: Any) -> Result:
        """Run what psycopg does with the server, as it does itself."""
        result: Result = super().wait(self._bounded(gen), *values, **named)
        return result

    def _bounded(self, gen: Generator[Any, Any, Result]) -> Generator[Any, Any, Result]:
        end = time.monotonic() + self.patience_s
        try:
            awaited = next(gen)
            while True:
                ready = yield awaited
                if not ready and time.monotonic() > end:
                    self.close()
                    raise psycopg.OperationalError(f"no answer for {self.patience_s:g} s")
                awaited = gen.send(ready)
        except StopIteration as ended:
            result: Result = ended.value
            return result


def bound_waiting(engine: Engine, waits_s: float, works_s: float) -> None:
    """Bound PostgreSQL's waits for locks and its statements, and ours for the server.

    It is told in each transaction, since a connection pool between may share sessions. One with the execution option
    ``waits_s`` waits so long for a lock, and its statements take as long as they need.
    """

    @event.listens_for(engine, "do_connect")
    def connect(dialect: object, record: object, given: list[Any], named: dict[str, Any]) -> BoundedConnection:
        return BoundedConnection.connect(*given, **named)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        opening = connection.get_execution_options().get("waits_s")
        waits, works = (opening, 0) if opening else (waits_s, works_s)
        _own(connection.connection.dbapi_connection).patience_s = works + LATE_S if works else inf
        connection.exec_driver_sql(
            f"SELECT set_config('lock_timeout', '{waits}s', true), set_config('statement_timeout', '{works}s', true)"
        )

    @event.listens_for(engine, "checkin")
    def checkin(connection: object, record: object) -> None:
        if connection is not None:  # as for one that was closed
            _own(connection).patience_s = IDLE_S


def _own(connection: object) -> BoundedConnection:
    assert isinstance(connection, BoundedConnection)
    return connection
