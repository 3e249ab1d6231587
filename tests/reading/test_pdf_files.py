"""Page labels that a file holds."""

from __future__ import annotations

import io

import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.reading.pdf.reader import read_pdf


@pytest.mark.parametrize(
    ("style", "prefix", "label"),
    [
        ("ARABIC", "", "4"),
        ("ROMAN_LOWER", "", "iv"),
        ("LETTERS_UPPER", "", "D"),
        ("ARABIC", "A-", "A-4"),
        ("ARABIC", "3.", "3.4"),
        ("ARABIC", "S", "S4"),
        ("ARABIC", "41 of the Dwellings Act, section ", None),
        ("ARABIC", "Act ", None),
        ("ARABIC", "Page ", None),
        ("ROMAN_LOWER", "mild", None),
    ],
)
def test_a_label_is_a_page_number_or_none(style: str, prefix: str, label: str | None) -> None:
    made = io.BytesIO()
    canvas = Canvas(made, invariant=1)
    canvas.addPageLabel(0, style=style, start=4, prefix=prefix)
    canvas.drawString(72, 700, "The board meets on Tuesday.")
    canvas.showPage()
    canvas.save()
    assert [page.label for page in read_pdf(made.getvalue()).pages] == [label]
