"""Answers a question across cases: what worked, what failed and what is only proposed, in the register's sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import get_args

from assistant.library import Library
from assistant.precedents.across_cases_question import read_case_question
from assistant.precedents.case_scores import Query, read_query, similarities
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.facets import CaseFilters, left_in
from assistant.precedents.named_places import places_missed
from assistant.precedents.proposal_sentences import is_past_tense, is_proposal
from assistant.registers.entries import Polarity, Precedent
from assistant.text.sentences import split_sentences
from assistant.text.terms import content_terms, share_held, stem

WITH_RESULT: tuple[Polarity, ...] = ("worked", "cited", "mixed", "failed")
"""Outcomes whose sentences readers take for results."""
MOST_SENTENCES = 2
"""Most sentences shown of a case."""
NEAREST_NAMED = 3
"""Cases named where none is near enough."""


@dataclass(frozen=True, slots=True)
class Relevance:
    """When a case answers a question; tuned on the dev split of evals/data/case_questions.jsonl."""

    covered: float = 0.4
    """Added to a case's similarity, a weighted mean of cosines, if it has all words of the question's subject."""
    answer: float = 0.53
    """Least score of the best case; below it, the register has no answer."""
    near: float = 0.46
    """Least score of every case shown."""
    behind: float = 0.35
    """Furthest that a case shown may be behind the best."""


RELEVANCE = Relevance()


@dataclass(frozen=True, slots=True)
class CitedCase:
    """A case of an answer."""

    n: int
    """Its number in the answer, from 1."""
    entry: Precedent
    sentences: tuple[str, ...]
    """The sentences of its summary nearest to the question, verbatim and in order, at most 2. Empty where the case has
    an outcome and every sentence is a proposal.
    """


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """The cases of an answer with one outcome, nearest first."""

    outcome: Polarity
    asked: bool
    """Whether the question asks for this outcome; True for all where it asks for none in particular."""
    cases: tuple[CitedCase, ...]


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """An answer across cases; it has no groups where the register has no answer."""

    question: str
    asked: tuple[Polarity, ...]
    """The outcomes that the question asks for; empty for any."""
    groups: tuple[OutcomeGroup, ...]
    """Those asked for first; only those with cases."""
    every: int
    """How many cases passed the filters."""
    nearest: tuple[Precedent, ...]
    """The nearest cases where none answers the question; otherwise empty."""
    places_missed: tuple[str, ...] = ()
    """Places that the question names and no case of the answer does."""
    word_missed: str = ""
    """The rarest word of the question's subject, if no case of the register has it."""

    @property
    def cited(self) -> tuple[CitedCase, ...]:
        """Every case of the answer, by number."""
        return tuple(case for group in self.groups for case in group.cases)


def ask_cases(
    library: Library, question: str, filters: CaseFilters | None = None, relevance: Relevance = RELEVANCE
) -> CaseAnswer:
    """Return what the register's cases answer to a question, grouped by outcome.

    A question without a subject ("What has worked?") is answered with all cases that pass the filters.

    Raises:
        ValueError: the question is empty.
        AssistantError: unknown facet value; lists the valid ones.
    """
    if not question.strip():
        raise ValueError("The question is empty.")
    cases = cases_of(library)
    names = left_in(cases, filters or CaseFilters())
    asked = read_case_question(question)
    query = read_query(library, question)
    scores = _scores(library, cases, query, asked.subject, relevance)
    ordered = sorted(names, key=lambda name: -scores[name])
    best = scores[ordered[0]] if ordered else 0.0
    near = [name for name in ordered if scores[name] >= max(relevance.near, best - relevance.behind)]
    if not asked.subject:
        near = [name for name in ordered if not asked.outcomes or cases.entries[name].polarity in asked.outcomes]
    elif best < relevance.answer:
        near = []
    nearest = () if near else tuple(cases.entries[name] for name in ordered[:NEAREST_NAMED])
    groups = _groups(cases, near, asked.outcomes, query)
    found = CaseAnswer(question, asked.outcomes, groups, len(names), nearest)
    if not near:
        return found
    shown = (f"{_words(entry)} {_regions(cases, entry)}" for entry in map(cases.entry, near))
    # In lower case, or it is a name; places are looked for in the cases shown.
    words = [word for word in asked.subject if word in question]
    return replace(found, places_missed=places_missed(question, shown), word_missed=_word_missed(library, cases, words))


def _word_missed(library: Library, cases: Cases, words: Sequence[str]) -> str:
    rarest = max(words, key=library.retriever.rarity, default="")
    if not rarest or any(stem(rarest) in content_terms(_words(entry)) for entry in cases.entries.values()):
        return ""
    return rarest


def _scores(
    library: Library, cases: Cases, query: Query, subject: Sequence[str], relevance: Relevance
) -> Mapping[str, float]:
    similar = similarities(library, cases, query)
    weights = {stem(word): library.retriever.rarity(word) for word in subject}
    return {
        name: similar[name] + relevance.covered * share_held(weights, {*content_terms(_words(entry))})
        for name, entry in cases.entries.items()
    }


def _words(entry: Precedent) -> str:
    theme = entry.theme.replace("-", " ")
    return " ".join((entry.title, entry.organisation, entry.place, entry.country, theme, entry.summary, entry.lesson))


def _regions(cases: Cases, entry: Precedent) -> str:
    titles = {region.id: region.title for region in cases.region_table}
    return " ; ".join(titles[region] for region in cases.regions.get(entry.id, ()))


def _groups(cases: Cases, near: Sequence[str], asked: Sequence[Polarity], query: Query) -> tuple[OutcomeGroup, ...]:
    outcomes = sorted(get_args(Polarity), key=lambda outcome: outcome not in asked)
    numbers = count(1)
    groups = []
    for outcome in outcomes:
        own = [cases.entries[name] for name in near if cases.entries[name].polarity == outcome]
        cited = tuple(CitedCase(next(numbers), entry, nearest_of_summary(cases, entry, query)) for entry in own)
        groups.append(OutcomeGroup(outcome, not asked or outcome in asked, cited))
    return tuple(group for group in groups if group.cases)


def nearest_of_summary(cases: Cases, entry: Precedent, query: Query) -> tuple[str, ...]:
    """Return the sentences of a case's summary nearest to a query, in the summary's order.

    For a case with an outcome, sentences that propose or plan are left out: readers would take them for results. If
    some are in the past tense, only those are kept.
    """
    sentences = [entry.summary[start:end] for start, end in split_sentences(entry.summary)]
    if entry.polarity in WITH_RESULT:
        sentences = [sentence for sentence in sentences if not is_proposal(sentence)]
        sentences = [sentence for sentence in sentences if is_past_tense(sentence)] or sentences
    held = cases.sentences[entry.id]
    nearness = dict(zip(held.texts, map(float, held.vectors @ query.vector), strict=True))
    best = sorted(sentences, key=lambda sentence: -nearness.get(sentence, -1.0))[:MOST_SENTENCES]
    return tuple(sentence for sentence in sentences if sentence in best)
