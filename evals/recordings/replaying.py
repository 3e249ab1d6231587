"""Asks questions of Steward, and of LangChain's tutorial, with a chat model whose replies are replayed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from pydantic import SecretStr

from assistant import answering
from assistant.answering.written_answer import Steps
from assistant.library import Library
from assistant.models.chat import build_model
from assistant.models.reply import WritingError, read_reply
from assistant.records import Answer, Writing
from evals.systems.floors import Tutorial
from evals.systems.steward import remembering
from evals.systems.tutorial import says_unknown, tutorial_messages
from evals.tasks.everyday import Absent, Everyday, turns_before

MODEL = "openai:played"
Asked: TypeAlias = Everyday | Absent


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system answers, and what a chat model did for it."""

    text: str
    refused: bool
    writing: Writing | None = None


Ask: TypeAlias = Callable[[Asked, str], Reply]
"""From a question and the address of the server that replays."""


def replayed(library: Library, address: str) -> Library:
    """Return a library whose chat model, for writing and checking, is the server at this address."""
    given = {"name": MODEL, "base_url": address, "key": SecretStr("replay")}
    settings = library.settings.model_copy(update={"model": library.settings.model.model_copy(update=given)})
    return replace(library, settings=settings, writer=None)


def steward(library: Library) -> Ask:
    """Return Steward's written answers."""

    def ask(case: Asked, address: str) -> Reply:
        turns = turns_before(case, library)
        return _reply(answering.ask(replayed(library, address), case.question, conversation=turns, mode="generative"))

    return ask


def extractive(library: Library) -> Ask:
    """Return Steward's quoted answers, which no chat model has a part in."""
    return lambda case, _: _reply(
        answering.ask(library, case.question, conversation=turns_before(case, library), mode="extractive")
    )


def tutorial(library: Library) -> Ask:
    """Return the tutorial's answers: its four chunks and its instruction in one call. One that fails is empty."""
    searching = Tutorial(remembering(library))

    def ask(case: Asked, address: str) -> Reply:
        model, steps = replayed(library, address).settings.model, Steps()
        question, context = searching.context(case.question, turns_before(case, library))
        text, failure = "", None
        try:
            with steps.count("write"):
                messages = tutorial_messages(question, context)
                text = "".join(read_reply(build_model(model), messages, time.monotonic() + model.seconds)).strip()
        except WritingError as error:
            failure = str(error)
        return Reply(text, says_unknown(text), Writing(MODEL, steps=steps.record, fallback=failure))

    return ask


SYSTEMS: Mapping[str, Callable[[Library], Ask]] = {"steward": steward, "extractive": extractive, "tutorial": tutorial}


def _reply(answer: Answer) -> Reply:
    return Reply(answer.answer, answer.refused, answer.writing)
