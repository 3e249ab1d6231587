"""Does an answer across cases name the right cases, stay silent where none speaks, and keep proposals apart?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from inspect_ai import Task, task

from assistant.library import Library
from assistant.precedents.across_cases import WITH_RESULT, ask_cases
from assistant.precedents.across_cases_question import read_case_question
from assistant.precedents.cases import cases_of
from assistant.precedents.proposal_sentences import is_past_tense, is_proposal
from assistant.registers.entries import Polarity, Precedent, Registers
from assistant.registers.field_values import document_of
from assistant.text.sentences import split_sentences
from evals.bench import Bench
from evals.cases import DATA, Identifier, Line, Record, Split, Splits, load_cases, load_lines, load_splits
from evals.systems.bm25 import Bm25
from evals.tasks.precedents import whole_text
from evals.tasks.shared import Judged, judged_task

SYSTEMS = ("steward", "bm25")
SCORES = (
    "cases_recall",
    "case_named",
    "cases_precision",
    "answered_without_case",
    "silent_with_case",
    "outcomes_read",
    "case_words_exact",
    "proposals_as_results",
    "cases_named",
)
FLOOR = 5
"""Cases that BM25 always shows, with all their sentences."""
Named = Sequence[tuple[str, Polarity, Sequence[str]]]
"""What a system shows: each case's id with the outcome that it stands under and its sentences."""


class CaseQuestion(Record):
    """A question across cases, with the cases that answer it."""

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
    def slices(self) -> Mapping[str, str]:
        """Whether some case is on its subject."""
        return {"kind": "cases" if self.right or self.also else "no case"}


class Proposal(Record):
    """A sentence of a case with an outcome that proposes or plans something."""

    case: Identifier
    sentence: Line


class PlannedSentence(Record):
    """A sentence such as a contributed case may have, and whether it proposes or plans something."""

    split: Split
    sentence: Line
    proposes: bool

    @property
    def id(self) -> str:
        """Made from its words."""
        return sha256(self.sentence.encode()).hexdigest()[:12]

    @property
    def question(self) -> str:
        """The sentence."""
        return self.sentence

    @property
    def cluster(self) -> str:
        """Its own."""
        return self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """A proposal or a result."""
        return {"kind": "proposal" if self.proposes else "result"}


@task
def case_questions(system: str = "steward", split: Split | None = "test") -> Task:
    """Questions on what was tried and what came of it; ``-T system=bm25`` shows the first five by words alone."""
    library = Bench.shared().library
    entries = library.registers.precedents
    words = Bm25([whole_text(entry) for entry in entries]) if system == "bm25" else None
    proposals = {(item.case, item.sentence) for item in load_proposals()}

    def judge(case: CaseQuestion) -> Judged:
        if words:
            best = [entries[number] for number in words.search(case.question, FLOOR)]
            named: Named = [(entry.id, entry.polarity, sentences_of(entry.summary)) for entry in best]
        else:
            groups = ask_cases(library, case.question).groups
            named = [(item.entry.id, group.outcome, item.sentences) for group in groups for item in group.cases]
        scores = naming_scores(case, [name for name, *_ in named])
        if not words:
            read = read_case_question(case.question).outcomes
            scores["outcomes_read"] = float(tuple(case.groups) == read)
        about_words, counts = sentence_scores(named, cases_of(library).entries, proposals)
        shown = [{"case": name, "outcome": outcome} for name, outcome, _ in named]
        return Judged(scores | about_words, ", ".join(name for name, *_ in named), {"named": shown}, counts)

    return judged_task("case_questions", load_case_questions(), judge, SCORES, split)


@task
def proposals(system: str = "steward", split: Split | None = "test") -> Task:
    """Sentences of nobody's case: which are known as proposals, never shown as results?

    ``apart``: not shown as a result unless beside a sentence that is told in the past.
    """
    names = ("proposal_known", "proposal_apart", "result_taken", "result_apart")

    def judge(sentence: PlannedSentence) -> Judged:
        known, apart = float(is_proposal(sentence.sentence)), float(not is_past_tense(sentence.sentence))
        pair = names[:2] if sentence.proposes else names[2:]
        return Judged(dict(zip(pair, (known, apart), strict=True)))

    return judged_task("proposals", load_planned_sentences(), judge, names, split)


def load_case_questions(path: Path = DATA / "case_questions.jsonl") -> list[CaseQuestion]:
    """Return the questions in order; see `evals.cases.load_cases`."""
    return load_cases(path, CaseQuestion)


def load_proposals(path: Path = DATA / "case_proposals.jsonl") -> list[Proposal]:
    """Return the marked sentences in order; see `evals.cases.load_lines`."""
    return load_lines(path, Proposal)


def load_planned_sentences(path: Path = DATA / "proposal_sentences.jsonl") -> list[PlannedSentence]:
    """Return the sentences in order; see `evals.cases.load_cases`."""
    return load_cases(path, PlannedSentence)


def problems(library: Library) -> Iterator[str]:
    """Yield what is wrong with the questions, one sentence each."""
    return case_problems(load_case_questions(), library.registers, load_splits())


def case_problems(questions: Iterable[CaseQuestion], registers: Registers, splits: Splits) -> Iterator[str]:
    """Yield questions that name a case that is not in the register or of another outcome, or are in the wrong split.

    A question without a right case may be of either split.
    """
    entries = {entry.id: entry for entry in registers.precedents}
    for question in questions:
        unknown = [name for name in (*question.right, *question.also) if name not in entries]
        if unknown:
            yield f"Question {question.id}: found the case {unknown[0]!r}; expected ids of precedents.toml."
            continue
        for name in question.right:
            if question.groups and entries[name].polarity not in question.groups:
                yield f"Question {question.id}: {name} is {entries[name].polarity}, which is not asked for."
        for name in question.right[:1]:
            split = splits.of(f"{document_of(entries[name])}/precedents", name)
            if split != question.split:
                yield f"Question {question.id}: found {question.split!r}; {name} is of {split!r}."


def naming_scores(question: CaseQuestion, named: Iterable[str]) -> dict[str, float]:
    """Return the scores of the cases named.

    ``cases_recall``: share of the right cases that are named; ``case_named``: 1 when one of them is. Where some case is
    on the subject, ``cases_precision``: share of the named ones that are, and ``silent_with_case``: 1 when none is
    named; where none is, ``answered_without_case``: 1 when one is named. ``cases_named``: how many, of an answer.
    """
    found = set(named)
    right, known = {*question.right}, {*question.right, *question.also}
    scores: dict[str, float] = {}
    if right:
        scores |= {"cases_recall": len(found & right) / len(right), "case_named": float(bool(found & right))}
    if known:
        scores["silent_with_case"] = float(not found)
    else:
        scores["answered_without_case"] = float(bool(found))
    if found:
        scores["cases_named"] = float(len(found))
        if known:
            scores["cases_precision"] = len(found & known) / len(found)
    return scores


def sentence_scores(
    named: Named, entries: Mapping[str, Precedent], proposals: set[tuple[str, str]]
) -> tuple[dict[str, float], dict[str, int]]:
    """Return the scores of the sentences shown, and of how many sentences each is the mean.

    ``case_words_exact``: share that are exact words of their case. ``proposals_as_results``: share of those under an
    outcome that propose something, or are of a case without an outcome.
    """
    shown = [(case, outcome, sentence) for case, outcome, own in named for sentence in own]
    results = [(case, sentence) for case, outcome, sentence in shown if outcome in WITH_RESULT]
    wrong = [item for item in results if entries[item[0]].polarity not in WITH_RESULT or item in proposals]
    scores: dict[str, float] = {}
    counts: dict[str, int] = {}
    if shown:
        exact = sum(sentence in entries[case].summary for case, _, sentence in shown)
        scores["case_words_exact"], counts["case_words_exact"] = exact / len(shown), len(shown)
    if results:
        scores["proposals_as_results"], counts["proposals_as_results"] = len(wrong) / len(results), len(results)
    return scores, counts


def sentences_of(summary: str) -> list[str]:
    """Return the sentences of a summary."""
    return [summary[start:end] for start, end in split_sentences(summary)]
