"""What is past its time goes, by kind, the log stays whole, and a legal hold keeps everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from assistant.errors import NotAllowedError, StorageError
from assistant.readers import reading_as
from assistant.settings import Settings
from assistant.storage import (
    Account,
    Accounts,
    AuditLog,
    Checkpoint,
    Conversations,
    Database,
    Gone,
    Identity,
    Keep,
    erase_records,
    find_subject,
    hold,
    list_holds,
    open_database,
    release,
    retain,
)
from tests.storage.children import answer_to
from tests.storage.conftest import Clock

KEEP = Keep(conversations=90, feedback=30, questions=60, rows=120)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database, with its tables and its log."""
    storage = settings.storage.model_copy(update={"audit": "on"})
    opened = open_database(settings.model_copy(update={"storage": storage}))
    yield opened
    opened.close()


@pytest.fixture
def log(database: Database, clock: Clock) -> AuditLog:
    return AuditLog(database, clock)


@pytest.fixture
def people(database: Database, conversations: Conversations, clock: Clock) -> dict[str, Account]:
    """Ann, who asked first, and Bo: an account, a question and feedback each, which are four rows of the log."""
    found = {}
    for name in ("Ann", "Bo"):
        found[name] = Accounts(database, now=clock).enter(Identity("https://id.example", name, name))
        with reading_as(found[name].id, found[name].person):
            conversation = conversations.add(found[name].id, None, answer_to(f"{name} asks"))
            conversations.feedback(found[name].id, conversation, 0, True, f"{name} likes it")
    return found


def pass_days(database: Database, clock: Clock, days: int) -> None:
    """Let days go by in which Steward is used once a week."""
    for passed in range(0, days, 7):
        clock.now += timedelta(days=min(7, days - passed))
        retain(database, Keep(conversations=36_500), clock)


def words(log: AuditLog) -> list[str]:
    return [kept.words for _, kept in log.rows() if kept]


@pytest.mark.usefixtures("people")
def test_each_kind_goes_after_its_days(database: Database, log: AuditLog, clock: Clock) -> None:
    for days, gone in (
        (29, Gone()),
        (2, Gone(feedback=2)),
        (30, Gone(questions=2)),
        (30, Gone(conversations=2)),
        (30, Gone(rows=4)),
    ):
        pass_days(database, clock, days)
        assert retain(database, KEEP, clock, dry_run=True) == gone
        assert retain(database, KEEP, clock) == gone
        assert retain(database, KEEP, clock) == Gone()
        assert log.verify().problem == ""
    told = [(row.number, row.action, json.loads(row.details)) for row, _ in log.rows()]
    assert [number for number, _, _ in told] == [5, 6, 7, 8]
    assert {action for _, action, _ in told} == {"retention-run"}
    assert told[-1][2]["rows"] == 4
    assert told[-1][2]["rows_until"].startswith("4:")


@pytest.mark.usefixtures("people")
def test_a_checkpoint_of_rows_that_went_still_shows_what_it_can(
    database: Database, log: AuditLog, clock: Clock
) -> None:
    kept = [Checkpoint(row.number, row.hash) for row, _ in log.rows()]
    pass_days(database, clock, 130)
    assert retain(database, KEEP, clock).rows == 3  # the newest stays
    assert log.verify(kept[3]).problem == ""
    assert log.verify(kept[2]).problem == ""  # the last that went, which the chain names
    assert "Row 2 was removed by a retention run" in log.verify(kept[1]).problem
    with database.write() as session:
        session.delete(next(row for row, _ in log.rows()))
    assert "Row 4 is missing, and no retention run removed it" in log.verify().problem


def test_a_hold_stops_retention_erasure_and_deletion(
    people: dict[str, Account], database: Database, conversations: Conversations, log: AuditLog, clock: Clock
) -> None:
    ann, bo = find_subject(database, "Ann"), find_subject(database, "Bo")
    hold(database, ann, "Inquiry 7")
    with pytest.raises(StorageError, match="such a hold already"):
        hold(database, ann, "Again")
    assert [(item.subject, item.reason) for item in list_holds(database)] == [("person 1", "Inquiry 7")]
    pass_days(database, clock, 130)
    assert retain(database, KEEP, clock) == Gone(conversations=1, feedback=0, questions=1, rows=0)
    assert words(log) == ["Ann asks"]
    with pytest.raises(NotAllowedError, match=r"Inquiry 7.*`steward audit release Ann`"):
        erase_records(database, ann)
    (kept,) = conversations.list(people["Ann"].id)
    with pytest.raises(NotAllowedError, match="legal hold"):
        conversations.delete(people["Ann"].id, kept.id)
    with pytest.raises(NotAllowedError, match="legal hold"):
        conversations.replace_from(people["Ann"].id, kept.id, 0, answer_to("other"))
    erase_records(database, bo)
    release(database, ann)
    with pytest.raises(StorageError, match="no such hold"):
        release(database, ann)
    assert retain(database, KEEP, clock).conversations == 1
    conversations.delete(people["Ann"].id, kept.id)
    assert words(log) == []
    assert log.verify().problem == ""
    assert not any("Inquiry" in row.details for row, _ in log.rows())


def test_a_hold_of_everybody_stops_everything(
    people: dict[str, Account], database: Database, conversations: Conversations, clock: Clock
) -> None:
    hold(database, None, "Inquiry 8")
    pass_days(database, clock, 130)
    assert retain(database, KEEP, clock) == Gone()
    with pytest.raises(NotAllowedError, match="release --everybody"):
        erase_records(database, find_subject(database, "Bo"))
    with pytest.raises(NotAllowedError, match="legal hold"):
        conversations.delete_all(people["Bo"].id)
    release(database, None)
    assert retain(database, KEEP, clock).conversations == 2


@pytest.mark.usefixtures("people")
def test_rows_stay_where_nothing_is_logged(settings: Settings, database: Database, clock: Clock) -> None:
    pass_days(database, clock, 130)
    database.audit = "off"
    assert retain(database, KEEP, clock).rows == 0
