"""What of a web page is its content and not its furniture."""

from __future__ import annotations

import re

from lxml import html

from assistant.errors import DocumentError
from assistant.reading.html.hiding import drop
from assistant.reading.html.styles import Element

_FURNITURE_ROLES = frozenset({"navigation", "banner", "contentinfo", "search", "complementary"})
_FURNITURE_CLASSES = frozenset(
    "app-c-contents-list gem-c-contents-list govuk-accordion__section-toggle gem-c-attachment__metadata "
    "app-c-back-to-top app-c-print-link gem-c-print-link gem-c-metadata "
    "gem-c-feedback gem-c-share-links gem-c-breadcrumbs gem-c-related-navigation gem-c-cookie-banner "
    "govuk-cookie-banner govuk-breadcrumbs govuk-skip-link govuk-visually-hidden visually-hidden visuallyhidden "
    "sr-only screen-reader-text".split()
)


def parse_page(text: str) -> Element:
    """The root element of a page, without comments.

    Raises:
        DocumentError: there is no markup in it, or it nests deeper than any honest page.
    """
    # U+0000 and other controls end libxml2's reading early; a huge tree lifts its limit on the length of one text.
    clean = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", " ", text)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        page = html.document_fromstring(clean.encode("utf-8"), parser=parser)
    except (html.etree.ParserError, html.etree.XMLSyntaxError, ValueError) as error:
        if getattr(error, "code", None) == html.etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise DocumentError(f"The page cannot be read ({error}). Fetch or save it again.") from error
    # The parser recovers from a fatal fault by dropping the rest: a page that is read in part must not pass for whole.
    if fatal := [fault for fault in parser.error_log if fault.level == html.etree.ErrorLevels.FATAL]:
        raise DocumentError(
            f"The page cannot be read as a whole ({fatal[0].message.partition(',')[0]}). Save it as PDF from a browser."
        )
    return page


def take_notices(page: Element) -> list[str]:
    """Words of the notices that GOV.UK sets above a page (withdrawn, of a former government), taken out of it."""
    notices = [element for element in page.iter("section", "div") if "gem-c-notice" in _classes(element)]
    words = [" ".join(" ".join(notice.itertext()).split()) for notice in notices]
    for notice in notices:
        drop(notice)
    return [said for said in words if said]


def content_roots(page: Element) -> list[Element]:
    """The elements that hold the content, in order: GOV.UK's govspeak, else main, a lone article, or the body."""
    govspeak = [
        element
        for element in page.iter("div", "section", "main")
        if {"govspeak", "gem-c-govspeak"} & _classes(element) and element.text_content().strip()
    ]
    if govspeak:
        inner = set(govspeak)
        return [element for element in govspeak if not any(outer in inner for outer in element.iterancestors())]
    mains = [element for element in page.iter() if element.tag == "main" or element.get("role") == "main"]
    if filled := [element for element in mains if element.text_content().strip()]:
        return [max(filled, key=lambda element: len(element.text_content()))]
    articles = [element for element in page.iter("article") if element.text_content().strip()]
    if len(articles) == 1:
        return articles
    body = page.find("body")
    return [page if body is None else body]


def drop_furniture(root: Element) -> None:
    """Take out of the content what serves the site: navigation, page heads and feet, forms, asides, contents lists."""
    for element in list(root.iter()):
        if element is not root and _is_furniture(element):
            if element.tag == "header":
                _keep_title_of(element)
            drop(element)


def page_title(page: Element) -> str | None:
    """The page's first heading of level 1, or else its ``title`` without the site's name."""
    for element in page.iter("h1"):
        if text := " ".join(element.text_content().split()):
            return str(text)
    title = " ".join((page.findtext(".//title") or "").split())
    return re.sub(r"\s+[-–|]\s+GOV\.UK$", "", title) or None


def _is_furniture(element: Element) -> bool:
    if element.tag in ("nav", "aside", "header") or element.get("role") in _FURNITURE_ROLES:
        return True
    if element.tag == "footer":  # inside a quotation it names who is quoted
        return not any(outer.tag == "blockquote" for outer in element.iterancestors())
    if element.tag == "form":  # some sites wrap the whole page in one
        return next(element.iter("h1", "main", "article"), None) is None
    return not _FURNITURE_CLASSES.isdisjoint(_classes(element)) or _offers_formats(element)


def _offers_formats(element: Element) -> bool:
    """True for the offer of an accessible format below an attachment."""
    return element.tag == "details" and any("gem-c-attachment" in _classes(outer) for outer in element.iterancestors())


def _keep_title_of(header: Element) -> None:
    for heading in list(header.iter("h1")):
        heading.tail = None
        header.addprevious(heading)


def _classes(element: Element) -> set[str]:
    return set((element.get("class") or "").split())
