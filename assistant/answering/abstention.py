"""Is the evidence enough to answer? An honest "the library does not say" beats a guess, and shows what came nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.asked_for import is_broad, question_word
from assistant.answering.evidence import ANSWERS, SURELY, Passage
from assistant.answering.selection import repeats
from assistant.index import Generation
from assistant.records import AnswerStatus, RetrievedChunk, Source
from assistant.search.scope import Scope
from assistant.text.quoting import as_shown

NEAREST = 3
"""Passages that an abstention shows."""
NOT_STATED = "The library does not say:"
DOUBTFUL = "This may not be what you asked for: check that it is stated."
"""Above an answer whose best passage is only just likely enough."""
DOUBTFUL_PART = "This part may not be answered:"
BROAD = 0.4
"""Share of `ANSWERS` that will do for advice, examples and comparisons."""
OUT_OF_SCOPE = 0.95
OUT_OF_SCOPE_UNASKED = 0.40
"""If the best chunk of a refused question scores less, the question is about other topics than the library's; chunks
without authored questions never score as high.
"""


def judge(question: str, evidence: Sequence[Passage], retrieved: Sequence[RetrievedChunk]) -> AnswerStatus:
    """Return the status that the evidence allows: ``answered``, ``not-in-library`` or ``out-of-scope``.

    The same score selects and refuses: nothing above `ANSWERS` means abstention. It takes more where even the best
    chunk is about something else, and less where no single sentence could answer.
    """
    if not retrieved:
        return "not-in-library"
    elsewhere = is_elsewhere(retrieved)
    bar = BROAD * ANSWERS if is_broad(question) else SURELY if elsewhere else ANSWERS
    if evidence and evidence[0].score >= bar:
        return "answered"
    return "out-of-scope" if elsewhere else "not-in-library"


def is_doubtful(question: str, evidence: Sequence[Passage]) -> bool:
    """Return whether the evidence just suffices."""
    return not is_broad(question) and (not evidence or evidence[0].score < SURELY)


def gap_of(question: str) -> str:
    """Return what nothing states, in the question's words, as a sentence."""
    words = as_shown(question)
    end = "" if words[-1:] in (".", "?", "!") else "?" if question_word(question) else "."
    return words + end


def is_elsewhere(retrieved: Sequence[RetrievedChunk]) -> bool:
    """Return whether even the best chunk is about something else; a reranker's order is not asked."""
    best = min(retrieved, key=lambda item: item.found_rank or item.rank)
    return best.own_score < (OUT_OF_SCOPE if best.chunk.questions else OUT_OF_SCOPE_UNASKED)


def abstained(
    status: AnswerStatus,
    question: str,
    evidence: Sequence[Passage],
    generation: Generation,
    sources: Mapping[str, Source],
    scope: Scope,
) -> Arranged:
    """Return an abstention that names what was asked for, says what was searched, and shows the nearest passages."""
    count = len(scope.documents)
    if not count:
        words = f"{NOT_STATED} the filters and the date leave no document to search."
        return Arranged(words, (), ())
    searched = f"{count} documents were searched." if count != 1 else "1 document was searched."
    if status == "out-of-scope":
        return Arranged(f"This is outside what the library is about. {searched}", (), ())
    gap = gap_of(question)
    line = f"{NOT_STATED} {gap} {searched}"
    nearest: list[Passage] = []
    for passage in evidence:
        if len(nearest) < NEAREST and not any(repeats(passage, other, generation) for other in nearest):
            nearest.append(passage)
    if not nearest:
        return Arranged(line, (), (), gaps=(gap,))
    arranged = arrange(nearest, generation, sources)
    return replace(arranged, text=f"{line} The nearest, none of which states it:\n\n{arranged.text}", gaps=(gap,))
