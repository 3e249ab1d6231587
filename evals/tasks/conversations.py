"""Follow-up questions beside the same asked in full: does the conversation fill in what they leave unsaid?

Every case is asked as a follow-up in its conversation, in full, and by two floors: the follow-up alone, and the
follow-up put behind the question before. The earlier questions of a conversation are answered by Steward itself, unless
the case says what the answer was.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from inspect_ai import Task, task
from pydantic import Field

from assistant import answering
from assistant.answering import Turn
from assistant.answering.capitals import library_names
from assistant.answering.follow_ups import standalone_question
from assistant.answering.understanding import library_words, understand, understand_by_rules
from assistant.library import Library
from assistant.models.reply import WritingError
from assistant.models.writers import build_writer
from assistant.search.retrieval import Filters
from assistant.search.scope import scope_of, search_scope
from evals.bench import Bench
from evals.cases import (
    DATA,
    Identifier,
    Line,
    Place,
    Question,
    Record,
    Split,
    Splits,
    load_cases,
    load_questions,
    load_splits,
)
from evals.checks import placed_problems
from evals.metrics.matching import share_stated
from evals.metrics.support import SupportFinder, first_rank
from evals.systems.outcomes import Outcome
from evals.systems.steward import Steward, remembering
from evals.tasks.shared import Judged, judged_task

NEAR = 5
"""How many of the passages found count as found."""
ELSEWHERE = Turn("What is the weather like on the Isle of Man?", "The library does not hold the answer.")
"""A turn on something that no question of the set is about."""
SCORES = ("spans@5", "fact_recall", "left_alone")


class Asked(Record):
    """An earlier question of a conversation; without an answer of its own it gets Steward's."""

    question: Line
    answer: Line | None = None


class Conversation(Record):
    """Earlier questions, the follow-up, the same asked in full, and what a right answer says and where it stands."""

    id: Identifier
    split: Split
    kind: Literal["pronoun", "ellipsis", "substitution", "ordinal", "chain", "topic-change"]
    turns: Annotated[tuple[Asked, ...], Field(min_length=1)]
    question: Line
    full: Line
    key_facts: Annotated[tuple[Annotated[tuple[Line, ...], Field(min_length=1)], ...], Field(min_length=1)]
    """As those of `evals.cases.Question`."""
    spans: Annotated[tuple[Place, ...], Field(min_length=1)]

    @property
    def cluster(self) -> str:
        """The section of its first passage: cases on one section are not independent."""
        return f"{self.spans[0].document}#{self.spans[0].section}"

    @property
    def slices(self) -> Mapping[str, str]:
        """Its kind."""
        return {"kind": self.kind}


WAYS: Mapping[str, Callable[[Conversation], str]] = {
    "in full": lambda case: case.full,
    "follow-up alone": lambda case: case.question,
    "put behind the last": lambda case: f"{case.turns[-1].question} {case.question}",
}
"""What is asked, without a conversation, in place of the follow-up."""


@task
def conversations(system: str = "steward", split: Split | None = "test", model: bool = False) -> Task:
    """Follow-ups; as ``steward`` also whether questions of their own are left as they are after another.

    ``model`` has the chat model of the settings read follow-ups in place of the rules.
    """
    bench = Bench.shared()
    library = remembering(bench.library)
    names = library_names(library)
    reading = Steward(library, rewrite=read_by_model(library)) if model else Steward(library)

    def judge(case: Conversation | Question) -> Judged:
        if isinstance(case, Question):
            standalone = standalone_question(case.question, [ELSEWHERE], names)
            return Judged({"left_alone": float(standalone == case.question)}, standalone)
        if system == "steward":
            outcome = reading.ask(case.question, conversation_so_far(case, library))
        else:
            outcome = Steward(library).ask(WAYS[system](case))
        detail = {"standalone": outcome.standalone, "answer": outcome.answer}
        return Judged(conversation_scores(case, outcome, bench.finder), outcome.answer, detail)

    cases: list[Conversation | Question] = [*load_conversations()]
    if system == "steward":
        cases += [case for case in load_questions() if case.followup_of is None]
    return judged_task("conversations", cases, judge, SCORES, split)


def read_by_model(library: Library) -> Callable[[str, Sequence[Turn]], str | None]:
    """Return how the chat model of the settings reads follow-ups, after a search for what the rules make of them."""
    writer = build_writer(library.settings.model)
    scope = scope_of(library.generation.manifest, library.sources, Filters())

    def read(question: str, conversation: Sequence[Turn]) -> str | None:
        by_rules = understand_by_rules(standalone_question(question, conversation, library_names(library)))
        found, _ = search_scope(library.retriever, by_rules.question, 10, scope)
        until = time.monotonic() + writer.seconds
        try:
            return understand(
                by_rules, question, conversation, library_words(found, library, scope), writer, until
            ).question
        except WritingError:
            return None  # as in the product, the rules' reading stands

    return read


def load_conversations(path: Path = DATA / "conversations.jsonl") -> list[Conversation]:
    """Return the conversations in order; see `evals.cases.load_cases`."""
    return load_cases(path, Conversation)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with the set, one sentence each."""
    return case_problems(load_conversations(), load_splits(), library)


def case_problems(cases: Sequence[Conversation], splits: Splits, library: Library) -> Iterator[str]:
    """Yield what is wrong with conversations, one sentence each."""
    for case in cases:
        for place in case.spans:
            yield from placed_problems(case.id, case.split, place, splits, library)
        if case.kind == "topic-change" and case.question != case.full:
            yield f"Case {case.id} changes the topic, so question and full must be the same."


def conversation_so_far(case: Conversation, library: Library) -> tuple[Turn, ...]:
    """Return the turns before the follow-up, with their answers."""
    turns: tuple[Turn, ...] = ()
    for asked in case.turns:
        answer = asked.answer or answering.ask(library, asked.question, conversation=turns).answer
        turns = (*turns, Turn(asked.question, answer))
    return turns


def conversation_scores(case: Conversation, outcome: Outcome, finder: SupportFinder) -> dict[str, float]:
    """Return ``spans@5``, the share of the passages needed in the first five, and ``fact_recall``."""
    found = [item.passage for item in outcome.found[:NEAR]]
    ranks = [first_rank(found, (finder.find(place, case.id),)) for place in case.spans]
    return {
        "spans@5": sum(rank is not None for rank in ranks) / len(ranks),
        "fact_recall": 0.0 if outcome.refused else share_stated(outcome.answer, case.key_facts),
    }
