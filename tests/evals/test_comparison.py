"""Two runs side by side: paired changes, what they mean, and the cases that flipped with both answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.intervals import Estimate
from evals.metrics.scores import SCORES, Better
from evals.results.comparison import Change, compare, direction
from evals.results.comparison_text import ANSWER_CHARACTERS, render_changes
from evals.results.records import Run
from tests.evals.test_summary import make_item, make_run


def run_of(values: Sequence[float | None], score: str = "fact_recall", **rest: Any) -> Run:
    """A case for each value, numbered; none where the value is None."""
    return make_run(
        [make_item(number, {score: value}, **rest) for number, value in enumerate(values) if value is not None]
    )


def changed(before: Sequence[float | None], after: Sequence[float | None], score: str = "fact_recall") -> Change:
    (change,) = compare(run_of(before, score), run_of(after, score))
    return change


def test_a_change_is_paired_and_worked_by_hand() -> None:
    # Changes 0.5, 0, 0, -0.25: mean 0.0625.
    change = changed([0.5, 1.0, 0.0, 0.25], [1.0, 1.0, 0.0, 0.0])
    assert (change.suite, change.split, change.score) == ("questions", "test", "fact_recall")
    assert (change.before, change.after) == (0.4375, 0.5)
    assert (change.difference.mean, change.difference.n, change.difference.clusters) == (0.0625, 4, 4)
    assert change.difference.low < 0 < change.difference.high
    assert change.direction == "no clear difference"


def test_only_cases_that_both_runs_have_are_compared() -> None:
    change = changed([1.0, 0.0, None, 1.0], [0.0, None, 1.0, 1.0])
    assert (change.before, change.after, change.difference.n) == (1.0, 0.5, 2)
    assert compare(run_of([1.0, None]), run_of([None, 1.0])) == []


def test_only_cases_that_have_the_score_in_both_runs_are_compared() -> None:
    before = make_run([make_item(0, {"fact_recall": 1.0}), make_item(1, {"fact_recall": 1.0, "crag": 1.0})])
    after = make_run([make_item(0, {"crag": 1.0}), make_item(1, {"fact_recall": 0.0})])
    (change,) = compare(before, after)
    assert (change.score, change.before, change.after, change.difference.n) == ("fact_recall", 1.0, 0.0, 1)


def test_suites_splits_and_systems_are_not_mixed() -> None:
    items = [
        make_item(0, {"accepted_altered": 0.0}, suite="altered-quotes", split="dev"),
        make_item(0, {"fact_recall": 1.0, "hit@1": 1.0}),
        make_item(0, {"fact_recall": 0.5}, split="dev"),
        make_item(0, {"fact_recall": 0.25}, system="bm25"),
    ]
    run = make_run(items)
    changes = [(one.suite, one.split, one.score, one.after) for one in compare(run, run)]
    assert changes == [
        ("questions", "test", "hit@1", 1.0),
        ("questions", "test", "fact_recall", 1.0),
        ("questions", "dev", "fact_recall", 0.5),
        ("altered-quotes", "dev", "accepted_altered", 0.0),
    ]
    assert [one.after for one in compare(run, run, "bm25")] == [0.25]


MEANT: Mapping[str, tuple[Estimate, Better, str]] = {
    "higher-is-better": (Estimate(0.1, 0.05, 0.15, 50, 20), "higher", "better"),
    "higher-got-lower": (Estimate(-0.1, -0.15, -0.05, 50, 20), "higher", "worse"),
    "lower-is-better": (Estimate(-0.1, -0.15, -0.05, 50, 20), "lower", "better"),
    "lower-got-higher": (Estimate(0.1, 0.05, 0.15, 50, 20), "lower", "worse"),
    "neither": (Estimate(0.1, 0.05, 0.15, 50, 20), "neither", "no clear difference"),
    "zero-within": (Estimate(0.1, -0.05, 0.25, 50, 20), "higher", "no clear difference"),
    "zero-at-the-end": (Estimate(0.1, 0.0, 0.2, 50, 20), "higher", "no clear difference"),
    "nothing-measured": (Estimate(float("nan"), float("nan"), float("nan"), 0, 0), "higher", "no clear difference"),
}


@pytest.mark.parametrize(("difference", "better", "meant"), MEANT.values(), ids=MEANT.keys())
def test_a_difference_means_something_where_its_interval_leaves_0_out(
    difference: Estimate, better: Better, meant: str
) -> None:
    assert direction(difference, better) == meant


@pytest.mark.parametrize(
    ("score", "meant"),
    [("fact_recall", "worse"), ("refused_answerable", "better"), ("words", "no clear difference")],
    ids=["higher", "lower", "neither"],
)
def test_the_direction_is_that_of_the_score(score: str, meant: str) -> None:
    assert changed([1.0] * 8, [0.0] * 8, score).direction == meant


@pytest.mark.parametrize(
    ("score", "worst"), [("fact_recall", "q-1"), ("refused_answerable", "q-2")], ids=["higher", "lower"]
)
def test_flips_come_worst_first_and_those_alike_by_id(score: str, worst: str) -> None:
    # Changes 0, -1, 1, -0.5, -0.5 and one too small to tell.
    change = changed([0.5, 1.0, 0.0, 1.0, 0.5, 1.0], [0.5, 0.0, 1.0, 0.5, 0.0, 1.0 - 1e-12], score)
    gains = [flip.gain for flip in change.flips]
    assert gains == sorted(gains)
    names = [flip.after.id for flip in change.flips]
    assert names[0] == worst
    assert sorted(names) == ["q-1", "q-2", "q-3", "q-4"]
    assert names.index("q-3") + 1 == names.index("q-4")


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=8))
def test_a_comparison_the_other_way_round_has_the_opposite_sign(pairs: list[tuple[float, float]]) -> None:
    there = changed([before for before, _ in pairs], [after for _, after in pairs])
    back = changed([after for _, after in pairs], [before for before, _ in pairs])
    assert there.difference.mean == pytest.approx(-back.difference.mean)
    assert len(there.flips) == len(back.flips)
    assert there.difference.mean == pytest.approx(there.after - there.before)


def detailed(values: Sequence[float], answer: str, **detail: Any) -> Run:
    shown = {"question": "How many boats?", "answer": answer, "refused": False} | detail
    return run_of(values, detail=shown)


def test_the_table_has_a_line_for_each_change() -> None:
    text = render_changes(compare(run_of([1.0] * 8), run_of([0.5] * 8)))
    assert text.splitlines()[2] == (
        f"| questions | test | {SCORES['fact_recall'].title} | 1.000 | 0.500 | -0.500 (-0.500 to -0.500) | 8 | worse |"
    )


def test_flips_show_both_answers() -> None:
    text = render_changes(compare(detailed([1.0, 0.0], "Forty\nboats."), detailed([0.5, 1.0], "Ten boats.")))
    assert "(questions, test): 1 got worse, 1 got better" in text
    worse = text.splitlines().index("- **q-0** 1.00 → 0.50: How many boats?")
    better = text.splitlines().index("- **q-1** 0.00 → 1.00: How many boats?")
    assert worse < better
    assert text.splitlines()[worse + 1 : worse + 3] == ["  - before: Forty boats.", "  - after: Ten boats."]


def test_a_refusal_is_shown_as_one() -> None:
    before = detailed([1.0], "Forty boats.")
    after = detailed([0.0], "The library does not hold the answer.", refused=True)
    assert "  - before: Forty boats.\n  - after: (refused)" in render_changes(compare(before, after))


def test_a_long_answer_is_cut() -> None:
    text = render_changes(compare(detailed([1.0], "boat " * 200), detailed([0.0], "No.")))
    (shown,) = [line for line in text.splitlines() if line.startswith("  - before: ")]
    assert len(shown) <= len("  - before: ") + ANSWER_CHARACTERS + 2
    assert shown.endswith("boat …")


def test_a_claim_is_shown_where_there_is_no_question() -> None:
    shown = {"suite": "altered-quotes", "detail": {"claim": "Fifty boats sail."}}
    before, after = (run_of([value], "accepted_altered", **shown) for value in (0.0, 1.0))
    assert "- **q-0** 0.00 → 1.00: Fifty boats sail." in render_changes(compare(before, after))


def test_the_flips_shown_are_those_asked_for() -> None:
    changes = compare(run_of([1.0, 1.0], "crag"), run_of([-1.0, 0.0], "crag"))
    assert "**q-0**" not in render_changes(changes)
    assert "**q-0**" in render_changes(changes, ["crag"])


@pytest.mark.parametrize(("limit", "shown"), [(0, 0), (2, 2), (3, 3), (9, 3)])
def test_so_many_flips_are_shown_and_the_rest_counted(limit: int, shown: int) -> None:
    text = render_changes(compare(run_of([1.0] * 3), run_of([0.0] * 3)), limit=limit)
    assert text.count("- **q-") == shown
    rest = f"… and {3 - shown} more; see them with `--limit 3`."
    assert (rest in text) == (shown < 3)


def test_runs_without_a_common_case_say_so() -> None:
    assert render_changes(compare(run_of([1.0]), make_run([]))) == "The two runs have no case in common."
