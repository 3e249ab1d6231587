"""Serve the text of the library's documents, part by part, as the reader on the page shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError, DocumentError
from assistant.library import Library
from assistant.reading.sandbox import read_file
from assistant.records import Document, Form, Span
from assistant.settings import ReadingSettings
from assistant.web.deep_links import link_to_document, text_version
from assistant.web.library.documents_html import document_facts, form_words
from assistant.web.library.originals import GUARDS, NotServedError, pdf_address, refusal
from assistant.web.library.reader_text import NO_SPAN, ReadableText
from assistant.web.templates import render

CHANGED = "This document has changed since the link was made, so the words that it led to are not marked."
FORMS: tuple[Form, ...] = ("original", "summary")
_AT = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([0-9a-f]{8})", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,6}", re.ASCII)


def reader_routes(current: Callable[[], Library]) -> list[Route]:
    """Return the route of a document's text; it calls ``current`` for the library."""

    async def send_text(request: Request) -> Response:
        document, query = request.path_params["document"], request.query_params
        try:
            words = await to_thread.run_sync(
                lambda: _text(current(), document, query.get("form", ""), query.get("at", ""), query.get("part"))
            )
        except (NotServedError, AssistantError) as error:
            return refusal(error)
        # A new version of a document has the same address.
        return HTMLResponse(words, headers=GUARDS | {"Cache-Control": "private, no-cache"})

    return [Route("/sources/{document}/text", send_text)]


def _text(library: Library, name: str, form: str, at: str, part: str | None) -> str:
    """Return a document with the part that holds the words ``at``, or ``part`` of it alone, as HTML."""
    source = library.sources.get(name)
    if source is None:
        raise NotServedError(404, "This document is not in the library.")
    entry = library.generation.manifest.texts.get(name)
    shown: Form = "summary" if form == "summary" or entry is None or entry.form == "summary" else "original"
    document = _document(library, name, shown)
    readable = ReadableText(document) if document else None
    if part is not None:
        if readable is None or not _NUMBER.fullmatch(part) or int(part) >= len(readable.parts):
            raise NotServedError(404, "There is no such part of this document.")
        return render("reader_part", items=readable.items(int(part)))
    quoted, problem = NO_SPAN, ""
    if (found := _AT.fullmatch(at)) and document:
        quoted = Span(int(found[1]), int(found[2]))
        is_same = entry and entry.form == shown and text_version(entry) == found[3] and quoted.end <= len(document.text)
        quoted, problem = (quoted, "") if is_same else (NO_SPAN, CHANGED)
    first = readable.part_at(quoted.start) if readable else 0
    both = entry is not None and entry.form == "original" and source.summary is not None
    return render(
        "reader",
        source=source,
        shown=shown,
        form=form_words(source, shown if document else None),
        forms=[(kind.capitalize(), link_to_document(name, kind), kind == shown) for kind in FORMS] if both else (),
        facts=document_facts(source, library.sources),
        problems=entry.problems if entry and entry.form == shown else (),
        pdf=pdf_address(name, library),
        page=document.page_at(quoted.start) if document and quoted.end else None,
        outline=readable.outline if readable else (),
        parts=range(len(readable.parts) if readable else 0),
        first=first,
        items=readable.items(first, quoted) if readable and readable.parts else (),
        problem=problem,
    )


def _document(library: Library, name: str, form: Form) -> Document | None:
    """Return the indexed text of a document, or its summary where the original is indexed; None if it has neither."""
    entry = library.generation.manifest.texts.get(name)
    if entry is not None and entry.form == form:
        return library.generation.document(name)
    source = library.sources[name]
    if entry is None or source.summary is None:
        return None
    path = library.settings.corpus / source.summary
    try:
        return _read(path, path.stat().st_mtime_ns, library.settings.reading)
    except (OSError, DocumentError):
        raise NotServedError(404, "The summary of this document cannot be read.") from None


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int, limits: ReadingSettings) -> Document:
    return read_file(path, limits)
