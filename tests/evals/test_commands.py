"""``steward eval …`` as a shell would call it, on made-up runs."""

from __future__ import annotations

import importlib.util
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from evals import running
from evals.results import gate, records
from evals.results.gate import load_baseline
from evals.results.records import Run, save_run
from evals.running import Plan
from tests.evals.test_summary import make_item, make_run, questions, quotes
from tests.test_cli import run

OLD, NEW = "20261124T101500-0123456", "20261125T101500-0123456"
GATES = """
regression = ["fact_recall"]

[[bound]]
suite = "questions"
split = "test"
score = "fact_recall"
at_least = 0.5
why = "half an answer misleads"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Runs, baseline and gates are looked for and kept below it."""
    (tmp_path / "gates.toml").write_text(GATES, encoding="utf-8")
    monkeypatch.setattr(records, "find_run", partial(records.find_run, folder=tmp_path / "runs"))
    monkeypatch.setattr(records, "save_run", partial(records.save_run, folder=tmp_path / "runs"))
    monkeypatch.setattr(gate, "load_gates", partial(gate.load_gates, tmp_path / "gates.toml"))
    monkeypatch.setattr(gate, "load_baseline", partial(gate.load_baseline, tmp_path / "baseline"))
    monkeypatch.setattr(gate, "accept_baseline", partial(gate.accept_baseline, path=tmp_path / "baseline"))
    return tmp_path


def keep(folder: Path, value: float, name: str = OLD) -> Run:
    """A run of twelve questions with this share of their facts."""
    detail = {"question": "How many boats?", "answer": f"{value} boats.", "refused": False}
    made = make_run([make_item(number, {"fact_recall": value}, detail=detail) for number in range(12)], id=name)
    save_run(made, folder / "runs")
    return made


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["run", "--suite", "songs"], "songs"),
        (["run", "--split", "train"], "train"),
        (["compare", OLD], "after"),
        (["compare", OLD, NEW, "--limit", "-1"], "--limit"),
        (["sing"], "sing"),
    ],
    ids=["suite", "split", "one-run", "limit", "command"],
)
def test_wrong_use_exits_2_and_names_what_is_wrong(
    arguments: list[str], named: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("eval", *arguments) == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize("command", ["gate", "report"])
def test_without_a_run_the_message_names_the_command_that_makes_one(
    command: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("eval", command) == 1
    expected = f"Error: No run in {folder / 'runs'}. Make one with `steward eval run`.\n"
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    "arguments", [["gate", NEW], ["report", NEW], ["compare", OLD, NEW]], ids=["gate", "report", "compare"]
)
def test_a_run_that_is_not_there_is_named(
    arguments: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(folder, 1.0)
    assert run("eval", *arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"Error: {folder / 'runs' / NEW} is no run: ")
    assert error.endswith("Make one with `steward eval run`.\n")


def test_a_run_that_holds_every_bound_passes_the_gate(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, 1.0)
    assert run("eval", "gate") == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"0 gates broken by run {OLD}.\n")


def test_a_broken_bound_exits_1_and_names_the_cases(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, 1.0)
    keep(folder, 0.25, NEW)
    assert run("eval", "gate") == 1
    printed = capsys.readouterr()
    assert printed.out == (
        "questions, test: fact_recall: mean is 0.250, wanted at least 0.5 (half an answer misleads). "
        "Look at: q-0, q-1, q-10, q-11, q-2, q-3, q-4, q-5, q-6, q-7 and 2 more.\n"
    )
    assert printed.err == f"1 gates broken by run {NEW}.\n"


@pytest.mark.parametrize("by_path", [False, True], ids=["id", "folder"])
def test_the_gate_takes_the_run_that_is_named(by_path: bool, folder: Path) -> None:
    keep(folder, 1.0)
    keep(folder, 0.25, NEW)
    assert run("eval", "gate", str(folder / "runs" / OLD) if by_path else OLD) == 0


def test_a_loss_against_the_accepted_baseline_exits_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, 1.0)
    assert run("eval", "gate", "--accept") == 0
    assert capsys.readouterr().err.startswith(f"The baseline is now run {OLD}.\n")
    baseline = load_baseline(folder / "baseline")
    assert baseline is not None
    assert [item.detail for item in baseline.items] == [{}] * 12
    keep(folder, 0.75, NEW)
    assert run("eval", "gate") == 1
    assert capsys.readouterr().out.startswith("questions, test: fact_recall fell from 1.000 to 0.750")
    assert run("eval", "gate", OLD) == 0


def test_gates_of_another_form_exit_1(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, 1.0)
    (folder / "gates.toml").write_text("[[bound]]\n", encoding="utf-8")
    assert run("eval", "gate") == 1
    assert f"Error: {folder / 'gates.toml'}, bound.0.suite: Field required." in capsys.readouterr().err


def test_compare_prints_what_changed_and_both_answers(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, 1.0)
    keep(folder, 0.25, NEW)
    assert run("eval", "compare", OLD, NEW, "--limit", "2") == 0
    out = capsys.readouterr().out
    assert "| 1.000 | 0.250 | -0.750 (-0.750 to -0.750) | 12 | worse |" in out
    assert out.count("  - before: 1.0 boats.\n  - after: 0.25 boats.") == 2
    assert "and 10 more" in out


def test_compare_shows_the_flips_of_the_scores_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(folder, 1.0)
    keep(folder, 0.25, NEW)
    assert run("eval", "compare", OLD, NEW, "--score", "crag") == 0
    assert "**q-0**" not in capsys.readouterr().out


def test_report_writes_the_page_where_it_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_run(make_run([*questions(), *quotes()], id=OLD), folder / "runs")
    assert run("eval", "report", "--output", str(folder / "page.html")) == 0
    assert "Question 12?" in (folder / "page.html").read_text(encoding="utf-8")
    assert capsys.readouterr().err == f"Written to {folder / 'page.html'}.\n"


def test_report_writes_the_page_where_the_web_app_looks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEWARD_QUALITY_REPORT", str(folder / "quality" / "report.html"))
    keep(folder, 1.0)
    assert run("eval", "report", OLD) == 0
    assert (folder / "quality" / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.fixture
def planned(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Plan]:
    """What was to be run; in place of running it there is a made-up run."""
    plans: list[Plan] = []

    def run_evals(plan: Plan, *rest: Any) -> Run:
        plans.append(plan)
        return make_run([*questions(), *quotes()], id=NEW)

    monkeypatch.setattr(running, "run_evals", run_evals)
    return plans


def test_run_keeps_the_record_and_prints_its_tables(
    planned: list[Plan], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("eval", "run") == 0
    printed = capsys.readouterr()
    assert "# questions, test split: 22 items" in printed.out
    assert "# altered-quotes, test split: 19 items" in printed.out
    assert printed.err == f"Kept as {NEW}.\n"
    assert records.find_run(None).head.id == NEW
    assert planned == [Plan()]


def test_run_passes_on_what_is_to_be_run(planned: list[Plan], tmp_path: Path) -> None:
    options = "--suite pages --suite questions --split dev --no-floors --judge fake:one".split()
    assert run("eval", "run", *options, "--questions", str(tmp_path / "own.jsonl")) == 0
    assert planned == [Plan(("questions", "pages"), "dev", False, tmp_path / "own.jsonl", "fake:one")]


def test_run_says_which_packages_are_missing(
    planned: list[Plan], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "inspect_ai" else find_spec(name, *rest)
    )
    assert run("eval", "run") == 1
    assert "Run `pip install -e '.[evals]'`." in capsys.readouterr().err
    assert planned == []
