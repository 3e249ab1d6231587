"""The reader of a document: its text in parts with outline, pages, tables and notes, and a quote marked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html
from starlette.applications import Starlette
from starlette.testclient import TestClient

from assistant import answering
from assistant.indexing.adding import add_document
from assistant.library import Library
from assistant.records import Block, Document, Footnote, NoteMark, Page, Span
from assistant.web.deep_links import link_to_quote, view_of
from assistant.web.library import reader_text
from assistant.web.library.reader import CHANGED, reader_routes
from assistant.web.library.reader_text import Item, ReadableText
from tests.embedders import HashEmbedder
from tests.library_making import add_original, add_waiting, index_library, make_library, open_library
from tests.reading.pdf_making import Piece, Style, make_pdf
from tests.reading.quote_pages import varied
from tests.web.pages import words_of

PDF = make_pdf([Piece("heading", "Ropes", 1), Piece("paragraph", varied(40))], style=Style(head=None))
HOSTILE = "Quay <script>alert(1)</script> notes"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """A summary, a summary with an original, a PDF, and an entry that is not there yet."""
    folder = tmp_path_factory.mktemp("reader")
    settings = make_library(folder)
    add_waiting(settings)
    add_original(settings, "Tide report", "# Tide report\n\n## Bells\n\nEvery quay has a bell.\n")
    (folder / "ropes.pdf").write_bytes(PDF)
    details = {"publisher": "Quay Board", "published": "2026-01", "authority": "evidence"}
    add_document(folder / "ropes.pdf", settings, HashEmbedder(), title=HOSTILE, **details)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


@pytest.fixture(scope="module")
def client(library: Library) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=reader_routes(lambda: library)), base_url="http://127.0.0.1") as opened:
        yield opened


def opened(client: TestClient, document: str, query: str = "") -> html.HtmlElement:
    response = client.get(f"/sources/{document}/text?{query}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    return html.fragment_fromstring(response.text, create_parent="div")


def test_a_summary_shows_with_its_outline_table_list_and_notes(client: TestClient) -> None:
    page = opened(client, "harbour-plan")
    assert words_of(page.find(".//h2")) == "Harbour plan"
    assert "Steward’s summary" in words_of(page.find(".//header"))
    assert [words_of(link) for link in page.findall(".//nav//li/a")] == ["Boats", "Money"]
    text = page.get_element_by_id("document-text")
    for link in page.findall(".//nav//li/a"):
        assert words_of(text.get_element_by_id(link.get("href")[1:])) == words_of(link)
    table = text.find(".//table")
    assert [words_of(cell) for cell in table.findall(".//th")] == ["Port", "Grant"]
    assert [words_of(cell) for cell in table.findall(".//td")] == ["Leith", "£12m", "Hull", "£30m"]
    assert [words_of(item) for item in text.findall("div/ul/li")] == [
        "a lamp that burns for twelve hours;",
        "two oars of seasoned ash.",
    ]
    assert words_of(text.find(".//sup")) == "1"
    note = text.find(".//details")
    assert words_of(note.find("summary")) == "1 note"
    assert "4 March 2024" in words_of(note)
    assert note.find(".//a").get("href") == "https://example.org/register"
    assert "Open Government Licence v3.0" in words_of(page.find(".//dl"))


def test_words_of_a_document_never_become_markup(client: TestClient) -> None:
    page = opened(client, "quay-script-alert-1-script-notes")
    assert HOSTILE in words_of(page.find(".//h2"))
    assert not list(page.iter("script"))


def test_the_quote_of_a_card_is_marked_where_it_stands(client: TestClient, library: Library) -> None:
    (quote, *_) = answering.ask(library, "How many boats will the office license by 2027?").citations
    link = link_to_quote(quote, library)
    assert link is not None
    assert link.startswith("?tab=library&document=harbour-plan&at=")
    marked = opened(client, "harbour-plan", link.partition("&")[2]).findall(".//mark")
    assert " ".join(words_of(mark) for mark in marked) == quote.quote


@pytest.mark.parametrize("at", ["0-9-00000000", "0-99999999-{version}", "5-3-{version}", "x", "0-9"])
def test_words_of_another_version_are_not_marked(client: TestClient, library: Library, at: str) -> None:
    version = library.generation.manifest.texts["harbour-plan"].digest[:8]
    page = opened(client, "harbour-plan", f"at={at.format(version=version)}")
    assert not list(page.iter("mark"))
    assert (CHANGED in words_of(page)) == (at.count("-") == 2 and not at.startswith("5-3"))


def test_only_body_text_of_the_library_can_be_linked_to(library: Library) -> None:
    (quote, *_) = answering.ask(library, "How many boats will the office license by 2027?").citations
    assert link_to_quote(replace(quote, part="precedents"), library) is None
    assert link_to_quote(replace(quote, document="gone"), library) is None


def test_the_document_of_the_reader_is_no_filter_of_ask() -> None:
    from starlette.datastructures import QueryParams

    assert view_of(QueryParams("tab=library&document=harbour-plan")).documents == ()


def test_original_and_summary_are_told_apart_and_lead_to_each_other(client: TestClient) -> None:
    for form, here, absent in (("original", "Every quay has a bell", "VCLE"), ("summary", "VCLE", "has a bell")):
        page = opened(client, "tide-report", f"form={form}")
        shown, other = sorted(
            page.findall(".//header//span[@role='group']/a"), key=lambda link: not link.get("aria-current")
        )
        assert (words_of(shown), shown.get("aria-current")) == (form.capitalize(), "true")
        assert other.get("aria-current") is None
        text = words_of(page.get_element_by_id("document-text"))
        assert here in text
        assert absent not in text
    assert "Every quay has a bell" in words_of(opened(client, "tide-report"))
    assert not opened(client, "harbour-plan").findall(".//header//span[@role='group']")


def test_a_pdf_names_its_pages_and_leads_to_the_file(client: TestClient) -> None:
    page = opened(client, "quay-script-alert-1-script-notes")
    assert [words_of(item) for item in page.find_class("page")] == ["page 1", "page 2"]
    (link,) = (link for link in page.iter("a") if words_of(link).startswith("PDF"))
    assert link.get("href") == "/sources/quay-script-alert-1-script-notes"


def test_a_document_that_is_not_there_yet_says_so(client: TestClient) -> None:
    page = opened(client, "quay-act")
    assert "not searched yet" in words_of(page)
    assert not page.find_class("part")


@pytest.mark.parametrize(
    "address",
    [
        "none/text",
        "harbour-plan%2Fprecedents/text",
        "harbour-plan/text?part=9",
        "harbour-plan/text?part=-1",
        "harbour-plan/text?part=x",
        "quay-act/text?part=0",
    ],
)
def test_what_is_not_there_is_refused_with_a_sentence(client: TestClient, address: str) -> None:
    response = client.get(f"/sources/{address}")
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/plain")
    assert "\n" not in response.text.strip()


def test_an_unreadable_summary_is_refused_without_its_path(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    add_original(settings, "Tide report", "# Tide report\n\nEvery quay has a bell.\n")
    index_library(settings)
    with open_library(settings).generation as generation:
        known = Library(generation, HashEmbedder(), open_library(settings).sources, settings)
        (settings.corpus / "summaries" / "tide-report.md").unlink()
        response = TestClient(Starlette(routes=reader_routes(lambda: known))).get(
            "/sources/tide-report/text?form=summary"
        )
    assert (response.status_code, str(tmp_path) in response.text) == (404, False)


# The text in parts.


def text_of(items: list[Item]) -> str:
    return " ".join(run.words for item in items for row in item.rows for cell in row for run in cell)


def made(*kinds: str, level: int = 2) -> Document:
    """A document of these blocks, each with words of its own."""
    text, blocks = "", []
    for number, kind in enumerate(kinds):
        words = f"{kind} {number} a | b" if kind.startswith("table") else f"{kind} {number}"
        lead = kinds.index("table-header") if kind == "table-row" else None
        depth = level if kind == "heading" else int(kind == "list-item")
        blocks.append(Block(kind, len(text), len(text) + len(words), depth, lead))  # type: ignore[arg-type]
        text += f"{words}\n\n"
    return Document(text, tuple(blocks))


def test_the_parts_hold_every_block_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_text, "PART_CHARACTERS", 30)
    document = made("heading", "paragraph", "list-item", "list-item", "quotation", "heading", "caption", "paragraph")
    readable = ReadableText(document)
    assert len(readable.parts) > 2
    shown = " ".join(text_of(readable.items(number)) for number in range(len(readable.parts)))
    assert shown == " ".join(document.text.split("\n\n")).strip()
    for block in document.blocks:
        number = readable.part_at(block.start)
        assert document.text[block.start : block.end] in text_of(readable.items(number))


def test_a_part_that_begins_within_a_table_names_its_columns_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_text, "PART_CHARACTERS", 40)
    readable = ReadableText(made("table-header", *["table-row"] * 4))
    assert len(readable.parts) > 1
    for number in range(len(readable.parts)):
        (table,) = readable.items(number)
        assert table.has_header
        assert table.rows[0][0][0].words == "table-header 0 a"


def test_the_title_is_not_shown_twice_and_the_outline_begins_at_one() -> None:
    document = made("heading", "heading", "paragraph")
    titled = replace(document, blocks=(replace(document.blocks[0], level=1), *document.blocks[1:]))
    assert [(item.words, item.level) for item in ReadableText(titled).outline] == [("heading 1", 1)]
    assert "heading 0" not in text_of(ReadableText(titled).items(0))
    assert [item.level for item in ReadableText(document).outline] == [1, 1]
    assert ReadableText(Document("", ())).parts == []


def test_pages_notes_and_a_quote_over_two_blocks_stand_where_they_belong() -> None:
    document = replace(
        made("paragraph", "paragraph"),
        pages=(Page(0, 1, "i"), Page(4, 2), Page(12, 3), Page(12, 4)),
        marks=(NoteMark("7", 9), NoteMark("8", 11)),
        footnotes=(Footnote("7", "Seven"), Footnote("8", "Eight")),
    )
    first, second, notes = ReadableText(document).items(0, Span(5, 16))
    runs = [run for item in (first, second) for run in item.rows[0][0]]
    assert [(run.words, run.is_quoted) for run in runs] == [
        ("para", False),
        ("g", False),
        ("raph", True),
        (" 0", True),
        ("par", True),
        ("agraph 1", False),
    ]
    assert [run.page for run in runs] == ["page i", "page 2", "", "", "page 4", ""]
    assert [run.notes for run in runs] == [(), (), ("7",), ("8",), (), ()]
    assert [note.text for note in notes.notes] == ["Seven", "Eight"]
