"""A note as Word, read back by python-docx and by Steward's own reader."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from lxml import etree

from assistant.export.notes import Note, note_of, write_word
from assistant.reading import read_bytes
from assistant.records import Footnote, Quote
from assistant.text.printable import clean, in_one_line
from evals.libraries.poisoned import load_poisoned
from tests.choosing import few
from tests.export.notes.answers import DAY, PROPOSAL, QUOTE, abstention, answer_with
from tests.export.notes.hostile import HOSTILE, text_of

POISONED = {case.id: case for case in load_poisoned()}


def written(note: Note) -> tuple[Document, bytes]:
    file = BytesIO()
    write_word(note, file)
    return docx.Document(BytesIO(file.getvalue())), file.getvalue()


def under(document: Document, style: str) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style and paragraph.style.name == style]


def links_out(data: bytes) -> set[str]:
    """Every target outside the file, whichever part names it."""
    found = set()
    with zipfile.ZipFile(BytesIO(data)) as package:
        for name in package.namelist():
            if name.endswith(".rels"):
                relations = etree.fromstring(package.read(name))
                found |= {item.get("Target") for item in relations if item.get("TargetMode") == "External"}
    return found


def marks(document: Document) -> Iterator[tuple[str, str, str]]:
    """Text, target and bookmark before it, of each link within the file."""
    for link in document.element.body.iter(qn("w:hyperlink")):
        target = link.get(qn("w:anchor"))
        if target:
            before = link.getprevious()
            bookmark = before.get(qn("w:name")) if before is not None and before.tag == qn("w:bookmarkStart") else ""
            yield "".join(str(item.text) for item in link.iter(qn("w:t"))), target, bookmark


def assert_inert(note: Note, quote: Quote) -> None:
    document, data = written(note)
    assert links_out(data) <= {quote.url}
    body = document.element.body
    assert {qn("w:instrText"), qn("w:fldSimple"), qn("w:object"), qn("w:drawing")}.isdisjoint(
        e.tag for e in body.iter()
    )
    assert under(document, "Title") == [note.title]
    assert under(document, "Heading 1") == ["Answer", "Sources", "How this note was made"]
    assert "\n\n".join(under(document, "Quote")).replace("\n", " ").split() == clean(quote.quote).split()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_inert(text: str) -> None:
    note = Footnote("1", text, url="https://evil.example/note")
    quote = replace(QUOTE, title=text, publisher=text, section=(text, "Boats"), quote=text, footnotes=(note,))
    made = note_of([answer_with(quote, question=text, standalone_question=text, warnings=(text,))], DAY)
    assert_inert(made, quote)
    assert in_one_line(f"Note 1 of the source: {text}") in under(written(made)[0], "Source detail")


@pytest.mark.parametrize("case", few(POISONED, *list(POISONED)[::4]))
def test_poisoned_documents_are_inert(case) -> None:  # type: ignore[no-untyped-def]
    quote = replace(QUOTE, title=case.title, quote=text_of(case))
    assert_inert(note_of([answer_with(quote)], DAY), quote)


def test_a_note_comes_back_as_it_was() -> None:
    note = note_of([answer_with(QUOTE, PROPOSAL, warnings=("Harbour plan has been withdrawn.",))], DAY)
    document, data = written(note)
    assert under(document, "Title") == ["How many boats will be licensed?"]
    assert under(document, "Heading 2") == [item.text for item in note.sections[0].paragraphs if item.kind == "voice"]
    assert under(document, "Normal") == [
        "Note: Harbour plan has been withdrawn.",
        "“The office will license 40 boats by 2027.”1",
        "Every harbour should have: 1. a tide warden; 2. a lamp.2",
    ]
    assert under(document, "Source") == [f"{f.number}.\t{f.source}. {f.standing}." for f in note.footnotes]
    assert under(document, "Source detail") == [
        "Section: Harbour plan › Boats. Printed page xii (page 14 of the file).",
        "Note 1 of the source: Harbour Office, Boat register, 2024. https://example.org/register",
        "https://example.org/harbour",
        "Section: Tide report › Wardens.",
        "https://example.org/tide",
    ]
    assert under(document, "Quote") == [
        "The office will license 40 boats by 2027.",
        "Every harbour should have:",
        "1. a tide warden;\n2. a lamp.",
    ]
    assert under(document, "List Bullet") == list(note.made)
    assert links_out(data) == {"https://example.org/harbour", "https://example.org/tide"}
    assert read_bytes(data).title == note.title


def test_marks_lead_to_their_sources_and_back() -> None:
    answer = answer_with(QUOTE, PROPOSAL)
    note = note_of([replace(answer, answer=f"{answer.answer} [1]\n“So.” [2]")], DAY)
    assert list(marks(written(note)[0])) == [
        ("1", "source_1", "mark_1"),
        ("2", "source_2", "mark_2"),
        ("1", "source_1", ""),
        ("2", "source_2", ""),
        ("1.", "mark_1", "source_1"),
        ("2.", "mark_2", "source_2"),
    ]


def test_marks_are_raised() -> None:
    document = written(note_of([answer_with(QUOTE)], DAY))[0]
    (paragraph,) = (item for item in document.paragraphs if item.text.endswith("2027.”1"))
    assert [run.font.superscript for link in paragraph.hyperlinks for run in link.runs] == [True]


def test_the_file_names_its_title_and_language_and_no_author() -> None:
    document, data = written(note_of([answer_with(QUOTE, question="Who? " * 80)], DAY))
    properties = document.core_properties
    assert properties.title.startswith("Who? Who?")
    assert (properties.author, properties.last_modified_by, properties.comments) == ("", "", "")
    assert properties.language == "en-GB"
    assert properties.created is not None
    assert properties.created.date() == DAY
    languages = {item.get(qn("w:val")) for item in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}
    assert not [name for name in zipfile.ZipFile(BytesIO(data)).namelist() if "thumbnail" in name]


def test_an_abstention_has_no_sources() -> None:
    document, data = written(note_of([abstention()], DAY))
    assert under(document, "Heading 1") == ["No answer", "How this note was made"]
    assert "No source is quoted, and no claim is made." in under(document, "Normal")
    assert links_out(data) == set()


def test_a_conversation_has_a_heading_for_each_question() -> None:
    later = answer_with(PROPOSAL, question="And who pays?", standalone_question="Who pays for wardens?")
    document = written(note_of([answer_with(QUOTE), later], DAY))[0]
    assert under(document, "Heading 1")[:2] == ["1. How many boats will be licensed?", "2. And who pays?"]
    assert "Searched as: Who pays for wardens?" in under(document, "Normal")
    assert [text.partition("\t")[0] for text in under(document, "Source")] == ["1.", "2."]
