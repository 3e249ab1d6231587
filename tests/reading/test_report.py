"""The real report beside the repository, as a converter left it: it must read well."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.reading.markdown.reader import read_markdown
from assistant.records import Document, Span
from tests.reading.document_checks import check_document, words

REPORT = Path(__file__).parents[3] / "shared" / "corpus" / "mission-ready-national-missions.md"
LAST_NOTE = 162

pytestmark = [
    pytest.mark.report,
    pytest.mark.skipif(not REPORT.exists(), reason=f"the report is not beside the repository ({REPORT.name})"),
]


@pytest.fixture(scope="module")
def report() -> Document:
    return read_markdown(REPORT.read_bytes())


def headings(report: Document) -> list[tuple[int, str]]:
    return [(block.level, words(report, block)) for block in report.blocks if block.kind == "heading"]


def test_the_report_is_a_sound_document(report: Document) -> None:
    check_document(report)


def test_every_note_is_found_once_and_in_order(report: Document) -> None:
    assert [note.number for note in report.footnotes] == [str(number) for number in range(1, LAST_NOTE + 1)]
    for note in report.footnotes:
        assert len(re.findall(r"\[accessed", note.text)) <= 1
        assert len(note.text) < 400


def test_marks_stand_in_order_and_all_but_one_are_attached(report: Document) -> None:
    called = [int(mark.number) for mark in report.marks]
    assert called == sorted(set(called))
    # The converter lost the mark of 33 with the end of its sentence.
    assert set(range(1, LAST_NOTE + 1)) - set(called) == {33}
    assert any("33" in problem for problem in report.problems)


def test_no_plain_number_became_a_mark(report: Document) -> None:
    source = REPORT.read_text("utf-8")
    for number in ("2030", "2025-26", "1.5 million", "£350 billion", "75%", "£100,000", "section 114"):
        body = source.count(number) - sum(note.text.count(number) for note in report.footnotes)
        assert report.text.count(number) == body, number
    assert not re.search(r"[⁰¹²³⁴⁵⁶⁷⁸⁹]|\^\{", report.text)


def test_no_note_is_left_in_the_text(report: Document) -> None:
    assert "[accessed" not in report.text
    assert not re.search(r"available at\s+http", report.text, re.I)
    assert not re.search(r"^\d{1,3} [A-Z][a-z]+, [A-Z]\.", report.text, re.M)


def test_paragraphs_cut_by_pages_are_whole_again(report: Document) -> None:
    starts = [words(report, block) for block in report.blocks if block.kind in ("paragraph", "quotation")]
    # Clauses of the licence are counted with small letters and begin with them.
    cut = [start[:60] for start in starts if start[0].islower() and not re.match(r"[a-z]{1,2} ", start)]
    assert cut == []
    ends = [words(report, block) for block in report.blocks if block.kind == "paragraph"]
    open_ended = [end[-60:] for end in ends if len(end) > 150 and end[-1].isalpha()]
    assert len(open_ended) <= 4


def test_words_that_line_ends_broke_are_whole(report: Document) -> None:
    for broken in ("missionoriented", "shorttermism", "longterm ", "businessby", "/ "):
        assert broken not in report.text


def test_headings_have_the_levels_of_the_report(report: Document) -> None:
    found = headings(report)
    assert report.title == found[0][1]
    assert found[0][0] == 1
    sections = [text for level, text in found if level == 2]
    assert [text.split()[1] for text in sections if text.startswith("SECTION ")] == [
        "ONE",
        "TWO",
        "THREE",
        "FOUR",
        "FIVE",
    ]
    assert {"EXECUTIVE SUMMARY", "INTRODUCTION", "CONCLUSION"} <= set(sections)
    assert not any("CONTENTS" in text or "PAGE" in text for _, text in found)


def test_subsections_stand_under_their_sections(report: Document) -> None:
    below: dict[str, list[int]] = {}
    section = ""
    for level, text in headings(report):
        if level <= 2:
            section = text
        else:
            below.setdefault(section, []).append(level)
    counts = {section.split()[1]: levels for section, levels in below.items() if section.startswith("SECTION ")}
    assert counts == {
        "ONE": [3, 4, 4, 4, 3],
        "TWO": [3, 3, 3],
        "THREE": [3, 4, 4, 4, 3, 3, 3],
        "FOUR": [3, 3],
        "FIVE": [3, 3, 3, 3, 3],
    }


def test_lists_have_their_lead_in(report: Document) -> None:
    items = [block for block in report.blocks if block.kind == "list-item"]
    assert len(items) > 80
    assert sum(block.lead is None for block in items) <= 5
    leads = [words(report, report.blocks[block.lead]) for block in items if block.lead is not None]
    assert sum(lead[-1] == ":" for lead in leads) >= 0.9 * len(leads)


def test_the_table_has_its_header_and_caption(report: Document) -> None:
    kinds = [block.kind for block in report.blocks]
    at = kinds.index("table-header")
    assert kinds[at : at + 3] == ["table-header", "table-row", "caption"]
    assert report.blocks[at + 1].lead == at
    assert words(report, report.blocks[at]).count(" | ") == 4


def test_words_of_others_are_quotations(report: Document) -> None:
    quotations = [block for block in report.blocks if block.kind == "quotation"]
    assert [report.notes_in(Span(block.start, block.end)) for block in quotations] == [("3",), ("140",), ("141",)]


def test_most_notes_say_who_what_and_when(report: Document) -> None:
    bare = [note for note in report.footnotes if note.text.startswith("http")]
    assert len(bare) == 6
    assert sum(note.title is not None for note in report.footnotes) >= LAST_NOTE - len(bare) - 1
    assert sum(note.date is not None for note in report.footnotes) >= 150
    assert all(note.url and " " not in note.url for note in report.footnotes if "http" in note.text)
    assert not any("accessed" in (value or "") for note in report.footnotes for value in (note.title, note.publisher))
