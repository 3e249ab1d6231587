"""A chapter as Word, read back by python-docx and by Steward's own reader."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn

from assistant.export.chapters import make_chapter
from assistant.export.chapters.word import as_word
from assistant.library import Library
from assistant.reading import read_bytes
from tests.export.chapters.hostile_register import HOSTILE_ITEMS, URL, hostile_register
from tests.export.chapters.plans import plan, plan_with
from tests.export.notes.hostile import HOSTILE
from tests.export.notes.test_word import links_out, marks, under

ADDRESSES = {URL, "https://example.org/harbour", "https://example.org/tide"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_inert(register: Library, text: str) -> None:
    chapter = make_chapter(plan_with(*HOSTILE_ITEMS), hostile_register(register, text))
    data = as_word(chapter)
    document = docx.Document(BytesIO(data))
    assert links_out(data) <= ADDRESSES
    parts = {element.tag for element in document.element.body.iter()}
    assert {qn("w:instrText"), qn("w:fldSimple"), qn("w:object"), qn("w:drawing")}.isdisjoint(parts)
    titles = [block.text for block in chapter.sections[0].blocks if block.kind == "heading"]
    assert under(document, "Heading 2") == titles
    row = chapter.table[0]
    assert [cell.text for cell in document.tables[0].rows[1].cells][:4] == [
        row.title,
        row.place,
        row.period,
        row.outcome,
    ]


def test_a_chapter_comes_back_with_its_headings_table_and_references(register: Library) -> None:
    chapter = make_chapter(plan(), register)
    data = as_word(chapter)
    document = docx.Document(BytesIO(data))
    assert under(document, "Title") == ["Light on the water"]
    assert under(document, "Heading 1") == ["Tried", "Asked for", "References", "How this was made"]
    assert under(document, "Caption") == ["Table 1. Cases"]
    assert under(document, "Source") == [f"{item.number}.\t{item.source}." for item in chapter.references]
    assert under(document, "List Bullet")[:2] == ["lamps", "bells"]
    table = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Case", "Where", "When", "Outcome", "References"],
        *(
            [row.title, row.place, row.period, row.outcome, ", ".join(map(str, row.references))]
            for row in chapter.table
        ),
    ]
    assert read_bytes(data).title == chapter.title


def test_the_head_of_the_table_is_repeated_and_its_caption_stays_with_it(register: Library) -> None:
    document = docx.Document(BytesIO(as_word(make_chapter(plan(), register))))
    head, *rows = document.tables[0].rows
    assert head._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:tblHeader")) is None for row in rows)
    assert document.styles["Caption"].paragraph_format.keep_with_next
    assert document.tables[0]._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "Table 1. Cases"


def test_marks_lead_to_their_references_and_back(register: Library) -> None:
    found = list(marks(docx.Document(BytesIO(as_word(make_chapter(plan(), register))))))
    bookmarks = [bookmark for _, _, bookmark in found if bookmark]
    assert len(bookmarks) == len({*bookmarks}) == 2 * 6
    assert {target for _, target, _ in found} == {*bookmarks}


def test_the_same_plan_over_the_same_register_gives_the_same_bytes(
    register: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = as_word(make_chapter(plan(), register))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    monkeypatch.setattr("time.localtime", lambda *_: datetime(2033, 5, 18).timetuple())
    assert as_word(make_chapter(plan(), register)) == first
    assert {entry.date_time[0] for entry in zipfile.ZipFile(BytesIO(first)).infolist()} == {1980}
    properties = docx.Document(BytesIO(first)).core_properties
    assert properties.created == properties.modified
    assert str(properties.created).startswith("2026-11-27")
