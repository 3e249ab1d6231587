"""Serve the library's PDFs over HTTP: the file itself, and images of its pages with a quote boxed.

Only PDFs that the present index was built from are served, byte for byte. Other formats could run as a page of ours.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError, DocumentError
from assistant.library import Library
from assistant.reading.child import BusyError
from assistant.reading.pdf.page_images import PageImage, page_image, part_on_page
from assistant.records import Document, Quote, Source, Span
from assistant.sources.fetching.store import kept_version
from assistant.text.printable import printed_label

AT_ONCE = 2
"""Pages drawn at the same time, each in a process."""
WAITING = 32
"""Most requests that may wait for a page; further ones are refused."""
_MOST_IMAGES, _MOST_IMAGE_BYTES = 64, 32 * 2**20
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
GUARDS = {"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"}


class NotServedError(Exception):
    """A request that is refused; the message is for the reader."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def source_routes(current: Callable[[], Library]) -> list[Route]:
    """Return the routes of the library's PDFs; they call ``current`` for the library."""
    pages = _Pages()

    async def send_file(request: Request) -> Response:
        document = request.path_params["document"]
        try:
            path = await to_thread.run_sync(lambda: _checked_file(current(), document)[0])
        except (NotServedError, AssistantError) as error:
            return refusal(error)
        return FileResponse(
            path,
            media_type="application/pdf",
            filename=f"{document}.pdf",
            content_disposition_type="inline",
            # A new version of a document has the same address.
            headers=GUARDS | {"Cache-Control": "private, no-cache"},
        )

    async def send_page(request: Request) -> Response:
        try:
            image = await pages.draw(current, request)
        except (NotServedError, AssistantError) as error:
            return refusal(error)
        headers = {"Cache-Control": "private, max-age=3600", "X-Quoted-Words": "boxed" if image.boxes else "not boxed"}
        return Response(image.png, media_type="image/png", headers=GUARDS | headers)

    return [
        Route("/sources/{document}", send_file),
        Route("/sources/{document}/pages/{number}.png", send_page),
    ]


def pdf_address(document: str, library: Library) -> str | None:
    """Return the address of a document's PDF; None if it was not indexed from one."""
    found = _indexed(library, document)
    if found is None or not found[0].is_file() or not library.generation.document(document).pages:
        return None
    return f"/sources/{document}"


def page_image_address(quote: Quote, library: Library, page: int | None = None) -> str | None:
    """Return the address of the image of a quote's page, with its words boxed; None if there is no PDF or page.

    ``page`` is another page that the quote runs over, as `quote_pages` gives them.
    """
    if quote.page is None or quote.part != "body" or quote.form != "quote" or not pdf_address(quote.document, library):
        return None
    return f"/sources/{quote.document}/pages/{page or quote.page}.png?start={quote.start}&end={quote.end}"


def quote_pages(quote: Quote, library: Library) -> tuple[int, ...]:
    """Return every page that a quote is on, 1-based, in order; empty if its document has no pages."""
    if quote.page is None or quote.part != "body":
        return ()
    document = library.generation.document(quote.document)
    span = Span(quote.start, quote.end)
    numbers = [page.number for page in document.pages if page.start < span.end]
    return tuple(number for number in numbers if part_on_page(document, number, span) is not None)


def page_image_words(quote: Quote) -> str:
    """Return the alternative text of a page's image; words whose place is uncertain are not boxed."""
    label = printed_label(quote.page_label) or quote.page
    return f"Page {label} of {quote.publisher}, {quote.title}, with the quoted words boxed if their place is certain"


# Files.


def _indexed(library: Library, document: str) -> tuple[Path, str] | None:
    """Return where the indexed original should be, and its SHA-256; None if none was indexed."""
    source: Source | None = library.sources.get(document)
    entry = library.generation.manifest.texts.get(document)
    if source is None or entry is None or entry.form != "original" or not entry.digest:
        return None
    corpus = library.settings.corpus
    if source.file is not None:
        return corpus / source.file, entry.digest
    return kept_version(corpus, document, entry.digest, "pdf"), entry.digest


def _checked_file(library: Library, document: str) -> tuple[Path, str]:
    """Return the path of a document's PDF, unchanged since it was indexed, and its SHA-256.

    Raises:
        NotServedError: there is none, or it has changed.
    """
    found = _indexed(library, document)
    # Only PDFs have pages.
    if found is None or not library.generation.document(document).pages:
        raise NotServedError(404, "The library has no PDF at this address.")
    path, digest = found
    try:
        status = path.lstat()
        if not S_ISREG(status.st_mode) or not path.resolve().is_relative_to(library.settings.corpus.resolve()):
            raise NotServedError(404, "This document's file is not an ordinary file in the library's folder.")
        held = _digest(path, (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns))
    except OSError:
        raise NotServedError(404, "This document's file no longer exists.") from None
    if held != digest:
        raise NotServedError(404, "This document's file has changed since it was indexed, so it is not shown.")
    return path, digest


@lru_cache(maxsize=256)
def _digest(path: Path, state: tuple[int, ...]) -> str:
    """Return the SHA-256 of a file; ``state`` is the cache key for what the path held at the time."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Pages.


class _Pages:
    """Draws pages, a few at a time, and caches the latest."""

    def __init__(self) -> None:
        self._limiter = CapacityLimiter(AT_ONCE)
        self._waiting = 0
        self._images: OrderedDict[tuple[str, int, Span | None], PageImage] = OrderedDict()
        self._lock = threading.Lock()

    async def draw(self, current: Callable[[], Library], request: Request) -> PageImage:
        number, span = _page_number(request), _span(request)
        library = await to_thread.run_sync(current)
        path, digest = await to_thread.run_sync(_checked_file, library, request.path_params["document"])
        words = None
        if span is not None:
            document = await to_thread.run_sync(library.generation.document, request.path_params["document"])
            words = _words_on_page(document, number, span)
        key = (digest, number, span)
        if (image := self._kept(key)) is not None:
            return image
        if self._waiting >= WAITING:
            raise NotServedError(503, "Too many pages are being drawn. Try again in a moment.")
        self._waiting += 1
        try:
            return await to_thread.run_sync(self._drawn, key, path, library, words, limiter=self._limiter)
        except DocumentError as error:
            # Do not tell readers where the file is.
            sentence = str(error).removeprefix(f"{path}: ")
            status = 503 if isinstance(error, BusyError) else 404
            raise NotServedError(status, f"This page cannot be shown. {sentence}") from error
        finally:
            self._waiting -= 1

    def _drawn(
        self,
        key: tuple[str, int, Span | None],
        path: Path,
        library: Library,
        words: tuple[str, Span] | None,
    ) -> PageImage:
        # Another request may have drawn it in the meantime.
        image = self._kept(key) or page_image(path, key[1], library.settings.reading, words)
        with self._lock:
            self._images[key] = image
            while len(self._images) > _MOST_IMAGES or self._size() > _MOST_IMAGE_BYTES:
                self._images.popitem(last=False)
        return image

    def _kept(self, key: tuple[str, int, Span | None]) -> PageImage | None:
        with self._lock:
            if key in self._images:
                self._images.move_to_end(key)
            return self._images.get(key)

    def _size(self) -> int:
        return sum(len(image.png) for image in self._images.values())


def _page_number(request: Request) -> int:
    given = request.path_params["number"]
    if not _NUMBER.fullmatch(given) or int(given) < 1:
        raise NotServedError(404, "There is no such page. Pages are numbered from 1.")
    return int(given)


def _span(request: Request) -> Span | None:
    """Return the words to box; None if the address names none."""
    start, end = request.query_params.get("start"), request.query_params.get("end")
    if start is None and end is None:
        return None
    if not _NUMBER.fullmatch(start or "") or not _NUMBER.fullmatch(end or "") or int(start or 0) >= int(end or 0):
        raise NotServedError(400, "start and end must be whole numbers, and start less than end.")
    return Span(int(start or 0), int(end or 0))


def _words_on_page(document: Document, number: int, span: Span) -> tuple[str, Span]:
    if span.end > len(document.text):
        raise NotServedError(400, f"end must be at most {len(document.text)}, the length of the document's text.")
    words = part_on_page(document, number, span)
    if words is None:
        raise NotServedError(400, f"None of these words are on page {number}.")
    return words


def refusal(error: Exception) -> Response:
    """Return the sentence of a request that is refused, or that cannot be answered now."""
    status = error.status if isinstance(error, NotServedError) else 503
    return PlainTextResponse(str(error), status, headers=GUARDS | {"Cache-Control": "no-store"})
