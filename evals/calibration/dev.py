"""The questions that may be tuned on, and the record of what was."""

from __future__ import annotations

import json
from collections.abc import Iterable

from assistant.answering.follow_ups import Turn, standalone_question
from evals.cases import Question, load_questions
from evals.checks import TUNED_ON, load_tuned_on, require_dev


def dev_questions() -> list[Question]:
    """The committed questions of the dev split."""
    return require_dev(question for question in load_questions() if question.split == "dev")


def standalone(question: Question, parents: dict[str, Question]) -> str:
    """The question as it is searched, a follow-up behind the questions that led to it."""
    if question.followup_of is None:
        return question.question
    parent = parents[question.followup_of]
    return standalone_question(question.question, [Turn(standalone(parent, parents), "")])


def sections_of(questions: Iterable[Question]) -> set[str]:
    """Every section that the questions name."""
    named = {f"{place.document}#{place.section}" for item in questions for span in item.spans for place in span.places}
    return named | {item.near for item in questions if item.near}


def keep_record(command: str, sections: Iterable[str]) -> None:
    """Notes which sections a calibration used; `evals.checks` fails when one of them is for reporting."""
    record = load_tuned_on() | {command: sorted(set(sections))}
    TUNED_ON.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
