"""What several commands print alike."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from assistant.records import Quote


def print_quotes(quotes: Iterable[Quote]) -> None:
    """Each quote under its number, with its place and its notes."""
    for quote in quotes:
        print(f"[{quote.n}] {quote.publisher}, {quote.title} ({quote.published}, {quote.form}), {quote_place(quote)}")
        # A quote's further lines stand below its first: at the margin they could pass for lines of ours.
        print(f"    “{quote.quote}”".replace("\n", "\n     "))
        for note in quote.footnotes:
            print(f"    note {note.number}: {note.text}")


def quote_place(quote: Quote) -> str:
    """Where a quote stands: its section, and its page where the source has pages."""
    page = f", p. {quote.page_label or quote.page}" if quote.page else ""
    return f"{' › '.join(quote.section)}{page}"


def print_json(record: Any) -> None:
    """A record as JSON, as a program reads it."""
    print(json.dumps(record, ensure_ascii=False, indent=2))
