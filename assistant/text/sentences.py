"""Splits policy prose into sentences, as spans."""

from __future__ import annotations

import re

from assistant.records import Span

# A full stop after these does not end a sentence.
_ABBREVIATIONS = frozenset("e.g i.e cf vs dr mr mrs ms prof sir st approx rt hon jan feb aug sept oct nov dec".split())
# Nor after these when a number follows: "No. 10", "p. 12", "s. 13".
_BEFORE_NUMBERS = frozenset("no nos p pp vol art para paras fig s ss cl sec ch".split())
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s)")
_SPACE = re.compile(r"\s*")
_OPENING = re.compile(r"[\"'“‘(\[]*([A-Z0-9£$€])")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the spans of the sentences of ``text[start:end]``, without the white space between them.

    >>> text = "No. 10 leads. The unit has 25 staff, e.g. analysts."
    >>> [text[a:b] for a, b in split_sentences(text)]
    ['No. 10 leads.', 'The unit has 25 staff, e.g. analysts.']
    """
    end = len(text) if end is None else end
    spans: list[Span] = []
    begin = start
    for found in _END.finditer(text, start, end):
        if _ends_sentence(text, begin, found.start(), found.end(), end):
            spans.append(Span(begin, found.end()))
            space = _SPACE.match(text, found.end(), end)
            begin = space.end() if space else end
    if begin < end:
        tail = text[begin:end].rstrip()
        if tail:
            spans.append(Span(begin, begin + len(tail)))
    return spans


def _ends_sentence(text: str, begin: int, stop: int, after: int, end: int) -> bool:
    following = text[after : min(end, after + 12)].lstrip()
    if not _OPENING.match(following):
        return False
    if text[stop] != ".":
        return True
    word = re.search(r"([A-Za-z][A-Za-z.]*)$", text[max(begin, stop - 24) : stop])
    if word is None:
        return True
    last = word.group(1).lower()
    if last in _ABBREVIATIONS or (last in _BEFORE_NUMBERS and following[0].isdigit()):
        return False
    # A single capital is an initial ("D. L. Levy"), except at the end of a list such as "Part B."
    return not (len(last) == 1 and word.group(1).isupper())
