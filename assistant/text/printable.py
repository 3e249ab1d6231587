"""Text that is safe to write into a file or a page."""

from __future__ import annotations

import re
import unicodedata

_URL = re.compile(r"https://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][A-Za-z0-9._~:/?#@!$&'()*+,;=%\[\]-]*)?", re.ASCII)
_DROPPED = frozenset(("Cc", "Cf", "Cs", "Co"))
_NOT_CHARACTERS = 0xFFFE
LABEL_CHARACTERS = 12
"""Longest page label that is shown."""


def clean(text: str) -> str:
    """Return the text without controls, surrogates, direction marks and private-use characters.

    XML refuses these, or they hide or reorder words. New lines stay; other white space becomes a space. Quotes stay
    exact: reading documents removes the same characters.

    >>> clean("a\\x00b\\u202e\\r\\nc\\td\\ufffe")
    'ab\\nc d'
    """
    lines = re.sub(r"\r\n?", "\n", text).split("\n")
    # Most lines need no cleaning, and a conversation has thousands.
    return "\n".join(line if line.isprintable() else "".join(map(_kept, line)) for line in lines)


def in_one_line(text: str) -> str:
    """Return clean text with single spaces.

    >>> in_one_line(" What\\n  next? ")
    'What next?'
    """
    return " ".join(clean(text).split())


def shortened(text: str, most: int) -> str:
    """Return at most ``most`` characters, cut between words where possible, with "…" where something is left out.

    >>> shortened("Who pays for the councils?", 15)
    'Who pays for…'
    """
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip()}…"


def printed_label(label: str | None) -> str:
    """Return the label printed on a page, such as "iii", "A-12" or "Annex B-3"; empty where there is none.

    A file can label its pages with anything; a longer label is ignored.

    >>> printed_label("xii"), printed_label("Housing Act 2025, s. 4")
    ('xii', '')
    """
    line = in_one_line(label or "")
    return line if len(line) <= LABEL_CHARACTERS else ""


def web_address(url: str) -> str:
    """Return an https address that is safe to link as it is; empty for anything else.

    >>> web_address("https://example.org/a?b=c"), web_address("javascript:alert(1)")
    ('https://example.org/a?b=c', '')
    """
    return url if _URL.fullmatch(url) else ""


def _kept(character: str) -> str:
    if character.isspace():
        # Controls such as the form feed count as white space, and so does the line separator.
        return " "
    dropped = unicodedata.category(character) in _DROPPED or ord(character) & _NOT_CHARACTERS == _NOT_CHARACTERS
    return "" if dropped else character
