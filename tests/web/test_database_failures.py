"""The database fails under the app as it is served: what a reader's browser is sent, and how soon."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.library import Library
from assistant.registers.accepted import accepted_cases
from tests.web.serving import Browser, served

QUESTION, FOLLOW_UP = "How many boats will the office license by 2027?", "And how long does it last?"
SOON_S = 40.0
"""Far less than the waits of thirty seconds in turn that were; generous to a machine with other things to do."""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The file that the served app keeps conversations in."""
    return tmp_path / "kept" / "steward.db"


@pytest.fixture
def browser(library: Library, database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    monkeypatch.setattr("assistant.storage.database.BUSY_S", 1)
    storage = library.settings.storage.model_copy(update={"url": SecretStr(f"sqlite:///{database}")})
    settings = library.settings.model_copy(update={"storage": storage})
    own = replace(library, settings=settings, accepted=accepted_cases(settings))
    with served(lambda: own) as address:
        yield Browser(address)
    own.accepted.close()


def test_a_deleted_database_costs_no_answer_and_is_said(browser: Browser, database: Path) -> None:
    assert "not kept" not in browser.ask(QUESTION)
    database.unlink()
    shown = browser.ask(FOLLOW_UP)
    assert QUESTION in shown
    assert "Every licence lasts three years." in shown
    assert "This answer is not saved: Steward cannot use its database, because its file is missing" in shown
    assert not database.exists()


def test_a_locked_database_costs_no_answer_and_a_moment_only(browser: Browser, database: Path) -> None:
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    began = time.monotonic()
    shown = browser.ask(QUESTION)
    assert time.monotonic() - began < SOON_S
    assert "This answer is not saved: Steward cannot use its database, because it is busy" in shown
    other.rollback()
    other.close()
    shown = browser.ask(FOLLOW_UP)
    assert QUESTION in shown
    assert "not kept" not in shown
