"""Searches cases by meaning and by words, within facets that are counted exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents.case_scores import Query, nearest_sentences, read_query, scores_of
from assistant.precedents.cases import Cases, cases_of
from assistant.precedents.facets import CaseFilters, Facet, count_facets, left_in
from assistant.registers.entries import Polarity, Precedent
from assistant.text.terms import content_terms

__all__ = ["CaseFilters", "CaseResults", "Facet", "FoundCase", "Sort", "search_cases"]

Sort = Literal["nearest", "newest", "title"]


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case found. ``rank`` is 1-based; a higher ``score`` is nearer, within one search; 0 without a query."""

    entry: Precedent
    rank: int
    score: float
    sentences: tuple[str, ...]
    """The sentences of its summary and lesson nearest to the query, best first, at most 2; none without a query."""
    is_near: bool = True
    """Whether it is near the query; see `Nearness`. True without a query, and where the query names a case."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """When a case is near a query, by its similarity, -1 to 1.

    Chosen on the dev split of evals/data/precedents.jsonl, its probes, and invented queries on other subjects.
    """

    least: float = 0.25
    """Least similarity of any case that is near."""
    behind: float = 0.2
    """Furthest that one that is near may be behind the most similar of all cases."""


NEARNESS = Nearness()


@dataclass(frozen=True, slots=True)
class CaseResults:
    """Every case that passes the filters, in order, and the facets to choose next.

    Facets count what is near the query; where no case is, all of them, as without one.
    """

    found: tuple[FoundCase, ...]
    facets: tuple[Facet, ...]
    total: int
    """How many cases pass the filters; a query orders them and leaves none out."""

    @property
    def matching(self) -> int:
        """How many of them are near the query; all without one."""
        return sum(item.is_near for item in self.found)


def search_cases(
    library: Library, query: str = "", filters: CaseFilters | None = None, sort: Sort = "nearest"
) -> CaseResults:
    """Return the cases that pass the filters, nearest to the query first; without one by outcome, what worked first.

    "like CASE but for WORDS" puts cases first that resemble CASE and are near the words; CASE itself comes last.

    Raises:
        AssistantError: unknown facet value or sort order; lists the valid ones.
    """
    if sort not in get_args(Sort):
        raise AssistantError(f"sort: found {sort!r}; expected one of: {', '.join(get_args(Sort))}.")
    cases = cases_of(library)
    filters = filters or CaseFilters()
    names = left_in(cases, filters)
    asked = read_query(library, query) if query.strip() else None
    scores, similar = scores_of(library, asked) if asked else ({}, {})
    near = _near(similar) | _placed(cases, asked.words) if asked and not asked.like else {*cases.entries}
    facets = count_facets(cases, filters, near or cases.entries)
    ordered = _ordered(cases, names, scores, sort)
    found = tuple(
        FoundCase(cases.entries[name], rank, scores.get(name, 0.0), _sentences(cases, name, asked), name in near)
        for rank, name in enumerate(ordered, 1)
    )
    return CaseResults(found, facets, len(found))


def _near(similar: Mapping[str, float]) -> set[str]:
    """Return the ids of those cases that are near."""
    least = max(NEARNESS.least, max(similar.values(), default=0.0) - NEARNESS.behind)
    return {name for name, similarity in similar.items() if similarity >= least}


def _placed(cases: Cases, words: str) -> set[str]:
    """Return the ids of the cases in the place or region that a query names, if it names nothing else."""
    asked = set(content_terms(words))
    titles = {region.id: region.title for region in cases.region_table}

    def where(entry: Precedent) -> str:
        return " ".join((entry.place, entry.country, *(titles[region] for region in cases.regions.get(entry.id, ()))))

    return {name for name, entry in cases.entries.items() if asked and asked <= set(content_terms(where(entry)))}


def _ordered(cases: Cases, names: list[str], scores: Mapping[str, float], sort: Sort) -> list[str]:
    by_title = sorted(names, key=lambda name: (cases.entries[name].title.casefold(), name))
    if sort == "newest":
        return sorted(by_title, key=lambda name: cases.facts[name].years or (0, 0), reverse=True)
    if sort == "nearest" and scores:
        return sorted(by_title, key=lambda name: -scores[name])
    if sort == "nearest":
        return sorted(by_title, key=lambda name: get_args(Polarity).index(cases.entries[name].polarity))
    return by_title


def _sentences(cases: Cases, name: str, asked: Query | None) -> tuple[str, ...]:
    return nearest_sentences(cases.sentences[name], asked.vector) if asked else ()
