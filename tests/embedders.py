"""Stands in for the embedding model where a test is about something else: words hashed into a vector."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.records import EmbeddingIdentity
from assistant.text.terms import content_terms

DIMENSIONS = 64


class HashEmbedder:
    """Texts that share words get vectors that point alike; deterministic, with no model."""

    def __init__(self, model: str = "hash") -> None:
        self.identity = EmbeddingIdentity(model, "0" * 64, "float32", DIMENSIONS)
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        """Unit vectors ``(n_texts, 64)``."""
        self.embedded += texts
        if on_progress is not None:
            on_progress(len(texts))
        return np.stack([self.embed_question(text) for text in texts])

    def embed_question(self, question: str) -> NDArray[np.float32]:
        """The unit vector ``(64,)`` of a text."""
        vector = np.full(DIMENSIONS, 1e-3, dtype=np.float32)
        for term in content_terms(question):
            vector[zlib.crc32(term.encode()) % DIMENSIONS] += 1
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def embed_to_weigh(self, question: str) -> NDArray[np.float32]:
        """The same vector."""
        return self.embed_question(question)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """One token a word."""
        return [len(text.split()) for text in texts]
