"""The audit log: every row is kept once and in order, and whatever was changed since is named."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from assistant.errors import StorageUnavailableError
from assistant.readers import reading_as
from assistant.settings import Settings, load_settings
from assistant.storage import (
    Accounts,
    AuditLog,
    CaseStore,
    Checkpoint,
    Conversations,
    Database,
    Erased,
    Identity,
    People,
    Person,
    erase_records,
    find_subject,
    open_audit,
    open_database,
    personal_records,
)
from assistant.storage.audit import _hash
from tests.storage.case_making import fields
from tests.storage.children import answer_to
from tests.storage.conftest import Clock
from tests.storage.processes import child, url_of

READER = hashlib.sha256(b"a browser").hexdigest()
SECRET = "Where do the herons sleep?"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings that have everything logged."""
    return settings.model_copy(update={"storage": settings.storage.model_copy(update={"audit": "on"})})


@pytest.fixture
def log(database: Database, clock: Clock) -> AuditLog:
    return AuditLog(database, clock)


@pytest.fixture
def five(log: AuditLog) -> AuditLog:
    """A log of five rows, the third with words."""
    for number in range(5):
        log.record("question", {"number": number}, words=SECRET if number == 2 else "")
    return log


def rows(log: AuditLog) -> list[tuple[str, dict[str, Any]]]:
    return [(row.action, json.loads(row.details)) for row, _ in log.rows()]


def change(database: Database, statement: str) -> None:
    with database.connect() as connection:
        connection.execute(text(statement))


def test_a_row_says_who_did_what_and_when(log: AuditLog, clock: Clock) -> None:
    with reading_as(READER):
        assert log.record("question", {"status": "answered"}, words=SECRET) == ""
    log.record("export")
    (first, words), (second, nothing) = log.rows()
    assert (first.number, first.who, first.action, first.happened.year) == (1, READER, "question", 2026)
    assert words is not None
    assert words.words == SECRET
    assert SECRET not in first.details
    assert second.who.startswith("user ")
    assert nothing is None
    assert second.previous == first.hash


def test_a_whole_log_holds_and_gives_a_checkpoint(five: AuditLog) -> None:
    found = five.verify()
    assert (found.rows, found.newest.number, found.problem) == (5, 5, "")
    five.record("export")
    assert five.verify(found.newest).problem == ""


def test_an_empty_log_holds(log: AuditLog) -> None:
    assert (log.verify().rows, log.verify().problem) == (0, "")


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE audit SET details = '{}' WHERE number = 4", "Row 4 was changed"),
        ("UPDATE audit SET who = 'nobody' WHERE number = 1", "Row 1 was changed"),
        ("UPDATE audit SET happened = counted WHERE number = 2", "Row 2 was changed"),
        ("DELETE FROM audit WHERE number = 4", "Row 4 is missing: after row 3 comes row 5"),
        ("DELETE FROM audit WHERE number = 1", "Row 1 is missing, and no retention run removed it"),
        ("UPDATE audit SET number = 9 WHERE number = 5", "Row 5 is missing: after row 4 comes row 9"),
        ("UPDATE audit_words SET salt = 'other'", "The words of row 3 were changed"),
    ],
)
def test_what_was_changed_or_removed_is_named(five: AuditLog, database: Database, statement: str, named: str) -> None:
    change(database, statement)
    assert named in five.verify().problem


def test_a_row_put_in_between_is_named(five: AuditLog, database: Database, clock: Clock) -> None:
    for number in (5, 4):
        change(database, f"UPDATE audit SET number = {number + 1} WHERE number = {number}")
    change(
        database,
        "INSERT INTO audit SELECT 4, happened, counted, who, subject, action, details, previous, hash FROM audit "
        "WHERE number = 2",
    )
    assert "Row 4 was changed" in five.verify().problem


def test_a_row_of_another_log_is_named(five: AuditLog, database: Database, clock: Clock) -> None:
    change(database, "DELETE FROM audit WHERE number > 3")
    change(database, "UPDATE audit SET who = 'else' WHERE number = 3")
    (*_, (third, _)) = five.rows()
    change(database, f"UPDATE audit SET hash = '{_hash(third)}' WHERE number = 3")
    five.record("export")
    assert five.verify().problem == ""  # written anew from row 3 on: only a checkpoint shows that


def test_a_checkpoint_shows_a_shortened_or_rewritten_log(five: AuditLog, database: Database) -> None:
    kept = five.verify().newest
    assert "not the one of the checkpoint" in five.verify(replace(kept, hash="0" * 64)).problem
    change(database, "DELETE FROM audit WHERE number > 3")
    assert five.verify().problem == ""
    assert "Rows 4 to 5 are missing at the end" in five.verify(kept).problem


def test_erased_words_leave_the_chain_whole(five: AuditLog, database: Database) -> None:
    change(database, "DELETE FROM audit_words")
    assert five.verify().problem == ""
    assert all(words is None for _, words in five.rows())


def test_threads_write_one_chain(log: AuditLog) -> None:
    def write(name: str) -> None:
        for number in range(20):
            log.record("export", {"of": name, "number": number})

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = log.verify()
    assert (found.rows, found.problem) == (80, "")
    for name in "abcd":
        assert [told["number"] for _, told in rows(log) if told["of"] == name] == list(range(20))


@pytest.mark.slow
def test_processes_write_one_chain(log: AuditLog, settings: Settings) -> None:
    children = [child("audit", url_of(settings), "30", name) for name in ("first", "second")]
    for process in children:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for process in children:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for number in range(30):
        log.record("export", {"of": "here", "number": number})
    for process in children:
        process.communicate()
        assert process.returncode == 0
    found = log.verify()
    assert (found.rows, found.problem) == (90, "")


def test_questions_are_logged_with_their_conversation(conversations: Conversations, log: AuditLog) -> None:
    with reading_as(READER):
        name = conversations.add("secret", None, answer_to(SECRET))
        conversations.replace("secret", name, answer_to(SECRET), replace(answer_to(SECRET), model="able"))
        conversations.delete("secret", name)
        conversations.delete("secret", name)
    told = rows(log)
    assert [action for action, _ in told] == ["question", "written-answer", "conversation-deleted"]
    assert told[0][1]["status"] == "not-in-library"
    assert {details["conversation"] for _, details in told} == {name}
    assert [words and words.words for _, words in log.rows()] == [SECRET, None, None]


def test_a_question_that_is_not_saved_is_not_logged_either(conversations: Conversations, log: AuditLog) -> None:
    with pytest.raises(ValueError, match="secret is empty"):
        conversations.add("", None, answer_to(SECRET))
    assert rows(log) == []


def test_accounts_and_roles_are_logged_without_names(database: Database, log: AuditLog, clock: Clock) -> None:
    accounts, people = Accounts(database, now=clock), People(database, clock)
    ann = accounts.enter(Identity("https://id.example", "ann", "Ann Lee"))
    secret = accounts.open_session(ann)
    accounts.end_session(secret)
    accounts.end_session(secret)
    people.change_role("Ann Lee", "librarian")
    accounts.give_token("Ann Lee", "ask", 90)
    accounts.revoke(accounts.tokens()[0].id)
    accounts.enter(Identity("https://id.example", "ann", "Ann Lee", role="auditor"))
    people.end("Ann Lee")
    found = [row for row, _ in log.rows()]
    assert [row.action for row in found] == [
        "account-made",
        "sign-in",
        "sign-out",
        "role-changed",
        "token-given",
        "token-revoked",
        "role-changed",
        "person-ended",
    ]
    assert json.loads(found[6].details) == {"role": "auditor", "before": "librarian"}
    assert {row.who for row in found[:3]} == {ann.id}
    assert {row.subject for row in found} == {"person 1", ""}
    assert not any("Lee" in row.details for row in found)
    assert log.verify().problem == ""


def test_what_becomes_of_a_case_is_logged(cases: CaseStore, log: AuditLog) -> None:
    case = cases.begin(Person("Rae", "contributor"), fields("tide-bells"))
    cases.submit(Person("Rae", "contributor"), case.id, 1)
    assert rows(log) == [
        ("case-begun", {"case": "tide-bells", "event": 1}),
        ("case-submitted", {"case": "tide-bells", "event": 2}),
    ]


def test_nothing_is_logged_where_it_is_off(settings: Settings) -> None:
    off = open_audit(settings.model_copy(update={"storage": settings.storage.model_copy(update={"audit": "off"})}))
    off.record("question", words=SECRET)
    assert rows(off) == []
    off.close()


def test_it_is_on_where_people_sign_in() -> None:
    proxy = {"header": "X-Forwarded-Email"}
    assert load_settings().audit == "off"
    assert load_settings(sign_in=proxy).audit == "on"
    assert load_settings(sign_in=proxy, storage={"audit": "off"}).audit == "off"
    assert load_settings(storage={"audit": "required"}).audit == "required"


@pytest.fixture
def broken(database: Database, clock: Clock) -> AuditLog:
    change(database, "DROP TABLE audit_words")
    change(database, "DROP TABLE audit")
    return AuditLog(database, clock)


def test_a_log_that_cannot_be_written_says_so(broken: AuditLog, caplog: pytest.LogCaptureFixture) -> None:
    assert broken.record("question", words=SECRET) == "it is not Steward's database"
    assert "Not in the audit log: question." in caplog.text
    assert SECRET not in caplog.text


def test_a_required_log_that_cannot_be_written_refuses(broken: AuditLog, database: Database) -> None:
    database.audit = "required"
    with pytest.raises(StorageUnavailableError):
        broken.record("question", words=SECRET)


def test_a_checkpoint_reads_as_it_is_given() -> None:
    assert str(Checkpoint(3, "ab")) == "3:ab"


def test_another_database_has_a_log_of_its_own(settings: Settings, five: AuditLog) -> None:
    again = AuditLog(open_database(settings))
    assert again.verify().newest == five.verify().newest
    again.close()


def test_what_is_held_of_a_person_is_found_and_erased(
    database: Database, conversations: Conversations, log: AuditLog, clock: Clock
) -> None:
    found = {}
    for name in ("Ann", "Bo"):
        account = found[name] = Accounts(database, now=clock).enter(Identity("https://id.example", name, name))
        with reading_as(account.id, account.person):
            conversation = conversations.add(account.id, None, answer_to(f"{name} asks"))
            conversations.feedback(account.id, conversation, 0, True, f"{name} likes it")
    ann = find_subject(database, "ann")
    held = json.dumps([*personal_records(database, ann)])
    assert all(own in held for own in ("Ann asks", "Ann likes it", found["Ann"].id))
    assert all(other not in held for other in ("Bo asks", "Bo likes it", found["Bo"].id))
    erased = Erased(conversations=1, feedback=1, questions=1)
    assert erase_records(database, ann, dry_run=True) == erased
    assert erase_records(database, ann) == erased
    assert log.verify().problem == ""
    held = json.dumps([*personal_records(database, ann)])
    assert "Ann asks" not in held
    assert "Ann likes it" not in held
    assert "Bo asks" in json.dumps([*personal_records(database, None)])


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database, with its tables and its log."""
    opened = open_database(settings)
    yield opened
    opened.close()
