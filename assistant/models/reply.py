"""Reads a chat model's reply as it is written, within a time limit, whatever the model does."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from queue import Empty, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from assistant.deadlines import not_counted
from assistant.errors import AssistantError

if TYPE_CHECKING:  # slow to load
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MAX_CHARACTERS = 20_000
"""Longest reply that is read."""


class WritingError(AssistantError):
    """A model gave nothing usable; the message says why, and the extractive answer is shown."""


def read_reply(model: BaseChatModel, messages: Sequence[BaseMessage], deadline: float, **options: Any) -> Iterator[str]:
    """Yield the pieces of a reply as they come; ``deadline`` is a time of `time.monotonic`.

    The model is asked in its own thread: one that hangs keeps nobody waiting after the deadline.

    Raises:
        WritingError: the model failed, was too slow or did not finish.
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

    started = time.monotonic()
    Thread(target=ask, name="chat-model", daemon=True).start()
    length = 0
    try:
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
                # Only the type: a provider's message may quote the request, and with it the key.
                raise WritingError(f"the model failed ({type(piece).__name__})") from piece
            length += len(piece)
            if length > MAX_CHARACTERS:
                raise WritingError(f"the model wrote more than {MAX_CHARACTERS} characters")
            yield piece
    finally:
        left.set()
