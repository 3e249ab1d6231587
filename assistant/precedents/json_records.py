"""Cases as plain dictionaries, for ``--json``, the API and exports."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assistant.json_records import footnote_record
from assistant.library import Library
from assistant.precedents.cases import cases_of, source_notes
from assistant.precedents.citations import Places
from assistant.precedents.grounds import TIE_WORDS, recommendations_on
from assistant.precedents.search import CaseResults
from assistant.precedents.similar import SimilarCase
from assistant.registers.entries import Precedent, PrecedentSource
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.registers.field_values import LAST_YEAR

LESSON_BY = "the register's own reading"


def case_record(library: Library, entry: Precedent) -> dict[str, Any]:
    """Return one case; summary and lesson are the register's own words, so neither may be quoted as a source's.

    ``last_year`` is null for a continuing case, both years where its period names none.
    """
    cases = cases_of(library)
    facts = cases.facts[entry.id]
    first, last = facts.years or (None, None)
    evidence = EVIDENCE[entry.evidence]
    places = Places(library)
    return {
        "id": entry.id,
        "title": entry.title,
        "organisation": entry.organisation,
        "place": entry.place,
        "country": entry.country,
        "places": list(facts.places),
        "level": entry.level,
        "period": entry.period,
        "first_year": first,
        "last_year": None if last == LAST_YEAR else last,
        "sectors": list(facts.sectors),
        "shifts": list(entry.shift),
        "theme": entry.theme,
        "theme_group": facts.theme,
        "polarity": entry.polarity,
        "evidence": {"kind": entry.evidence, "title": evidence.title, "meaning": evidence.meaning},
        "said_by": places.speaker(entry),
        "as_at": entry.as_at or None,
        "summary": entry.summary,
        "lesson": entry.lesson,
        "lesson_by": LESSON_BY,
        "url": entry.url or None,
        "sources": [_source_record(library, source, entry, places) for source in entry.source],
        "recommendations": [
            {
                "id": item.recommendation.id,
                "text": item.recommendation.text,
                "actor": item.recommendation.actor,
                "document": item.recommendation.document,
                "tie": item.tie,
                "tie_words": TIE_WORDS[item.tie],
            }
            for item in recommendations_on(cases_of(library).registers, entry.id)
        ],
    }


def results_record(library: Library, results: CaseResults, limit: int | None = None) -> dict[str, Any]:
    """Return what a search found: the first ``limit`` cases, how many there are and match, and the facets' counts."""
    return {
        "total": results.total,
        "matching": results.matching,
        "cases": [
            {
                "rank": item.rank,
                "score": round(item.score, 4),
                "matches": item.is_near,
                "sentences": list(item.sentences),
            }
            | case_record(library, item.entry)
            for item in results.found[:limit]
        ],
        "facets": [
            {
                "name": facet.name,
                "title": facet.title,
                "values": [{"value": value, "words": words, "cases": count} for value, words, count in facet.counts],
            }
            for facet in results.facets
        ],
    }


def similar_record(item: SimilarCase) -> dict[str, Any]:
    """Return one similar case: what it shares with the other, and the two nearest sentences."""
    return {
        "rank": item.rank,
        "score": round(item.score, 4),
        "id": item.entry.id,
        "title": item.entry.title,
        "shared": [asdict(facet) | {"values": list(facet.values)} for facet in item.shared],
        "sentences": list(item.sentences) if item.sentences else None,
    }


def _source_record(library: Library, source: PrecedentSource, entry: Precedent, places: Places) -> dict[str, Any]:
    document = library.sources.get(source.document)
    section = places.section(source.document, source.section, entry.id) if source.section else None
    return {
        "document": source.document or None,
        "document_title": document.title if document else None,
        "document_publisher": document.publisher if document else None,
        "authority": document.authority if document else None,
        "section": source.section or None,
        "section_title": section,
        "quote": source.quote or None,
        "pages": source.pages,
        "notes": [footnote_record(note) for note in source_notes(library.generation, source)],
        "publisher": source.publisher,
        "title": source.title,
        "published": source.published or None,
        "part": source.part,
        "url": source.url or None,
    }
