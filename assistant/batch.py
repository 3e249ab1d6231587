"""Many questions in one go: JSON Lines in, answer records out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answering import Assistant, Turn
from assistant.answering.pipeline import EXTRACTIVE, Mode
from assistant.catalogue import write_atomically
from assistant.errors import AssistantError
from assistant.json_records import answer_record
from assistant.records import Answer
from assistant.retrieval import Filters


class BatchQuestion(BaseModel):
    """One line of a batch; fields it does not know are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str | int
    question: str = Field(pattern=r"\S")
    followup_of: str | int | None = None


def load_questions(path: Path) -> list[BatchQuestion]:
    """The questions of a JSON Lines file.

    Raises:
        AssistantError: the file is missing, or a line is wrong; names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise AssistantError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    questions: list[BatchQuestion] = []
    known: set[str | int] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        question = _question(line, f"{path}, line {number}")
        if question.id in known:
            raise AssistantError(f"{path}, line {number}: the id {question.id!r} stands twice; ids must be unique.")
        if question.followup_of is not None and question.followup_of not in known:
            raise AssistantError(
                f"{path}, line {number}: followup_of names {question.followup_of!r}, which no earlier line has."
            )
        known.add(question.id)
        questions.append(question)
    return questions


def answer_batch(
    assistant: Assistant,
    questions: Sequence[BatchQuestion],
    output: Path,
    filters: Filters,
    on_progress: Callable[[int], None],
    mode: Mode = EXTRACTIVE,
    as_at: str | None = None,
) -> None:
    """Answer all questions and write the records, each with its ``id``; the file appears whole or not at all.

    A follow-up gets the conversation that led to it: its parent's question and answer, and theirs before it.
    """
    turns: dict[str | int, tuple[Turn, ...]] = {}
    records = []
    for number, item in enumerate(questions, 1):
        before = turns[item.followup_of] if item.followup_of is not None else ()
        answer: Answer = assistant.ask(item.question, filters, before, mode, as_at)
        turns[item.id] = (*before, Turn(item.question, answer.answer))
        records.append(json.dumps({"id": item.id, **answer_record(answer)}, ensure_ascii=False))
        on_progress(number)
    try:
        write_atomically(output, "".join(f"{record}\n" for record in records).encode())
    except OSError as error:
        raise AssistantError(f"{output} cannot be written: {error.strerror}.") from error


def _question(line: str, where: str) -> BatchQuestion:
    try:
        return BatchQuestion.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the line"
        raise AssistantError(
            f'{where}, {field}: {first["msg"]}; expected {{"id": …, "question": …, "followup_of": … or nothing}}.'
        ) from error
