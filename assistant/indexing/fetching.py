"""Brings the originals that the library waits for, and makes them searchable."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from assistant.errors import DocumentError, IndexLockedError
from assistant.index import IndexStore
from assistant.indexing.building import Progress
from assistant.indexing.ingestion import ingest
from assistant.models.embedding import Embedder
from assistant.records import Source
from assistant.settings import Settings
from assistant.sources.catalogue import load_catalogue
from assistant.sources.fetching import (
    FetchOutcome,
    allowed_hosts,
    current_original,
    fetch_all,
    unreachable,
    with_originals,
)
from assistant.sources.fetching.network import Network

WAIT_S = 5.0
"""Time between tries to index while somebody else does, in seconds."""
_TRIES = 120


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the library waits for."""

    originals: tuple[Source, ...]
    """Sources whose original was never fetched, or is damaged."""
    is_unindexed: bool
    """Whether an original was fetched that the index does not hold: a build was interrupted."""

    def __bool__(self) -> bool:
        return bool(self.originals) or self.is_unindexed


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of bringing originals."""

    outcomes: tuple[FetchOutcome, ...] = ()
    unreachable: str = ""
    """Why no publisher was asked; empty if they were."""


def find_waiting(settings: Settings) -> Waiting:
    """Return what the library waits for; nothing is asked of the network.

    Raises:
        CatalogueError: the catalogue is wrong.
        IndexDamagedError: the index cannot be read.
    """
    manifest = IndexStore(settings.index).manifest()
    missing, is_unindexed = [], False
    for source in with_originals(load_catalogue(settings.corpus)):
        try:
            kept = current_original(settings.corpus, source.id)
        except DocumentError:
            kept = None
        if kept is None:
            missing.append(source)
        elif manifest is not None:
            held = manifest.texts.get(source.id)
            is_held = held is not None and held.digest == kept.sha256 and source.id not in manifest.left_out
            is_unindexed = is_unindexed or not is_held
    return Waiting(tuple(missing), is_unindexed)


def bring_originals(
    waiting: Waiting,
    settings: Settings,
    embedder: Embedder,
    *,
    on_outcome: Callable[[FetchOutcome], None] | None = None,
    on_progress: Progress | None = None,
    network: Network | None = None,
) -> Brought:
    """Fetch the originals that are waited for, then bring the index up to date if any came.

    Without a network it ends after `assistant.sources.fetching.reach.REACH_S` at most. A build that fails or is killed
    leaves the index as it was.

    Raises:
        AssistantError: the catalogue is wrong, or the index cannot be built.
    """
    why = unreachable(waiting.originals, settings.fetching, network)
    outcomes: list[FetchOutcome] = []
    if waiting.originals and not why:
        hosts = allowed_hosts(load_catalogue(settings.corpus))
        fetched = fetch_all(
            waiting.originals,
            settings.corpus,
            settings.fetching,
            reading=settings.reading,
            hosts=hosts,
            network=network,
        )
        for outcome in fetched:
            outcomes.append(outcome)
            if on_outcome:
                on_outcome(outcome)
    if waiting.is_unindexed or any(outcome.state != "failed" for outcome in outcomes):
        _ingest_in_turn(settings, embedder, on_progress)
    return Brought(tuple(outcomes), why)


def _ingest_in_turn(settings: Settings, embedder: Embedder, on_progress: Progress | None) -> None:
    """Update the index once nobody else does: a reader may be adding a file."""
    for _ in range(_TRIES):
        try:
            ingest(settings, embedder, on_progress=on_progress)
        except IndexLockedError:
            time.sleep(WAIT_S)
        else:
            return
    ingest(settings, embedder, on_progress=on_progress)
