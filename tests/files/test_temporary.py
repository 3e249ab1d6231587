"""The folder for temporary files: its user's alone, gone in the end, and swept where nobody could delete it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.files.temporary import own_temporary_folder

needs_posix = pytest.mark.skipif(os.name != "posix", reason="rights and users are those of POSIX")
HOLDER = """
import sys, tempfile
from pathlib import Path
from assistant.files.temporary import own_temporary_folder
with own_temporary_folder() as folder:
    Path(tempfile.mkdtemp(), "text").write_text("words")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system would have temporary files."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def holder() -> tuple[subprocess.Popen[str], Path]:
    """Another process with a folder of its own, in which it has written."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=-1, stdout=-1, text=True, cwd=Path(__file__).parents[2]
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


@needs_posix
def test_temporary_files_and_uploads_lie_in_one_folder_that_nobody_else_may_open(place: Path) -> None:
    with own_temporary_folder() as folder:
        assert folder.parent.parent == place
        assert [path.stat().st_mode & 0o777 for path in (folder, folder.parent)] == [0o700, 0o700]
        with tempfile.NamedTemporaryFile() as file:
            assert Path(file.name).parent == folder
        assert Path(os.environ["GRADIO_TEMP_DIR"]).parent == folder
        (folder / "left.txt").write_text("words")
    assert tempfile.gettempdir() == os.environ["TMPDIR"] == str(place)
    assert "GRADIO_TEMP_DIR" not in os.environ
    assert [path.name for path in folder.parent.iterdir() if not path.name.startswith(".")] == []


def test_what_a_dead_process_left_is_swept_and_what_a_living_one_holds_is_not() -> None:
    dead, left = holder()
    living, held = holder()
    dead.kill()
    dead.communicate()
    assert list(left.rglob("text"))
    with own_temporary_folder() as folder:
        assert not left.exists()
        assert list(held.rglob("text"))
        assert folder.exists()
    living.communicate()
    assert living.returncode == 0
    assert not held.exists()


@needs_posix
def test_a_folder_that_somebody_else_put_there_is_not_used(
    place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (place / f"steward-{os.getuid()}").symlink_to(elsewhere)
    with pytest.raises(AssistantError, match=r"belongs to another user\. Set TMPDIR"), own_temporary_folder():
        pass
    assert list(elsewhere.iterdir()) == []
