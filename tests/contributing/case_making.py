"""A whole, right case on the small register, for tests that change it."""

from __future__ import annotations

from typing import Any

OUTSIDE = {
    "publisher": "Lamp Society",
    "title": "Ropes and lamps",
    "url": "https://example.org/ropes",
    "published": "2024-03",
}
PASSAGE = "The office will license 40 boats"
"""Begins a sentence of the section "boats" of the harbour plan."""


def case(**changes: Any) -> dict[str, Any]:
    """Fields of a case that could be accepted, with some of them changed; None leaves one out."""
    fields: dict[str, Any] = {
        "id": "granton-rope-library",
        "title": "A library of ropes in Granton",
        "organisation": "Granton Dock Trust",
        "place": "Granton",
        "country": "Scotland",
        "level": "local",
        "period": "2021-2023",
        "sectors": ["fishing"],
        "shift": ["collaboration"],
        "theme": "safety",
        "polarity": "mixed",
        "summary": "Boats borrowed ropes for a day. A third came back wet.",
        "lesson": "Dry what is lent before it is lent again.",
        "source": [dict(OUTSIDE)],
    } | changes
    return {name: value for name, value in fields.items() if value is not None}


def from_library(**changes: Any) -> dict[str, Any]:
    """A source with a passage of the harbour plan, with some fields changed."""
    return {"document": "harbour-plan", "quote": PASSAGE} | changes
