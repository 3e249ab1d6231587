"""The library's documents as a table, and what is said of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assistant.indexing.documents import DocumentStatus
from assistant.records import Source
from assistant.sources.fetching import with_originals
from assistant.sources.succession import latest_successor
from assistant.web.templates import render, shown_date

HEADINGS = ("Title", "Publisher", "Published", "Authority", "Text")
_FORMS = {"original": "Original", "summary": "Steward’s summary", None: "Not searched yet"}


def documents_table(
    documents: Iterable[DocumentStatus],
    sources: Mapping[str, Source],
    broken: Sequence[str] = (),
    *,
    may_change: bool = False,
    may_change_own: bool = False,
) -> str:
    """Return a table with a row for each document.

    With ``may_change``, those that were added can be replaced and removed there, and ``broken`` entries removed; with
    ``may_change_own`` those that the reader added for themselves alone.
    """

    def changeable(source: Source) -> bool:
        return bool(source.file) and (may_change or (may_change_own and source.reader is not None))

    rows = []
    for row in documents:
        source = sources[row.id]
        rows.append((row, status_words(source, sources), form_words(source, row.form), changeable(source)))
    headings = [*HEADINGS, *(["Added file"] if any(row[-1] for row in rows) or (broken and may_change) else [])]
    return render("documents", documents=rows, broken=broken, may_remove=may_change, headings=headings)


def originals_html(documents: Iterable[DocumentStatus], sources: Mapping[str, Source]) -> str:
    """Return how many originals the library holds."""
    forms = {row.id: row.form for row in documents}
    fetched = [forms[source.id] == "original" for source in with_originals(sources.values()) if source.id in forms]
    if not any(fetched):
        return "<p>No original is in the library yet. Steward’s summaries stand in.</p>"
    held = f"{sum(fetched)} of {len(fetched)} originals are in the library"
    return f"<p>{held}; Steward’s summaries stand in for the others.</p>"


def status_words(source: Source, sources: Mapping[str, Source]) -> str:
    """Return that a document was replaced or withdrawn, and by what took its place; empty for others."""
    successor = latest_successor(source, sources)
    new = (
        f"{successor.title} ({successor.publisher}, {shown_date(successor.published)})"
        if successor
        else source.superseded_by
    )
    if source.status == "superseded":
        return f"Superseded by {new}"
    if source.status == "withdrawn":
        return f"Withdrawn and replaced by {new}" if new else "Withdrawn"
    return ""


def document_facts(source: Source, sources: Mapping[str, Source]) -> dict[str, str]:
    """Return what the catalogue says about a document, by name; a fact that it does not state is empty."""
    replaced = [sources[name].title if name in sources else name for name in source.supersedes]
    return {
        "Authors": ", ".join(source.authors),
        "Status": status_words(source, sources),
        "Replaces": "; ".join(replaced),
        "About": _title_of(source.comments_on, sources),
        "Newest source": shown_date(source.as_at or ""),
        "Note": source.note,
        "Applies to": source.jurisdiction,
        "Licence": source.licence,
        "Credit": source.credit,
        "Id": source.id,
    }


def _title_of(document: str | None, sources: Mapping[str, Source]) -> str:
    return sources[document].title if document is not None and document in sources else ""


def form_words(source: Source, form: str | None) -> str:
    """Return whose words the text of a document is; ``form`` is None while the index does not hold it."""
    words = "Steward’s commentary" if source.comments_on and form else _FORMS[form]
    added = f", added here{' for you alone' if source.reader else ''}"
    return words + added if source.file and form == "original" else words
