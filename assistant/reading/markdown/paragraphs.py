"""Repairs running text: words broken at line ends, paragraphs cut in two by a page, lines that are headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?(?:-[^\W\d_]+(?:['’][^\W\d_]+)?)*")
_BROKEN_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]+[-‐\u00ad][ \t]*\n[ \t]*[^\W\d_]+")
_BROKEN_END = re.compile(r"([^\W\d_]+)[-‐\u00ad]$")
_WORD_START = re.compile(r"[^\W\d_]+")
_SLASH_END = re.compile(r"\w/$")
_DOUBLED = re.compile(r"\b([^\W\d_]{3,})(by|for|in|of|on|to)-(\1)\b")
_SEAM = 80
"""Characters looked at on each side of a line end; more would make hostile texts slow."""

_DECORATION = re.compile(r"(?:[⁰¹²³⁴⁵⁶⁷⁸⁹]+[,–-]?|\^\{[^{}]*\}|\ue000[^\ue001]*\ue001|</?\w+>|[*_])+$")
_SENTENCE_END = re.compile(r"[.?!:;…][\"'”’)\]]*$")
_OPEN_END = re.compile(
    r"(?:,|\b(?:a|an|and|as|at|but|by|for|from|in|into|is|are|its|it|of|on|or|our|that|the|their|than|this|to|was|were|"
    r"which|who|with))$"
)
_ENUMERATOR = re.compile(r"(?:[a-z]|[ivx]{1,4})[.)]?\s+[\w'‘“\"]")


def vocabulary(text: str) -> Counter[str]:
    """How often each word stands in the text, in small letters; a hyphenated word counts as one, a broken one not."""
    return Counter(word.lower() for word in _WORD.findall(_BROKEN_WORD.sub(" ", text)))


def join_lines(lines: Iterable[str], words: Collection[str] = ()) -> str:
    """The lines of one paragraph as one, words broken between them made whole.

    A hyphen at the end of a line goes, unless ``words`` (of the same document) knows the hyphenated word, or both
    halves and not the joined word.

    >>> join_lines(["a shared mobili-", "sation"]), join_lines(["the cross-", "sector team"], {"cross", "sector"})
    ('a shared mobilisation', 'the cross-sector team')
    """
    parts: list[str] = []
    for line in lines:
        line = line.strip()
        if parts and line:
            keep, seam = _seam(parts[-1][-_SEAM:], line[:_SEAM], words)
            parts[-1] = parts[-1] if keep else parts[-1][:-1]
            line = seam + line
        if line:
            parts.append(line)
    return "".join(parts)


def _seam(before: str, after: str, words: Collection[str]) -> tuple[bool, str]:
    """Whether the last character of ``before`` stays, and what goes between the lines."""
    left, right = _BROKEN_END.search(before), _WORD_START.match(after)
    if not left or not right:
        return True, "" if right and _SLASH_END.search(before) else " "
    first, second = left[1].lower(), right[0].lower()
    if second in ("and", "or", "to"):  # short- and long-term
        return True, " "
    known = first in words and second in words and first + second not in words
    return f"{first}-{second}" in words or right[0][0].isupper() or known, ""


def ends_sentence(text: str) -> bool:
    """Whether the text ends with a stop, a colon or a semicolon; note marks and closing quotes may follow it."""
    return _SENTENCE_END.search(_bare_end(text)) is not None


def runs_on(before: str, after: str, *, page_break: bool = False) -> bool:
    """Whether ``after`` goes on with the sentence that ``before`` leaves unfinished; neither may be a heading.

    With ``page_break`` (something that parts pages stood between them) a start in small letters is enough: the end of
    the line before can be lost with its page.
    """
    before, after = _bare_end(before), after.lstrip()[:_SEAM]
    if not before or not after:
        return False
    finished = _SENTENCE_END.search(before) is not None
    if after.lstrip("\"'“‘([*_")[:1].islower():
        # In small letters, but counted: the clauses of a law or licence.
        if _ENUMERATOR.match(after) and (finished or len(before) < 60):
            return False
        return not finished or (page_break and before[-1] not in ":;")
    return not finished and _OPEN_END.search(before) is not None


def _bare_end(text: str) -> str:
    return _DECORATION.sub("", text.rstrip()[-_SEAM:]).rstrip()


def restore_hyphens(text: str, words: Counter[str]) -> str:
    """The text with hyphens put back that a line end swallowed.

    Only where the document itself writes the word with its hyphen at least three times, and three times as often as
    without; or where the word repeats itself, as in ``dayto-day``.
    """
    text = _DOUBLED.sub(r"\1-\2-\3", text)
    joined = {word.replace("-", ""): word for word, count in words.items() if "-" in word and count >= 3}
    lost = {bare: word for bare, word in joined.items() if len(bare) > 7 and 0 < words[bare] * 3 <= words[word]}
    if not lost:
        return text
    return re.sub(r"[^\W\d_]+", lambda found: _hyphenate(found[0], lost.get(found[0].lower(), "")), text)


def _hyphenate(bare: str, hyphenated: str) -> str:
    """``bare``, its capitals kept, with the hyphens of ``hyphenated``."""
    letters = iter(bare)
    return "".join("-" if letter == "-" else next(letters) for letter in hyphenated) or bare


def is_capital_line(line: str) -> bool:
    """Whether a line is set in capitals, but for a word or two such as ``SMEs``.

    >>> is_capital_line("REFORMS FOR SMEs AND OTHERS"), is_capital_line("NHS reform"), is_capital_line("2025")
    (True, False, False)
    """
    letters = [character for character in line if character.isalpha()]
    capitals = sum(1 for character in letters if character.isupper())
    return len(letters) > 2 and capitals >= 0.85 * len(letters)
