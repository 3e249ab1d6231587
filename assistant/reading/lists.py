"""Small facts about lists that readers of several formats share."""

from __future__ import annotations

import re

from assistant.reading.builder import mark

_LONGEST_LEAD_IN = 160
"""Characters of a single sentence that still counts as a list's lead-in."""
_STOP = re.compile(r"[.?!](?:\s|$)")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]*$")
_POINTS_AHEAD = re.compile(r"\b(?:following|as follows|below|these)\b[^.!?]*[.!?]?$", re.I)
_MARK = re.compile(".*?".join(map(re.escape, mark("\0").split("\0"))))
_BULLET = re.compile(r"^\s*[•▪◦‣●■∙·]\s*")


def introduces_list(text: str) -> bool:
    """True when a paragraph directly before a list leads it in.

    It does when its last sentence is not finished or points ahead, or when it is one short sentence.

    >>> introduces_list("Each board should:"), introduces_list("That was in 2024. It ended well.")
    (True, False)
    """
    is_short = len(text) <= _LONGEST_LEAD_IN and len(_STOP.findall(text)) < 2
    return is_short or not _SENTENCE_END.search(text) or bool(_POINTS_AHEAD.search(text))


def strip_bullet(text: str) -> tuple[str, bool]:
    """The text without a typed bullet, and whether it had one.

    >>> strip_bullet("• publish a plan")
    ('publish a plan', True)
    """
    found = _BULLET.match(text)
    return (text[found.end() :], True) if found else (text, False)


def without_marks(text: str) -> str:
    """Text for a builder as it will read, with the note marks gone."""
    return _MARK.sub("", text)
