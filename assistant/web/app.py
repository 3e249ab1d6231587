"""Builds and launches the Gradio app."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any, cast

from assistant import telemetry

telemetry.switch_off()

import gradio as gr  # noqa: E402 its analytics switch is read at import

from assistant.answering import Assistant, Turn  # noqa: E402
from assistant.answering.arrangement import AUTHORITY_WORDS  # noqa: E402
from assistant.answering.generative import note_on  # noqa: E402
from assistant.errors import AssistantError  # noqa: E402
from assistant.library import CurrentAssistant  # noqa: E402
from assistant.records import Answer  # noqa: E402
from assistant.retrieval import Filters  # noqa: E402
from assistant.settings import Settings  # noqa: E402
from assistant.web.check_tab import check_tab  # noqa: E402
from assistant.web.compare_tab import compare_tab  # noqa: E402
from assistant.web.evidence import evidence_html  # noqa: E402
from assistant.web.quality import quality_html  # noqa: E402

TITLE = "Steward"
INTRODUCTION = (
    "Ask about mission-led government. Answers rest on the library's own sentences, shown word for word beside them. "
    "Where the library does not hold the answer, Steward says so."
)
EXAMPLES = [
    "Who should sit on Mission Councils?",
    "What does the NPPS say about spending with small firms?",
    "Which authorities have an Integrated Settlement?",
]
CSS = """
.evidence-card { border: 1px solid var(--border-color-primary); border-radius: 8px; padding: 12px; }
.evidence-card { margin-bottom: 12px; }
.evidence-card .authority { font-weight: 600; }
.evidence-card blockquote { white-space: pre-wrap; overflow-wrap: anywhere; margin: 8px 0; }
"""
UPLOADS_KEPT_S = (600, 3600)
"""How often uploads that nothing was done with are looked for, and at what age they are deleted, in seconds."""
QUOTED, WRITTEN = "Quotes", "Written"
WRITING = "Writing from the evidence shown beside this …"
_MARKS = re.compile(r"(?: \[\d+\])+$", re.MULTILINE)
Message = dict[str, Any]


def build_app(current: Callable[[], Assistant]) -> gr.Blocks:
    """The app over a library, ``current`` gives it for each question; nothing is launched."""
    report = current().settings.quality_report
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=UPLOADS_KEPT_S) as blocks:
        gr.Markdown(f"# {TITLE}\n\n{INTRODUCTION}")
        with gr.Tabs():
            with gr.Tab("Ask"):
                _ask_tab(current)
            with gr.Tab("Compare"):
                compare_tab(current)
            with gr.Tab("Check a draft"):
                check_tab(current)
            with gr.Tab("Quality"):
                quality = gr.HTML(label="Quality")
        # At each load of the page, so that a report made while the app runs is seen.
        blocks.load(lambda: quality_html(report), None, quality, api_visibility="private")
    return cast(gr.Blocks, blocks)


def _ask_tab(current: Callable[[], Assistant]) -> None:
    """The chat, its filters, and the evidence beside it."""
    titles = {source.title: source.id for source in current().sources.values()}

    def respond(
        question: str, messages: list[Message], documents: list[str], authorities: list[str], mode: str = QUOTED
    ) -> Iterator[tuple[str, list[Message], str]]:
        if not question.strip():
            yield "", messages, gr.skip()
            return
        filters = Filters(tuple(titles[title] for title in documents), tuple(authorities))  # type: ignore[arg-type]
        asked = [*messages, {"role": "user", "content": question}]
        try:
            for said, evidence in _answers(current(), question, filters, _turns(messages), mode):
                yield "", [*asked, {"role": "assistant", "content": said}], evidence
        except AssistantError as error:
            yield "", [*asked, {"role": "assistant", "content": str(error)}], ""

    with gr.Row():
        with gr.Column(scale=3):
            # Plain text: what a document holds is never rendered as Markdown, HTML or formulas.
            chat = gr.Chatbot(
                label="Conversation",
                render_markdown=False,
                latex_delimiters=[],
                allow_tags=False,
                height=520,
                feedback_options=None,
                buttons=["copy"],
            )
            # Offered only where there is a model: a choice that cannot be taken is none.
            modes = [QUOTED, WRITTEN] if _can_write(current()) else [QUOTED]
            mode = gr.Radio(modes, value=QUOTED, label="Answers", visible=len(modes) > 1)
            question = gr.Textbox(label="Your question", placeholder=EXAMPLES[0], max_lines=4, autofocus=True)
            with gr.Row():
                send = gr.Button("Ask", variant="primary")
                clear = gr.Button("New conversation")
            gr.Examples(EXAMPLES, question, label="Examples")
            with gr.Accordion("Filters", open=False):
                documents = gr.Dropdown(list(titles), multiselect=True, label="Documents", value=[])
                choices = [(words.capitalize(), name) for name, words in AUTHORITY_WORDS.items()]
                authorities = gr.CheckboxGroup(choices, label="Authority", value=[])
        with gr.Column(scale=2):
            evidence = gr.HTML(label="Evidence")
    inputs, outputs = [question, chat, documents, authorities, mode], [question, chat, evidence]
    gr.on([send.click, question.submit], respond, inputs, outputs, api_name="ask")
    clear.click(lambda: ("", [], ""), None, outputs, api_visibility="private")


def launch(settings: Settings, host: str, port: int) -> None:
    """Open the library and serve the app until interrupted."""
    blocks = build_app(CurrentAssistant(settings))
    print(f"Steward listens on http://{host}:{port or '…'}", file=sys.stderr)
    try:
        blocks.launch(
            server_name=host,
            server_port=port or None,
            share=False,
            quiet=True,
            css=CSS,
            footer_links=["api"],
            inbrowser=False,
            max_file_size=int(settings.reading.max_file_mb * 2**20),
        )
    except OSError as error:
        raise AssistantError(f"Cannot listen on {host}:{port}: {error}. Choose another with --port.") from error


def _answers(
    assistant: Assistant, question: str, filters: Filters, turns: list[Turn], mode: str
) -> Iterator[tuple[str, str]]:
    """What is said and its evidence, as they come: in the written mode the evidence before the first word."""
    if mode != WRITTEN:
        answer = assistant.ask(question, filters, turns)
        yield _said(answer), evidence_html(answer, assistant.generation)
        return
    said, evidence, last = "", "", None
    for item in assistant.stream(question, filters, turns):
        if isinstance(item, str):
            said += item
        else:
            last, evidence = item, evidence_html(item, assistant.generation)
        # The cards still bear the numbers of the extractive answer, so the text has none until it is done.
        yield _MARKS.sub("", said) or WRITING, evidence
    if last is not None:
        yield _said(last), evidence


def _said(answer: Answer) -> str:
    """The answer with what a reader should know of its documents and of how it was written."""
    notes = [f"Note: {warning}" for warning in answer.warnings]
    return "\n\n".join([answer.answer, *notes, *([note_on(answer.writing)] if answer.writing else [])])


def _can_write(assistant: Assistant) -> bool:
    return assistant.writer is not None or assistant.settings.model.name is not None


def _turns(messages: list[Message]) -> list[Turn]:
    """The conversation so far, as question and answer pairs."""
    texts = [_text(message["content"]) for message in messages]
    return [Turn(question, answer) for question, answer in zip(texts[::2], texts[1::2], strict=False)]


def _text(content: Any) -> str:
    """A message's words; Gradio hands back lists of parts for what was given as a string."""
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content if isinstance(part, dict))
