"""Who may contribute and review cases: names with a role, each known by a secret key."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from assistant.errors import NotAllowedError, StorageError
from assistant.roles import Person, Role, roles_with
from assistant.settings import Settings
from assistant.storage.audit import AuditLog, subject_of
from assistant.storage.case_fields import storable
from assistant.storage.database import Database, open_database
from assistant.storage.schema import PersonRow

MOST_NAME_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class RegisteredPerson:
    """A line of the list of people."""

    name: str
    role: Role
    added: datetime
    """When the current key was given, in UTC."""
    ended: datetime | None
    """When the key stopped working, in UTC; None while it works."""


class People:
    """The people who may contribute and review. Only the SHA-256 of a key is stored. Threads may share it.

    Every method raises ``StorageError`` where the database cannot be used.
    """

    def __init__(self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now
        self._log = AuditLog(database, now)

    def add(self, name: str, role: Role) -> str:
        """Register somebody and return their key, which cannot be shown again.

        Somebody whose registration ended may be added again, under the same name and with a new key.

        Raises:
            StorageError: the name is registered or not allowed, or the role is reader, which needs no key.
        """
        name = checked_name(name)
        if role == "reader":
            raise StorageError("A reader needs no key. Choose the role contributor or reviewer.")
        key = secrets.token_urlsafe(24)
        with self._database.write(one_at_a_time=True) as session:
            row = session.scalar(select(PersonRow).where(PersonRow.folded == folded(name)))
            if row is not None and row.ended is None:
                raise StorageError(
                    f"{row.name} is registered already, as {row.role}. Choose another name, or end this "
                    "registration first with `steward people end`."
                )
            if row is None:
                row = PersonRow(folded=folded(name))
                session.add(row)
            row.name, row.role, row.key, row.added, row.ended = name, role, _digest(key), self._now(), None
            session.flush()
            self._log.add(session, "person-added", {"role": role}, subject=subject_of(row))
        return key

    def end(self, name: str) -> None:
        """End a registration: the key stops working; the history keeps the name.

        Raises:
            StorageError: nobody of this name is registered.
        """
        with self._database.write(one_at_a_time=True) as session:
            row = registered_row(session, name)
            row.ended, row.key = self._now(), None
            self._log.add(session, "person-ended", subject=subject_of(row))

    def change_role(self, name: str, role: Role) -> None:
        """Give somebody another role; where sign-in has a map of groups, their groups decide again at the next one.

        Raises:
            StorageError: nobody of this name is registered.
        """
        with self._database.write(one_at_a_time=True) as session:
            row = registered_row(session, name)
            self._log.add(session, "role-changed", {"role": role, "before": row.role}, subject=subject_of(row))
            row.role = role

    def list(self) -> tuple[RegisteredPerson, ...]:
        """Return everybody who was ever registered, by name."""
        with self._database.read() as session:
            return tuple(
                RegisteredPerson(row.name, cast(Role, row.role), row.added, row.ended)
                for row in session.scalars(select(PersonRow).order_by(PersonRow.folded))
            )

    def of_key(self, key: str) -> Person | None:
        """Return whose key it is; None for a wrong one, or where the registration has ended."""
        # The database compares digests, so its timing reveals nothing about a key.
        return self._one(PersonRow.key == _digest(key))

    def of_name(self, name: str) -> Person | None:
        """Return who is registered under the name; None for nobody, or where the registration has ended."""
        return self._one(and_(PersonRow.folded == folded(name), PersonRow.ended.is_(None)))

    def any(self) -> bool:
        """Return whether anybody was ever registered: from then on keys are required, even once all have ended."""
        with self._database.read() as session:
            return session.scalar(select(PersonRow.id).limit(1)) is not None

    def acting(self, name: str) -> Person:
        """Return who acts under this name where no key is asked for, as on the command line.

        Where people are registered, it must be one of them, with their role; otherwise anybody is a reviewer.

        Raises:
            NotAllowedError: people are registered, and nobody of this name.
            StorageError: the name is not allowed.
        """
        name = checked_name(name)
        if not self.any():
            return Person(name, "reviewer")
        person = self.of_name(name)
        if person is None:
            raise NotAllowedError(
                f"Nobody is registered as {name!r}; `steward people list` shows who is, "
                "and `steward people add` registers somebody."
            )
        return person

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _one(self, which: ColumnElement[bool]) -> Person | None:
        with self._database.read() as session:
            row = session.scalar(select(PersonRow).where(which))
            return None if row is None else Person(row.name, cast(Role, row.role))


def open_people(settings: Settings) -> People:
    """Open the people of the settings' database.

    Raises:
        StorageError: the database cannot be reached or written, or its schema is newer than this code.
    """
    return People(open_database(settings))


def checked_name(name: str) -> str:
    """Return a person's name as it is kept, with single spaces.

    Raises:
        StorageError: it is empty, too long or has invisible characters.
    """
    name = " ".join(name.split())
    if not name:
        raise StorageError("The name of the person is empty. Give the name that the history is to show.")
    if len(name) > MOST_NAME_CHARACTERS:
        raise StorageError(f"The name has {len(name):,} characters. Shorten it to {MOST_NAME_CHARACTERS} or fewer.")
    if not name.isprintable():
        raise StorageError(f"The name {name!a} has invisible characters. Leave them out.")
    return name


def registered_row(session: Session, name: str) -> PersonRow:
    """Return the row of somebody who is registered.

    Raises:
        StorageError: nobody of this name is.
    """
    row = session.scalar(select(PersonRow).where(PersonRow.folded == folded(name), PersonRow.ended.is_(None)))
    if row is None:
        raise StorageError(f"Nobody is registered as {name!r}; `steward people list` shows who is.")
    return row


def is_other_reviewer(session: Session, name: str) -> bool:
    """Return whether somebody other than this person is registered who may review."""
    others = select(PersonRow.id).where(
        PersonRow.role.in_(roles_with("review")), PersonRow.ended.is_(None), PersonRow.folded != folded(name)
    )
    return session.scalar(others.limit(1)) is not None


def folded(name: str) -> str:
    """Return a name's form for comparison, equal for names that look the same."""
    return unicodedata.normalize("NFKC", storable(" ".join(name.split())).casefold())


def _digest(key: str) -> str:
    return hashlib.sha256(key.strip().encode("utf-8", "surrogatepass")).hexdigest()
