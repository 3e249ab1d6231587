"""Stands in for chat models where a test is about what becomes of their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field

from assistant.claims import Claim, Judgement, JudgingError
from assistant.models.writers import Writer
from assistant.records import Reason, Verdict

Reply = Callable[[str], str]
"""From the prompt to what the model writes."""
USAGE = UsageMetadata(input_tokens=100, output_tokens=10, total_tokens=110)
"""What every call is said to have cost."""


class FakeModel(BaseChatModel):
    """Writes what it is told to, a few characters at a time; each call of a written answer has a reply of its own."""

    reply: Reply
    reads: Reply = lambda _: "no JSON"
    repairs: Reply = lambda _: ""
    prompts: list[str] = Field(default_factory=list)
    options: list[dict[str, Any]] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "fake"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.reply(str(messages[-1].text))))])

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        prompt = "\n".join(str(message.text) for message in messages)
        self.prompts.append(prompt)
        self.options.append(kwargs)
        steps = {"You read a question": self.reads, "You repair sentences": self.repairs}
        reply = next((own for opening, own in steps.items() if prompt.startswith(opening)), self.reply)
        words = reply(prompt)
        for start in range(0, len(words), 7):
            yield ChatGenerationChunk(message=AIMessageChunk(content=words[start : start + 7]))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=USAGE))


@dataclass
class FakeJudge:
    """Judges as it is told to; by default a sentence with "free", or a figure that no quote has, is unsupported."""

    verdict: Callable[[Claim], Verdict] = lambda claim: "supported" if _is_careful(claim) else "unsupported"
    failure: str = ""
    """Why it fails, if it does."""
    asked: list[Claim] = field(default_factory=list)
    calls: int = 0
    name: str = "fake:judge"
    reads_questions: bool = True

    def judge(self, claims: Sequence[Claim]) -> list[Judgement]:
        self.calls += 1
        self.asked += claims
        if self.failure:
            raise JudgingError(self.failure)
        verdicts = [self.verdict(claim) for claim in claims]
        return [
            Judgement(verdict, () if verdict == "supported" else (Reason("figure", claim.text, "40"),))
            for verdict, claim in zip(verdicts, claims, strict=True)
        ]


def _is_careful(claim: Claim) -> bool:
    cited = " ".join(quote.quote for quote in claim.quotes)
    figures = [word.strip(".,") for word in claim.text.split() if word[0].isdigit()]
    return all(figure in cited for figure in figures) and "free" not in claim.text


def key_of(prompt: str, words: str) -> str:
    """The number under which a prompt shows a sentence."""
    (line,) = [line for line in prompt.splitlines() if line.startswith("[") and words in line]
    return line[1 : line.index("]")]


def able(reply: Reply | str, seconds: float = 30, reads: str = "no JSON", repairs: Reply | str = "") -> Writer:
    """Return a writer whose model reads questions, writes answers and repairs sentences in the words given."""
    model = FakeModel(
        reply=reply if callable(reply) else lambda _: reply,
        reads=lambda _: reads,
        repairs=repairs if callable(repairs) else lambda _: repairs,
    )
    return Writer(model, "fake:able", seconds)
