"""What each step of the ablation adds, as a table: every step beside the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evals.cases import Split
from evals.metrics.intervals import Estimate, paired_difference
from evals.metrics.scores import SCORES
from evals.results.comparison import Direction, direction
from evals.results.records import Item, Run, score_estimate

STEP_SCORES = ("hit@1", "hit@5", "mrr@10", "ndcg@10", "spans@10")


@dataclass(frozen=True, slots=True)
class StepCell:
    """One score after a step."""

    score: str
    estimate: Estimate
    gain: Estimate | None
    """Over the step before, paired; None for the first step."""
    direction: Direction | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step with its scores, in the order of `STEP_SCORES`."""

    step: str
    cells: tuple[StepCell, ...]


def step_rows(run: Run, split: Split) -> tuple[StepRow, ...]:
    """The steps of a run's ablation in their order; none where it was not run."""
    rows: list[StepRow] = []
    before: Sequence[Item] = ()
    for step in run.systems("ablation"):
        items = run.select("ablation", step, split)
        if items:
            rows.append(StepRow(step, tuple(_cell(score, items, before) for score in STEP_SCORES)))
            before = items
    return tuple(rows)


def render_steps(rows: Sequence[StepRow], split: Split) -> str:
    """The steps in Markdown."""
    lines = [
        f"# ablation, {split} split",
        "",
        "| step | " + " | ".join(SCORES[name].title for name in STEP_SCORES) + " |",
    ]
    lines.append("|---" * (len(STEP_SCORES) + 1) + "|")
    for row in rows:
        lines.append(f"| {row.step} | " + " | ".join(map(_shown, row.cells)) + " |")
    return "\n".join(lines) + "\n"


def _cell(score: str, items: Sequence[Item], before: Sequence[Item]) -> StepCell:
    estimate = score_estimate(items, score)
    earlier = {item.id: item.scores[score] for item in before if score in item.scores}
    both = [item for item in items if score in item.scores and item.id in earlier]
    if not both:
        return StepCell(score, estimate, None, None)
    gain = paired_difference(
        [item.scores[score] for item in both], [earlier[item.id] for item in both], [item.cluster for item in both]
    )
    return StepCell(score, estimate, gain, direction(gain, SCORES[score].better))


def _shown(cell: StepCell) -> str:
    gained = f", {cell.gain.mean:+.3f} {cell.direction}" if cell.gain else ""
    return f"{cell.estimate}{gained}"
