"""Steward: cited answers on mission-led government, from a dated, licensed library.

What is promised to other programs; each name is loaded when it is first used, so that importing this costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Answer": "assistant.records",
    "AssistantError": "assistant.errors",
    "Filters": "assistant.search.retrieval",
    "Library": "assistant.library",
    "RetrievedChunk": "assistant.records",
    "Settings": "assistant.settings",
    "SentenceEmbedder": "assistant.models.embedding",
    "StewardRetriever": "assistant.answering.langchain_parts",
    "Turn": "assistant.answering",
    "Comparison": "assistant.answering.comparison",
    "DraftCheck": "assistant.claims.drafts",
    "Note": "assistant.export.notes",
    "answer_chain": "assistant.answering.langchain_parts",
    "answer_record": "assistant.json_records",
    "as_markdown": "assistant.export.notes",
    "ask": "assistant.answering",
    "check_draft": "assistant.claims.drafts",
    "compare_documents": "assistant.answering.comparison",
    "ingest": "assistant.indexing.ingestion",
    "list_documents": "assistant.indexing.documents",
    "load_settings": "assistant.settings",
    "note_of": "assistant.export.notes",
    "open_library": "assistant.library",
    "save_note": "assistant.export.notes",
    "stream": "assistant.answering",
    "write_word": "assistant.export.notes",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
