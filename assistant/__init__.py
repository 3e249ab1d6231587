"""Steward: cited answers on mission-led government, from a dated, licensed library.

What is promised to other programs; each name is loaded when it is first used, so that importing this costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Answer": "assistant.records",
    "Assistant": "assistant.answering",
    "AssistantError": "assistant.errors",
    "Filters": "assistant.retrieval",
    "RetrievedChunk": "assistant.records",
    "Settings": "assistant.settings",
    "SentenceEmbedder": "assistant.embedding",
    "StewardRetriever": "assistant.chain",
    "Turn": "assistant.answering",
    "Comparison": "assistant.comparison",
    "DraftCheck": "assistant.drafts",
    "Note": "assistant.notes",
    "answer_chain": "assistant.chain",
    "answer_record": "assistant.json_records",
    "as_markdown": "assistant.notes",
    "check_draft": "assistant.drafts",
    "compare_documents": "assistant.comparison",
    "ingest": "assistant.ingestion",
    "list_documents": "assistant.library",
    "load_settings": "assistant.settings",
    "note_of": "assistant.notes",
    "open_assistant": "assistant.library",
    "save_note": "assistant.notes",
    "write_word": "assistant.notes",
}

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'assistant' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
