"""Catalogue → reading → chunking → embedding → index, in that order; only what changed is done again.

A text's fingerprint covers everything its chunks depend on. Equal fingerprints are carried over, so that a second run
with nothing changed reads no file's structure and loads no model.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import (
    BUILD_AGAIN,
    DocumentError,
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
)
from assistant.index import ChunkVectors, IndexStore, Manifest, TextEntry
from assistant.indexing.own_documents import clear_up
from assistant.indexing.question_writing import QuestionWriter, build_question_writer
from assistant.indexing.questions import (
    Placed,
    load_questions,
    nearest,
    nearest_block,
    nearest_to_both,
    place_questions,
    questions_path,
)
from assistant.models.embedding import Embedder, VectorCache
from assistant.reading import READER_VERSION
from assistant.reading.sandbox import read_files
from assistant.records import Chunk, Document, Form, LibraryText, Part, Source
from assistant.registers.entries import Registers, load_registers
from assistant.registers.texts import register_texts
from assistant.settings import Settings
from assistant.sources.catalogue import ADDED, broken_entries, catalogue_hash, load_catalogue
from assistant.sources.fetching import current_original
from assistant.text.chunking import assign_questions, chunk_text, chunking_identity, embedded_text, sentence_texts
from assistant.text.glossary import collect_glossary

Array = NDArray[np.float32]

Progress = Callable[[str, int, int], None]
"""Told the step ("reading", "embedding"), how much is done and how much there is."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run of :func:`ingest` did, by text id."""

    library_version: str
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    """Why a file was not read, by text id, or an own entry not used, by ``added/`` and its id; costs nothing else."""
    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was wrong with the questions of a text that was indexed, by text id."""
    chunks: int = 0
    seconds: float = 0.0
    rebuilt: str = ""
    """What was wrong with the index that was there, so that all of it was built again; empty where nothing was."""


@dataclass(frozen=True, slots=True)
class _Planned:
    """A text that belongs into the index: where it comes from and what it depends on."""

    id: str
    source: Source
    form: Form
    part: Part
    path: Path
    fingerprint: str
    problem: str = ""
    """Why the fetched original is not what is read."""


def ingest(
    settings: Settings,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    on_progress: Progress | None = None,
    question_writer: QuestionWriter | None = None,
) -> IngestReport:
    """Bring the index up to date with the library.

    ``question_writer`` writes questions for chunks that have no authored ones; without it, the one that the settings
    ask for.

    An own document whose entry is broken is left out, and a change of own documents that was cut off is cleared up.

    Raises:
        CatalogueError: the catalogue or a register is wrong.
        IndexLockedError: another process is building, or has built meanwhile.
    """
    started = time.perf_counter()
    progress = on_progress or (lambda step, done, total: None)
    clear_up(settings)
    sources = load_catalogue(settings.corpus)
    broken = {f"{ADDED}/{entry.id}": entry.why for entry in broken_entries(settings.corpus)}
    store = IndexStore(settings.index)
    manifest, wrong = (None, "") if rebuild else _sound(store, embedder)
    writer = question_writer or build_question_writer(settings)
    planned = _plan(sources, settings, embedder, writer)
    current = _current(manifest)
    is_whole = manifest is not None and not manifest.left_out and not any(item.problem for item in planned)
    if manifest is not None and is_whole and current == {item.id: item.fingerprint for item in planned}:
        return IngestReport(
            manifest.library_version,
            unchanged=tuple(sorted(current)),
            left_out=broken,
            chunks=_chunk_count(manifest),
            seconds=time.perf_counter() - started,
        )
    base = manifest.generation if manifest else None
    report = _build(_Build(settings, embedder, store, sources, planned, current, progress, writer, base), started)
    return replace(report, left_out=broken | report.left_out, rebuilt=wrong)


@dataclass(frozen=True)
class _Build:
    """What one build works with."""

    settings: Settings
    embedder: Embedder
    store: IndexStore
    sources: tuple[Source, ...]
    planned: list[_Planned]
    current: dict[str, str]
    progress: Progress
    question_writer: QuestionWriter | None
    base: str | None
    """The generation that ``current`` tells of; None where nothing of it is kept."""


def _build(build: _Build, started: float) -> IngestReport:
    settings, current = build.settings, build.current
    changed = [item for item in build.planned if current.get(item.id) != item.fingerprint]
    kept = [item.id for item in build.planned if current.get(item.id) == item.fingerprint]
    with build.store.write(
        embedding=build.embedder.identity,
        chunking=chunking_identity(settings.chunking),
        reader_version=READER_VERSION,
        catalogue_hash=catalogue_hash(build.sources),
    ) as writer:
        now = build.store.manifest() if build.base else None
        if now is not None and now.generation != build.base:
            raise IndexLockedError("Another build was finished meanwhile. Run `steward ingest` again.")
        for text_id in kept:
            writer.keep(text_id)
        texts, left_out = _read(changed, build)
        left_out |= {item.id: item.problem for item in build.planned if item.problem}
        for text_id, why in left_out.items():
            writer.leave_out(text_id, why)
        # A briefing that stands in for an unreadable original gets no fingerprint: the next run tries the original.
        fingerprints = {item.id: "" if item.id in left_out else item.fingerprint for item in changed}
        problems: dict[str, tuple[str, ...]] = {}
        cache = VectorCache(settings.index.folder / "cache" / "vectors.sqlite", build.embedder)
        try:
            for item in _embed(texts, build, cache):
                # Nor does a text whose questions could not be written: the next run asks the model again.
                fingerprint = fingerprints[item.text.id] if item.is_complete else ""
                writer.put(_entry(item, fingerprint), item.text.document, item.chunks, item.vectors)
                if item.problems:
                    problems[item.text.id] = item.problems
        finally:
            cache.close()
        writer.set_glossary(collect_glossary(text for text in writer.document_texts()))
        manifest = writer.publish()
    names = {text.id for text in texts}
    return IngestReport(
        manifest.library_version,
        added=tuple(sorted(names - set(current))),
        updated=tuple(sorted(names & set(current))),
        unchanged=tuple(sorted(kept)),
        removed=tuple(sorted(set(current) - names - set(kept))),
        left_out=left_out,
        problems=problems,
        chunks=_chunk_count(manifest),
        seconds=time.perf_counter() - started,
    )


def _plan(
    sources: Iterable[Source], settings: Settings, embedder: Embedder, question_writer: QuestionWriter | None
) -> list[_Planned]:
    """Every text the library should hold, with its fingerprint."""
    asked = (question_writer.identity,) if question_writer else ()
    common = (READER_VERSION, repr(chunking_identity(settings.chunking)), repr(embedder.identity), *asked)
    registers = [settings.corpus / "registers" / name for name in ("recommendations.toml", "precedents.toml")]
    register_digest = "".join(_digest(path) for path in registers if path.exists())
    planned = []
    for source in sources:
        path, form, problem = _body(source, settings.corpus)
        questions = questions_path(settings.corpus, source.id)
        described = repr(replace(source, file=None))
        question_digest = _digest(questions) if questions.exists() else ""
        parts = (_digest(path), form, described, question_digest, *common)
        planned.append(_Planned(source.id, source, form, "body", path, _fingerprint(*parts), problem))
    registered = load_registers(settings.corpus)
    by_id = {source.id: source for source in sources}
    for text_id in _register_ids(registered):
        document, part = text_id
        if document in by_id:
            # A document without a briefing gives its title alone, which is in the description.
            briefing = settings.corpus / (by_id[document].briefing or f"registers/{part}.toml")
            questions = questions_path(settings.corpus, document, part)
            question_digest = _digest(questions) if questions.exists() else ""
            described = repr(replace(by_id[document], file=None))
            print_ = _fingerprint(register_digest, question_digest, part, _digest(briefing), described, *common)
            planned.append(_Planned(f"{document}/{part}", by_id[document], "briefing", part, briefing, print_))
    return planned


def _register_ids(registers: Registers) -> list[tuple[str, Part]]:
    recommended: list[tuple[str, Part]] = [(item.document, "recommendations") for item in registers.recommendations]
    told = [item.told_in for item in registers.precedents]
    tried: list[tuple[str, Part]] = [(item.document, "precedents") for item in told if item]
    return sorted(set(recommended + tried))


def _body(source: Source, corpus: Path) -> tuple[Path, Form, str]:
    """The file that speaks for a source: a reader's own, else the fetched original, else the briefing.

    Also why the original does not, where it is damaged and the briefing stands in for it.
    """
    if source.file is not None:
        return corpus / source.file, "original", ""
    problem = ""
    try:
        if original := current_original(corpus, source.id):
            return original.path, "original", ""
    except DocumentError as error:
        if source.briefing is None:
            raise
        problem = str(error)
    return corpus / str(source.briefing), "briefing", problem


def _sound(store: IndexStore, embedder: Embedder) -> tuple[Manifest | None, str]:
    """The manifest of an index of which something can be kept, or what is wrong with the index that is there."""
    try:
        return store.examine(embedder.identity), ""
    except IndexNotFoundError:
        return None, ""
    except (IndexDamagedError, IndexMismatchError) as error:
        return None, str(error).removesuffix(f" {BUILD_AGAIN}")


def _current(manifest: Manifest | None) -> dict[str, str]:
    """Fingerprints of what the index holds. Texts without a digest are read again."""
    if manifest is None:
        return {}
    return {text_id: entry.fingerprint for text_id, entry in manifest.texts.items() if entry.digest}


def _read(changed: Sequence[_Planned], build: _Build) -> tuple[list[LibraryText], dict[str, str]]:
    """The changed texts, read; and why a file was left out. An unreadable original leaves its briefing in place."""
    left_out: dict[str, str] = {}
    texts: list[LibraryText] = []
    bodies = [item for item in changed if item.part == "body"]
    documents = _read_paths([item.path for item in bodies], build)
    for item in bodies:
        document, form = documents[item.path], item.form
        if isinstance(document, DocumentError):
            left_out[item.id] = str(document)
            briefing = build.settings.corpus / str(item.source.briefing)
            if form == "briefing" or item.source.briefing is None:
                continue
            document, form = _read_paths([briefing], build)[briefing], "briefing"
            if isinstance(document, DocumentError):
                continue
        texts.append(LibraryText(item.source, form, "body", document, _digest(item.path)))
    if len(bodies) < len(changed):
        wanted = {item.id for item in changed}
        texts += [text for text in _registers(build) if text.id in wanted]
    return texts, left_out


def _registers(build: _Build) -> list[LibraryText]:
    sources = {source.id: source for source in build.sources}
    paths = {item.id: build.settings.corpus / item.briefing for item in build.sources if item.briefing}
    read = _read_paths(list(paths.values()), build)
    briefings = {name: document for name, path in paths.items() if isinstance(document := read[path], Document)}
    return register_texts(load_registers(build.settings.corpus), sources, briefings)


def _read_paths(paths: Sequence[Path], build: _Build) -> dict[Path, Document | DocumentError]:
    documents: dict[Path, Document | DocumentError] = {}
    for path, document in read_files(list(dict.fromkeys(paths)), build.settings.reading):
        documents[path] = document
        build.progress("reading", len(documents), len(set(paths)))
    return documents


@dataclass(frozen=True)
class _Cut:
    """A text in chunks, with what stands for them as vectors and the questions they may answer."""

    text: LibraryText
    chunks: list[Chunk]
    whole: list[str]
    sentences: list[list[str]]
    questions: Mapping[str, Placed]
    """For each authored question where it is answered; in the guide where there is one."""
    guide: list[str]
    """For an original: what stands for the chunks of its briefing, whose questions it inherits."""
    problems: tuple[str, ...]

    def texts(self) -> Iterable[str]:
        """Everything of it that is embedded."""
        return itertools.chain(self.whole, *self.sentences, self.questions, self.guide)


@dataclass(frozen=True)
class _Embedded:
    """A text as it goes into the index."""

    text: LibraryText
    chunks: list[Chunk]
    vectors: ChunkVectors
    problems: tuple[str, ...]
    is_complete: bool
    """False where the next run should try again to have questions written."""


def _embed(texts: Sequence[LibraryText], build: _Build, cache: VectorCache) -> Iterable[_Embedded]:
    """Chunks and vectors of each text; all texts are embedded together, so that batches are full."""
    cuts = [_cut(text, build) for text in texts]
    unique = list(dict.fromkeys(itertools.chain.from_iterable(cut.texts() for cut in cuts)))
    done = 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        build.progress("embedding", done, len(unique))

    vectors = dict(zip(unique, cache.embed(unique, advance), strict=True))
    dimensions = build.embedder.identity.dimensions

    def stack(items: Sequence[str]) -> Array:
        return np.stack([vectors[item] for item in items]) if items else np.empty((0, dimensions), dtype=np.float32)

    for cut in cuts:
        whole, sentences, guide = stack(cut.whole), [stack(own) for own in cut.sentences], stack(cut.guide)
        answered: dict[int, dict[str, int]] = {}
        for question, place in cut.questions.items():
            vector, start = vectors[question], place.start
            if cut.guide:
                told = place.chunks[int(np.argmax(guide[list(place.chunks)] @ vector))]
                number, start = nearest_to_both(vector, guide[told], whole, sentences), None
            else:
                number = nearest(vector, place.chunks, whole, sentences)
            if start is None:
                start = nearest_block(vector, cut.chunks[number], sentences[number], cut.text.document)
            answered.setdefault(number, {})[question] = start
        problems, is_complete = cut.problems, True
        if build.question_writer is not None:
            unasked = {number: chunk for number, chunk in enumerate(cut.chunks) if number not in answered}
            written = build.question_writer.write(unasked, partial(build.progress, f"questions for {cut.text.id}"))
            problems, is_complete = (*problems, *written.problems), written.is_complete
            for number, own in written.questions.items():
                vectors.update(zip(own, cache.embed(own), strict=True))
                chunk, document = cut.chunks[number], cut.text.document
                answered[number] = {
                    question: nearest_block(vectors[question], chunk, sentences[number], document) for question in own
                }
        chunks = assign_questions(cut.chunks, answered)
        questions = tuple(stack(chunk.questions) for chunk in chunks)
        yield _Embedded(cut.text, chunks, ChunkVectors(whole, tuple(sentences), questions), problems, is_complete)


def _cut(text: LibraryText, build: _Build) -> _Cut:
    chunks = _chunks(text, build)
    questions: Mapping[str, Placed] = {}
    guide: list[str] = []
    problems: list[str] = []
    path = questions_path(build.settings.corpus, text.source.id, text.part)
    if text.part != "body":
        own = load_questions(path).of_sections({chunk.anchor for chunk in chunks})
        questions, problems = place_questions(own, text.document, chunks)
    elif chunks and path.exists():
        told, told_chunks = text.document, chunks
        if text.form == "original" and text.source.briefing:
            briefing = build.settings.corpus / text.source.briefing
            read = _read_paths([briefing], build)[briefing]
            if isinstance(read, Document):
                told_chunks = _chunks(LibraryText(text.source, "briefing", "body", read, ""), build)
                told, guide = read, [embedded_text(chunk) for chunk in told_chunks]
        questions, problems = place_questions(load_questions(path), told, told_chunks)
    whole = [embedded_text(chunk) for chunk in chunks]
    sentences = [sentence_texts(chunk, text.document) for chunk in chunks]
    return _Cut(text, chunks, whole, sentences, questions, guide, tuple(problems))


def _chunks(text: LibraryText, build: _Build) -> list[Chunk]:
    return chunk_text(text, build.settings.chunking.chunk_tokens, build.embedder.count_tokens)


def _entry(item: _Embedded, fingerprint: str) -> TextEntry:
    text, chunks, vectors = item.text, item.chunks, item.vectors
    return TextEntry(
        id=text.id,
        document=text.source.id,
        part=text.part,
        form=text.form,
        authority=chunks[0].authority if chunks else text.source.authority,
        status=text.source.status,
        published=text.source.published,
        title=text.source.title,
        publisher=text.source.publisher,
        fingerprint=fingerprint,
        chunks=len(chunks),
        sentences=sum(map(len, vectors.sentences)),
        questions=sum(map(len, vectors.questions)),
        problems=(*text.document.problems, *item.problems),
        digest=text.digest,
    )


def _chunk_count(manifest: Manifest) -> int:
    return sum(entry.chunks for entry in manifest.texts.values())


def _digest(path: Path) -> str:
    """SHA-256 in hexadecimal; empty for a file that cannot be read, which costs that text alone when it is read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
