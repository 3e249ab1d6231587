"""Records as plain dictionaries, in the form that ``--json`` prints and other programs build on."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assistant.records import Answer, Footnote, Quote, RetrievedChunk

if TYPE_CHECKING:
    from assistant.answering.comparison import Comparison
    from assistant.claims.drafts import DraftCheck
    from assistant.precedents import FoundPrecedent


def answer_record(answer: Answer) -> dict[str, Any]:
    """The answer record of the README's "Records" section."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "status": answer.status,
        "refused": answer.refused,
        "answer": answer.answer,
        "sentences": [
            {
                "text": item.text,
                "citations": list(item.citations),
                "verdict": item.verdict,
                "reasons": [asdict(reason) for reason in item.reasons],
            }
            for item in answer.sentences
        ],
        "citations": [quote_record(quote) for quote in answer.citations],
        "retrieved": [retrieved_record(item) for item in answer.retrieved],
        "documents_searched": list(answer.documents_searched),
        "model": answer.model,
        "library_version": answer.library_version,
        "as_at": answer.as_at,
        "warnings": list(answer.warnings),
        "seconds": {name: round(value, 4) for name, value in asdict(answer.seconds).items()},
        "writing": asdict(answer.writing) if answer.writing else None,
    }


def quote_record(quote: Quote) -> dict[str, Any]:
    """One citation; ``page`` and ``page_label`` are null where the source prints none."""
    return asdict(quote) | {
        "section": list(quote.section),
        "footnotes": [footnote_record(note) for note in quote.footnotes],
    }


def footnote_record(note: Footnote) -> dict[str, Any]:
    """One note; fields that could not be read from it are left out."""
    return {name: value for name, value in asdict(note).items() if value is not None}


def retrieved_record(item: RetrievedChunk) -> dict[str, Any]:
    """One chunk found; ``text`` is the document's words from ``start`` to ``end``, ``lead`` what introduces them."""
    chunk = item.chunk
    return {
        "rank": item.rank,
        "score": round(item.score, 4),
        "text": chunk.text,
        "lead": chunk.lead_text or None,
        "document": chunk.document,
        "part": chunk.part,
        "form": chunk.form,
        "authority": chunk.authority,
        "section": list(chunk.section),
        "section_id": chunk.anchor,
        "page": chunk.page,
        "page_label": chunk.page_label,
        "start": chunk.start,
        "end": chunk.end,
        "footnotes": list(chunk.footnotes),
    }


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """What `steward compare --json` prints; a cell that is not addressed has neither text nor citation."""
    return {
        "topic": comparison.topic,
        "documents": [asdict(item) for item in comparison.documents],
        "themes": [
            {
                "theme": row.theme,
                "cells": [
                    {
                        "document": cell.document,
                        "status": cell.status,
                        "text": cell.text or None,
                        "citation": cell.citation,
                    }
                    for cell in row.cells
                ],
            }
            for row in comparison.themes
        ],
        "citations": [quote_record(quote) for quote in comparison.citations],
        "library_version": comparison.library_version,
        "as_at": comparison.as_at,
        "seconds": round(comparison.seconds, 4),
    }


def draft_record(checked: DraftCheck) -> dict[str, Any]:
    """What `steward check --json` prints."""
    return {
        "draft": checked.draft,
        "sentences": [
            asdict(item) | {"citations": list(item.citations), "reasons": [asdict(reason) for reason in item.reasons]}
            for item in checked.sentences
        ],
        "citations": [quote_record(quote) for quote in checked.citations],
        "problems": list(checked.problems),
        "library_version": checked.library_version,
        "as_at": checked.as_at,
        "seconds": round(checked.seconds, 4),
    }


def precedent_record(found: FoundPrecedent) -> dict[str, Any]:
    """One precedent; summary and lesson are the register's own words, so neither may be quoted as a source's."""
    entry = found.entry
    return {
        "rank": found.rank,
        "score": round(found.score, 4),
        "id": entry.id,
        "title": entry.title,
        "organisation": entry.organisation,
        "place": entry.place,
        "country": entry.country,
        "level": entry.level,
        "period": entry.period,
        "theme": entry.theme,
        "polarity": entry.polarity,
        "summary": entry.summary,
        "lesson": entry.lesson,
        "lesson_by": "the register's own reading",
        "sources": [
            {
                "document": source.document or None,
                "section": source.section or None,
                "quote": source.quote or None,
                "pages": source.pages,
                "notes": list(source.notes),
                "publisher": source.publisher,
                "title": source.title,
                "published": source.published or None,
                "part": source.part,
                "url": source.url or None,
            }
            for source in entry.source
        ],
    }
