"""`steward compare` as a shell would call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answering.comparison import Cell, ComparedDocument, Comparison, Theme
from assistant.cli import main
from assistant.commands.compare import as_markdown
from assistant.models.embedding import SentenceEmbedder
from assistant.records import Quote, Speaker
from assistant.settings import load_settings
from tests.library_making import index_library, make_library

HOSTILE = "Fees | rise ![x](https://example.org/x.png) <b>now</b>\n| not | a | row |"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An indexed small library that the environment points to; the real model."""
    make_library(tmp_path)
    monkeypatch.setenv("STEWARD_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))
    settings = load_settings()
    index_library(settings, SentenceEmbedder(settings.embedding))
    return tmp_path


DOCUMENTS = ("--document", "harbour-plan", "--document", "tide-report")


@pytest.mark.slow
def test_the_table_names_who_speaks_and_what_is_only_nearest(
    library: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    capsys.readouterr()
    assert run("compare", "tide wardens", *DOCUMENTS) == 0
    out = capsys.readouterr().out
    assert "Tide Trust, Tide report (independent proposal, 2025-02)" in out
    assert "nothing near enough; nearest: " in out
    assert "[2] Summary of Tide Trust, Tide report (independent proposal, February 2025), Tide report › Wardens" in out
    assert run("compare", "tide wardens", *DOCUMENTS, "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert [cell["status"] for cell in record["themes"][0]["cells"]] == ["nothing near enough", "found"]
    assert run("compare", "tide wardens", *DOCUMENTS, "--markdown") == 0
    assert capsys.readouterr().out.splitlines()[1] == "|---|---|---|"
    assert run("compare", "tide wardens", "--document", "tide-report", "--document", "log") == 1
    assert capsys.readouterr().err.startswith("Error: No document 'log' in the library; it holds: harbour-plan")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "fees", "--document", "tide-report"], "two or more different"),
        (["compare", "fees", "--document", "tide-report", "--document", "tide-report"], "two or more different"),
        (["compare", " ", *DOCUMENTS], "topic is empty"),
        (["compare", "fees", *DOCUMENTS, "--json", "--markdown"], "--markdown or --json"),
        (["compare", "fees"], "--document"),
    ],
    ids=["one", "twice", "topic", "both-forms", "none"],
)
def test_wrong_usage_is_named(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_words_of_a_source_cannot_act_as_markdown() -> None:
    quote = Quote(
        n=1,
        document="tide-report",
        title="Tide report",
        publisher="Tide Trust",
        published="2025-02",
        speaker=Speaker("Tide Trust", "publisher", "independent-proposal", "2025-02"),
        document_status="current",
        form="quote",
        part="body",
        section=("Fees | [all](x)",),
        page=3,
        page_label="iii",
        quote=HOSTILE,
        start=0,
        end=len(HOSTILE),
        url="",
    )
    document = ComparedDocument(
        "tide-report", "Tide report", "Tide Trust", "2025-02", "independent-proposal", "current"
    )
    cells = (Cell("tide-report", "found", HOSTILE, 1), Cell("harbour-plan", "nothing near enough"))
    comparison = Comparison("fees", (document, document), (Theme("Fees?", cells),), (quote,), "v", "2026-01-01", 0.1)
    lines = as_markdown(comparison).splitlines()
    assert len(lines) == 5
    assert lines[2].replace("\\|", "").count("|") == 4
    assert lines[2].endswith("| nothing near enough |")
    assert "![" not in as_markdown(comparison).replace("\\[", "")
    assert "<b>" not in as_markdown(comparison).replace("\\<", "")
    assert "p. iii" in lines[4]
