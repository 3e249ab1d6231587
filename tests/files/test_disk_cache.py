"""What is kept on disk by content: damage to it costs time and nothing else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assistant.files.disk_cache import KeptRows
from assistant.models.embedding import VectorCache
from tests.embedders import HashEmbedder

TEXTS = [f"Harbour number {number} has {number} wardens." for number in range(50)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "vectors.sqlite"


def embed(path: Path) -> tuple[np.ndarray, int]:
    """The vectors, and how many of them were computed."""
    embedder = HashEmbedder()
    with closing(VectorCache(path, embedder)) as cache:
        return cache.embed(TEXTS), len(embedder.embedded)


def test_a_vector_that_was_changed_is_computed_again(path: Path) -> None:
    right, _ = embed(path)
    with closing(sqlite3.connect(path)) as database, database:
        keys = [key for (key,) in database.execute("SELECT key FROM vectors ORDER BY key")]
        zeros = bytes(4 * right.shape[1])
        database.execute("UPDATE vectors SET value = ? WHERE key = ?", (zeros, keys[0]))
        database.execute("UPDATE vectors SET value = 'words' WHERE key = ?", (keys[1],))
        database.execute("UPDATE vectors SET value = 7 WHERE key = ?", (keys[2],))
        # Of another text, digest and all.
        database.execute(
            "UPDATE vectors SET (value, digest) = (SELECT value, digest FROM vectors WHERE key = ?) WHERE key = ?",
            (keys[4], keys[3]),
        )
    found, computed = embed(path)
    assert np.array_equal(found, right)
    assert computed == 4
    assert embed(path)[1] == 0


def _damaged(path: Path) -> Iterator[str]:
    content = path.read_bytes()
    for at in range(0, len(content), max(1, len(content) // 12)):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :])
        yield f"byte {at}"
    for name, wrong in {
        "empty": b"",
        "half": content[: len(content) // 2],
        "zeros": bytes(len(content)),
        "words": b"no database" * 999,
    }.items():
        path.write_bytes(wrong)
        yield name
    path.unlink()
    path.mkdir()
    yield "a folder"
    path.unlink()
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID")
    yield "of an earlier version"


def test_a_damaged_file_never_gives_another_vector(path: Path) -> None:
    right, _ = embed(path)
    for how in _damaged(path):
        found, _ = embed(path)
        assert np.array_equal(found, right), how
        assert embed(path)[1] == 0, how


def test_a_file_that_cannot_be_used_for_another_reason_is_left_alone(path: Path) -> None:
    embed(path)
    with closing(KeptRows(path, "vectors")) as rows:
        rows._opened().execute("PRAGMA busy_timeout = 0")
        with closing(sqlite3.connect(path)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                rows.write({b"key": b"value"})
    assert embed(path)[1] == 0
