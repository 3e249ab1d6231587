"""The tab that compares what documents say on a topic."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import gradio as gr

from assistant.answering.comparison import Cell, ComparedDocument, Comparison, Theme, compare_documents
from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.library import Library
from assistant.text.dates import date_in_words
from assistant.text.quoting import AUTHORITY_WORDS, quote_heading
from assistant.web.api.endpoints import record_use
from assistant.web.evidence import quotes_html
from assistant.web.html_parts import problem_html

DOCUMENTS = "Choose 2 or more. Each becomes a column of the table, in the order you choose them."
TOPIC_CHARACTERS = 300
"""Longest topic accepted."""
# Below 640 px a row's cells are stacked. Roles are explicit because some browsers drop a table's own when its display
# changes. One rule a line: the style sheet is also a template, in which two braces together have a meaning.
CSS = """
table { width: 100%; min-width: calc(var(--columns) * 180px); border-collapse: collapse; table-layout: fixed; }
caption { text-align: left; font-weight: 600; padding: 8px 0; }
.frame { overflow-x: auto; margin-bottom: 16px; }
th, td { text-align: left; vertical-align: top; padding: 8px; border: 1px solid var(--border-color-primary); }
thead th { background: var(--background-fill-secondary); }
thead th:first-child { width: 18%; }
section { overflow-wrap: anywhere; }
th .voice { font-weight: 400; }
td .voice { font-size: 0.9em; }
td .title { display: none; }
blockquote { white-space: pre-wrap; margin: 8px 0; }
a { text-decoration: underline; padding: 0; }
@media (max-width: 640px) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table, caption, tbody, tr, th, td { display: block; min-width: 0; }
  table, tr { border: 0; }
  td .title { display: inline; }
  tr { margin-bottom: 16px; }
}
"""
_PREFIX = "compare-evidence"


def compare_tab(current: Callable[[], Library]) -> None:
    """Draw the tab."""

    def choices() -> list[tuple[str, str]]:
        return [(source.title, source.id) for source in current().held.values()]

    def show(topic: str, documents: list[str]) -> str:
        if problem := _problem(topic, documents):
            return problem_html(problem)
        library = current()
        try:
            compared = list(dict.fromkeys(documents))
            comparison = compare_documents(topic.strip(), compared, library)
            record_use("comparison", {"documents": compared}, words=topic.strip())
        except AssistantError as error:
            return problem_html(str(error))
        return comparison_html(comparison, library.generation)

    with gr.Tab("Compare", id="compare") as tab:
        topic = gr.Textbox(label="Topic", info="A few words, for example: social value.", max_lines=2)
        documents = gr.CheckboxGroup(choices(), label="Documents", info=DOCUMENTS, value=[])
        send = gr.Button("Compare", variant="primary")
        table = gr.HTML(label="Comparison", css_template=CSS)
        private: dict[str, Any] = {"api_visibility": "private"}
        gr.on([send.click, topic.submit], show, [topic, documents], table, **private, api_name="show_comparison")
        # Includes documents added while the app runs.
        tab.select(lambda: gr.CheckboxGroup(choices=choices()), None, documents, **private, show_progress="hidden")


def comparison_html(comparison: Comparison, generation: Generation) -> str:
    """Return a table with a row per theme and a column per document, and the cards of its quotes."""
    # Line ends keep cells apart when the text is copied without its layout.
    heads = "\n".join(
        f'<th scope="col" role="columnheader">{escape(item.publisher)}: {escape(item.title)}'
        f'\n<p class="voice">{escape(_standing(item).capitalize())}, {date_in_words(item.published)}</p></th>'
        for item in comparison.documents
    )
    rows = "\n".join(_row(row, comparison) for row in comparison.themes)
    caption = f"What {len(comparison.documents)} documents say on “{escape(comparison.topic)}”"
    found = any(cell.status == "found" for row in comparison.themes for cell in row.cells)
    nobody = "" if found else "<p>Nothing near enough to the topic was found in these documents.</p>"
    return (
        f'<section aria-label="Comparison"><div class="frame" role="region" tabindex="0" aria-label="{caption}">'
        f'<table role="table" style="--columns: {len(comparison.documents) + 1}"><caption>{caption}</caption>\n'
        f'<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Theme</th>\n{heads}</tr></thead>\n'
        f'<tbody role="rowgroup">{rows}</tbody></table></div>{nobody}'
        f"<p>Library as at {date_in_words(comparison.as_at)}</p></section>"
        + quotes_html(comparison.citations, generation, _PREFIX)
    )


def _problem(topic: str, documents: list[str]) -> str | None:
    if not (topic or "").strip():
        return "Enter a topic in a few words."
    if len(topic) > TOPIC_CHARACTERS:
        return f"The topic has {len(topic)} characters; the limit is {TOPIC_CHARACTERS}. Shorten it to a few words."
    if len(set(documents or [])) < 2:
        return "Choose 2 or more documents."
    return None


def _row(row: Theme, comparison: Comparison) -> str:
    cells = "\n".join(
        f'<td role="cell">{_voice(item)}\n{_cell(cell, comparison)}</td>'
        for item, cell in zip(comparison.documents, row.cells, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{escape(row.theme)}</th>\n{cells}</tr>'


def _voice(item: ComparedDocument) -> str:
    """Return who speaks in a cell; the title shows only when the column heads do not."""
    title = f'<span class="title">, {escape(item.title)}</span>'
    return f'<p class="voice">{escape(item.publisher)}{title}, {escape(_standing(item))}</p>'


def _cell(cell: Cell, comparison: Comparison) -> str:
    """Return the exact quote, under its readable form if it is a table row; the nearest passage is called so."""
    if cell.citation is None:
        return "<p>Nothing near enough found.</p>"
    near = "" if cell.status == "found" else "<p>Nothing near enough found. Nearest:</p>"
    quote = comparison.citations[cell.citation - 1]
    read = "" if cell.text == quote.quote else f"<p>{escape(cell.text)}</p>"
    link = f'<a href="#{_PREFIX}-{quote.n}" aria-label="Evidence [{quote.n}]">[{quote.n}]</a>'
    who = "" if quote.speaker.kind == "publisher" else f"<p>{escape(quote_heading(quote))}</p>"
    if quote.form == "summary":
        return f"{near}{who}{read or f'<p>{escape(quote.quote)}</p>'}<p>{link}</p>"
    return f"{near}{who}{read}<blockquote>“{escape(quote.quote)}” {link}</blockquote>"


def _standing(item: ComparedDocument) -> str:
    status = "" if item.status == "current" else f", {item.status}"
    return f"{AUTHORITY_WORDS[item.authority]}{status}"
