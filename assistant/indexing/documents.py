"""What the index holds of each document of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assistant.index import IndexStore
from assistant.records import Authority, Source, Status
from assistant.settings import Settings
from assistant.sources.catalogue import load_catalogue


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """One document of the catalogue as the index holds it."""

    id: str
    title: str
    publisher: str
    published: str
    authority: Authority
    status: Status
    form: str | None
    """``original`` or ``summary``; None while the index does not hold it."""
    chunks: int
    """Chunks of the body and of the register entries that rest on it."""
    problems: tuple[str, ...]


def list_documents(settings: Settings, sources: Iterable[Source] | None = None) -> list[DocumentStatus]:
    """Return these documents, by default all of the catalogue, with what the index holds of each."""
    manifest = IndexStore(settings.index).manifest()
    entries = list(manifest.texts.values()) if manifest else []
    left_out = manifest.left_out if manifest else {}
    rows = []
    for source in load_catalogue(settings.corpus) if sources is None else sources:
        own = [entry for entry in entries if entry.document == source.id]
        body = next((entry for entry in own if entry.part == "body"), None)
        problems = [problem for entry in own for problem in entry.problems]
        if source.id in left_out:
            problems.insert(0, left_out[source.id])
        rows.append(
            DocumentStatus(
                source.id,
                source.title,
                source.publisher,
                source.published,
                source.authority,
                source.status,
                body.form if body else None,
                sum(entry.chunks for entry in own),
                tuple(problems),
            )
        )
    return rows
