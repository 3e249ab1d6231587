"""The register in force: the cases of the register's file, as those that were accepted in the database change them."""

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
from assistant.settings import Settings

RETRY_S = 30.0
"""How long a database that could not be used is left alone, in seconds: each try may take ten."""

Accepted = Mapping[str, Precedent | None]


class StoredCases(Protocol):
    """What is asked of the store of cases."""

    def stamp(self) -> object:
        """Differs whenever what is in force may; cheap."""

    def in_force(self) -> Mapping[str, Mapping[str, Any] | None]:
        """Fields of the accepted cases by id; None for one that is retired."""

    def close(self) -> None:
        """Close every connection."""


class AcceptedCases:
    """What the database has accepted and retired; safe to share between threads.

    A database is only looked at: where there is none, none is made. One that cannot be used is reported on stderr, and
    what was known of it before stays, so that the register's file can be searched whatever becomes of the database.
    """

    def __init__(
        self,
        find: Callable[[], StoredCases | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``find`` opens the database, and gives None where there is none yet."""
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
        """What is in force now by id, None for a retired case; the same object as before where nothing changed."""
        with self._lock:
            if self._clock() >= self._not_before:
                try:
                    self._refresh()
                    self._failure = ""
                except StorageError as error:
                    self._not_before = self._clock() + RETRY_S
                    if str(error) != self._failure:  # said again once it fails again
                        self._failure = str(error)
                        _warn(f"{error} The register is searched without what was accepted there since.")
            return self._accepted

    def close(self) -> None:
        """Close the database; it is opened again where it is looked at again."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _refresh(self) -> None:
        if self._store is None:
            self._store = self._find()
        if self._store is None:
            return
        # Before what it stands for: what is accepted in between is read again the next time, and not missed.
        stamp = self._store.stamp()
        if stamp == self._stamp:
            return
        accepted = self._validated(self._store.in_force())
        self._stamp = stamp
        # A draft changes the stamp and nothing that is in force.
        if accepted != self._accepted:
            self._accepted = accepted

    def _validated(self, in_force: Mapping[str, Mapping[str, Any] | None]) -> Accepted:
        accepted: dict[str, Precedent | None] = {}
        for name, fields in in_force.items():
            try:
                accepted[name] = None if fields is None else Precedent.model_validate(dict(fields))
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(map(str, first["loc"])) or "the whole"
                self._warn_once(
                    f"The accepted case {name!r} cannot be read, field {where}: {first['msg']}. "
                    "It is left out; correct it under “Contribute”."
                )
        return accepted

    def _warn_once(self, words: str) -> None:
        if words not in self._said:
            self._said.add(words)
            _warn(words)


@dataclass(frozen=True, slots=True)
class SeenCases:
    """What the database had accepted when it was last looked at; it does not change."""

    accepted: Accepted = field(default_factory=dict)

    def look(self) -> Accepted:
        """Return what was accepted, by id; None for a retired case."""
        return self.accepted

    def close(self) -> None:
        """Do nothing: no database is open."""


def _warn(words: str) -> None:
    print(f"Warning: {words}", file=sys.stderr)


def outdated(registers: Registers, accepted: Accepted) -> frozenset[str]:
    """Ids of the cases of the register's file, and so of the index, whose words there are not in force any more."""
    return frozenset(entry.id for entry in registers.precedents if entry.id in accepted and accepted[entry.id] != entry)


def accepted_cases(settings: Settings) -> AcceptedCases:
    """What the database of the settings has accepted; nothing is opened yet."""
    return AcceptedCases(lambda: _find(settings))


def _find(settings: Settings) -> StoredCases | None:
    from assistant.storage import find_cases  # SQLAlchemy loads slowly, and most commands need no database

    return find_cases(settings)
