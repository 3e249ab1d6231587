"""Running heads of PDFs that stand on some pages only, and the size of the body."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.reading.pdf.reader import read_pdf
from tests.reading.pdf_making import SENTENCES, drawn, texts

NAMES = ("Boats", "Lamps", "Oars", "Money", "Tides", "Crews", "Ferries", "Pilots", "Nets")
DAYS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()


def of_page(number: int) -> str:
    return f"On day {DAYS[number - 1]} the tide came in and waited for nobody at all."


@pytest.mark.parametrize(
    ("pages", "heads"), [(5, range(1, 6)), (16, (2, 5, 8, 9, 15, 16))], ids=["short paper", "few pages with a head"]
)
def test_title_on_left_pages_and_section_on_right_ones_are_removed(pages: int, heads: Sequence[int]) -> None:
    def draw(canvas: Canvas) -> None:
        number = canvas.getPageNumber()
        canvas.drawString(72, 700, of_page(number))
        if number in heads:
            canvas.setFont("Helvetica", 8)
            canvas.drawCentredString(297, 800, NAMES[number // 2] if number % 2 else "The plan for the harbour")

    found = texts(read_pdf(drawn(draw, pages=pages)))
    assert " ".join(found) == " ".join(of_page(n) for n in range(1, pages + 1))


def test_notes_that_outweigh_the_text_do_not_set_the_size_of_the_body() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 760, of_page(canvas.getPageNumber()))
        for n in range(10):
            number = str(10 * (canvas.getPageNumber() - 1) + n + 1)
            canvas.setFont("Helvetica", 5)
            canvas.drawString(72, 302.5 - 20 * n, number)
            canvas.setFont("Helvetica", 8)
            canvas.drawString(80, 300 - 20 * n, SENTENCES[n % 6])
            canvas.drawString(72, 290 - 20 * n, SENTENCES[(n + 1) % 6])

    document = read_pdf(drawn(draw, pages=3))
    assert " ".join(texts(document, "paragraph")) == " ".join(of_page(n) for n in (1, 2, 3))
    assert [note.number for note in document.footnotes] == [str(n) for n in range(1, 31)]
    assert document.footnotes[0].text == f"{SENTENCES[0]} {SENTENCES[1]}"
