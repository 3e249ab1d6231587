"""PDFs in the ways that reports are set, and a check of its own of which words a box holds."""

from __future__ import annotations

import ctypes
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pypdf.generic import RectangleObject
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from assistant.reading.pdf.page_images import PageImage, page_image, part_on_page
from assistant.reading.pdf.reader import read_pdf
from assistant.records import Document, Span
from assistant.settings import ReadingSettings
from tests.reading.pdf_making import SENTENCES, Piece, Style, drawn, make_pdf, prose

NOTES = {str(n): f"Harbour Office, Register of boats and oars, part {n}, page {n + 3}." for n in range(1, 40)}
_SENTENCE = re.compile(r"\S.*?[.!?](?=\s|$)", re.DOTALL)


def varied(count: int, start: int = 0) -> str:
    """Sentences that all differ, in own words."""
    who = ("The pilot", "The warden", "The ferry company", "A member of the board", "The town council", "The fleet")
    does = ("counts", "paints", "mends", "inspects", "insures", "repays")
    what = ("lamps", "oars", "nets", "the moorings", "the slipway", "the customs house", "the fish market")
    return " ".join(
        f"{who[n % 6]} {does[n // 6 % 6]} {what[n % 7]} of quay number {n} before the tide of {n % 28 + 1} May, "
        f"and tells the office how many were found wanting."
        for n in range(start, start + count)
    )


def with_marks(text: str) -> str:
    """Note marks, 1 and onwards, within each sentence and behind every second one."""
    number = iter(range(1, 40))
    marked = re.sub(r"(office|fleet|agenda|quay number \d+)", lambda found: f"{found[1]}^[{next(number)}]", text)
    return re.sub(r"(\.)( [A-Z])(?=.{60})", lambda found: f".{found[2]}", marked)


def hyphenated(columns: int = 1) -> bytes:
    """Narrow lines, each broken within a word wherever that is possible."""

    def draw(canvas: Canvas) -> None:
        words = varied(14).split()
        x, y, line = 60.0, 780.0, ""
        while words:
            word = words.pop(0)
            if stringWidth(f"{line} {word}", "Helvetica", 11) < 210:
                line = f"{line} {word}".strip()
                continue
            if word.isalpha() and len(word) > 5:
                line, word = f"{line} {word[:3]}-", word[3:]
            canvas.drawString(x, y, line)
            line, y = word, y - 14
            if y < 480 and x < 100 and columns > 1:
                x, y = 330.0, 780.0
        canvas.drawString(x, y, line)

    return drawn(draw)


def ligatures() -> bytes:
    """Glyphs that stand for two letters, in a font that is in the file."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    registerFont(TTFont("Vera", "Vera.ttf"))

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Vera", 11)
        lines = ("The ofﬁce ﬁles every ﬂag that the ﬂeet ﬂies, and the ofﬁcer", "afﬁrms it. A ﬁne is ﬁnal.")
        for n, line in enumerate(lines):
            canvas.drawString(72, 700 - 15 * n, line)

    return drawn(draw)


def by_rows() -> bytes:
    """Two columns whose rows are written across both."""

    def draw(canvas: Canvas) -> None:
        left, right = _wrapped(varied(7), 215), _wrapped(varied(7, 50), 215)
        for n in range(max(len(left), len(right))):
            for x, lines in ((60, left), (310, right)):
                if n < len(lines):
                    canvas.drawString(x, 780 - 14 * n, lines[n])

    return drawn(draw)


def word_by_word() -> bytes:
    """Each word drawn alone, the last first."""

    def draw(canvas: Canvas) -> None:
        placed = []
        for n, line in enumerate(_wrapped(varied(8), 460)):
            x = 60.0
            for word in line.split():
                placed.append((x, 780 - 15 * n, word))
                x += stringWidth(word, "Helvetica", 11) + 4
        for x, y, word in reversed(placed):
            canvas.drawString(x, y, word)

    return drawn(draw)


def note_says_the_same() -> bytes:
    """A sentence of the body stands again, word for word, in a note at the foot."""
    same = SENTENCES[1]
    pieces = [Piece("paragraph", f"{varied(2)} {same[:-1]}.^[1] {varied(2, 9)}")]
    return make_pdf(pieces, {"1": f"Harbour Office: {same} Page 4."})


def sideways() -> bytes:
    """Text turned by a quarter on an upright page."""

    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        for n, line in enumerate(_wrapped(varied(6), 700)):
            canvas.drawString(60, -100 - 15 * n, line)

    return drawn(draw)


def repeated() -> bytes:
    """The same paragraph three times between others, and sentences that come again and again."""
    pieces = [Piece("paragraph", text) for text in (varied(2), prose(2), prose(2), varied(1, 5), prose(2), prose(14))]
    return make_pdf(pieces)


def repeated_in_columns() -> bytes:
    pieces = [Piece("paragraph", prose(5, n)) for n in range(12)]
    return make_pdf(pieces, style=Style(columns=2))


def table() -> bytes:
    rows = [f"Port of {name} | {varied(1, n)} | £{n}m." for n, name in enumerate(("Hull", "Leith", "Deal", "Rye"))]
    pieces = [Piece("paragraph", varied(2, 20)), Piece("table-header", "Port | What is done | Grant")]
    return make_pdf([*pieces, *(Piece("table-row", row) for row in rows), Piece("paragraph", varied(2, 30))])


def listed() -> bytes:
    items = [Piece("list-item", varied(1, n), 1, f"{n + 1}.") for n in range(8)]
    return make_pdf([Piece("heading", "What each must do", 1), Piece("paragraph", "Each must do this:"), *items])


def turned(data: bytes, angle: int) -> bytes:
    """The same file, each page turned by ``angle``."""
    writer = pypdf.PdfWriter(io.BytesIO(data))
    for page in writer.pages:
        page.rotate(angle)
    return _saved(writer)


def cropped(data: bytes, left: float = 40, bottom: float = 30, right: float = 15, top: float = 25) -> bytes:
    """The same file with its edges cut off."""
    writer = pypdf.PdfWriter(io.BytesIO(data))
    for page in writer.pages:
        x0, y0, x1, y1 = (float(side) for side in page.mediabox)
        page.cropbox = RectangleObject((x0 + left, y0 + bottom, x1 - right, y1 - top))
    return _saved(writer)


def _saved(writer: pypdf.PdfWriter) -> bytes:
    saved = io.BytesIO()
    writer.write(saved)
    return saved.getvalue()


def _wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        if stringWidth(f"{lines[-1]} {word}", "Helvetica", 11) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def report(columns: int = 1, justified: bool = False) -> bytes:
    """Pages with headings, running heads and notes."""
    pieces: list[Piece] = []
    for n in range(4):
        pieces += [Piece("heading", f"Section {'abcd'[n]} of the plan", 1 + n % 2)]
        pieces += [Piece("paragraph", with_marks(varied(6, 30 * n + 10 * m))) for m in range(3)]
    numbered = iter(NOTES)
    pieces = [Piece(p.kind, re.sub(r"\^\[\d+\]", lambda _: _next(numbered), p.text), p.level) for p in pieces]
    return make_pdf(pieces, NOTES, Style(columns=columns, justified=justified, head="Section a of the plan"))


def _next(numbers: Iterator[str]) -> str:
    number = next(numbers, None)
    return f"^[{number}]" if number else ""


FILES: dict[str, Callable[[], bytes]] = {
    "report": report,
    "report in two columns": lambda: report(columns=2),
    "report in three columns": lambda: report(columns=3),
    "justified report": lambda: report(justified=True),
    "report turned by 90": lambda: turned(report(), 90),
    "report turned by 180": lambda: turned(report(), 180),
    "report turned by 270": lambda: turned(report(columns=2), 270),
    "cropped report": lambda: cropped(report()),
    "cropped and turned": lambda: turned(cropped(report(columns=2)), 90),
    "hyphenated": hyphenated,
    "hyphenated in two columns": lambda: hyphenated(2),
    "ligatures": ligatures,
    "written by rows": by_rows,
    "written word by word": word_by_word,
    "a note that says the same": note_says_the_same,
    "text sideways": sideways,
    "repeated paragraphs": repeated,
    "repeated in columns": repeated_in_columns,
    "table": table,
    "numbered list": listed,
}


@dataclass(frozen=True)
class Place:
    """A character on a page image, by its middle, in pixels."""

    text: str
    x: float
    y: float


def characters(data: bytes, number: int, image: PageImage) -> list[Place]:
    """Every character of a page where pdfium itself puts it on an image of this size."""
    file = pdfium.PdfDocument(data)
    try:
        page = file.get_page(number - 1)
        textpage = page.get_textpage()
        places = []
        box = [ctypes.c_double() for _ in range(4)]
        x, y = ctypes.c_int(), ctypes.c_int()
        for index in range(raw.FPDFText_CountChars(textpage.raw)):
            character = chr(raw.FPDFText_GetUnicode(textpage.raw, index))
            if letters(character) and raw.FPDFText_GetCharBox(textpage.raw, index, *box):
                left, right, bottom, top = (side.value for side in box)
                middle = ((left + right) / 2, (bottom + top) / 2)
                raw.FPDF_PageToDevice(page.raw, 0, 0, image.width, image.height, 0, *middle, x, y)
                places.append(Place(character, x.value, y.value))
        textpage.close()
        page.close()
        return places
    finally:
        file.close()


def letters(text: str) -> str:
    """Letters and digits alone, ligatures undone."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text))).lower()


def boxed_letters(places: list[Place], image: PageImage) -> str:
    """Letters in the boxes, in the order of the file's content."""
    return "".join(
        letters(place.text)
        for place in places
        if any(box[0] <= place.x < box[2] and box[1] <= place.y < box[3] for box in image.boxes)
    )


def sentences(document: Document) -> list[Span]:
    """Every sentence of a document."""
    return [
        Span(block.start + found.start(), block.start + found.end())
        for block in document.blocks
        for found in _SENTENCE.finditer(document.text[block.start : block.end])
    ]


def marks_in(document: Document, span: Span) -> Counter[str]:
    """Digits of the marks that stand on the page within the words, and not in the text."""
    return Counter("".join(number.split()[0] for number in document.notes_in(span)))


def outcomes(data: bytes, path: Path, step: int = 1) -> Counter[str]:
    """How many sentences of a PDF, of every ``step``-th, are boxed ``right``, ``wrong`` or ``not`` at all."""
    path.write_bytes(data)
    document = read_pdf(data)
    counts: Counter[str] = Counter()
    for span in sentences(document)[::step]:
        found = set()
        for page in document.pages:
            if part := part_on_page(document, page.number, span):
                image = page_image(path, page.number, ReadingSettings(), part)
                wanted = Counter(letters(part[0][part[1].start : part[1].end]))
                held = Counter(boxed_letters(characters(data, page.number, image), image))
                is_right = wanted <= held and held - wanted <= marks_in(document, span)
                found.add("not" if not image.boxes else "right" if is_right else "wrong")
        counts["wrong" if "wrong" in found else "not" if "not" in found else "right"] += 1
    return counts


def main() -> None:
    """Print the outcomes of all sentences of all files."""
    total: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        for name, make in FILES.items():
            counts = outcomes(make(), Path(folder, "file.pdf"))
            total += counts
            print(f"{name:28}", dict(counts), flush=True)
    print(f"{'all':28}", dict(total))


if __name__ == "__main__":
    main()
