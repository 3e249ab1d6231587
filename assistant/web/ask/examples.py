"""Example questions for the first screen, taken from the library."""

from __future__ import annotations

import re

from assistant.library import Library

MOST = 4
_QUESTION = re.compile(r"(?:What|Who|Which|How) [^?]{8,48}\?")
"""Longer ones would be cut off on screen."""
_NAME = re.compile(r" .*\b[A-Z]")
"""A question with a name in it makes sense without the document."""


def example_questions(library: Library) -> list[str]:
    """Return a question from each of the first documents that questions were written for, at most `MOST`."""
    bodies = [text_id for text_id, entry in library.generation.manifest.texts.items() if entry.part == "body"]
    found = [question for text_id in bodies if (question := _question(library, text_id))]
    return found[:MOST]


def _question(library: Library, text_id: str) -> str | None:
    chunks = library.generation.text_chunks(text_id)
    asked = [question for chunk in chunks for question in chunk.questions if _QUESTION.fullmatch(question)]
    return next(filter(_NAME.search, asked), asked[0] if asked else None)
