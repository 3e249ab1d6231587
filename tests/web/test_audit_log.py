"""What the app notes in its audit log: every question, export and change, with who did it, and no words in its rows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import __version__
from assistant.settings import Settings, SignInSettings
from assistant.storage import open_audit
from assistant.storage.schema import AuditRow
from assistant.web.api.endpoints import Blocks
from tests.embedders import HashEmbedder
from tests.web.sign_in.test_accounts import ANN, GROUPS, HEADER, account_of, ask, file
from tests.web.test_private_files import Browser, made, served

SECRET = "How many boats will the office license for herons?"
Enter = Callable[..., Browser]


@pytest.fixture(scope="module", autouse=True)
def stand_in() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.library.SentenceEmbedder", lambda _: HashEmbedder())
        yield


@pytest.fixture(params=["on", "required"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Settings, Blocks, str]]:
    """The app behind a proxy on this machine, which says who has signed in."""
    settings = made(tmp_path / "library")
    web = settings.web.model_copy(update={"proxies": ("127.0.0.1/32",), "add_files": None})
    settings = settings.model_copy(
        update={
            "web": type(web).model_validate(web.model_dump()),
            "sign_in": SignInSettings(header=HEADER, groups_header=GROUPS, roles={"keepers": "librarian"}),
            "storage": settings.storage.model_copy(update={"audit": request.param}),
        }
    )
    with served(settings) as (blocks, address):
        yield settings, blocks, address


@pytest.fixture
def ann(place: tuple[Settings, Blocks, str]) -> Browser:
    browser = Browser(place[1], place[2], None)
    browser.client.headers.update({HEADER: ANN, GROUPS: "keepers"})
    return browser


def logged(settings: Settings) -> list[tuple[AuditRow, str]]:
    log = open_audit(settings)
    found = [(row, kept.words if kept else "") for row, kept in log.rows()]
    assert log.verify().problem == ""
    log.close()
    return found


def test_what_people_do_is_noted(
    place: tuple[Settings, Blocks, str], ann: Browser, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ask(ann, SECRET)
    assert "boats" in ann.call("ask", question=SECRET)
    assert "boats" in ann.tool("ask", question=SECRET)
    ann.tool("precedents_ask", question=SECRET)
    ann.call("search", query=SECRET)
    ann.call("compare", topic=SECRET, documents=["harbour-plan", "tide-report"])
    ann.add(file(tmp_path / "notes.md", "The cormorant notes say that 61 rafts drifted."), "Cormorant notes")
    conversation = json.loads(logged(place[0])[2][0].details)["conversation"]
    ann.event("AskTab._act", "", conversation, None, event={"action": "Markdown"})
    ann.event("AskTab._act", "", conversation, None, event={"action": "delete"})
    found = logged(place[0])
    assert [row.action for row, _ in found] == [
        "account-made",
        "role-changed",
        "question",
        "question",
        "question",
        "cases-question",
        "search",
        "comparison",
        "file-added",
        "export",
        "conversation-deleted",
    ]
    assert {row.who for row, _ in found} == {account_of(ANN)}
    assert [words for _, words in found] == ["", "", *[SECRET] * 6, "", "", ""]
    assert not any("heron" in row.details for row, _ in found)
    told: dict[str, Any] = json.loads(found[2][0].details)
    assert told["status"] == "answered"
    assert told["citations"][0][0] == "harbour-plan"
    assert told["steward"] == __version__
    assert json.loads(found[8][0].details)["private"] is True
    assert "heron" not in caplog.text


def test_a_question_that_cannot_be_noted_is_refused_only_where_that_is_required(
    place: tuple[Settings, Blocks, str], ann: Browser
) -> None:
    settings = place[0]
    ask(ann)
    with sqlite3.connect(settings.index.folder / "steward.db") as database:
        database.execute("DROP TABLE audit_words")
    database.close()
    shown, answered = ask(ann, SECRET), ann.call("ask", question=SECRET)
    if settings.audit == "required":
        assert "Steward cannot use its database" in shown
        assert "40" not in answered
        assert "harbour-plan" not in ann.tool("ask", question=SECRET)
    else:
        assert "not kept" in shown or "not saved" in shown
        assert "This question is not in the audit log" in answered
