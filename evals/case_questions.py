"""Does an answer across cases name the right cases, stay silent where none speaks, and keep proposals apart?

``python -m evals.case_questions`` asks the questions of ``data/case_questions.jsonl`` and prints, beside the five
best of BM25 with all their sentences: precision and recall of the cases named, abstentions, and the sentences shown.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import typer
from pydantic import BaseModel, ConfigDict
from threadpoolctl import threadpool_limits

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.across_cases import WITH_RESULT, ask_cases
from assistant.precedents.asked import read_case_question
from assistant.precedents.cases import cases_of
from assistant.precedents.proposals import is_past_tense, is_proposal
from assistant.registers.entries import Polarity, Registers
from assistant.registers.field_values import document_of
from assistant.text.sentences import split_sentences
from evals.bm25 import Bm25
from evals.cases import DATA, CaseError, Identifier, Line, Split, Splits, load_cases, load_lines, load_splits
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate
from evals.precedents import whole_text

QUESTIONS = DATA / "case_questions.jsonl"
PROPOSALS = DATA / "case_proposals.jsonl"
SENTENCES = DATA / "proposal_sentences.jsonl"
FLOOR = 5
"""Cases that the floor always shows."""


class CaseQuestion(BaseModel):
    """A question across cases, with the cases that answer it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    split: Split
    question: Line
    groups: tuple[Polarity, ...]
    """The outcomes asked for; empty where any will do."""
    right: tuple[Identifier, ...]
    """Ids of the cases that an answer should name; the first gives the split."""
    also: tuple[Identifier, ...]
    """Ids of those on the subject that it may name."""

    @property
    def cluster(self) -> str:
        """The same for questions after the same case."""
        return next(iter((*self.right, *self.also)), self.id)

    @property
    def has_cases(self) -> bool:
        """Whether some case is on its subject."""
        return bool(self.right or self.also)


class Proposal(BaseModel):
    """A sentence of a case with an outcome that proposes or plans something."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: Identifier
    sentence: Line


class Sentence(BaseModel):
    """A sentence such as a contributed case may have, and whether it proposes or plans something."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    split: Split
    sentence: Line
    proposes: bool


class Named(NamedTuple):
    """What a system shows: each case's id with the outcome that it stands under and its sentences."""

    cases: Sequence[tuple[str, Polarity, Sequence[str]]]


System = Callable[[str], Named]


def load_questions(path: Path = QUESTIONS) -> list[CaseQuestion]:
    """The questions, in order; see `evals.cases.load_cases`."""
    return load_cases(path, CaseQuestion)


def check_questions(questions: Iterable[CaseQuestion], registers: Registers, splits: Splits) -> None:
    """Raises CaseError where a question names a case that there is not or of another outcome, or is in the wrong split.

    A question without a right case may be of either.
    """
    entries = {entry.id: entry for entry in registers.precedents}
    for question in questions:
        for name in (*question.right, *question.also):
            if name not in entries:
                raise CaseError(f"Question {question.id}: found the case {name!r}; expected ids of precedents.toml.")
        for name in question.right:
            if question.groups and entries[name].polarity not in question.groups:
                raise CaseError(f"Question {question.id}: {name} is {entries[name].polarity}, which is not asked for.")
        for name in question.right[:1]:
            split = splits.of(f"{document_of(entries[name])}/precedents", name)
            if split != question.split:
                raise CaseError(f"Question {question.id}: found {question.split!r}; {name} is of {split!r}.")


def systems(library: Library) -> dict[str, System]:
    """The product and the floor, by name."""
    entries = library.registers.precedents
    words = Bm25([whole_text(entry) for entry in entries])

    def asked(question: str) -> Named:
        answer = ask_cases(library, question)
        return Named(
            [(case.entry.id, group.outcome, case.sentences) for group in answer.groups for case in group.cases]
        )

    def floor(question: str) -> Named:
        found = [entries[number] for number in words.search(question, FLOOR)]
        return Named([(entry.id, entry.polarity, sentences_of(entry.summary)) for entry in found])

    return {"Steward": asked, "BM25, first five": floor}


def sentences_of(summary: str) -> list[str]:
    """The sentences of a summary."""
    return [summary[start:end] for start, end in split_sentences(summary)]


def report(
    questions: Sequence[CaseQuestion], found: Mapping[str, System], library: Library, marked: Iterable[Proposal]
) -> Iterator[str]:
    """The table of one split as lines of text."""
    answerable = [question for question in questions if question.has_cases]
    yield f"{len(questions)} questions, {len(questions) - len(answerable)} of them without any case"
    right = [tuple(question.groups) == read_case_question(question.question).outcomes for question in questions]
    yield f"  outcomes asked for read as marked: {sum(right)} of {len(right)}"
    proposals = {(item.case, item.sentence) for item in marked}
    for name, ask in found.items():
        yield f"  {name}:"
        yield from _measures(questions, [ask(question.question) for question in questions], library, proposals)


def _measures(
    questions: Sequence[CaseQuestion],
    answers: Sequence[Named],
    library: Library,
    proposals: set[tuple[str, str]],
) -> Iterator[str]:
    pairs = list(zip(questions, answers, strict=True))
    with_right = [(question, {case for case, *_ in answer.cases}) for question, answer in pairs if question.right]
    clusters = [question.cluster for question, _ in with_right]
    shares = [len(named & {*question.right}) / len(question.right) for question, named in with_right]
    hits = [float(bool(named & {*question.right})) for question, named in with_right]
    shown = [
        (len(named & {*question.right, *question.also}) / len(named), question.cluster)
        for question, answer in pairs
        if question.has_cases and (named := {case for case, *_ in answer.cases})
    ]
    yield f"    recall of right cases {estimate(shares, clusters)}, n {len(shares)}; at least one {_n(hits, clusters)}"
    precision = _n([share for share, _ in shown], [cluster for _, cluster in shown])
    yield f"    precision of cases named where some speak {precision}"
    for words, has_cases in (("answered though no case speaks", False), ("silent though cases speak", True)):
        own = [(question, answer) for question, answer in pairs if question.has_cases == has_cases]
        wrong = [float(bool(answer.cases) != has_cases) for _, answer in own]
        yield f"    {words}: {sum(wrong):.0f} of {len(wrong)}, {_n(wrong, [question.cluster for question, _ in own])}"
        if wrong and any(wrong):
            yield f"      {', '.join(question.id for (question, _), bad in zip(own, wrong, strict=True) if bad)}"
    entries = cases_of(library).entries
    sentences = [
        (case, outcome, sentence) for answer in answers for case, outcome, own in answer.cases for sentence in own
    ]
    exact = sum(sentence in entries[case].summary for case, _, sentence in sentences)
    as_result = [item for item in sentences if item[1] in WITH_RESULT]
    wrong_side = [
        case
        for case, _, sentence in as_result
        if entries[case].polarity not in WITH_RESULT or (case, sentence) in proposals
    ]
    yield f"    sentences that are exact words of their case: {exact} of {len(sentences)}"
    yield f"    proposals shown as results: {len(wrong_side)} of {len(as_result)} sentences under an outcome"
    answered = [len(answer.cases) for answer in answers if answer.cases]
    yield f"    cases named: {sum(answered) / max(len(answered), 1):.1f} an answer"


def sentences_report(sentences: Sequence[Sentence]) -> Iterator[str]:
    """How sentences of nobody's case are sorted, as lines of text."""
    for words, proposes in (("proposals", True), ("results", False)):
        own = [item.sentence for item in sentences if item.proposes == proposes]
        left_out, apart = sum(map(is_proposal, own)), sum(not is_past_tense(sentence) for sentence in own)
        yield (
            f"  {words} in words of their own, n {len(own)}: {left_out} never shown as results, "
            f"{apart} not beside a sentence that is told in the past"
        )


def _n(values: Sequence[float], clusters: Sequence[str]) -> str:
    return f"{estimate(values, clusters)}, n {len(values)}"


def main(
    split: Annotated[Literal["dev", "test"], typer.Option(help="Which questions are asked.")] = "test",
) -> None:
    """Ask, and print the table. Intervals are 95 %, a bootstrap over the cases asked after."""
    try:
        questions = load_questions()
        library = open_shipped_library()
        check_questions(questions, library.registers, load_splits())
        marked = load_lines(PROPOSALS, Proposal)
        sentences = [item for item in load_lines(SENTENCES, Sentence) if item.split == split]
    except AssistantError as error:
        sys.exit(f"Error: {error}")
    own = [question for question in questions if question.split == split]
    with threadpool_limits(1):
        print(f"{split}:", *report(own, systems(library), library, marked), *sentences_report(sentences), sep="\n")


if __name__ == "__main__":
    typer.run(main)
