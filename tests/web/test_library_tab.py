"""The tab "Library": the documents as a table, one of them with its chunks, and the form that adds a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant import answering
from assistant.errors import AssistantError
from assistant.indexing.documents import list_documents
from assistant.library import Library
from assistant.settings import Settings
from assistant.web.app import build_app
from assistant.web.door.permissions import ADDING_IS_CLOSED
from assistant.web.library.documents_html import HEADINGS, document_facts, documents_table, form_words, status_words
from tests.library_making import add_commentary, index_library, make_library, open_library

HOSTILE = "Harbour plan <script>alert(1)</script> [link](https://example.org) \"x\" & 'y'"
ESCAPED = "Harbour plan &lt;script&gt;alert(1)&lt;/script&gt;"


class Page(HTMLParser):
    """The elements of some HTML with their attributes, and its words, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = make_library(tmp_path)
    catalogue = made.corpus / "catalogue.toml"
    words = catalogue.read_text(encoding="utf-8").replace('title = "Harbour plan"', f"title = '''{HOSTILE}'''")
    catalogue.write_text(words, encoding="utf-8")
    summary = made.corpus / "summaries" / "harbour-plan.md"
    words = summary.read_text(encoding="utf-8").replace("40 boats", "40 &lt;img src=x onerror=alert(1)&gt; boats")
    summary.write_text(words, encoding="utf-8")
    index_library(made)
    return made.model_copy(update={"web": made.web.model_copy(update={"add_files": True})})


def function(blocks: Any, name: str) -> Callable[..., Any]:
    (found,) = {item.fn for item in blocks.fns.values() if name in (item.api_name, getattr(item.fn, "__name__", None))}
    assert callable(found)
    return found


def test_the_documents_are_a_table_that_can_be_read_aloud(current: Callable[[], Library], settings: Settings) -> None:
    page = Page(documents_table(list_documents(settings), current().sources))
    scopes = [attributes["scope"] for attributes in page.all("th")]
    assert scopes == ["col"] * len(HEADINGS) + ["row"] * 2
    assert len(page.all("caption")) == 1
    assert page.all("div") == [
        {"class": "table-frame", "role": "region", "tabindex": "0", "aria-label": "Documents in the library"}
    ]
    assert HOSTILE in page.words
    assert not page.all("script")
    for words in ("Government policy", "Independent proposal", "Steward’s summary"):
        assert words in page.words


def test_a_document_that_is_not_in_force_says_what_took_its_place(current: Callable[[], Library]) -> None:
    sources = dict(current().sources)
    newer = sources["tide-report"]
    older = replace(sources["harbour-plan"], status="superseded", superseded_by=newer.id)
    known = sources | {older.id: older}
    assert status_words(newer, known) == ""
    assert status_words(older, known) == "Superseded by Tide report (Tide Trust, February\u00a02025)"
    assert status_words(replace(older, superseded_by="A later plan"), known) == "Superseded by A later plan"
    assert status_words(replace(older, status="withdrawn"), known).startswith("Withdrawn and replaced by Tide report")
    assert status_words(replace(older, status="withdrawn", superseded_by=None), known) == "Withdrawn"


def test_a_commentary_says_what_it_is_about(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    add_commentary(settings)
    index_library(settings)
    with (library := open_library(settings)).generation:
        source = library.sources["tide-report-commentary"]
        facts = document_facts(source, library.sources)
    assert form_words(source, "summary") == "Steward’s commentary"
    assert (facts["About"], facts["Newest source"]) == ("Tide report", "June\u00a02025")


def test_the_tab_shows_the_library_as_it_is_when_it_is_opened(current: Callable[[], Library]) -> None:
    page = Page(function(build_app(current), "overview")())
    assert HOSTILE in page.words
    links = [link["href"] for link in page.all("a")]
    assert links == ["?tab=library&document=harbour-plan", "?tab=library&document=tide-report"]


def test_an_error_of_ours_shows_as_its_sentence(current: Callable[[], Library], settings: Settings) -> None:
    blocks = build_app(current)
    (settings.corpus / "catalogue.toml").write_text("[[document", encoding="utf-8")
    assert 'role="alert"' in function(blocks, "overview")()
    with pytest.raises(AssistantError, match="is not valid TOML"):
        function(blocks, "documents")()


def test_programs_get_the_documents_as_records(current: Callable[[], Library]) -> None:
    first = function(build_app(current), "documents")()["documents"][0]
    assert first["title"] == HOSTILE
    assert (first["authority"], first["form"], first["problems"]) == ("government-policy", "summary", ())


FIELDS = ("Ferry <script>note</script>", "Quay Board", "2026-01", "evidence")


def test_an_added_file_is_answered_from_and_listed(current: Callable[[], Library], tmp_path: Path) -> None:
    own = tmp_path / "ferries.md"
    own.write_text("# Ferries\n\n## Times\n\nFerries sail at noon from the northern quay.\n", encoding="utf-8")
    blocks = build_app(current)
    said = Page(function(blocks, "show_added")(str(own), *FIELDS, "current", " ", "", ["harbour-plan"]))
    assert said.all("p")[0] == {"class": "message", "role": "status"}
    assert "Added Ferry <script>note</script> (Quay Board, January 2026): 1 passage." in said.words
    assert "noon" in answering.ask(current(), "When do ferries sail from the northern quay?").answer
    table = function(blocks, "overview")()
    assert "Superseded by Ferry &lt;script&gt;note&lt;/script&gt; (Quay Board, January\u00a02026)" in table
    again = function(blocks, "show_added")(str(own), *FIELDS, supersedes=["harbour-plan"])
    assert "replaces an earlier one" in again
    assert current().sources["ferry-script-note-script"].licence == "Not stated"


def test_a_removed_file_is_no_longer_answered_from_nor_listed(current: Callable[[], Library], tmp_path: Path) -> None:
    own = tmp_path / "ferries.md"
    own.write_text("# Ferries\n\n## Times\n\nFerries sail at noon from the northern quay.\n", encoding="utf-8")
    blocks = build_app(current)
    function(blocks, "show_added")(str(own), *FIELDS)
    assert "noon" in answering.ask(current(), "When do ferries sail from the northern quay?").answer
    before = current()
    assert "Yes, remove it permanently" in function(blocks, "overview")()
    said = acted(blocks, "remove", "ferry-script-note-script")
    assert Page(said).words.strip() == (
        "Ferry <script>note</script> (Quay Board, 2026-01) was removed. Questions are no longer answered from it."
    )
    assert "noon" not in answering.ask(current(), "When do ferries sail from the northern quay?").answer
    assert "Ferry" not in function(blocks, "overview")()
    assert "noon" in answering.ask(before, "When do ferries sail from the northern quay?").answer, (
        "one that is being read"
    )
    for document, message in (("ferry-script-note-script", "No document"), ("tide-report", "no added file")):
        said = acted(blocks, "remove", document)
        assert 'role="alert"' in said
        assert message in said


def acted(blocks: Any, action: str, document: str) -> str:
    """What is said when a button in a document's row is pressed."""
    done = function(blocks, "act")(gr.EventData(None, {"action": action, "entry": document}))
    return next(str(value) for box, value in done.items() if box.label == "What was added")


def named(done: dict[Any, Any]) -> dict[str, Any]:
    """What an event sets, by the label of the component."""
    return {box.label: value for box, value in done.items() if hasattr(box, "label")}


def test_a_file_is_read_and_its_details_are_proposed(current: Callable[[], Library], tmp_path: Path) -> None:
    own = tmp_path / "log <b>.md"
    own.write_text("# Ferries\n\nHarbour Office, 4 March 2026\n\nFerries sail at noon.\n", encoding="utf-8")
    propose = function(build_app(current), "_propose")
    filled = named(propose(str(own), ""))
    assert (filled["Title"], filled["Publisher"], filled["Published"]) == (
        "Ferries",
        "Harbour Office",
        "2026-03-04",
    )
    assert "log &lt;b&gt;.md was read: 10 words." in filled["What was read"]
    assert set(named(propose(str(own), "harbour-plan"))) == {"What was read"}, "the details of a file to replace stay"
    own.write_bytes(b"PK\x03\x04 cut off")
    filled = named(propose(str(own), ""))
    assert set(filled) == {"What was read"}
    assert 'role="alert"' in filled["What was read"]
    assert str(tmp_path) not in filled["What was read"]


def test_an_added_file_is_replaced_under_another_title_and_stays_one_document(
    current: Callable[[], Library], tmp_path: Path
) -> None:
    own = tmp_path / "ferries.md"
    own.write_text("# Ferries\n\nFerries sail at noon from the northern quay.\n", encoding="utf-8")
    blocks = build_app(current)
    add = function(blocks, "show_added")
    page = Page(add(str(own), *FIELDS))
    assert [item["data-id"] for item in page.all("button")] == ["ferry-script-note-script"]
    filled = named(
        function(blocks, "act")(gr.EventData(None, {"action": "replace", "entry": "ferry-script-note-script"}))
    )
    assert (filled["Title"], filled["Authority"]) == ("Ferry <script>note</script>", "evidence")
    own.write_text("# Ferries\n\nFerries sail at dusk from the northern quay.\n", encoding="utf-8")
    details = ("Ferries, second edition", "Quay Board", "2026-02", "working-paper", "current", "", "", [])
    assert "replaces an earlier one" in add(str(own), *details, "ferry-script-note-script")
    (replaced,) = (source for source in current().sources.values() if source.file)
    assert (replaced.title, replaced.authority) == ("Ferries, second edition", "working-paper")
    said = answering.ask(current(), "When do ferries sail from the northern quay?").answer
    assert "dusk" in said
    assert "working paper" in said
    emptied = named(function(blocks, "emptied")("<p>Added.</p>"))
    assert (emptied["Title"], emptied["Authority"]) == ("", None)
    assert "Title" not in named(function(blocks, "emptied")('<p role="alert">Not added.</p>'))


def test_a_broken_entry_can_be_removed_from_the_shelf(current: Callable[[], Library], settings: Settings) -> None:
    broken = settings.corpus / "added" / "broken-log"
    broken.mkdir(parents=True)
    (broken / "source.json").write_text("{", encoding="utf-8")
    blocks = build_app(current)
    assert "broken-log (its entry is broken)" in function(blocks, "overview")()
    assert "was removed" in acted(blocks, "remove", "broken-log")
    assert not broken.exists()


def test_programs_get_a_record_of_what_was_added_or_a_sentence(current: Callable[[], Library], tmp_path: Path) -> None:
    (add,) = [item.fn for item in build_app(current).fns.values() if item.api_name == "add"]
    own = tmp_path / "ferries.md"
    own.write_text("# Ferries\n\n## Times\n\nFerries sail at noon from the northern quay.\n", encoding="utf-8")
    said = add(str(own), *FIELDS)
    assert (said["id"], said["replaces"], said["chunks"], said["problems"]) == ("ferry-script-note-script", None, 1, [])
    assert said["words"].startswith("Added Ferry <script>note</script>")
    with pytest.raises(AssistantError, match="Choose a file"):
        add(None, *FIELDS)


def test_a_file_for_a_known_document_keeps_the_details_of_the_catalogue(
    current: Callable[[], Library], tmp_path: Path
) -> None:
    own = tmp_path / "tides.md"
    own.write_text("# Tides\n\nTide wardens are paid at noon.\n", encoding="utf-8")
    said = function(build_app(current), "show_added")(str(own), "Tide report", "Nobody", "1999", "statute")
    assert "is now the text of Tide report (Tide Trust, February 2025), whose details" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, *FIELDS), "Choose a file."),
        (("FILE", "", " ", "2026", None), "Enter the title, publisher, authority, then"),
        (("FILE", "…", "P", "2026", "evidence"), "The title &#39;…&#39;"),
        (("FILE", "T", "P", "soon", "evidence"), "found &#39;soon&#39;; expected a date"),
        (("BROKEN", "T", "P", "2026", "evidence"), "&lt;b&gt;.pdf: "),
    ],
    ids=["no-file", "missing", "no-id", "date", "broken"],
)
def test_what_cannot_be_added_is_refused_with_a_sentence(
    current: Callable[[], Library], tmp_path: Path, arguments: tuple[str | None, ...], message: str
) -> None:
    files = {"FILE": tmp_path / "own.md", "BROKEN": tmp_path / "<b>.pdf"}
    files["FILE"].write_text("Words.", encoding="utf-8")
    files["BROKEN"].write_bytes(b"%PDF-1.7 cut off")
    file = arguments[0] and str(files[arguments[0]])
    said = function(build_app(current), "show_added")(file, *arguments[1:])
    assert 'role="alert"' in said
    assert message in said
    assert str(tmp_path) not in said
    assert len(current().sources) == 2


@pytest.mark.parametrize("allowed", [False, None])
def test_without_leave_there_is_no_form_and_no_endpoint(current: Callable[[], Library], allowed: bool | None) -> None:
    library = current()
    settings = library.settings.model_copy(
        update={"web": library.settings.web.model_copy(update={"add_files": allowed})}
    )
    blocks = build_app(lambda: replace(library, settings=settings))
    assert not {"add", "show_added", "act"} & {item.api_name for item in blocks.fns.values()}
    labels = {getattr(block, "label", None) for block in blocks.blocks.values()}
    assert not {"Add a file", "What was read"} & labels


def test_once_a_proxy_was_seen_nothing_is_added(current: Callable[[], Library], tmp_path: Path) -> None:
    library = current()
    web = library.settings.web.model_copy(update={"add_files": None})
    settings = library.settings.model_copy(update={"web": web})
    blocks = build_app(lambda: replace(library, settings=settings), "127.0.0.1")
    (tmp_path / "own.md").write_text("Words.", encoding="utf-8")
    blocks.openness.close()
    said = function(blocks, "show_added")(str(tmp_path / "own.md"), "Own", "Nobody", "2025", "evidence")
    assert ADDING_IS_CLOSED in unescape(said)
    assert ADDING_IS_CLOSED in unescape(acted(blocks, "remove", "harbour-plan"))
    assert ADDING_IS_CLOSED in unescape(named(function(blocks, "_propose")("own.md", ""))["What was read"])
    assert len(current().sources) == 2
