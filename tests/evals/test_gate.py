"""The gate: bounds on a run's scores, and no score clearly worse than in the baseline."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from evals.cases import CaseError
from evals.metrics.intervals import exact_upper_bound
from evals.metrics.scores import SCORES
from evals.results.gate import NOT_KEPT, Bound, Gates, accept_baseline, broken_gates, load_baseline, load_gates
from evals.results.records import Run, load_run
from tests.evals.test_summary import make_item, make_run


def bound(**values: Any) -> Bound:
    of = {"suite": "questions", "split": "test", "score": "fact_recall", "why": "agreed"}
    return Bound.model_validate(of | values)


def run_of(values: Sequence[float], score: str = "fact_recall", **rest: Any) -> Run:
    return make_run([make_item(number, {score: value}, **rest) for number, value in enumerate(values)])


def broken(run: Run, *bounds: Bound) -> list[str]:
    return list(broken_gates(run, Gates(bound=bounds), None))


# Of 1 and 0.5, eight each: mean 0.75, and an interval of some width around it.
HALVES = [1.0, 0.5] * 8
BOUNDS: Mapping[str, tuple[Bound, bool]] = {
    "mean-at-least": (bound(at_least=0.75), True),
    "mean-at-least-more": (bound(at_least=0.76), False),
    "mean-at-most": (bound(at_most=0.75), True),
    "mean-at-most-less": (bound(at_most=0.74), False),
    "low-lies-below-the-mean": (bound(at_least=0.7, statistic="low"), False),
    "low": (bound(at_least=0.5, statistic="low"), True),
    "high-lies-above-the-mean": (bound(at_most=0.8, statistic="high"), False),
    "high": (bound(at_most=1.0, statistic="high"), True),
    "at-least-nothing": (bound(at_least=0.0), True),
    "at-most-nothing": (bound(at_most=0.0), False),
}


@pytest.mark.parametrize(("given", "holds"), BOUNDS.values(), ids=BOUNDS.keys())
def test_a_bound_holds_or_is_broken(given: Bound, holds: bool) -> None:
    assert (broken(run_of(HALVES), given) == []) is holds


def test_a_broken_bound_says_what_was_wanted_and_why_and_names_the_worst_cases() -> None:
    # Mean (1 + 0.5 + 0 + 0.5) / 4.
    (line,) = broken(run_of([1.0, 0.5, 0.0, 0.5]), bound(at_least=0.9, why="half an answer misleads"))
    assert line == (
        "questions, test: fact_recall: mean is 0.500, wanted at least 0.9 (half an answer misleads). "
        "Look at: q-2, q-1, q-3."
    )


def test_of_a_score_that_is_better_low_the_high_ones_are_named() -> None:
    (line,) = broken(run_of([0.0, 1.0, 0.0, 1.0], "refused_answerable"), bound(score="refused_answerable", at_most=0.1))
    assert line.endswith("mean is 0.500, wanted at most 0.1 (agreed). Look at: q-1, q-3.")


def test_of_a_balance_all_that_could_be_better_are_named() -> None:
    (line,) = broken(run_of([1.0, 0.0, -1.0], "crag"), bound(score="crag", at_least=0.9))
    assert line.endswith("Look at: q-2, q-1.")


def test_ten_cases_are_named_and_the_rest_counted() -> None:
    (line,) = broken(run_of([0.0] * 12), bound(at_least=0.9))
    assert line.endswith(" and 2 more.")
    assert len(re.findall(r"q-\d+", line)) == 10


ACCEPTED = {"suite": "altered-quotes", "score": "accepted_altered"}


@pytest.mark.parametrize(("n", "at_most", "holds"), [(300, 0.0123, True), (300, 0.0121, False), (20, 0.0123, False)])
def test_where_none_was_accepted_the_upper_end_is_exact(n: int, at_most: float, holds: bool) -> None:
    # 0 of 300 may still be 1.22 %, 0 of 20 16.8 %.
    run = run_of([0.0] * n, "accepted_altered", suite="altered-quotes")
    lines = broken(run, bound(**ACCEPTED, statistic="high", at_most=at_most))
    assert (lines == []) is holds
    assert all(f"high is {exact_upper_bound(0, n):.3f}" in line for line in lines)


def test_where_some_were_accepted_the_upper_end_is_the_exact_one_if_it_is_wider() -> None:
    run = run_of([1.0] * 5 + [0.0] * 95, "accepted_altered", suite="altered-quotes")
    (line,) = broken(run, bound(**ACCEPTED, statistic="high", at_most=0.05))
    # 5 of 100: Clopper and Pearson give 0.1128, a bootstrap of 100 about 0.05 + 1.96 * sqrt(0.05 * 0.95 / 100) = 0.093.
    found = re.search(r"high is (0\.\d+)", line)
    assert found is not None
    assert float(found[1]) == pytest.approx(0.1128, abs=0.0005)


def test_one_acceptance_more_never_lowers_the_upper_end() -> None:
    # Exactly: 0 of 300 may still be 1.22 %, 1 of 300 1.84 %.
    of_1_2 = bound(**ACCEPTED, statistic="high", at_most=0.012)
    none, one = (run_of([1.0] * n + [0.0] * (300 - n), "accepted_altered", suite="altered-quotes") for n in (0, 1))
    assert len(broken(none, of_1_2)) == 1
    assert len(broken(one, of_1_2)) == 1


def test_a_score_that_the_run_lacks_breaks_its_bound() -> None:
    lines = broken(run_of([1.0]), bound(score="crag", at_least=-1.0), bound(split="dev", at_least=0.0))
    missing = "the run has no such score. Run the suite with `steward eval run`."
    assert lines == [f"questions, test: crag: {missing}", f"questions, dev: fact_recall: {missing}"]


def test_a_bound_is_on_steward_in_its_own_suite_and_split() -> None:
    items = [
        make_item(0, {"fact_recall": 1.0}),
        make_item(1, {"fact_recall": 0.0}, system="bm25"),
        make_item(2, {"fact_recall": 0.0}, split="dev"),
        make_item(3, {"fact_recall": 0.0}, suite="ablation"),
    ]
    assert broken(make_run(items), bound(at_least=1.0)) == []


def test_a_bound_on_a_kind_looks_at_that_kind() -> None:
    items = [
        make_item(number, {"accepted_altered": value}, suite="altered-quotes", slices={"kind": kind})
        for number, (kind, value) in enumerate([("figure", 0.0), ("negation", 1.0), ("figure", 0.0)])
    ]
    run = make_run(items)
    assert broken(run, bound(**ACCEPTED, kind="figure", at_most=0.0)) == []
    (line,) = broken(run, bound(**ACCEPTED, kind="negation", at_most=0.5))
    assert line.startswith("altered-quotes, test, negation: accepted_altered: mean is 1.000, wanted at most 0.5")
    (missing,) = broken(run, bound(**ACCEPTED, kind="date", at_most=0.5))
    assert missing.startswith("altered-quotes, test, date: accepted_altered: the run has no such score.")


def regressions(before: Run, after: Run, *scores: str) -> list[str]:
    return list(broken_gates(after, Gates(bound=(), regression=scores), before))


def test_a_score_that_got_clearly_worse_names_the_cases() -> None:
    before, after = run_of([1.0] * 12), run_of([0.5] * 6 + [1.0] * 5 + [0.0])
    (line,) = regressions(before, after, "fact_recall")
    assert line.startswith("questions, test: fact_recall fell from 1.000 to 0.667, by ")
    assert line.endswith("(n = 12). Look at: q-11, q-0, q-1, q-2, q-3, q-4, q-5.")


def test_a_lower_score_is_a_regression_only_where_higher_is_better() -> None:
    ones, zeros = ([value] * 12 for value in (1.0, 0.0))
    score = "refused_answerable"
    assert regressions(run_of(ones, score), run_of(zeros, score), score) == []
    assert len(regressions(run_of(zeros, score), run_of(ones, score), score)) == 1


def test_a_score_that_is_worse_high_is_said_to_have_risen() -> None:
    before, after = (run_of([value] * 12, "refused_answerable") for value in (0.0, 1.0))
    (line,) = regressions(before, after, "refused_answerable")
    assert "refused_answerable rose from 0.000 to 1.000" in line


@pytest.mark.parametrize(
    ("before", "after", "scores"),
    [
        ([0.5] * 12, [1.0] * 12, ["fact_recall"]),
        ([1.0] * 12, [1.0] * 12, ["fact_recall"]),
        ([1.0] * 12, [0.0] * 12, ["crag"]),
        ([1.0, 0.0] * 6, [0.0, 1.0] * 5 + [0.0, 0.0], ["fact_recall"]),
    ],
    ids=["better", "same", "not-guarded", "within-chance"],
)
def test_what_is_no_clear_loss_of_a_guarded_score_passes(
    before: Sequence[float], after: Sequence[float], scores: Sequence[str]
) -> None:
    assert regressions(run_of(before), run_of(after), *scores) == []


def test_one_case_is_too_few_for_a_regression() -> None:
    assert regressions(run_of([1.0]), run_of([0.9]), "fact_recall") == []


def test_without_a_baseline_nothing_is_a_regression() -> None:
    gates = Gates(bound=(), regression=("fact_recall",))
    assert list(broken_gates(run_of([0.0] * 12), gates, None)) == []


def test_a_baseline_holds_scores_without_answers_and_without_sizes(tmp_path: Path) -> None:
    scores = {"fact_recall": 1.0, "milliseconds": 12.5, "words": 80.0}
    items = [
        make_item(0, scores, slices={"type": "fact"}, detail={"answer": "Forty boats."}),
        make_item(0, scores, system="bm25"),
        make_item(0, scores, system="never-refuse"),
    ]
    run = make_run(items)
    accept_baseline(run, tmp_path / "baseline")
    baseline = load_baseline(tmp_path / "baseline")
    assert baseline is not None
    assert set(NOT_KEPT) == {"milliseconds", "words"}
    # Of the floors what READMEs show.
    assert baseline.items == [
        make_item(0, {"fact_recall": 1.0}, slices={"type": "fact"}),
        make_item(0, {"fact_recall": 1.0}, system="bm25"),
    ]
    assert baseline.head == run.head.model_copy(update={"id": "baseline"})
    assert "Forty" not in (tmp_path / "baseline" / "items.jsonl").read_text(encoding="utf-8")


def test_a_newer_baseline_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for value in (0.5, 1.0):
        accept_baseline(run_of([value]), tmp_path / "baseline")
    assert [item.scores for item in load_run(tmp_path / "baseline").items] == [{"fact_recall": 1.0}]


def test_there_may_be_no_baseline_yet(tmp_path: Path) -> None:
    assert load_baseline(tmp_path / "baseline") is None


@pytest.mark.parametrize(
    "values",
    [
        [1.0, 0.5, 0.0] * 4,
        [1.0, 2 / 3] * 6,
    ],
    ids=["halves", "thirds"],
)
def test_a_run_passes_against_itself_as_baseline(values: Sequence[float], tmp_path: Path) -> None:
    run = run_of(values)
    accept_baseline(run, tmp_path / "baseline")
    baseline = load_baseline(tmp_path / "baseline")
    assert baseline is not None
    assert regressions(baseline, run, "fact_recall") == []


def test_the_gates_of_the_repository_name_known_scores_and_say_why() -> None:
    gates = load_gates()
    assert gates.bound
    assert {one.score for one in gates.bound} | set(gates.regression) <= set(SCORES)
    assert all(SCORES[score].better != "neither" for score in gates.regression)


BOUND = '[[bound]]\nsuite = "questions"\nsplit = "test"\nwhy = "agreed"\n'
WRONG: Mapping[str, tuple[str, str]] = {
    "no-toml": ("[[bound", "cannot be read: "),
    "no-bound-value": (f'{BOUND}score = "crag"\n', "bound.0: Value error, give at_least or at_most."),
    "two-bounds": (
        f'{BOUND}score = "crag"\nat_least = 0\nat_most = 1\n',
        "bound.0: Value error, give at_least or at_most.",
    ),
    "unknown-score": (
        f'{BOUND}score = "charm"\nat_least = 0\n',
        "bound.0: Value error, no score 'charm'; there are: hit@1",
    ),
    "unknown-statistic": (
        f'{BOUND}score = "crag"\nat_least = 0\nstatistic = "median"\n',
        "bound.0.statistic: Input should be 'mean', 'low' or 'high'.",
    ),
    "unknown-suite": (
        '[[bound]]\nsuite = "songs"\nsplit = "test"\nwhy = "x"\nscore = "crag"\nat_least = 0\n',
        "bound.0.suite: Input should be 'questions', ",
    ),
    "no-reason": (
        '[[bound]]\nsuite = "questions"\nsplit = "test"\nwhy = ""\nscore = "crag"\nat_least = 0\n',
        "bound.0.why: String should have at least 1 character.",
    ),
    "misspelt-field": (f'{BOUND}score = "crag"\nat_lest = 0\n', "bound.0.at_lest: Extra inputs are not permitted."),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG.keys())
def test_gates_of_another_form_are_named(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CaseError, match=re.escape(str(path)) + "[, ]+" + re.escape(message)):
        load_gates(path)


def test_missing_gates_are_named(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=re.escape(f"{tmp_path / 'gates.toml'} cannot be read: ")):
        load_gates(tmp_path / "gates.toml")


def test_a_misspelt_score_is_no_regression_gate(tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(f'regression = ["fact_recal"]\n{BOUND}score = "crag"\nat_least = 0\n', encoding="utf-8")
    with pytest.raises(CaseError, match="fact_recal"):
        load_gates(path)
