"""The register's precedents that stand nearest to a question."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering import Assistant
from assistant.errors import AssistantError
from assistant.registers import Polarity, Precedent
from assistant.retrieval import Filters
from assistant.spelling import correct


@dataclass(frozen=True, slots=True)
class FoundPrecedent:
    """An entry found for a query. ``rank`` is 1-based; a higher ``score`` is better."""

    entry: Precedent
    score: float
    rank: int


def find_precedents(
    assistant: Assistant,
    query: str,
    limit: int = 10,
    place: str = "",
    theme: str = "",
    polarity: Polarity | None = None,
) -> list[FoundPrecedent]:
    """The ``limit`` entries nearest to the query, nearest first, of those that match; however far the nearest is.

    ``place`` is looked for in an entry's place and country, in any case; ``theme`` is one of the register's.

    Raises:
        AssistantError: the register has no such theme; names those that it has.
    """
    entries = {entry.id: entry for entry in assistant.registers.precedents}
    themes = sorted({entry.theme for entry in entries.values()})
    if theme and theme not in themes:
        raise AssistantError(f"No theme {theme!r} in the register; it has: {', '.join(themes)}.")
    texts = [text for text in assistant.generation.manifest.texts.values() if text.part == "precedents"]
    retriever = assistant.retriever
    every = sum(text.chunks for text in texts)
    found = retriever.retrieve(correct(query, retriever.holds), every, Filters(parts=("precedents",)))
    # A long entry is several chunks, of which the best counts.
    scores: dict[str, float] = {}
    for item in found:
        entry = entries.get(item.chunk.anchor or "")
        if entry and _matches(entry, place, theme, polarity):
            scores.setdefault(entry.id, item.score)
    return [FoundPrecedent(entries[name], score, rank) for rank, (name, score) in enumerate(scores.items(), 1)][:limit]


def _matches(entry: Precedent, place: str, theme: str, polarity: Polarity | None) -> bool:
    return (
        place.strip().casefold() in f"{entry.place}, {entry.country}".casefold()
        and theme in ("", entry.theme)
        and polarity in (None, entry.polarity)
    )
