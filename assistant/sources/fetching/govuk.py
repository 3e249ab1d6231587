"""GOV.UK landing pages: the documents that they name, from the Content API's JSON.

A landing page names its documents in ``details.attachments``, older ones in ``details.documents`` as pieces of HTML. An
HTML publication is its own content item, with the whole document in ``details.body``.

Source: the `publication` and `html_publication` content schemas,
    https://docs.publishing.service.gov.uk/content-schemas/
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError

from assistant.errors import FetchError
from assistant.reading.builder import normalise
from assistant.sources.fetching.links import Form, Link, likeness, links_in, text_of
from assistant.sources.fetching.network import parse_address
from assistant.sources.fetching.screening import MIN_PAGE_WORDS, main_words, names_file

HOST = "www.gov.uk"
ASSETS_HOST = "assets.publishing.service.gov.uk"
HOSTS = frozenset({HOST, ASSETS_HOST})

_ROOT = f"https://{HOST}"
_NOT_PAGES = ("/api/", "/media/", "/assets/", "/government/uploads/")
_MIN_PUBLICATION_WORDS = 50
"""Fewest words of an HTML publication; a removed one keeps a sentence that says so."""
_MIN_LIKENESS = 0.25
_PDF_MARGIN = 0.25
"""How much less like the title a PDF's name may be and still rank above the web version: it has pages to cite."""


class _Attachment(BaseModel):
    attachment_type: str | None = None
    url: str | None = None
    title: str | None = None
    filename: str | None = None
    locale: str | None = None


class _Child(BaseModel):
    base_path: str | None = None
    title: str | None = None
    document_type: str | None = None
    locale: str | None = None


class _Details(BaseModel):
    body: str | None = None
    attachments: list[_Attachment] = []
    documents: list[str] = []


class _Links(BaseModel):
    children: list[_Child] = []


class _WithdrawnNotice(BaseModel):
    explanation: str | None = None
    withdrawn_at: str | None = None


class Item(BaseModel):
    """The fields of a content item that we use; any may be missing."""

    title: str = ""
    base_path: str = ""
    locale: str = "en"
    document_type: str | None = None
    details: _Details = Field(default_factory=_Details)
    links: _Links = Field(default_factory=_Links)
    withdrawn_notice: _WithdrawnNotice | None = None


def is_page(url: str) -> bool:
    """Return whether the address is a GOV.UK page, not a file or another publisher's address."""
    parts = urlsplit(url)
    return (
        parts.hostname in (HOST, "gov.uk")
        and len(parts.path) > 1
        and not parts.path.startswith(_NOT_PAGES)
        and not names_file(url)
    )


def api_address(url: str) -> str:
    """Return where the Content API describes the page at ``url``."""
    return f"{_ROOT}/api/content{urlsplit(url).path.rstrip('/')}"


def parse_item(data: bytes, url: str) -> Item:
    """Return the content item of the page at ``url``.

    Raises:
        FetchError: the answer is not the JSON of a content item.
    """
    try:
        return Item.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the JSON"
        raise FetchError(
            f"GOV.UK's Content API describes {url} in an unknown form ({where}: {first['msg']})"
        ) from error


def documents(item: Item, title: str, url: str) -> list[Link]:
    """Return the documents that the page names, those most likely to be ``title`` first.

    Those named much less like the title than the best are annexes or translations and are left out. PDFs come first
    among the others, because their pages can be cited.

    Raises:
        FetchError: the page names no document, or several of which none is named like the title.
    """
    links = list({link.url: link for link in _links(item)}.values())
    if item.document_type == "html_publication" or (not links and _body_words(item) >= MIN_PAGE_WORDS):
        return [Link(url, item.title, "publication")]
    if not links:
        raise FetchError(f"{url} names no PDF, Word file or HTML publication")
    like = {link: max(likeness(link.title, title), likeness(link.title, item.title)) for link in links}
    best = max(like.values())
    if len(links) > 1 and best < _MIN_LIKENESS:
        raise FetchError(
            f"{url} names {len(links)} documents, none of them named like {title!r}; "
            "list the right one's address under `originals` in catalogue.toml"
        )
    near = [link for link in links if like[link] >= best - _PDF_MARGIN]
    return sorted(near, key=lambda link: (link.locale != "en", not link.is_pdf, -like[link]))


def whole_document(item: Item, url: str) -> bytes:
    """Return the page's own text as a full HTML document.

    Raises:
        FetchError: it has too few words to be a document: it presents one, or says that one was removed.
    """
    words = _body_words(item)
    if words < _needed_words(item):
        raise FetchError(f"{url}: the page has {words} words, fewer than the {_needed_words(item)} of a document")
    title = html.escape(normalise(item.title))
    text = (
        f'<!DOCTYPE html>\n<html lang="{html.escape(item.locale)}">\n<head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body><main>\n<h1>{title}</h1>\n{item.details.body}\n</main></body>\n</html>\n"
    )
    return text.encode()


def page_address(item: Item, url: str) -> str:
    """Return where people read the item."""
    return str(parse_address(_ROOT + item.base_path)) if item.base_path.startswith("/") else url


def withdrawal(item: Item) -> str | None:
    """Return what GOV.UK says of a withdrawn page, in a sentence; None for a current one."""
    notice = item.withdrawn_notice
    if notice is None or not (notice.withdrawn_at or notice.explanation):
        return None
    when = f" on {normalise(notice.withdrawn_at)[:10]}" if notice.withdrawn_at else ""
    why = text_of(notice.explanation or "")
    return f'GOV.UK withdrew it{when}{f": “{why[:300]}”" if why else ""}; set status = "withdrawn" in catalogue.toml'


def _needed_words(item: Item) -> int:
    return _MIN_PUBLICATION_WORDS if item.document_type == "html_publication" else MIN_PAGE_WORDS


def _body_words(item: Item) -> int:
    return main_words((item.details.body or "").encode(), MIN_PAGE_WORDS)


def _links(item: Item) -> Iterator[Link]:
    """Yield each document once per place that names it, the fullest description last."""
    for href, words in links_in("".join(item.details.documents)):
        if words and (link := _link(href, words)) and urlsplit(link.url).hostname in HOSTS:
            yield link
    for child in item.links.children:
        if child.document_type == "html_publication" and (link := _link(child.base_path, child.title, child.locale)):
            yield link
    for attachment in item.details.attachments:
        name = attachment.title or attachment.filename
        if attachment.attachment_type != "external" and (link := _link(attachment.url, name, attachment.locale)):
            yield link


def _link(href: str | None, title: str | None, locale: str | None = None) -> Link | None:
    """Return the document at ``href``, which may be relative; None for anything but a supported file or page."""
    try:
        url = str(parse_address(href or "", base=_ROOT))
    except FetchError:
        return None
    form: Form = "publication" if is_page(url) else "file"
    if form == "file" and not names_file(url):
        return None
    return Link(url, normalise(title or "") or url.rsplit("/", 1)[-1], form, locale or "en")
