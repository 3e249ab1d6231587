"""The image of one page of a PDF, with the words of a quote boxed.

The page is drawn, and the words looked for, in a child process with the limits of reading: the files are others'.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import DocumentError
from assistant.reading.child import GIVEN, Child, Task, run, serve
from assistant.records import Document, Span

if TYPE_CHECKING:
    import pypdfium2 as pdfium

    from assistant.reading.pdf.visibility import Box as PageBox
    from assistant.settings import ReadingSettings

PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom; right and bottom lie outside."""

WIDTH = 1000
"""Of an image, in pixels, unless the page is so long that it would have too many."""
_MOST_PIXELS = 4_000_000
_LONGEST_SIDE = 4000
_MOST_BYTES = 4 * _MOST_PIXELS
_TOO_LARGE = "The image of its page takes too much room. Open the file itself."
_PNG = b"\x89PNG\r\n\x1a\n"
_FILL, _EDGE = (255, 236, 140), (176, 64, 0)
_EDGE_WIDTH = 2
_MARGIN = 3
"""Pixels between the words and the edge of their box."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page as it is seen, and where the words asked for stand on it."""

    png: bytes
    width: int
    height: int
    """In pixels."""
    boxes: tuple[PixelBox, ...] = ()
    """One for each line of the words, drawn on the image; empty where it is not certain where they stand."""


def part_on_page(document: Document, number: int, span: Span) -> tuple[str, Span] | None:
    """The text of a page, and the part of ``span`` that stands on it, counted from the page's start.

    None where nothing of the span stands on the page. ``number`` is 1-based, as in `Page`.
    """
    starts = [page.start for page in document.pages] + [len(document.text)]
    for index, page in enumerate(document.pages):
        begin, finish = starts[index], starts[index + 1]
        start, end = max(span.start, begin), min(span.end, finish)
        if page.number == number and document.text[start:end].strip():
            return document.text[begin:finish], Span(start - begin, end - begin)
    return None


def page_image(path: Path, number: int, limits: ReadingSettings, words: tuple[str, Span] | None = None) -> PageImage:
    """The image of a page, 1-based, with some of its words boxed; `part_on_page` gives these.

    Words whose place is not certain are not boxed at all.

    Raises:
        DocumentError: one line that names the file, what happened and what to do: it is missing, damaged, locked, has
            no such page, or took more time or memory than the limits allow.
    """
    text, span = words or ("", Span(0, 0))
    given = json.dumps({"page": number, "text": text, "start": span.start, "end": span.end})
    task = Task("assistant.reading.pdf.page_images", (), _MOST_BYTES, _TOO_LARGE, given.encode())
    child = Child(path, limits, task)
    try:
        return child.result(_taken)
    finally:
        child.end()


def _taken(result: bytes) -> PageImage:
    """What the child left, checked."""
    head, _, png = result.partition(b"\n")
    try:
        sides = json.loads(head)
        width, height, *edges = (int(side) for side in sides)
    except (ValueError, TypeError) as error:
        raise DocumentError("The image of its page is damaged. Try again.") from error
    boxes = tuple((edges[n], edges[n + 1], edges[n + 2], edges[n + 3]) for n in range(0, len(edges) - 3, 4))
    if not png.startswith(_PNG) or len(edges) % 4:
        raise DocumentError("The image of its page is damaged. Try again.")
    return PageImage(png, width, height, boxes)


# The rest runs in the child.


def main(arguments: Sequence[str]) -> int:
    """Draw one page in this process; returns the exit code. Arguments: path, result, MiB, seconds."""
    given = json.loads(Path(arguments[1]).with_name(GIVEN).read_bytes())
    words = (given["text"], Span(given["start"], given["end"]))
    return run(arguments, _load, lambda data: _draw(data, given["page"], words), _MOST_BYTES, _TOO_LARGE)


def _load(data: bytes) -> None:
    import PIL.PngImagePlugin  # noqa: F401

    from assistant.reading.detection import detect_kind
    from assistant.reading.pdf import places as pdf_places  # noqa: F401

    if detect_kind(data) != "pdf":
        raise DocumentError("It is no PDF, so it has no pages to show.")


def _draw(data: bytes, number: int, words: tuple[str, Span]) -> bytes:
    import pypdfium2 as pdfium

    from assistant.reading.pdf.files import open_pdf

    with open_pdf(data) as file:
        if not 1 <= number <= len(file):
            raise DocumentError(f"It has {len(file):,} pages, so there is no page {number:,}.")
        try:
            page = file.get_page(number - 1)
            try:
                return _drawn(page, words)
            finally:
                page.close()
        except pdfium.PdfiumError as error:
            raise DocumentError(f"Page {number} is broken and cannot be shown. Fetch the file again.") from error


def _drawn(page: pdfium.PdfPage, words: tuple[str, Span]) -> bytes:
    import io

    import numpy as np
    import PIL.Image

    width, height = page.get_size()
    if min(width, height) <= 0:
        raise DocumentError("The page has no size, so it cannot be shown.")
    scale = min(WIDTH / width, _LONGEST_SIDE / height, (_MOST_PIXELS / (width * height)) ** 0.5)
    # Drawn first: looking for words takes the page apart.
    bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
    try:
        pixels = np.array(bitmap.to_numpy()[:, :, :3])
    finally:
        bitmap.close()
    boxes = _pixel_boxes(page, words, scale, pixels.shape[1], pixels.shape[0])
    for left, top, right, bottom in boxes:
        spot = pixels[top:bottom, left:right]
        inner = spot[_EDGE_WIDTH:-_EDGE_WIDTH, _EDGE_WIDTH:-_EDGE_WIDTH].copy()
        spot[:] = _EDGE
        # Black letters stay black, white paper turns yellow.
        spot[_EDGE_WIDTH:-_EDGE_WIDTH, _EDGE_WIDTH:-_EDGE_WIDTH] = np.minimum(inner, np.array(_FILL, dtype=np.uint8))
    saved = io.BytesIO()
    PIL.Image.fromarray(pixels).save(saved, "PNG")
    head = [pixels.shape[1], pixels.shape[0], *(side for box in boxes for side in box)]
    return json.dumps(head).encode() + b"\n" + saved.getvalue()


def _pixel_boxes(
    page: pdfium.PdfPage, words: tuple[str, Span], scale: float, width: int, height: int
) -> list[PixelBox]:
    from assistant.reading.pdf.characters import see_glyphs
    from assistant.reading.pdf.places import place_words
    from assistant.reading.pdf.visibility import Turn

    if not words[0]:
        return []
    turn = Turn(page.get_bbox(), page.get_rotation())
    found: list[PageBox] = place_words(see_glyphs(page), *words) or []
    boxes: list[PixelBox] = []
    for left, top, right, bottom in (tuple(side * scale for side in turn.box(box)) for box in found):
        box = (
            max(int(left) - _MARGIN, 0),
            max(int(top) - _MARGIN, 0),
            min(int(right) + 1 + _MARGIN, width),
            min(int(bottom) + 1 + _MARGIN, height),
        )
        if box[2] - box[0] <= 2 * _EDGE_WIDTH or box[3] - box[1] <= 2 * _EDGE_WIDTH:
            return []
        boxes.append(box)
    return boxes


if __name__ == "__main__":
    serve(main)
