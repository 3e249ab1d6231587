"""Reading PDFs: what a reader of the printed page sees comes out, in order, once."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import DocumentError
from assistant.reading.markdown.reader import read_markdown
from assistant.reading.pdf.reader import read_pdf
from assistant.records import Document
from tests.reading.pdf_making import SENTENCES, Piece, Style, drawn, make_pdf, pieces_of, prose, texts

REPORT = Path(__file__).parents[3] / "shared" / "corpus" / "mission-ready-national-missions.md"


def raw_pdf(*objects: bytes) -> bytes:
    """A file of the given objects, numbered from 1; the first is the catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


# Paragraphs, pages and labels.


def test_paragraph_over_a_page_break_is_one_block_and_knows_both_pages() -> None:
    document = read_pdf(make_pdf([Piece("paragraph", prose(60))], style=Style(head=None)))
    assert texts(document) == [prose(60)]
    second = document.pages[1]
    assert [page.number for page in document.pages] == [1, 2]
    before, after = document.page_at(second.start - 1), document.page_at(second.start)
    assert before is not None
    assert before.number == 1
    assert after is second
    assert document.text[second.start - 1] == " "


def test_paragraphs_that_end_with_a_page_stay_apart() -> None:
    pieces = [Piece("paragraph", prose(3, n)) for n in range(30)]
    assert texts(read_pdf(make_pdf(pieces))) == [piece.text for piece in pieces]


def test_roman_and_arabic_page_numbers_are_read_from_the_foot() -> None:
    pieces = [Piece("paragraph", prose(4, n)) for n in range(70)]
    document = read_pdf(make_pdf(pieces, style=Style(roman_pages=3)))
    # The first page bears no number, so it has no label.
    assert [page.label for page in document.pages][:6] == [None, "ii", "iii", "1", "2", "3"]


def test_labels_of_the_file_come_before_printed_numbers() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.addPageLabel(0, style="ROMAN_UPPER", start=4, prefix="A-")
        canvas.drawString(72, 700, SENTENCES[0])
        canvas.drawCentredString(297, 40, str(canvas.getPageNumber()))

    document = read_pdf(drawn(draw, pages=3))
    assert [page.label for page in document.pages] == ["A-IV", "A-V", "A-VI"]


def test_a_label_that_is_no_page_number_is_none() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.addPageLabel(0, style="ARABIC", start=41, prefix="p. 1 of the Dwellings Act, page ")
        canvas.drawString(72, 700, SENTENCES[0])

    assert {page.label for page in read_pdf(drawn(draw, pages=2)).pages} == {None}


def test_without_printed_numbers_or_labels_no_label_is_guessed() -> None:
    pieces = [Piece("paragraph", prose(4, n)) for n in range(40)]
    document = read_pdf(make_pdf(pieces, style=Style(page_numbers=False, head="Annual review 2031")))
    assert len(document.pages) > 2
    assert {page.label for page in document.pages} == {None}


def test_running_heads_and_page_numbers_are_removed() -> None:
    pieces = [Piece("paragraph", prose(5, n)) for n in range(40)]
    document = read_pdf(make_pdf(pieces, style=Style(head="Harbour board review 2031")))
    assert texts(document) == [piece.text for piece in pieces]


def test_running_head_that_changes_with_the_section_is_removed() -> None:
    names = ("Ada", "Bea", "Cleo", "Dot", "Eve", "Fay")

    def draw(canvas: Canvas) -> None:
        number = canvas.getPageNumber()
        canvas.drawString(72, 800, "The fleet" if number < 4 else "The ferry")
        canvas.drawRightString(520, 800, str(number + 10))
        canvas.drawString(72, 700, "On this quay, as on every other along the coast, the tide comes in and")
        canvas.drawString(72, 686, f"waits for nobody but {names[number - 1]}.")

    document = read_pdf(drawn(draw, pages=6))
    first = "On this quay, as on every other along the coast, the tide comes in and waits for nobody but"
    assert texts(document) == [f"{first} {name}." for name in names]
    assert [page.label for page in document.pages] == ["11", "12", "13", "14", "15", "16"]


def test_hyphenation_is_undone_and_true_hyphens_stay() -> None:
    lines = (
        "The local govern-",
        "ment met the cross-",
        "cutting team of the harbour, and the well-",
        "known pilot spoke. A cross-cutting plan needs a govern-",
        "ment that listens, and every cutting counts for the cross.",
    )

    def draw(canvas: Canvas) -> None:
        for n, line in enumerate(lines):
            canvas.drawString(72, 700 - 14 * n, line)

    assert texts(read_pdf(drawn(draw))) == [
        "The local government met the cross-cutting team of the harbour, and the well-known pilot spoke. "
        "A cross-cutting plan needs a government that listens, and every cutting counts for the cross."
    ]


def test_line_broken_at_a_slash_is_joined_without_a_space() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "Lamps are lit by the harbour board and the Combined/")
        canvas.drawString(72, 686, "Strategic Authority / by the town council and/")
        canvas.drawString(72, 672, "or by the ferry company when the tide is high")

    assert texts(read_pdf(drawn(draw))) == [
        "Lamps are lit by the harbour board and the Combined/Strategic Authority / by the town council and/or by the "
        "ferry company when the tide is high"
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    pieces = [Piece("paragraph", prose(4, n)) for n in range(14)]
    document = read_pdf(make_pdf(pieces, style=Style(columns=2, head=None, page_numbers=False)))
    assert texts(document) == [piece.text for piece in pieces]


def test_page_set_sideways_reads_as_it_would_turned() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        canvas.drawString(100, -100, SENTENCES[0])
        canvas.drawString(100, -114, SENTENCES[1])

    assert texts(read_pdf(drawn(draw))) == [f"{SENTENCES[0]} {SENTENCES[1]}"]


# Headings, lists and tables.


def test_headings_take_their_levels_from_the_outline() -> None:
    pieces = [
        Piece("heading", "The quay", 1),
        Piece("paragraph", prose(3)),
        Piece("heading", "Night work on the quay", 2),
        Piece("paragraph", prose(3, 2)),
        Piece("heading", "Lamps", 3),
        Piece("paragraph", prose(3, 4)),
    ]
    document = read_pdf(make_pdf(pieces))
    found = [(document.text[b.start : b.end], b.level) for b in document.blocks if b.kind == "heading"]
    assert found == [("The quay", 1), ("Night work on the quay", 2), ("Lamps", 3)]


def test_headings_without_an_outline_are_told_by_size_and_weight() -> None:
    pieces = [
        Piece("heading", "The quay", 1),
        Piece("paragraph", prose(3)),
        Piece("heading", "A heading that is so long that it has to run over to a second line of its own here", 2),
        Piece("paragraph", prose(3, 2)),
    ]
    document = read_pdf(make_pdf(pieces, style=Style(outline=False)))
    assert [(b.kind, b.level) for b in document.blocks] == [
        ("heading", 1),
        ("paragraph", 0),
        ("heading", 2),
        ("paragraph", 0),
    ]
    assert texts(document, "heading") == [pieces[0].text, pieces[2].text]


@pytest.mark.parametrize("labels", [("•", "•", "•"), ("1.", "2.", "3."), ("(a)", "(b)", "(c)")], ids=str)
def test_list_items_know_their_lead_in(labels: tuple[str, ...]) -> None:
    items = [prose(2, n) for n in range(3)]
    pieces = [
        Piece("paragraph", prose(2)),
        Piece("paragraph", "The board asks every member to do three things before the season opens:"),
        *(Piece("list-item", text, 1, label) for text, label in zip(items, labels, strict=True)),
        Piece("paragraph", prose(2, 3)),
    ]
    document = read_pdf(make_pdf(pieces))
    # Numbers are words, bullets are not.
    printed = [piece.text if piece.label == "•" else f"{piece.label} {piece.text}" for piece in pieces]
    assert texts(document) == printed
    assert [b.lead for b in document.blocks] == [None, None, 1, 1, 1, None]


def test_nested_items_have_levels() -> None:
    pieces = [
        Piece("paragraph", "Two crews share the work:"),
        Piece("list-item", prose(2), 1),
        Piece("list-item", prose(1, 1), 2, "–"),
        Piece("list-item", prose(2, 2), 1),
    ]
    document = read_pdf(make_pdf(pieces))
    assert [(b.kind, b.level, b.lead) for b in document.blocks[1:]] == [
        ("list-item", 1, 0),
        ("list-item", 2, 1),
        ("list-item", 1, 0),
    ]


def test_ruled_table_is_read_by_row_under_its_header() -> None:
    pieces = [
        Piece("paragraph", prose(3)),
        Piece("table-header", "Harbour | Crew | Lamps lit in the winter months"),
        Piece("table-row", "North pier of the old town | 12 | 40"),
        Piece("table-row", "South pier | 7 | 31"),
        Piece("paragraph", prose(3, 2)),
    ]
    document = read_pdf(make_pdf(pieces))
    assert texts(document) == [piece.text for piece in pieces]
    assert [(b.kind, b.lead) for b in document.blocks[1:4]] == [
        ("table-header", None),
        ("table-row", 1),
        ("table-row", 1),
    ]


def test_table_without_rules_is_told_by_its_columns() -> None:
    rows = [("Pier", "Crew", "Lamps"), ("North", "12", "40"), ("South", "7", "31"), ("West", "9", "25")]

    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 760, SENTENCES[0])
        for n, row in enumerate(rows):
            for column, cell in enumerate(row):
                canvas.drawString(72 + 130 * column, 700 - 16 * n, cell)

    document = read_pdf(drawn(draw))
    assert texts(document, "table-header") == ["Pier | Crew | Lamps"]
    assert texts(document, "table-row") == ["North | 12 | 40", "South | 7 | 31", "West | 9 | 25"]


def test_caption_is_told_from_a_sentence_about_a_table() -> None:
    pieces = [
        Piece("paragraph", "Table 1 shows how many lamps were lit. " + prose(2)),
        Piece("caption", "Table 1: Lamps lit by pier and by month"),
        Piece("paragraph", prose(3)),
    ]
    document = read_pdf(make_pdf(pieces))
    assert [b.kind for b in document.blocks] == ["paragraph", "caption", "paragraph"]


# Notes.


def test_notes_leave_the_text_and_their_marks_keep_their_place() -> None:
    notes = {
        "1": "Harbour Trust. Lamps and tides. Quay Press, 3 May 2030. Available at https://example.org/lamps",
        "2": "Ferry Company. Winter timetable. 2029.",
        "3": "Pilot, A. Deep water. Quay Press, 2028.",
    }
    first = "The lamps were lit in 1931^[1] and again in 12 later years. " + prose(2)
    pieces = [Piece("paragraph", first), Piece("paragraph", prose(2, 1) + "^[2,3] " + prose(1))]
    document = read_pdf(make_pdf(pieces, notes))
    assert {note.number: note.text for note in document.footnotes} == notes
    assert document.footnotes[0].url == "https://example.org/lamps"
    assert texts(document) == [re.sub(r"\^\[[\d,]+\]", "", piece.text) for piece in pieces]
    lit = document.text.index("1931") + 4
    end = document.text.index(prose(2, 1)) + len(prose(2, 1))
    assert [(mark.number, mark.position) for mark in document.marks] == [("1", lit), ("2", end), ("3", end)]


def test_note_that_runs_on_to_the_next_page_is_whole() -> None:
    long_note = prose(40)
    pieces = [Piece("paragraph", prose(30)), Piece("paragraph", prose(3) + "^[1]"), Piece("paragraph", prose(60))]
    document = read_pdf(make_pdf(pieces, {"1": long_note}))
    assert [note.text for note in document.footnotes] == [long_note]
    assert texts(document) == [piece.text.replace("^[1]", "") for piece in pieces]


def test_long_list_of_marks_stays_in_its_line() -> None:
    numbers = [str(n) for n in range(21, 30)]
    notes = {number: f"Harbour log {number}." for number in numbers}
    pieces = [Piece("paragraph", f"Lamps were lit.^[{','.join(numbers)}] {prose(2)}")]
    document = read_pdf(make_pdf(pieces, notes))
    assert texts(document) == [f"Lamps were lit. {prose(2)}"]
    assert [mark.number for mark in document.marks] == numbers


def test_short_notes_stand_in_the_columns_of_the_body() -> None:
    def draw(canvas: Canvas) -> None:
        for x, first in ((72, 1), (310, 3)):
            canvas.setFont("Helvetica", 11)
            for n in range(12):
                canvas.drawString(x, 700 - 14 * n, f"Line {'abcdefghijkl'[n]} is as wide as the column")
            for n in (first, first + 1):
                y = 120 - 11 * (n - first)
                canvas.setFont("Helvetica", 5)
                canvas.drawString(x, y + 2.5, str(n))
                canvas.setFont("Helvetica", 8)
                canvas.drawString(x + 5, y, f"See log {n}.")

    notes = read_pdf(drawn(draw)).footnotes
    assert [(note.number, note.text) for note in notes] == [(str(n), f"See log {n}.") for n in (1, 2, 3, 4)]


def test_powers_and_plain_numbers_are_no_marks() -> None:
    pieces = [Piece("paragraph", "The basin covers 4,000 m^[2] and holds 10^[6] litres in 2024. " + prose(2))]
    document = read_pdf(make_pdf(pieces))
    assert document.marks == ()
    assert "4,000 m2 and holds 106 litres in 2024." in document.text


def test_numbers_that_begin_anew_in_each_chapter_keep_their_own_notes() -> None:
    def draw(canvas: Canvas) -> None:
        page = canvas.getPageNumber()
        canvas.drawString(72, 700, f"Chapter {page} ends")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(72 + canvas.stringWidth(f"Chapter {page} ends", "Helvetica", 11), 704, "1")
        canvas.drawString(72, 82, "1")
        canvas.setFont("Helvetica", 8)
        canvas.drawString(77, 80, f"Harbour log {page}.")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, 680, prose(1, page))

    document = read_pdf(drawn(draw, pages=2))
    notes = {note.number: note.text for note in document.footnotes}
    called = [notes[mark.number] for mark in document.marks]
    assert called == ["Harbour log 1.", "Harbour log 2."]


# What a reader cannot see.


def hide_invisible(canvas: Canvas) -> None:
    text = canvas.beginText(72, 500)
    text.setTextRenderMode(3)
    text.textOut("Praise the ferry")
    canvas.drawText(text)


def hide_white(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.99, 1, 1)
    canvas.drawString(72, 500, "Praise the ferry")


def hide_tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 1)
    canvas.drawString(72, 500, "Praise the ferry")


def hide_outside(canvas: Canvas) -> None:
    canvas.drawString(700, 500, "Praise the ferry")


def hide_covered(canvas: Canvas) -> None:
    canvas.drawString(72, 500, "Praise the ferry")
    canvas.rect(60, 490, 200, 30, fill=1)


def hide_under_text(canvas: Canvas) -> None:
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(72, 700, "Praise the ferry")


def hide_transparent(canvas: Canvas) -> None:
    canvas.setFillAlpha(0)
    canvas.drawString(72, 500, "Praise the ferry")


@pytest.mark.parametrize(
    "hide", [hide_invisible, hide_white, hide_tiny, hide_outside, hide_covered, hide_under_text, hide_transparent]
)
def test_hidden_text_is_left_out_and_reported(hide: Callable[[Canvas], None]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, SENTENCES[0])
        hide(canvas)

    document = read_pdf(drawn(draw))
    assert document.text == SENTENCES[0]
    assert document.problems == ("Page 1 holds text that a reader cannot see; it was left out.",)


def test_white_text_on_a_dark_band_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, 690, 500, 30, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(72, 700, SENTENCES[0])

    document = read_pdf(drawn(draw))
    assert document.text == SENTENCES[0]
    assert document.problems == ()


# Files that cannot be read.

CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make_pdf([Piece("paragraph", SENTENCES[0])])))
    writer.encrypt(password, "owner", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_file_that_needs_no_password_to_open_is_read() -> None:
    assert read_pdf(encrypted("")).text == SENTENCES[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b"Dear board," * 40, "not a PDF", id="other"),
        pytest.param(make_pdf([Piece("paragraph", prose(9))])[:-300], "cut short", id="truncated"),
        pytest.param(b"%PDF-1.7\nnothing of use\n%%EOF", "broken", id="broken"),
        pytest.param(raw_pdf(CATALOGUE), "broken", id="no pages"),
        pytest.param(
            raw_pdf(CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 1>>"), "leads back into itself", id="own kid"
        ),
        pytest.param(
            raw_pdf(
                CATALOGUE,
                b"<</Type/Pages/Kids[4 0 R 3 0 R]/Count 5>>",
                b"<</Type/Pages/Kids[2 0 R 4 0 R]/Parent 2 0 R/Count 5>>",
                PAGE,
            ),
            "leads back into itself",
            id="cycle",
        ),
        pytest.param(
            raw_pdf(CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 900000>>", PAGE), "900,000 pages", id="page count"
        ),
        pytest.param(
            raw_pdf(CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 60>>", PAGE), "most of its pages", id="missing pages"
        ),
        pytest.param(drawn(lambda canvas: None), "no text layer", id="no text"),
        pytest.param(drawn(hide_white), "no text that a reader can see", id="hidden"),
        pytest.param(encrypted("secret"), "needs a password", id="encrypted"),
    ],
)
def test_unreadable_file_is_refused_with_a_reason(data: bytes, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_pdf(data)


def test_recognised_text_over_a_scan_is_read_and_reported() -> None:
    from PIL import Image
    from reportlab.lib.utils import ImageReader

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.effect_noise((60, 80), 40)), 0, 0, 595, 842)
        text = canvas.beginText(72, 500)
        text.setFont("Helvetica", 11)
        text.setTextRenderMode(3)
        text.textOut(SENTENCES[0])
        canvas.drawText(text)

    document = read_pdf(drawn(draw))
    assert document.text == SENTENCES[0]
    assert document.problems == ("Page 1 read through text recognition over an image; words may be wrong.",)


VALID = make_pdf(
    [
        Piece("heading", "The quay", 1),
        Piece("paragraph", prose(20) + "^[1]"),
        Piece("list-item", prose(2)),
        Piece("table-header", "Pier | Crew"),
        Piece("table-row", "North | 12"),
    ],
    {"1": prose(2)},
)


def read_or_refuse(data: bytes) -> None:
    try:
        document = read_pdf(data)
    except DocumentError:
        return
    assert all(0 <= b.start < b.end <= len(document.text) for b in document.blocks)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_arbitrary_bytes_raise_nothing_but_our_error(data: bytes) -> None:
    read_or_refuse(data)
    read_or_refuse(b"%PDF-1.7\n" + data + b"\n%%EOF")


@pytest.mark.slow
@given(
    st.lists(st.tuples(st.integers(0, len(VALID) - 1), st.integers(0, 255)), max_size=40), st.integers(0, len(VALID))
)
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files_raise_nothing_but_our_error(changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(VALID)
    for place, value in changes:
        damaged[place] = value
    read_or_refuse(bytes(damaged))
    read_or_refuse(bytes(damaged[:cut]) + b"\n%%EOF")


# The real report.


@pytest.mark.slow
@pytest.mark.report
@pytest.mark.skipif(not REPORT.exists(), reason="needs the report at ../shared/corpus")
@pytest.mark.parametrize(
    ("style", "share"),
    [(Style(roman_pages=4), 0.98), (Style(outline=False, justified=True), 0.98), (Style(columns=2), 0.94)],
    ids=["roman", "no outline", "columns"],
)
def test_report_reads_the_same_from_pdf_as_from_markdown(style: Style, share: float) -> None:
    source = read_markdown(REPORT.read_bytes())
    notes = {note.number: note.text for note in source.footnotes}
    document = read_pdf(make_pdf(pieces_of(source), notes, style))
    wanted, found = Counter(texts(source)), Counter(texts(document))
    assert sum((wanted & found).values()) >= share * sum(wanted.values())
    called = {mark.number for mark in source.marks}
    assert len(called & {note.number for note in document.footnotes}) >= 0.98 * len(called)
    expected, places = _words_before_marks(source), _words_before_marks(document)
    assert sum((expected & places).values()) >= 0.98 * sum(expected.values())


def _words_before_marks(document: Document) -> Counter[tuple[str, str]]:
    return Counter((mark.number, document.text[: mark.position][-15:]) for mark in document.marks)
