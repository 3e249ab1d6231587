"""The database fails under the app as it is served: what a reader's browser is sent, and how soon."""

from __future__ import annotations

import json
import sqlite3
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.library import Library
from assistant.registers.accepted import accepted_cases
from tests.web.serving import served

QUESTION, FOLLOW_UP = "How many boats will the office license by 2027?", "And how long does it last?"
KEY = "the key of a reader's browser"
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


class Browser:
    """A browser at the Ask tab: it sends what it keeps, and takes what it is sent."""

    def __init__(self, address: str) -> None:
        self._api = f"{address}/gradio_api"
        config = json.loads(self._get(f"{address}/config"))
        values = {item["id"]: item["props"].get("value") for item in config["components"]}
        labels = {item["id"]: item["props"].get("label") for item in config["components"]}
        (asking,) = [item for item in config["dependencies"] if item["api_name"] == "respond"]
        self._event, self._outputs = asking["id"], [labels[name] for name in asking["outputs"]]
        self._given = [values[name] for name in asking["inputs"]]
        self._question = [labels[name] for name in asking["inputs"]].index("Your question")
        self._given[-3] = KEY

    def ask(self, question: str) -> str:
        """The conversation that is shown at the end."""
        self._given[self._question] = question
        body = {"data": self._given, "fn_index": self._event, "session_hash": "onebrowser"}
        self._get(f"{self._api}/queue/join", json.dumps(body).encode())
        for line in self._get(f"{self._api}/queue/data?session_hash=onebrowser").splitlines():
            message = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if message.get("msg") == "process_generating":  # without a model's writing there is one
                shown = message["output"]["data"]
                self._given[-2] = shown[-2]
                return str(shown[self._outputs.index("Conversation")])
        raise AssertionError("The app sent no conversation.")

    def _get(self, address: str, body: bytes | None = None) -> str:
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return str(answer.read().decode())


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
