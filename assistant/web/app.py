"""Builds and launches the Gradio app."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable, Iterator
from html import escape, unescape
from ipaddress import ip_address
from typing import Any, cast

from assistant import telemetry

telemetry.switch_off()

import gradio as gr  # noqa: E402 its analytics switch is read at import
from threadpoolctl import threadpool_limits  # noqa: E402

from assistant.answering import Assistant, Turn  # noqa: E402
from assistant.answering.arrangement import AUTHORITY_WORDS  # noqa: E402
from assistant.answering.generative import note_on  # noqa: E402
from assistant.errors import AssistantError  # noqa: E402
from assistant.library import CurrentAssistant, warm_up  # noqa: E402
from assistant.records import Answer  # noqa: E402
from assistant.retrieval import Filters  # noqa: E402
from assistant.settings import Settings  # noqa: E402
from assistant.web.check_tab import check_tab  # noqa: E402
from assistant.web.compare_tab import compare_tab  # noqa: E402
from assistant.web.evidence import evidence_html  # noqa: E402
from assistant.web.glossary_tab import glossary_tab  # noqa: E402
from assistant.web.library_tab import library_tab  # noqa: E402
from assistant.web.quality import quality_html  # noqa: E402
from assistant.web.tables import CSS as TABLE_CSS  # noqa: E402
from assistant.web.take_away import take_away_buttons  # noqa: E402

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
.facts { display: grid; grid-template-columns: minmax(6em, max-content) 1fr; gap: 4px 16px; margin: 8px 0; }
.facts dt { font-weight: 600; }
.facts dd, .facts dd a { margin: 0; padding: 0; overflow-wrap: anywhere; }
.evidence-card blockquote { white-space: pre-wrap; overflow-wrap: anywhere; margin: 8px 0; }
"""
UPLOADS_KEPT_S = (600, 3600)
"""How often uploads that nothing was done with are looked for, and at what age they are deleted, in seconds."""
SESSIONS = 1000
"""Pages whose state is kept, at about 0.5 MB each; of more the one longest unused is forgotten."""
QUOTED, WRITTEN = "Quotes", "Written"
AS_AT = "Only documents published by this date count: 2024-06-01, 2024-06 or 2024. Empty for today."
WRITING = "Writing from the evidence shown beside this …"
_REFERENCES = re.compile(r"&#?\w+;?")
_MARKS = re.compile(r"(?: \[\d+\])+$", re.MULTILINE)
Message = dict[str, Any]


def build_app(current: Callable[[], Assistant]) -> gr.Blocks:
    """The app over a library, ``current`` gives it for each question; nothing is launched."""
    report = current().settings.quality_report
    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=UPLOADS_KEPT_S) as blocks:
        gr.Markdown(f"# {TITLE}\n\n{INTRODUCTION}")
        with gr.Tabs():
            with gr.Tab("Ask") as ask:
                documents = _ask_tab(current)
            with gr.Tab("Compare"):
                compare_tab(current)
            with gr.Tab("Check a draft"):
                check_tab(current)
            library_tab(current)
            glossary_tab(current)
            with gr.Tab("Quality") as figures:
                quality = gr.HTML(label="Quality")
        # A document that was added while the app runs can be chosen too.
        gr.on(
            [ask.select, blocks.load],
            lambda: gr.Dropdown(choices=list(_titles(current()))),
            None,
            documents,
            api_visibility="private",
            show_progress="hidden",
        )
        # Each time it is looked at, so that a report made while the app runs is seen. Not as the page loads: it is
        # large, and the app keeps what it sent to each page.
        figures.select(lambda: quality_html(report), None, quality, api_visibility="private")
    return cast(gr.Blocks, blocks)


def _ask_tab(current: Callable[[], Assistant]) -> Any:
    """The chat, its filters, and the evidence beside it; the filter of documents comes back."""

    def respond(
        question: str,
        messages: list[Message],
        documents: list[str],
        authorities: list[str],
        mode: str = QUOTED,
        as_at: str = "",
        answers: tuple[Answer, ...] = (),
    ) -> Iterator[tuple[str, list[Message], str, tuple[Answer, ...]]]:
        if not question.strip():
            yield "", messages, gr.skip(), answers
            return
        titles = _titles(current())
        filters = Filters(tuple(titles[title] for title in documents), tuple(authorities))  # type: ignore[arg-type]
        asked = [*messages, {"role": "user", "content": as_plain_words(question)}]
        try:
            for said, evidence, done in _answers(
                current(), question, filters, _turns(messages), mode, (as_at or "").strip() or None
            ):
                kept = answers if done is None else (*answers, done)
                yield "", [*asked, {"role": "assistant", "content": as_plain_words(said)}], evidence, kept
        except AssistantError as error:
            yield "", [*asked, {"role": "assistant", "content": as_plain_words(str(error))}], "", answers

    # The answers of the conversation on screen; each browser session has its own.
    answers = gr.State(())
    with gr.Row():
        with gr.Column(scale=3):
            # What a document holds is never rendered as Markdown or formulas, nor, by `as_plain_words`, as HTML.
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
                documents = gr.Dropdown(list(_titles(current())), multiselect=True, label="Documents", value=[])
                choices = [(words.capitalize(), name) for name, words in AUTHORITY_WORDS.items()]
                authorities = gr.CheckboxGroup(choices, label="Authority", value=[])
                as_at = gr.Textbox("", label="As at", info=AS_AT, max_lines=1)
            no_note = take_away_buttons(answers)
        with gr.Column(scale=2):
            evidence = gr.HTML(label="Evidence")
    # The state last: programs do not give it, and those that give parameters by place keep theirs.
    inputs = [question, chat, documents, authorities, mode, as_at, answers]
    outputs = [question, chat, evidence, answers]
    asking = gr.on([send.click, question.submit], respond, inputs, outputs, api_name="ask")
    asking.then(lambda: "", None, no_note, api_visibility="private", show_progress="hidden")
    # The chat has a button of its own that empties it.
    gr.on([clear.click, chat.clear], lambda: ("", [], "", ()), None, outputs, api_visibility="private")
    return documents


def launch(settings: Settings, host: str, port: int) -> None:
    """Open the library and serve the app until interrupted."""
    # OpenBLAS keeps its threads spinning between the small products of a question, on cores that others need.
    threadpool_limits(1, user_api="blas")
    current = CurrentAssistant(with_adding(settings, host))
    blocks = build_app(current)
    try:
        _, address, _ = blocks.launch(
            server_name=host,
            server_port=port or None,
            share=False,
            quiet=True,
            css=CSS + TABLE_CSS,
            max_file_size=int(settings.reading.max_file_mb * 2**20),
            footer_links=["api"],
            inbrowser=False,
            prevent_thread_lock=True,
            # By default what was asked stays in the browser after it was deleted, and ten thousand sessions here.
            run_history=False,
            state_session_capacity=SESSIONS,
        )
    except OSError as error:
        raise AssistantError(f"Cannot listen on {host}:{port}: {error}. Choose another with --port.") from error
    print(f"Steward listens on {address.rstrip('/')}", file=sys.stderr)
    warm_up(current)
    # What was loaded stays: later collections need not walk through it.
    gc.freeze()
    gc.enable()
    blocks.block_thread()


def with_adding(settings: Settings, host: str) -> Settings:
    """The settings with it decided whether readers may add files: by default those of this machine alone."""
    if settings.web.add_files is not None:
        return settings
    try:
        local = ip_address(host).is_loopback
    except ValueError:  # a name
        local = host == "localhost"
    return settings.model_copy(update={"web": settings.web.model_copy(update={"add_files": local})})


def _answers(
    assistant: Assistant, question: str, filters: Filters, turns: list[Turn], mode: str, as_at: str | None
) -> Iterator[tuple[str, str, Answer | None]]:
    """What is said and its evidence as they come, and once it is done the answer itself.

    In the written mode the evidence comes before the first word.
    """
    if mode != WRITTEN:
        answer = assistant.ask(question, filters, turns, as_at=as_at)
        yield _said(answer), evidence_html(answer, assistant.generation), answer
        return
    said, evidence, last = "", "", None
    for item in assistant.stream(question, filters, turns, as_at):
        if isinstance(item, str):
            said += item
        else:
            last, evidence = item, evidence_html(item, assistant.generation)
        # The cards still bear the numbers of the extractive answer, so the text has none until it is done.
        yield _MARKS.sub("", said) or WRITING, evidence, None
    if last is not None:
        yield _said(last), evidence, last


def _said(answer: Answer) -> str:
    """The answer with what a reader should know of its documents and of how it was written."""
    notes = [f"Note: {warning}" for warning in answer.warnings]
    return "\n\n".join([answer.answer, *notes, *([note_on(answer.writing)] if answer.writing else [])])


def _titles(assistant: Assistant) -> dict[str, str]:
    """Id by title of every document."""
    return {source.title: source.id for source in assistant.sources.values()}


def _can_write(assistant: Assistant) -> bool:
    return assistant.writer is not None or assistant.settings.model.name is not None


def _turns(messages: list[Message]) -> list[Turn]:
    """The conversation so far, as question and answer pairs."""
    texts = [_text(message["content"]) for message in messages]
    return [Turn(question, answer) for question, answer in zip(texts[::2], texts[1::2], strict=False)]


def as_plain_words(text: str) -> str:
    """A text as a message of the chat that shows it as it stands; ``html.unescape`` gives it back.

    The chat reads tags and character references also where Markdown is off. Whatever else holds "&" is left alone, so
    that "R&D" is copied as "R&D".
    """
    return _REFERENCES.sub(
        lambda found: escape(found[0]) if unescape(found[0]) != found[0] else found[0], text
    ).replace("<", "&lt;")


def _text(content: Any) -> str:
    """A message's words; Gradio hands back lists of parts for what was given as a string."""
    if isinstance(content, str):
        return unescape(content)
    return " ".join(unescape(part.get("text", "")) for part in content if isinstance(part, dict))
