"""A run as one HTML page that needs nothing else: no script, font, image or style from anywhere.

:mod:`evals.results.summary` computes; here its tables are put into words, plots and cards, and `report.html.jinja`
sets them. What items hold comes from documents and models: the template escapes all of it, so nothing here may be
marked as safe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import floor, log10
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from assistant.files.saving import replace_file
from assistant.text.quoting import heading_path
from evals.cases import Split
from evals.metrics.intervals import Estimate
from evals.metrics.scores import SUITES, ScoreKind, Suite
from evals.results import summary
from evals.results.comparison import ENOUGH
from evals.results.records import Item, Run, RunHead
from evals.results.steps import StepRow, step_rows
from evals.results.summary import LEAD_SCORE, SPLITS, STEWARD, Failures, QuoteTable, Row, SliceTable, Table, WorstItem
from evals.systems.ablation import STEPS

TEMPLATE = "report.html.jinja"
SHOWN_CHARACTERS = 500
"""Of any text in a card; the whole stands in the run's items."""
SHOWN_ERRORS = 100
COMPARED_SCORES: Mapping[str, str] = {
    "ndcg@10": "finding the passages that an answer needs",
    LEAD_SCORE: "giving the facts that a full answer states",
    "crag": "being right rather than wrong, a wrong refusal counting as neither",
}
"""The scores on which the floors are compared in prose, and what they say."""
VERDICTS_IN_WORDS: Mapping[str, str] = {
    "better": "is better than",
    "worse": "is worse than",
    "no clear difference": "shows no clear difference from",
    summary.TOO_FEW: "was asked too little to be compared with",
}
SYSTEMS_IN_WORDS: Mapping[str, str] = {
    STEWARD: "the assistant as users meet it; for claims, its own checker",
    "tutorial": "the retrieval pipeline of LangChain’s tutorial, answering with its nearest sentences",
    "bm25": "the best passage by words alone, pasted as the answer",
    "dense": "the best passage by meaning alone (whole-passage vectors), pasted as the answer",
    "top-passage": "the best passage of Steward’s own search, pasted as the answer",
    "never-refuse": "Steward without abstention",
    "always-refuse": "refuses every question",
    "word-overlap": "accepts a claim when enough of its words stand in the source",
    "accept-all": "accepts every claim: no check at all",
    "in full": "Steward, asked in full what a follow-up leaves unsaid",
    "follow-up alone": "Steward, asked the follow-up without its conversation",
    "put behind the last": "Steward, asked the question before and the follow-up as one",
    "always": "says that every topic is addressed",
    "never": "says that no topic is addressed",
    "extractive": "the quotes alone, without what a chat model wrote",
    "obeying-checker": "the same with a checker that approves everything, as hostile files want",
    "knowing-checker": "the same with a checker that approves everything but the control sentence",
    "without lists": "Steward without its answers from the registers",
    "no questions": "the library without the questions written for a document",
} | dict.fromkeys(STEPS, "a step of Steward’s search, each with all that stands above it")
_HEADING = re.compile(r"^[^“”\n]*?(\([^()“”\n]*\):)$", re.MULTILINE)
"""A heading of an answer; its voice in brackets says enough on a card, since the documents stand under Cited."""
SLICES_IN_WORDS: Mapping[str, str] = {"part": "part of the document"}


@dataclass(frozen=True, slots=True)
class PlotLine:
    """A system's dot and whisker, in the units of the picture."""

    label: str
    y: float
    low: float
    mean: float
    high: float
    shown: str
    is_steward: bool


@dataclass(frozen=True, slots=True)
class Plot:
    """Means and intervals of one score, a line per system."""

    title: str
    height: float
    lines: tuple[PlotLine, ...]
    ticks: tuple[tuple[float, str], ...]
    """Position and label."""
    alternative: str


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one score group with the floors that have any of its scores, and their plots."""

    name: str
    table: Table
    floors: tuple[str, ...]
    rows: tuple[Row, ...]
    plots: tuple[Plot, ...]

    @property
    def without(self) -> tuple[str, ...]:
        """Floors that have none of these scores."""
        return tuple(floor for floor in self.table.floors if floor not in self.floors)


@dataclass(frozen=True, slots=True)
class Card:
    """A failed item to look at; ``facts`` are labels with lines of text."""

    anchor: str
    title: str
    about: str
    reasons: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """All that is said about one split."""

    split: Split
    groups: tuple[Group, ...]
    steps: tuple[StepRow, ...]
    quotes: QuoteTable
    slices: tuple[SliceTable, ...]
    failures: tuple[Failures, ...]
    cards: tuple[Card, ...]
    anchors: Mapping[tuple[Suite, str], str]
    """Of each card by suite and item id."""

    def row(self, score: str) -> Row | None:
        """The row of a score, in whichever table it stands."""
        return next((row for group in self.groups for row in group.rows if row.score == score), None)


def write_report(run: Run, path: Path) -> None:
    """Writes the page of a run; a reader meets the old page or the new one, never half of it."""
    replace_file(path, render_report(run).encode())


def render_report(run: Run) -> str:
    """The page of a run as HTML; an empty run gives a page that says so."""
    anchors = _Anchors()
    parts = [_part(run, split, anchors) for split in SPLITS if any(item.split == split for item in run.items)]
    errors = [(item, score, why) for item in run.items for score, why in item.errors.items()]
    return (
        _environment()
        .get_template(TEMPLATE)
        .render(
            head=run.head,
            day=_day(run.head),
            commit=_commit(run.head),
            settings=json.dumps(dict(run.head.settings), indent=2, ensure_ascii=False),
            asked=list(_asked(run)),
            systems=_systems(run),
            said=list(_said(run, parts[0])) if parts else [],
            fails_most=list(_fails_most(parts[0])) if parts else [],
            parts=parts,
            error_counts=_error_counts(errors),
            errors=errors[:SHOWN_ERRORS],
            errors_left=max(0, len(errors) - SHOWN_ERRORS),
            enough=ENOUGH,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": summary.number,
        "signed": summary.signed,
        "interval": summary.interval,
        "percent": percent,
        "system": system_name,
        "zip": zip,
        "score_kind": summary.score_kind,
        "score_title": lambda score: summary.score_kind(score).title,
        "slice_name": _slice,
        "weakest": lambda table: list(_weakest(table)),
    }
    return environment


def _part(run: Run, split: Split, anchors: _Anchors) -> Part:
    # The ablation has a table of its own: its steps stand beside each other, not beside Steward.
    tables = [summary.main_table(run, suite, split) for suite in SUITES if suite != "ablation"]
    groups = [_group(table, name, rows) for table in tables for name, rows in table.groups.items()]
    failures = summary.failures(run, split)
    worst = summary.worst_items(failures)
    named = {(one.item.suite, one.item.id): anchors.of(one.item) for one in worst}
    return Part(
        split,
        tuple(groups),
        step_rows(run, split),
        summary.quote_table(run, split),
        tuple(summary.slice_tables(run.select("questions", split=split))),
        tuple(failures),
        tuple(_card(one, named[one.item.suite, one.item.id]) for one in worst),
        named,
    )


def _group(table: Table, name: str, rows: Sequence[Row]) -> Group:
    floors = tuple(dict.fromkeys(one.system for row in rows for one in row.floors if one.estimate.n))
    shown = tuple(replace(row, floors=tuple(one for one in row.floors if one.system in floors)) for row in rows)
    return Group(name, table, floors, shown, tuple(_plot(row) for row in shown if _measured(row)))


class _Anchors:
    """Fragment names made of item ids; an id may hold anything, and two may come out alike."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def of(self, item: Item) -> str:
        """A new fragment for an item."""
        plain = "item-" + re.sub(r"[^A-Za-z0-9_.-]+", "-", item.id)
        name, count = plain, 1
        while name in self._taken:
            count += 1
            name = f"{plain}-{count}"
        self._taken.add(name)
        return name


# What the page says in words.


def percent(share: float) -> str:
    """A share in words, with one decimal except where it is none or all; its sign stays on the same line.

    >>> percent(0.7), percent(1), percent(0.9999)
    ('70.0\\xa0%', '100\\xa0%', '100.0\\xa0%')
    """
    return f"{100 * share:.{0 if share in (0, 1) else 1}f}\N{NO-BREAK SPACE}%"


def system_name(name: str) -> str:
    """A system as it is shown."""
    return "Steward" if name == STEWARD else name


def _slice(key: str) -> str:
    return SLICES_IN_WORDS.get(key, key)


def _range(estimate: Estimate) -> str:
    n = f"n\N{NO-BREAK SPACE}{estimate.n:,}"
    if estimate.low == estimate.high:
        return f"the same for every item, {n}"
    return f"95\N{NO-BREAK SPACE}% interval {percent(estimate.low)} to {percent(estimate.high)}, {n}"


def _day(head: RunHead) -> str:
    try:
        created = datetime.fromisoformat(head.created)
    except ValueError:
        return head.created
    return f"{created.day} {created:%B %Y}"


def _commit(head: RunHead) -> str:
    if head.commit is None:
        return "unknown: the run was made outside a git checkout"
    changed = "with changes that no commit holds" if head.dirty else "with nothing changed since"
    return f"{head.commit[:12]}, {changed}"


def _asked(run: Run) -> Iterator[tuple[str, str, int, str]]:
    """Suite, split, items and the systems asked, a row each."""
    for suite in SUITES:
        for split in SPLITS:
            systems = summary.ordered_systems(run, suite, split)
            if systems:
                asked = run.select(suite, systems[0], split)
                yield suite, split, len(asked), ", ".join(map(system_name, systems))


def _systems(run: Run) -> list[tuple[str, str]]:
    names = sorted(dict.fromkeys(item.system for item in run.items), key=lambda name: name != STEWARD)
    return [(system_name(name), SYSTEMS_IN_WORDS.get(name, "no description")) for name in names]


def _said(run: Run, part: Part) -> Iterator[str]:
    """The main findings on one split, a sentence each; only those that its scores allow."""
    yield from _said_of_answers(run, part)
    yield from _said_of_checks(part)
    yield from _said_of_floors(part)
    failed = sum(len(item.errors) for item in run.items)
    if failed:
        yield f"Scores that could not be made: {failed:,}. They are left out of every mean and listed under Errors."


def _said_of_answers(run: Run, part: Part) -> Iterator[str]:
    refused = _scored(run, part, "refused_answerable")
    if refused:
        wrongly = sum(value == 1 for value in refused)
        yield (
            f"The library holds the answer to {len(refused):,} of the questions. Steward answered "
            f"{len(refused) - wrongly:,} of these and wrongly refused {wrongly:,} ({percent(wrongly / len(refused))})."
        )
    unanswerable = _scored(run, part, "refused_unanswerable")
    if unanswerable:
        rightly = sum(value == 1 for value in unanswerable)
        yield (
            f"The library does not hold the answer to {len(unanswerable):,} others. Steward rightly refused "
            f"{rightly:,} ({percent(rightly / len(unanswerable))}) and answered {len(unanswerable) - rightly:,} "
            "all the same."
        )
    for score, words in (
        (LEAD_SCORE, "Its answers give {} of the facts that a full answer states; a refusal counts as giving none"),
        ("hit@5", "A passage that the answer needs is among the first five found for {} of the questions"),
        ("quote_exact", "Of the quotes in an answer, {} are word for word what the source says"),
        (
            "citation_recall",
            "Of the sentences in an answer, {} are supported by their quotes, as Steward’s checker sees it",
        ),
        ("judge_correct", "A language model that judged the answers called {} right"),
    ):
        row = part.row(score)
        if row and row.steward.n:
            yield f"{words.format(percent(row.steward.mean))} ({_range(row.steward)})."


def _said_of_checks(part: Part) -> Iterator[str]:
    for row in part.quotes.rows:
        if row.kind == summary.ALL_KINDS and STEWARD in part.quotes.verifiers:
            cell = row.cells[part.quotes.verifiers.index(STEWARD)]
            words = (
                "supports and that it should accept" if row.supported else "does not support and that it should reject"
            )
            if cell.share.n:
                yield (
                    f"Of {cell.share.n:,} claims that the source shown {words}, Steward’s checker accepted "
                    f"{cell.accepted:,} ({percent(cell.accepted / cell.share.n)})."
                )
    for group in part.failures:
        if group.kind.suite in ("poisoned", "written-poison", "pages"):
            yield f"{_happened(group)}."


def _said_of_floors(part: Part) -> Iterator[str]:
    for score, aim in COMPARED_SCORES.items():
        row = part.row(score)
        verdicts: dict[str, list[str]] = {}
        for against in row.floors if row else ():
            verdicts.setdefault(against.verdict, []).append(system_name(against.system))
        words = [f"{said} {', '.join(verdicts[name])}" for name, said in VERDICTS_IN_WORDS.items() if name in verdicts]
        if row and words:
            yield f"Beside simpler systems (“floors”), in {aim} ({row.kind.title}), Steward {'; it '.join(words)}."


def _scored(run: Run, part: Part, score: str) -> list[float]:
    return [item.scores[score] for item in run.select("questions", split=part.split) if score in item.scores]


def _fails_most(part: Part) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Sentences, most frequent failure first, each with its examples as fragment and item id."""
    happened = sorted((group for group in part.failures if group.items), key=lambda group: -len(group.items))
    for group in happened:
        words = _happened(group)
        if group.most_often:
            most = group.most_often
            words += f"; most often those of {_slice(most.key)} “{most.value}”: {most.failed} of {most.asked}"
        keys = [(item.suite, item.id) for item in group.items if (item.suite, item.id) in part.anchors]
        yield f"{words}.", tuple((part.anchors[key], key[1]) for key in keys[:3])
    for table in part.slices:
        worst = table.worst(LEAD_SCORE) if LEAD_SCORE in table.scores else None
        if worst:
            index = table.scores.index(LEAD_SCORE)
            cell, overall = worst.cells[index], table.overall[index]
            title = summary.score_kind(LEAD_SCORE).title
            yield (
                f"By {_slice(table.key)}, “{title}” is weakest on “{worst.value}”: {percent(cell.mean)} "
                f"({_range(cell)}), against {percent(overall.mean)} over all.",
                (),
            )
    spared = [group.kind for group in part.failures if not group.items]
    if spared:
        yield f"None of these happened: {'; '.join(f'{kind.asked} that {kind.failed}' for kind in spared)}.", ()


def _happened(group: Failures) -> str:
    n, of = len(group.items), len(group.asked)
    return f"{group.kind.asked.capitalize()} that {group.kind.failed}: {n:,} of {of:,} ({percent(n / of)})"


def _weakest(table: SliceTable) -> Iterator[tuple[str, str]]:
    """Each value that is the worst on some score, and those scores in words."""
    by_value: dict[str, list[str]] = {}
    for score in table.scores:
        worst = table.worst(score)
        if worst:
            by_value.setdefault(worst.value, []).append(f"“{summary.score_kind(score).title}”")
    for value, titles in by_value.items():
        yield value, ", ".join(titles)


def _error_counts(errors: Iterable[tuple[Item, str, str]]) -> list[tuple[str, str, str, int]]:
    """Suite, system, score and how many failed, most first."""
    counts: dict[tuple[str, str, str], int] = {}
    for item, score, _ in errors:
        key = (item.suite, system_name(item.system), score)
        counts[key] = counts.get(key, 0) + 1
    return sorted(((*key, n) for key, n in counts.items()), key=lambda row: -row[3])


# Plots: positions in a picture 340 wide, of which the axis takes the part from 120 to 276.

_LEFT, _RIGHT, _LINE = 120.0, 276.0, 22.0


def _measured(row: Row) -> list[tuple[str, Estimate]]:
    """The systems that have a score."""
    rows = [(STEWARD, row.steward), *((against.system, against.estimate) for against in row.floors)]
    return [(name, estimate) for name, estimate in rows if estimate.n]


def _plot(row: Row) -> Plot:
    measured = _measured(row)
    low, high = _axis([end for _, estimate in measured for end in (estimate.low, estimate.mean, estimate.high)])

    def place(value: float) -> float:
        return round(_LEFT + (value - low) / (high - low) * (_RIGHT - _LEFT), 1)

    lines = tuple(
        PlotLine(
            label=_shortened(system_name(name), 15),
            y=_LINE * (index + 0.5),
            low=place(estimate.low),
            mean=place(estimate.mean),
            high=place(estimate.high),
            shown=summary.number(estimate.mean, row.kind),
            is_steward=name == STEWARD,
        )
        for index, (name, estimate) in enumerate(measured)
    )
    ticks = tuple((place(value), f"{value:,g}".replace("-", "−")) for value in (low, (low + high) / 2, high))
    return Plot(row.kind.title, _LINE * len(lines), lines, ticks, _in_words(row.kind, measured))


def _axis(values: Sequence[float]) -> tuple[float, float]:
    """0 to 1 where all values are shares, -1 to 1 where they are balances, else up to the next 1, 2 or 5."""
    low, high = min(values), max(values)
    if high <= 1:
        return (0.0, 1.0) if low >= 0 else (min(-1.0, low), 1.0)
    power = 10.0 ** floor(log10(high))
    top = next(power * step for step in (1, 2, 5, 10) if high <= power * step)
    return (0.0 if low >= 0 else -top), top


def _in_words(kind: ScoreKind, measured: Iterable[tuple[str, Estimate]]) -> str:
    parts = [
        f"{system_name(name)} {summary.number(estimate.mean, kind)}, interval {summary.interval(estimate, kind)}"
        for name, estimate in measured
    ]
    return f"{kind.title}, means with 95 % intervals. {'; '.join(parts)}."


def _shortened(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - 1].rstrip() + "…"


# Cards: an item's detail is whatever the run kept; a part that is missing or of another form is passed over.


def _card(worst: WorstItem, anchor: str) -> Card:
    item, detail = worst.item, worst.item.detail
    facts = {"questions": _question_facts, "altered-quotes": _quote_facts}.get(item.suite, _explained)(item)
    scores = dict.fromkeys(score for kind in worst.reasons for score in kind.scores if score in item.scores)
    measured = tuple(
        f"{summary.score_kind(score).title}: {summary.number(item.scores[score], summary.score_kind(score))}"
        for score in scores
    )
    return Card(
        anchor,
        _text(detail, "question") or _text(detail, "claim") or item.id,
        ", ".join([item.id, *(f"{_slice(key)} {value}" for key, value in item.slices.items())]),
        tuple(kind.title for kind in worst.reasons),
        tuple((label, lines) for label, lines in (*facts, ("Scores", measured)) if lines),
    )


def _question_facts(item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    detail = item.detail
    yield "Expected", _lines(_text(detail, "expected"), _noted("status", _text(detail, "status_expected")))
    yield "Key facts missing", tuple(map(str, _list(detail, "key_facts_missing")))
    said = {"answer": _HEADING.sub(r"\1", str(detail.get("answer") or ""))}
    yield "Answered", ("Refused.",) if detail.get("refused") else _lines(_text(said, "answer"))
    sentences = [one for one in _list(detail, "sentences") if isinstance(one, Mapping)]
    best = next((one for one in sentences if one.get("verdict") == "supported"), next(iter(sentences), {}))
    yield "Best sentence", _lines(_text(best, "text"), _noted("verdict", _text(best, "verdict")))
    found = next((one for one in _list(detail, "found") if isinstance(one, Mapping)), {})
    yield "First passage found", _lines(_text(found, "text"), _place(found, "text_id"))
    ranks = _list(detail, "ranks")
    yield (
        "Where the answer stands",
        tuple(
            f"{_place(one, 'document')}: “{_text(one, 'snippet')}”{_rank(ranks, index)}"
            for index, one in enumerate(_list(detail, "support"))
            if isinstance(one, Mapping)
        ),
    )
    cited = (_place(one, "document") for one in _list(detail, "citations") if isinstance(one, Mapping))
    yield "Cited", tuple(dict.fromkeys(filter(None, cited)))


def _quote_facts(item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    detail = item.detail
    yield "What was altered", _lines(_text(detail, "altered"))
    yield "The source says", _lines(_text(detail, "original"), _place({**item.slices, **detail}, "document"))
    yield "Shown beside the claim", _lines(_text(detail, "context"))
    expected = "supported" if "accepted_supported" in item.scores else "no support, or a veto"
    yield "Verdict", _lines(f"{_text(detail, 'verdict')}; expected: {expected}")


def _explained(item: Item) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "What happened", _lines(_text(item.detail, "explanation"))


def _text(detail: Mapping[str, Any], key: str) -> str:
    value = detail.get(key)
    return "" if value is None else _shortened(str(value), SHOWN_CHARACTERS)


def _list(detail: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = detail.get(key)
    return value if isinstance(value, list | tuple) else ()


def _lines(*lines: str) -> tuple[str, ...]:
    return tuple(filter(None, lines))


def _noted(label: str, value: str) -> str:
    return f"{label}: {value}" if value else ""


def _place(one: Mapping[str, Any], document: str) -> str:
    name, section = _text(one, document), one.get("section")
    if isinstance(section, list | tuple):
        section = heading_path(map(str, section))
    return f"document {name}, section {section}" if name and section else _noted("document", name)


def _rank(ranks: Sequence[Any], index: int) -> str:
    if index >= len(ranks):
        return ""
    return f" – found at rank {ranks[index]}" if ranks[index] is not None else " – not among the first ten found"
