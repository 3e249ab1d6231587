"""Does what is shown follow from what it cites? Runs on every final sentence, whoever wrote it.

This release shows quoted sentences only, so the check is equality: each cited quote must stand in its document at the
place it names, and each sentence must stand in its quotes as a whole, or be a quoted table row behind its columns'
titles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.chunking import labelled_row
from assistant.records import Document, Quote, Reason, Sentence, Verdict
from assistant.sentences import split_sentences

_NUMBER = re.compile(r"^\s*\d{1,3}[.)] ")

FindDocument = Callable[[Quote], Document]


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a context supports a claim."""

    verdict: Verdict
    score: float
    """Between 0 and 1, higher is better: the share of the claim's sentences that the context holds."""
    reasons: tuple[Reason, ...] = ()


def verify(claim: str, context: str) -> Verification:
    """Does the context say what the claim says? Whole sentences are compared, so that no "not" can be cut off.

    >>> verify("Boards meet monthly.", "The unit is small. Boards meet monthly.").verdict
    'supported'
    >>> verify("Boards meet weekly.", "The unit is small. Boards meet monthly.").verdict
    'unsupported'
    """
    said = list(_sentences(claim))
    lines = [_plain(line) for line in context.split("\n")]
    held = set(_sentences(context)) | set(lines)
    # A table row is shown behind its columns' titles; both are cited.
    rows = [line for line in lines if " | " in line]
    held |= {_plain(labelled_row(header, row)) for header in rows for row in rows}
    missing = [sentence for sentence in said if sentence not in held]
    if not said:
        return Verification("unsupported", 0.0, (Reason("words", claim, "the claim is empty"),))
    share = 1 - len(missing) / len(said)
    if _plain(claim) in held or not missing:
        return Verification("supported", 1.0)
    reasons = tuple(Reason("words", sentence, context) for sentence in missing)
    return Verification("partly" if share else "unsupported", share, reasons)


def check_sentence(sentence: Sentence, quotes: Sequence[Quote], find_document: FindDocument) -> Sentence:
    """The sentence with its verdict: supported only when every quote is exact and holds all the sentence's words."""
    reasons: list[Reason] = []
    cited = [quote for quote in quotes if quote.n in sentence.citations]
    if not cited:
        reasons.append(Reason("citation", sentence.text, "no quote is cited"))
    for quote in cited:
        found = find_document(quote).text[quote.start : quote.end]
        if found != quote.quote:
            reasons.append(Reason("quote", quote.quote, found))
    if cited:
        reasons += verify(sentence.text, "\n".join(quote.quote for quote in cited)).reasons
    verdict: Verdict = "unsupported" if reasons else "supported"
    return Sentence(sentence.text, sentence.citations, verdict, tuple(reasons))


def _sentences(text: str) -> Iterator[str]:
    """Each sentence of each line and table cell, spaced evenly, without the number that a list puts before it."""
    for line in re.split(r"\n| \| ", text):
        words = _NUMBER.sub("", line, count=1)
        for start, end in split_sentences(words):
            yield _plain(words[start:end])


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
