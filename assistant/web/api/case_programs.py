"""The app's functions on precedents for other programs; see `programs`."""
# ruff: noqa: B006 the lists are only read, and a default must be the list itself to be shown as one

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from assistant.library import Library
from assistant.precedents import CaseFilters, find_precedents, search_cases, similar_cases
from assistant.precedents.across_cases import ask_cases
from assistant.precedents.across_cases_text import answer_record
from assistant.precedents.cases import cases_of
from assistant.precedents.json_records import case_record, results_record, similar_record
from assistant.precedents.nearest_to_question import precedent_record
from assistant.registers.entries import Level, Polarity, Shift
from assistant.registers.evidence_kinds import EvidenceName
from assistant.registers.field_values import LAST_YEAR
from assistant.web.api.endpoints import add_endpoint, record_use
from assistant.web.api.values import Limit, Query, filled

Values = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=100)]
Year = Annotated[int, Field(ge=0, le=9999)]


def add_case_programs(current: Callable[[], Library]) -> None:
    """Offer the functions while the app is being built; ``current`` gives the library at each call."""

    def precedents(
        query: Query,
        limit: Limit = 10,
        place: Annotated[str, Field(max_length=200)] = "",
        theme: Annotated[str, Field(max_length=200)] = "",
        polarity: Literal["any", "worked", "cited", "mixed", "failed", "proposed", "ongoing"] = "any",
    ) -> dict[str, Any]:
        """Find the precedents nearest to a query.

        A case says what was tried, where, by whom, what came of it and what a mission steward can learn from it.

        Args:
            query: What to look for: a problem, a policy, a question; at most 2,000 characters.
            limit: How many cases, 1 to 50.
            place: Only cases whose place or country holds these words, such as Manchester or Wales; empty for any.
            theme: Only cases with this theme, such as procurement; empty for any.
            polarity: Only cases with this outcome: worked (a measured result), cited (as good practice), mixed, failed,
                proposed (not yet carried out) or ongoing.

        Returns:
            precedents: rank, score, id, title, organisation, place, period, polarity, summary, lesson and sources of
                each; summary and lesson are the register's own words.
        """
        found = find_precedents(current(), query, limit, place, theme, None if polarity == "any" else polarity)
        return {"precedents": [precedent_record(item) for item in found]}

    def precedents_search(
        query: Annotated[str, Field(max_length=2_000)] = "",
        limit: Limit = 10,
        shifts: list[Shift] = [],
        themes: Values = [],
        levels: list[Level] = [],
        regions: Values = [],
        places: Values = [],
        sectors: Values = [],
        polarities: list[Polarity] = [],
        documents: Values = [],
        evidence: list[EvidenceName] = [],
        began: Values = [],
        first_year: Year = 0,
        last_year: Year = 9999,
        sort: Literal["nearest", "newest", "title"] = "nearest",
    ) -> dict[str, Any]:
        """Search precedents by words and facets, with the number of cases for every further choice.

        A query such as "like the Plymouth Alliance but for housing" finds similar cases near those words. Proposed
        cases have no result yet.

        Args:
            query: What to look for, in any words; empty for every case; at most 2,000 characters.
            limit: How many cases to return, 1 to 50; total says how many there are.
            shifts: Only cases of these shifts; empty for all.
            themes: Only cases of these groups of themes, by the values in facets; empty for all.
            levels: Only cases at these levels of government; empty for all.
            regions: Only cases in these nations of the United Kingdom or regions of England, such as south-west; empty
                for all.
            places: Only cases in these places, by the values in facets, such as greater-manchester; empty for all.
            sectors: Only cases in these sectors, by the values in facets; empty for all.
            polarities: Only cases with these outcomes; empty for all.
            documents: Only cases from these documents, by the ids that `documents` gives; empty for all.
            evidence: Only cases with this kind of evidence; empty for all.
            began: Only cases that began in these years, or not-stated; empty for all.
            first_year: Only cases that lasted until this year or later; 0 for any.
            last_year: Only cases that began in this year or earlier; 9999 for any.
            sort: nearest to the query first, or by title if there is none; newest first; or by title.

        Returns:
            total, matching (how many of them are near the query), cases (each with whether it matches, the sentences
                nearest to the query, sources, notes and the recommendations based on it; summary and lesson are the
                register's own words), facets (each value with its number of cases that match).
        """
        library = current()
        filters = _filters(
            first_year,
            last_year,
            shifts=shifts,
            themes=themes,
            levels=levels,
            regions=regions,
            places=places,
            sectors=sectors,
            polarities=polarities,
            documents=documents,
            evidence=evidence,
            began=began,
        )
        return results_record(library, search_cases(library, query, filters, sort), limit)

    def precedents_ask(
        question: Annotated[str, Field(max_length=2_000), AfterValidator(filled)],
        shifts: list[Shift] = [],
        themes: Values = [],
        levels: list[Level] = [],
        regions: Values = [],
        places: Values = [],
        sectors: Values = [],
        documents: Values = [],
        evidence: list[EvidenceName] = [],
        first_year: Year = 0,
        last_year: Year = 9999,
    ) -> dict[str, Any]:
        """Ask a question across precedents: what worked, what failed, what is under way and what is proposed.

        Every sentence is quoted from the register's summary of a case. A proposed case has no result yet and is never
        given as one that worked or failed. If no case answers the question, the result says so.

        Args:
            question: The question, such as What has worked to involve citizens?; at most 2,000 characters.
            shifts: Only cases of these shifts; empty for all.
            themes: Only cases of these groups of themes; empty for all.
            levels: Only cases at these levels of government; empty for all.
            regions: Only cases in these nations of the United Kingdom or regions of England; empty for all.
            places: Only cases in these places, such as greater-manchester; empty for all.
            sectors: Only cases in these sectors; empty for all.
            documents: Only cases from these documents, by the ids that `documents` gives; empty for all.
            evidence: Only cases with this kind of evidence; empty for all.
            first_year: Only cases that lasted until this year or later; 0 for any.
            last_year: Only cases that began in this year or earlier; 9999 for any.

        Returns:
            asked_for (the outcomes that the question asks for), lead (how many cases answer it, in words), groups by
                outcome, those asked for first (each case with its number, sentences, lesson and sources), nearest
                (cases, if none answers the question).
        """
        library = current()
        filters = _filters(
            first_year,
            last_year,
            shifts=shifts,
            themes=themes,
            levels=levels,
            regions=regions,
            places=places,
            sectors=sectors,
            documents=documents,
            evidence=evidence,
        )
        answer = ask_cases(library, question, filters)
        record_use("cases-question", {"cases": [case.entry.id for case in answer.cited]}, words=question)
        return answer_record(library, answer, filters != CaseFilters())

    def precedent(
        case_id: Annotated[str, Field(max_length=200), AfterValidator(filled)],
        similar: Annotated[int, Field(ge=0, le=50)] = 5,
    ) -> dict[str, Any]:
        """Read a precedent, with its sources and the most similar cases.

        Args:
            case_id: The id of the case, as `precedents_search` gives it.
            similar: How many similar cases, 0 to 50.

        Returns:
            The case: what was tried, where, by whom, what came of it, kind of evidence, sources with notes,
                recommendations based on it; similar (what each shares, and the nearest sentences).
        """
        library = current()
        found = similar_cases(library, case_id, similar)
        record = case_record(library, cases_of(library).entry(case_id))
        return record | {"similar": [similar_record(item) for item in found]}

    for function in (precedents, precedents_search, precedents_ask, precedent):
        add_endpoint(function)


def _filters(first_year: int, last_year: int, **facets: Sequence[str]) -> CaseFilters:
    """Return the filters of the parameters; 0 and 9999 are no bounds."""
    return CaseFilters.of(facets, first_year or None, None if last_year == LAST_YEAR else last_year)
