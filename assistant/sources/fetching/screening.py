"""Is the response the document? Servers answer 200 with sign-in pages, cookie notices and "not found" pages."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import urlsplit

from assistant.errors import DocumentError, FetchError
from assistant.reading.detection import detect_kind

OriginalKind = Literal["pdf", "html", "word"]

EXTENSIONS: dict[OriginalKind, str] = {"pdf": ".pdf", "html": ".html", "word": ".docx"}

MIN_PAGE_WORDS = 500
"""Fewest words of main text for a web page to count as a document; a table of contents is made of links and has few."""
_FILE_NAMES = frozenset({".pdf", ".doc", ".docx"})
_PROBE_BYTES = 2 * 1024 * 1024
_SLICE_BYTES = 1 << 16
_PDF_TAIL_BYTES = 4096
_NOT_MAIN = frozenset(
    {"script", "style", "noscript", "template", "nav", "header", "footer", "aside", "select", "title", "a"}
)


def screen(data: bytes, url: str) -> OriginalKind:
    """Return the kind of an original, by its content.

    Raises:
        FetchError: it is not a PDF, Word file or web page, is cut short, or is a page that cannot be the document.
    """
    try:
        kind = detect_kind(data)
    except DocumentError as error:
        raise FetchError(f"{url}: the response is not a document ({error})") from error
    if kind == "markdown":
        raise FetchError(f"{url}: the response is plain text, where a PDF, a Word file or a web page was expected")
    if kind == "pdf" and b"%%EOF" not in data[-_PDF_TAIL_BYTES:]:
        raise FetchError(f"{url}: the PDF is cut short: its end mark is missing after {len(data)} bytes")
    if kind == "html":
        _screen_page(data, url)
    return kind


def names_file(url: str) -> bool:
    """Return whether the address ends in the name of a PDF or Word file."""
    return PurePosixPath(urlsplit(url).path).suffix.lower() in _FILE_NAMES


def main_words(data: bytes, enough: int) -> int:
    """Count the words of a page's main text, up to about ``enough``; menus, links, scripts, headers and footers are
    left out.
    """
    counter = _WordCounter()
    for start in range(0, min(len(data), _PROBE_BYTES), _SLICE_BYTES):
        try:
            counter.feed(data[start : start + _SLICE_BYTES].decode("utf-8", "replace"))
        except AssertionError:  # html.parser raises this for a marked section that it does not know
            break
        if counter.words >= enough:
            break
    return counter.words


def _screen_page(data: bytes, url: str) -> None:
    if names_file(url):
        raise FetchError(f"{url}: a web page came instead of the file; it may ask to sign in or accept cookies")
    words = main_words(data, MIN_PAGE_WORDS)
    if words < MIN_PAGE_WORDS:
        raise FetchError(
            f"{url}: the web page has {words} words of main text, fewer than the {MIN_PAGE_WORDS} of a "
            "document; it may ask to sign in or accept cookies"
        )


class _WordCounter(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words = 0
        self._outside = ""
        """The outermost open element that is not main text."""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self._outside and tag in _NOT_MAIN:
            self._outside = tag
        if tag == self._outside:
            self._depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == self._outside:
            self._depth -= 1
            if not self._depth:
                self._outside = ""

    def handle_data(self, data: str) -> None:
        if not self._outside:
            self.words += len(data.split())
