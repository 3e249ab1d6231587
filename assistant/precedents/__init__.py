"""The register of precedents: cases found by meaning and by facets, compared, explained and exported."""

from assistant.precedents.facets import CaseFilters, Facet
from assistant.precedents.nearest_to_question import FoundPrecedent, find_precedents
from assistant.precedents.search import CaseResults, FoundCase, search_cases
from assistant.precedents.similar import SimilarCase, similar_cases

__all__ = [
    "CaseFilters",
    "CaseResults",
    "Facet",
    "FoundCase",
    "FoundPrecedent",
    "SimilarCase",
    "find_precedents",
    "search_cases",
    "similar_cases",
]
