"""Tables and messages as HTML. They take plain text and escape it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.web.templates import render


def table_html(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first cell of each row is its heading, and line breaks are kept."""
    return render("table", caption=caption, headings=headings, rows=rows)


def heading_html(title: str, words: str) -> str:
    """Return the heading of a place, and what one finds there."""
    return render("heading", title=title, words=words)


def message_html(words: str) -> str:
    """Return a message that says what was done or found."""
    return render("message", words=words, role="status")


def problem_html(words: str) -> str:
    """Return an error message, which screen readers say at once."""
    return render("message", words=words, role="alert")
