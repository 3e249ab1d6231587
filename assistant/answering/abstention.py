"""Is the evidence enough to answer? An honest "the library does not say" beats a guess, and shows what came nearest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.asked_for import is_broad, question_word
from assistant.answering.evidence import ANSWERS, SURELY, Passage, words_held
from assistant.answering.selection import repeats
from assistant.claims.facts import fact_clashes
from assistant.index import Generation
from assistant.records import AnswerStatus, Quote, RetrievedChunk, Source
from assistant.search.scope import Scope
from assistant.text.dates import date_in_words
from assistant.text.quoting import as_shown

NEAREST = 3
"""Passages that an abstention shows."""
NOT_STATED = "The library does not say:"
DOUBTFUL = "This may not be what you asked for: check that it is stated."
"""Above an answer whose best passage is only just likely enough."""
DOUBTFUL_PART = "This part may not be answered:"
NOT_NAMED = "Nothing found here mentions:"
"""Above an answer whose passages lack a name or date of the question."""
ABOUT_ANOTHER = "What follows may be about something else."
MISSPELT = 0.8
"""Likeness to a word of the passages from which a name counts as that word misspelt."""
BROAD = 0.4
"""Share of `ANSWERS` that will do for advice, examples and comparisons."""
FAR = 0.95
FAR_UNASKED = 0.40
"""If the best chunk scores less, it may be about something else; chunks without authored questions never score as high.
"""
WORDS_OF_SUBJECT = 0.5
"""Share of a refused question's content words, rare ones weighing more, from which in the best chunks it is on the
library's subject, however far these are.
"""


def judge(
    question: str,
    evidence: Sequence[Passage],
    retrieved: Sequence[RetrievedChunk],
    rarity: Callable[[str], float],
) -> AnswerStatus:
    """Return the status that the evidence allows: ``answered``, ``not-in-library`` or ``out-of-scope``.

    The same score selects and refuses: nothing above `ANSWERS` means abstention. It takes more where even the best
    chunk is far, and less where no single sentence could answer. ``rarity`` returns a word's weight, see
    `Retriever.rarity`.
    """
    if not retrieved:
        return "not-in-library"
    best = min(retrieved, key=lambda item: item.found_rank or item.rank)  # a reranker's order is not asked
    is_far = best.own_score < (FAR if best.chunk.questions else FAR_UNASKED)
    bar = BROAD * ANSWERS if is_broad(question) else SURELY if is_far else ANSWERS
    if evidence and evidence[0].score >= bar:
        return "answered"
    is_elsewhere = is_far and words_held(question, retrieved, rarity) < WORDS_OF_SUBJECT
    return "out-of-scope" if is_elsewhere else "not-in-library"


def is_doubtful(question: str, evidence: Sequence[Passage]) -> bool:
    """Return whether the evidence just suffices."""
    return not is_broad(question) and (not evidence or evidence[0].score < SURELY)


def unmentioned(question: str, quotes: Sequence[Quote]) -> str:
    """Return the names and dates of a question that no quote, heading, title, speaker or date of them has."""
    words = "\n".join(quote.quote for quote in quotes)
    around = [
        " ".join((*quote.section, quote.title, quote.publisher, quote.speaker.name, date_in_words(date)))
        for quote in quotes
        for date in (quote.published, quote.speaker.date)
    ]
    held = set(re.findall(r"\w+", f"{words} {' '.join(around)}"))
    missing = [
        reason.claim
        for reason in fact_clashes(question, words, "\n".join(around))
        if reason.check in ("name", "date") and not _is_misspelt(reason.claim, held)
    ]
    return ", ".join(dict.fromkeys(missing))


def _is_misspelt(name: str, held: set[str]) -> bool:
    unknown = [word for word in re.findall(r"[^\W\d]{4,}", name) if word not in held]
    return bool(unknown) and all(get_close_matches(word, held, 1, MISSPELT) for word in unknown)


def gap_of(question: str) -> str:
    """Return what nothing states, in the question's words, as a sentence."""
    words = as_shown(question)
    end = "" if words[-1:] in (".", "?", "!") else "?" if question_word(question) else "."
    return words + end


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
