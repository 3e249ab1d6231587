"""Tables of PDFs: one row for each printed row, and the text around a table outside it."""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas

from assistant.reading.pdf.reader import read_pdf
from tests.reading.pdf_making import SENTENCES, drawn, texts

CREWS = (
    ("Pier", "Who keeps its lamps lit", "Lamps"),
    ("North pier of the old town", "A crew of twelve, and the pilot on nights with a high tide", "40"),
    ("South pier", "Whoever is on watch at the customs house", "31"),
    ("West quay", "The ferry company, under a contract with the town council", "25"),
)


def rows(table: Sequence[Sequence[str]]) -> list[str]:
    return [" | ".join(row) for row in table]


def lines_at(canvas: Canvas, x: float, y: float, lines: Sequence[str], leading: float = 14) -> None:
    for n, line in enumerate(lines):
        canvas.drawString(x, y - leading * n, line)


def row_ruled(canvas: Canvas, top: float, table: Sequence[Sequence[str]], places: Sequence[float]) -> float:
    """A table with a rule below each row and none above; cells break at "/". Returns where it ends."""
    for row in table:
        cells = [cell.split("/") for cell in row]
        for x, lines in zip(places, cells, strict=True):
            lines_at(canvas, x, top - 14, lines, leading=12)
        top -= 14 + 12 * (max(map(len, cells)) - 1) + 6
        canvas.line(72, top, 520, top)
    return top


def test_hyphenation_is_undone_in_cells() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 760, "The agencies meet, and every agency sends a cross-party team.")
        for n, (left, right) in enumerate(
            ((["Who"], ["When"]), (["Two agen-", "cies, one cross-", "party"], ["1931"]))
        ):
            for x, lines in ((72, left), (272, right)):
                canvas.rect(x - 5, 640 - 60 * n, 200, 60)
                lines_at(canvas, x, 685 - 60 * n, lines, leading=12)

    assert texts(read_pdf(drawn(draw)))[1:] == ["Who | When", "Two agencies, one cross-party | 1931"]


def test_text_between_a_rule_and_a_table_of_its_width_is_no_row() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(72, 800, 522, 800)
        lines_at(canvas, 72, 770, SENTENCES[:3])
        for top in (700, 500):
            for n, row in enumerate((CREWS[0], CREWS[2], CREWS[3])):
                for x, width, cell in zip((72, 172, 472), (100, 300, 50), row, strict=True):
                    canvas.rect(x, top - 20 * (n + 1), width, 20)
                    canvas.drawString(x + 5, top - 20 * n - 14, cell)
        lines_at(canvas, 72, 600, SENTENCES[3:5])

    table = rows((CREWS[0], CREWS[2], CREWS[3]))
    assert texts(read_pdf(drawn(draw))) == [*SENTENCES[:3], *table, *SENTENCES[3:5], *table]


def test_table_with_rules_between_rows_alone_is_read_by_row() -> None:
    def draw(canvas: Canvas) -> None:
        lines_at(canvas, 72, 780, SENTENCES[:2])
        table = [
            CREWS[0],
            ("North pier of/the old town", "A crew of twelve, and the pilot on/nights with a high tide", "40"),
            CREWS[2],
            ("West quay", "The ferry company, under a contract/with the town council", "25"),
        ]
        end = row_ruled(canvas, 720, table, (76, 190, 480))
        lines_at(canvas, 72, end - 40, SENTENCES[2:4])

    document = read_pdf(drawn(draw))
    assert texts(document)[2:6] == rows(CREWS)
    assert " ".join(texts(document, "paragraph")) == " ".join(SENTENCES[:4])


def test_two_tables_of_one_width_keep_their_own_columns() -> None:
    years = (("Year", "Boats"), ("1931", "About forty"), ("1932", "Not known"))

    def draw(canvas: Canvas) -> None:
        end = row_ruled(canvas, 760, [(a, b.partition(",")[0], c) for a, b, c in CREWS], (76, 230, 480))
        canvas.drawString(72, end - 30, SENTENCES[0])
        row_ruled(canvas, end - 60, years, (76, 300))

    found = texts(read_pdf(drawn(draw)))
    assert found[4:] == [SENTENCES[0], *rows(years)]
    assert found[:4] == rows([(a, b.partition(",")[0], c) for a, b, c in CREWS])


def test_column_that_is_mostly_a_table_is_a_column() -> None:
    left = [f"Line {n} of the left column is as wide as it can be" for n in range(1, 21)]

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        lines_at(canvas, 72, 760, left, leading=12)
        for n, row in enumerate(CREWS[1:]):
            for m, cell in enumerate((row[0], row[2])):
                canvas.rect(310 + 120 * m, 730 - 40 * n, 120, 40)
                canvas.drawString(315 + 120 * m, 753 - 40 * n, cell)
        lines_at(canvas, 310, 600, ["After the table there is one line more."])

    assert texts(read_pdf(drawn(draw))) == [
        " ".join(left),
        *(f"{row[0]} | {row[2]}" for row in CREWS[1:]),
        "After the table there is one line more.",
    ]


def test_short_contents_page_is_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        if canvas.getPageNumber() == 1:
            canvas.drawString(72, 700, "Contents")
            for n, (title, page) in enumerate((("Boats", 2), ("Lamps and oars", 3), ("Money", 4), ("Tides", 4))):
                canvas.drawString(72, 660 - 18 * n, title)
                canvas.drawRightString(500, 660 - 18 * n, str(page))
        else:
            canvas.drawString(72, 700, SENTENCES[canvas.getPageNumber()])

    assert " ".join(texts(read_pdf(drawn(draw, pages=4)))) == " ".join(SENTENCES[2:5])


def test_small_print_without_a_note_stays_in_the_text() -> None:
    def draw(canvas: Canvas) -> None:
        lines_at(canvas, 72, 760, SENTENCES[:4])
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 600, "Source: harbour log, counted at noon.")

    assert texts(read_pdf(drawn(draw)))[-1] == "Source: harbour log, counted at noon."
