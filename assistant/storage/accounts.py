"""Who is signed in: a person's account, the session of their browser, and the tokens of their programs."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, cast, get_args

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from assistant.errors import NotAllowedError, StorageError, StorageUnavailableError
from assistant.roles import Person, Role
from assistant.settings import Settings
from assistant.storage.audit import AuditLog, account_of, subject_of
from assistant.storage.database import Database, open_database
from assistant.storage.people import MOST_NAME_CHARACTERS, folded, registered_row
from assistant.storage.schema import CredentialRow, PersonRow

Scope = Literal["ask", "contribute"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
"""What a token is for: with "ask" its program may do what a reader may, with "contribute" what its person may."""
_SESSION = "session"
_NOTED = timedelta(minutes=1)
"""A use is noted when the last one is this long ago: not every request writes."""
CLOSED = "Your account is closed. Ask your administrator to open it again with `steward people add`."


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is where they sign in."""

    issuer: str
    """The provider, or another name for whoever vouches for them."""
    subject: str
    """What the issuer calls them for good."""
    name: str
    login: str = ""
    """A second name, such as an address, that tells people of the same name apart."""
    role: Role | None = None
    """What their groups make them; None where roles are kept in the database."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who is signed in, by a browser or a program."""

    id: str
    """SHA-256 of who they are, in hexadecimal: the reader whose conversations and files are theirs."""
    person: Person


@dataclass(frozen=True, slots=True)
class Token:
    """A line of the list of tokens."""

    id: int
    name: str
    scope: Scope
    given: datetime
    used: datetime
    expires: datetime


class Accounts:
    """The accounts of people, and what shows that a request is theirs. Only SHA-256s are stored. Threads may share it.

    Every method raises ``StorageError`` where the database cannot be used.

    Args:
        idle: after this time without a request a session ends.
        longest: after this time it ends in any case.
    """

    def __init__(
        self,
        database: Database,
        idle: timedelta = timedelta(hours=2),
        longest: timedelta = timedelta(hours=12),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._idle = idle
        self._longest = longest
        self._now = now
        self._log = AuditLog(database, now)

    def enter(self, identity: Identity) -> Account:
        """Return the account of who signs in, which is made at the first time; their role follows their groups.

        Raises:
            NotAllowedError: the account is closed.
        """
        account = _digest(f"{identity.issuer}\n{identity.subject}")
        with self._database.read() as session:
            row = session.scalar(select(PersonRow).where(PersonRow.account == account))
            if row is not None and identity.role in (None, row.role):
                return _account(row)
        with self._database.write(one_at_a_time=True) as session:
            row = session.scalar(select(PersonRow).where(PersonRow.account == account))
            if row is None:
                name = _free_name(session, identity, account)
                row = PersonRow(name=name, folded=folded(name), role="reader", account=account, added=self._now())
                session.add(row)
                session.flush()
                self._log.add(session, "account-made", {"role": row.role}, who=account, subject=subject_of(row))
            if identity.role not in (None, row.role):
                details = {"role": identity.role, "before": row.role}
                row.role = identity.role
                self._log.add(session, "role-changed", details, who=account, subject=subject_of(row))
            return _account(row)

    def open_session(self, account: Account) -> str:
        """Return the secret of a new session, for the person's browser alone."""
        now = self._now()
        with self._database.write() as session:
            over = (CredentialRow.expires < now) | (
                (CredentialRow.scope == _SESSION) & (CredentialRow.used < now - self._idle)
            )
            session.execute(delete(CredentialRow).where(over))
            person = session.scalars(select(PersonRow.id).where(PersonRow.account == account.id)).one()
            secret = _give(session, person, _SESSION, now, now + self._longest)
            self._log.add(session, "sign-in", who=account.id)
            return secret

    def of_session(self, secret: str) -> Account | None:
        """Return whose session it is; None where it has ended."""
        return self._of(secret, CredentialRow.scope == _SESSION, self._now() - self._idle)

    def end_session(self, secret: str) -> None:
        """End a session; do nothing where there is none."""
        with self._database.write() as session:
            ended = delete(CredentialRow).where(
                CredentialRow.digest == _digest(secret), CredentialRow.scope == _SESSION
            )
            person = session.scalar(ended.returning(CredentialRow.person))
            if row := person and session.get(PersonRow, person):
                self._log.add(session, "sign-out", who=row.account or "", subject=subject_of(row))

    def give_token(self, name: str, scope: Scope, days: int) -> str:
        """Return a new token for the programs of a person, which cannot be shown again.

        Raises:
            StorageError: nobody of this name is registered or has signed in.
        """
        with self._database.write() as session:
            now, row = self._now(), registered_row(session, name)
            secret = _give(session, row.id, scope, now, now + timedelta(days=days))
            self._log.add(session, "token-given", {"scope": scope, "days": days}, subject=subject_of(row))
            return secret

    def of_token(self, secret: str) -> Account | None:
        """Return whose token it is, in the role that its scope leaves them; None where it is wrong or has ended."""
        return self._of(secret, CredentialRow.scope != _SESSION, None)

    def tokens(self) -> tuple[Token, ...]:
        """Return the tokens that work, by name."""
        query = (
            select(CredentialRow, PersonRow.name)
            .join(PersonRow, CredentialRow.person == PersonRow.id)
            .where(CredentialRow.scope != _SESSION, CredentialRow.expires > self._now(), PersonRow.ended.is_(None))
            .order_by(PersonRow.folded, CredentialRow.id)
        )
        with self._database.read() as session:
            return tuple(
                Token(row.id, name, cast(Scope, row.scope), row.given, row.used, row.expires)
                for row, name in session.execute(query)
            )

    def revoke(self, token: int) -> None:
        """End a token.

        Raises:
            StorageError: there is none of this number.
        """
        with self._database.write() as session:
            row = session.get(CredentialRow, token)
            if row is None or row.scope == _SESSION:
                raise StorageError(f"There is no token {token}; `steward people tokens` lists them.")
            person = session.get_one(PersonRow, row.person)
            session.delete(row)
            self._log.add(session, "token-revoked", {"token": token}, subject=subject_of(person))

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _of(self, secret: str, kind: ColumnElement[bool], used_since: datetime | None) -> Account | None:
        query = (
            select(CredentialRow, PersonRow)
            .join(PersonRow, CredentialRow.person == PersonRow.id)
            # The database compares digests, so its timing reveals nothing about a secret.
            .where(CredentialRow.digest == _digest(secret), kind, PersonRow.ended.is_(None))
        )
        now = self._now()
        with self._database.read() as session:
            found = session.execute(query).one_or_none()
            if found is None:
                return None
            credential, person = found
            if credential.expires <= now or (used_since is not None and credential.used < used_since):
                return None
            account, number, used = _account(person), credential.id, credential.used
            scope = credential.scope
        if now - used >= _NOTED:
            with suppress(StorageUnavailableError), self._database.write() as session:
                if row := session.get(CredentialRow, number):
                    row.used = now
        return Account(account.id, Person(account.person.name, "reader")) if scope == "ask" else account


def open_accounts(settings: Settings) -> Accounts:
    """Open the accounts of the settings' database.

    Raises:
        StorageError: the database cannot be reached or written, or its schema is newer than this code.
    """
    given = settings.sign_in
    return Accounts(open_database(settings), timedelta(minutes=given.idle_minutes), timedelta(hours=given.hours))


def _account(row: PersonRow) -> Account:
    if row.ended is not None:
        raise NotAllowedError(CLOSED)
    return Account(account_of(row), Person(row.name, cast(Role, row.role)))


def _give(session: Session, person: int, scope: str, now: datetime, expires: datetime) -> str:
    """Return a new secret, of which the database keeps the digest; by its beginning a leaked one can be found."""
    secret = f"steward_{secrets.token_urlsafe(32)}"
    digest = _digest(secret)
    session.add(CredentialRow(digest=digest, person=person, scope=scope, given=now, used=now, expires=expires))
    return secret


def _free_name(session: Session, identity: Identity, account: str) -> str:
    """Return a name that nobody has: no two people may look the same in the history of cases."""
    for name in _names(identity, account):
        if session.scalar(select(PersonRow.id).where(PersonRow.folded == folded(name))) is None:
            return name
    raise NotAllowedError("Two people have this name and this account. Ask your administrator.")


def _names(identity: Identity, account: str) -> Iterator[str]:
    """Yield names as they are kept, first the one that the provider gives."""
    name, login = _printable(identity.name), _printable(identity.login)
    name = name or login or "Unnamed"
    yield name[:MOST_NAME_CHARACTERS]
    # What tells them apart stays whole; a long name is cut.
    for other in (login[:40], account[:12]):
        if other and other != name:
            yield f"{name[: MOST_NAME_CHARACTERS - len(other) - 3]} ({other})"


def _printable(words: str) -> str:
    return " ".join("".join(sign for sign in words if sign.isprintable()).split())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
