"""Ask a first question while the app starts."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

from assistant import answering
from assistant.errors import AssistantError
from assistant.library import Library


def warm_up(current: Callable[[], Library]) -> threading.Thread:
    """Ask a question in the background, so that no reader waits for what the first one loads.

    Return the thread that does it. Errors go to stderr; the next question meets them again.
    """

    def ask() -> None:
        try:
            library = current()
            # The title of a document is mostly answered, and so reaches every step.
            title = next((source.title for source in library.sources.values()), "What is there?")
            answering.ask(library, title)
        except AssistantError as error:
            print(f"Error: {error}", file=sys.stderr)

    thread = threading.Thread(target=ask, name="warm-up", daemon=True)
    thread.start()
    return thread
