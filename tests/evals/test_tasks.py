"""What the tasks share: cases become samples, are judged on the spot, and their scores and details reach the record."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import pytest
from inspect_ai import eval as inspect_eval

from evals.cases import Record, Split
from evals.metrics.scores import SCORES, SUITES, Suite
from evals.results.gate import load_gates
from evals.results.records import score_estimate
from evals.results.tables import READMES, TABLES
from evals.running import _item
from evals.suites import RUNS_OF
from evals.tasks.shared import Judged, judged_task


class Boat(Record):
    """A case of these tests."""

    id: str
    split: Split = "test"
    question: str = "How many boats?"
    kind: str = "sail"
    cluster: str = "harbour"

    @property
    def slices(self) -> Mapping[str, str]:
        return {"kind": self.kind}


@pytest.mark.slow
@pytest.mark.filterwarnings(
    # Inspect leaves memory streams of its own to the garbage collector.
    "ignore:Exception ignored in.*MemoryObjectReceiveStream:pytest.PytestUnraisableExceptionWarning"
)
def test_a_case_is_judged_and_its_scores_and_details_are_kept(tmp_path: Path) -> None:
    judged = {
        "a": Judged({"passage_right": 0.75, "passage_found": 1.0}, "said", {"shown": 4}, {"passage_right": 4}),
        "b": Judged({"passage_right": 0.0}),
    }
    cases = [Boat(id="a"), Boat(id="b", kind="row"), Boat(id="c", split="dev")]
    task = judged_task("boats", cases, lambda case: judged[case.id], ("passage_right", "passage_found"), "test")
    (log,) = inspect_eval(task, model="none", log_dir=str(tmp_path), display="none", log_level="warning")
    gc.collect()
    assert log.samples is not None
    one, other = [_item(sample, "passages", "steward") for sample in log.samples]
    assert (one.id, one.split, one.cluster, one.slices) == ("a", "test", "harbour", {"kind": "sail"})
    assert (one.scores, one.counts) == ({"passage_right": 0.75, "passage_found": 1.0}, {"passage_right": 4})
    assert one.detail == {"question": "How many boats?", "shown": 4}
    assert (other.scores, other.counts) == ({"passage_right": 0.0}, {})
    # Three of four passages and none of one: three of five.
    estimate = score_estimate([one, other], "passage_right")
    assert (estimate.mean, estimate.n) == (pytest.approx(0.6), 5)


def test_every_suite_can_be_run_and_has_a_bound() -> None:
    assert {*RUNS_OF} == {*SUITES}
    without_steward: set[Suite] = {"ablation"}
    assert {bound.suite for bound in load_gates().bound} == {*SUITES} - without_steward


def test_every_line_of_a_table_is_of_a_known_score_and_floor() -> None:
    for line in (line for lines in TABLES.values() for line in lines):
        assert line.score in SCORES
        assert {*line.floors} <= {*RUNS_OF[line.suite].systems}
        assert line.split in RUNS_OF[line.suite].splits
        assert line.split in get_args(Split)


def test_every_suite_stands_in_a_readmes_table_and_every_table_in_a_readme() -> None:
    assert {line.suite for lines in TABLES.values() for line in lines} == {*SUITES} - {"ablation"}
    texts = "".join(path.read_text(encoding="utf-8") for path in READMES)
    assert all(f"<!-- {name}:start -->" in texts for name in TABLES)
