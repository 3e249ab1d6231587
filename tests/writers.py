"""Stands in for chat models where a test is about what becomes of their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from assistant.models.writers import AbleWriter, SmallWriter

Reply = Callable[[str], str]
"""From the prompt to what the model writes."""


class FakeModel(BaseChatModel):
    """Writes what it is told to, a few characters at a time."""

    reply: Reply
    prompts: list[str] = Field(default_factory=list)
    options: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "fake"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.reply(str(messages[-1].text))))])

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        self.prompts.append("\n".join(str(message.text) for message in messages))
        self.options.append(kwargs)
        words = self.reply(self.prompts[-1])
        for start in range(0, max(1, len(words)), 7):
            yield ChatGenerationChunk(message=AIMessageChunk(content=words[start : start + 7]))


def key_of(prompt: str, words: str) -> str:
    """The number under which a prompt shows a sentence."""
    (line,) = [line for line in prompt.splitlines() if line.startswith("[") and words in line]
    return line[1 : line.index("]")]


def able(reply: Reply | str, seconds: float = 30) -> AbleWriter:
    return AbleWriter(FakeModel(reply=reply if callable(reply) else lambda _: reply), "fake:able", seconds)


def small(reply: Reply | str, seconds: float = 30) -> SmallWriter:
    return SmallWriter(FakeModel(reply=reply if callable(reply) else lambda _: reply), "fake:small", seconds)
