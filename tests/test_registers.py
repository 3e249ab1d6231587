"""Registers as library texts: each entry cites its document and section."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.catalogue import load_catalogue
from assistant.chunking import chunk_text
from assistant.errors import CatalogueError
from assistant.reading.markdown import read_markdown
from assistant.records import LibraryText
from assistant.registers import load_registers, register_texts
from tests.library_making import PRECEDENTS, RECOMMENDATIONS, make_library

SHIPPED = Path(__file__).parents[1] / "corpus"


def texts_of(corpus: Path) -> list[LibraryText]:
    sources = {source.id: source for source in load_catalogue(corpus)}
    briefings = {name: read_markdown((corpus / str(source.briefing)).read_bytes()) for name, source in sources.items()}
    return register_texts(load_registers(corpus), sources, briefings)


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
    assert (chunk.document, chunk.authority, chunk.form, chunk.footnotes) == (
        "harbour-plan",
        "evidence",
        "briefing",
        ("1",),
    )
    (asked,) = chunk_text(
        texts["tide-report/recommendations"], 220, lambda items: [len(item.split()) for item in items]
    )
    assert asked.authority == "independent-proposal"
    assert "Who should act: Harbour masters." in asked.text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("recommendations.toml", RECOMMENDATIONS.replace('"wardens"', '"nowhere"'), "field section: found 'nowhere'"),
        ("recommendations.toml", RECOMMENDATIONS.replace('"tide-report"', '"none"'), "field document: found 'none'"),
        ("recommendations.toml", RECOMMENDATIONS.replace("stewardship", "magic"), "field shift.0: found 'magic'"),
        ("precedents.toml", PRECEDENTS + PRECEDENTS, "'hull-lamp-scheme' stands twice"),
        ("precedents.toml", PRECEDENTS.replace("worked", "great"), "field polarity: found 'great'"),
        ("precedents.toml", "[[precedent", "not valid TOML"),
    ],
    ids=["section", "document", "shift", "twice", "polarity", "toml"],
)
def test_a_wrong_entry_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    corpus = make_library(tmp_path).corpus
    (corpus / "registers" / name).write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        texts_of(corpus)
