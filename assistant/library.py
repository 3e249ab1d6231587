"""Opens the built library for asking, and says what is in it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

from assistant.answering import Assistant
from assistant.catalogue import load_catalogue
from assistant.chunking import chunking_identity
from assistant.embedding import SentenceEmbedder
from assistant.errors import AssistantError
from assistant.index import IndexStore
from assistant.reading import READER_VERSION
from assistant.records import Authority, Status
from assistant.registers import load_registers
from assistant.reranking import build_reranker
from assistant.settings import Settings


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


def open_assistant(settings: Settings) -> Assistant:
    """An assistant over the current index.

    Raises:
        CatalogueError: the catalogue or a register has a wrong entry.
        IndexNotFoundError: nothing was built yet.
        IndexMismatchError: the index was made with another model, version or settings.
        ModelUnavailableError: the reranker of the settings is not there.
    """
    embedder = SentenceEmbedder(settings.embedding)
    generation = IndexStore(settings.index).open(
        embedder.identity, chunking=chunking_identity(settings.chunking), reader_version=READER_VERSION
    )
    sources = {source.id: source for source in load_catalogue(settings.corpus)}
    generation.keep_to(sources)
    registers = load_registers(settings.corpus)
    return Assistant(generation, embedder, sources, settings, registers, reranker=build_reranker(settings))


class CurrentAssistant:
    """An assistant that follows the library: after a build the next question is asked of the new generation.

    Each one that it gives sees one state of the cases in force; the next one sees what was accepted meanwhile.
    """

    def __init__(self, settings: Settings) -> None:
        """Open the library; raises as :func:`open_assistant` does."""
        self._settings = settings
        self._store = IndexStore(settings.index)
        self._lock = threading.Lock()
        self._assistant = open_assistant(settings)
        self._retired: Assistant | None = None
        self._given: tuple[object, Assistant] | None = None

    def __call__(self) -> Assistant:
        """The assistant over the newest generation and the cases in force now."""
        with self._lock:
            manifest = self._store.manifest()
            if manifest is not None and manifest.generation != self._assistant.generation.manifest.generation:
                # Questions under way still read the generation before; the one before that is done with.
                if self._retired is not None:
                    self._retired.generation.close()
                self._retired, self._assistant = self._assistant, open_assistant(self._settings)
                self._assistant.cases_in_force.continue_from(self._retired.cases_in_force)
                self._given = None
            accepted = self._assistant.cases_in_force.look()
            if self._given is None or self._given[0] is not accepted:
                cases = cache(self._assistant.cases_in_force)
                self._given = accepted, replace(self._assistant, case_source=cases, accepted=accepted)
            return self._given[1]

    def close(self) -> None:
        """Release both generations and the database."""
        for assistant in filter(None, (self._retired, self._assistant)):
            assistant.generation.close()
            assistant.cases_in_force.close()


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
