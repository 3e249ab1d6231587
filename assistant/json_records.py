"""Records as plain dictionaries, as ``--json`` prints them for other programs."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assistant.records import Answer, Footnote, Quote, RetrievedChunk


def answer_record(answer: Answer) -> dict[str, Any]:
    """Return the answer record that `steward ask --json` prints."""
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
        "tables": [asdict(table) for table in answer.tables],
        "gaps": list(answer.gaps),
        "readings": list(answer.readings),
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
    """Return one citation; ``page`` and ``page_label`` are null where the source prints none."""
    return asdict(quote) | {
        "authority": quote.authority,
        "section": list(quote.section),
        "footnotes": [footnote_record(note) for note in quote.footnotes],
    }


def footnote_record(note: Footnote) -> dict[str, Any]:
    """Return one note, without the fields that could not be read from it."""
    return {name: value for name, value in asdict(note).items() if value}


def retrieved_record(item: RetrievedChunk) -> dict[str, Any]:
    """Return one retrieved chunk; ``text`` is the document's words from ``start`` to ``end``, ``lead`` goes before
    them.
    """
    chunk = item.chunk
    return {
        "rank": item.rank,
        "score": round(item.score, 4),
        "text": chunk.text,
        "lead": chunk.lead_text or None,
        "document": chunk.document,
        "part": chunk.part,
        "form": chunk.form,
        "speakers": [asdict(who) for who in dict.fromkeys(chunk.speakers)],
        "section": list(chunk.section),
        "section_id": chunk.anchor,
        "page": chunk.page,
        "page_label": chunk.page_label,
        "start": chunk.start,
        "end": chunk.end,
        "footnotes": list(chunk.footnotes),
    }
