"""Reads a chat model's reply as it is written, within a time limit, whatever the model does."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextvars import copy_context
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from assistant.deadlines import not_counted
from assistant.errors import AssistantError
from assistant.steps import step

if TYPE_CHECKING:  # slow to load
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MAX_CHARACTERS = 20_000
"""Longest reply that is read."""


class WritingError(AssistantError):
    """A model gave nothing usable; the message says why, and the extractive answer is shown."""


def read_reply(model: BaseChatModel, messages: Sequence[BaseMessage], deadline: float, **options: Any) -> Iterator[str]:
    """Ask now, and return the pieces of the reply as they come; ``deadline`` is a time of `time.monotonic`.

    The model is asked in its own thread: one that hangs keeps nobody waiting after the deadline.

    Raises:
        WritingError: while pieces are taken: the model failed, was too slow or did not finish.
    """
    pieces: Queue[str | Exception | None] = Queue()
    left = Event()

    def ask() -> None:
        try:
            for chunk in model.stream(list(messages), **options):
                if left.is_set():
                    return
                pieces.put(str(chunk.text))
            pieces.put(None)
        except Exception as error:
            pieces.put(error)

    # In a copy of the caller's context, so that a meter set there counts the call.
    Thread(target=copy_context().run, args=(ask,), name="chat-model", daemon=True).start()
    return _taken(pieces, left, time.monotonic(), deadline)


def _taken(pieces: Queue[str | Exception | None], left: Event, started: float, deadline: float) -> Iterator[str]:
    length = 0
    try:
        with step("model"):
            while True:
                try:
                    with not_counted():
                        piece = pieces.get(timeout=max(0.0, deadline - time.monotonic()))
                except Empty:
                    raise WritingError(f"the model was not done after {time.monotonic() - started:.0f} s") from None
                if piece is None:
                    return
                if isinstance(piece, AssistantError):
                    raise WritingError(str(piece)) from piece
                if isinstance(piece, Exception):
                    raise WritingError(f"the model failed ({_named(piece)})") from piece
                length += len(piece)
                if length > MAX_CHARACTERS:
                    raise WritingError(f"the model wrote more than {MAX_CHARACTERS} characters")
                yield piece
    finally:
        left.set()


def _named(error: Exception) -> str:
    """Return an error's type and HTTP status alone: its message may quote the request, and with it the key."""
    status = getattr(error, "status_code", None)
    name = type(error).__name__
    return f"{name}, HTTP {status}" if isinstance(status, int) else name


def json_in(reply: str) -> dict[str, Any]:
    """Return the JSON object in a reply, whatever stands around it.

    Raises:
        WritingError: there is none, or only half of one.

    >>> json_in('Sure! {"question": "Who pays?"} Anything else?')
    {'question': 'Who pays?'}
    """
    try:
        found = json.loads(reply[reply.index("{") : reply.rindex("}") + 1])
    except (ValueError, RecursionError):
        raise WritingError("the model did not reply in the form asked for") from None
    assert isinstance(found, dict), "what stands in braces is an object"
    return found
