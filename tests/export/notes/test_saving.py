"""Notes as files: whole or not at all, and never over another."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from assistant.cli import main
from assistant.errors import NoteError
from assistant.export.notes import check_place, note_of, save_note
from assistant.files.saving import write_whole
from assistant.models.embedding import SentenceEmbedder
from assistant.settings import load_settings
from tests.export.notes.answers import DAY, QUOTE, answer_with
from tests.library_making import index_library, make_library

NOTE = note_of([answer_with(QUOTE)], DAY)


@pytest.mark.parametrize("name", ["note.md", "note.docx", "NOTE.DOCX"])
def test_a_note_is_saved_by_its_ending(tmp_path: Path, name: str) -> None:
    save_note(NOTE, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    if name.endswith(".md"):
        assert (tmp_path / name).read_text(encoding="utf-8").startswith("# How many boats")
    else:
        assert docx.Document(str(tmp_path / name)).paragraphs[0].text == NOTE.title


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("note.pdf", r"saved as \.md or \.docx, not as 'note\.pdf'"),
        ("note", r"not as 'note'"),
        ("nowhere/note.md", r"no folder .*nowhere"),
        ("folder.md", r"folder\.md is a folder"),
        ("there.md", r"there\.md exists already.*--force"),
    ],
)
def test_a_place_that_will_not_do_is_refused_with_what_to_do(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "there.md").write_text("mine", encoding="utf-8")
    (tmp_path / "folder.md").mkdir()
    for refuse in (lambda: check_place(tmp_path / name), lambda: save_note(NOTE, tmp_path / name)):
        with pytest.raises(NoteError, match=message):
            refuse()
    assert (tmp_path / "there.md").read_text(encoding="utf-8") == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder.md", "there.md"]


def test_a_file_that_comes_meanwhile_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "note.md"
    monkeypatch.setattr(
        "assistant.export.notes.saving.check_place", lambda *_: path.write_text("mine", encoding="utf-8")
    )
    with pytest.raises(NoteError, match="exists already"):
        save_note(NOTE, path)
    assert path.read_text(encoding="utf-8") == "mine"
    assert [item.name for item in tmp_path.iterdir()] == ["note.md"]


def test_overwriting_replaces_the_file_and_a_failure_leaves_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "note.md"
    path.write_text("old", encoding="utf-8")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(NoteError, match="cannot be written: No space left on device"):
            save_note(NOTE, path, overwrite=True)
    assert path.read_text(encoding="utf-8") == "old"
    save_note(NOTE, path, overwrite=True)
    assert path.read_text(encoding="utf-8").startswith("# How many boats")
    assert [item.name for item in tmp_path.iterdir()] == ["note.md"]


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.mark.slow
def test_ask_saves_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_library(tmp_path)
    monkeypatch.setenv("STEWARD_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))
    settings = load_settings()
    index_library(settings, SentenceEmbedder(settings.embedding))
    asked = ("ask", "How many boats will the harbour office license by 2027?", "--save")
    capsys.readouterr()
    assert run(*asked, str(tmp_path / "note.docx")) == 0
    shown = capsys.readouterr()
    assert "40 boats by 2027" in shown.out
    assert shown.err.endswith(f"Saved {tmp_path / 'note.docx'}.\n")
    paragraphs = [paragraph.text for paragraph in docx.Document(str(tmp_path / "note.docx")).paragraphs]
    assert any(text.startswith("The office will license 40 boats by 2027.") for text in paragraphs)
    assert run(*asked, str(tmp_path / "note.docx")) == 1
    assert "exists already" in capsys.readouterr().err
    assert run(*asked, str(tmp_path / "note.docx"), "--force") == 0
    assert run(*asked, str(tmp_path / "note.md"), "--json") == 0
    assert "[^1]: Summary of Harbour Office, Harbour plan" in (tmp_path / "note.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--save", "note.pdf"), 1, "Error: A note is saved as .md or .docx"),
        (("--save", "nowhere/note.md"), 1, "Error: There is no folder nowhere."),
        (("--force",), 2, "--force only with"),
    ],
)
def test_a_wrong_place_is_refused_before_anything_is_asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("assistant.library.open_library", lambda _: pytest.fail("the library was opened"))
    assert run("ask", "How many boats?", *arguments) == code
    assert message in capsys.readouterr().err


def test_a_file_has_its_name_once_it_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, named = tmp_path / "note.md", Path.hardlink_to

    def watched(self: Path, target: Path) -> None:
        assert not path.exists()
        named(self, target)
        assert path.read_bytes() == b"whole"
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "hardlink_to", watched)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"whole")
    assert [item.name for item in tmp_path.iterdir()] == ["note.md"]


def test_a_disk_without_links_takes_files_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    path = tmp_path / "note.md"
    write_whole(path, b"one")
    with pytest.raises(FileExistsError):
        write_whole(path, b"two")
    assert [item.read_bytes() for item in tmp_path.iterdir()] == [b"one"]
