"""Vectors of a few texts beside those of a build, without loading the model for many."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import lru_cache
from typing import Any

import numpy as np

from assistant.models.embedding import Embedder, VectorCache
from assistant.records import Array
from assistant.settings import Settings

MOST_VECTORS = 20_000
"""Vectors kept in memory, at 1.5 KB each."""
MANY = 200
"""Texts from which on the model for many at once is the faster one, its loading included."""


def embed_few(texts: Sequence[str], settings: Settings, embedder: Embedder) -> Array:
    """Return unit vectors ``(n_texts, dimensions)``, kept with those of the index: no process embeds a text again."""
    few = _FewAtOnce(embedder)
    try:
        with closing(VectorCache(settings.index.folder / "cache" / "vectors.sqlite", few)) as cache:
            return cache.embed(texts)
    except (OSError, sqlite3.Error):  # nothing can be kept there: the texts are searched all the same
        return few.embed(texts)


class _FewAtOnce:
    """An embedder that loads the model for many texts at once, which takes seconds, only where they are many."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder: Any = embedder  # a Protocol says nothing of hashes, which the kept vectors need
        self.identity = embedder.identity
        self.embed_question = embedder.embed_question
        self.embed_to_weigh = embedder.embed_to_weigh
        self.count_tokens = embedder.count_tokens

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> Array:
        """Unit vectors ``(n_texts, dimensions)``."""
        if len(texts) > MANY:
            return np.asarray(self._embedder.embed(texts, on_progress), dtype=np.float32)
        none = np.empty((0, self.identity.dimensions), dtype=np.float32)
        return np.concatenate([none, *(_vector(self._embedder, text)[np.newaxis] for text in texts)])


@lru_cache(maxsize=MOST_VECTORS)
def _vector(embedder: Any, text: str) -> Array:
    return np.asarray(embedder.embed_question(text), dtype=np.float32)
