"""Opening PDF files: what is wrong with one is said here, and its outline, labels and title are read."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import pypdf
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from assistant.errors import DocumentError
from assistant.reading.builder import normalise
from assistant.reading.pdf.blocks import OutlineEntry

MAX_PAGES = 10_000
_MAX_BOOKMARKS = 20_000
_NO_TITLE = re.compile(r"microsoft word|untitled|\.(docx?|indd|pdf|qxd|pptx?)\b|^\W*$|^\S+[_-]\S*$", re.IGNORECASE)
_ROMAN = "(?=[ivxlcdm])m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_COUNT = rf"(?:[0-9]{{1,5}}|{_ROMAN}|(?P<letter>[a-z])(?P=letter){{0,2}})"
# Arabic, roman or letters, behind a short prefix or the number of a chapter: 12, iv, BB, A-3, App.2, S12, 3-14.
_LABEL = re.compile(rf"[a-z]{{1,3}}[0-9]{{1,5}}|(?:(?:[a-z]{{1,4}}|[0-9]{{1,3}})[-–.]){{0,2}}{_COUNT}", re.I | re.A)
# What pypdf lets through, besides its own errors, on files that are not what they say.
_PYPDF_ERRORS = (
    PyPdfError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
    AssertionError,
    NotImplementedError,
    struct.error,
    zlib.error,
)

logging.getLogger("pypdf").addHandler(logging.NullHandler())


@contextmanager
def open_pdf(data: bytes) -> Iterator[pdfium.PdfDocument]:
    """The opened file, closed again at the end.

    Raises:
        DocumentError: the file is empty, no PDF, cut short, broken, locked by a password, or claims too many pages.
    """
    _check_ends(data)
    try:
        file = pdfium.PdfDocument(data, password="")
    except pdfium.PdfiumError as error:
        raise _refusal(error) from error
    try:
        if len(file) > MAX_PAGES:
            raise DocumentError(f"The PDF claims {len(file):,} pages; at most {MAX_PAGES:,} are read. Split it.")
        _check_page_tree(data)
        yield file
    finally:
        file.close()


def _check_ends(data: bytes) -> None:
    if not data:
        raise DocumentError("The file is empty. Fetch or save it again.")
    if b"%PDF-" not in data[:1024]:
        raise DocumentError("The file is not a PDF: it does not begin with %PDF. Check what was saved.")
    if b"%%EOF" not in data.rstrip(b"\0 \t\r\n")[-1024:]:
        raise DocumentError("The PDF is cut short: its end is missing. Fetch or save it again.")


def _refusal(error: pdfium.PdfiumError) -> DocumentError:
    if error.err_code == raw.FPDF_ERR_PASSWORD:
        return DocumentError("The PDF is encrypted and needs a password. Save it without one and add it again.")
    if error.err_code == raw.FPDF_ERR_SECURITY:
        return DocumentError("The PDF is encrypted in a way that cannot be read. Save it without protection.")
    return DocumentError("The PDF is broken and cannot be opened. Fetch it again, or print it to a new PDF.")


def _check_page_tree(data: bytes) -> None:
    """Refuse a page tree that leads back into itself: pdfium would read the same pages again and again."""
    logging.getLogger("pypdf").propagate = False
    try:
        root = pypdf.PdfReader(io.BytesIO(data)).trailer["/Root"]
        pages = root.raw_get("/Pages") if isinstance(root, DictionaryObject) else None
        is_cyclic = _leads_back(pages)
    except _PYPDF_ERRORS:
        return  # pdfium reads more broken files than pypdf does
    finally:
        logging.getLogger("pypdf").propagate = True
    if is_cyclic:
        raise DocumentError("The PDF is broken: its page tree leads back into itself. Fetch or print it again.")


def _leads_back(pages: object) -> bool:
    """Depth first through /Kids, without recursion; a node met again on its own path is a cycle."""
    path: list[int] = []
    waiting: list[tuple[object, int]] = [(pages, 0)]
    visited = 0
    while waiting and visited <= 4 * MAX_PAGES:
        node, depth = waiting.pop()
        visited += 1
        del path[depth:]
        if not isinstance(node, IndirectObject):
            continue
        if node.idnum in path:
            return True
        path.append(node.idnum)
        held = node.get_object()
        kids = held.get("/Kids") if isinstance(held, DictionaryObject) else None
        if isinstance(kids, ArrayObject):
            waiting += [(kid, depth + 1) for kid in reversed(list(list.__iter__(kids)))]
    return False


def read_outline(file: pdfium.PdfDocument) -> list[OutlineEntry]:
    """The file's bookmarks, outermost level 1."""
    entries: list[OutlineEntry] = []
    for bookmark in file.get_toc():
        if len(entries) >= _MAX_BOOKMARKS:
            break
        try:
            title = normalise(bookmark.get_title())
        except UnicodeDecodeError:
            continue
        destination = bookmark.get_dest()
        if title:
            entries.append(OutlineEntry(title, bookmark.level + 1, destination.get_index() if destination else None))
    return entries


def read_labels(file: pdfium.PdfDocument) -> list[str | None]:
    """Page labels that the file itself holds; None where it names none, or other words than a page number.

    A label is shown in citations, and a file may write anything there.
    """
    labels: list[str | None] = []
    for index in range(len(file)):
        try:
            label = normalise(file.get_page_label(index))
        except UnicodeDecodeError:
            label = ""
        labels.append(label if _LABEL.fullmatch(label) else None)
    return labels


def read_title(file: pdfium.PdfDocument) -> str | None:
    """The title in the file's properties, unless it is a file name or a program's placeholder."""
    try:
        title = normalise(file.get_metadata_value("Title"))
    except UnicodeDecodeError:
        return None
    return title if title and not _NO_TITLE.search(title) else None
