"""`steward compare`: compare what documents say on a topic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.answering.comparison import Cell, ComparedDocument, Comparison

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&])")
"""Characters of a source that a Markdown table could read as markup."""


def compare(
    topic: Annotated[str, typer.Argument(help="What to compare the documents on.")],
    document: Annotated[list[str], typer.Option("--document", help="A document, by id; give two or more.")],
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the table as Markdown.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Compare what two or more documents say on a topic, theme by theme, with exact quotes."""
    if not topic.strip():
        raise typer.BadParameter("The topic is empty.")
    if len(set(document)) < max(2, len(document)):
        raise typer.BadParameter("Give two or more different documents, each with --document.")
    if markdown and as_json:
        raise typer.BadParameter("Use either --markdown or --json.")
    from assistant.answering.comparison import compare_documents, comparison_record
    from assistant.commands.printing import print_json, print_quotes
    from assistant.library import open_library

    comparison = compare_documents(topic, document, open_library(load_settings()))
    if as_json:
        print_json(comparison_record(comparison))
    elif markdown:
        print(as_markdown(comparison))
    else:
        _print_table(comparison)
        print()
        print_quotes(comparison.citations)


def as_markdown(comparison: Comparison) -> str:
    """Return the comparison as a Markdown table with citations below, in which no source text is markup."""
    from assistant.commands.printing import quote_place
    from assistant.text.quoting import quote_heading, quoted

    lines = [_row(["", *map(_who, comparison.documents)]), "|---" * (len(comparison.documents) + 1) + "|"]
    lines += [_row([row.theme, *(_shown(cell, comparison) for cell in row.cells)]) for row in comparison.themes]
    lines.append("")
    for quote in comparison.citations:
        who = quote_heading(quote).removesuffix(":")
        lines.append(f"{quote.n}. {_plain(f'{who}, {quote_place(quote)}: {quoted(quote.quote, quote.form)}')}")
    return "\n".join(lines)


def _print_table(comparison: Comparison) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    # As `Text`: rich would read brackets in a string as markup.
    table = Table("", show_lines=True)
    for item in comparison.documents:
        table.add_column(Text(_who(item)))
    for row in comparison.themes:
        table.add_row(Text(row.theme), *(Text(_shown(cell, comparison)) for cell in row.cells))
    Console().print(table)


def _who(item: ComparedDocument) -> str:
    from assistant.text.quoting import AUTHORITY_WORDS, as_shown

    status = "" if item.status == "current" else f", {item.status}"
    return as_shown(f"{item.publisher}, {item.title} ({AUTHORITY_WORDS[item.authority]}, {item.published}{status})")


def _shown(cell: Cell, comparison: Comparison) -> str:
    """Return the cell's passage; the nearest one is called so."""
    from assistant.text.quoting import quoted

    if cell.citation is None:
        return cell.status
    words = f"{quoted(cell.text, comparison.citations[cell.citation - 1].form)} [{cell.citation}]"
    return words if cell.status == "found" else f"{cell.status}; nearest: {words}"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(map(_plain, cells)) + " |"


def _plain(words: str) -> str:
    return _MARKDOWN.sub(r"\\\1", " ".join(words.split()))
