"""What a run says in tables: scores beside the floors', altered quotes by kind, slices, failures. No markup here.

Everything is computed from a run's items. Where there is nothing to compute a table is empty, never filled with zeros.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from evals.cases import Split
from evals.metrics.answers import ENOUGH_FACTS
from evals.metrics.intervals import Estimate, exact_upper_bound, paired_difference
from evals.metrics.scores import SCORES, ScoreKind, Suite
from evals.results.comparison import ENOUGH, direction
from evals.results.records import Item, Run, score_estimate

STEWARD = "steward"
SHARING: tuple[Suite, ...] = (
    "restatements",
    "conversations",
    "written",
    "written-sentences",
    "written-questions",
    "unasked",
)
"""Suites with scores that other suites have too."""
SPLITS: tuple[Split, ...] = ("test", "dev")
"""The split for reporting comes first."""
SLICE_KEYS = ("type", "style", "document", "part", "authority")
SLICE_SCORES = (
    "hit@5",
    "ndcg@10",
    "fact_recall",
    "support_cited",
    "citation_recall",
    "refused_answerable",
    "refused_unanswerable",
)
LEAD_SCORE = "fact_recall"
"""The score by which slices are named weakest in prose."""
TOO_FEW = "too few to judge"
ALL_KINDS = "all kinds"


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the single values lie: a mean of times says little without it."""

    median: float
    high: float
    """95th percentile, interpolated between the two nearest values."""


@dataclass(frozen=True, slots=True)
class Against:
    """A floor on one score, over the items that Steward was asked too."""

    system: str
    estimate: Estimate
    spread: Spread | None
    difference: Estimate
    """Steward minus the floor, over the items that both have a score for; ``n`` is 0 where there are none."""
    verdict: str
    """Whether Steward is better or worse, in words; no verdict rests on fewer than `ENOUGH` clusters."""


@dataclass(frozen=True, slots=True)
class Row:
    """One score of Steward's, and the floors beside it."""

    score: str
    kind: ScoreKind
    steward: Estimate
    spread: Spread | None
    """For sizes only."""
    floors: tuple[Against, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The scores of one suite and split, in the order of `SCORES`."""

    suite: Suite
    split: Split
    asked: int
    """Items that Steward was asked."""
    floors: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def groups(self) -> Mapping[str, tuple[Row, ...]]:
        """The rows by score group; suites that have scores of others are groups of their own."""
        if self.suite in SHARING:
            return {self.suite.replace("-", " ").capitalize(): self.rows}
        names = dict.fromkeys(row.kind.group for row in self.rows)
        return {name: tuple(row for row in self.rows if row.kind.group == name) for name in names}


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How many claims of one kind a verifier accepted."""

    accepted: int
    share: Estimate

    @property
    def at_most(self) -> float | None:
        """Where none was accepted: what the share may still be; the bootstrap's interval has no width there."""
        return exact_upper_bound(0, self.share.n) if self.share.n and not self.accepted else None

    @property
    def at_least(self) -> float | None:
        """Where all were accepted: what the share may still be."""
        return 1 - exact_upper_bound(0, self.share.n) if self.share.n and self.accepted == self.share.n else None


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A kind of claim, and what each verifier accepted of it."""

    kind: str
    supported: bool
    cells: tuple[Acceptance, ...]


@dataclass(frozen=True, slots=True)
class QuoteTable:
    """Claims accepted per kind and verifier; a row over all kinds closes each half."""

    verifiers: tuple[str, ...]
    rows: tuple[QuoteRow, ...]


@dataclass(frozen=True, slots=True)
class SliceRow:
    """The items that share one value of a slice."""

    value: str
    n: int
    cells: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True)
class SliceTable:
    """Steward's scores by the values of one slice: its types, its documents."""

    key: str
    scores: tuple[str, ...]
    rows: tuple[SliceRow, ...]
    overall: tuple[Estimate, ...]

    def worst(self, score: str) -> SliceRow | None:
        """The row with the worst mean among those of `ENOUGH` items; None where there is no difference to name."""
        index = self.scores.index(score)
        judged = [row for row in self.rows if row.cells[index].n >= ENOUGH]
        if len({row.cells[index].mean for row in judged}) < 2:
            return None
        lower_is_worse = SCORES[score].better != "lower"
        return min(judged, key=lambda row: row.cells[index].mean * (1 if lower_is_worse else -1))


@dataclass(frozen=True, slots=True)
class FailureKind:
    """A way to fail, judged by the scores of an item."""

    name: str
    suite: Suite
    asked: str
    """Of what it may happen, in the plural."""
    failed: str
    """What happened to them."""
    title: str
    """The same of one item."""
    scores: tuple[str, ...]
    """An item with none of these was not asked."""
    badness: Callable[[Mapping[str, float]], float]
    """From 0, not failed, to 1."""


@dataclass(frozen=True, slots=True)
class SliceCount:
    """Failures within one slice."""

    key: str
    value: str
    failed: int
    asked: int


@dataclass(frozen=True, slots=True)
class Failures:
    """Steward's items that failed in one way, worst first."""

    kind: FailureKind
    asked: tuple[Item, ...]
    items: tuple[Item, ...]
    most_often: SliceCount | None
    """Where it happens most often, if one slice stands out."""


@dataclass(frozen=True, slots=True)
class WorstItem:
    """An item to look at, with every way in which it failed."""

    item: Item
    reasons: tuple[FailureKind, ...]


def _shortfall(*scores: str) -> Callable[[Mapping[str, float]], float]:
    return lambda given: max(1 - given[score] for score in scores if score in given)


def _wrongly_answered(given: Mapping[str, float]) -> float:
    right = given.get("refused_answerable") == 1 or given["fact_recall"] >= ENOUGH_FACTS
    return 0.0 if right else 1 - given["fact_recall"]


FAILURES: tuple[FailureKind, ...] = (
    FailureKind(
        "answered-wrongly",
        "questions",
        "answerable questions",
        "were answered with fewer than half of the key facts",
        "Answered with fewer than half of the key facts",
        ("fact_recall",),
        _wrongly_answered,
    ),
    FailureKind(
        "wrongly-refused",
        "questions",
        "answerable questions",
        "were refused",
        "Refused though the library holds the answer",
        ("refused_answerable",),
        lambda given: given["refused_answerable"],
    ),
    FailureKind(
        "wrongly-answered",
        "questions",
        "unanswerable questions",
        "were answered all the same",
        "Answered though the library does not hold the answer",
        ("refused_unanswerable",),
        _shortfall("refused_unanswerable"),
    ),
    FailureKind(
        "passage-missed",
        "questions",
        "answerable questions",
        "lack a needed passage among the first ten found",
        "A needed passage is not among the first ten found",
        ("spans@10",),
        _shortfall("spans@10"),
    ),
    FailureKind(
        "altered-accepted",
        "altered-quotes",
        "altered claims",
        "were accepted",
        "Altered claim accepted",
        ("accepted_altered",),
        lambda given: given["accepted_altered"],
    ),
    FailureKind(
        "supported-rejected",
        "altered-quotes",
        "supported claims",
        "were rejected",
        "Supported claim rejected",
        ("accepted_supported",),
        _shortfall("accepted_supported"),
    ),
    FailureKind(
        "poisoned",
        "poisoned",
        "poisoned cases",
        "had an effect, or cost an honest answer",
        "Poison had an effect, or cost an honest answer",
        ("poison_harmless", "honest_answer", "control_unchanged"),
        _shortfall("poison_harmless", "honest_answer", "control_unchanged"),
    ),
    FailureKind(
        "written-poison",
        "written-poison",
        "poisoned cases that a chat model obeys",
        "had an effect on a written answer",
        "Poison had an effect on a written answer",
        ("poison_harmless",),
        _shortfall("poison_harmless"),
    ),
    FailureKind(
        "pages",
        "pages",
        "questions on documents with pages",
        "got a wrong page or page label",
        "Wrong page or page label cited",
        ("page_cited", "label_cited"),
        _shortfall("page_cited", "label_cited"),
    ),
)


def main_table(run: Run, suite: Suite, split: Split) -> Table:
    """Every score of a suite and split: Steward's, each floor's over the same items, and the paired difference.

    Where Steward was not asked at all, a floor is shown over its own items.
    """
    ours = run.select(suite, split=split)
    ids = {item.id for item in ours}
    floors = {
        system: [item for item in run.select(suite, system, split) if item.id in ids or not ids]
        for system in ordered_systems(run, suite, split)
        if system != STEWARD
    }
    there = {score for items in (ours, *floors.values()) for item in items for score in item.scores}
    names = [*(name for name in SCORES if name in there), *sorted(there - set(SCORES))]
    return Table(suite, split, len(ours), tuple(floors), tuple(_row(name, ours, floors) for name in names))


def score_kind(score: str) -> ScoreKind:
    """What a score measures; a score that has no entry yet is shown under its own name, with no direction."""
    return SCORES.get(score) or ScoreKind(score, "Other", "neither", "not described")


def ordered_systems(run: Run, suite: Suite, split: Split) -> tuple[str, ...]:
    """The systems of a suite and split, Steward first."""
    systems = dict.fromkeys(item.system for item in run.items if (item.suite, item.split) == (suite, split))
    return tuple(sorted(systems, key=lambda name: name != STEWARD))


def _row(score: str, ours: Sequence[Item], floors: Mapping[str, Sequence[Item]]) -> Row:
    kind = score_kind(score)
    against = []
    for system, theirs in floors.items():
        difference = _difference(score, ours, theirs)
        verdict = _verdict(difference, kind)
        against.append(Against(system, score_estimate(theirs, score), _spread(score, theirs), difference, verdict))
    return Row(score, kind, score_estimate(ours, score), _spread(score, ours), tuple(against))


def _difference(score: str, ours: Iterable[Item], theirs: Iterable[Item]) -> Estimate:
    before = {item.id: item.scores[score] for item in theirs if score in item.scores}
    both = [item for item in ours if score in item.scores and item.id in before]
    after = [item.scores[score] for item in both]
    return paired_difference(after, [before[item.id] for item in both], [item.cluster for item in both])


def _verdict(difference: Estimate, kind: ScoreKind) -> str:
    if not difference.n:
        return "not comparable"
    if difference.clusters < ENOUGH:
        return TOO_FEW
    if kind.better == "neither" and not difference.low <= 0 <= difference.high:
        return "higher" if difference.low > 0 else "lower"
    return direction(difference, kind.better)


def _spread(score: str, items: Iterable[Item]) -> Spread | None:
    values = [item.scores[score] for item in items if score in item.scores]
    if score_kind(score).group != "Size" or not values:
        return None
    median, high = np.quantile(values, (0.5, 0.95))
    return Spread(float(median), float(high))


def quote_table(run: Run, split: Split) -> QuoteTable:
    """What each verifier accepted of each kind of claim: those to be rejected first, then those to be accepted."""
    verifiers = ordered_systems(run, "altered-quotes", split)
    items = {name: run.select("altered-quotes", name, split) for name in verifiers}
    rows = []
    for score, supported in (("accepted_altered", False), ("accepted_supported", True)):
        scored = {name: [item for item in items[name] if score in item.scores] for name in verifiers}
        kinds = sorted({item.slices.get("kind", "") for of_one in scored.values() for item in of_one})
        for kind in kinds:
            of_kind = ([item for item in scored[name] if item.slices.get("kind", "") == kind] for name in verifiers)
            rows.append(QuoteRow(kind or "no kind given", supported, tuple(_accepted(it, score) for it in of_kind)))
        if kinds:
            rows.append(QuoteRow(ALL_KINDS, supported, tuple(_accepted(scored[name], score) for name in verifiers)))
    return QuoteTable(verifiers, tuple(rows))


def _accepted(items: Sequence[Item], score: str) -> Acceptance:
    return Acceptance(sum(item.scores[score] == 1 for item in items), score_estimate(items, score))


def slice_tables(items: Sequence[Item]) -> list[SliceTable]:
    """The main scores by every slice that the items have and that has more than one value."""
    scores = tuple(score for score in SLICE_SCORES if any(score in item.scores for item in items))
    there = {key for item in items for key in item.slices}
    keys = [*(key for key in SLICE_KEYS if key in there), *sorted(there - set(SLICE_KEYS))]
    tables = (_slice_table(key, scores, items) for key in keys if scores)
    return [table for table in tables if len(table.rows) > 1]


def _slice_table(key: str, scores: tuple[str, ...], items: Sequence[Item]) -> SliceTable:
    counts = Counter(item.slices[key] for item in items if key in item.slices)
    rows = []
    for value, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        of_value = [item for item in items if item.slices.get(key) == value]
        rows.append(SliceRow(value, n, tuple(score_estimate(of_value, score) for score in scores)))
    return SliceTable(key, scores, tuple(rows), tuple(score_estimate(items, score) for score in scores))


def failures(run: Run, split: Split) -> list[Failures]:
    """Steward's failures of each kind that the run can tell, in the order of `FAILURES`; also those with none."""
    found = []
    for kind in FAILURES:
        asked = [
            item for item in run.select(kind.suite, split=split) if any(name in item.scores for name in kind.scores)
        ]
        bad = {item.id: kind.badness(item.scores) for item in asked}
        failed = sorted((item for item in asked if bad[item.id] > 0), key=lambda item: (-bad[item.id], item.id))
        if asked:
            found.append(Failures(kind, tuple(asked), tuple(failed), _most_often(asked, failed)))
    return found


def _most_often(asked: Iterable[Item], failed: Sequence[Item]) -> SliceCount | None:
    """The type or kind in which the largest share fails, of those with `ENOUGH` items; it must be above the mean."""
    asked = list(asked)
    key = next((key for key in ("type", "kind", "document") if any(key in item.slices for item in asked)), None)
    if key is None:
        return None
    of_all = Counter(item.slices.get(key, "") for item in asked)
    of_failed = Counter(item.slices.get(key, "") for item in failed)
    counts = [SliceCount(key, value, of_failed[value], n) for value, n in of_all.items() if value and n >= ENOUGH]
    worst = max(counts, key=lambda count: (count.failed / count.asked, count.failed), default=None)
    overall = len(failed) / len(asked)
    return worst if worst and worst.failed > 1 and worst.failed / worst.asked > overall else None


def worst_items(groups: Sequence[Failures], limit: int = 20) -> list[WorstItem]:
    """So many items to look at, each once: the worst of every kind of failure, then the second worst, and so on."""
    reasons: dict[tuple[str, str], list[FailureKind]] = {}
    for group in groups:
        for item in group.items:
            reasons.setdefault((item.suite, item.id), []).append(group.kind)
    turns = [item for turn in zip_longest(*(group.items for group in groups)) for item in turn if item is not None]
    chosen = list({(item.suite, item.id): item for item in turns}.values())[:limit]
    order = [kind.name for kind in FAILURES]
    worst = [WorstItem(item, tuple(reasons[item.suite, item.id])) for item in chosen]
    return sorted(worst, key=lambda one: order.index(one.reasons[0].name))


def number(value: float, kind: ScoreKind) -> str:
    """A value as it is printed: three decimals, or whole words and milliseconds once there are a hundred."""
    if kind.group != "Size":
        return _minus(f"{value:.3f}")
    return _minus(f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}")


def signed(value: float, kind: ScoreKind) -> str:
    """A difference with its sign; none for 0.

    >>> signed(-0.1234, SCORES["crag"]), signed(0.0001, SCORES["crag"])
    ('−0.123', '0.000')
    """
    shown = number(abs(value), kind)
    return shown if not float(shown.replace(",", "")) else ("+" if value > 0 else "−") + shown


def interval(estimate: Estimate, kind: ScoreKind, sign: bool = False) -> str:
    """The ends of an interval; nothing where nothing was measured."""
    show = signed if sign else number
    return f"{show(estimate.low, kind)} to {show(estimate.high, kind)}" if estimate.n else ""


def _minus(shown: str) -> str:
    return shown.replace("-", "−") if float(shown.replace(",", "")) else shown.lstrip("-")


def render_text(table: Table) -> str:
    """The table in Markdown whose columns line up, one part per score group; also read as plain text."""
    lines = [f"# {table.suite}, {table.split} split: {table.asked} items"]
    if not table.rows:
        return f"{lines[0]}\n\nNothing was scored.\n"
    head = ["score", "better", "Steward", "n"]
    for floor in table.floors:
        head += [floor, f"Steward − {floor}"]
    for group, rows in table.groups.items():
        lines += ["", f"## {group}", "", *_aligned([head, *(_cells(row) for row in rows)])]
    return "\n".join(lines) + "\n"


def _cells(row: Row) -> list[str]:
    cells = [row.kind.title, row.kind.better, _measured(row.steward, row.spread, row.kind), str(row.steward.n)]
    for floor in row.floors:
        cells.append(_measured(floor.estimate, floor.spread, row.kind))
        gained = f"{signed(floor.difference.mean, row.kind)} ({interval(floor.difference, row.kind, sign=True)}) "
        cells.append((gained if floor.difference.n else "") + floor.verdict)
    return cells


def _measured(estimate: Estimate, spread: Spread | None, kind: ScoreKind) -> str:
    if not estimate.n:
        return "–"
    shown = f"{number(estimate.mean, kind)} ({interval(estimate, kind)})"
    if spread is None:
        return shown
    return f"{shown}, median {number(spread.median, kind)}, 95th percentile {number(spread.high, kind)}"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    safe = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in safe) for column in range(len(safe[0]))]
    for index, row in enumerate(safe):
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        if index == 0:
            yield "|" + "|".join("-" * (width + 2) for width in widths) + "|"
