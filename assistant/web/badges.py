"""Authority as a badge: a shape, words and a colour, the same wherever somebody speaks."""

from __future__ import annotations

from assistant.records import Authority
from assistant.web.templates import render


def badge_html(authority: Authority, words: str = "") -> str:
    """Return the badge of an authority, under other ``words`` where its usual ones do not fit."""
    return render("badge", authority=authority, words=words).strip()
