"""What a system under test made of a question: the form in which Steward and the floors are scored alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from assistant.records import Answer, Quote, RetrievedChunk, Sentence, Span
from evals.metrics.support import Passage


@dataclass(frozen=True, slots=True)
class Found:
    """A passage found for a question, with the words that a reader gets to see."""

    passage: Passage
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The ten passages found, best first, and the answer or abstention made of them."""

    found: tuple[Found, ...]
    answer: str
    refused: bool
    sentences: tuple[Sentence, ...]
    citations: tuple[Quote, ...]
    seconds: float
    """Wall clock from question to checked answer."""
    standalone: str
    """The question as it was searched."""
    headings: bool = False
    """True where the answer says above its sentences who speaks and with what authority."""


_ADAPTER = TypeAdapter(Outcome)


def to_record(outcome: Outcome) -> dict[str, Any]:
    """The outcome as plain values, for logs."""
    record: dict[str, Any] = _ADAPTER.dump_python(outcome, mode="json")
    return record


def from_record(record: dict[str, Any]) -> Outcome:
    """The outcome of a log."""
    return _ADAPTER.validate_python(record)


def of_answer(answer: Answer, seconds: float) -> Outcome:
    """Steward's own answer as an outcome."""
    return Outcome(
        found=tuple(map(found_chunk, answer.retrieved)),
        answer=answer.answer,
        refused=answer.refused,
        sentences=answer.sentences,
        citations=answer.citations,
        seconds=seconds,
        standalone=answer.standalone_question,
        headings=True,
    )


def found_chunk(item: RetrievedChunk) -> Found:
    """A retrieved chunk with its lead-in."""
    chunk = item.chunk
    words = " ".join(filter(None, (chunk.lead_text, chunk.text)))
    return Found(Passage(chunk.text_id, Span(chunk.start, chunk.end)), words)
