"""Registers as library texts: each entry cites its document and section."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CatalogueError
from assistant.reading.markdown.reader import read_markdown
from assistant.records import LibraryText
from assistant.registers.entries import Registers, load_registers
from assistant.registers.texts import register_texts
from assistant.sources.catalogue import load_catalogue
from assistant.text.chunking import chunk_text
from tests.library_making import PRECEDENTS, RECOMMENDATIONS, make_library

SHIPPED = Path(__file__).parents[2] / "corpus"


def texts_of(corpus: Path) -> list[LibraryText]:
    sources = {source.id: source for source in load_catalogue(corpus)}
    summaries = {
        name: read_markdown((corpus / source.summary).read_bytes())
        for name, source in sources.items()
        if source.summary
    }
    return register_texts(load_registers(corpus), sources, summaries)


def test_the_shipped_registers_are_whole() -> None:
    registers = load_registers(SHIPPED)
    assert (len(registers.recommendations), len(registers.precedents)) == (91, 105)
    texts = texts_of(SHIPPED)
    chunks = [
        chunk
        for text in texts
        for chunk in chunk_text(text, 220, lambda items: [len(item.split()) * 2 for item in items])
    ]
    anchors = {chunk.anchor for chunk in chunks}
    assert {item.id for item in registers.recommendations} | {item.id for item in registers.precedents} <= anchors
    assert all(len(chunk.section) >= 2 for chunk in chunks)
    assert not [problem for text in texts for problem in text.document.problems]


def test_an_entry_stands_under_its_documents_section_with_its_notes(tmp_path: Path) -> None:
    texts = {text.id: text for text in texts_of(make_library(tmp_path).corpus)}
    assert sorted(texts) == ["harbour-plan/precedents", "tide-report/recommendations"]
    (chunk,) = chunk_text(texts["harbour-plan/precedents"], 220, lambda items: [len(item.split()) for item in items])
    assert chunk.section == ("Harbour plan", "Boats", "Precedent: The Hull lamp scheme")
    assert (chunk.document, chunk.speakers[0].authority, chunk.form, chunk.footnotes) == (
        "harbour-plan",
        "evidence",
        "summary",
        ("1",),
    )
    (asked,) = chunk_text(
        texts["tide-report/recommendations"], 220, lambda items: [len(item.split()) for item in items]
    )
    assert asked.speakers[0].authority == "independent-proposal"
    assert "Who should act: Harbour masters." in asked.text


OUTSIDE = 'publisher = "Lamp Society", title = "Lamps", url = "https://example.org/lamps", published = "2021-03"'


def with_source(fields: str) -> str:
    return PRECEDENTS.replace('{ document = "harbour-plan", section = "boats", notes = [1] }', f"{{ {fields} }}")


def write_precedents(corpus: Path, content: str) -> None:
    (corpus / "registers" / "precedents.toml").write_text(content, encoding="utf-8")


def test_a_case_outside_the_library_alone_stands_in_no_text(tmp_path: Path) -> None:
    corpus = make_library(tmp_path).corpus
    write_precedents(corpus, with_source(OUTSIDE))
    assert load_registers(corpus).precedents[0].library_source is None
    assert [text.id for text in texts_of(corpus)] == ["tide-report/recommendations"]


def test_a_passage_of_an_original_stands_under_the_documents_title(tmp_path: Path) -> None:
    corpus = make_library(tmp_path).corpus
    passage = 'document = "tide-report", section = "Part 2, wardens", quote = "Wardens walk."'
    # The first source of the library counts, wherever it stands.
    write_precedents(corpus, with_source(f"{OUTSIDE} }}, {{ {passage}"))
    texts = {text.id: text for text in texts_of(corpus)}
    (chunk,) = chunk_text(texts["tide-report/precedents"], 220, lambda items: [len(item.split()) for item in items])
    assert chunk.section == ("Tide report", "Precedent: The Hull lamp scheme")
    assert [(note.publisher, note.date) for note in texts["tide-report/precedents"].document.footnotes] == [
        ("Lamp Society", "2021-03")
    ]


def test_a_passage_of_a_document_without_a_summary_stands_under_its_title_too(tmp_path: Path) -> None:
    corpus = make_library(tmp_path).corpus
    write_precedents(corpus, with_source('document = "tide-report", section = "Wardens", quote = "Wardens walk."'))
    sources = {source.id: source for source in load_catalogue(corpus)}
    (text,) = register_texts(Registers((), load_registers(corpus).precedents), sources, {})
    headings = [text.document.text[block.start : block.end] for block in text.document.blocks[:2]]
    assert headings == ["Tide report", "Precedent: The Hull lamp scheme"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("recommendations.toml", RECOMMENDATIONS.replace('"wardens"', '"nowhere"'), "field section: found 'nowhere'"),
        ("recommendations.toml", RECOMMENDATIONS.replace('"tide-report"', '"none"'), "field document: found 'none'"),
        (
            "recommendations.toml",
            RECOMMENDATIONS.replace("stewardship", "magic"),
            "shift.1: “magic” is not a known",
        ),
        ("precedents.toml", PRECEDENTS + PRECEDENTS, "'hull-lamp-scheme' is used twice"),
        ("precedents.toml", PRECEDENTS.replace("worked", "great"), "polarity: “great” is not a known outcome"),
        ("precedents.toml", "[[precedent", "not valid TOML"),
        ("precedents.toml", PRECEDENTS.replace('section = "boats"', 'section = ""'), "section: Name the section"),
        (
            "precedents.toml",
            with_source('title = "Lamps"'),
            "source.1.publisher: A source outside the library needs this. Say who",
        ),
        ("precedents.toml", with_source(OUTSIDE.replace("https", "ftp")), "source.1.url: “ftp:"),
        ("precedents.toml", with_source(OUTSIDE.replace("2021-03", "2021-13")), "source.1.published: “2021-13” is not"),
    ],
    ids=["section", "document", "shift", "twice", "polarity", "toml", "no-section", "no-source", "address", "date"],
)
def test_a_wrong_entry_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    corpus = make_library(tmp_path).corpus
    (corpus / "registers" / name).write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        texts_of(corpus)
