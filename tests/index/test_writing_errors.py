"""A disk that is full or a folder that cannot be written costs one sentence, and nothing is left over."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import LibraryIndexError
from assistant.index import IndexStore
from assistant.index.writing_errors import writing_errors
from assistant.settings import IndexSettings
from tests.choosing import few
from tests.index.index_making import build, make_library

REPOSITORY = Path(__file__).parents[2]

BUILD = """
import resource, sys
from pathlib import Path
from assistant.errors import AssistantError
from assistant.index import IndexStore
from assistant.settings import IndexSettings
from tests.index.index_making import build, make_library
store = IndexStore(IndexSettings(folder=Path(sys.argv[1])))
library = make_library(12, n_chunks=60, first_seed=50)
import chromadb, tantivy
most = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
try:
    build(store, library)
except AssistantError as error:
    print(error)
    sys.exit(1)
print("built")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    "most", few({str(most): most for most in (200, 5_000, 30_000, 100_000, 200_000)}, "200", "30000", "200000")
)
def test_a_disk_that_is_full_at_any_moment_is_said_and_leaves_nothing(
    store: IndexStore, tmp_path: Path, most: int
) -> None:
    before = build(store, make_library(2))
    # A limit on the size of files: a write beyond it fails as on a full disk, in native code too.
    command = [sys.executable, "-c", BUILD, str(tmp_path / "indexes"), str(most)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.count("\n")) == (1, 1), run.stdout + run.stderr
    assert run.stdout.startswith(f"No space is left for the index at {tmp_path / 'indexes'}; "), run.stdout
    assert "Traceback" not in run.stderr
    assert store.manifest() == before
    assert [path.name for path in (tmp_path / "indexes" / "generations").iterdir()] == [before.generation]


def test_a_folder_that_cannot_be_made_is_named_with_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    store = IndexStore(IndexSettings(folder=tmp_path / "file" / "indexes"))
    with pytest.raises(LibraryIndexError, match=r"file/indexes cannot be written \(Not a directory\).*INDEX__FOLDER"):
        build(store, make_library(1))


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_folder_that_is_only_readable_is_named(tmp_path: Path, code: int) -> None:
    error = OSError(code, os.strerror(code), str(tmp_path / "write.lock"))
    with (
        pytest.raises(LibraryIndexError, match=r"cannot be written \((Read-only file system|Permission denied)\)"),
        writing_errors(tmp_path),
    ):
        raise error


def test_an_error_about_another_file_is_not_taken_for_one_of_the_index(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), writing_errors(tmp_path / "indexes"):
        (tmp_path / "a summary").read_bytes()
