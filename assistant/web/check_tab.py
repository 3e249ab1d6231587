"""The tab that checks a draft's sentences against the library."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.claims import build_judge
from assistant.claims.drafts import VERDICTS, CheckedSentence, DraftCheck, check_draft
from assistant.claims.drafts.check import draft_record
from assistant.claims.drafts.pasted import separate_paragraphs
from assistant.claims.drafts.words import VERDICT_WORDS, reason_sentence
from assistant.deadlines import deadline
from assistant.errors import AssistantError, DocumentError
from assistant.index import Generation
from assistant.library import Library
from assistant.reading.sandbox import read_file
from assistant.records import Document
from assistant.settings import ReadingSettings
from assistant.text.dates import date_in_words
from assistant.text.quoting import AUTHORITY_WORDS
from assistant.web.api.endpoints import add_file_endpoint
from assistant.web.evidence import quotes_html
from assistant.web.html_parts import problem_html

MOST_CHARACTERS = 50_000
"""Longest draft checked: about 8,000 words, half a minute."""
CHECK_SECONDS = 180.0
"""Most time for one check when the app is busy."""
FILE_TYPES = [".txt", ".md", ".docx", ".pdf", ".html", ".htm"]
PASTED = "Pasted text"
ADVICE = (
    "Words, figures, dates, names and speakers were compared; no model judged meaning. A sentence in other words is "
    "never called supported: read what was found nearby."
)
JUDGED_ADVICE = (
    "{model} judged the sentences that are in other words than the library's. Read the quote before you rely on it."
)
CSS = """
ol { padding-left: 24px; }
ol > li { margin-bottom: 12px; padding: 8px 12px; border-left: 4px solid var(--border-color-primary); }
li.verbatim, li.supported { border-left-color: var(--good); }
li.clashes, li.contradicted { border-left-color: var(--bad); }
li.not-mentioned, li.not-found { border-left-color: var(--doubtful); }
.counts { display: flex; flex-wrap: wrap; gap: 8px; padding: 0; list-style: none; }
.counts li { margin: 0; padding: 4px 12px; border: 1px solid var(--border-color-primary); border-radius: 4px; }
section { overflow-wrap: anywhere; }
li p { display: block; margin: 4px 0; }
li li { font-size: 1em; }
.verdict { font-weight: 600; }
.sentence { white-space: pre-wrap; }
a { text-decoration: underline; padding: 0; }
"""
_PREFIX = "check-evidence"


def check_tab(current: Callable[[], Library]) -> None:
    """Draw the tab, and offer the same check to programs at ``/check``."""

    def check(
        text: str | None = None,
        file: str | None = None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 Gradio finds it by its default
    ) -> dict[str, Any]:
        """Say which sentences of a draft stand in the library, clash with it or are near something in it, with quotes.

        Args:
            text: The draft; empty if you give a file. At most 50,000 characters.
            file: The draft as a file: text, Markdown, Word, PDF or HTML. It is deleted once read.

        Returns:
            The record of the check: sentences with verdict, reasons and citations, citations with quote and place.
        """
        return draft_record(checked(text, file, progress))

    def show(text: str, file: str | None = None, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008 as above
        try:
            return check_html(checked(text, file, progress), current().generation)
        except AssistantError as error:
            return problem_html(str(error))

    def checked(text: str | None, file: str | None, progress: Any) -> DraftCheck:
        library = current()
        draft, name = _read(text or "", file, library.settings.reading)
        with deadline(CHECK_SECONDS):
            return check_draft(
                draft,
                name,
                library,
                lambda done, of: progress((done, of), desc="Checking", unit="sentences"),
                build_judge(library.settings),
            )

    advice = f"Paste up to {MOST_CHARACTERS:,} characters, or upload a file. Steward does not keep your draft."
    text = gr.Textbox(label="Your draft", info=advice, lines=8, max_lines=8)
    file = gr.File(label="Draft file: Word, PDF, HTML, Markdown or text", file_types=FILE_TYPES, height=140)
    send = gr.Button("Check the draft", variant="primary")
    # Room for the progress bar, which covers the last result.
    result = gr.HTML(label="Result of the check", css_template=CSS, min_height=120)
    checking = send.click(show, [text, file], result, api_visibility="private", api_name="show_check")
    # The file is deleted by then, so checking it again could only fail.
    checking.then(lambda: None, None, file, api_visibility="private", show_progress="hidden")
    add_file_endpoint(check, [text, file])


def check_html(checked: DraftCheck, generation: Generation) -> str:
    """Return the counts of verdicts, each sentence with its verdict and reasons, and the cards of the quotes."""
    counts = "".join(
        f"<li><strong>{count}</strong> {verdict}</li>" for verdict in VERDICTS if (count := checked.count(verdict))
    )
    advice = escape(JUDGED_ADVICE.format(model=checked.checker)) if checked.checker else ADVICE
    problems = "".join(f'<p role="note">{escape(problem)}</p>' for problem in checked.problems)
    sentences = "".join(_sentence(item, checked) for item in checked.sentences)
    number = "1 sentence" if len(checked.sentences) == 1 else f"{len(checked.sentences)} sentences"
    return (
        f'<section aria-label="Result of the check"><h2>{escape(checked.draft)}: {number}</h2>'
        f'<ul class="counts">{counts}</ul><p>{advice}</p>{problems}<ol>{sentences}</ol>'
        f"<p>Library as at {date_in_words(checked.as_at)}</p></section>"
        + quotes_html(checked.citations, generation, _PREFIX)
    )


def _read(text: str, file: str | None, limits: ReadingSettings) -> tuple[Document, str]:
    """Return the draft and its name; an uploaded file is deleted even if it cannot be read.

    Raises:
        DocumentError: there is no draft, there are two, or it is unreadable or too long.
    """
    if file is not None:
        path = Path(file)
        try:
            if not path.is_file():  # Gradio stores two uploads of the same content as one file
                raise DocumentError(f"{path.name} was deleted after it was checked. Choose it again.")
            if text.strip():
                raise DocumentError(
                    "You gave both text and a file. Empty the box and choose the file again, or check the text alone."
                )
            return _read_draft(path, path.name, limits), path.name
        finally:
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # only the folder of this upload, and only if it is empty
                path.parent.rmdir()
    if not text.strip():
        raise DocumentError("Paste a draft or choose a file.")
    _refuse_long(len(text))
    with tempfile.TemporaryDirectory(prefix="steward-draft-") as folder:
        path = Path(folder, "draft.md")
        path.write_text(separate_paragraphs(text), encoding="utf-8", errors="replace")
        return _read_draft(path, PASTED, limits), PASTED


def _read_draft(path: Path, name: str, limits: ReadingSettings) -> Document:
    try:
        draft = read_file(path, limits)
    except DocumentError as error:
        # The path in the message means nothing to the person who uploaded the file.
        raise DocumentError(f"{name}: {str(error).removeprefix(f'{path}: ')}") from error
    _refuse_long(len(draft.text))
    return draft


def _refuse_long(characters: int) -> None:
    if characters > MOST_CHARACTERS:
        raise DocumentError(
            f"The draft has {characters:,} characters; the limit is {MOST_CHARACTERS:,}. Check it in parts."
        )


def _sentence(item: CheckedSentence, checked: DraftCheck) -> str:
    reasons = "".join(f"<li>{escape(reason_sentence(reason))}</li>" for reason in item.reasons)
    return (
        f'<li class="{item.verdict.replace(" ", "-")}"><p class="verdict">{VERDICT_WORDS[item.verdict]}</p>'
        f'<p class="sentence">{escape(item.text)}</p>'
        + (f"<ul>{reasons}</ul>" if reasons else "")
        + "".join(f"<p>{_link(number, checked)}</p>" for number in item.citations)
        + "</li>"
    )


def _link(number: int, checked: DraftCheck) -> str:
    quote = checked.citations[number - 1]
    who = f"{quote.speaker.name}, {AUTHORITY_WORDS[quote.authority]}"
    return f'<a href="#{_PREFIX}-{number}">Evidence {number}: {escape(who)}</a>'
