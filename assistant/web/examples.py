"""Questions for the first screen, from the library itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.answering import Assistant

MOST = 4
_WELL_PUT = re.compile(r"(?:Wh|How|Is|Are|Does|Do|Can|Must|Should)[^?]{12,80}\?")


def example_questions(assistant: Assistant) -> list[str]:
    """A question that each of the first documents answers; none of a document that questions were not written for."""
    bodies = [text_id for text_id, entry in assistant.generation.manifest.texts.items() if entry.part == "body"]
    found = (next(_questions(assistant, text_id), None) for text_id in bodies)
    return [question for question in found if question][:MOST]


def _questions(assistant: Assistant, text_id: str) -> Iterator[str]:
    """Of later chunks first: the opening ones say what a document is, which its title does as well."""
    chunks = assistant.generation.text_chunks(text_id)
    for chunk in chunks[len(chunks) // 3 :] + chunks[: len(chunks) // 3]:
        yield from (question for question in chunk.questions if _WELL_PUT.fullmatch(question))
