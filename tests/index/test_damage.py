"""A damaged index says so in one sentence, and the next build repairs it: never a wrong answer, never a crash."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import IndexDamagedError, IndexNotFoundError
from assistant.index import IndexStore, sealing
from tests.index.index_making import EMBEDDING, build, make_library

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_each_damage_to_each_file_is_said_or_changes_nothing_and_is_repaired(tmp_path: Path, thorough: bool) -> None:
    # In a process of its own: before files were checked, some of these ended it.
    # All of them, and a repair for each file: `python -m tests.index.damage FOLDER 0 1 all`.
    chosen = ("zeros", "deleted", *(("emptied", "another") if thorough else ()))
    repaired, each = ("4", "all") if thorough else ("8", "one")
    command = [sys.executable, "-m", "tests.index.damage", str(tmp_path), "0", repaired, each, *chosen]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    records = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(records) > 15 * (len(chosen) if thorough else 1)
    assert [record for record in records if record["outcome"] not in ("same", "said")] == []
    assert [record for record in records if record.get("repair", "same") != "same"] == []
    said = [record["said"] for record in records if record["outcome"] == "said"]
    assert all("Run `steward ingest`" in words or "`steward ingest`." in words for words in said)
    assert all("\n" not in words for words in said)
    # Some files are empty anyway, or those of both generations; none is left unchecked.
    checked = {record["file"] for record in records if record["outcome"] == "said"}
    assert {r["file"] for r in records if "generations" in r["file"] and not r["file"].endswith("in-use")} <= checked


def folder_of(store: IndexStore, root: Path) -> Path:
    manifest = build(store, make_library(2))
    return root / "indexes" / "generations" / manifest.generation


def test_a_changed_file_is_named_with_what_to_do(store: IndexStore, tmp_path: Path) -> None:
    path = folder_of(store, tmp_path) / "vectors.f32"
    path.write_bytes(bytes(path.stat().st_size))
    with pytest.raises(IndexDamagedError, match=r"vectors\.f32 was changed since it was built\. Run `steward ingest`"):
        store.open()
    with pytest.raises(IndexDamagedError, match=r"vectors\.f32 was changed"):
        store.examine(EMBEDDING)


def test_a_pipe_in_place_of_a_file_is_not_waited_for(store: IndexStore, tmp_path: Path) -> None:
    path = folder_of(store, tmp_path) / "chunks.sqlite"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(IndexDamagedError, match=r"chunks\.sqlite is not a file"):
        store.open()


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 30, b"\xff\xfe", b"../../elsewhere", b"20260101T000000000000-00000000"]
)
def test_a_pointer_to_nothing_is_named_and_the_next_build_writes_it_anew(
    store: IndexStore, tmp_path: Path, content: bytes
) -> None:
    build(store, make_library(2))
    (tmp_path / "indexes" / "current").write_bytes(content)
    for look in (store.open, store.manifest):
        with pytest.raises(IndexDamagedError, match=r"Run `steward ingest`"):
            look()
    assert build(store, make_library(2)) == store.manifest()


def test_a_manifest_that_says_something_else_is_refused(store: IndexStore, tmp_path: Path) -> None:
    path = folder_of(store, tmp_path) / "manifest.json"
    right = path.read_text(encoding="utf-8")
    for wrong in ("", "[]", "[" * 100_000, right.replace("guidance", "evidence"), right.replace("2025-03", "2024-03")):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(IndexDamagedError, match=r"manifest\.json (is not a manifest|was changed)"):
            store.open()


def test_what_is_open_answers_on_whatever_becomes_of_the_files(store: IndexStore, tmp_path: Path) -> None:
    folder = folder_of(store, tmp_path)
    with store.open() as generation:
        vector = make_library(1)[0].vectors.whole[0]
        before = generation.search_vectors(vector, 3), generation.search_words("mission", 5), generation.glossary
        for path in folder.rglob("*"):
            if path.is_file():
                os.truncate(path, 0)
        generation.check()
        assert (
            generation.search_vectors(vector, 3),
            generation.search_words("mission", 5),
            generation.glossary,
        ) == before
        assert len(generation.text_chunks("text-1")) == 8


def test_a_large_file_is_not_copied_and_a_change_to_it_is_said(
    store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "COPIED_BYTES", 1000)
    path = folder_of(store, tmp_path) / "vectors.f32"
    assert path.stat().st_size > 1000
    right = path.read_bytes()
    with store.open() as generation:
        generation.check()
        path.write_bytes(bytes(len(right)))
        with pytest.raises(IndexDamagedError, match=r"vectors\.f32 was changed while it was in use"):
            generation.check()
    with pytest.raises(IndexDamagedError, match=r"vectors\.f32 was changed since it was built"):
        store.open()
    # Brought back, as from a backup: it is read, since its time is another, and is right.
    path.write_bytes(right)
    with store.open() as generation:
        assert len(generation.search_vectors(make_library(1)[0].vectors.whole[0], 3)) == 3


def test_the_private_copy_goes_with_the_generation_and_after_a_kill_at_the_next_opening(
    store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(store, make_library(2))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "private"))
    (tmp_path / "private").mkdir()
    code = (
        "import os, sys; from pathlib import Path; from assistant.index import IndexStore; "
        "from assistant.settings import IndexSettings; "
        "g = IndexStore(IndexSettings(folder=Path(sys.argv[1]))).open(); os.kill(os.getpid(), 9)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path / "private")}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "indexes")], cwd=REPOSITORY, env=environment, check=False
    )
    (left,) = (tmp_path / "private").iterdir()
    assert left.stat().st_mode & 0o777 == 0o700
    with store.open():
        (own,) = (tmp_path / "private").iterdir()
        assert own != left
    assert list((tmp_path / "private").iterdir()) == []


def test_an_index_that_is_not_there_is_no_damage(store: IndexStore) -> None:
    with pytest.raises(IndexNotFoundError):
        store.examine(EMBEDDING)
    assert store.current_id() is None
