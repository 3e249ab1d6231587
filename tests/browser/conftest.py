"""The app in a real browser: one server and one Chromium for all of these tests, a fresh context for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.pages import App
from tests.browser.serving import served
from tests.conftest import CHROMIUM

PATIENCE_MS = 60_000
"""How long a condition may take on a busy machine; tests wait for conditions, never for time to pass."""
LEAVING = (
    "AbortError",
    "Unexpected error Connection errored out",
    "Unexpected error 404: Not Found",
    "Failed to load resource: net::ERR_INCOMPLETE_CHUNKED_ENCODING",
    "TypeError: network error",
)
"""How Gradio's page reports that it was left or loaded again while it listened, or that Gradio ended what it heard.

A fault of the app that ends a stream stands in its log, which `serving` reads.
"""
# The browser finds no machine but this one, whatever a page or Chromium itself asks for.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if CHROMIUM is None and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="needs Chromium"))


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    # No longer than these tests: while it runs, nothing else in this thread can start an event loop.
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app over the small library, which no test changes."""
    with served(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Serves a library to one test, and gives the address; what the app writes lies in ``tmp_path``."""
    with ExitStack() as opened:
        yield lambda library: opened.enter_context(served(tmp_path, library))


@pytest.fixture
def new_page(browser: Browser, serve: Callable[[str], str]) -> Iterator[Callable[..., Page]]:
    """Makes pages of a fresh browser; in the end none of them has asked another machine or reported an error.

    They close before an app of ``serve`` ends: a page reports that its app is away.
    """
    urls: list[str] = []
    wrong: list[str] = []

    def note(words: str) -> None:
        if not words.startswith(LEAVING):
            wrong.append(words)

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            note(message.text)

    def make(width: int = 1280, height: int = 900, **options: object) -> Page:
        # Colours that are still changing have no contrast to measure.
        shown: dict[str, Any] = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce"}
        context = browser.new_context(**shown | options)
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.on("request", lambda request: urls.append(request.url))
        page.on("console", note_message)
        page.on("pageerror", lambda error: note(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"A page asked: {dialog.message}"))
        return page

    yield make
    for context in browser.contexts:
        context.close()
    assert [url for url in urls if _leaves(url)] == []
    assert wrong == []


@pytest.fixture
def app(new_page: Callable[..., Page], address: str) -> App:
    """The app on a laptop."""
    return App(new_page(), address)


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1"
