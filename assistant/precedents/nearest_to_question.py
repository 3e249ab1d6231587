"""The precedents nearest to a question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.precedents.search import search_cases
from assistant.registers.entries import Polarity, Precedent


@dataclass(frozen=True, slots=True)
class FoundPrecedent:
    """An entry found for a query. ``rank`` is 1-based; a higher ``score`` is better."""

    entry: Precedent
    score: float
    rank: int


def find_precedents(
    library: Library,
    query: str,
    limit: int = 10,
    place: str = "",
    theme: str = "",
    polarity: Polarity | None = None,
) -> list[FoundPrecedent]:
    """Return the ``limit`` matching entries nearest to the query, nearest first, however far they are.

    ``place`` is looked for in an entry's place and country, in any case; ``theme`` is one of the register's.

    Raises:
        AssistantError: unknown theme; lists the valid ones.
    """
    entries = cases_of(library).entries
    themes = sorted({entry.theme for entry in entries.values()})
    if theme and theme not in themes:
        raise AssistantError(f"No theme {theme!r} in the register; it has: {', '.join(themes)}.")
    matching = [item for item in search_cases(library, query).found if _matches(item.entry, place, theme, polarity)]
    return [FoundPrecedent(item.entry, item.score, rank) for rank, item in enumerate(matching[:limit], 1)]


def _matches(entry: Precedent, place: str, theme: str, polarity: Polarity | None) -> bool:
    return (
        place.strip().casefold() in f"{entry.place}, {entry.country}".casefold()
        and theme in ("", entry.theme)
        and polarity in (None, entry.polarity)
    )


def precedent_record(found: FoundPrecedent) -> dict[str, Any]:
    """Return one precedent; summary and lesson are the register's own words, so neither may be quoted as a source's."""
    entry = found.entry
    return {
        "rank": found.rank,
        "score": round(found.score, 4),
        "id": entry.id,
        "title": entry.title,
        "organisation": entry.organisation,
        "place": entry.place,
        "country": entry.country,
        "level": entry.level,
        "period": entry.period,
        "theme": entry.theme,
        "polarity": entry.polarity,
        "summary": entry.summary,
        "lesson": entry.lesson,
        "lesson_by": "the register's own reading",
        "sources": [
            {
                "document": source.document or None,
                "section": source.section or None,
                "quote": source.quote or None,
                "pages": source.pages,
                "notes": list(source.notes),
                "publisher": source.publisher,
                "title": source.title,
                "published": source.published or None,
                "part": source.part,
                "url": source.url or None,
            }
            for source in entry.source
        ],
    }
