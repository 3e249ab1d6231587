"""`steward check` as a shell would call it."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest

from tests.commands.test_compare import library, run  # noqa: F401 - a fixture

DRAFT = (
    "The Harbour Office will license 60 boats by 2027.",
    "Every licence lasts three years.",
    "The government will appoint a tide warden in every harbour.",
    "Penguins nest beside the old lighthouse.",
)


@pytest.mark.slow
@pytest.mark.usefixtures("library")
def test_a_word_draft_is_checked_sentence_by_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft = docx.Document()
    draft.add_heading("Boats", level=1)
    for sentence in DRAFT:
        draft.add_paragraph(sentence)
    path = tmp_path / "draft.docx"
    draft.save(str(path))
    capsys.readouterr()
    assert run("check", str(path), "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["draft"] == "draft.docx"
    assert [(item["text"], item["verdict"]) for item in record["sentences"]] == [
        ("Boats", "not a claim"),
        (DRAFT[0], "clashes"),
        (DRAFT[1], "verbatim"),
        (DRAFT[2], "clashes"),
        (DRAFT[3], "not found"),
    ]
    assert record["sentences"][1]["reasons"][0]["check"] == "figure"
    assert record["citations"][0]["quote"].startswith("The office will license 40 boats")
    assert run("check", str(path)) == 0
    out = capsys.readouterr().out
    assert "figure: the draft says “60”, the library “40”" in out
    assert "5 sentences: 1 verbatim, 2 clashes, 1 not found, 1 not a claim." in out
    assert "[1] Summary of Harbour Office, Harbour plan (government policy, 1 May 2024), Harbour plan › Boats" in out


@pytest.mark.slow
@pytest.mark.usefixtures("library")
def test_a_checked_draft_is_saved_in_word_with_comments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft, saved = tmp_path / "draft.md", tmp_path / "checked.docx"
    draft.write_text(" ".join(DRAFT), encoding="utf-8")
    assert run("check", str(draft), "--word", str(saved)) == 0
    comments = [comment.text.split("\n") for comment in docx.Document(str(saved)).comments]
    assert [lines[0] for lines in comments] == ["Clashes with the library", "Clashes with the library", "Not found"]
    assert comments[0][1] == "Figure: the draft says “60”, the library “40”."
    capsys.readouterr()
    assert run("check", str(draft), "--word", str(saved)) == 1
    assert "checked.docx exists already." in capsys.readouterr().err
    assert run("check", str(saved), "--word", str(saved), "--force") == 0
    assert len(list(docx.Document(str(saved)).comments)) == 6


def test_a_draft_that_is_not_there_costs_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", str(tmp_path / "none.md")) == 1
    err = capsys.readouterr().err
    assert "none.md: There is no such file" in err
    assert err.count("\n") == 1
