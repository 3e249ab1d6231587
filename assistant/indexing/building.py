"""What the steps of a build share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assistant.index import IndexStore
from assistant.indexing.planning import Planned
from assistant.indexing.question_writing import QuestionWriter
from assistant.indexing.workers import Workers
from assistant.models.embedding import Embedder
from assistant.records import Source
from assistant.settings import Settings

Progress = Callable[[str, int, int], None]
"""Called with the step ("reading", "embedding"), how much is done and how much there is."""


@dataclass(frozen=True)
class Build:
    """What one build works with."""

    settings: Settings
    embedder: Embedder
    store: IndexStore
    sources: tuple[Source, ...]
    planned: list[Planned]
    current: dict[str, str]
    progress: Progress
    question_writer: QuestionWriter | None
    base: str | None
    """The current generation; None if nothing of it is kept."""
    workers: Workers
    """Read, cut and embed; all else of a build is done in this process."""
