"""Follow-up questions beside the same asked in full: does the conversation fill in what they leave unsaid?

Run ``python -m evals.conversations`` (``--split dev`` while tuning). Every case is asked in four ways: in full, as a
follow-up in its conversation, and by two floors, the follow-up alone and the follow-up put behind the question before.
The earlier questions of a conversation are answered by Steward itself, unless the case says what the answer was.
``--model provider:model`` rewrites with a LangChain chat model as well.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import BaseModel, ConfigDict, Field

from assistant import answering
from assistant.answering import Turn
from assistant.answering.follow_ups import Rewriter, standalone_question
from assistant.errors import AssistantError
from assistant.library import Library
from evals.cases import (
    DATA,
    CaseError,
    Identifier,
    Line,
    Place,
    Question,
    Split,
    Splits,
    load_cases,
    load_questions,
)
from evals.library import open_shipped_library
from evals.metrics.intervals import Estimate, estimate, paired_difference
from evals.metrics.matching import share_stated
from evals.metrics.support import SupportFinder, first_rank
from evals.outcomes import Outcome
from evals.systems import Steward, remembering

CONVERSATIONS = DATA / "conversations.jsonl"
NEAR = 5
"""How many of the passages found count as found."""

ELSEWHERE = Turn("What is the weather like on the Isle of Man?", "The library does not hold the answer.")
"""A turn on something that no question of the set is about."""

Kind = Literal["pronoun", "ellipsis", "substitution", "ordinal", "chain", "topic-change"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Asked(_Model):
    """An earlier question of a conversation; without an answer of its own it gets Steward's."""

    question: Line
    answer: Line | None = None


class Conversation(_Model):
    """Earlier questions, the follow-up, the same asked in full, and what a right answer says and where it stands."""

    id: Identifier
    split: Split
    kind: Kind
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


def load_conversations(path: Path = CONVERSATIONS) -> list[Conversation]:
    """The conversations, in order; see `evals.cases.load_cases`."""
    return load_cases(path, Conversation)


Way = Callable[[Conversation, Sequence[Turn]], Outcome]


def ways_of_asking(library: Library, rewriter: Rewriter | None = None) -> Mapping[str, Way]:
    """In full first, the follow-up as Steward reads it second, then the floors."""
    ask = Steward(library, rewriter=rewriter).ask
    return {
        "in full": lambda case, _: ask(case.full),
        "follow-up": lambda case, turns: ask(case.question, turns),
        "floor: follow-up alone": lambda case, _: ask(case.question),
        "floor: put behind the last": lambda case, turns: ask(f"{turns[-1].question} {case.question}"),
    }


def conversation_so_far(case: Conversation, library: Library) -> tuple[Turn, ...]:
    """The turns before the follow-up, with their answers."""
    turns: tuple[Turn, ...] = ()
    for asked in case.turns:
        answer = asked.answer or answering.ask(library, asked.question, conversation=turns).answer
        turns = (*turns, Turn(asked.question, answer))
    return turns


def score(case: Conversation, outcome: Outcome, finder: SupportFinder) -> dict[str, float]:
    """``found@5``: share of the passages needed in the first five; ``fact_recall``: share of the key facts stated."""
    found = [item.passage for item in outcome.found[:NEAR]]
    ranks = [first_rank(found, (finder.find(place, case.id),)) for place in case.spans]
    return {
        "found@5": sum(rank is not None for rank in ranks) / len(ranks),
        "fact_recall": 0.0 if outcome.refused else share_stated(outcome.answer, case.key_facts),
    }


def main(
    split: Annotated[str, typer.Option(help="dev or test.")] = "test",
    model: Annotated[str | None, typer.Option(help="A chat model that rewrites, as provider:model.")] = None,
    show: Annotated[bool, typer.Option(help="Print every rewritten question and its scores.")] = False,
    conversations: Annotated[Path, typer.Option(help="The file of conversations.")] = CONVERSATIONS,
) -> None:
    """Ask every conversation in each way and print what was found, with intervals."""
    if split not in ("dev", "test"):
        raise typer.BadParameter(f"{split!r} is no split; expected dev or test.")
    try:
        cases = [case for case in load_conversations(conversations) if case.split == split]
        library = remembering(open_shipped_library())
        ways = dict(ways_of_asking(library))
        if model:
            ways[f"follow-up, by {model}"] = ways_of_asking(library, _rewriting(model))["follow-up"]
        scored = judge(cases, library, ways, print if show else lambda _: None)
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    clusters = [case.cluster for case in cases]
    print(f"{len(cases)} conversations of the {split} split, {len(set(clusters))} sections")
    for measure in ("found@5", "fact_recall"):
        print(f"\n{measure}")
        values = {way: [scores[measure] for scores in each] for way, each in scored.items()}
        for way, own in values.items():
            apart = "" if way == "in full" else f"   minus in full {_signed(own, values['in full'], clusters)}"
            print(f"  {way:<28} {estimate(own, clusters)}{apart}")
    kept, own_clusters = left_alone([case for case in load_questions() if case.split == split])
    print(f"\nquestions of their own left as they are, after another: {estimate(kept, own_clusters)}, n = {len(kept)}")
    print("\nBy kind, found@5 and fact_recall: in full, as a follow-up")
    for kind in sorted({case.kind for case in cases}):
        rows = [number for number, case in enumerate(cases) if case.kind == kind]
        means = [
            sum(scored[way][number][measure] for number in rows) / len(rows)
            for measure in ("found@5", "fact_recall")
            for way in ("in full", "follow-up")
        ]
        print(f"  {kind:<14} n = {len(rows):<3} {means[0]:.2f}, {means[1]:.2f}   {means[2]:.2f}, {means[3]:.2f}")


def judge(
    cases: Sequence[Conversation], library: Library, ways: Mapping[str, Way], report: Callable[[str], object]
) -> dict[str, list[dict[str, float]]]:
    """For each way of asking the scores of every case, in order."""
    finder = SupportFinder(library.generation)
    scored: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for case in cases:
        turns = conversation_so_far(case, library)
        for way, ask in ways.items():
            outcome = ask(case, turns)
            scored[way].append(score(case, outcome, finder))
            values = " ".join(f"{value:.2f}" for value in scored[way][-1].values())
            report(f"{case.id:<14} {way:<28} {values} {outcome.standalone}")
    return scored


def left_alone(questions: Sequence[Question]) -> tuple[list[float], list[str]]:
    """For each question that is no follow-up whether it stays as it is in a conversation on something else, 0 or 1.

    With the cluster of each: in no conversation should what stands alone take on what was asked before.
    """
    own = [case for case in questions if case.followup_of is None]
    kept = [float(standalone_question(case.question, [ELSEWHERE]) == case.question) for case in own]
    return kept, [case.cluster for case in own]


def conversation_problems(cases: Sequence[Conversation], splits: Splits, library: Library) -> Iterator[str]:
    """What is wrong with a set of conversations, one sentence each."""
    finder = SupportFinder(library.generation)
    for case in cases:
        for place in case.spans:
            split = splits.of(place.document, place.section)
            if split != case.split:
                yield f"Conversation {case.id} is {case.split}, but {place.document}#{place.section} is {split}."
            try:
                finder.find(place, case.id)
            except CaseError as error:
                yield str(error)
        if case.kind == "topic-change" and case.question != case.full:
            yield f"Conversation {case.id} changes the topic, so question and full must be the same."


def _signed(after: Sequence[float], before: Sequence[float], clusters: Sequence[str]) -> str:
    difference: Estimate = paired_difference(after, before, clusters)
    return f"{difference.mean:+.3f} ({difference.low:+.3f} to {difference.high:+.3f})"


def _rewriting(name: str) -> Rewriter:
    from assistant.answering.model_rewriter import ModelRewriter
    from evals.judging.judge import build_judge

    return ModelRewriter(build_judge(name).model)


if __name__ == "__main__":
    typer.run(main)
