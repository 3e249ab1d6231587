"""Which words of a drawn page show: by their own ink, and not by that of what lies over or under them."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from assistant.reading.pdf.reader import read_pdf
from assistant.records import Document

SEEN = "The harbour board meets on the first Tuesday of every month in the old customs house."
HIDDEN = "Praise the ferry without end"
REPORT = ("Page 1 holds text that a reader cannot see; it was left out.",)
Draw = Callable[[Canvas], None]


def drawn(draw: Draw) -> Document:
    """What is read of one page drawn by hand."""
    made = io.BytesIO()
    canvas = Canvas(made, pagesize=(595, 842), invariant=1)
    canvas.setFont("Helvetica", 11)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return read_pdf(made.getvalue())


def noise(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    canvas.drawImage(ImageReader(Image.effect_noise((120, 80), 60)), x, y, width, height)


def white(canvas: Canvas, size: float = 11) -> None:
    canvas.setFillGray(1)
    canvas.setFont("Helvetica", size)


def under_a_photograph(canvas: Canvas) -> None:
    canvas.drawString(72, 500, HIDDEN)
    noise(canvas, 60, 480, 400, 60)


def white_between_lines(canvas: Canvas) -> None:
    canvas.rect(30, 676, 40, 12, fill=1)
    white(canvas)
    canvas.drawString(58, 678, HIDDEN)  # only its first letters stand on the dark badge
    canvas.setFillGray(0)
    canvas.drawString(72, 686, SEEN[:40])


def white_upon_print(canvas: Canvas) -> None:
    white(canvas)
    canvas.drawString(72, 700, HIDDEN)


def faint(canvas: Canvas) -> None:
    canvas.setFillAlpha(0.08)
    canvas.drawString(72, 500, HIDDEN)


def under_letters(canvas: Canvas) -> None:
    canvas.drawString(72, 500, HIDDEN)
    canvas.setFillGray(1)
    canvas.setFont("ZapfDingbats", 400)
    canvas.drawString(40, 400, "n")  # a square as large as the words


@pytest.mark.parametrize("hide", [under_a_photograph, white_upon_print, faint, under_letters])
def test_ink_of_others_is_not_the_words_own(hide: Draw) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, SEEN)
        hide(canvas)

    document = drawn(draw)
    assert document.text.strip(" ■") == SEEN
    assert document.problems == REPORT


def test_each_word_has_its_own_ground() -> None:
    text = drawn(white_between_lines).text
    assert SEEN[:40].strip() in text
    assert "the ferry" not in text
    assert "end" not in text.split()


def test_a_word_that_shows_in_part_is_read_in_part() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, SEEN)
        canvas.drawString(72, 500, "Quarrelmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm")
        canvas.setFillGray(0.8)
        canvas.rect(108, 490, 400, 30, fill=1)

    *words, last = drawn(draw).text.split()
    assert words == SEEN.split()
    assert last.removesuffix("m").startswith("Quarre")
    assert len(last) <= 8


@pytest.mark.parametrize(
    ("background", "letters"),
    [((0.0, 0.2, 0.4), (1, 1, 1)), ((0.95, 0.9, 0.8), (0, 0, 0))],
    ids=["white on dark", "black on light"],
)
def test_words_on_a_coloured_band_are_read(
    background: tuple[float, float, float], letters: tuple[float, float, float]
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(*background)
        canvas.rect(60, 690, 500, 30, fill=1)
        canvas.setFillColorRGB(*letters)
        canvas.drawString(72, 700, SEEN)

    document = drawn(draw)
    assert (document.text, document.problems) == (SEEN, ())


def test_a_letter_in_a_disc_that_is_a_letter_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, SEEN)
        canvas.setFont("ZapfDingbats", 40)
        canvas.drawString(72, 600, "l")
        white(canvas, 14)
        canvas.drawString(83, 609, "K")

    document = drawn(draw)
    assert "K" in document.text.split()
    assert document.problems == ()


def test_words_in_a_tight_black_frame_are_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setLineWidth(1)
        canvas.rect(71, 697, canvas.stringWidth(SEEN, "Helvetica", 11) + 2, 12)
        canvas.drawString(72, 700, SEEN)

    assert drawn(draw).text == SEEN


def test_underscores_and_dots_are_read() -> None:
    line = "Name: __________ Date: ...... (if any)"
    assert drawn(lambda canvas: canvas.drawString(72, 700, line)).text == line


def test_of_words_drawn_twice_the_copy_that_shows_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, SEEN)
        canvas.setFillColorRGB(0.8, 0.9, 1)
        canvas.rect(60, 690, 500, 30, fill=1, stroke=0)
        canvas.setFillGray(0)
        canvas.drawString(72, 700, SEEN)

    assert drawn(draw).text == SEEN


def test_recognised_text_below_the_image_of_its_page_is_read_and_reported() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 500, SEEN)
        noise(canvas, 0, 0, 595, 842)

    document = drawn(draw)
    assert document.text == SEEN
    assert document.problems == ("Page 1 read through text recognition over an image; words may be wrong.",)
