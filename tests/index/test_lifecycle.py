"""Switching, locking, refusing, cleaning up: what happens around searches."""

from __future__ import annotations

import gc
import json
import random
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from assistant.errors import (
    IndexLockedError,
    IndexMismatchError,
    IndexNotFoundError,
    LibraryIndexError,
    VectorsUnavailableError,
)
from assistant.index import Generation, IndexStore, Manifest, library_version
from assistant.settings import IndexSettings
from tests.index.index_making import (
    CHUNKING,
    DIMENSIONS,
    EMBEDDING,
    READER,
    Text,
    best_chunks,
    build,
    make_library,
    make_text,
    unit,
)

REPOSITORY = Path(__file__).parents[2]


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A child process that builds an index."""
    prelude = """
        import sys, time
        from pathlib import Path
        from assistant.index import IndexStore
        from assistant.settings import IndexSettings
        from tests.index.index_making import *
        store = IndexStore(IndexSettings(folder=Path(sys.argv[1])))
    """
    program = textwrap.dedent(prelude) + textwrap.dedent(code)
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def generations(folder: Path) -> list[str]:
    """Names of the generation folders there are."""
    return sorted(path.name for path in (folder / "indexes" / "generations").iterdir())


def holds(generation: Generation, library: list[Text]) -> bool:
    """Whether a generation holds exactly these texts, in vectors, words and chunks."""
    ids = {text.entry.id for text in library}
    vector = unit(np.random.default_rng(3), DIMENSIONS)
    return (
        set(generation.manifest.texts) == ids
        and [hit.chunk_id for hit in generation.search_vectors(vector, 5)]
        == [id_ for id_, _ in best_chunks(library, vector, 5)]
        and {hit.chunk_id.partition("#")[0] for hit in generation.search_words("heading0 heading1", 10_000)} == ids
        and all(generation.text_chunks(text.entry.id) == list(text.chunks) for text in library)
    )


def test_nothing_built_yet_is_said_with_the_command_that_builds(store: IndexStore) -> None:
    assert store.manifest() is None
    with pytest.raises(IndexNotFoundError, match=r"No index at .*indexes\. Build it with `steward ingest`\."):
        store.open()


def test_the_manifest_survives_writing_and_reading(store: IndexStore) -> None:
    written = build(store, make_library(3))
    assert store.manifest() == written
    assert written.embedding == EMBEDDING
    assert written.chunking == CHUNKING
    assert len(written.library_version) == 12


def test_the_library_version_follows_content_and_not_order() -> None:
    entries = [text.entry for text in make_library(3)]
    version = library_version(entries, EMBEDDING, CHUNKING)
    assert library_version(entries[::-1], EMBEDDING, CHUNKING) == version
    changed = [replace(entries[0], fingerprint="other"), *entries[1:]]
    others = {
        library_version(changed, EMBEDDING, CHUNKING),
        library_version(entries[1:], EMBEDDING, CHUNKING),
        library_version(entries, replace(EMBEDDING, precision="bfloat16"), CHUNKING),
        library_version(entries, EMBEDDING, {"chunk_tokens": 65}),
    }
    assert len(others | {version}) == 5


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"expected": replace(EMBEDDING, model="other")}, "embedding model: 'toy-model' in the index, 'other' now"),
        ({"expected": replace(EMBEDDING, digest="1")}, "embedding digest: '0{64}' in the index, '1' now"),
        ({"expected": replace(EMBEDDING, precision="bfloat16")}, "embedding precision: 'float32' .* 'bfloat16' now"),
        ({"chunking": {"chunk_tokens": 9}}, "chunking chunk_tokens: 64 in the index, 9 now"),
        ({"reader_version": "2"}, "reader version: '1' in the index, '2' now"),
    ],
    ids=["model", "digest", "precision", "chunking", "reader"],
)
def test_an_index_made_otherwise_is_refused(store: IndexStore, expected: dict[str, object], message: str) -> None:
    build(store, make_library(1))
    store.open(EMBEDDING, chunking=CHUNKING, reader_version=READER).close()
    with pytest.raises(IndexMismatchError, match=f"{message}.*`steward ingest`"):
        store.open(**expected)  # type: ignore[arg-type]


def test_an_index_of_another_format_is_refused(store: IndexStore, tmp_path: Path) -> None:
    manifest = build(store, make_library(1))
    path = tmp_path / "indexes" / "generations" / manifest.generation / "manifest.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "format_version": 99}))
    with pytest.raises(IndexMismatchError, match=r"has format 99, and .* reads format \d+\. Run `steward ingest`"):
        store.open()
    path.write_text(json.dumps({"format_version": 99, "unheard_of": 1}))
    with pytest.raises(IndexMismatchError, match=r"has format 99, and .* reads format \d+\. Run `steward ingest`"):
        store.open()
    assert build(store, make_library(1)).texts == manifest.texts


def test_vectors_in_the_folder_are_not_looked_for_on_a_server(store: IndexStore, tmp_path: Path) -> None:
    build(store, make_library(1))
    other = IndexStore(IndexSettings(folder=tmp_path / "indexes", chroma_url="http://127.0.0.1:9"))
    with pytest.raises(
        IndexMismatchError, match=r"vectors: 'embedded' in the index, 'server' now \(index.chroma_url\)"
    ):
        other.open()


def test_a_server_that_does_not_answer_is_named(chroma_url: str, tmp_path: Path) -> None:
    there = IndexStore(IndexSettings(folder=tmp_path / "indexes", chroma_url=chroma_url))
    build(there, make_library(1))
    gone = IndexStore(IndexSettings(folder=tmp_path / "indexes", chroma_url="http://127.0.0.1:9"))
    with pytest.raises(LibraryIndexError, match=r"Chroma at http://127.0.0.1:9 failed.*STEWARD_INDEX__CHROMA_URL"):
        gone.open()


def test_a_server_that_accepts_connections_and_never_answers_is_named_without_its_password(
    chroma_url: str, tmp_path: Path
) -> None:
    build(IndexStore(IndexSettings(folder=tmp_path / "indexes", chroma_url=chroma_url)), make_library(1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://clerk:hunter2@127.0.0.1:{silent.getsockname()[1]}"
        hung = IndexStore(IndexSettings(folder=tmp_path / "indexes", chroma_url=url))
        with pytest.raises(VectorsUnavailableError, match=r"Chroma at http://127.0.0.1:\d+ failed: timed out\."):
            hung.open()


def test_a_server_without_the_collection_asks_for_a_build(chroma_url: str, tmp_path: Path) -> None:
    from assistant.index import vectors

    store = IndexStore(IndexSettings(folder=tmp_path / "indexes", chroma_url=chroma_url))
    manifest = build(store, make_library(1))
    vectors.delete_from_server(chroma_url, f"steward-{manifest.generation}")
    with pytest.raises(IndexNotFoundError, match=r"does not have these vectors .*`steward ingest`"):
        store.open()


def test_the_server_holds_the_current_collection_and_the_one_before(chroma_url: str, tmp_path: Path) -> None:
    import chromadb

    store = IndexStore(IndexSettings(folder=tmp_path / "indexes", chroma_url=chroma_url))
    built = [build(store, make_library(2)).generation for _ in range(4)]
    client = chromadb.HttpClient(host=chroma_url)
    names = {collection.name for collection in client.list_collections()}
    for each in (client, client._admin_client):  # type: ignore[attr-defined]
        each._server._session.close()
    assert names & {f"steward-{name}" for name in built} == {f"steward-{name}" for name in built[-2:]}


def test_without_publishing_nothing_changes(store: IndexStore, tmp_path: Path) -> None:
    first = build(store, make_library(2))
    text = make_text("text-9", 3, seed=9)
    options = {"embedding": EMBEDDING, "chunking": CHUNKING, "reader_version": READER, "catalogue_hash": ""}
    with store.write(**options) as writer:  # type: ignore[arg-type]
        writer.put(text.entry, text.document, text.chunks, text.vectors)
    with pytest.raises(KeyError, match="never-there"), store.write(**options) as writer:  # type: ignore[arg-type]
        writer.keep("never-there")
    assert store.manifest() == first
    assert generations(tmp_path) == [first.generation]


def test_only_what_the_current_generation_holds_can_be_kept(store: IndexStore) -> None:
    library = make_library(2)
    with pytest.raises(KeyError, match="text-0"):
        build(store, library, keep=["text-0"])
    build(store, library)
    with pytest.raises(KeyError, match="text-7"):
        build(store, [make_text("text-7", 2, seed=1)], keep=["text-7"])
    other = replace(EMBEDDING, digest="1")
    with (
        pytest.raises(KeyError, match="text-0"),
        store.write(embedding=other, chunking=CHUNKING, reader_version=READER, catalogue_hash="") as writer,
    ):
        writer.keep("text-0")


def test_an_old_generation_is_searched_while_new_ones_are_built(any_store: IndexStore, tmp_path: Path) -> None:
    old = make_library(4)
    build(any_store, old)
    with any_store.open(EMBEDDING) as generation:
        for seed in (100, 200, 300):
            build(any_store, make_library(4, first_seed=seed))
            assert holds(generation, old)
        # In use: kept beside the current one and the one before.
        assert len(generations(tmp_path)) == 3
    build(any_store, old)
    assert len(generations(tmp_path)) == 2


def test_searching_writes_nothing_to_the_index(store: IndexStore, tmp_path: Path) -> None:
    build(store, make_library(3))

    def state() -> dict[str, tuple[int, bytes]]:
        files = [path for path in (tmp_path / "indexes").rglob("*") if path.is_file()]
        return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

    before = state()
    with store.open(EMBEDDING) as generation:
        generation.search_vectors(unit(np.random.default_rng(0), DIMENSIONS), 5)
        generation.search_words("mission", 5)
    assert state() == before


def test_what_a_killed_build_left_goes_with_the_next_one(store: IndexStore, tmp_path: Path) -> None:
    build(store, make_library(2))
    child = start(
        """
        with store.write(embedding=EMBEDDING, chunking=CHUNKING, reader_version=READER, catalogue_hash="") as writer:
            print("writing", flush=True)
            time.sleep(600)
        """,
        tmp_path / "indexes",
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    child.kill()
    child.communicate()
    assert len(generations(tmp_path)) == 2
    with store.write(embedding=EMBEDDING, chunking=CHUNKING, reader_version=READER, catalogue_hash=""):
        assert len(generations(tmp_path)) == 2  # the current one, and that which is being written
    assert len(generations(tmp_path)) == 1


def test_progress_counts_every_vector(store: IndexStore) -> None:
    text = make_text("a", 12, seed=1)
    seen: list[tuple[int, int]] = []
    with store.write(embedding=EMBEDDING, chunking=CHUNKING, reader_version=READER, catalogue_hash="") as writer:
        writer.put(text.entry, text.document, text.chunks, text.vectors)
        writer.publish(progress=lambda done, total: seen.append((done, total)))
    total = text.entry.chunks + text.entry.sentences + text.entry.questions
    assert seen[-1] == (total, total)


def test_switching_leaks_neither_files_nor_threads(store: IndexStore, thorough: bool) -> None:
    process = psutil.Process()
    library = make_library(3)

    def turn() -> tuple[int, int]:
        build(store, library)
        with store.open(EMBEDDING) as generation:
            generation.search_vectors(unit(np.random.default_rng(0), DIMENSIONS), 5)
            generation.search_words("mission", 5)
        gc.collect()
        return process.num_fds(), process.num_threads()

    turn()
    before = turn()
    after = [turn() for _ in range(6 if thorough else 3)][-1]
    # Less than one of each in a turn.
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 2


def test_a_second_writer_is_told_who_holds_the_lock(store: IndexStore, tmp_path: Path) -> None:
    child = start(
        """
        with store.write(embedding=EMBEDDING, chunking=CHUNKING, reader_version=READER, catalogue_hash=""):
            print("holding", flush=True)
            time.sleep(600)
        """,
        tmp_path / "indexes",
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "holding\n"
        with pytest.raises(IndexLockedError, match=rf"is being written by process {child.pid} on \S+ since \d{{4}}-"):
            build(store, make_library(1))
    finally:
        child.kill()
        child.communicate()
    # The lock of a dead process does not stay.
    assert build(store, make_library(1)).texts


def test_a_second_writer_in_the_same_process_is_refused_too(store: IndexStore) -> None:
    options = {"embedding": EMBEDDING, "chunking": CHUNKING, "reader_version": READER, "catalogue_hash": ""}
    refused: list[BaseException] = []

    def write() -> None:
        try:
            build(store, make_library(1))
        except IndexLockedError as error:
            refused.append(error)

    with store.write(**options):  # type: ignore[arg-type]
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        write()
    assert len(refused) == 2


def test_reading_the_manifest_loads_no_heavy_library(store: IndexStore, tmp_path: Path) -> None:
    build(store, make_library(1))
    code = """if True:
        import sys
        from pathlib import Path
        from assistant.index import IndexStore
        from assistant.settings import IndexSettings
        assert IndexStore(IndexSettings(folder=Path(sys.argv[1]))).manifest().texts
        print([name for name in ("chromadb", "tantivy", "torch", "numpy") if name in sys.modules])
    """
    command = [sys.executable, "-c", code, str(tmp_path / "indexes")]
    assert subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_the_old_or_the_new_library(
    store: IndexStore, tmp_path: Path, thorough: bool
) -> None:
    old, new = make_library(6), make_library(6, first_seed=50)
    new[0] = old[0]
    build(store, old)
    code = """
        library = make_library(6, first_seed=int(sys.argv[2]))
        print("ready", flush=True)
        library[0] = make_library(1)[0]
        manifest = build(store, library, keep=["text-0"])
        print("published", flush=True)
    """
    moments = random.Random(7)
    killed = 0
    current = old
    while killed < (30 if thorough else 3):
        seed, target = (0, old) if current is new else (50, new)
        child = start(code, tmp_path / "indexes", seed)
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        # A build takes from half a second to a few: some of these come before, some behind the switch.
        time.sleep(moments.uniform(0, 1.2))
        child.send_signal(signal.SIGKILL)
        output, errors = child.communicate()
        assert not errors
        killed += "published" not in output
        with store.open(EMBEDDING) as generation:
            found = [library for library in (current, target) if holds(generation, library)]
        assert len(found) == 1
        current = found[0]
    manifest: Manifest = build(store, old)
    assert manifest.generation in generations(tmp_path)
    assert len(generations(tmp_path)) <= 2
