"""Checks a sentence against the quotes that it cites: words, place, speaker and authority."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.claims.rules import RuleChecker
from assistant.claims.sentencewise import is_verbatim
from assistant.claims.verification import Checker, Verification
from assistant.claims.voices import frame_of, quotes_of, says_decided, without_policy_label
from assistant.records import Document, Quote, Reason, Sentence, Verdict
from assistant.text.quoting import AUTHORITY_WORDS
from assistant.text.speakers import GOVERNMENT

FindDocument = Callable[[Quote], Document]
_RULES = RuleChecker()


def check_sentence(
    sentence: Sentence, quotes: Sequence[Quote], find_document: FindDocument, checker: Checker = _RULES
) -> Sentence:
    """Return the sentence with its verdict: supported only if each quote is exact and they say it with that authority.

    A quote is exact if its document has it at its place. A sentence in other words than its quotes must not present a
    proposal as the government's decision; a speaker that it names must be the quote's, or be named in it.
    """
    cited = [quote for quote in quotes if quote.n in sentence.citations]
    reasons = list(_places(cited, find_document))
    if cited:
        reasons += _meaning(sentence.text, cited, checker)
    else:
        reasons.append(Reason("citation", sentence.text, "no quote is cited"))
    verdict: Verdict = "unsupported" if reasons else "supported"
    return Sentence(sentence.text, sentence.citations, verdict, tuple(reasons))


def _places(cited: Sequence[Quote], find_document: FindDocument) -> Iterator[Reason]:
    for quote in cited:
        found = find_document(quote).text[quote.start : quote.end]
        if found != quote.quote:
            yield Reason("quote", quote.quote, found)


def _meaning(text: str, cited: Sequence[Quote], checker: Checker) -> list[Reason]:
    words = _words_of(cited)
    if is_verbatim(text, words):
        return []
    if says_decided(text) and not any(quote.authority in GOVERNMENT for quote in cited):
        standing = ", ".join(dict.fromkeys(AUTHORITY_WORDS[quote.authority] for quote in cited))
        return [Reason("authority", text, f"{standing}: {_speakers(cited)}")]
    frame = frame_of(text)
    whole = checker.verify(text, words)
    if frame is None or whole.verdict == "supported":
        return _reasons(whole, text) and _reasons(checker.verify(without_policy_label(text), words), text)
    own = quotes_of(frame.speaker, cited)
    if own:
        return _reasons(checker.verify(frame.said, _words_of(own)), text)
    named = frame.speaker.removeprefix("The ").removeprefix("the ").lower() in words.lower()
    reasons = _reasons(whole, text)
    return reasons if named else [Reason("speaker", frame.speaker, _speakers(cited)), *reasons]


def _reasons(found: Verification, text: str) -> list[Reason]:
    """Return why a claim is not supported, at least one reason."""
    if found.verdict == "supported":
        return []
    return list(found.reasons) or [Reason("words", text, "")]


def _words_of(quotes: Sequence[Quote]) -> str:
    return "\n".join(quote.quote for quote in quotes)


def _speakers(quotes: Sequence[Quote]) -> str:
    return ", ".join(dict.fromkeys(quote.speaker.name for quote in quotes))
