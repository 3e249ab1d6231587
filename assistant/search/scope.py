"""Which documents a question searches: those of a date, minus what filters leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.index import Manifest
from assistant.records import Array, RetrievedChunk, Source
from assistant.search.retrieval import Filters, Retriever
from assistant.sources.succession import rank_current_first, sources_as_at, superseded_by_better

DEPTH = 3
"""How many times as many chunks are retrieved where some of the library is superseded."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the library that a question searches."""

    sources: Mapping[str, Source]
    """The documents of the date, with their status then."""
    filters: Filters
    documents: tuple[str, ...]
    """Ids of the documents searched, in alphabetical order."""


def scope_of(manifest: Manifest, sources: Mapping[str, Source], filters: Filters, as_at: str | None = None) -> Scope:
    """Return what is searched with these filters, today or as at an ISO date.

    Raises:
        AssistantError: a filter has an unknown value, or ``as_at`` is not a date.
    """
    texts = filters.text_ids(manifest)
    if as_at is None:
        found = {entry.document for name, entry in manifest.texts.items() if texts is None or name in texts}
        return Scope(sources, filters, tuple(sorted(found)))
    then = sources_as_at(sources, as_at)
    texts = replace(filters, statuses=()).text_ids(manifest)  # filter by the status on the date
    found = {
        entry.document
        for name, entry in manifest.texts.items()
        if (texts is None or name in texts)
        and entry.document in then
        and (not filters.statuses or then[entry.document].status in filters.statuses)
    }
    documents = tuple(sorted(found))
    return Scope(then, replace(filters, documents=documents, statuses=()), documents)


def narrowed(scope: Scope, filters: Filters) -> Scope:
    """Return what the documents and authorities of further filters leave of a scope; the others are not read."""
    own = scope.filters.authorities
    authorities = tuple(name for name in filters.authorities or own if not own or name in own)
    left = scope.documents if authorities or not filters.authorities else ()
    documents = tuple(name for name in left if not filters.documents or name in filters.documents)
    return replace(
        scope, filters=replace(scope.filters, documents=documents, authorities=authorities), documents=documents
    )


def search_scope(
    retriever: Retriever, question: str, k: int, scope: Scope, vector: Array | None = None
) -> tuple[list[RetrievedChunk], frozenset[str]]:
    """Return the ``k`` best chunks, and the superseded documents among them whose successor answers as well."""
    if not scope.documents:
        return [], frozenset()
    if all(source.status != "superseded" for source in scope.sources.values()):
        return retriever.retrieve(question, k, scope.filters, vector), frozenset()
    # The successor may rank further down than the documents it replaced.
    found = retriever.retrieve(question, DEPTH * k, scope.filters, vector)
    behind = superseded_by_better(question, found, scope.sources)
    return rank_current_first(found, behind, scope.sources)[:k], behind
