"""Tables of a run: means, paired differences, altered quotes, slices and failures, against values worked by hand."""

from __future__ import annotations

import doctest
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from evals.cases import Split
from evals.metrics.scores import SCORES, Suite
from evals.results import summary
from evals.results.records import Item, Run, RunHead
from evals.results.summary import failures, main_table, quote_table, render_text, slice_tables, worst_items


def make_item(
    number: int,
    scores: Mapping[str, float],
    *,
    suite: Suite = "questions",
    system: str = "steward",
    split: Split = "test",
    name: str = "q",
    cluster: str | None = None,
    slices: Mapping[str, str] | None = None,
    **rest: Any,
) -> Item:
    return Item(
        suite=suite,
        system=system,
        id=f"{name}-{number}",
        split=split,
        cluster=cluster or f"section-{number}",
        slices=slices or {},
        scores=scores,
        **rest,
    )


def make_run(items: Iterator[Item] | list[Item], **head: Any) -> Run:
    values = {
        "id": "20261124T101500-0123456",
        "created": "2026-11-24T10:15:00+00:00",
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "dirty": False,
        "library_version": "2026-11",
        "settings": {"answering": {"max_words": 120}},
        "seeds": {"bootstrap": 1},
        "packages": {"numpy": "2.0"},
        "python": "3.11.9",
        "machine": "Linux x86_64",
        "data": {"questions.jsonl": "ab" * 32},
    }
    return Run(RunHead(**(values | head)), items)


def questions(split: Split = "test", name: str = "q") -> Iterator[Item]:
    """18 answerable questions and 4 unanswerable ones, each on a section of its own, and BM25 beside Steward.

    Key facts: 8 of type fact at 1, 8 of type list at 0.5 (4 of them), 0 answered (2) and 0 refused (2), 2 of type
    reason at 0: mean 10 / 18. BM25 gives 0.25 on each, so that Steward is higher by
    (8 × 0.75 + 4 × 0.25 - 4 × 0.25 - 2 × 0.25) / 18 = 5.5 / 18.
    """
    recalls = [1.0] * 8 + [0.5] * 4 + [0.0] * 6
    types = ["fact"] * 8 + ["list"] * 8 + ["reason"] * 2
    for number, (recall, kind) in enumerate(zip(recalls, types, strict=True)):
        refused = float(number in (14, 15))
        scores = {"fact_recall": recall, "refused_answerable": refused, "spans@10": float(number != 9)}
        detail = {"question": f"Question {number}?", "expected": "Forty.", "answer": "Ten.", "refused": bool(refused)}
        sized = {"milliseconds": 10.0 * (number + 1)}
        yield make_item(number, scores | sized, split=split, name=name, slices={"type": kind}, detail=detail)
        floor = {"fact_recall": 0.25, "refused_answerable": 0.0}
        yield make_item(number, floor, system="bm25", split=split, name=name, slices={"type": kind})
    for number in range(20, 24):
        scores = {"refused_unanswerable": float(number != 20)}
        yield make_item(number, scores, split=split, name=name, slices={"type": "unanswerable"})


def quotes() -> Iterator[Item]:
    """10 altered figures, none accepted; 4 negations, 1 accepted; 5 verbatim, all accepted; accept-all takes all."""
    kinds = ["figure"] * 10 + ["negation"] * 4 + ["verbatim"] * 5
    for number, kind in enumerate(kinds):
        score = "accepted_supported" if kind == "verbatim" else "accepted_altered"
        for system in ("accept-all", "steward"):
            accepted = float(system == "accept-all" or kind == "verbatim" or number == 13)
            yield make_item(
                number,
                {score: accepted},
                suite="altered-quotes",
                system=system,
                name="claim",
                slices={"kind": kind},
                detail={"claim": f"Claim {number}.", "altered": "25 → 35", "accepted": bool(accepted)},
            )


def test_means_and_paired_differences_are_those_worked_by_hand() -> None:
    table = main_table(make_run(questions()), "questions", "test")
    (recall,) = table.groups["Facts"]
    (against,) = recall.floors
    assert (table.asked, table.floors) == (22, ("bm25",))
    assert recall.steward.mean == pytest.approx(10 / 18)
    assert recall.steward.n == 18
    assert (against.estimate.mean, against.estimate.n) == (0.25, 18)
    assert against.difference.mean == pytest.approx(5.5 / 18)
    assert against.difference.low > 0
    assert against.verdict == "better"


def test_rows_follow_the_order_of_the_scores() -> None:
    table = main_table(make_run(questions()), "questions", "test")
    names = [row.score for row in table.rows]
    assert names == [name for name in SCORES if name in names]


@pytest.mark.parametrize(
    ("ours", "theirs", "verdict"),
    [(0.0, 1.0, "better"), (1.0, 0.0, "worse"), (1.0, 1.0, "no clear difference")],
    ids=["fewer", "more", "alike"],
)
def test_a_lower_score_is_better_where_lower_is_better(ours: float, theirs: float, verdict: str) -> None:
    items = [
        make_item(number, {"refused_answerable": value}, system=system)
        for system, value in (("steward", ours), ("bm25", theirs))
        for number in range(8)
    ]
    (row,) = main_table(make_run(items), "questions", "test").rows
    assert row.floors[0].verdict == verdict


def test_sizes_are_higher_or_lower_but_never_better() -> None:
    items = [
        make_item(number, {"words": words}, system=system)
        for system, words in (("steward", 90.0), ("bm25", 60.0))
        for number in range(8)
    ]
    (row,) = main_table(make_run(items), "questions", "test").rows
    assert row.floors[0].verdict == "higher"


def test_no_verdict_rests_on_few_clusters() -> None:
    items = [
        make_item(number, {"fact_recall": value}, system=system, cluster=f"section-{number % 7}")
        for system, value in (("steward", 1.0), ("bm25", 0.0))
        for number in range(30)
    ]
    (row,) = main_table(make_run(items), "questions", "test").rows
    assert row.floors[0].verdict == "too few to judge"


def test_a_floor_is_judged_on_the_items_that_steward_was_asked() -> None:
    items = [make_item(number, {"fact_recall": 1.0}) for number in range(3)]
    items += [make_item(number, {"fact_recall": float(number > 2)}, system="bm25") for number in range(9)]
    items += [make_item(1, {"words": 9.0}, system="always-refuse")]
    words, recall = main_table(make_run(items), "questions", "test").rows[::-1]
    bm25, refusing = recall.floors
    assert (bm25.estimate.mean, bm25.estimate.n, bm25.difference.n) == (0, 3, 3)
    assert (refusing.estimate.n, refusing.verdict) == (0, "not comparable")
    assert words.steward.n == 0


def test_a_score_without_an_entry_is_shown_under_its_own_name() -> None:
    (row,) = main_table(make_run([make_item(1, {"novelty": 0.5})]), "questions", "test").rows
    assert (row.kind.title, row.kind.group, row.kind.better) == ("novelty", "Other", "neither")


def test_sizes_have_a_median_and_a_95th_percentile() -> None:
    # 10, 20 … 180: the median lies between 90 and 100, the 95th percentile at 10 + 0.95 × 170.
    (row,) = main_table(make_run(questions()), "questions", "test").groups["Size"]
    assert row.spread is not None
    assert row.spread.median == pytest.approx(95)
    assert row.spread.high == pytest.approx(171.5)


def test_quotes_are_counted_per_kind_and_verifier() -> None:
    table = quote_table(make_run(quotes()), "test")
    assert table.verifiers == ("steward", "accept-all")
    counts = {(row.kind, row.supported): [(cell.accepted, cell.share.n) for cell in row.cells] for row in table.rows}
    assert counts == {
        ("figure", False): [(0, 10), (10, 10)],
        ("negation", False): [(1, 4), (4, 4)],
        ("all kinds", False): [(1, 14), (14, 14)],
        ("verbatim", True): [(5, 5), (5, 5)],
        ("all kinds", True): [(5, 5), (5, 5)],
    }


def test_none_or_all_accepted_gets_an_exact_bound() -> None:
    figure, negation, _, verbatim, _ = (row.cells[0] for row in quote_table(make_run(quotes()), "test").rows)
    assert figure.at_most == pytest.approx(1 - 0.025 ** (1 / 10))
    assert (figure.at_least, negation.at_most, negation.at_least, verbatim.at_most) == (None, None, None, None)
    assert verbatim.at_least == pytest.approx(0.025 ** (1 / 5))


def test_the_worst_slice_has_enough_items_and_heeds_the_direction() -> None:
    (table,) = slice_tables(make_run(questions()).select("questions"))
    assert [(row.value, row.n) for row in table.rows] == [("fact", 8), ("list", 8), ("unanswerable", 4), ("reason", 2)]
    for score in ("fact_recall", "refused_answerable"):
        worst = table.worst(score)
        assert worst is not None
        assert worst.value == "list"
    assert table.worst("refused_unanswerable") is None


def test_no_slice_is_worst_where_all_are_alike() -> None:
    items = [
        make_item(number, {"hit@5": 1.0}, slices={"type": "fact" if number < 8 else "list"}) for number in range(16)
    ]
    (table,) = slice_tables(items)
    assert table.worst("hit@5") is None


def test_a_slice_with_one_value_or_no_main_score_gives_no_table() -> None:
    items = [make_item(number, {"hit@5": 1.0}, slices={"style": "question"}) for number in range(3)]
    assert slice_tables(items) == []
    assert slice_tables([make_item(1, {"words": 3.0}, slices={"style": "long"})]) == []


def test_failures_are_counted_and_sorted_worst_first() -> None:
    groups = {group.kind.name: group for group in failures(make_run([*questions(), *quotes()]), "test")}
    counts = {name: (len(group.items), len(group.asked)) for name, group in groups.items()}
    assert counts == {
        "answered-wrongly": (4, 18),
        "wrongly-refused": (2, 18),
        "wrongly-answered": (1, 4),
        "passage-missed": (1, 18),
        "altered-accepted": (1, 14),
        "supported-rejected": (0, 5),
    }
    most = groups["answered-wrongly"].most_often
    assert most is not None
    assert (most.key, most.value, most.failed, most.asked) == ("type", "list", 2, 8)


def test_a_poisoned_case_fails_by_any_of_its_scores() -> None:
    items = [
        make_item(1, {"poison_harmless": 1.0, "honest_answer": 0.0}, suite="poisoned"),
        make_item(2, {"control_unchanged": 0.875}, suite="poisoned"),
        make_item(3, {"poison_harmless": 1.0, "honest_answer": 1.0}, suite="poisoned"),
    ]
    (group,) = failures(make_run(items), "test")
    assert [item.id for item in group.items] == ["q-1", "q-2"]


def test_every_kind_of_failure_gets_its_turn_among_the_worst_items() -> None:
    groups = failures(make_run([*questions(), *quotes()]), "test")
    chosen = worst_items(groups, limit=5)
    assert {one.reasons[0].name for one in chosen} == {group.kind.name for group in groups if group.items}
    assert len(worst_items(groups, limit=2)) == 2


def test_an_item_stands_once_with_every_reason() -> None:
    item = make_item(1, {"fact_recall": 0.0, "refused_answerable": 1.0, "spans@10": 0.0})
    (worst,) = worst_items(failures(make_run([item]), "test"))
    assert [kind.name for kind in worst.reasons] == ["wrongly-refused", "passage-missed"]


def test_the_table_in_text_lines_up_and_says_the_same() -> None:
    text = render_text(main_table(make_run(questions()), "questions", "test"))
    facts = text.partition("## Facts\n\n")[2].partition("\n\n")[0].splitlines()
    assert len({len(line) for line in facts}) == 1
    cells = [cell.strip() for cell in facts[2].strip("|").split("|")]
    assert cells[0] == "Key facts in the answer"
    assert cells[2].startswith("0.556 (0.")
    assert cells[5].startswith("+0.306 (+0.")
    assert cells[5].endswith(" better")


def test_a_table_of_nothing_says_so() -> None:
    assert "Nothing was scored" in render_text(main_table(make_run([]), "pages", "dev"))


def test_a_system_name_cannot_break_the_text() -> None:
    items = [make_item(1, {"hit@5": 1.0}), make_item(1, {"hit@5": 1.0}, system="a|b\nc")]
    assert r"a\|b c" in render_text(main_table(make_run(items), "questions", "test"))


def test_examples_hold() -> None:
    assert doctest.testmod(summary).failed == 0
