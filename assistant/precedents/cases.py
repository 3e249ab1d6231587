"""The register's cases, prepared for search: derived fields, sentences and their vectors."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from assistant.errors import AssistantError
from assistant.index import Generation
from assistant.index.words import Words
from assistant.library import Library, kept
from assistant.precedents.unindexed import (
    UnindexedChunk,
    indexed_words,
    unindexed_chunks,
    words_of,
)
from assistant.records import Array, Chunk, Footnote
from assistant.registers.accepted import Accepted
from assistant.registers.derived_facts import CaseFacts, facts_of, load_theme_groups, theme_titles
from assistant.registers.entries import Precedent, PrecedentSource, Registers
from assistant.registers.regions import Region, load_regions, regions_of
from assistant.registers.synonyms import Group, load_synonyms
from assistant.registers.texts import FACTS_START, LESSON_START
from assistant.text.slugs import slug


@dataclass(frozen=True, slots=True)
class CaseSentences:
    """Sentences of one entry's summary and lesson, with their vectors, ``(n_sentences, dimensions)``, unit length."""

    texts: tuple[str, ...]
    vectors: Array


@dataclass(frozen=True, slots=True)
class Cases:
    """All current cases of the register; see `cases_of`."""

    registers: Registers
    """Both registers, with the current cases."""
    entries: Mapping[str, Precedent]
    """By id, in the order of the register's file, then the others."""
    facts: Mapping[str, CaseFacts]
    sentences: Mapping[str, CaseSentences]
    questions: Mapping[str, Array]
    """Vectors of the questions written for each entry, ``(n_questions, dimensions)``, unit length; none for an entry
    that the index lacks.
    """
    indexed: frozenset[str]
    """Ids of the entries that the index holds in their current words."""
    texts: frozenset[str]
    """Ids of the index's texts with these entries."""
    chunks: int
    """How many chunks those are."""
    unindexed: tuple[UnindexedChunk, ...]
    """The pieces of all other entries."""
    words: Words | None
    """Searches the pieces of all other entries, then those that the index holds; None where it holds all."""
    theme_titles: Mapping[str, str]
    place_names: Mapping[str, str]
    """The name of every place, by its slug."""
    document_titles: Mapping[str, str]
    synonyms: tuple[Group, ...] = ()
    """Terms with the same meaning, for word search."""
    region_table: tuple[Region, ...] = ()
    regions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Ids of a case's regions, by its id; see `regions.regions_of`."""

    def entry(self, case_id: str) -> Precedent:
        """Return the entry of an id.

        Raises:
            AssistantError: there is no such case.
        """
        found = self.entries.get(case_id)
        if found is None:
            raise AssistantError(
                f"No case {case_id[:100]!r} in the register of {len(self.entries)} precedents. "
                f"Find its id with `steward precedents search`."
            )
        return found


class _InForce:
    """The cases of one library, loaded again when the accepted cases change; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Accepted, Cases] | None = None

    def of(self, library: Library) -> Cases:
        with self._lock:
            accepted = library.accepted.look()
            if self._loaded is None or self._loaded[0] is not accepted:
                self._loaded = accepted, load_cases(library, accepted)
            return self._loaded[1]


_in_force = kept(lambda library: _InForce())


def cases_of(library: Library) -> Cases:
    """Return the current precedents: the register's, with the changes that the database accepted.

    Raises:
        CatalogueError: the table of themes, of regions or of synonyms is wrong.
    """
    return _in_force(library).of(library)


def load_cases(library: Library, accepted: Mapping[str, Precedent | None] | None = None) -> Cases:
    """Return a library's cases, with the changes in ``accepted``.

    ``accepted`` maps ids to entries that replace the register's or add to them; None retires a case.

    Raises:
        CatalogueError: the table of themes, of regions or of synonyms is wrong.
    """
    generation = library.generation
    every = {entry.id: entry for entry in library.registers.precedents} | dict(accepted or {})
    entries = {name: entry for name, entry in every.items() if entry is not None}
    groups = load_theme_groups(library.settings.corpus)
    regions = load_regions(library.settings.corpus)
    texts = {text_id: text for text_id, text in generation.manifest.texts.items() if text.part == "precedents"}
    chunks = _chunks(generation, entries, list(texts))
    held = indexed_words(generation, chunks)
    indexed = frozenset(name for name, entry in entries.items() if held.get(name) == words_of(entry))
    own = [chunk for chunk in chunks if chunk.anchor in indexed]
    pieces = tuple(unindexed_chunks(library, (entries[name] for name in entries if name not in indexed)))
    documents = dict.fromkeys(source.document for entry in entries.values() for source in entry.source)
    facts = {entry.id: facts_of(entry, groups) for entry in entries.values()}
    return Cases(
        registers=replace(library.registers, precedents=tuple(entries.values())),
        entries=entries,
        facts=facts,
        sentences=_sentences(generation, entries, own) | _unindexed_sentences(pieces),
        questions=_questions(generation, entries, own),
        indexed=indexed,
        texts=frozenset(texts),
        chunks=sum(text.chunks for text in texts.values()),
        unindexed=pieces,
        words=Words.in_memory([*(piece.chunk for piece in pieces), *own]) if pieces else None,
        theme_titles=theme_titles(groups, entries.values()),
        place_names={slug(name): name for derived in facts.values() for name in derived.places},
        document_titles={name: library.sources[name].title for name in documents if name in library.sources},
        synonyms=load_synonyms(library.settings.corpus),
        region_table=regions,
        regions={name: regions_of(derived.places, regions) for name, derived in facts.items()},
    )


def case_notes(generation: Generation, entry: Precedent) -> list[Footnote]:
    """Return the notes that an entry's sources name; see `source_notes`."""
    return [note for source in entry.source for note in source_notes(generation, source)]


def source_notes(generation: Generation, source: PrecedentSource) -> list[Footnote]:
    """Return the notes that a source names, in its order, from the register's text or a summary in the index."""
    held: dict[str, Footnote] = {}
    for text_id in (source.document, f"{source.document}/precedents"):
        text = generation.manifest.texts.get(text_id)
        if source.notes and text and text.form == "summary":
            held |= {note.number: note for note in generation.document(text_id).footnotes}
    return [held[number] for number in map(str, source.notes) if number in held]


def _chunks(generation: Generation, entries: Mapping[str, Precedent], texts: list[str]) -> list[Chunk]:
    return [chunk for text_id in texts for chunk in generation.text_chunks(text_id) if chunk.anchor in entries]


def _sentences(
    generation: Generation, entries: Mapping[str, Precedent], chunks: Sequence[Chunk]
) -> dict[str, CaseSentences]:
    words: dict[str, list[str]] = {name: [] for name in entries}
    vectors: dict[str, list[Array]] = {name: [] for name in entries}
    for chunk, rows in zip(chunks, generation.sentence_vectors([chunk.id for chunk in chunks]), strict=True):
        whole = generation.document(chunk.text_id).text
        for span, row in zip(chunk.sentences, rows, strict=True):
            sentence = whole[span.start : span.end]
            if chunk.anchor and not sentence.startswith(FACTS_START):
                words[chunk.anchor].append(sentence.removeprefix(LESSON_START))
                vectors[chunk.anchor].append(row[np.newaxis])
    joined = _joined(generation, vectors)
    return {name: CaseSentences(tuple(words[name]), joined[name]) for name in entries}


def _unindexed_sentences(pieces: Sequence[UnindexedChunk]) -> dict[str, CaseSentences]:
    found: dict[str, CaseSentences] = {}
    for piece in pieces:
        before = found.get(piece.case, CaseSentences((), piece.vectors[:0]))
        found[piece.case] = CaseSentences(
            before.texts + piece.sentences, np.concatenate([before.vectors, piece.vectors[list(piece.told)]])
        )
    return found


def _questions(generation: Generation, entries: Mapping[str, Precedent], chunks: Sequence[Chunk]) -> dict[str, Array]:
    vectors: dict[str, list[Array]] = {name: [] for name in entries}
    for chunk, rows in zip(chunks, generation.question_vectors([chunk.id for chunk in chunks]), strict=True):
        if chunk.anchor:
            vectors[chunk.anchor].append(rows)
    return _joined(generation, vectors)


def _joined(generation: Generation, vectors: Mapping[str, Sequence[Array]]) -> dict[str, Array]:
    none = np.empty((0, generation.manifest.embedding.dimensions), dtype=np.float32)
    return {name: np.concatenate([none, *parts]) for name, parts in vectors.items()}
