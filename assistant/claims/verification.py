"""What is checked, what is found, and who may judge a meaning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.errors import AssistantError
from assistant.records import Document, Quote, Reason, Verdict

FindDocument = Callable[[Quote], Document]
"""Returns the document that a quote is from."""


class JudgingError(AssistantError):
    """A judge gave no verdicts; the message says why, in words that fit behind "not checked: "."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence and the quotes that it cites."""

    text: str
    quotes: tuple[Quote, ...]
    question: str = ""
    """The question that it answers; its words and figures may be repeated."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The finding on a claim."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    """The words that decide: the check, the words of the claim, and those of its context (empty where it has none)."""
    chance: float | None = None
    """That the claim is supported, between 0 and 1, where the judge gives one."""


class Judge(Protocol):
    """Reads meaning: a chat model, or a cross-encoder for natural language inference."""

    @property
    def name(self) -> str:
        """The model's name, as the settings have it."""
        ...

    @property
    def reads_questions(self) -> bool:
        """Whether it can say that passages do not answer a claim's question; it compares statements alone otherwise."""
        ...

    def judge(self, claims: Sequence[Claim]) -> list[Judgement]:
        """Return a judgement for each claim, all in one call; ``unjudged`` where the model passed over one.

        Raises:
            JudgingError: it gave no verdicts.
        """
        ...


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a context supports a claim, and why not."""

    verdict: Verdict
    score: float
    """1 where it is supported, the judge's chance where it gives one, 0.5 where nobody judged, otherwise 0."""
    reasons: tuple[Reason, ...] = ()

    @property
    def contradicts(self) -> bool:
        """True when the context has something else in the claim's place."""
        return self.verdict == "contradicted"
