"""Questions as officials type them, and pairs of which one asks for a detail that the library does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from inspect_ai import Task, task
from pydantic import Field

from assistant import answering
from assistant.answering import Turn
from assistant.answering.abstention import DOUBTFUL, NOT_NAMED, NOT_STATED
from assistant.library import Library
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, Record, Split, load_cases, load_splits
from evals.metrics.matching import share_stated
from evals.tasks.shared import Judged, judged_task

SCORES = (
    *("refused_unanswerable", "refused_answerable", "warned_unanswerable", "warned_answerable", "fact_recall", "words"),
)
Facts = tuple[Annotated[tuple[Line, ...], Field(min_length=1)], ...]
"""What a full answer states; each fact as a list of wordings, any of which will do."""


class Everyday(Record):
    """A question as typed, after the earlier ones of its conversation, and what a full answer says."""

    id: Identifier
    split: Split
    kind: Literal[
        "plain",
        "comparison",
        "parts",
        "follow-up",
        "absent",
        "false-premise",
        "advice",
        "is-it-policy",
        "small-talk",
        "ambiguous",
    ]
    question: Line
    after: tuple[Line, ...] = ()
    right: Line
    """For readers who grade."""
    near: Line | None = None
    """The section that it is mainly about, as ``text id#section``."""
    facts: Facts = ()

    @property
    def absent(self) -> bool | None:
        """Whether the library holds no answer; None where neither an answer nor an abstention is right."""
        return None if self.kind in ("small-talk", "ambiguous") else self.kind == "absent" and not self.facts

    @property
    def cluster(self) -> str:
        """Its section."""
        return self.near or self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """Its kind."""
        return {"kind": self.kind}


class Absent(Record):
    """A question on a section, of a pair: one asks for what the section states, one for what the library lacks."""

    id: Identifier
    split: Split
    near: Line
    question: Line
    absent: bool
    slot: str
    """What kind of thing is asked for."""
    asked_for: Line | None = None
    """What the library does not hold."""
    facts: Facts = ()
    after: tuple[Line, ...] = ()

    @property
    def cluster(self) -> str:
        """Its section."""
        return self.near

    @property
    def slices(self) -> Mapping[str, str]:
        """What kind of thing it asks for."""
        return {"kind": self.slot}


@task
def everyday(system: str = "steward", split: Split | None = "test") -> Task:
    """Questions as officials type them: refusals, key facts and length. What readers think of the answers is graded."""
    return judged_task("everyday", load_everyday(), _judge, SCORES, split)


@task
def absent(system: str = "steward", split: Split | None = "test") -> Task:
    """Pairs on a section of the library: is the absent detail called absent, and the other one answered?"""
    return judged_task("absent", load_absent(), _judge, SCORES, split)


def _judge(case: Everyday | Absent) -> Judged:
    library = Bench.shared().library
    answer = answering.ask(library, case.question, conversation=turns_before(case, library))
    detail = {"answer": answer.answer, "searched": answer.standalone_question}
    return Judged(answer_scores(case, answer.answer, answer.refused), answer.answer, detail)


def answer_scores(case: Everyday | Absent, answer: str, refused: bool) -> dict[str, float]:
    """Return refusals, warnings, key facts and length of an answer, as far as the case allows each."""
    scores: dict[str, float] = {} if refused else {"words": float(len(answer.split()))}
    if case.absent is not None:
        about = "unanswerable" if case.absent else "answerable"
        scores[f"refused_{about}"] = float(refused)
        scores[f"warned_{about}"] = float(refused or answer.startswith((DOUBTFUL, NOT_NAMED, NOT_STATED)))
    if case.facts:
        scores["fact_recall"] = 0.0 if refused else share_stated(answer, case.facts)
    return scores


def turns_before(case: Everyday | Absent, library: Library) -> list[Turn]:
    """Return the earlier questions of a case, each with its quoted answer."""
    turns: list[Turn] = []
    for question in case.after:
        turns.append(Turn(question, answering.ask(library, question, conversation=turns).answer))
    return turns


def load_everyday() -> list[Everyday]:
    """Return the questions in order; see `evals.cases.load_cases`."""
    return load_cases(DATA / "everyday.jsonl", Everyday)


def load_absent() -> list[Absent]:
    """Return the pairs in order; see `evals.cases.load_cases`."""
    return load_cases(DATA / "absent.jsonl", Absent)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with the sets, one sentence each."""
    splits = load_splits()
    cases: list[Everyday | Absent] = [*load_everyday(), *load_absent()]
    for case in cases:
        document, _, section = (case.near or "").partition("#")
        expected = splits.of(document, section)
        if case.near and expected != case.split:
            yield f"Case {case.id} is {case.split}, but {case.near} is {expected or 'not listed'}."
