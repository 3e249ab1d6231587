"""The library's documents and their chunks as HTML; on screen a chunk is a passage. All source text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from markupsafe import Markup

from assistant.index import Generation
from assistant.indexing.documents import DocumentStatus
from assistant.records import Chunk, Source
from assistant.sources.fetching import with_originals
from assistant.sources.succession import latest_successor
from assistant.text.dates import date_in_words
from assistant.text.printable import printed_label
from assistant.text.quoting import AUTHORITY_WORDS, heading_path
from assistant.web.badges import badge_html
from assistant.web.evidence import passage_words
from assistant.web.html_parts import table_html
from assistant.web.templates import render

CHUNKS_PER_PAGE = 10
HEADINGS = ("Title", "Publisher", "Published", "Authority", "Status", "Form", "Passages", "Problems when read")
INTRODUCTION = (
    "Steward answers from these documents only. An original is the publisher’s own text. A summary says in our words "
    "what a document says, and a commentary what others said of it and what happened since, each sentence with its "
    "source. A passage is a piece of a document that Steward searches."
)
_FORMS = {"original": "Original", "summary": "Summary in our words", None: "Not searched yet"}
_PARTS = {"recommendations": "list of recommendations", "precedents": "list of precedents"}


def documents_table(documents: Iterable[DocumentStatus], sources: Mapping[str, Source]) -> str:
    """Return a table with a row for each document."""
    rows = [
        (
            row.title,
            row.publisher,
            date_in_words(row.published),
            Markup(badge_html(row.authority)),  # noqa: S704 a template's
            status_words(sources[row.id], sources),
            _form(row, sources[row.id]),
            str(row.chunks),
            str(len(row.problems) or "None"),
        )
        for row in documents
    ]
    return f"<p>{INTRODUCTION}</p>{table_html('Documents in the library', HEADINGS, rows)}"


def originals_html(documents: Iterable[DocumentStatus], sources: Mapping[str, Source], words: str) -> str:
    """Return how many originals the library holds; ``words`` say how it goes with the others."""
    forms = {row.id: row.form for row in documents}
    fetched = [forms[source.id] == "original" for source in with_originals(sources.values()) if source.id in forms]
    listed = f"{sum(fetched)} of {len(fetched)} originals are in the library; for the others, our summaries stand in."
    return f"<p>{listed} {escape(words)}</p>"


def status_words(source: Source, sources: Mapping[str, Source]) -> str:
    """Return whether a document is current and, if not, what replaced it."""
    successor = latest_successor(source, sources)
    new = (
        f"{successor.title} ({successor.publisher}, {date_in_words(successor.published)})"
        if successor
        else source.superseded_by
    )
    if source.status == "superseded":
        return f"Superseded by {new}"
    if source.status == "withdrawn":
        return f"Withdrawn and replaced by {new}" if new else "Withdrawn"
    return "Current"


def document_html(document: DocumentStatus, sources: Mapping[str, Source]) -> str:
    """Return what the catalogue and the index say about a document."""
    source = sources[document.id]
    replaced = [sources[name].title if name in sources else name for name in source.supersedes]
    facts = {
        "Publisher": source.publisher,
        "Authors": ", ".join(source.authors),
        "Published": date_in_words(source.published),
        "Status": status_words(source, sources),
        "Replaces": "; ".join(replaced),
        "Form": _form(document, source) + (", added here" if source.file else ""),
        "About": _title_of(source.comments_on, sources),
        "Newest source": date_in_words(source.as_at or ""),
        "Note": source.note,
        "Applies to": source.jurisdiction,
        "Licence": source.licence,
        "Credit": source.credit,
        "Id": source.id,
    }
    return render("document", source=source, facts=facts, problems=document.problems)


def _title_of(document: str | None, sources: Mapping[str, Source]) -> str:
    return sources[document].title if document is not None and document in sources else ""


def _form(document: DocumentStatus, source: Source) -> str:
    return "Commentary in our words" if source.comments_on and document.form else _FORMS[document.form]


def page_count(chunks: int) -> int:
    """Return how many pages the chunks of a document fill; at least 1."""
    return max(1, -(-chunks // CHUNKS_PER_PAGE))


def chunks_html(generation: Generation, document: str, page: int) -> str:
    """Return one page, counted from 1, of a document's chunks: its body, then its recommendations and precedents."""
    entries = [entry for entry in generation.manifest.texts.values() if entry.document == document]
    total = sum(entry.chunks for entry in entries)
    if not total:
        return "<p>This document is not searched yet, so it has no passages.</p>"
    first = skipped = (page - 1) * CHUNKS_PER_PAGE
    shown: list[Chunk] = []
    for entry in sorted(entries, key=lambda entry: entry.part != "body"):
        room = CHUNKS_PER_PAGE - len(shown)
        if room and skipped < entry.chunks:
            shown += generation.text_chunks(entry.id, skipped, room)
        skipped = max(0, skipped - entry.chunks)
    cards = "".join(chunk_card(chunk, number) for number, chunk in enumerate(shown, first + 1))
    return f"<h3>Passages {first + 1} to {first + len(shown)} of {total}</h3>{cards}"


def chunk_card(chunk: Chunk, number: int) -> str:
    """Return a chunk with its place, words and questions; ``number`` counts from 1 within the document."""
    place = [_page(chunk), f"from the {_PARTS[chunk.part]}" if chunk.part in _PARTS else ""]
    # Who speaks, where that is not the document's publisher.
    others = [who for who in dict.fromkeys(chunk.speakers) if who.kind != "publisher"]
    return render(
        "passage",
        number=number,
        where=" · ".join(filter(None, (heading_path(chunk.section), *place))),
        said_by="; ".join(f"{who.name} ({AUTHORITY_WORDS[who.authority]})" for who in others),
        text=passage_words(chunk.lead_text, chunk.text),
        form=chunk.form,
        questions=chunk.questions,
    )


def _page(chunk: Chunk) -> str:
    if chunk.page is None:
        return ""
    label = printed_label(chunk.page_label)
    return f"page {chunk.page} of the file" + (f", printed “{label}”" if label else "")
