"""Publications in the shapes that government gives them come back word for word, with their notes in place."""

from __future__ import annotations

import pytest

from assistant.reading import read_bytes
from assistant.reading.html.reader import read_html
from assistant.reading.pdf.reader import read_pdf
from evals.making.shapes import Shape, shapes
from evals.metrics.shapes import judge_shape
from tests.choosing import few
from tests.reading.document_checks import check_document
from tests.reading.pdf_making import Piece, drawn, make_pdf, prose, texts

KNOWN = {
    # A paragraph that ends with the last line of its column or page reads on like one that does not.
    "insets in columns": 1,
    "insets in columns that run on": 1,
    "notes in columns": 2,
    "endnotes": 2,
    "endnotes by chapter in columns": 1,
    "insets": 1,
    "numbered paragraphs": 1,
    # A column of one line is no column.
    "white paper in columns": 2,
}
"""How many blocks are not read as they should be, at most."""
LOST_NOTES = {"PDF, endnotes by chapter in columns, Vera": 5}
"""How many notes are not found where the chapter of notes begins beside the text in a column."""


SHAPES = {f"{shape.split} {shape.name}": shape for shape in shapes()}


@pytest.mark.parametrize("shape", few(SHAPES, *(name for name in SHAPES if name.startswith("dev"))))
def test_each_block_comes_back_word_for_word_and_notes_stay_with_their_words(shape: Shape) -> None:
    document = read_bytes(shape.make())
    check_document(document)
    scores, counts, faults = judge_shape(document, shape.document, shape.apart)
    lost = round((1 - scores["blocks_read"]) * counts["blocks_read"])
    assert lost <= (KNOWN.get(shape.name.split(", ", 1)[1].rsplit(", ", 1)[0], 0) if "PDF" in shape.name else 0), faults
    lost_notes = round((1 - scores["notes_placed"]) * counts["notes_placed"])
    assert lost_notes <= LOST_NOTES.get(shape.name, 0), faults


def test_an_asterisk_without_a_note_on_its_page_stays_in_the_text() -> None:
    document = read_pdf(drawn(lambda canvas: canvas.drawString(72, 700, "Forty lamps* were lit by the harbour board.")))
    assert (document.text, document.marks) == ("Forty lamps* were lit by the harbour board.", ())


def test_a_list_called_notes_whose_numbers_nothing_calls_stays_in_the_text() -> None:
    pieces = [Piece("paragraph", prose(3)), Piece("heading", "Notes", 2)]
    items = [Piece("list-item", prose(1, n), 1, f"{n + 1}.") for n in range(3)]
    document = read_pdf(make_pdf([*pieces, *items]))
    assert document.footnotes == ()
    assert texts(document, "list-item") == [f"{item.label} {item.text}" for item in items]


def test_a_button_names_the_section_of_an_accordion_and_nothing_else() -> None:
    markup = "<main><h2><button>Boats</button></h2><p>Words.</p><button>Show all</button></main>"
    assert read_html(markup.encode()).text == "Boats\n\nWords."
