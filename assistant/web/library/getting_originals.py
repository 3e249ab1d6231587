"""Gets the publishers' originals while the app runs, and says on the page and in the terminal how it goes."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, Literal

import gradio as gr

from assistant.errors import AssistantError
from assistant.indexing.fetching import Brought, Waiting, bring_originals, find_waiting
from assistant.library import Library
from assistant.sources.fetching import FetchOutcome
from assistant.sources.fetching.network import Network
from assistant.web.door.permissions import Openness
from assistant.web.html_parts import message_html, problem_html
from assistant.web.templates import render

State = Literal["idle", "running", "done", "failed"]

TICK_S = 2
"""Time between looks at a run under way, in seconds."""
STEPS = {"reading": "Reading the originals", "embedding": "Indexing the originals"}
NOT_HERE = "Answers come from Steward’s summaries: {}."
UNREACHABLE = "publishers’ websites are out of reach"
NOT_GIVEN = "publishers’ websites gave no documents"
NOT_BUILT = "the library could not be updated"


class _StoppedError(Exception):
    """The app ends."""


class OriginalsJob:
    """Fetches and indexes what the library waits for, one run at a time; threads may share it."""

    def __init__(self, current: Callable[[], Library], network: Network | None = None) -> None:
        """``network`` is how publishers are reached; tests pass another."""
        self.network = network
        self.state: State = "idle"
        self.words = ""
        """For readers: how far a run is, or what came of the last one."""
        self.ended = 0
        """Runs that came to an end."""
        self._current = current
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin a run in the background, unless one is under way."""
        with self._lock:
            if self.state == "running":
                return
            self.state, self.words = "running", ""
            # Not a daemon: it is waited for when the app stops, and cut off if that takes long.
            self._thread = threading.Thread(target=self._run, name="originals")
            self._thread.start()

    def wait(self) -> None:
        """Wait until the run under way has ended."""
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Have the run under way give up at its next step: once the app has ended, files can no longer be read."""
        self._stopping.set()

    def _run(self) -> None:
        state: State = "failed"
        words = NOT_HERE.format(NOT_BUILT)
        try:
            library = self._current()
            waiting = find_waiting(library.settings)
            state, words = self._brought(waiting, library) if waiting else ("idle", "")
        except AssistantError as error:
            _say(f"not added to the library. {error} Until then the earlier one answers.")
        except Exception:
            if not self._stopping.is_set():
                raise
        finally:
            self.words, self.ended = words, self.ended + 1
            self.state = state

    def _brought(self, waiting: Waiting, library: Library) -> tuple[State, str]:
        outcomes: list[FetchOutcome] = []

        def tell(outcome: FetchOutcome) -> None:
            self._go_on()
            outcomes.append(outcome)
            self.words = getting.format(len(outcomes))
            _say(f"{outcome.source_id}: {outcome.state}. {outcome.message}")

        getting = f"Getting the originals from their publishers: {{}} of {len(waiting.originals)}."
        self.words = getting.format(0)
        brought = bring_originals(
            waiting,
            library.settings,
            library.embedder,
            on_outcome=tell,
            on_progress=self._progress,
            network=self.network,
        )
        return self._result(brought, waiting)

    def _progress(self, step: str, done: int, total: int) -> None:
        self._go_on()
        self.words = f"{STEPS[step]}: {done} of {total}."

    def _go_on(self) -> None:
        if self._stopping.is_set():
            raise _StoppedError

    def _result(self, brought: Brought, waiting: Waiting) -> tuple[State, str]:
        if not waiting.originals:
            _say("those fetched earlier are searched from now on.")
            return "done", "Originals fetched earlier were added to the library."
        titles = {source.id: source.title for source in waiting.originals}
        failed = [titles[outcome.source_id] for outcome in brought.outcomes if outcome.state == "failed"]
        came = len(brought.outcomes) - len(failed)
        if brought.unreachable:
            _say(
                f"not fetched ({brought.unreachable}). Steward’s summaries are searched in their place. Try again with "
                "`steward fetch` and `steward ingest`, or turn this off with STEWARD_FETCHING__AT_START=false."
            )
            return "failed", NOT_HERE.format(UNREACHABLE)
        if failed and not came:
            _say("none came. `steward fetch --check` says why; `steward add` takes a file saved by hand.")
            return "failed", NOT_HERE.format(NOT_GIVEN)
        _say(f"{came} of {len(titles)} fetched, and searched from now on.")
        added = f"{came} originals were added" if came != 1 else "1 original was added"
        without = f" Not fetched: {'; '.join(failed)}." if failed else ""
        return "done", f"{added} to the library. Answers now quote the publishers’ own words.{without}"


def originals_banner(blocks: gr.Blocks, job: OriginalsJob, openness: Openness) -> gr.State:
    """Draw the line that says how a run goes, with a button after one that failed.

    Return a value of the page that changes when a run ends.
    """
    with gr.Row(elem_classes="originals"):
        line = gr.HTML(label="Originals", visible=False)
        button = gr.Button("Get the originals", visible=False, size="sm")
    timer = gr.Timer(TICK_S, active=False)
    ended = gr.State(0)

    def shown(*, is_loading: bool = False) -> tuple[Any, Any, Any, int]:
        # The state first: a run that ends meanwhile is looked at once more.
        state, words = job.state, job.words
        if state == "running":
            html = render("message", words=words, role="")
        else:
            # Only a page that saw the run under way shows that it is done.
            html = message_html(words) if words and not (is_loading and state == "done") else ""
        return (
            gr.HTML(html, visible=bool(html and words)),
            gr.Button(visible=state == "failed" and openness.may_share),
            gr.Timer(active=state == "running"),
            job.ended,
        )

    def begin() -> tuple[Any, Any, Any, int]:
        if not openness.may_share:  # a proxy may have appeared since the page was drawn
            return gr.HTML(problem_html(openness.closed_words), visible=True), gr.skip(), gr.skip(), job.ended
        job.start()
        return shown()

    outputs = [line, button, timer, ended]
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    blocks.load(lambda: shown(is_loading=True), None, outputs, api_name="originals_at_load", **private)
    timer.tick(shown, None, outputs, api_name="originals_at_tick", **private)
    button.click(begin, None, outputs, api_name="get_originals", **private)
    return ended


def _say(words: str) -> None:
    print(f"Originals: {words}", file=sys.stderr)
