"""`steward precedents`: search, show, compare and export cases."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.commands.across_cases import ask
from assistant.commands.case_options import (
    Began,
    Documents,
    Evidence,
    FirstYear,
    LastYear,
    Levels,
    Places,
    Polarities,
    Regions,
    Sectors,
    Shifts,
    Themes,
    case_filters,
    check_accepted,
)
from assistant.commands.chapter import chapter
from assistant.commands.contribute import app as contributing
from assistant.commands.printing import JsonFlag, print_json
from assistant.precedents.cases import cases_of
from assistant.settings import load_settings

if TYPE_CHECKING:
    from assistant.precedents import CaseResults, SimilarCase

app = typer.Typer(help="Precedents: what has been tried, where, by whom and what came of it.")
app.add_typer(contributing)
app.command()(chapter)
app.command()(ask)

CaseId = Annotated[str, typer.Argument(metavar="ID", help="The case's id, as `steward precedents search` gives it.")]


class SortName(StrEnum):
    """Orders of cases."""

    NEAREST = "nearest"
    NEWEST = "newest"
    TITLE = "title"


@app.command()
def search(
    query: Annotated[
        str, typer.Argument(help="What to look for, or “like CASE but for WORDS”; by default every case.")
    ] = "",
    shift: Shifts = None,
    theme: Themes = None,
    level: Levels = None,
    region: Regions = None,
    place: Places = None,
    sector: Sectors = None,
    polarity: Polarities = None,
    document: Documents = None,
    evidence: Evidence = None,
    began: Began = None,
    first_year: FirstYear = None,
    last_year: LastYear = None,
    sort: Annotated[SortName, typer.Option(help="Order; without a query, nearest is by title.")] = SortName.NEAREST,
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, help="How many cases to print.")] = 10,
    facets: Annotated[bool, typer.Option("--facets", help="Print filter values with numbers of cases.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Search cases, nearest first, with filters."""
    from assistant.library import open_library
    from assistant.precedents import search_cases
    from assistant.precedents.json_records import results_record

    filters = case_filters(
        first_year,
        last_year,
        shifts=shift,
        themes=theme,
        levels=level,
        regions=region,
        places=place,
        sectors=sector,
        polarities=polarity,
        documents=document,
        evidence=evidence,
        began=began,
    )
    library = open_library(load_settings())
    results = search_cases(library, query, filters, sort.value)
    if as_json:
        print_json(results_record(library, results, limit))
        return
    _print_results(results, limit, len(cases_of(library).entries), bool(query.strip()))
    if facets:
        _print_facets(results)


@app.command()
def show(case_id: CaseId, as_json: JsonFlag = False) -> None:
    """Show a case: what was tried, what came of it, its sources and the recommendations based on it."""
    from assistant.errors import AssistantError
    from assistant.library import open_library
    from assistant.precedents.json_records import case_record

    library = open_library(load_settings())
    try:
        record = case_record(library, cases_of(library).entry(case_id))
    except AssistantError as error:
        raise AssistantError(_not_in_force(case_id) or str(error)) from error
    if as_json:
        print_json(record)
    else:
        _print_case(record)


@app.command()
def similar(
    case_id: CaseId,
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, help="How many cases.")] = 5,
    as_json: JsonFlag = False,
) -> None:
    """List similar cases, with what they share and the closest sentences."""
    from assistant.library import open_library
    from assistant.precedents import similar_cases
    from assistant.precedents.json_records import similar_record

    found = similar_cases(open_library(load_settings()), case_id, limit)
    if as_json:
        print_json({"similar": [similar_record(item) for item in found]})
        return
    for item in found:
        _print_similar(item)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="FILE.csv, FILE.jsonl, FILE.json (CSL-JSON) or FILE.toml.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Export all published cases as CSV, JSON Lines, CSL-JSON for reference managers, or TOML as in git."""
    from assistant.contributing.register_export import export_register
    from assistant.library import open_library

    check_accepted()
    count = export_register(open_library(load_settings()), file, force)
    print(f"Saved {count} cases to {file}.", file=sys.stderr)


def _not_in_force(case_id: str) -> str:
    """Return a message about an unpublished case in the database; empty if it has none."""
    from assistant.errors import StorageError
    from assistant.storage import find_cases

    try:
        store = find_cases(load_settings())
        if store is None:
            return ""
        try:
            state = store.get(case_id).state
        finally:
            store.close()
    except StorageError:
        return ""
    return (
        f"The case {case_id!r} is not published; its state is {state}. "
        f"See it with `steward precedents history {case_id} --json`."
    )


def _print_results(results: CaseResults, limit: int, every: int, is_asked: bool) -> None:
    found = f"{results.total} of {every} cases"
    matching = "1 matches" if results.matching == 1 else f"{results.matching or 'none'} match"
    found += f", of which {matching}" if is_asked else ""
    print(found + (f", the first {limit}:" if results.total > limit else ""))
    for item in results.found[:limit]:
        entry = item.entry
        print(f"{item.rank}. {entry.title} ({entry.id})")
        print(f"   {entry.organisation}; {entry.place}; {entry.period}; {entry.polarity}")
        for sentence in item.sentences[:1]:
            print(_indented(sentence))


def _print_facets(results: CaseResults) -> None:
    for facet in results.facets:
        print(f"{facet.title} (--{_OPTIONS.get(facet.name, facet.name)}):")
        print(_indented(", ".join(f"{value} {count}" for value, _, count in facet.counts)))


_OPTIONS = {
    "shifts": "shift",
    "themes": "theme",
    "levels": "level",
    "places": "place",
    "sectors": "sector",
    "polarities": "polarity",
    "documents": "document",
    "years": "from, --to",
}


def _print_case(record: dict[str, Any]) -> None:
    from assistant.precedents.citations import estimated_pages

    print(f"{record['title']} ({record['id']})")
    print(f"{record['organisation']}; {record['place']}; {record['period']}; {record['polarity']}")
    print(f"\n{fill(record['summary'], 100)}")
    print(f"\nLesson ({record['lesson_by']}):\n{fill(record['lesson'], 100)}")
    print(f"\nEvidence: {record['evidence']['title']}. {record['evidence']['meaning']}")
    for source in record["sources"]:
        names = ("publisher", "title", "published", "part", "url")
        publication = ", ".join(source[name] for name in names if source[name])
        if source["document"]:
            pages = f", {estimated_pages(source['pages'])}" if source["pages"] else ""
            print(f"- {source['document_publisher']}, {source['document_title']}, {source['section_title']}{pages}")
        if source["quote"]:
            print(fill(f"“{source['quote']}”", 100, initial_indent="    ", subsequent_indent="    "))
        if publication:
            print(f"    {publication}" if source["document"] else f"- {publication}")
        for note in source["notes"]:
            print(f"    note {note['number']}: {note['text']}")
    if record["recommendations"]:
        print("\nRecommendations based on this case:")
        for item in record["recommendations"]:
            print(_indented(f"{item['text']} ({item['actor']}; {item['tie_words']})"))


def _print_similar(item: SimilarCase) -> None:
    print(f"{item.rank}. {item.entry.title} ({item.entry.id})")
    shared = "; ".join(f"{facet.title.lower()}: {', '.join(facet.values)}" for facet in item.shared)
    print(_indented(f"shares {shared}" if shared else "shares no filter value"))
    for sentence in item.sentences or ():
        print(_indented(f"“{sentence}”"))


def _indented(words: str) -> str:
    return fill(words, 100, initial_indent="   ", subsequent_indent="   ")
