"""The gate that a change must pass: bounds on scores, and no score clearly worse than in the committed baseline."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from evals.cases import CaseError, Split
from evals.metrics.intervals import exact_upper_bound
from evals.metrics.scores import SCORES, Suite
from evals.results.comparison import ENOUGH, compare
from evals.results.records import Item, Run, load_run, save_run, score_estimate
from evals.results.tables import shown_scores

GATES = Path(__file__).parent.parent / "gates.toml"
BASELINE = Path(__file__).parent.parent / "baseline"
NAMED = 10
"""Of the cases that broke a gate, how many are named."""
NOT_KEPT = {"milliseconds", "words"}
"""Scores that a baseline holds only for a table: they say how fast a machine was, or are neither better nor worse."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bound(_Model):
    """A bound on one score."""

    suite: Suite
    split: Split
    score: str
    statistic: Literal["mean", "low", "high"] = "mean"
    """The mean, or an end of its 95 % interval."""
    at_least: float | None = None
    at_most: float | None = None
    kind: str | None = None
    """Of the cases of this kind only."""
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_bound(self) -> Bound:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give at_least or at_most")
        if self.score not in SCORES:
            raise ValueError(f"no score {self.score!r}; there are: {', '.join(SCORES)}")
        return self


class Gates(_Model):
    """All that a run must hold."""

    bound: tuple[Bound, ...]
    regression: tuple[str, ...] = ()
    """Scores that must not be clearly worse than in the baseline."""

    @field_validator("regression")
    @classmethod
    def _known(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        for name in names:
            if name not in SCORES:
                raise ValueError(f"no score {name!r}; there are: {', '.join(SCORES)}")
        return names


def load_gates(path: Path = GATES) -> Gates:
    """The gates of a TOML file.

    Raises:
        CaseError: the file is missing or wrong.
    """
    try:
        return Gates.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise CaseError(f"{path}, {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CaseError(f"{path} cannot be read: {error}.") from error


def load_baseline(path: Path = BASELINE) -> Run | None:
    """The committed baseline; None where there is none yet."""
    return load_run(path) if path.exists() else None


def broken_gates(run: Run, gates: Gates, baseline: Run | None) -> Iterator[str]:
    """Each gate that the run breaks, in a sentence that names the cases; none when it may be merged."""
    for bound in gates.bound:
        yield from _broken_bound(run, bound)
    if baseline is not None:
        yield from _regressions(run, gates, baseline)


def accept_baseline(run: Run, path: Path = BASELINE) -> None:
    """Make a run the baseline, without answers and without what depends on the machine.

    It keeps Steward's scores, and whatever READMEs show (`evals.results.tables`).
    """
    items = []
    for item in run.items:
        names = shown_scores(item) | (item.scores.keys() - NOT_KEPT if item.system == "steward" else set())
        scores = {name: value for name, value in item.scores.items() if name in names}
        if scores or item.system == "steward":
            items.append(item.model_copy(update={"detail": {}, "scores": scores}))
    save_run(Run(run.head.model_copy(update={"id": path.name}), items), path.parent)


def _broken_bound(run: Run, bound: Bound) -> Iterator[str]:
    slices = {"kind": bound.kind} if bound.kind else {}
    items = [item for item in run.select(bound.suite, split=bound.split, **slices) if bound.score in item.scores]
    name = f"{bound.suite}, {bound.split}{f', {bound.kind}' if bound.kind else ''}: {bound.score}"
    if not items:
        yield f"{name}: the run has no such score. Run the suite with `steward eval run`."
        return
    found = _statistic(items, bound)
    wanted, broken = (
        (f"at least {bound.at_least}", found < bound.at_least - 1e-9)
        if bound.at_least is not None
        else (f"at most {bound.at_most}", found > (bound.at_most or 0.0) + 1e-9)
    )
    if broken:
        worst = sorted(
            (item for item in items if _goodness(item, bound.score)[0] < _best(bound.score)),
            key=lambda item: _goodness(item, bound.score),
        )
        yield f"{name}: {bound.statistic} is {found:.3f}, wanted {wanted} ({bound.why}). {_names(worst)}"


def _statistic(items: list[Item], bound: Bound) -> float:
    estimate = score_estimate(items, bound.score)
    values = [item.scores[bound.score] for item in items]
    if bound.statistic != "mean" and all(value in (0.0, 1.0) for value in values):
        # The bootstrap of nothing but zeros, or of one among many, knows too little doubt: the exact bound is wider.
        ones = int(sum(values))
        if bound.statistic == "high":
            return max(estimate.high, exact_upper_bound(ones, len(values)))
        return min(estimate.low, 1 - exact_upper_bound(len(values) - ones, len(values)))
    return float(getattr(estimate, bound.statistic))


def _regressions(run: Run, gates: Gates, baseline: Run) -> Iterator[str]:
    for change in compare(baseline, run):
        # Of few clusters the bootstrap has no width, and any change would seem a clear one.
        is_clear = change.difference.clusters >= ENOUGH and change.direction == "worse"
        if change.score in gates.regression and is_clear:
            moved = "rose" if change.after > change.before else "fell"
            worse = [flip.after for flip in change.flips if flip.gain < 0]
            yield (
                f"{change.suite}, {change.split}: {change.score} {moved} from {change.before:.3f} "
                f"to {change.after:.3f}, by {change.difference} (n = {change.difference.n}). {_names(worse)}"
            )


def _goodness(item: Item, score: str) -> tuple[float, str]:
    value = item.scores[score]
    return (-value if SCORES[score].better == "lower" else value, item.id)


def _best(score: str) -> float:
    """What a case can reach at most, on the scale of `_goodness`."""
    return 0.0 if SCORES[score].better == "lower" else 1.0


def _names(worst: list[Item]) -> str:
    more = f" and {len(worst) - NAMED} more" if len(worst) > NAMED else ""
    return f"Look at: {', '.join(item.id for item in worst[:NAMED])}{more}."
