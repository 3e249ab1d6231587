"""A run on the shipped library, from the questions to the record, the report and Inspect's own log."""

from __future__ import annotations

import gc
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from inspect_ai.log import read_eval_log

from assistant import answering
from assistant.answering import Turn
from evals import running, suites
from evals.bench import Bench
from evals.cases import CaseError, Question, load_questions
from evals.metrics.retrieval import RETRIEVAL_SCORES
from evals.metrics.scores import SCORES
from evals.results.records import Item, Run, file_digest, load_run, save_run
from evals.results.report import render_report
from evals.running import Plan, check_data, run_evals
from tests.library_making import shipped_library

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    # Inspect leaves memory streams of its own to the garbage collector.
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in.*MemoryObjectReceiveStream:pytest.PytestUnraisableExceptionWarning"
    ),
]
BALANCES = ("crag", "words", "milliseconds")
"""Scores that are no shares."""


def four_questions() -> list[Question]:
    """A question with an answer, one without, and a follow-up behind its parent."""
    by_id = {case.id: case for case in load_questions()}
    follow_up = next(case for case in by_id.values() if case.followup_of and not by_id[case.followup_of].followup_of)
    fact = next(case for case in by_id.values() if case.type == "fact" and case.id != follow_up.followup_of)
    unanswerable = next(case for case in by_id.values() if not case.answerable)
    return [fact, unanswerable, by_id[str(follow_up.followup_of)], follow_up]


def write(folder: Path, *cases: Question) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(f"{case.model_dump_json()}\n" for case in cases), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Done:
    """A finished run and what it left."""

    run: Run
    cases: list[Question]
    questions: Path
    logs: Path
    steps: list[tuple[str, int, int]]

    def item(self, case: Question) -> Item:
        (item,) = [item for item in self.run.items if item.id == case.id]
        return item


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A bench over a shipped library of its own."""
    own = Bench()
    with pytest.MonkeyPatch.context() as patch:
        settings = shipped_library(tmp_path_factory.mktemp("shipped") / "indexes")
        patch.setenv("STEWARD_INDEX__FOLDER", str(settings.index.folder))
        library = own.library
    yield own
    library.generation.close()


@pytest.fixture
def logs(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Inspect's logs; runs use the bench of these tests."""
    monkeypatch.setattr(Bench, "shared", staticmethod(lambda: bench))
    monkeypatch.setattr(running, "LOGS", tmp_path / "logs")
    return tmp_path / "logs"


@pytest.fixture(scope="module")
def done(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("run")
    cases = four_questions()
    path = write(folder, *cases)
    steps: list[tuple[str, int, int]] = []
    plan = Plan(suites=("questions",), floors=False, questions=path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Bench, "shared", staticmethod(lambda: bench))
        patch.setattr(running, "LOGS", folder / "logs")
        run = run_evals(plan, bench.settings, lambda step, number, total: steps.append((step, number, total)))
    gc.collect()
    return Done(run, cases, path, folder / "logs", steps)


def test_every_case_is_one_item(done: Done) -> None:
    assert sorted((item.id, item.split, item.cluster) for item in done.run.items) == sorted(
        (case.id, case.split, case.cluster) for case in done.cases
    )
    assert {(item.suite, item.system) for item in done.run.items} == {("questions", "steward")}
    assert done.steps == [("questions, steward", 0, 1), ("done", 1, 1)]


def test_scores_are_known_finite_and_shares(done: Done) -> None:
    for item in done.run.items:
        assert item.errors == {}
        assert set(item.scores) <= set(SCORES)
        assert all(math.isfinite(value) for value in item.scores.values())
        assert all(0 <= value <= 1 for name, value in item.scores.items() if name not in BALANCES)
        assert -1 <= item.scores["crag"] <= 1 < item.scores["milliseconds"]


def test_a_case_has_the_scores_that_it_allows(done: Done) -> None:
    for case in done.cases:
        scores = done.item(case).scores
        of_answers = {"fact_recall", "full_answer", "refused_answerable", *RETRIEVAL_SCORES}
        assert of_answers.issubset(scores) == case.answerable
        assert of_answers.isdisjoint(scores) == (not case.answerable)
        assert ("refused_unanswerable" in scores) == (not case.answerable)
        assert ("citation_recall" in scores) == (not done.item(case).detail["refused"])


def test_an_item_holds_what_a_reader_needs(done: Done) -> None:
    for case in done.cases:
        item = done.item(case)
        assert set(item.slices) == {"type", "style", "document", "part", "authority"}
        assert set(item.detail) == {
            "question",
            "style",
            "answer",
            "refused",
            "expected",
            "status_expected",
            "key_facts_missing",
            "support",
            "ranks",
            "found",
            "citations",
            "sentences",
        }
        assert item.detail["question"] == case.question
        assert item.detail["expected"] == case.answer
        assert len(item.detail["ranks"]) == len(item.detail["support"]) == len(case.spans)
        assert [set(one) for one in item.detail["found"]] == [{"text_id", "section", "text"}] * 3
        assert all(set(one) == {"n", "document", "section", "quote"} for one in item.detail["citations"])
        assert all(set(one) == {"text", "verdict", "citations"} for one in item.detail["sentences"])


def test_the_answers_are_those_that_users_get(done: Done, bench: Bench) -> None:
    fact, unanswerable, parent, follow_up = done.cases
    for case in (fact, unanswerable, parent):
        assert done.item(case).detail["answer"] == answering.ask(bench.library, case.question).answer
    turn = Turn(parent.question, done.item(parent).detail["answer"])
    expected = answering.ask(bench.library, follow_up.question, conversation=[turn])
    assert done.item(follow_up).detail["answer"] == expected.answer
    assert expected.standalone_question != follow_up.question


def test_the_record_outlives_the_process_and_makes_a_report(done: Done, tmp_path: Path) -> None:
    read = load_run(save_run(done.run, tmp_path))
    assert (read.head, read.items) == (done.run.head, done.run.items)
    page = render_report(read)
    assert "The library holds the answer to" in page


def test_the_head_names_the_library_that_was_asked(done: Done, bench: Bench) -> None:
    assert done.run.head.library_version == bench.library.generation.manifest.library_version
    assert done.run.head.settings["embedding"]["model"] == bench.settings.embedding.model


def test_the_head_knows_the_questions_that_were_asked(done: Done) -> None:
    assert file_digest(done.questions) in done.run.head.data.values()


def test_inspects_own_log_can_be_read(done: Done) -> None:
    (path,) = done.logs.glob("*.eval")
    log = read_eval_log(str(path))
    assert (log.status, log.eval.task) == ("success", "grounding")
    assert log.samples is not None
    assert {str(sample.id) for sample in log.samples} == {case.id for case in done.cases}
    for sample in log.samples:
        assert set(sample.scores or {}) == {"kept"}
        assert sample.output.completion == sample.metadata["outcome"]["answer"]
    means = {score.name: score for score in log.results.scores} if log.results else {}
    assert (means["fact_recall"].scored_samples, means["fact_recall"].unscored_samples) == (3, 1)


def dangling() -> Question:
    case = four_questions()[0]
    record = json.loads(case.model_dump_json())
    record["spans"][0]["snippet"] = "words that stand nowhere"
    return Question.model_validate(record)


def test_a_broken_data_set_is_refused_before_anything_is_asked(
    logs: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "load_questions", lambda: [dangling()])
    steps: list[str] = []
    plan = Plan(suites=("questions",), floors=False)
    with pytest.raises(CaseError, match=r"have 1 problems:\n.*'words that stand nowhere' does not stand in that"):
        run_evals(plan, bench.settings, lambda step, done, total: steps.append(step))
    assert (steps, logs.exists()) == ([], False)


def test_a_file_of_questions_of_another_form_is_refused_before_anything_is_asked(
    logs: Path, bench: Bench, tmp_path: Path
) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "boats"}\n', encoding="utf-8")
    with pytest.raises(CaseError, match=r"questions\.jsonl, line 1, split: Field required"):
        run_evals(Plan(suites=("questions",), floors=False, questions=path), bench.settings)
    assert not logs.exists()


def test_a_case_that_fails_fails_the_run_and_names_the_log(logs: Path, bench: Bench, tmp_path: Path) -> None:
    plan = Plan(suites=("questions",), floors=False, questions=write(tmp_path, dangling()))
    with pytest.raises(CaseError, match=r"words that stand nowhere"):
        run_evals(plan, bench.settings)
    gc.collect()


def test_a_dangling_file_of_questions_is_refused_before_anything_is_asked(
    logs: Path, bench: Bench, tmp_path: Path
) -> None:
    plan = Plan(suites=("questions",), floors=False, questions=write(tmp_path, dangling()))
    with pytest.raises(CaseError):
        run_evals(plan, bench.settings)
    gc.collect()
    assert not logs.exists()


@pytest.mark.parametrize(
    "suite",
    [
        "questions",
        "ablation",
        "pages",
    ],
)
def test_questions_are_checked_whichever_suite_asks_them(
    suite: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suites, "load_questions", lambda: [dangling()])
    with pytest.raises(CaseError, match="words that stand nowhere"):
        check_data(Plan(suites=(suite,)), bench)  # type: ignore[arg-type]


def test_the_committed_data_sets_are_in_order(bench: Bench) -> None:
    check_data(Plan(), bench)
