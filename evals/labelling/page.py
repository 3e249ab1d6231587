"""A page on which people mark claims, one at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from assistant import telemetry

telemetry.switch_off()

import gradio as gr  # noqa: E402 its analytics switch is read at import

from assistant.errors import AssistantError  # noqa: E402
from assistant.records import Verdict  # noqa: E402
from evals.labelling.labels import (  # noqa: E402
    LABELS,
    MOST_COMMENT,
    VERDICTS,
    LabelItem,
    Labels,
    add_label,
    load_labels,
    next_item,
    take_back,
)

TITLE = "Does the source say so?"
INTRODUCTION = (
    "Read the claim, then the quotes below it. Judge by the quotes alone, not by what you know.\n\n"
    "**Supported**: the quotes say all of the claim, with the same figures, names and force (“may” is not “must”). "
    "**Partly**: they say some of it, and the rest does not stand there. "
    "**Unsupported**: what the claim says does not stand there, or they say otherwise."
)
CSS = """
.words textarea:disabled { color: var(--body-text-color); -webkit-text-fill-color: var(--body-text-color); opacity: 1; }
.words textarea { font-size: 1.1rem; line-height: 1.5; }
"""
# A key pressed in a text field is text; a key held down marks once; the switch is for those whose speech or other aids
# send single keys (WCAG 2.2, 2.1.4).
_KEYS = """
() => {
  const buttons = {"1": "mark-supported", "2": "mark-partly", "3": "mark-unsupported", "u": "mark-undo"};
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=checkbox]), textarea:not(:disabled), select");
    const switched = document.querySelector("#mark-keys input");
    const held = event.repeat || event.ctrlKey || event.altKey || event.metaKey;
    if (typing || held || !switched || !switched.checked) return;
    const name = buttons[event.key.toLowerCase()];
    if (name) document.getElementById(name)?.click();
  });
}
"""


def build_labelling_page(items: Sequence[LabelItem], folder: Path = LABELS) -> gr.Blocks:
    """The page over a set of claims, which keeps labels in the folder; nothing is launched.

    Every label is on the claim that the page showed when it was given, so that two quick presses of a key never mark
    one that nobody has read. A rater who comes back goes on where they stopped.
    """
    page = _Page(items, folder)
    with gr.Blocks(title=TITLE, analytics_enabled=False) as blocks:
        gr.Markdown(f"# {TITLE}\n\n{INTRODUCTION}")
        with gr.Row(equal_height=True):
            rater = gr.Textbox(label="Your name (small letters, digits and hyphens, as in anna-b)", max_lines=1)
            start = gr.Button("Start", variant="primary", scale=0, min_width=160)
        # Text boxes throughout: what a source holds is never rendered as Markdown, HTML or formulas. They grow with
        # their words, because a text box that cannot be written in cannot be scrolled by keyboard either.
        words: dict[str, Any] = {"interactive": False, "max_lines": 200, "autoscroll": False, "visible": False}
        message = gr.Textbox(label="Progress", interactive=False, max_lines=4)
        claim = gr.Textbox(label="Claim", elem_classes="words", **words)
        context = gr.Textbox(label="Quotes", lines=2, elem_classes="words", **words)
        with gr.Row():
            marks = [
                gr.Button(f"{verdict.capitalize()} ({number})", elem_id=f"mark-{verdict}", interactive=False)
                for number, verdict in enumerate(VERDICTS, 1)
            ]
        with gr.Row(equal_height=True):
            comment = gr.Textbox(label="Comment, if any", max_lines=3, max_length=MOST_COMMENT, scale=4)
            undo = gr.Button("Undo (U)", elem_id="mark-undo", interactive=False, scale=1)
        with gr.Row():
            gr.Checkbox(True, label="Keys 1, 2, 3 and U mark at once", elem_id="mark-keys", interactive=True)
            shown = gr.Textbox(label="Claim's id", interactive=False, max_lines=1)
        inputs = [rater, shown, comment]
        outputs = [rater, start, message, claim, context, *marks, comment, undo, shown]
        gr.on([start.click, rater.submit], page.start, rater, outputs, api_name="start")
        for button, verdict in zip(marks, VERDICTS, strict=True):
            button.click(page.marker(verdict), inputs, outputs, api_name=verdict)
        undo.click(page.undo, rater, outputs, api_name="undo")
        blocks.load(None, js=_KEYS)
    return cast(gr.Blocks, blocks)


def launch_labelling_page(items: Sequence[LabelItem], folder: Path, host: str, port: int) -> None:
    """Serve the page until interrupted; port 0 takes a free one.

    Raises:
        AssistantError: the address cannot be listened on.
    """
    blocks = build_labelling_page(items, folder)
    print(f"The labelling page listens on http://{host}:{port or '…'}", file=sys.stderr)
    try:
        blocks.launch(
            server_name=host,
            server_port=port or None,
            share=False,
            quiet=True,
            css=CSS,
            footer_links=[],
            inbrowser=False,
        )
    except OSError as error:
        raise AssistantError(f"Cannot listen on {host}:{port}: {error}. Choose another port.") from error


class _Page:
    """What happens when a button is pressed. Nothing is remembered between two presses but the labels themselves."""

    def __init__(self, items: Sequence[LabelItem], folder: Path) -> None:
        self.items = {item.id: item for item in items}
        self.folder = folder

    def start(self, rater: str) -> list[Any]:
        """The first claim that the rater has not marked."""
        try:
            labels = load_labels(rater.strip(), self.folder)
        except AssistantError as error:
            return self._problem(str(error))
        return self._show(rater.strip(), labels, self._next(labels))

    def marker(self, verdict: Verdict) -> Callable[[str, str, str], list[Any]]:
        """The handler of one verdict's button."""

        def mark(rater: str, shown: str, comment: str) -> list[Any]:
            try:
                if shown in self.items:
                    add_label(self.folder, rater.strip(), shown, verdict, comment.strip())
                labels = load_labels(rater.strip(), self.folder)
            except AssistantError as error:
                return self._problem(str(error))
            return self._show(rater.strip(), labels, self._next(labels))

        return mark

    def undo(self, rater: str) -> list[Any]:
        """The claim whose label was given last, with its comment and without its label."""
        try:
            last = take_back(self.folder, rater.strip())
            labels = load_labels(rater.strip(), self.folder)
        except AssistantError as error:
            return self._problem(str(error))
        if last is None:
            return self._problem("There is no label to take back.")
        return self._show(rater.strip(), labels, self.items.get(last.item) or self._next(labels), last.comment)

    def _next(self, labels: Labels) -> LabelItem | None:
        return next_item(list(self.items.values()), labels)

    def _show(self, rater: str, labels: Labels, item: LabelItem | None, comment: str = "") -> list[Any]:
        """Every output of the page, in its order."""
        progress = f"{sum(name in labels for name in self.items)} of {len(self.items)} marked by {rater}"
        return [
            gr.update(value=rater, interactive=False),
            gr.update(visible=False),
            progress if item else f"{progress}. That is all; thank you.",
            gr.update(value=item.claim if item else "", visible=item is not None),
            gr.update(value=item.context if item else "", visible=item is not None),
            *[gr.update(interactive=item is not None) for _ in VERDICTS],
            comment,
            gr.update(interactive=bool(labels)),
            item.id if item else "",
        ]

    def _problem(self, words: str) -> list[Any]:
        """A message; all else stays as it is."""
        return [gr.skip(), gr.skip(), words, *[gr.skip() for _ in range(len(VERDICTS) + 5)]]
