"""Counts the calls of chat models and the tokens that their providers report, whoever makes the calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.tracers.context import register_configure_hook


class Meter(BaseCallbackHandler):
    """What was asked of chat models while it was set; see `metering`."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.calls = 0
        self.pieces = 0
        self.tokens_read = 0
        self.tokens_written = 0

    def on_chat_model_start(self, *_: Any, **__: Any) -> None:
        """Count a call, also one that then fails."""
        self.calls += 1

    def on_llm_new_token(self, *_: Any, **__: Any) -> None:
        """Count a piece of a reply, where the provider sends it in pieces."""
        self.pieces += 1

    def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        """Add the tokens, where the provider says how many."""
        for generation in (item for group in response.generations for item in group):
            message = generation.message if isinstance(generation, ChatGeneration) else None
            if isinstance(message, AIMessage) and message.usage_metadata:
                self.tokens_read += message.usage_metadata["input_tokens"]
                self.tokens_written += message.usage_metadata["output_tokens"]


_METER: ContextVar[Meter | None] = ContextVar("meter", default=None)
register_configure_hook(_METER, inheritable=True)


@contextmanager
def metering(meter: Meter) -> Iterator[None]:
    """Count the calls that begin inside, also in threads that run in a copy of this context."""
    token = _METER.set(meter)
    try:
        yield
    finally:
        _METER.reset(token)
