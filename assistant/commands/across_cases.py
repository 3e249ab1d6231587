"""`steward precedents ask`: a question across cases."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.commands.case_options import (
    Began,
    Documents,
    Evidence,
    FirstYear,
    LastYear,
    Levels,
    Places,
    Regions,
    Sectors,
    Shifts,
    Themes,
    case_filters,
)
from assistant.settings import load_settings


def ask(
    question: Annotated[
        str, typer.Argument(help="A question across cases, such as “What has worked to involve citizens?”")
    ],
    shift: Shifts = None,
    theme: Themes = None,
    level: Levels = None,
    region: Regions = None,
    place: Places = None,
    sector: Sectors = None,
    document: Documents = None,
    evidence: Evidence = None,
    began: Began = None,
    first_year: FirstYear = None,
    last_year: LastYear = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON.")] = False,
) -> None:
    """Ask what worked, what failed and what is only proposed; answered with sentences from the cases."""
    from assistant.commands.printing import print_json
    from assistant.library import open_library
    from assistant.precedents import CaseFilters
    from assistant.precedents.across_cases import ask_cases
    from assistant.precedents.across_cases_text import answer_record, lines_of

    if not question.strip():
        raise typer.BadParameter("The question is empty.", param_hint="QUESTION")
    filters = case_filters(
        first_year,
        last_year,
        shifts=shift,
        themes=theme,
        levels=level,
        regions=region,
        places=place,
        sectors=sector,
        documents=document,
        evidence=evidence,
        began=began,
    )
    library = open_library(load_settings())
    answer = ask_cases(library, question, filters)
    is_filtered = filters != CaseFilters()
    if as_json:
        print_json(answer_record(library, answer, is_filtered))
    else:
        print("\n".join(lines_of(library, answer, is_filtered)))
