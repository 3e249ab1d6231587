"""The commands, called as a shell would."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.answering import abstention
from assistant.answering.batch import load_questions
from assistant.cli import main
from assistant.library import open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.settings import load_settings
from tests.library_making import index_library, make_library
from tests.writers import able


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An indexed small library that the environment points to; the real model."""
    make_library(tmp_path)
    monkeypatch.setenv("STEWARD_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))
    settings = load_settings()
    index_library(settings, SentenceEmbedder(settings.embedding))
    assert run("ingest") == 0
    return tmp_path


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.mark.slow
def test_ask_gives_a_quoted_answer_and_its_record(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("ask", "How many boats will the harbour office license by 2027?", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert record["status"] == "answered"
    assert record["refused"] is False
    assert "40 boats by 2027" in record["answer"]
    citation = record["citations"][0]
    library = open_library(load_settings())
    text = library.generation.document(citation["document"]).text
    library.generation.close()
    assert text[citation["start"] : citation["end"]] == citation["quote"]
    assert citation["page"] is None
    assert citation["footnotes"][0]["url"] == "https://example.org/register"
    assert {sentence["verdict"] for sentence in record["sentences"]} == {"supported"}
    assert set(record) == {
        "question",
        "standalone_question",
        "status",
        "refused",
        "answer",
        "sentences",
        "tables",
        "gaps",
        "readings",
        "citations",
        "retrieved",
        "documents_searched",
        "model",
        "library_version",
        "as_at",
        "warnings",
        "seconds",
        "writing",
    }


@pytest.mark.slow
def test_ask_abstains_and_names_what_came_near(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    # What is said is tested here, not when: in so small a library, little is far from anything.
    monkeypatch.setattr(abstention, "ANSWERS", 1.0)
    assert run("ask", "What colour are the lamps that the harbour office pays for in Grimsby?") == 0
    out = capsys.readouterr().out
    assert "The library does not say" in out
    assert "2 documents were searched" in out
    assert "Harbour Office, Harbour plan" in out


@pytest.mark.slow
def test_ask_says_when_a_question_is_about_other_things(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("ask", "What is the capital of Mongolia?") == 0
    out = capsys.readouterr().out
    assert "outside what the library is about. 2 documents were searched" in out
    assert "Harbour" not in out


@pytest.mark.slow
def test_search_filters_and_documents_list(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run("search", "who pays for boats and wardens", "--authority", "independent-proposal", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found
    assert {item["document"] for item in found} == {"tide-report"}
    assert run("search", "boats", "--from", "2025", "--to", "2025-12-31", "--json") == 0
    assert {item["document"] for item in json.loads(capsys.readouterr().out)} == {"tide-report"}
    assert run("documents", "--json") == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["harbour-plan"]["form"] == "summary"
    assert run("documents") == 0
    assert run("doctor") == 0


@pytest.mark.slow
def test_a_written_answer_needs_a_model_and_says_what_became_of_it(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "How many boats will the harbour office license by 2027?"
    assert run("ask", question, "--mode", "generative") == 1
    assert "STEWARD_MODEL__NAME" in capsys.readouterr().err
    monkeypatch.setattr("assistant.answering.asking.build_writer", lambda settings: able("Rubbish."))
    assert run("ask", question, "--mode", "generative") == 0
    shown = capsys.readouterr().out
    assert "40 boats by 2027" in shown
    assert "Nothing by fake:able is shown" in shown
    batch, output = folder / "questions.jsonl", folder / "answers.jsonl"
    batch.write_text(json.dumps({"id": "a", "question": question}), encoding="utf-8")
    assert run("ask", "--batch", str(batch), "--output", str(output), "--mode", "generative") == 0
    record = json.loads(output.read_text(encoding="utf-8"))
    assert record["writing"]["fallback"]
    assert [item["text"] for item in record["writing"]["unkept"]] == ["Rubbish."]


def test_the_list_of_documents_shows_brackets_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_library(tmp_path)
    catalogue = tmp_path / "corpus" / "catalogue.toml"
    words = catalogue.read_text(encoding="utf-8").replace('publisher = "Tide Trust"', 'publisher = "[red]T[/b] :bee:"')
    catalogue.write_text(words, encoding="utf-8")
    monkeypatch.setenv("STEWARD_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))
    monkeypatch.setenv("COLUMNS", "200")
    assert run("documents") == 0
    assert "[red]T[/b] :bee:" in capsys.readouterr().out


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["unix", "windows"])
def test_a_batch_line_ends_at_a_line_feed_only(tmp_path: Path, end: str) -> None:
    questions = ["Who\u2028pays?", "Who\u0085rests?", "Who\u2029rows?"]
    lines = [json.dumps({"id": id_, "question": words}, ensure_ascii=False) for id_, words in enumerate(questions)]
    batch = tmp_path / "q.jsonl"
    batch.write_bytes("".join(line + end for line in lines).encode())
    assert [item.question for item in load_questions(batch)] == questions


@pytest.mark.slow
def test_a_batch_answers_follow_ups_in_their_conversation(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch, output = folder / "questions.jsonl", folder / "answers.jsonl"
    lines = [
        {"id": "a", "question": "What does the Trust recommend on tide wardens?"},
        {"id": "b", "question": "And who should pay them?", "followup_of": "a"},
    ]
    batch.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run("ask", "--batch", str(batch), "--output", str(output)) == 0
    first, second = (json.loads(line) for line in output.read_text(encoding="utf-8").splitlines())
    assert (first["id"], second["id"]) == ("a", "b")
    assert "tide wardens" in second["standalone_question"]
    assert "harbour fees" in second["answer"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["search", "boats"], 1, r"Build it with `steward ingest`"),
        (["fetch", "nothing"], 1, "No document 'nothing' in the catalogue"),
        (["ask"], 2, "Give a question"),
        (["ask", "  "], 2, "The question is empty"),
        (["ask", "Q", "--mode", "telepathy"], 2, "telepathy"),
        (
            ["add", "none.pdf", "--title", "T", "--publisher", "P", "--published", "2025", "--authority", "evidence"],
            1,
            "none.pdf: There is no such file",
        ),
        (["ask", "--batch", "none.jsonl", "--output", "x"], 1, "none.jsonl cannot be read"),
        (["nonsense"], 2, "nonsense"),
    ],
    ids=["no-index", "fetch", "no-question", "empty-question", "mode", "add", "batch", "command"],
)
def test_errors_are_one_line_with_the_mend(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    make_library(tmp_path)
    monkeypatch.setenv("STEWARD_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))
    monkeypatch.chdir(tmp_path)
    assert run(*arguments) == code
    shown = capsys.readouterr().err
    assert message.replace("\\", "") in shown
    assert "Traceback" not in shown
    assert code == 2 or shown.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 2"),
        ('{"id": "a", "question": "Again?"}', "'a' is used twice"),
        ('{"id": "b", "question": " "}', "line 2, question"),
        ('{"id": "b", "question": "Q?", "followup_of": "z"}', "followup_of names 'z'"),
    ],
    ids=["json", "twice", "empty", "parent"],
)
def test_a_wrong_batch_line_is_named_and_nothing_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, message: str
) -> None:
    batch, output = tmp_path / "q.jsonl", tmp_path / "a.jsonl"
    batch.write_text('{"id": "a", "question": "Q?"}\n' + line + "\n", encoding="utf-8")
    assert run("ask", "--batch", str(batch), "--output", str(output)) == 1
    assert message in capsys.readouterr().err
    assert not output.exists()
