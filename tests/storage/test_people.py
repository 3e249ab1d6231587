"""People: registered under one name with one key, of which only the SHA-256 is kept, and ended."""

from __future__ import annotations

import hashlib
import logging

import pytest
from sqlalchemy import text

from assistant.errors import NotAllowedError, StorageError
from assistant.storage import Database, People, Person
from tests.storage.conftest import Clock


@pytest.fixture
def people(database: Database, clock: Clock) -> People:
    return People(database, now=clock)


def test_a_key_says_who_comes_and_in_which_role(people: People) -> None:
    keys = {name: people.add(name, role) for name, role in (("Ann Lee", "contributor"), ("Rae", "reviewer"))}
    assert people.of_key(keys["Ann Lee"]) == Person("Ann Lee", "contributor")
    assert people.of_key(f" {keys['Rae']}\n") == Person("Rae", "reviewer")  # as it is pasted
    for wrong in ("", " ", keys["Rae"][:-1], keys["Rae"].swapcase(), "a\0b", "\ud800", "x" * 1_000_000):
        assert people.of_key(wrong) is None
    assert keys["Rae"] != keys["Ann Lee"]
    assert len(keys["Rae"]) == 32


def test_only_the_digest_of_a_key_is_kept_and_nothing_is_logged(
    people: People, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        key = people.add("Ann", "contributor")
        people.of_key(key)
    assert key not in caplog.text
    with database.read() as session:
        (row,) = session.execute(text("SELECT * FROM people")).all()
    assert hashlib.sha256(key.encode()).hexdigest() in row
    assert not [value for value in row if key in str(value)]


@pytest.mark.parametrize(
    "name", ["Ann Lee", "ann lee", " Ann \n Lee ", "Ａｎｎ Lee"], ids=["same", "case", "space", "wide"]
)
def test_a_name_that_could_be_taken_for_another_is_refused(people: People, name: str) -> None:
    key = people.add("Ann Lee", "contributor")
    with pytest.raises(StorageError, match=r"Ann Lee is registered already, as contributor. .* `steward people end`"):
        people.add(name, "reviewer")
    assert people.of_key(key) == people.of_name(name) == Person("Ann Lee", "contributor")


def test_who_has_ended_comes_in_no_more_and_stays_in_the_list(people: People) -> None:
    key = people.add("Ann", "contributor")
    people.end("ann")
    assert people.of_key(key) is people.of_name("Ann") is None
    (listed,) = people.list()
    assert (listed.name, listed.role) == ("Ann", "contributor")
    assert listed.ended is not None
    assert listed.added < listed.ended
    with pytest.raises(StorageError, match="Nobody is registered as 'Ann'; `steward people list`"):
        people.end("Ann")


def test_who_has_ended_may_come_back_with_a_new_key(people: People) -> None:
    old = people.add("Ann", "contributor")
    people.end("Ann")
    new = people.add("Ann", "reviewer")
    assert people.of_key(old) is None
    assert people.of_key(new) == Person("Ann", "reviewer")
    assert [(person.name, person.ended) for person in people.list()] == [("Ann", None)]


def test_once_somebody_is_registered_only_they_may_act(people: People) -> None:
    assert not people.any()
    assert people.acting(" Sam  Roe ") == Person("Sam Roe", "reviewer")
    people.add("Ann", "contributor")
    assert people.acting("ann") == Person("Ann", "contributor")
    with pytest.raises(NotAllowedError, match="Nobody is registered as 'Sam Roe'; `steward people list` shows who is"):
        people.acting("Sam Roe")
    people.end("Ann")
    assert people.any()  # else the app would open to everybody when the last one ends
    with pytest.raises(NotAllowedError):
        people.acting("Ann")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("x" * 81, "has 81 characters"),
        ("a\0b", "invisible characters"),
        ("a\ud800", "invisible characters"),
        ("a\u200bb", "invisible characters"),
    ],
    ids=["nothing", "blank", "long", "nul", "surrogate", "zero-width"],
)
def test_what_is_no_name_is_refused(people: People, name: str, message: str) -> None:
    for act in (lambda: people.add(name, "reviewer"), lambda: people.acting(name)):
        with pytest.raises(StorageError, match=message):
            act()
    assert people.of_name(name) is None
    assert people.list() == ()


def test_a_reader_needs_no_key(people: People) -> None:
    with pytest.raises(StorageError, match=r"A reader needs no key\. Choose the role contributor or reviewer"):
        people.add("Ann", "reader")
