"""The register as it stands: the cases of its file, with the changes that were accepted in the database."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from assistant.errors import StorageError
from assistant.registers.entries import Precedent, Registers
from assistant.registers.rules import field_problems
from assistant.settings import Settings

RETRY_S = 5.0
"""Wait before a database that failed is tried again, in seconds."""

Accepted = Mapping[str, Precedent | None]


class StoredCases(Protocol):
    """What we ask of the case store."""

    def stamp(self) -> object:
        """Return a value that differs whenever the accepted cases may; cheap."""

    def in_force(self) -> Mapping[str, Mapping[str, Any] | None]:
        """Return the fields of the accepted cases by id; None for a retired one."""

    def close(self) -> None:
        """Close every connection."""


class AcceptedCases:
    """The cases accepted and retired in the database; safe to share between threads.

    The database is only read, and never created. One that fails is reported on stderr, and what was known of it stays,
    so that the register's file can be searched whatever happens to the database.
    """

    def __init__(
        self,
        find: Callable[[], StoredCases | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take ``find``, which opens the database, and returns None where there is none yet."""
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()
        self._store: StoredCases | None = None
        self._stamp: object = None
        self._accepted: Accepted = {}
        self._not_before = float("-inf")
        self._failure = ""
        self._said: set[str] = set()

    def look(self) -> Accepted:
        """Return what is accepted now by id, None for a retired case; the same object while nothing changes."""
        # A try may take long: where it failed before, others do not wait for it.
        if not self._lock.acquire(blocking=not self._failure):
            return self._accepted
        try:
            if self._clock() >= self._not_before:
                try:
                    self._refresh()
                    self._failure = ""
                except StorageError as error:
                    self._not_before = self._clock() + RETRY_S
                    if str(error) != self._failure:  # so that the next failure is reported again
                        self._failure = str(error)
                        _warn(f"{error} The register is searched without what was accepted there since.")
            return self._accepted
        finally:
            self._lock.release()

    def close(self) -> None:
        """Close the database; the next look opens it again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _refresh(self) -> None:
        if self._store is None:
            self._store = self._find()
        if self._store is None:
            return
        # Read the stamp before the cases: what is accepted in between is then read again, and not missed.
        stamp = self._store.stamp()
        if stamp == self._stamp:
            return
        accepted = self._validated(self._store.in_force())
        self._stamp = stamp
        # A draft changes the stamp and no accepted case.
        if accepted != self._accepted:
            self._accepted = accepted

    def _validated(self, in_force: Mapping[str, Mapping[str, Any] | None]) -> Accepted:
        accepted: dict[str, Precedent | None] = {}
        for name, fields in in_force.items():
            try:
                accepted[name] = None if fields is None else Precedent.model_validate(dict(fields))
            except ValidationError as error:
                first = field_problems(error, Precedent)[0]
                self._warn_once(
                    f"The accepted case {name!r} cannot be read, field {first.field or 'the whole'}: {first.message} "
                    "It is left out; correct it under “Precedents”, “Contribute a case”."
                )
        return accepted

    def _warn_once(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            _warn(words)


@dataclass(frozen=True, slots=True)
class SeenCases:
    """What the database had accepted at the last look; it does not change."""

    accepted: Accepted = field(default_factory=dict)

    def look(self) -> Accepted:
        """Return what was accepted, by id; None for a retired case."""
        return self.accepted

    def close(self) -> None:
        """Do nothing: no database is open."""


def _warn(words: str) -> None:
    print(f"Warning: {words}", file=sys.stderr)


def outdated(registers: Registers, accepted: Accepted) -> frozenset[str]:
    """Return ids of cases in the register's file, and so in the index, that have been changed or retired since."""
    return frozenset(entry.id for entry in registers.precedents if entry.id in accepted and accepted[entry.id] != entry)


def accepted_cases(settings: Settings) -> AcceptedCases:
    """Return what the database of the settings has accepted; nothing is opened yet."""
    return AcceptedCases(lambda: _find(settings))


def _find(settings: Settings) -> StoredCases | None:
    from assistant.storage import find_cases  # SQLAlchemy loads slowly, and most commands need no database

    return find_cases(settings)
