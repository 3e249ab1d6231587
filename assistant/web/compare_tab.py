"""The tab that compares what documents say on a topic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from assistant.answering.comparison import ComparedDocument, Comparison, compare_documents
from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.library import Library
from assistant.text.quoting import AUTHORITY_WORDS, quote_heading
from assistant.web.api.endpoints import record_use
from assistant.web.evidence import quotes_html
from assistant.web.html_parts import problem_html
from assistant.web.templates import render

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
td .voice { display: none; }
blockquote { white-space: pre-wrap; margin: 8px 0; }
a { text-decoration: underline; padding: 0; }
@media (max-width: 640px) {
  thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  table, caption, tbody, tr, th, td { display: block; min-width: 0; }
  table, tr { border: 0; }
  td .voice { display: block; font-size: 0.9em; }
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
    table = render(
        "comparison",
        comparison=comparison,
        found=any(cell.status == "found" for row in comparison.themes for cell in row.cells),
        prefix=_PREFIX,
        quote_heading=quote_heading,
        standing=_standing,
        summaries={quote.document for quote in comparison.citations if quote.form == "summary"},
    )
    return table + quotes_html(comparison.citations, generation, _PREFIX)


def _problem(topic: str, documents: list[str]) -> str | None:
    if not (topic or "").strip():
        return "Enter a topic in a few words."
    if len(topic) > TOPIC_CHARACTERS:
        return f"The topic has {len(topic)} characters; the limit is {TOPIC_CHARACTERS}. Shorten it to a few words."
    if len(set(documents or [])) < 2:
        return "Choose 2 or more documents."
    return None


def _standing(item: ComparedDocument) -> str:
    status = "" if item.status == "current" else f", {item.status}"
    return f"{AUTHORITY_WORDS[item.authority]}{status}"
