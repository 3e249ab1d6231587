"""Judges each sentence of a claim by itself; one that the context has verbatim passes by equality."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.claims.short_forms import ShortForms, find_short_forms
from assistant.claims.verification import Verification
from assistant.records import Reason, Verdict
from assistant.text.caching import kept
from assistant.text.chunking import labelled_row
from assistant.text.sentences import split_sentences

_CITED = re.compile(r"\s?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]")
_NUMBER = re.compile(r"^\s*\d{1,3}[.)] ")
_PIECE = re.compile(r"\w+|[^\w\s]")
LONGEST_SENTENCE = 300
"""Words and marks; the longest in the library has 211. Anything longer is not a sentence, and is read in pieces."""
_MOST_HEADERS = 30
"""Table rows that are tried as the titles of the others."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The finding on one sentence: the chance that it is supported, and why it is not; no reason means it is."""

    score: float
    reasons: tuple[Reason, ...] = ()


Judge = Callable[[str, Sequence[str], ShortForms], Judgement]
"""Judges a sentence against the sentences of a context, given the short forms of both."""


def verify_sentences(claim: str, context: str, judge: Judge) -> Verification:
    """Return the verdict over all sentences of a claim; its score is the lowest of theirs. "[1]" is a citation."""
    if is_verbatim(claim, context):
        return Verification("supported", 1.0)
    claim = _CITED.sub("", claim)
    said = list(sentences_of(claim))
    if not said:
        return Verification("unsupported", 0.0, (Reason("words", claim, "the claim is empty"),))
    held, short_forms = _held(context), find_short_forms(claim, context)
    units = [piece for sentence in sentences_of(context) for piece in _pieces(sentence)]
    judged = [
        Judgement(1.0) if _bare(sentence) in held else judge(piece, units, short_forms)
        for sentence in said
        for piece in _pieces(sentence)
    ]
    supported = sum(not item.reasons for item in judged)
    verdict: Verdict = "supported" if supported == len(judged) else "partly" if supported else "unsupported"
    return Verification(
        verdict, min(item.score for item in judged), tuple(reason for item in judged for reason in item.reasons)
    )


def is_verbatim(claim: str, context: str) -> bool:
    """Return whether the claim is a line of the context, or each of its sentences a whole sentence or table row of it.

    Whole sentences are compared, so that no "not" can be cut off.
    """
    held = _held(context)
    said = list(sentences_of(claim))
    return bool(said) and (_bare(_spaced(claim)) in held or all(_bare(sentence) in held for sentence in said))


def sentences_of(text: str) -> Iterator[str]:
    """Yield each sentence of each line and table cell, single-spaced, without a list's number."""
    for line in re.split(r"\n| \| ", text):
        words = _NUMBER.sub("", line, count=1)
        for start, end in split_sentences(words):
            yield _spaced(words[start:end])


def _pieces(sentence: str) -> Iterator[str]:
    """Yield the sentence; one that is too long to compare as a whole, in pieces."""
    starts = [found.start() for found in _PIECE.finditer(sentence)][::LONGEST_SENTENCE] or [0]
    for start, end in zip(starts, [*starts[1:], len(sentence)], strict=True):
        yield sentence[start:end].strip()


@kept(256)
def _held(context: str) -> frozenset[str]:
    lines = [_spaced(line) for line in context.split("\n")]
    # A table row is shown with its column titles; both are cited.
    rows = [line for line in lines if " | " in line]
    labelled = [_spaced(labelled_row(header, row)) for header in rows[:_MOST_HEADERS] for row in rows]
    return frozenset(map(_bare, (*sentences_of(context), *lines, *labelled)))


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _bare(text: str) -> str:
    return text.rstrip(" .;")
