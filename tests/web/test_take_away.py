"""Answers saved from the page as a note."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import docx
import gradio as gr
import pytest

from assistant import answering
from assistant.errors import NoteError
from assistant.export.notes import as_markdown, note_of
from assistant.library import Library
from assistant.web.ask.take_away import FORMATS, MOST_FILES, NOTHING_YET, make_downloadable, note_file

QUESTION = "How many boats will the office license by 2027?"
FOLLOW_UP = "And how long does a licence last?"


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Gradio keeps its files; nothing else may be written to the temporary folder."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return tmp_path / "uploads"


def test_a_note_is_gradios_to_delete_and_leaves_nothing_else(library: Library, uploads: Path) -> None:
    answers = [answering.ask(library, QUESTION), answering.ask(library, FOLLOW_UP)]
    with gr.Blocks(analytics_enabled=False) as blocks:
        file = gr.DownloadButton()
    made = {name: Path(note_file(answers, name, file)) for name in FORMATS}
    assert {name: path.name for name, path in made.items()} == FORMATS
    assert all(path.is_relative_to(uploads) for path in made.values())
    assert {str(path) for path in made.values()} <= set().union(*blocks.temp_file_sets)
    assert list((uploads.parent / "temporary").iterdir()) == []
    assert made["Markdown"].read_text(encoding="utf-8") == as_markdown(note_of(answers, day=date.today()))
    text = " ".join(paragraph.text for paragraph in docx.Document(str(made["Word"])).paragraphs)
    assert QUESTION in text
    assert FOLLOW_UP in text


@pytest.mark.parametrize("name", FORMATS)
def test_with_no_answer_a_sentence_and_no_file(name: str, uploads: Path) -> None:
    with pytest.raises(NoteError, match=NOTHING_YET):
        note_file([], name, gr.DownloadButton(render=False))
    assert not list(uploads.rglob("*"))


def test_a_note_that_cannot_be_written_costs_a_sentence_without_a_path(
    library: Library, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    answers = [answering.ask(library, QUESTION)]
    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(NoteError, match=r"^steward-note\.md cannot be written: No space left on device\."):
        note_file(answers, "Markdown", gr.DownloadButton(render=False))


def test_files_that_were_handed_out_do_not_pile_up(tmp_path: Path, uploads: Path) -> None:
    with gr.Blocks(analytics_enabled=False):
        file = gr.DownloadButton()
    made = []
    for number in range(MOST_FILES + 5):
        path = tmp_path / f"{number}.md"
        path.write_text(str(number))
        made.append(Path(make_downloadable(path, file)))
        os.utime(made[-1], (number, number))
    assert [path.is_file() for path in made] == [False] * 5 + [True] * MOST_FILES
