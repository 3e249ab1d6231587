"""Printing shared by several commands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.records import Quote
from assistant.text.quoting import heading_path, quote_heading

JsonFlag = Annotated[bool, typer.Option("--json", help="Print the record as JSON.")]


def print_quotes(quotes: Iterable[Quote]) -> None:
    """Print each quote under its number, with its place and footnotes."""
    for quote in quotes:
        print(f"[{quote.n}] {quote_heading(quote).removesuffix(':')}, {quote_place(quote)}")
        # Later lines are indented like the first: at the margin they could look like Steward's own.
        words = f"“{quote.quote}”" if quote.form == "quote" else quote.quote
        print(f"    {words}".replace("\n", "\n     "))
        for note in quote.footnotes:
            print(f"    note {note.number}: {note.text}")


def quote_place(quote: Quote) -> str:
    """Return a quote's section, and its page if the source has pages."""
    page = f", p. {quote.page_label or quote.page}" if quote.page else ""
    return f"{heading_path(quote.section)}{page}"


def print_json(record: Any) -> None:
    """Print a record as JSON."""
    print(json.dumps(record, ensure_ascii=False, indent=2))


@contextmanager
def show_progress(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a progress bar per step on stderr, if it is a terminal; yields the function to call."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def advance(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield advance
