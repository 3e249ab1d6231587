"""How the page and the terminal say that originals are on their way, have come, or cannot be had."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from assistant import answering
from assistant.index import IndexStore
from assistant.library import Library
from assistant.settings import Settings
from assistant.sources.fetching.network import Network
from assistant.web import app
from assistant.web.app import build_app
from assistant.web.door.permissions import ADDING_IS_CLOSED
from assistant.web.library.getting_originals import OriginalsJob
from tests.https_server import Exchange, Publishers, reply, running
from tests.library_making import add_waiting, index_library, make_library, publish_at
from tests.reading.hostile_files import printed_pdf
from tests.web.serving import served

HARBOUR, TIDE, QUAY = (f"https://tank.example/{name}.pdf" for name in ("harbour", "tide", "quay"))


@pytest.fixture
def web() -> Iterator[Publishers]:
    with running(trustme.CA(), ("tank.example",)) as publishers:
        yield publishers


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = make_library(tmp_path)
    add_waiting(made)
    publish_at(made, {"harbour": HARBOUR, "tide": TIDE, "quay": QUAY})
    index_library(made)
    return made


class Page:
    """What the page shows of the originals."""

    def __init__(self, current: Callable[[], Library], network: Network, host: str = "127.0.0.1") -> None:
        self.blocks = build_app(current, host)
        self.job = self.blocks.originals
        self.job.network = network

    def event(self, name: str = "originals_at_tick") -> tuple[str, bool, bool]:
        """The words of the line, whether there is a button, and whether the page will look again."""
        (run,) = [item.fn for item in self.blocks.fns.values() if item.api_name == name]
        line, button, timer, _ = run()
        return str(line.value or ""), bool(getattr(button, "visible", False)), bool(getattr(timer, "active", False))

    def overview(self) -> str:
        (run,) = {item.fn for item in self.blocks.fns.values() if getattr(item.fn, "__name__", "") == "overview"}
        return str(run())


def offline(host: str, port: int) -> list[tuple[str, int]]:
    raise OSError("no network")


def test_a_running_app_answers_from_what_came_and_says_so(
    current: Callable[[], Library], web: Publishers, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def held(exchange: Exchange) -> None:
        asked.set()
        go_on.wait()
        reply(printed_pdf("Every ferry sails at noon from the northern quay."))(exchange)

    web.serve(QUAY, held)
    page = Page(current, web.network())
    assert page.event("originals_at_load") == ("", False, False)
    page.job.start()
    asked.wait()
    page.job.start()  # one run at a time
    words = '<p class="message">Getting the originals from their publishers: 2 of 3.</p>'
    assert page.event() == page.event("originals_at_load") == (words, False, True)
    go_on.set()
    page.job.wait()
    said = "1 original was added to the library. Answers now quote the publishers’ own words. Not fetched: Harbour"
    line, button, ticks = page.event()
    assert (said in line, 'role="status"' in line, button, ticks) == (True, True, False, False)
    assert page.event("originals_at_load") == ("", False, False)
    assert "1 of 3 originals are in the library; Steward’s summaries stand in for the others." in page.overview()
    assert "sails at noon" in answering.ask(current(), "When does every ferry sail from the northern quay?").answer
    terminal = capsys.readouterr().err.splitlines()
    assert terminal[2].startswith("Originals: quay-act: new. ")
    assert terminal[3:] == ["Originals: 1 of 3 fetched, and searched from now on."]


def test_offline_there_is_one_line_and_one_banner_with_a_button(
    current: Callable[[], Library], web: Publishers, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Page(current, Network(offline))
    page.job.start()
    page.job.wait()
    for event in ("originals_at_load", "originals_at_tick"):
        line, button, ticks = page.event(event)
        assert "from Steward’s summaries: publishers’ websites are out of reach." in line
        assert (button, ticks) == (True, False)
    (terminal,) = capsys.readouterr().err.splitlines()
    assert "the name tank.example cannot be resolved" in terminal
    assert "`steward fetch`" in terminal
    assert "STEWARD_FETCHING__AT_START=false" in terminal
    page.job.network = web.network()
    web.serve(HARBOUR, reply(printed_pdf("Boats sail at noon.")))
    page.event("get_originals")
    page.job.wait()
    assert page.job.state == "done"
    assert page.event("originals_at_load") == ("", False, False)


def test_who_may_not_add_files_gets_the_banner_without_the_button(current: Callable[[], Library]) -> None:
    page = Page(current, Network(offline), host="")
    page.job.start()
    page.job.wait()
    line, button, _ = page.event("originals_at_load")
    assert ("out of reach" in line, button) == (True, False)
    ended = page.job.ended
    assert ADDING_IS_CLOSED.split("`")[0] in page.event("get_originals")[0]
    page.job.wait()
    assert page.job.ended == ended


def test_publishers_that_give_nothing_and_a_catalogue_that_breaks_are_told(
    current: Callable[[], Library], settings: Settings, web: Publishers, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Page(current, web.network())
    page.job.start()
    page.job.wait()
    assert "publishers’ websites gave no documents" in page.event()[0]
    assert "Originals: none came. `steward fetch --check` says why" in capsys.readouterr().err
    library = current()
    (settings.corpus / "catalogue.toml").write_text("[[document", encoding="utf-8")
    broken = OriginalsJob(lambda: library, web.network())
    broken.start()
    broken.wait()
    assert (broken.state, "the library could not be updated" in broken.words) == ("failed", True)
    assert "is not valid TOML" in capsys.readouterr().err


def test_nothing_is_said_or_asked_where_all_originals_are_there(
    settings: Settings, current: Callable[[], Library], web: Publishers, capsys: pytest.CaptureFixture[str]
) -> None:
    for url in (HARBOUR, TIDE, QUAY):
        web.serve(url, reply(printed_pdf(f"This is {url}.")))
    page = Page(current, web.network())
    page.job.start()
    page.job.wait()
    assert "3 originals were added to the library." in page.event()[0]
    web.seen.clear(), web.resolved.clear(), capsys.readouterr()
    again = Page(current, web.network())
    again.job.start()
    again.job.wait()
    assert (again.event(), web.seen, web.resolved, capsys.readouterr().err) == (("", False, False), [], [], "")


def test_an_end_of_the_app_ends_a_run_before_it_changes_the_library(
    settings: Settings, current: Callable[[], Library], web: Publishers, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def held(exchange: Exchange) -> None:
        asked.set()
        go_on.wait()
        reply(printed_pdf("Boats sail at noon."))(exchange)

    web.serve(QUAY, held)
    before = IndexStore(settings.index).current_id()
    page = Page(current, web.network())
    page.job.start()
    asked.wait()
    capsys.readouterr()
    page.job.close()
    go_on.set()
    page.job.wait()
    assert (page.job.state, capsys.readouterr().err) == ("failed", "")
    assert IndexStore(settings.index).current_id() == before
    later = Page(current, web.network())
    later.job.start()
    later.job.wait()
    assert IndexStore(settings.index).current_id() != before


def test_a_request_without_the_page_is_refused_too_where_files_may_not_be_added(
    current: Callable[[], Library],
) -> None:
    with served(current) as address:
        call = f"{address}/gradio_api/call/get_originals"
        begun = httpx.post(call, json={"data": []}).json()
        answer = httpx.get(f"{call}/{begun['event_id']}").text
        listed = httpx.get(f"{address}/gradio_api/info").text
    assert "You cannot add files here" in answer
    assert "originals_at" not in listed
    assert "get_originals" not in listed


@pytest.mark.parametrize("at_start", [True, False])
def test_the_app_gets_them_at_its_start_unless_the_settings_say_no(
    settings: Settings, current: Callable[[], Library], monkeypatch: pytest.MonkeyPatch, at_start: bool
) -> None:
    events: list[str] = []
    fetching = settings.fetching.model_copy(update={"at_start": at_start})

    def serving(*values: Any) -> str:
        events.append("up")
        return "http://127.0.0.1:1"

    monkeypatch.setattr(app, "CurrentLibrary", lambda settings: current)
    monkeypatch.setattr(app, "serve", serving)
    monkeypatch.setattr(app, "serve_until_stopped", nullcontext)
    monkeypatch.setattr(app, "warm_up", lambda current: None)
    monkeypatch.setattr(OriginalsJob, "start", lambda job: events.append("originals"))
    monkeypatch.setattr(app.gc, "freeze", lambda: None)
    app.launch(settings.model_copy(update={"fetching": fetching}), "127.0.0.1", 0)
    assert events == (["up", "originals"] if at_start else ["up"])
