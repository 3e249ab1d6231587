"""Files that are broken or mean harm, made when a test needs them."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Iterable
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from tests.reading.word_making import paragraph, plain_word_file, word_file, zipped


def printed_pdf(text: str = "", password: str | None = None) -> bytes:
    """A PDF of one page, with one line of text, or with a drawing and none."""
    saved = BytesIO()
    canvas = Canvas(saved, encrypt=password)
    if text:
        canvas.drawString(72, 700, text)
    else:
        canvas.rect(72, 400, 300, 300, fill=1)
    canvas.showPage()
    canvas.save()
    return saved.getvalue()


def pdf_of(objects: Iterable[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    made = BytesIO()
    made.write(b"%PDF-1.7\n")
    places: list[int] = []
    for number, content in enumerate(objects, start=1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    made.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    made.write(b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, start))
    return made.getvalue()


def packed_zeros(megabytes: int) -> bytes:
    """A zlib stream of that many MiB of zeros; made by repeating one packed block, so it costs nothing."""
    packer = zlib.compressobj(9)
    block = bytes(2**20)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    length = megabytes * 2**20
    checksum = (length % 65521) << 16 | 1
    return first + again * (megabytes - 1) + b"\x03\x00" + struct.pack(">I", checksum)


def _one_page(stream: bytes, entries: bytes) -> bytes:
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
            b"<< %b >>\nstream\n%b\nendstream" % (entries, stream),
        ]
    )


def stream_of_5_gb() -> bytes:
    """A page whose contents unpack to 5 GB."""
    stream = packed_zeros(5 * 1024)
    return _one_page(stream, b"/Length %d /Filter /FlateDecode" % len(stream))


def declared_5_gb() -> bytes:
    """A page whose contents say that they are 5 GB long, and are not."""
    return _one_page(b"BT ET", b"/Length 5368709120")


def cyclic_page_tree() -> bytes:
    """Pages that hold the pages that hold them."""
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1000 >>",
            b"<< /Type /Pages /Parent 2 0 R /Kids [2 0 R] /Count 1000 >>",
        ]
    )


def millions_of_objects(count: int = 2_000_000) -> bytes:
    """A page tree of two million empty pages, each an object."""
    page = b"<</Type/Page/Parent 2 0 R>>"
    kids = b" ".join(b"%d 0 R" % number for number in range(3, count + 3))
    tree = b"<< /Type /Pages /Count %d /Kids [%b] >>" % (count, kids)
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", tree, *[page] * count])


def noise(length: int = 100_000) -> bytes:
    """The same random bytes every time."""
    return random.Random(7).randbytes(length)


def billion_laughs() -> bytes:
    """A Word file whose one word is ten billion."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
    declaration = f'<!DOCTYPE w:document [<!ENTITY l0 "ha">{laughs}]>'
    return word_file(paragraph("&l10;"), declaration=declaration)


def zip_bomb() -> bytes:
    """A Word file with a part of 100 MB that packs into 100 kB."""
    return zipped({"word/document.xml": b"<w/>", "word/media/image1.bmp": bytes(100_000_000)})


def pretended_word_file() -> bytes:
    """A Word file by its table of contents only."""
    return zipped({"word/document.xml": noise(1000)})


def spreadsheet() -> bytes:
    """A workbook, by its parts."""
    return zipped({"xl/workbook.xml": b"<workbook/>", "[Content_Types].xml": b"<Types/>"})


HOSTILE: dict[str, Callable[[], bytes]] = {
    "truncated.pdf": lambda: printed_pdf("Clean rivers.")[:-400],
    "encrypted.pdf": lambda: printed_pdf("Clean rivers.", password="secret"),
    "scan.pdf": printed_pdf,
    "cyclic.pdf": cyclic_page_tree,
    "declared-5-gb.pdf": declared_5_gb,
    "picture.pdf": lambda: b"\x89PNG\r\n\x1a\n" + noise(1000),
    "spreadsheet.docx": spreadsheet,
    "pretended.docx": pretended_word_file,
    "truncated.docx": lambda: plain_word_file("Clean rivers.")[:-500],
    "billion-laughs.docx": billion_laughs,
    "zip-bomb.docx": zip_bomb,
    "old.doc": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
    "deep.html": lambda: b"<!doctype html>" + b"<div>" * 100_000 + b"deep",
    "scripted.html": lambda: b"<!doctype html><body><script>write('words')</script></body>",
    "noise.md": noise,
    "blank.md": lambda: b" \n\t\n",
    "empty.md": lambda: b"",
}
"""By name, what makes a file that cannot be read; those that take more than a moment are not among them."""
