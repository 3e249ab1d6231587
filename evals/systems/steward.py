"""Steward as a system under test, behind the Protocol that the floors share."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from assistant import answering
from assistant.answering import Turn
from assistant.library import Library
from assistant.models.embedding import Embedder
from assistant.records import Array, Chunk, EmbeddingIdentity, Span
from evals.metrics.support import Passage
from evals.systems.outcomes import Outcome, of_answer


class System(Protocol):
    """Something that answers questions from the shipped library."""

    @property
    def cut(self) -> Sequence[Passage]:
        """Every passage that it could find."""

    def ask(self, question: str, conversation: Sequence[Turn] = ()) -> Outcome:
        """The outcome for one question; the conversation holds the turns that led to it, oldest first."""


@dataclass(frozen=True)
class Steward:
    """The assistant as users meet it."""

    library: Library
    abstains: bool = True
    rewrite: Callable[[str, Sequence[Turn]], str | None] = lambda question, conversation: None
    """Makes follow-ups stand alone; rules do where it returns None."""

    @cached_property
    def cut(self) -> Sequence[Passage]:
        """Its chunks."""
        return [Passage(chunk.text_id, Span(chunk.start, chunk.end)) for chunk in all_chunks(self.library)]

    def ask(self, question: str, conversation: Sequence[Turn] = ()) -> Outcome:
        """Steward's answer."""
        started = time.perf_counter()
        answer = answering.ask(
            self.library,
            question,
            conversation=conversation,
            standalone=self.rewrite(question, conversation),
            abstains=self.abstains,
        )
        return of_answer(answer, time.perf_counter() - started)


@dataclass(frozen=True)
class _Remembering:
    """An embedder that embeds a question once: floors are asked what Steward was asked, and their time is no figure."""

    embedder: Embedder
    known: dict[str, Array]

    @property
    def identity(self) -> EmbeddingIdentity:
        return self.embedder.identity

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> Array:
        return self.embedder.embed(texts, on_progress)

    def embed_question(self, question: str) -> Array:
        if question not in self.known:
            self.known[question] = self.embedder.embed_question(question)
        return self.known[question]

    def embed_to_weigh(self, question: str) -> Array:
        return self.embedder.embed_to_weigh(question)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.embedder.count_tokens(texts)


def remembering(library: Library) -> Library:
    """The same assistant, which embeds each question once."""
    return replace(library, embedder=_Remembering(library.embedder, {}))


def all_chunks(library: Library) -> list[Chunk]:
    """Return every chunk of the library, text by text."""
    return [chunk for text_id in library.generation.manifest.texts for chunk in library.generation.text_chunks(text_id)]
