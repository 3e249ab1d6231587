"""Questions that the page offers: on the first screen, and after an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from assistant.index import Generation
from assistant.library import Library
from assistant.records import Answer, Chunk

MOST = 4
MOST_NEXT = 3
LONGEST = 90
"""Characters of a question offered after an answer."""
EXAMPLES = "examples.txt"
"""The file of the corpus folder with the library's own examples, one a line; authored questions stand in for it."""
_QUESTION = re.compile(r"(?:What|Who|Which|How) [^?]{8,48}\?")
"""Longer ones would be cut off on screen."""
_NAME = re.compile(r" .*\b[A-Z]")
"""A question with a name in it makes sense without the document."""
_WORD = re.compile(r"\w{4,}")


def example_questions(library: Library) -> list[str]:
    """Return the library's examples, or a question from each of the first documents that have any; at most `MOST`."""
    chosen = library.settings.corpus / EXAMPLES
    if chosen.is_file():
        return [line for line in chosen.read_text(encoding="utf-8").splitlines() if line.strip()][:MOST]
    bodies = [text_id for text_id, entry in library.generation.manifest.texts.items() if entry.part == "body"]
    found = [question for text_id in bodies if (question := _question(library, text_id))]
    return found[:MOST]


def next_questions(answer: Answer, generation: Generation) -> list[str]:
    """Return the readings of an unclear question, or up to `MOST_NEXT` authored questions of the sections found.

    None of these was asked or answered. Sections that the library no longer holds offer none.
    """
    if answer.readings:
        return list(answer.readings)
    seen = [_words(answer.standalone_question), _words(answer.question)]
    offered: list[str] = []
    for chunk in _still_held(answer, generation):
        if len(offered) == MOST_NEXT:
            break
        new = (item for item in _unanswered(chunk, answer) if _is_new(item, seen))
        question = min(new, key=lambda item: not _NAME.search(item), default=None)
        if question is not None:
            offered.append(question)
            seen.append(_words(question))
    return offered


def _still_held(answer: Answer, generation: Generation) -> Iterator[Chunk]:
    for found in answer.retrieved:
        with suppress(KeyError):
            yield from generation.chunks([found.chunk.id])


def _unanswered(chunk: Chunk, answer: Answer) -> Iterator[str]:
    """Yield the chunk's questions but those about the sentences that the answer cites."""
    cited = [quote for quote in answer.citations if quote.text_id == chunk.text_id]
    for question, place in zip(chunk.questions, chunk.question_places, strict=True):
        if not any(quote.start <= place < quote.end for quote in cited):
            yield question


def _is_new(question: str, seen: Sequence[set[str]]) -> bool:
    words = _words(question)
    is_whole = question.endswith("?") and question[:1].isupper() and len(question) <= LONGEST
    return is_whole and all(len(words & other) * 2 <= len(words) for other in seen)


def _words(question: str) -> set[str]:
    return set(_WORD.findall(question.casefold()))


def _question(library: Library, text_id: str) -> str | None:
    chunks = library.generation.text_chunks(text_id)
    asked = [question for chunk in chunks for question in chunk.questions if _QUESTION.fullmatch(question)]
    return next(filter(_NAME.search, asked), asked[0] if asked else None)
