"""Answers to make notes of, put together by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from assistant.records import Answer, Footnote, Quote, Sentence, Speaker
from assistant.text.quoting import quote_heading, quoted

DAY = date(2026, 11, 27)
QUOTE = Quote(
    n=1,
    document="harbour-plan",
    title="Harbour plan",
    publisher="Harbour Office",
    published="2024-05-01",
    speaker=Speaker("Harbour Office", "publisher", "government-policy", "2024-05-01"),
    document_status="current",
    form="quote",
    part="body",
    section=("Harbour plan", "Boats"),
    page=14,
    page_label="xii",
    quote="The office will license 40 boats by 2027.",
    start=30,
    end=71,
    url="https://example.org/harbour",
    footnotes=(Footnote("1", "Harbour Office, Boat register, 2024. https://example.org/register"),),
)
PROPOSAL = replace(
    QUOTE,
    document="tide-report",
    title="Tide report",
    publisher="Tide Trust",
    published="2025-02",
    speaker=Speaker("Tide Trust", "publisher", "independent-proposal", "2025-02"),
    form="summary",
    section=("Tide report", "Wardens"),
    page=None,
    page_label=None,
    quote="Every harbour should have:\n\n1. a tide warden;\n2. a lamp.",
    url="https://example.org/tide",
    footnotes=(),
)


def answer_with(*quotes: Quote, **changes: Any) -> Answer:
    """An answer that shows each quote under who says it; the quotes are numbered from 1."""
    numbered = tuple(replace(quote, n=n) for n, quote in enumerate(quotes, 1))
    lines = [
        line
        for quote in numbered
        for line in (quote_heading(quote), f"{quoted(quote.quote, quote.form)} [{quote.n}]", "")
    ]
    answer = Answer(
        question="How many boats will be licensed?",
        standalone_question="How many boats will be licensed?",
        status="answered",
        answer="\n".join(lines).strip(),
        sentences=tuple(Sentence(quote.quote, (quote.n,), "supported") for quote in numbered),
        citations=numbered,
        retrieved=(),
        documents_searched=("harbour-plan", "tide-report"),
        model="extractive",
        library_version="5ea9ea167f90",
        as_at="2026-11-27",
    )
    return replace(answer, **changes)


def abstention(**changes: Any) -> Answer:
    words = (
        "The library does not say: How many boats will be licensed? 2 documents were searched. "
        "The nearest, none of which states it:\n"
        "- Harbour Office, Harbour plan: Harbour plan › Boats"
    )
    return answer_with(**{"status": "not-in-library", "answer": words} | changes)
