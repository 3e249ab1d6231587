"""Equality of whole sentences, lines and table rows: the only support that is found without a judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.text.caching import kept
from assistant.text.chunking import labelled_row
from assistant.text.sentences import split_sentences

_CITED = re.compile(r"\s?\[\d{1,3}(?:\s?[,–-]\s?\d{1,3})*\]")
_NUMBER = re.compile(r"^\s*\d{1,3}[.)] ")
_MOST_HEADERS = 30
"""Table rows that are tried as the titles of the others."""


def is_verbatim(claim: str, context: str) -> bool:
    """Return whether the claim is a line of the context, or each of its sentences a whole sentence or table row of it.

    Whole sentences are compared, so that no "not" can be cut off.

    >>> is_verbatim("Boards meet monthly.", "Boards are small. Boards meet monthly.")
    True
    >>> is_verbatim("Boards meet.", "No boards meet.")
    False
    """
    held = _held(context)
    said = list(sentences_of(claim))
    return bool(said) and (_bare(_spaced(claim)) in held or all(_bare(sentence) in held for sentence in said))


def without_citations(claim: str) -> str:
    """Return a claim without "[1]", "[2, 3]"."""
    return _CITED.sub("", claim)


def sentences_of(text: str) -> Iterator[str]:
    """Yield each sentence of each line and table cell, single-spaced, without a list's number."""
    for line in re.split(r"\n| \| ", text):
        words = _NUMBER.sub("", line, count=1)
        for start, end in split_sentences(words):
            yield _spaced(words[start:end])


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
