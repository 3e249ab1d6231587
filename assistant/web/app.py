"""Builds and launches the Gradio app."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, cast

from assistant import telemetry

telemetry.switch_off()

import gradio as gr  # noqa: E402 its analytics switch is read at import

from assistant.answering import Assistant, Turn  # noqa: E402
from assistant.answering.arrangement import AUTHORITY_WORDS  # noqa: E402
from assistant.errors import AssistantError  # noqa: E402
from assistant.library import CurrentAssistant  # noqa: E402
from assistant.retrieval import Filters  # noqa: E402
from assistant.settings import Settings  # noqa: E402
from assistant.web.evidence import evidence_html  # noqa: E402
from assistant.web.quality import quality_html  # noqa: E402

TITLE = "Steward"
INTRODUCTION = (
    "Ask about mission-led government. Answers are made of the library's own sentences, each with the exact words it "
    "rests on. Where the library does not hold the answer, Steward says so."
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
Message = dict[str, Any]


def build_app(current: Callable[[], Assistant]) -> gr.Blocks:
    """The app over a library, ``current`` gives it for each question; nothing is launched."""
    report = current().settings.quality_report
    with gr.Blocks(title=TITLE, analytics_enabled=False) as blocks:
        gr.Markdown(f"# {TITLE}\n\n{INTRODUCTION}")
        with gr.Tabs():
            with gr.Tab("Ask"):
                _ask_tab(current)
            with gr.Tab("Quality"):
                quality = gr.HTML(label="Quality")
        # At each load of the page, so that a report made while the app runs is seen.
        blocks.load(lambda: quality_html(report), None, quality, api_visibility="private")
    return cast(gr.Blocks, blocks)


def _ask_tab(current: Callable[[], Assistant]) -> None:
    """The chat, its filters, and the evidence beside it."""
    titles = {source.title: source.id for source in current().sources.values()}

    def respond(
        question: str, messages: list[Message], documents: list[str], authorities: list[str]
    ) -> tuple[str, list[Message], str]:
        if not question.strip():
            return "", messages, gr.skip()
        assistant = current()
        filters = Filters(tuple(titles[title] for title in documents), tuple(authorities))  # type: ignore[arg-type]
        try:
            answer = assistant.ask(question, filters, _turns(messages))
        except AssistantError as error:
            said, evidence = str(error), ""
        else:
            notes = [f"Note: {warning}" for warning in answer.warnings]
            said, evidence = "\n\n".join((answer.answer, *notes)), evidence_html(answer, assistant.generation)
        asked = [{"role": "user", "content": question}, {"role": "assistant", "content": said}]
        return "", messages + asked, evidence

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
    inputs, outputs = [question, chat, documents, authorities], [question, chat, evidence]
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
        )
    except OSError as error:
        raise AssistantError(f"Cannot listen on {host}:{port}: {error}. Choose another with --port.") from error


def _turns(messages: list[Message]) -> list[Turn]:
    """The conversation so far, as question and answer pairs."""
    texts = [_text(message["content"]) for message in messages]
    return [Turn(question, answer) for question, answer in zip(texts[::2], texts[1::2], strict=False)]


def _text(content: Any) -> str:
    """A message's words; Gradio hands back lists of parts for what was given as a string."""
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content if isinstance(part, dict))
