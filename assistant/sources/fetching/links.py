"""The documents that a publisher's page links, and how much a link is named like the document that is wanted."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from assistant.errors import FetchError
from assistant.reading.builder import normalise
from assistant.sources.fetching.network import parse_address

Form = Literal["file", "publication"]

_MARKUP_CHARS = 2_000_000
"""Longest piece of HTML searched for links."""
_MOST_LINKS = 5000
_LINK_CHARS = 2000
"""Longest words of a link, markup included."""
_OPENING = re.compile(r"<a\s([^<>]{1,4000})>", re.IGNORECASE)
_CLOSING = re.compile(r"</?a\b", re.IGNORECASE)
_TARGET = re.compile(r"""(?<![\w-])href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_SHARE_OF_TITLE = 0.75
"""Least share of a title's words in the name of a PDF that any page links. Chosen by hand: three words of four."""
_PARTS = frozenset({"summary", "annex", "annexes", "appendix", "appendices", "slides", "infographic", "translation"})
"""A PDF with such a word in its name, where the title has none, is not the whole document."""


@dataclass(frozen=True, slots=True)
class Link:
    """A document that a landing page names."""

    url: str
    title: str
    form: Form
    """A file to download, or an HTML publication to ask GOV.UK's Content API for."""
    locale: str = "en"

    @property
    def is_pdf(self) -> bool:
        """True when it is named as a PDF; its content decides."""
        return self.form == "file" and urlsplit(self.url).path.lower().endswith(".pdf")


def linked_pdfs(page: bytes, url: str, title: str) -> list[Link]:
    """Return the PDFs that a web page links and that are named like ``title``, the likeliest first.

    A link's name is its words or its file's name. The part of the title before a colon is enough.

    Raises:
        FetchError: there is none.
    """
    short = title.partition(":")[0]
    found: dict[str, tuple[float, Link]] = {}
    for href, words in links_in(page.decode("utf-8", "replace")):
        try:
            link = Link(str(parse_address(href, base=url)), words, "file")
        except FetchError:
            continue
        names = (words, unquote(PurePosixPath(urlsplit(link.url).path).stem))
        like = max((likeness(name, title) for name in names if _names(name, short)), default=0.0)
        if link.is_pdf and like > found.get(link.url, (0.0, link))[0]:
            found[link.url] = like, link
    if not found:
        raise FetchError(
            f"{url} links no PDF named like {title!r}; list the file's address under `originals` in catalogue.toml"
        )
    return [link for _, link in sorted(found.values(), key=lambda item: -item[0])]


def likeness(name: str, title: str) -> float:
    """Return the shared words as a share of all words of the two, 0 to 1.

    >>> likeness("Harbour_plan", "Harbour plan: boats")
    0.6666666666666666
    """
    left, right = _words(name), _words(title)
    return len(left & right) / len(left | right) if left and right else 0.0


def _names(name: str, title: str) -> bool:
    wanted, given = _words(title), _words(name)
    return len(wanted & given) >= _SHARE_OF_TITLE * len(wanted) > 0 and not (given - wanted) & _PARTS


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.casefold()))


def links_in(markup: str) -> Iterator[tuple[str, str]]:
    """Yield the target and the words of each link in a piece of HTML; a link on a picture has no words.

    By patterns and not with a parser: each piece of hostile markup is looked at a limited number of times.
    """
    markup = markup[:_MARKUP_CHARS]
    for opening in islice(_OPENING.finditer(markup), _MOST_LINKS):
        if target := _TARGET.search(opening[1]):
            after = markup[opening.end() : opening.end() + _LINK_CHARS]
            yield html.unescape(next(filter(None, target.groups()), "")), text_of(_CLOSING.split(after, maxsplit=1)[0])


def text_of(markup: str) -> str:
    """Return the words of a piece of HTML, with single spaces."""
    return normalise(html.unescape(_TAG.sub(" ", markup[:_MARKUP_CHARS])))
