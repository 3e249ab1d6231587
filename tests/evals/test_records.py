"""Records of runs: what is written is what is read, and the head says what made a run and nothing of the machine."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.files.saving import replace_file
from assistant.settings import load_settings
from evals.cases import DATA, CaseError
from evals.results.records import file_digest, find_run, load_run, new_head, save_run, score_estimate
from tests.evals.test_summary import make_item, make_run

REPOSITORY = Path(__file__).parents[2]
ITEMS = [
    make_item(
        1,
        {"fact_recall": 0.5, "crag": -1.0},
        slices={"type": "fact"},
        detail={"question": "How many\u2028boats?", "ranks": [1, None], "found": [{"text": "40\u0085 boats\r\n"}]},
    ),
    make_item(2, {}, errors={"judge_correct": "no reply"}, split="dev"),
    make_item(1, {"accepted_altered": 0.0}, suite="altered-quotes", slices={"kind": "figure"}),
    make_item(1, {"fact_recall": 1.0}, system="bm25"),
]


def git(*arguments: str) -> str:
    """What git says of this checkout; nothing outside one."""
    done = subprocess.run(["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    run = make_run(ITEMS, judge="fake:one")
    path = save_run(run, tmp_path)
    assert path == tmp_path / run.head.id
    read = load_run(path)
    assert (read.head, read.items) == (run.head, run.items)


def test_a_run_without_items_is_a_run(tmp_path: Path) -> None:
    assert load_run(save_run(make_run([]), tmp_path)).items == []


@given(st.text(), st.floats(allow_nan=False, allow_infinity=False))
@settings(max_examples=30)
def test_whatever_an_item_holds_it_is_one_line(text: str, value: float) -> None:
    item = make_item(1, {"words": value}, slices={text: text}, detail={"answer": text}, errors={"judge_correct": text})
    with tempfile.TemporaryDirectory() as folder:
        path = save_run(make_run([item, ITEMS[0]]), Path(folder))
        assert (path / "items.jsonl").read_bytes().count(b"\n") == 2
        assert load_run(path).items == [item, ITEMS[0]]


def test_a_run_is_found_by_its_id_by_its_folder_and_as_the_newest(tmp_path: Path) -> None:
    runs = [make_run([], id=name) for name in ("20261124T101500-0123456", "20261124T101501-0000000")]
    for run in runs[::-1]:
        save_run(run, tmp_path / "runs")
    elsewhere = save_run(make_run([], id="mine"), tmp_path / "elsewhere")
    assert find_run(runs[0].head.id, tmp_path / "runs").head == runs[0].head
    assert find_run(None, tmp_path / "runs").head == runs[1].head
    assert find_run(str(elsewhere), tmp_path / "runs").head.id == "mine"


@pytest.mark.parametrize("folder", ["runs", "nowhere"], ids=["empty", "missing"])
def test_where_there_is_no_run_the_message_says_how_to_make_one(folder: str, tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    path = tmp_path / folder
    with pytest.raises(CaseError, match=re.escape(f"No run in {path}. Make one with `steward eval run`.")):
        find_run(None, path)


def test_a_run_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=re.escape(f"{tmp_path / 'gone'} is no run: ")):
        find_run("gone", tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("run.json", "{}"),
        ("run.json", "{"),
        ("items.jsonl", "{}\n"),
        ("items.jsonl", '{"suite": "songs"}\n'),
        ("items.jsonl", None),
    ],
    ids=["head-without-fields", "half-a-head", "item-without-fields", "unknown-suite", "no-items"],
)
def test_a_run_of_another_form_is_named(name: str, content: str | None, tmp_path: Path) -> None:
    path = save_run(make_run(ITEMS), tmp_path)
    if content is None:
        (path / name).unlink()
    else:
        (path / name).write_text(content, encoding="utf-8")
    with pytest.raises(CaseError, match=re.escape(f"{path} is no run: ") + r".+Make one with `steward eval run`\."):
        load_run(path)


@pytest.mark.parametrize("name", ["run.json", "items.jsonl"])
def test_a_run_that_is_not_utf_8_is_named(name: str, tmp_path: Path) -> None:
    path = save_run(make_run(ITEMS), tmp_path)
    (path / name).write_bytes(b"\xff\xfe")
    with pytest.raises(CaseError, match=re.escape(f"{path} is no run: ")):
        load_run(path)


def test_a_wrong_item_is_named_by_line_and_field(tmp_path: Path) -> None:
    path = save_run(make_run(ITEMS), tmp_path)
    lines = (path / "items.jsonl").read_text(encoding="utf-8").replace('"split":"dev"', '"split":"train"')
    (path / "items.jsonl").write_text(lines, encoding="utf-8")
    with pytest.raises(CaseError, match=r"items\.jsonl, line 2, split"):
        load_run(path)


def test_a_run_whose_writing_broke_off_is_never_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_run(ITEMS, id="20261124T101500-0123456")
    save_run(whole, tmp_path)

    def breaks_off(path: Path, content: bytes) -> None:
        if path.name == "run.json":
            raise OSError("no space left on device")
        replace_file(path, content)

    monkeypatch.setattr("evals.results.records.replace_file", breaks_off)
    newer = make_run(ITEMS, id="20261124T101501-0123456")
    with pytest.raises(OSError, match="no space"):
        save_run(newer, tmp_path)
    assert (tmp_path / newer.head.id / "items.jsonl").exists()
    assert find_run(None, tmp_path).head == whole.head
    with pytest.raises(CaseError, match="is no run"):
        find_run(newer.head.id, tmp_path)


def test_items_are_selected_by_suite_system_split_and_slice() -> None:
    run = make_run(ITEMS)
    assert run.select("questions") == ITEMS[:2]
    assert run.select("questions", split="dev") == [ITEMS[1]]
    assert run.select("questions", type="fact") == [ITEMS[0]]
    assert run.select("questions", "bm25") == [ITEMS[3]]
    assert run.select("altered-quotes", kind="negation") == []
    assert run.systems("questions") == ["steward", "bm25"]


def test_a_mean_is_made_of_the_items_that_have_the_score() -> None:
    items = [make_item(number, {"fact_recall": value}) for number, value in enumerate((1.0, 0.5))]
    found = score_estimate([*items, make_item(9, {"words": 7.0})], "fact_recall")
    assert (found.mean, found.n, found.clusters) == (0.75, 2, 2)
    assert score_estimate(items, "hit@1").n == 0


def test_the_head_says_what_made_the_run() -> None:
    settings = load_settings(answering={"max_words": 77}, chunking={"chunk_tokens": 99})
    head = new_head(settings, "2026-11", "fake:one")
    assert (head.commit or "") == git("rev-parse", "HEAD")
    assert head.dirty == bool(git("status", "--porcelain"))
    assert re.fullmatch(r"\d{8}T\d{6}-([0-9a-f]{7}|nogit)", head.id)
    assert head.id.endswith((head.commit or "nogit")[:7])
    assert head.created.endswith("+00:00")
    assert (head.library_version, head.judge) == ("2026-11", "fake:one")
    assert (head.settings["answering"], head.settings["chunking"]) == ({"max_words": 77}, {"chunk_tokens": 99})
    assert {"questions.jsonl", "altered_quotes.jsonl", "poisoned.jsonl"} <= set(head.data)
    assert head.data["questions.jsonl"] == file_digest(DATA / "questions.jsonl")
    assert re.match(r"\d+\.", head.packages["numpy"])


def test_outside_a_checkout_there_is_no_commit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    head = new_head(load_settings(), "2026-11")
    assert (head.commit, head.dirty, head.id[-6:]) == (None, False, "-nogit")


def test_the_head_holds_no_path_and_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables: dict[str, Any] = {
        "STEWARD_CORPUS": tmp_path / "corpus",
        "STEWARD_QUALITY_REPORT": tmp_path / "report.html",
        "STEWARD_INDEX__FOLDER": tmp_path / "indexes",
        "STEWARD_INDEX__CHROMA_URL": "http://clerk:hunter2@chroma.example",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, str(value))
    written = new_head(load_settings(), "2026-11").model_dump_json()
    for private in (str(tmp_path), str(REPOSITORY), str(Path.home()), "hunter2", "clerk"):
        assert private not in written


def test_the_head_holds_no_path_of_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_EMBEDDING__MODEL", str(tmp_path / "models" / "own"))
    assert str(tmp_path) not in new_head(load_settings(), "2026-11").model_dump_json()
