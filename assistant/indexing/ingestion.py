"""Planning → reading → embedding → index, in that order; only what changed is done again.

A text's fingerprint covers everything its chunks depend on. Texts with the same fingerprint are carried over, so that a
second run with no changes reads no file's structure and loads no model.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, field, replace

from assistant.errors import (
    BUILD_AGAIN,
    IndexDamagedError,
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
)
from assistant.index import IndexStore, Manifest
from assistant.indexing.building import Build, Progress
from assistant.indexing.embedding import embed_texts
from assistant.indexing.own_documents import clear_up
from assistant.indexing.planning import plan_texts
from assistant.indexing.question_writing import QuestionWriter, build_question_writer
from assistant.indexing.reading import read_texts
from assistant.indexing.workers import open_workers
from assistant.models.embedding import Embedder, VectorCache
from assistant.reading import READER_VERSION
from assistant.settings import Settings
from assistant.sources.catalogue import ADDED, catalogue_hash, load_entries
from assistant.text.chunking import chunking_identity
from assistant.text.glossary import collect_glossary


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a run of :func:`ingest` did, by text id."""

    library_version: str
    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    """Why a file was not read, by text id, or a user's own entry not used, by ``added/`` and its id."""
    problems: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What was wrong with the questions of a text that was indexed, by text id."""
    chunks: int = 0
    seconds: float = 0.0
    rebuilt: str = ""
    """What was wrong with the previous index, so that all of it was built again; empty where nothing was."""


def ingest(
    settings: Settings,
    embedder: Embedder,
    *,
    rebuild: bool = False,
    on_progress: Progress | None = None,
    question_writer: QuestionWriter | None = None,
    cluster: str | None = None,
) -> IngestReport:
    """Bring the index up to date with the library.

    ``question_writer`` writes questions for chunks without authored ones; by default, the one that the settings ask
    for.

    ``cluster`` is the address of a Ray cluster that reads, cuts and embeds; by default this process does.

    A user's own document with a broken entry is left out, and interrupted changes of own documents are cleared up.

    Raises:
        CatalogueError: the catalogue or a register is wrong.
        IndexLockedError: another process is building, or has built meanwhile.
        SettingsError: the cluster cannot be used.
    """
    started = time.perf_counter()
    progress = on_progress or (lambda step, done, total: None)
    clear_up(settings)
    sources, unusable = load_entries(settings.corpus)
    broken = {f"{ADDED}/{entry.id}": entry.why for entry in unusable}
    store = IndexStore(settings.index)
    manifest, wrong = (None, "") if rebuild else _usable_manifest(store, embedder)
    writer = question_writer or build_question_writer(settings)
    planned = plan_texts(sources, settings, embedder, writer)
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
    with open_workers(cluster, settings.corpus) as workers:
        build = Build(settings, embedder, store, sources, planned, current, progress, writer, base, workers)
        report = _build(build, started)
    return replace(report, left_out=broken | report.left_out, rebuilt=wrong)


def _build(build: Build, started: float) -> IngestReport:
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
            raise IndexLockedError("Another build finished meanwhile. Run `steward ingest` again.")
        for text_id in kept:
            writer.keep(text_id)
        left_out = {item.id: item.problem for item in build.planned if item.problem}
        fingerprints = {item.id: item.fingerprint for item in changed}
        names: set[str] = set()
        problems: dict[str, tuple[str, ...]] = {}
        vectors = settings.index.folder / "cache" / "vectors.sqlite"
        cache = VectorCache(vectors, build.embedder, build.workers.embed_each)
        with (
            closing(cache),
            closing(read_texts(changed, build, left_out)) as texts,
            closing(embed_texts(texts, len(changed), build, cache.embed)) as embedded,
        ):
            for item in embedded:
                name = item.text.id
                names.add(name)
                # The next run tries again to read an original in whose place there is a summary, and to have the
                # questions written that could not be.
                is_final = item.is_complete and name not in left_out
                entry = item.entry(fingerprints[name] if is_final else "")
                writer.put(entry, item.text.document, item.chunks, item.vectors)
                if item.problems:
                    problems[name] = item.problems
        for text_id, why in left_out.items():
            writer.leave_out(text_id, why)
        # The glossary is everybody's, so it takes nothing from what one reader alone may see.
        private = {source.id for source in build.sources if source.reader}
        writer.set_glossary(collect_glossary(writer.document_texts(private)))
        manifest = writer.publish()
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


def _usable_manifest(store: IndexStore, embedder: Embedder) -> tuple[Manifest | None, str]:
    """Return the manifest of an index that can be partly kept, or what is wrong with the one there."""
    try:
        return store.examine(embedder.identity), ""
    except IndexNotFoundError:
        return None, ""
    except (IndexDamagedError, IndexMismatchError) as error:
        return None, str(error).removesuffix(f" {BUILD_AGAIN}")


def _current(manifest: Manifest | None) -> dict[str, str]:
    """Return the fingerprints of what the index holds; texts without a digest are read again."""
    if manifest is None:
        return {}
    return {text_id: entry.fingerprint for text_id, entry in manifest.texts.items() if entry.digest}


def _chunk_count(manifest: Manifest) -> int:
    return sum(entry.chunks for entry in manifest.texts.values())
