"""A comparison of two runs as Markdown: what changed, and the cases that flipped with both answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.metrics.scores import SCORES
from evals.results.comparison import Change, Flip

SHOWN_FLIPS = (
    "fact_recall",
    "hit@5",
    "refused_answerable",
    "refused_unanswerable",
    "accepted_supported",
    "accepted_altered",
)
"""Scores whose flips are shown when none is asked for."""
ANSWER_CHARACTERS = 400


def render_changes(changes: Sequence[Change], scores: Sequence[str] = (), limit: int = 10) -> str:
    """A table of all changes, then up to ``limit`` flips of each score named."""
    if not changes:
        return "The two runs have no case in common."
    lines = [
        "| suite | split | score | before | after | difference (95 %) | n | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for change in changes:
        lines.append(
            f"| {change.suite} | {change.split} | {SCORES[change.score].title} "
            f"| {change.before:.3f} | {change.after:.3f} "
            f"| {change.difference.mean:+.3f} ({change.difference.low:+.3f} to {change.difference.high:+.3f}) "
            f"| {change.difference.n} | {change.direction} |"
        )
    for change in changes:
        if change.flips and change.score in (scores or SHOWN_FLIPS):
            lines += ["", *_flips(change, limit)]
    return "\n".join(lines)


def _flips(change: Change, limit: int) -> Iterator[str]:
    worse = sum(flip.gain < 0 for flip in change.flips)
    title = SCORES[change.score].title
    yield f"## {title} ({change.suite}, {change.split}): {worse} got worse, {len(change.flips) - worse} got better"
    for flip in change.flips[:limit]:
        yield from _flip(flip)
    if len(change.flips) > limit:
        yield f"… and {len(change.flips) - limit} more; see them with `--limit {len(change.flips)}`."


def _flip(flip: Flip) -> Iterator[str]:
    before, after = flip.before.scores[flip.score], flip.after.scores[flip.score]
    yield f"- **{flip.after.id}** {before:.2f} → {after:.2f}: {_asked(flip)}"
    for name, item in (("before", flip.before), ("after", flip.after)):
        answer = item.detail.get("answer")
        if answer is not None:
            yield f"  - {name}: {'(refused)' if item.detail.get('refused') else _short(answer)}"


def _asked(flip: Flip) -> str:
    detail = flip.after.detail or flip.before.detail
    return str(detail.get("question") or detail.get("claim") or "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= ANSWER_CHARACTERS else line[:ANSWER_CHARACTERS].rstrip() + " …"
