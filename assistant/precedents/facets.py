"""Filters cases, and counts them, by their facets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import get_args

from assistant.errors import AssistantError
from assistant.precedents.cases import Cases
from assistant.registers.entries import Level, Polarity, Shift
from assistant.registers.evidence_kinds import EVIDENCE
from assistant.text.slugs import slug

BANDS = ((None, 2009), (2010, 2014), (2015, 2019), (2020, 2023), (2024, None))
"""First and last years of the ranges that the facet of years counts; None for no limit."""


UNDATED = "not-stated"
"""The facet value for a case that names no year."""
MOST_NAMED = 20
"""Most values that an error lists in full."""
NEAREST_NAMED = 5
"""Of more values, an error lists those most similar to the one asked for."""


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """Which cases are shown: those with one of the values in each facet; an empty facet filters nothing.

    Values are those of a search's facets, such as ``local-government``.
    """

    shifts: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    """Groups of themes, by id."""
    levels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    """Nations of the United Kingdom and regions of England, by id."""
    places: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    polarities: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    began: tuple[str, ...] = ()
    """First years that cases name, such as ``2024``; `UNDATED` for cases that name none."""
    first_year: int | None = None
    """Only cases that lasted until this year or longer; cases without years are left out."""
    last_year: int | None = None
    """Only cases that began in this year or earlier; cases without years are left out."""

    @classmethod
    def of(
        cls, facets: Mapping[str, Sequence[str] | None], first_year: int | None = None, last_year: int | None = None
    ) -> CaseFilters:
        """Return the filters for values as lists, by field name; None and an empty list filter nothing."""
        chosen = {name: tuple(values or ()) for name, values in facets.items()}
        return cls(**chosen, first_year=first_year, last_year=last_year)


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values, counted over the cases that pass the *other* facets."""

    name: str
    """The field of `CaseFilters`; ``years`` for first and last year."""
    title: str
    counts: tuple[tuple[str, str, int], ...]
    """Value, label, number of cases; values of no case that passes are left out unless chosen."""


@dataclass(frozen=True, slots=True)
class _Field:
    title: str
    values: Callable[[Cases, str], Iterable[str]]
    """Returns a case's values, by its id."""
    words: Callable[[Cases, str], str]
    """Returns a value's label."""
    order: Callable[[Cases], Iterable[str]] | None = None
    """Returns all possible values in display order; None orders those of the cases, most frequent first."""


def plain_words(value: str) -> str:
    """Return a value as readers see it.

    >>> plain_words("enabling-reforms")
    'Enabling reforms'
    """
    words = value.replace("-", " ")
    return words[:1].upper() + words[1:]


_EVIDENCE_TITLES: Mapping[str, str] = {name: kind.title for name, kind in EVIDENCE.items()}
FIELDS: Mapping[str, _Field] = {
    "shifts": _Field(
        "Shift",
        lambda cases, name: cases.entries[name].shift,
        lambda _, value: plain_words(value),
        lambda _: get_args(Shift),
    ),
    "themes": _Field(
        "Theme",
        lambda cases, name: (cases.facts[name].theme,),
        lambda cases, value: cases.theme_titles[value],
        lambda cases: cases.theme_titles,
    ),
    "levels": _Field(
        "Level",
        lambda cases, name: (cases.entries[name].level,),
        lambda _, value: plain_words(value),
        lambda _: get_args(Level),
    ),
    "regions": _Field(
        "Region",
        lambda cases, name: cases.regions.get(name, ()),
        lambda cases, value: next(region.title for region in cases.region_table if region.id == value),
        lambda cases: [region.id for region in cases.region_table],
    ),
    "places": _Field(
        "Place",
        lambda cases, name: dict.fromkeys(map(slug, cases.facts[name].places)),
        lambda cases, value: cases.place_names[value],
    ),
    "sectors": _Field("Sector", lambda cases, name: cases.facts[name].sectors, lambda _, value: plain_words(value)),
    "polarities": _Field(
        "Outcome",
        lambda cases, name: (cases.entries[name].polarity,),
        lambda _, value: plain_words(value),
        lambda _: get_args(Polarity),
    ),
    "documents": _Field(
        "Document",
        lambda cases, name: dict.fromkeys(source.document for source in cases.entries[name].source if source.document),
        lambda cases, value: cases.document_titles.get(value, value),
    ),
    "evidence": _Field(
        "Kind of evidence",
        lambda cases, name: (cases.entries[name].evidence,),
        lambda _, value: _EVIDENCE_TITLES[value],
        lambda _: _EVIDENCE_TITLES,
    ),
    "began": _Field(
        "Year in which it began",
        lambda cases, name: (first_year(cases, name),),
        lambda _, value: "No year" if value == UNDATED else value,
        lambda cases: sorted({first_year(cases, name) for name in cases.entries}),
    ),
}


def first_year(cases: Cases, name: str) -> str:
    """Return the year in which a case began, as a facet value."""
    return str(cases.facts[name].began or UNDATED)


def check_filters(cases: Cases, filters: CaseFilters) -> None:
    """Raise AssistantError for a value that no case has, or for years in the wrong order; lists the valid values."""
    for facet, field in FIELDS.items():
        known = {value for name in cases.entries for value in field.values(cases, name)}
        known |= {*field.order(cases)} if field.order else set()
        for value in getattr(filters, facet):
            if value not in known:
                raise AssistantError(f"{facet}: no case has {value[:100]!r}; {_known_words(value, known)}.")
    first, last = filters.first_year, filters.last_year
    if first is not None and last is not None and first > last:
        raise AssistantError(f"first_year: found {first}, which is after last_year {last}. Swap them.")


def _known_words(value: str, known: set[str]) -> str:
    """Return the valid values; of many only the most similar, to keep the sentence readable."""
    if len(known) <= MOST_NAMED:
        return f"there are: {', '.join(sorted(known)) or 'none'}"
    near = get_close_matches(slug(value), sorted(known), NEAREST_NAMED, 0.5)
    return f"the most similar of {len(known)} values: {', '.join(near) or 'none'}. The facets list all"


def count_facets(cases: Cases, filters: CaseFilters, counted: Container[str]) -> tuple[Facet, ...]:
    """Return every facet with the values that could be chosen; they count those of their cases that are ``counted``.

    Raises:
        AssistantError: as `check_filters`.
    """
    check_filters(cases, filters)
    # A case passes if it misses no facet, and counts in a facet if it misses no other.
    missed = {name: _missed(cases, name, filters) for name in cases.entries}
    facets = []
    for facet, field in FIELDS.items():
        every = Counter(value for name in missed if missed[name] <= {facet} for value in field.values(cases, name))
        counts = Counter(
            value
            for name in missed
            if name in counted and missed[name] <= {facet}
            for value in field.values(cases, name)
        )
        values = field.order(cases) if field.order else sorted(every, key=lambda value: (-every[value], value))
        shown = [value for value in values if every[value]]
        shown += [value for value in dict.fromkeys(getattr(filters, facet)) if not every[value]]
        facets.append(
            Facet(facet, field.title, tuple((value, field.words(cases, value), counts[value]) for value in shown))
        )
    left = [name for name in missed if missed[name] <= {"years"}]
    return (*facets, _years_facet(cases, left, filters, counted))


def left_in(cases: Cases, filters: CaseFilters) -> list[str]:
    """Return the ids of the cases that pass the filters, in the register's order; raises as `check_filters`."""
    check_filters(cases, filters)
    return [name for name in cases.entries if not _missed(cases, name, filters)]


def in_years(years: tuple[int, int] | None, first: int | None, last: int | None) -> bool:
    """Return whether a case's years overlap those from ``first`` to ``last``; without limits, always True."""
    if first is None and last is None:
        return True
    return years is not None and (first is None or years[1] >= first) and (last is None or years[0] <= last)


def _missed(cases: Cases, name: str, filters: CaseFilters) -> set[str]:
    """Return the facets that a case does not match."""
    missed = {
        facet
        for facet, field in FIELDS.items()
        if (wanted := getattr(filters, facet)) and not {*wanted} & {*field.values(cases, name)}
    }
    if not in_years(cases.facts[name].years, filters.first_year, filters.last_year):
        missed.add("years")
    return missed


def _years_facet(cases: Cases, names: list[str], filters: CaseFilters, counted: Container[str]) -> Facet:
    """Count a case in each range of years that it spans."""
    counts = []
    for first, last in BANDS:
        spanning = [name for name in names if in_years(cases.facts[name].years, first, last)]
        if spanning or (first, last) == (filters.first_year, filters.last_year):
            words = f"{first} to {last}" if first and last else f"Before {last + 1}" if last else f"{first} onwards"
            counts.append((f"{first or ''}-{last or ''}", words, sum(name in counted for name in spanning)))
    return Facet("years", "Years", tuple(counts))
