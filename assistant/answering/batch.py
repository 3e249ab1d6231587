"""Many questions at once: JSON Lines in, answer records out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.answering.asking import EXTRACTIVE, Mode, ask, check_request
from assistant.answering.follow_ups import Turn
from assistant.errors import AssistantError
from assistant.files.json_lines import load_lines, write_records
from assistant.json_records import answer_record
from assistant.library import Library
from assistant.search.retrieval import Filters


class BatchQuestion(BaseModel):
    """A line of a batch; unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | int
    question: str = Field(pattern=r"\S")
    followup_of: str | int | None = None


def load_questions(path: Path) -> list[BatchQuestion]:
    """Return the questions of a JSON Lines file.

    Raises:
        AssistantError: the file is missing, or a line is wrong; names file and line.
    """
    questions: list[BatchQuestion] = []
    known: set[str | int] = set()
    expected = '{"id": …, "question": …, "followup_of": … or nothing}'
    for where, question in load_lines(path, BatchQuestion, expected):
        if question.followup_of is not None and question.followup_of not in known:
            raise AssistantError(
                f"{where}: followup_of names {question.followup_of!r}, which no earlier line "
                "has. Put the question it follows first."
            )
        known.add(question.id)
        questions.append(question)
    return questions


def answer_batch(
    library: Library,
    questions: Sequence[BatchQuestion],
    output: Path,
    filters: Filters,
    on_progress: Callable[[int], None],
    mode: Mode = EXTRACTIVE,
    as_at: str | None = None,
) -> None:
    """Answer all questions and write each record, with its ``id``, as `write_records` does.

    A follow-up gets the conversation that led to it: its parent's question and answer, and theirs before it. If the
    parent failed, the follow-up is not asked.

    Raises:
        AssistantError: no question can be asked, see `check_request`; the output cannot be written; or questions
            failed, once all were asked.
    """
    check_request(library, filters, mode, as_at)
    turns: dict[str | int, tuple[Turn, ...]] = {}

    def record(item: BatchQuestion) -> dict[str, Any]:
        before: tuple[Turn, ...] = ()
        if item.followup_of is not None:
            if item.followup_of not in turns:
                raise AssistantError(f"The question that it follows up, {item.followup_of!r}, was not answered.")
            before = turns[item.followup_of]
        answer = ask(library, item.question, filters, before, mode, as_at)
        turns[item.id] = (*before, Turn(item.question, answer.answer))
        return answer_record(answer)

    write_records(questions, record, output, on_progress)
