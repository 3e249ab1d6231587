"""Does what is shown follow from what it cites? Runs on every final sentence, whoever wrote it.

This release shows quoted sentences only, so the check is equality: each cited quote must stand in its document at the
place it names, and each sentence must stand in one of its quotes, or be a quoted table row behind its columns' titles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.chunking import labelled_row
from assistant.records import Document, Quote, Reason, Sentence, Verdict

FindDocument = Callable[[Quote], Document]


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
    if cited and not _is_verbatim(sentence.text, cited):
        reasons.append(Reason("words", sentence.text, " … ".join(quote.quote for quote in cited)))
    return _judged(sentence, reasons)


def _is_verbatim(text: str, quotes: Sequence[Quote]) -> bool:
    """True when the text stands in one of the quotes, or is a quoted table row behind its quoted columns' titles."""
    if any(text in quote.quote for quote in quotes):
        return True
    lines = [line for quote in quotes for line in quote.quote.split("\n")]
    return any(labelled_row(header, row) == text for header in lines for row in lines)


def _judged(sentence: Sentence, reasons: Sequence[Reason]) -> Sentence:
    verdict: Verdict = "unsupported" if reasons else "supported"
    return Sentence(sentence.text, sentence.citations, verdict, tuple(reasons))
