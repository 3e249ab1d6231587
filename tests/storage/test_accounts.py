"""Accounts: who signs in again is who they were, and a secret works for as long as it should."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from assistant.errors import NotAllowedError, StorageError
from assistant.roles import Person
from assistant.storage import Account, Accounts, Database, Identity, People
from tests.storage.conftest import Clock

ANN = Identity("https://id.example", "subject-of-ann", "Ann Lee", "ann@dept.example")
IDLE, LONGEST = timedelta(hours=2), timedelta(hours=12)


@pytest.fixture
def accounts(database: Database, clock: Clock) -> Accounts:
    return Accounts(database, IDLE, LONGEST, clock)


@pytest.fixture
def people(database: Database, clock: Clock) -> People:
    return People(database, clock)


def of(subject: str, name: str = "Ann Lee", login: str = "", **other: Any) -> Identity:
    return Identity("https://id.example", subject, name, login, **other)


def test_who_signs_in_again_has_the_same_account(accounts: Accounts, people: People) -> None:
    first = accounts.enter(ANN)
    assert first.person == Person("Ann Lee", "reader")
    assert first.id == hashlib.sha256(b"https://id.example\nsubject-of-ann").hexdigest()
    assert accounts.enter(of("subject-of-ann", "Ann Lee-Jones")) == first  # the history of cases names her as before
    assert [person.name for person in people.list()] == ["Ann Lee"]


def test_another_subject_or_issuer_is_somebody_else(accounts: Accounts) -> None:
    every = [
        accounts.enter(who)
        for who in (
            ANN,
            of("a2", "ANN  LEE", "ann.lee2@dept.example"),
            of("a3", "Ann Lee"),
            of("a4", "Ann Lee", "ann.lee2@dept.example"),
            Identity("https://other.example", "subject-of-ann", "Ann\u200b Lee"),
        )
    ]
    assert len({account.id for account in every}) == 5
    names = [account.person.name for account in every]
    assert names[:2] == ["Ann Lee", "ANN LEE (ann.lee2@dept.example)"]
    assert names[2] == f"Ann Lee ({every[2].id[:12]})"
    assert names[3] == f"Ann Lee ({every[3].id[:12]})"
    assert names[4] == f"Ann Lee ({every[4].id[:12]})"


def test_nobody_takes_over_the_name_of_who_has_a_key(accounts: Accounts, people: People) -> None:
    key = people.add("Ann Lee", "reviewer")
    account = accounts.enter(ANN)
    assert account.person == Person("Ann Lee (ann@dept.example)", "reader")
    assert people.of_key(key) == Person("Ann Lee", "reviewer")


@pytest.mark.parametrize("name", ["", " \t", "\u200b", "x" * 500, "a\r\nb", "<script>"])
def test_any_name_of_a_provider_can_be_kept(accounts: Accounts, name: str) -> None:
    first, second = (accounts.enter(of(subject, name, "y" * 300)).person.name for subject in "ab")
    assert first != second
    for kept in (first, second):
        assert 0 < len(kept) <= 80
        assert kept.isprintable()


def test_the_role_follows_the_groups_or_stays_as_it_was_given(accounts: Accounts, people: People) -> None:
    assert accounts.enter(of("a", role="librarian")).person.role == "librarian"
    assert accounts.enter(of("a", role="auditor")).person.role == "auditor"
    assert accounts.enter(of("a")).person.role == "auditor"
    people.change_role("ann  LEE", "reviewer")
    assert accounts.enter(of("a")).person.role == "reviewer"
    with pytest.raises(StorageError, match="Nobody is registered as 'Bo'"):
        people.change_role("Bo", "reviewer")


def test_a_session_is_its_persons_until_it_ends(accounts: Accounts) -> None:
    account = accounts.enter(ANN)
    one, other = accounts.open_session(account), accounts.open_session(account)
    assert one != other
    assert accounts.of_session(one) == accounts.of_session(other) == account
    accounts.end_session(one)
    assert accounts.of_session(one) is None
    assert accounts.of_session(other) == account
    for wrong in ("", "steward_", one[:-1], hashlib.sha256(other.encode()).hexdigest()):
        assert accounts.of_session(wrong) is None


def test_a_session_that_is_not_used_ends_and_one_that_is_ends_later(accounts: Accounts, clock: Clock) -> None:
    account = accounts.enter(ANN)
    idle, used = accounts.open_session(account), accounts.open_session(account)
    for _ in range(6):
        clock.now += IDLE - timedelta(minutes=10)
        assert accounts.of_session(used) == account
    assert accounts.of_session(idle) is None
    clock.now += timedelta(minutes=100)
    assert accounts.of_session(used) is None


def test_sessions_that_are_over_are_deleted_when_another_begins(
    accounts: Accounts, database: Database, clock: Clock
) -> None:
    account = accounts.enter(ANN)
    accounts.open_session(account)
    token = accounts.give_token("Ann Lee", "ask", 1)
    clock.now += IDLE
    accounts.open_session(account)
    assert accounts.of_token(token) is not None
    clock.now += timedelta(days=1)
    accounts.open_session(account)
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM credentials")) == 1


def test_only_digests_are_stored(accounts: Accounts, database: Database) -> None:
    secrets = [accounts.open_session(accounts.enter(ANN)), accounts.give_token("Ann Lee", "contribute", 7)]
    with database.read() as session:
        stored = repr(
            [*session.execute(text("SELECT * FROM credentials")), *session.execute(text("SELECT * FROM people"))]
        )
    for secret in secrets:
        assert secret not in stored
        assert hashlib.sha256(secret.encode()).hexdigest() in stored
    assert "subject-of-ann" not in stored.replace(hashlib.sha256(b"https://id.example\nsubject-of-ann").hexdigest(), "")
    assert "ann@dept" not in stored


def test_a_token_is_its_persons_in_the_role_of_its_scope(accounts: Accounts, people: People) -> None:
    account = accounts.enter(of("a", role="librarian"))
    asks, writes = (accounts.give_token("Ann Lee", scope, 7) for scope in ("ask", "contribute"))
    assert accounts.of_token(asks) == Account(account.id, Person("Ann Lee", "reader"))
    assert accounts.of_token(writes) == account
    people.change_role("Ann Lee", "contributor")
    assert accounts.of_token(writes) == Account(account.id, Person("Ann Lee", "contributor"))
    # Neither can stand for the other.
    assert accounts.of_session(asks) is None
    assert accounts.of_token(accounts.open_session(account)) is None


def test_a_token_ends_when_it_expires_is_revoked_or_its_person_leaves(
    accounts: Accounts, people: People, clock: Clock
) -> None:
    people.add("Bo", "contributor")
    ann = accounts.enter(ANN)
    short, long, bos = (
        accounts.give_token("ann lee", "ask", 1),
        accounts.give_token("Ann Lee", "ask", 30),
        accounts.give_token("Bo", "contribute", 30),
    )
    assert [(token.name, token.scope) for token in accounts.tokens()] == [
        ("Ann Lee", "ask"),
        ("Ann Lee", "ask"),
        ("Bo", "contribute"),
    ]
    assert accounts.of_token(bos) is not None
    people.end("Bo")
    assert accounts.of_token(bos) is None
    clock.now += timedelta(days=1)
    assert accounts.of_token(short) is None
    assert accounts.of_token(long) is not None
    (token,) = accounts.tokens()
    assert token.used > token.given
    accounts.revoke(token.id)
    assert accounts.of_token(long) is None
    for number in (token.id, 99):
        with pytest.raises(StorageError, match=f"There is no token {number}; `steward people tokens`"):
            accounts.revoke(number)
    with pytest.raises(StorageError, match="Nobody is registered as 'Bo'"):
        accounts.give_token("Bo", "ask", 1)
    assert accounts.of_session(accounts.open_session(ann)) == ann


def test_a_session_cannot_be_revoked_by_number(accounts: Accounts, database: Database) -> None:
    secret = accounts.open_session(accounts.enter(ANN))
    with database.read() as session:
        number = session.scalar(text("SELECT id FROM credentials"))
    with pytest.raises(StorageError, match="There is no token"):
        accounts.revoke(number)
    assert accounts.of_session(secret) is not None


def test_who_left_is_signed_out_and_cannot_sign_in(accounts: Accounts, people: People) -> None:
    secret = accounts.open_session(accounts.enter(ANN))
    people.end("Ann Lee")
    assert accounts.of_session(secret) is None
    for identity in (ANN, of("subject-of-ann", role="librarian")):
        with pytest.raises(NotAllowedError, match="account is closed"):
            accounts.enter(identity)
    people.add("Ann Lee", "contributor")
    assert accounts.enter(ANN).person == Person("Ann Lee", "contributor")
