"""A draft pasted as plain text, with its paragraphs kept apart before it is read as Markdown."""

from __future__ import annotations

import re
from itertools import pairwise

WRAPPED = 100
"""Longest line, in characters, of a text whose lines were broken by hand, as in many emails."""
_SHORTEST_WRAPPED = 45
_STRUCTURED = re.compile(r"\s|[-*+•◦▪‣●○■]\s|\d{1,9}[.)]\s|[|>#=-]|```|~~~|\[\^")
"""How a line begins that Markdown itself tells from the next: items, rows, quotations, what belongs to an item."""
_MARKER = re.compile(r"^([ \t]*)(?:[•◦▪‣●○■·o–]|(\d{1,9}[.)]))[ \t]*\t[ \t]*", re.M)
"""How a word processor begins an item: the reader would take the tab for that of a table."""
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.M)
_SENTENCE_END = re.compile(r"[.?!:;…][\"'”’)\]]*$")
# The reader joins a paragraph that ends in a comma to the next, as pages cut them. It reads this as nothing.
_CLOSED = "&#8203;"


def separate_paragraphs(text: str) -> str:
    """Return a pasted text with an empty line between paragraphs that stand on lines of their own.

    Word processors paste each paragraph as one line, which Markdown would run together. Lines that were broken by hand
    stay together.

    >>> separate_paragraphs("Next steps\\nBoards meet monthly.\\n- One\\n- Two")
    'Next steps\\n\\nBoards meet monthly.\\n\\n- One\\n- Two'
    >>> separate_paragraphs("Dear Minister,\\nBoards meet monthly.")
    'Dear Minister,&#8203;\\n\\nBoards meet monthly.'
    """
    text = _MARKER.sub(lambda found: f"{found[1]}{found[2] or '-'} ", re.sub(r"\r\n?", "\n", text))
    if _FENCE.search(text):
        return text
    lines = text.split("\n")
    by_hand = max(map(len, lines)) <= WRAPPED
    kept: list[str] = []
    for line, after in pairwise([*lines, ""]):
        is_open = line.rstrip().endswith(",") and not _STRUCTURED.match(line)
        wrapped = by_hand and len(line) >= _SHORTEST_WRAPPED and not _SENTENCE_END.search(line.rstrip())
        if is_open and not wrapped:
            line = f"{line.rstrip()}{_CLOSED}"
        kept.append(line)
        both = bool(_STRUCTURED.match(line)) and bool(_STRUCTURED.match(after))
        if line.strip() and after.strip() and not wrapped and not both and not after[0].isspace():
            kept.append("")
    return "\n".join(kept)
