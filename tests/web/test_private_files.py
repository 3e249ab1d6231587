"""A file that a reader added for themselves alone: through no door does anybody else get its title or words."""

from __future__ import annotations

import json
import re
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from assistant.indexing.adding import add_document
from assistant.library import CurrentLibrary
from assistant.readers import COOKIE, current_reader, for_everybody, reader_of, reading_as
from assistant.settings import Settings
from assistant.web.api.endpoints import Blocks
from assistant.web.door.own_readers import ReadersMiddleware
from tests.embedders import HashEmbedder
from tests.library_making import index_library, make_library
from tests.reading.pdf_making import Piece, Style, make_pdf
from tests.web.serving import running

TITLE = "Kestrel ledger"
WORDS = (
    "The kestrel ledger says that the office will license 77 boats by 2031.",
    "A Kestrel Audit Panel (KAP) reads the kestrel ledger every spring.",
)
QUESTION = "What does the kestrel ledger say of boats that the office will license by 2031?"
OVERVIEW = "library_tab.<locals>.overview"
PLAIN = "How many boats will the office license by 2031?"
NEW = ["", "", None]
SECRET = re.compile(r"kestrel|77 boats|\bKAP\b|private-[0-9a-f]{16}", re.IGNORECASE)
DETAILS = ["Quay Board", "2026-01", "evidence", "current", "", "", []]


class Browser:
    """A browser, or a program, with or without the cookie."""

    def __init__(self, blocks: Blocks, address: str, cookie: str | None = "") -> None:
        """An empty ``cookie`` is got from the page; None sends none."""
        self._blocks = blocks
        self.client = httpx.Client(base_url=address, timeout=120)
        weakref.finalize(self, self.client.close)
        if cookie:
            self.client.cookies.set(COOKIE, cookie)
        elif cookie is not None:
            self.client.get("/").raise_for_status()

    def event(self, name: str, *data: Any, event: Any = None) -> str:
        """All that the app sends for an event of the page."""
        number = next(
            number
            for number, item in self._blocks.fns.items()
            if name in (item.api_name, getattr(item.fn, "__qualname__", None))
        )
        body = {"data": data, "fn_index": number, "session_hash": f"{id(self)}", "event_data": event}
        self.client.post("/gradio_api/queue/join", json=body).raise_for_status()
        return self.client.get("/gradio_api/queue/data", params={"session_hash": f"{id(self)}"}).text

    def call(self, name: str, **values: Any) -> str:
        """All that the app sends for a program's call."""
        asked = self.client.post(f"/gradio_api/call/v2/{name}", json=values)
        asked.raise_for_status()
        return self.client.get(f"/gradio_api/call/{name}/{asked.json()['event_id']}").text

    def tool(self, name: str, **values: Any) -> str:
        """What the MCP server answers."""
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": values}}
        headers = {"Accept": "application/json, text/event-stream"}
        return self.client.post("/gradio_api/mcp/", json=body, headers=headers).text

    def get(self, address: str) -> str:
        """A page of the app's own, as text."""
        return self.client.get(address).content.decode("latin-1")

    def add(self, file: Path, title: str = TITLE, seen_by: str = "one") -> str:
        """Add a file by the form."""
        sent = self.client.post("/gradio_api/upload", files={"files": (file.name, file.read_bytes())})
        given = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
        return self.event("show_added", given, title, *DETAILS, None, seen_by)


class Place:
    """The app with a private file of one reader, and three other readers."""

    def __init__(self, blocks: Blocks, address: str, file: Path) -> None:
        self.owner = Browser(blocks, address)
        said = self.owner.add(file)
        assert "and nobody else" in said, said
        (self.id,) = {found[0] for found in re.finditer(r"private-[0-9a-f]{16}", said)}
        self.others = {
            "another": Browser(blocks, address),
            "without": Browser(blocks, address, None),
            "wrong": Browser(blocks, address, reader_of(dict(self.owner.client.cookies)) or ""),
        }


@contextmanager
def served(settings: Settings) -> Iterator[tuple[Blocks, str]]:
    current = CurrentLibrary(settings)
    try:
        with running(current) as found:
            yield found
    finally:
        current.close()


def made(folder: Path) -> Settings:
    settings = make_library(folder)
    index_library(settings)
    return settings.model_copy(update={"web": settings.web.model_copy(update={"add_files": True})})


@pytest.fixture(scope="module", autouse=True)
def stand_in() -> Iterator[None]:
    """The app opens libraries with the stand-in embedder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("assistant.library.SentenceEmbedder", lambda _: HashEmbedder())
        yield


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("own") / "log.pdf"
    path.write_bytes(make_pdf([Piece("paragraph", " ".join(WORDS))], style=Style(head=None)))
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, file: Path) -> Iterator[Place]:
    with served(made(tmp_path_factory.mktemp("library"))) as (blocks, address):
        yield Place(blocks, address, file)


def both(name: str) -> list[str]:
    return [name, "harbour-plan"]


DOORS = {
    "search": lambda browser, name: browser.call("search", query=QUESTION),
    "ask": lambda browser, name: browser.call("ask", question=QUESTION),
    "ask-of-it": lambda browser, name: browser.call("ask", question=QUESTION, documents=[name]),
    "documents": lambda browser, name: browser.call("documents"),
    "glossary": lambda browser, name: browser.call("glossary"),
    "compare": lambda browser, name: browser.call("compare", topic="boats", documents=both(name)),
    "check": lambda browser, name: browser.call("check", text=WORDS[0].replace("kestrel ledger", "office")),
    "tool-search": lambda browser, name: browser.tool("search", query=QUESTION),
    "tool-ask": lambda browser, name: browser.tool("ask", question=QUESTION),
    "tool-documents": lambda browser, name: browser.tool("documents"),
    "reader": lambda browser, name: browser.get(f"/sources/{name}/text"),
    "part": lambda browser, name: browser.get(f"/sources/{name}/text?part=0"),
    "conversation": lambda browser, name: browser.event("respond", PLAIN, [], [], *[""] * 3, "Quotes", *NEW),
    "filters": lambda browser, name: browser.event("AskTab._load", None, None, None),
    "library": lambda browser, name: browser.event(OVERVIEW),
    "replaces": lambda browser, name: browser.event("AddForm.choices"),
    "comparable": lambda browser, name: browser.event("compare_tab.<locals>.<lambda>"),
    "page": lambda browser, name: browser.event("show_comparison", "boats", both(name)),
    "replace": lambda browser, name: browser.event("act", event={"action": "replace", "entry": name}),
}
"""Ways to the library; each gives its owner what only the file has."""


def secrets_in(said: str, name: str) -> list[str]:
    """What of the file an answer gives away, beyond the words and the id that it was asked with."""
    for asked in (QUESTION, WORDS[0].replace("kestrel ledger", "office"), name):
        said = said.replace(asked, "")
    return SECRET.findall(json.dumps(said))


@pytest.mark.parametrize("door", DOORS)
def test_the_owner_gets_what_is_in_the_file(place: Place, door: str) -> None:
    assert secrets_in(DOORS[door](place.owner, place.id), place.id)


@pytest.mark.parametrize("reader", ["another", "without", "wrong"])
@pytest.mark.parametrize("door", DOORS)
def test_nobody_else_gets_anything_of_it(place: Place, door: str, reader: str) -> None:
    said = DOORS[door](place.others[reader], place.id)
    assert said
    assert not secrets_in(said, place.id)


@pytest.mark.parametrize("reader", ["another", "without", "wrong"])
@pytest.mark.parametrize("address", ["", "/text", "/pages/1.png"])
def test_its_addresses_are_those_of_no_document(place: Place, address: str, reader: str) -> None:
    assert place.owner.client.get(f"/sources/{place.id}{address}").status_code == 200
    other = place.others[reader].client
    refused, unknown = (other.get(f"/sources/{name}{address}") for name in (place.id, "private-0000000000000000"))
    assert (refused.status_code, refused.text) == (unknown.status_code, unknown.text) == (404, unknown.text)


@pytest.mark.parametrize("reader", ["another", "without", "wrong"])
def test_nobody_else_can_replace_or_remove_it(place: Place, reader: str, file: Path, tmp_path: Path) -> None:
    other = place.others[reader]
    for action in ("replace", "remove"):
        said = other.event("act", event={"action": action, "entry": place.id})
        assert "was added to the library." in said
        assert TITLE not in said
    (tmp_path / "mine.md").write_text("# Mine\n\nNothing of it is left.\n", encoding="utf-8")
    said = other.add(tmp_path / "mine.md", title=place.id.replace("-", " "), seen_by="everybody")
    assert "cannot take the place" in said
    assert "77 boats" in place.owner.get(f"/sources/{place.id}/text")


def test_what_others_will_read_cites_no_private_file(place: Place) -> None:
    passages = place.owner.event("find_passages", place.id, "boats")
    assert not secrets_in(passages, place.id)
    assert "40 boats" in place.owner.event("find_passages", "harbour-plan", "boats")


def test_two_readers_may_add_files_of_one_title(tmp_path: Path, file: Path) -> None:
    settings = made(tmp_path)
    own = tmp_path / "own.md"
    own.write_text("# Log\n\nThe heron log says that 12 boats sank.\n", encoding="utf-8")
    with served(settings) as (blocks, address):
        place = Place(blocks, address, file)
        other = place.others["another"]
        assert "replaces" not in other.add(own)
        assert "12 boats" in other.call("search", query="How many boats sank?")
        assert "77 boats" in place.owner.get(f"/sources/{place.id}/text")
        assert "replaces an earlier one" in other.add(own)
        # What everybody sees may have the title too, and is another document.
        assert "kestrel-ledger" in place.others["without"].add(own, seen_by="everybody")
        assert "12 boats" in place.others["wrong"].get("/sources/kestrel-ledger/text")
        assert "was removed" in place.owner.event("act", event={"action": "remove", "entry": place.id})
        assert place.owner.client.get(f"/sources/{place.id}/text").status_code == 404
        assert not (settings.corpus / "added" / place.id).exists()
        assert "12 boats" in other.call("search", query="How many boats sank?")


def test_who_sends_no_cookie_adds_nothing_for_themselves(place: Place, file: Path) -> None:
    said = place.others["without"].add(file)
    assert "sent no cookie" in said
    assert "sent no cookie" in place.others["wrong"].add(file)


def test_a_private_file_replaces_no_document_of_the_library(place: Place, file: Path) -> None:
    before = place.others["another"].get("/sources/harbour-plan/text")
    owner = Browser(place.owner._blocks, str(place.owner.client.base_url))
    assert "and nobody else" in owner.add(file, title="Harbour plan")
    assert place.others["another"].get("/sources/harbour-plan/text") == before
    details = [*DETAILS[:-1], ["harbour-plan"]]
    sent = owner.client.post("/gradio_api/upload", files={"files": (file.name, file.read_bytes())})
    given = {"path": sent.json()[0], "meta": {"_type": "gradio.FileData"}}
    assert "cannot replace a document" in owner.event("show_added", given, "Another", *details, None, "one")


def test_a_broken_private_entry_is_listed_for_nobody(tmp_path: Path) -> None:
    settings = made(tmp_path)
    for name in ("private-0123456789abcdef", "broken-log"):
        (settings.corpus / "added" / name).mkdir(parents=True)
        (settings.corpus / "added" / name / "source.json").write_text("{", encoding="utf-8")
    with served(settings) as (blocks, address):
        browser = Browser(blocks, address)
        shown = browser.event(OVERVIEW)
        assert "broken-log" in shown
        assert "private-" not in shown
        browser.event("act", event={"action": "remove", "entry": "private-0123456789abcdef"})
    assert (settings.corpus / "added" / "private-0123456789abcdef").exists()


def test_the_command_line_and_python_see_what_everybody_sees(place: Place) -> None:
    current = CurrentLibrary(place.owner._blocks.originals._current().settings)
    library = current()
    assert place.id not in library.sources
    assert place.id not in library.generation.manifest.texts
    assert not SECRET.search(json.dumps(library.generation.glossary))
    with reading_as(reader_of(dict(place.owner.client.cookies))):
        (chunk,) = current().generation.text_chunks(place.id)
        assert current().generation.chunks([chunk.id]) == [chunk]
    for read in (
        lambda: library.generation.document(place.id),
        lambda: library.generation.text_chunks(place.id),
        lambda: library.generation.chunks([chunk.id]),
    ):
        with pytest.raises(KeyError):
            read()
    assert library.generation.count_holding("kestrel", 5) == 0
    with reading_as(reader_of(dict(place.owner.client.cookies))):
        own = current()
        assert own is current()
        assert own.generation.count_holding("kestrel", 5) == 1
        assert for_everybody(current)() is library
    with reading_as("0" * 64):
        assert current() is library
    current.close()


def test_the_page_gives_a_cookie_that_scripts_and_other_sites_do_not_get(place: Place) -> None:
    address = str(place.owner.client.base_url)
    response = httpx.get(address)
    given = response.headers["set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{43}}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax", given)
    assert response.headers["cache-control"] == "private, no-store"
    assert httpx.get(address).headers["set-cookie"] != given
    assert "set-cookie" not in place.owner.client.get("/").headers
    assert "set-cookie" not in httpx.get(f"{address}/config").headers
    assert httpx.get(address, headers={"Cookie": f"{COOKIE}=short"}).headers["set-cookie"]


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_over_https_the_cookie_is_sent_over_nothing_else(scheme: str) -> None:
    page = Route("/", lambda _: PlainTextResponse(str(current_reader())))
    app = Starlette(routes=[page], middleware=[Middleware(ReadersMiddleware)])
    with TestClient(app, base_url=f"{scheme}://steward.example") as client:
        first = client.get("/")
        assert ("; Secure" in first.headers["set-cookie"]) == (scheme == "https")
        assert first.text == "None"
        assert client.get("/").text == reader_of(dict(client.cookies))


def test_readers_who_ask_at_once_get_each_their_own(place: Place) -> None:
    other = place.others["another"]

    def found(number: int) -> bool:
        browser = Browser(place.owner._blocks, str(other.client.base_url), None)
        browser.client.cookies = place.owner.client.cookies if number % 2 else other.client.cookies
        return bool(secrets_in(browser.call("search", query=QUESTION), place.id))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(found, range(24))) == [bool(number % 2) for number in range(24)]


@pytest.mark.parametrize("cookie", ["", "a" * 42, "a" * 44, "a" * 42 + "\n", "ä" * 43, "a" * 42 + "."])
def test_what_is_no_id_of_ours_is_nobody(cookie: str) -> None:
    assert reader_of({COOKIE: cookie}) is None
    assert reader_of({}) is None


def test_a_reader_is_known_while_a_request_is_answered() -> None:
    assert current_reader() is None
    with reading_as("a"):
        with reading_as(None):
            assert current_reader() is None
        assert current_reader() == "a"
    assert current_reader() is None


def test_an_entry_of_one_reader_that_claims_more_is_broken(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    (tmp_path / "own.md").write_text("# Log\n\nWords of a log.\n", encoding="utf-8")
    details = {"publisher": "P", "published": "2026", "authority": "evidence"}
    index_library(settings)
    added = add_document(tmp_path / "own.md", settings, HashEmbedder(), title="Log", **details, reader="a" * 64)
    entry = settings.corpus / "added" / added.source.id / "source.json"
    row = json.loads(entry.read_text(encoding="utf-8"))
    assert row["reader"] == "a" * 64
    entry.write_text(json.dumps(row | {"supersedes": ["harbour-plan"]}), encoding="utf-8")
    current = CurrentLibrary(settings)
    assert current().sources["harbour-plan"].status == "current"
    current.close()
