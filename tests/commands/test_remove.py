"""``steward add`` and ``steward remove`` as a shell calls them, and what other commands say of a broken entry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.sources.catalogue import add_file
from tests.library_making import make_library


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The corpus of a small library that nothing was built of, to which the environment points."""
    make_library(tmp_path)
    monkeypatch.setenv("STEWARD_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))
    return tmp_path / "corpus"


def add(file: Path) -> int:
    details = ("--title", "Ferries", "--publisher", "P", "--published", "2026", "--authority", "evidence")
    return run("add", str(file), *details)


def test_a_document_is_added_and_removed(library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.md"
    own.write_text("Ferries sail at noon.", encoding="utf-8")
    assert add(own) == 0
    assert run("remove", "ferries") == 0
    assert "Ferries (P, 2026) was removed. Questions are no longer answered from it." in capsys.readouterr().out
    assert run("remove", "ferries") == 1
    assert capsys.readouterr().err == "Error: No document 'ferries' was added to the library; there is none.\n"
    assert run("remove", "tide-report") == 1
    assert "has no added file to remove" in capsys.readouterr().err
    assert own.exists()


def test_a_file_that_cannot_be_read_is_refused_with_one_sentence(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnot a document at all")
    assert add(broken) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("Error: broken.pdf: The PDF is cut short")
    assert shown.err.count("\n") == 1
    assert not shown.out
    assert not [path for path in (library / "added").iterdir() if path.name != ".lock"]


def test_a_broken_entry_is_named_with_its_fix_and_the_rest_is_listed(
    library: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.md"
    own.write_text("Ferries sail at noon.", encoding="utf-8")
    add_file(own, library, title="Ferries", publisher="P", published="2026", authority="evidence")
    (library / "added" / "ferries" / "source.json").write_text("[", encoding="utf-8")
    assert run("documents", "--json") == 0
    shown = capsys.readouterr()
    assert [row["id"] for row in json.loads(shown.out)] == ["harbour-plan", "tide-report"]
    assert shown.err.startswith("Left out ferries: ")
    run("doctor", "--json")
    found = {item["what"]: item for item in json.loads(capsys.readouterr().out)}
    assert found["catalogue"]["ok"]
    assert not found["own documents"]["ok"]
    for told in (shown.err, found["own documents"]["detail"]):
        assert "added/ferries/source.json is not valid JSON" in told
        assert "`steward remove ferries`" in told
    assert run("remove", "ferries") == 0
    capsys.readouterr()
    run("doctor", "--json")
    assert {item["what"]: item["ok"] for item in json.loads(capsys.readouterr().out)}["own documents"]
