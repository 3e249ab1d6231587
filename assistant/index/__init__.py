"""The index: vectors in Chroma, words in Tantivy, and a manifest that says what made them.

One entry point::

    store = IndexStore(settings.index)
    with store.write(embedding=…, chunking=…, reader_version=…, catalogue_hash=…) as writer:
        writer.keep("plan-for-change")
        writer.put(entry, document, chunks, vectors)
        writer.publish()
    with store.open(expected=…) as generation:
        generation.search_vectors(vector, k=60)

Importing this loads neither Chroma nor Tantivy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assistant.index.manifest import Manifest, TextEntry, library_version
from assistant.index.store import IndexStore

if TYPE_CHECKING:  # these load Chroma and Tantivy
    from assistant.index.generation import Generation, VectorHit, WordHit
    from assistant.index.writer import ChunkVectors, Writer

__all__ = [
    "ChunkVectors",
    "Generation",
    "IndexStore",
    "Manifest",
    "TextEntry",
    "VectorHit",
    "WordHit",
    "Writer",
    "library_version",
]

_LATE = {
    "ChunkVectors": "writer",
    "Writer": "writer",
    "Generation": "generation",
    "VectorHit": "generation",
    "WordHit": "generation",
}


def __getattr__(name: str) -> Any:
    if name in _LATE:
        from importlib import import_module

        return getattr(import_module(f"assistant.index.{_LATE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
