"""Cases that several change at once, and a process that is killed while it changes them."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from assistant.settings import Settings
from assistant.storage import CaseEvent, CaseStore, Database, Person, StoredCase, open_cases
from assistant.storage.case_records import CaseChangedError, DuplicateCaseError
from tests.storage.case_making import ANN, RAE, fields
from tests.storage.processes import child, url_of

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(settings: Settings) -> Iterator[CaseStore]:
    """Cases on connections of their own, which two processes can share a database with."""
    store = open_cases(settings)
    yield store
    store.close()


def test_of_several_threads_that_edit_one_version_one_wins_and_the_others_are_told(opened: CaseStore) -> None:
    opened.begin(ANN, fields())
    names = [f"editor {number}" for number in range(8)]
    together = threading.Barrier(len(names))
    refusals: list[tuple[str, CaseChangedError]] = []

    def edit(name: str) -> None:
        together.wait()
        try:
            opened.edit(Person(name, "reviewer"), "tide-bells", fields(title=name), 1)
        except CaseChangedError as error:
            refusals.append((name, error))

    threads = [threading.Thread(target=edit, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, winner = opened.history("tide-bells")
    assert (first.fields, winner.fields) == (fields(), fields(title=winner.who))
    assert sorted([winner.who, *(name for name, _ in refusals)]) == names
    assert all(error.event == winner for _, error in refusals)
    assert all(error.theirs.fields == fields(title=winner.who) for _, error in refusals)


def test_of_two_processes_that_edit_one_version_one_wins_and_the_other_is_told(
    settings: Settings, opened: CaseStore
) -> None:
    opened.begin(ANN, fields())
    children = {name: child("edit", url_of(settings), name) for name in ("Mia", "Noor")}
    for process in children.values():
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
    for process in children.values():
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = {name: process.communicate()[0].strip() for name, process in children.items()}
    _, winner = opened.history("tide-bells")
    assert said.pop(winner.who) == "saved"
    assert list(said.values()) == [f"changed by {winner.who} at {winner.when.isoformat()}: by {winner.who}"]


def test_of_several_threads_that_begin_one_case_one_does(opened: CaseStore) -> None:
    together = threading.Barrier(6)
    outcomes: list[str] = []

    def begin(number: int) -> None:
        together.wait()
        try:
            opened.begin(Person(f"{number}", "contributor"), fields())
            outcomes.append("begun")
        except DuplicateCaseError:
            outcomes.append("there")

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["begun", *["there"] * 5]
    assert len(opened.history("tide-bells")) == 1


def test_on_postgresql_writers_of_cases_wait_for_each_other(database: Database, cases: CaseStore) -> None:
    """Else the event of a writer that commits late could have an id below the stamp that a reader has seen."""
    if not database.place.startswith("postgresql"):
        pytest.skip("SQLite has one writer anyway")
    here = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    waiting = text(f"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND {here}")
    thread = threading.Thread(target=cases.begin, args=(ANN, fields()))
    with database.write(one_at_a_time=True):
        thread.start()
        latest = time.monotonic() + 60
        with database.read() as session:
            while not session.scalar(waiting):
                assert time.monotonic() < latest, "the other writer did not wait"
        assert cases.list() == ()
    thread.join()
    assert len(cases.list()) == 1


def state_of(settings: Settings) -> dict[str, tuple[StoredCase, tuple[CaseEvent, ...]]]:
    """Every case with its history, by id, from a database that is whole."""
    store = open_cases(settings)
    found = {case.id: (case, store.history(case.id)) for case in store.list()}
    store.close()
    if settings.storage.url is None:
        with sqlite3.connect(settings.index.folder / "steward.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
    return found


@pytest.mark.parametrize(("what", "count", "least"), [("edit", 1, 4), ("import", 5, 12)], ids=["edit", "import"])
def test_a_change_that_is_killed_leaves_the_old_state_or_the_new(
    settings: Settings, what: str, count: int, least: int, thorough: bool
) -> None:
    store = open_cases(settings)
    old = [fields(f"c{number}", title="old") for number in range(count) if number % 3 != 2]
    store.import_cases(RAE, old)
    store.close()
    before = state_of(settings)

    def killed_at(moment: str) -> bool:
        process = child("cases", url_of(settings), what, str(count), moment)
        process.communicate()
        assert process.returncode in (0, -signal.SIGKILL)
        return process.returncode != 0

    assert killed_at("commit")
    assert state_of(settings) == before
    statement = 1
    while killed_at(str(statement)):
        assert state_of(settings) == before, statement
        statement += 1 if thorough else 9
    assert statement > least
    after = state_of(settings)
    assert sorted(after) == [f"c{number}" for number in range(count)]
    for case_id, (case, history) in after.items():
        assert (case.fields["title"], history[-1].number) == ("new", case.version)
        assert history[:-1] == (before[case_id][1] if case_id in before else ())
