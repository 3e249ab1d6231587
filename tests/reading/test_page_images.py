"""The image of a page: the words of a quote are boxed where they stand, or not at all."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path

import PIL.Image
import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.errors import DocumentError
from assistant.reading.pdf.page_images import PageImage, page_image, part_on_page
from assistant.reading.pdf.reader import read_pdf
from assistant.records import Document, Span
from assistant.settings import ReadingSettings
from tests.reading.hostile_files import cyclic_page_tree, packed_zeros, pdf_of, printed_pdf
from tests.reading.pdf_making import SENTENCES, Piece, Style, drawn, make_pdf, prose
from tests.reading.quote_pages import FILES, boxed_letters, characters, letters, outcomes, sentences, varied

LIMITS = ReadingSettings(memory_mb=512, seconds=60)
MIXED = "report in three columns"
"""Set so close that it is read as a table: some of its sentences are none, and find no place."""


def file_of(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    return path


def images(path: Path, document: Document, span: Span) -> list[tuple[int, PageImage, str]]:
    """Each page that a span stands on: its number, its image, and the letters that should be boxed."""
    found = []
    for page in document.pages:
        part = part_on_page(document, page.number, span)
        if part is not None:
            text, within = part
            image = page_image(path, page.number, LIMITS, part)
            found.append((page.number, image, letters(text[within.start : within.end])))
    return found


@pytest.mark.parametrize("name", [name for name in FILES if name != MIXED])
def test_boxes_hold_the_words_of_the_quote_and_no_others(tmp_path: Path, name: str, thorough: bool) -> None:
    counts = outcomes(FILES[name](), tmp_path / "file.pdf", step=11 if thorough else 61)
    assert counts["right"] > 0
    assert counts == {"right": counts["right"]}


def test_words_that_were_read_in_another_order_are_not_boxed(tmp_path: Path) -> None:
    data = FILES[MIXED]()
    path, document = file_of(tmp_path, data), read_pdf(data)
    mixed = [span for span in sentences(document) if " | " in document.text[span.start : span.end]]
    assert mixed
    for number, image, wanted in images(path, document, mixed[0]):
        assert not image.boxes or sorted(wanted) == sorted(boxed_letters(characters(data, number, image), image))


def test_of_sentences_that_come_again_each_is_boxed_in_its_own_place(tmp_path: Path) -> None:
    pieces = [Piece("paragraph", text) for text in (varied(1), prose(1), prose(1), varied(1, 5), prose(1))]
    data = make_pdf(pieces)
    path, document = file_of(tmp_path, data), read_pdf(data)
    same = [span for span in sentences(document) if document.text[span.start : span.end] == SENTENCES[0]]
    tops = [image.boxes[0][1] for span in same for _, image, _ in images(path, document, span)]
    assert len(tops) == 3
    assert tops == sorted(set(tops))


def test_a_quote_over_two_pages_is_boxed_on_each_with_its_part(tmp_path: Path) -> None:
    data = make_pdf([Piece("paragraph", varied(40))], style=Style(head=None))
    path, document = file_of(tmp_path, data), read_pdf(data)
    turn = document.pages[1].start
    span = next(span for span in sentences(document) if span.start < turn < span.end)
    found = images(path, document, span)
    assert [number for number, _, _ in found] == [1, 2]
    for number, image, wanted in found:
        assert Counter(boxed_letters(characters(data, number, image), image)) == Counter(wanted)
    assert "".join(wanted for _, _, wanted in found) == letters(document.text[span.start : span.end])


def test_words_with_two_places_that_nothing_tells_apart_are_not_boxed(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, SENTENCES[0])
        canvas.drawString(72, 200, SENTENCES[0])

    image = page_image(file_of(tmp_path, drawn(draw)), 1, LIMITS, (SENTENCES[0], Span(0, len(SENTENCES[0]))))
    assert image.boxes == ()
    assert image.png


@pytest.mark.parametrize("hidden", ["before", "behind"])
def test_words_that_a_reader_cannot_see_are_never_boxed(tmp_path: Path, hidden: str) -> None:
    def draw(canvas: Canvas) -> None:
        for colour in (1, 0) if hidden == "before" else (0, 1):
            canvas.setFillGray(colour)
            canvas.drawString(72, 300 if colour else 700, SENTENCES[0])

    data = drawn(draw)
    document = read_pdf(data)
    image = page_image(file_of(tmp_path, data), 1, LIMITS, part_on_page(document, 1, sentences(document)[0]))
    assert len(image.boxes) == 1
    assert image.boxes[0][3] < image.height / 2


def test_words_that_are_not_on_the_page_are_not_boxed(tmp_path: Path) -> None:
    path = file_of(tmp_path, printed_pdf("Rivers shall be clean."))
    words = "Rivers shall be clean. So shall lakes."
    assert page_image(path, 1, LIMITS, (words, Span(23, 38))).boxes == ()
    assert len(page_image(path, 1, LIMITS, (words, Span(0, 22))).boxes) == 1


def test_a_box_is_drawn_on_the_image(tmp_path: Path) -> None:
    path = file_of(tmp_path, printed_pdf("Rivers shall be clean."))
    image = page_image(path, 1, LIMITS, ("Rivers shall be clean.", Span(7, 12)))
    plain = page_image(path, 1, LIMITS)
    assert plain.boxes == ()
    drawn_image = PIL.Image.open(io.BytesIO(image.png))
    assert drawn_image.size == (image.width, image.height) == (1000, 1415)
    left, top, _, _ = image.boxes[0]
    assert drawn_image.getpixel((left, top)) != (255, 255, 255)
    assert PIL.Image.open(io.BytesIO(plain.png)).getpixel((left, top)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("size", "pixels"),
    [((14_400, 14_400), (1000, 1000)), ((100, 14_400), (28, 4000)), ((14_400, 100), (1000, 7))],
    ids=["square", "tall", "wide"],
)
def test_pages_of_any_size_have_images_of_bounded_size(
    tmp_path: Path, size: tuple[int, int], pixels: tuple[int, int]
) -> None:
    saved = io.BytesIO()
    canvas = Canvas(saved, pagesize=size)
    canvas.drawString(10, 10, "Rivers")
    canvas.showPage()
    canvas.save()
    image = page_image(file_of(tmp_path, saved.getvalue()), 1, LIMITS, ("Rivers", Span(0, 6)))
    assert (image.width, image.height) == pixels


@pytest.mark.parametrize(
    ("data", "number", "message"),
    [
        (printed_pdf("x")[:300], 1, "The PDF is cut short"),
        (printed_pdf("x", password="hush"), 1, "is encrypted"),
        (cyclic_page_tree(), 1, "page tree leads back into itself"),
        (b"Plain words.", 1, "It is no PDF"),
        (b"", 1, "It is empty"),
        (printed_pdf("x"), 2, "It has 1 pages, so there is no page 2"),
        (printed_pdf("x"), 0, "there is no page 0"),
        (printed_pdf("x"), 10**9, "there is no page 1,000,000,000"),
    ],
    ids=["cut", "encrypted", "cyclic", "text", "empty", "page-2", "page-0", "huge"],
)
def test_what_cannot_be_shown_costs_one_line(tmp_path: Path, data: bytes, number: int, message: str) -> None:
    path = file_of(tmp_path, data)
    with pytest.raises(DocumentError, match=message) as caught:
        page_image(path, number, LIMITS)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_page_that_needs_more_memory_than_allowed_is_refused(tmp_path: Path) -> None:
    stream = packed_zeros(600)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>"
    contents = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(stream), stream)
    tree = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    path = file_of(tmp_path, pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", tree, page, contents]))
    with pytest.raises(DocumentError, match="STEWARD_READING__MEMORY_MB"):
        page_image(path, 1, LIMITS.model_copy(update={"memory_mb": 128}))


def test_nothing_of_a_span_on_another_page_is_on_this_one() -> None:
    document = read_pdf(make_pdf([Piece("paragraph", varied(40))], style=Style(head=None)))
    assert part_on_page(document, 2, Span(0, 20)) is None
    assert part_on_page(document, 99, Span(0, 20)) is None
    assert part_on_page(document, 1, Span(0, 20)) == (document.text[: document.pages[1].start], Span(0, 20))
