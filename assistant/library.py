"""The library that questions are put to: an opened generation of the index, and what it takes to search it."""

from __future__ import annotations

import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar
from weakref import WeakKeyDictionary

from assistant.errors import AssistantError, IndexDamagedError
from assistant.index import Generation, IndexStore
from assistant.index.following import Follower
from assistant.indexing.accepted_cases import overlaid, with_accepted
from assistant.models.embedding import Embedder, SentenceEmbedder
from assistant.models.writers import Writer
from assistant.readers import current_reader
from assistant.reading import READER_VERSION
from assistant.records import Document, Quote, Source
from assistant.registers.accepted import Accepted, AcceptedCases, SeenCases, accepted_cases, outdated
from assistant.registers.entries import Registers, load_registers
from assistant.search.reranking import Reranker, build_reranker
from assistant.search.retrieval import Retriever
from assistant.settings import Settings
from assistant.sources.catalogue import load_catalogue
from assistant.text.chunking import chunking_identity

T = TypeVar("T")
RETRY_S = 30.0
"""Wait before a generation that cannot be opened is tried again, in seconds."""
MOST_VIEWS = 32
"""Most libraries kept for readers with documents that nobody else sees."""


@dataclass(frozen=True, eq=False)
class Library:
    """An opened library: data only, safe to share between threads.

    `assistant.answering` asks it questions, `assistant.precedents` searches its cases.
    """

    generation: Generation
    embedder: Embedder
    sources: Mapping[str, Source]
    """The documents of the catalogue that are shown, by id."""
    settings: Settings = field(default_factory=Settings)
    registers: Registers = field(default_factory=Registers)
    """The entries of the register files, with the cases that were accepted when it was opened; without any, lists are
    answered like any other question.
    """
    accepted: AcceptedCases | SeenCases = field(default_factory=SeenCases)
    """The accepted cases of the database, which add to those of the register file or replace them."""
    reranker: Reranker | None = None
    """Reorders what was retrieved for a question."""
    writer: Writer | None = None
    """Writes answers in ``generative`` mode; None uses the model of the settings."""

    private: Mapping[str, Mapping[str, Source]] = field(default_factory=dict, repr=False)
    """The documents of one reader alone, by the reader's digest and their id, which are not among ``sources``."""

    def seen_by(self, reader: str | None) -> Library:
        """Return the library as a reader sees it, who may have documents that nobody else sees."""
        own = self.private.get(reader or "")
        if not own:
            return self
        sources = {**self.sources, **own}
        return replace(self, sources=sources, generation=self.generation.kept_to(sources), private={})

    @property
    def held(self) -> dict[str, Source]:
        """The documents that the index holds, by id; others of the catalogue wait for their originals."""
        documents = {entry.document for entry in self.generation.manifest.texts.values()}
        return {name: source for name, source in self.sources.items() if name in documents}

    @property
    def outdated(self) -> frozenset[str]:
        """Ids of cases that are neither quoted nor listed: changed after this library was opened."""
        accepted = self.accepted.look()
        return outdated(self.registers, accepted) if accepted else frozenset()

    @property
    def retriever(self) -> Retriever:
        """The retriever without the reranker; comparisons and checks use it."""
        return Retriever(self.generation, self.embedder, self.settings.retrieval, left_out=self.outdated)

    def document_of(self, quote: Quote) -> Document:
        """Return the text that a quote stands in."""
        return self.generation.document(quote.text_id)

    def close(self) -> None:
        """Close the generation and the database."""
        self.generation.close()
        self.accepted.close()


def open_library(settings: Settings) -> Library:
    """Open the current index as a library, with the cases that the database has accepted by now.

    Raises:
        AssistantError: as `open_published` does.
    """
    published = open_published(settings)
    return replace(_with_cases(published, published.accepted.look()), accepted=published.accepted)


def open_published(settings: Settings, like: Library | None = None) -> Library:
    """Open the current index as a library; answers quote cases as it holds them.

    ``like`` is a library opened with the same settings before; its models are used again. Documents that only one
    reader may see are left out; see `Library.seen_by`.

    Raises:
        CatalogueError: the catalogue or a register has a wrong entry.
        IndexNotFoundError: no index has been built.
        IndexMismatchError: the index was built with another model, version or settings.
        IndexDamagedError: a file of it is missing or has changed.
        ModelUnavailableError: the reranker of the settings is missing.
    """
    embedder = like.embedder if like else SentenceEmbedder(settings.embedding)
    reranker = like.reranker if like else build_reranker(settings)
    store = IndexStore(settings.index)
    generation = store.open(
        embedder.identity, chunking=chunking_identity(settings.chunking), reader_version=READER_VERSION
    )
    if corpus := store.corpus_of(generation.manifest.generation):
        settings = settings.model_copy(update={"corpus": corpus})
    sources, private = by_reader(load_catalogue(settings.corpus))
    generation.keep_to(sources)
    registers, accepted = load_registers(settings.corpus), accepted_cases(settings)
    return Library(generation, embedder, sources, settings, registers, accepted, reranker, private=private)


def follower_of(settings: Settings) -> Follower:
    """Return what takes the index that another machine publishes, where these models and settings can search it.

    Raises:
        PublicationError: the address of the settings cannot be used.
    """
    differences = partial(
        IndexStore(settings.index).differences,
        expected=SentenceEmbedder(settings.embedding).identity,
        chunking=chunking_identity(settings.chunking),
        reader_version=READER_VERSION,
    )
    return Follower(settings.index, differences)


def by_reader(every: Iterable[Source]) -> tuple[dict[str, Source], dict[str, dict[str, Source]]]:
    """Return the documents that everybody sees, by id, and those of one reader alone, by reader and id."""
    shared: dict[str, Source] = {}
    private: dict[str, dict[str, Source]] = {}
    for source in every:
        (shared if source.reader is None else private.setdefault(source.reader, {}))[source.id] = source
    return shared, private


def _with_cases(published: Library, accepted: Accepted) -> Library:
    """Return a library whose answers quote the accepted cases; where that fails, one that leaves changed ones out."""
    library = replace(published, accepted=SeenCases(accepted))
    registers = with_accepted(published.registers, accepted)
    if registers == published.registers:
        return library
    before, now = published.registers.precedents, registers.precedents
    try:
        generation = overlaid(
            published.generation, before, now, published.sources, published.settings, published.embedder
        )
    except AssistantError as error:
        print(f"Warning: {error} Until then answers quote no case accepted since the last build.", file=sys.stderr)
        return library
    return replace(library, generation=generation, registers=registers)


def kept(make: Callable[[Library], T]) -> Callable[[Library], T]:
    """Cache what ``make`` returns for as long as the library lives; the result must not hold the library itself."""
    made: WeakKeyDictionary[Library, T] = WeakKeyDictionary()
    lock = threading.Lock()

    def find(library: Library) -> T:
        with lock:
            if library not in made:
                made[library] = make(library)
            return made[library]

    return find


class CurrentLibrary:
    """Follows the index: after a build, the next question goes to the new generation.

    Each library that it returns sees one state of the accepted cases; the next one sees newer ones. A generation stays
    open while somebody holds a library over it, and is closed then.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        """Open the library; raises as :func:`open_published` does."""
        self._settings = settings
        self._clock = clock
        self._store = IndexStore(settings.index)
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._accepted = accepted_cases(settings)
        self._library = open_published(settings)
        self._given: tuple[object, Library] | None = None
        self._views: OrderedDict[str, Library] = OrderedDict()
        self._failed: tuple[str, float] = ("", 0.0)
        self._said: set[str] = set()

    def __call__(self) -> Library:
        """Return the library over the newest generation and the cases accepted by now, as the current reader sees it.

        Raises:
            IndexDamagedError: a file that is still read has changed.
        """
        self._follow_index()
        accepted = self._accepted.look()
        with self._lock:
            self._library.generation.check()
            if self._given is None or self._given[0] is not accepted:
                self._given = accepted, _with_cases(self._library, accepted)
                self._views.clear()
            return self._seen(self._given[1], current_reader())

    def close(self) -> None:
        """Release the generation and the database."""
        self._library.generation.close()
        self._accepted.close()

    def _seen(self, library: Library, reader: str | None) -> Library:
        """Return the library as a reader sees it: one for nearly all, kept for some of those with files of theirs."""
        if reader is None or reader not in library.private:
            return library
        if reader not in self._views:
            self._views[reader] = library.seen_by(reader)
        self._views.move_to_end(reader)
        while len(self._views) > MOST_VIEWS:
            self._views.popitem(last=False)
        return self._views[reader]

    def _follow_index(self) -> None:
        """Open a newer generation, in one thread; the others meanwhile use the one that is open."""
        try:
            newest = self._store.current_id()
        except IndexDamagedError as error:
            self._warn(error)
            return
        if newest is None or self._is_known(newest) or not self._opening.acquire(blocking=False):
            return
        try:
            if not self._is_known(newest):
                self._switch(open_published(self._settings, self._library))
        except AssistantError as error:
            self._failed = newest, self._clock() + RETRY_S
            self._warn(error)
        finally:
            self._opening.release()

    def _is_known(self, generation: str) -> bool:
        """Whether this generation is open, or failed to open a moment ago."""
        failed, not_before = self._failed
        is_open = generation == self._library.generation.manifest.generation
        return is_open or (generation == failed and self._clock() < not_before)

    def _switch(self, opened: Library) -> None:
        with self._lock:
            self._library, self._given = opened, None
            self._views.clear()

    def _warn(self, error: AssistantError) -> None:
        if str(error) not in self._said:
            self._said.add(str(error))
            built = self._library.generation.manifest.built_at
            print(f"Warning: {error} Until then the library of {built} answers.", file=sys.stderr)
