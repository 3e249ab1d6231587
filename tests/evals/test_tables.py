"""The tables of figures in READMEs are those that the committed baseline gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from evals.cases import CaseError
from evals.results import tables
from evals.results.gate import BASELINE, load_baseline
from evals.results.records import load_run
from evals.results.tables import READMES, Line, rendered, shown_scores, with_tables
from tests.evals.test_summary import make_item, make_run

BOATS = [Line("questions", "hit@5", ("bm25",)), Line("questions", "refused_answerable", kind="sail")]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.parent.name)
def test_the_committed_tables_are_those_of_the_baseline(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    assert with_tables(text, load_run(BASELINE)) == text


def test_a_line_says_what_is_measured_and_what_stands_beside_it() -> None:
    items = [make_item(n, {"hit@5": 1.0, "refused_answerable": 0.0}, slices={"kind": "sail"}) for n in range(3)]
    items += [make_item(n, {"hit@5": 0.0}, system="bm25") for n in range(3)]
    assert list(rendered(BOATS, make_run(items))) == [
        "| suite | measure | n | Steward | beside it |",
        "|---|---|---|---|---|",
        "| questions | First five give one | 3 | 1.000 (1.000 to 1.000) | bm25 0.000 (0.000 to 0.000) |",
        "|  | Answerable questions refused (sail, lower is better) | 3 | 0.000 (0.000 to 0.000) |  |",
    ]


def test_only_what_stands_between_markers_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "TABLES", {"boats": BOATS[:1]})
    run = make_run([make_item(0, {"hit@5": 1.0})])
    text = "Before.\n<!-- boats:start -->\nold\n<!-- boats:end -->\nAfter.\n"
    written = with_tables(text, run)
    assert written.startswith("Before.\n<!-- boats:start -->\n| suite |")
    assert written.endswith("|\n<!-- boats:end -->\nAfter.\n")
    assert with_tables(written, run) == written
    other = text.replace("boats", "ships")
    assert with_tables(other, run) == other


def test_a_run_without_a_figure_is_refused() -> None:
    with pytest.raises(CaseError, match=r"has no hit@5 of questions, test\. Run all suites"):
        list(rendered(BOATS, make_run([])))


def test_the_baseline_holds_of_the_floors_what_tables_show() -> None:
    baseline = load_baseline()
    assert baseline is not None
    floors = [item for item in baseline.items if item.system != "steward"]
    assert floors
    assert all(item.scores.keys() <= shown_scores(item) for item in floors)
