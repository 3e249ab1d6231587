"""Opens the built library for asking, and says what is in it."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from assistant.answering import Assistant
from assistant.errors import AssistantError, IndexDamagedError
from assistant.index import IndexStore
from assistant.models.embedding import SentenceEmbedder
from assistant.reading import READER_VERSION
from assistant.records import Authority, Status
from assistant.registers.accepted import RETRY_S, CasesInForce, accepted_cases
from assistant.registers.entries import load_registers
from assistant.search.reranking import build_reranker
from assistant.settings import Settings
from assistant.sources.catalogue import load_catalogue
from assistant.text.chunking import chunking_identity


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """One document of the catalogue as the index holds it."""

    id: str
    title: str
    publisher: str
    published: str
    authority: Authority
    status: Status
    form: str | None
    """``original`` or ``briefing``; None while the index does not hold it."""
    chunks: int
    """Chunks of the body and of the register entries that rest on it."""
    problems: tuple[str, ...]


def open_assistant(settings: Settings, like: Assistant | None = None) -> Assistant:
    """An assistant over the current index.

    ``like`` is one that was opened with the same settings before: its models are used again.

    Raises:
        CatalogueError: the catalogue or a register has a wrong entry.
        IndexNotFoundError: nothing was built yet.
        IndexMismatchError: the index was made with another model, version or settings.
        IndexDamagedError: a file of it is missing or was changed.
        ModelUnavailableError: the reranker of the settings is not there.
    """
    embedder = like.embedder if like else SentenceEmbedder(settings.embedding)
    reranker = like.reranker if like else build_reranker(settings)
    generation = IndexStore(settings.index).open(
        embedder.identity, chunking=chunking_identity(settings.chunking), reader_version=READER_VERSION
    )
    sources = {source.id: source for source in load_catalogue(settings.corpus)}
    generation.keep_to(sources)
    registers = load_registers(settings.corpus)
    return Assistant(generation, embedder, sources, settings, registers, reranker=reranker)


class CurrentAssistant:
    """An assistant that follows the library: after a build the next question is asked of the new generation.

    Each one that it gives sees one state of the cases in force; the next one sees what was accepted meanwhile. A
    generation stays open as long as somebody has an assistant over it, and is closed then.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        """Open the library; raises as :func:`open_assistant` does."""
        self._settings = settings
        self._clock = clock
        self._store = IndexStore(settings.index)
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._accepted = accepted_cases(settings)
        self._assistant = open_assistant(settings)
        self._cases = CasesInForce(self._assistant, self._accepted)
        self._given: tuple[object, Assistant] | None = None
        self._failed: tuple[str, float] = ("", 0.0)
        self._said: set[str] = set()

    def __call__(self) -> Assistant:
        """The assistant over the newest generation and the cases in force now.

        Raises:
            IndexDamagedError: a file that is still read was changed under it.
        """
        self._follow_index()
        accepted = self._accepted.look()
        with self._lock:
            self._assistant.generation.check()
            if self._given is None or self._given[0] is not accepted:
                self._given = accepted, replace(self._assistant, case_source=cache(self._cases), accepted=accepted)
            return self._given[1]

    def close(self) -> None:
        """Release the generation and the database."""
        self._assistant.generation.close()
        self._accepted.close()

    def _follow_index(self) -> None:
        """Open a newer generation. One thread does; meanwhile the others go on with the one that is open."""
        try:
            newest = self._store.current_id()
        except IndexDamagedError as error:
            self._warn(error)
            return
        if newest is None or self._is_known(newest) or not self._opening.acquire(blocking=False):
            return
        try:
            if not self._is_known(newest):
                self._switch(open_assistant(self._settings, self._assistant))
        except AssistantError as error:
            self._failed = newest, self._clock() + RETRY_S
            self._warn(error)
        finally:
            self._opening.release()

    def _is_known(self, generation: str) -> bool:
        """Whether it is the one that is open, or could not be opened a moment ago."""
        failed, not_before = self._failed
        is_open = generation == self._assistant.generation.manifest.generation
        return is_open or (generation == failed and self._clock() < not_before)

    def _switch(self, opened: Assistant) -> None:
        with self._lock:
            self._assistant, self._cases, self._given = opened, CasesInForce(opened, self._accepted), None

    def _warn(self, error: AssistantError) -> None:
        if str(error) not in self._said:
            self._said.add(str(error))
            built = self._assistant.generation.manifest.built_at
            print(f"Warning: {error} Until then the library of {built} answers.", file=sys.stderr)


def warm_up(current: Callable[[], Assistant]) -> threading.Thread:
    """Ask a question in the background, so that no reader waits for what is loaded at the first one.

    What goes wrong is said on stderr; nothing of it is kept, so that a reader's question meets the error itself.
    """

    def ask() -> None:
        try:
            assistant = current()
            # Of the first document: it need not be answered, but mostly is, and so reaches every step.
            assistant.ask(next((source.title for source in assistant.sources.values()), "What is there?"))
        except AssistantError as error:
            print(f"Error: {error}", file=sys.stderr)

    thread = threading.Thread(target=ask, name="warm-up", daemon=True)
    thread.start()
    return thread


def list_documents(settings: Settings) -> list[DocumentStatus]:
    """Every document of the catalogue, with what the index holds of it."""
    manifest = IndexStore(settings.index).manifest()
    entries = list(manifest.texts.values()) if manifest else []
    left_out = manifest.left_out if manifest else {}
    rows = []
    for source in load_catalogue(settings.corpus):
        own = [entry for entry in entries if entry.document == source.id]
        body = next((entry for entry in own if entry.part == "body"), None)
        problems = [problem for entry in own for problem in entry.problems]
        if source.id in left_out:
            problems.insert(0, left_out[source.id])
        rows.append(
            DocumentStatus(
                source.id,
                source.title,
                source.publisher,
                source.published,
                source.authority,
                source.status,
                body.form if body else None,
                sum(entry.chunks for entry in own),
                tuple(problems),
            )
        )
    return rows
