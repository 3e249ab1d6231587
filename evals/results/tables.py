"""The tables of figures in READMEs, between markers, from a run's record.

``<!-- questions:start -->`` begins a table and ``<!-- questions:end -->`` ends it; `steward eval tables` writes what
stands between, and a test compares it with the committed baseline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.cases import CaseError, Split
from evals.metrics.scores import SCORES, Suite
from evals.results.records import Item, Run, score_estimate

REPOSITORY = Path(__file__).parents[2]
READMES = (REPOSITORY / "README.md", REPOSITORY / "evals" / "README.md")
_MARKED = re.compile(r"(<!-- ([\w-]+):start -->\n).*?(<!-- \2:end -->)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: one score of a suite and split, with the floors that stand beside it."""

    suite: Suite
    score: str
    floors: tuple[str, ...] = ()
    kind: str | None = None
    """Of cases of this kind only."""
    split: Split = "test"
    words: str = ""
    """What is measured, where the score's own title would not do."""

    @property
    def title(self) -> str:
        """What is measured, in words."""
        if self.words:
            return self.words
        about = SCORES[self.score]
        notes = [*([self.kind] if self.kind else []), *(["lower is better"] if about.better == "lower" else [])]
        return f"{about.title} ({', '.join(notes)})" if notes else about.title

    def items(self, run: Run, system: str) -> list[Item]:
        """The items of a system that the line is about."""
        slices = {"kind": self.kind} if self.kind else {}
        return [item for item in run.select(self.suite, system, self.split, **slices) if self.score in item.scores]


def _lines(suite: Suite, *scores: str, floors: tuple[str, ...] = (), split: Split = "test") -> list[Line]:
    return [Line(suite, score, floors, split=split) for score in scores]


_FLOORS = ("tutorial", "bm25", "dense")
_WAYS = ("in full", "follow-up alone")
_WRITTEN = ("fact_recall", "full_answer", "words", "refused_unanswerable", "refused_answerable")
TABLES: Mapping[str, Sequence[Line]] = {
    "questions": _lines(
        "questions",
        *("hit@5", "mrr@10", "ndcg@10", "spans@10", "fact_recall", "full_answer"),
        *("refused_answerable", "refused_unanswerable", "crag", "citation_recall"),
        floors=_FLOORS,
    ),
    "results": [
        Line("questions", "hit@5", ("tutorial",), words="a needed passage is among the first five"),
        Line("questions", "fact_recall", ("tutorial",), words="key facts that the answer states"),
        Line("questions", "refused_answerable", words="answerable questions refused (lower is better)"),
        Line("questions", "refused_unanswerable", words="unanswerable questions refused"),
        Line("absent", "warned_unanswerable", words="absent details refused, or a caution first"),
        Line("written", "fact_recall", ("extractive",), words="with an able chat model: key facts"),
        Line("written", "refused_unanswerable", ("extractive",), words="with it: absent details refused"),
        Line("written-sentences", "kept_altered", words="with it: false sentences kept (lower is better)"),
        Line("attribution", "speaker_right", words="sentences shown with their true speaker and authority"),
        Line("questions", "quote_exact", words="cited words that stand where cited"),
        Line(
            "altered-quotes",
            "accepted_altered",
            ("word-overlap",),
            words="altered quotes accepted (lower is better)",
        ),
    ],
    "claims": [
        Line("altered-quotes", "accepted_altered", ("word-overlap",)),
        Line("altered-quotes", "accepted_supported", ("word-overlap",), "verbatim"),
        *_lines("altered-quotes", "vetoed_supported", "vetoed_altered", floors=("word-overlap",)),
        Line("restatements", "vetoed_supported", ("word-overlap",)),
        Line("fact-changes", "vetoed_supported", ("word-overlap",)),
        *(
            Line("fact-changes", "vetoed_altered", ("word-overlap",), kind)
            for kind in (None, "figure", "date", "name", "denial")
        ),
    ],
    "written": [
        *_lines("written", *_WRITTEN, floors=("extractive", "tutorial")),
        *_lines("written", "calls", "tokens", floors=("tutorial",)),
        *_lines("written", *_WRITTEN, floors=("extractive", "tutorial"), split="dev"),
    ],
    "features": [
        Line("pages", "page_cited"),
        Line("pages", "label_cited"),
        Line("poisoned", "poison_harmless"),
        Line("poisoned", "control_unchanged"),
        Line("written-poison", "poison_harmless", ("obeying-checker", "knowing-checker")),
        Line("conversations", "spans@5", _WAYS),
        Line("conversations", "fact_recall", _WAYS),
        Line("conversations", "left_alone"),
        Line("parts", "false_notice"),
        *_lines("everyday", "fact_recall", "refused_answerable", "refused_unanswerable"),
        *_lines("absent", "refused_unanswerable", "warned_unanswerable", "refused_answerable", "warned_answerable"),
        Line("absent", "fact_recall"),
        *(
            Line("premises", "corrected_wrongly", kind=kind)
            for kind in ("innocent", "true premise", "silent", "ordinary question")
        ),
        Line("premises", "truth_stated", kind="false premise"),
        Line("premises", "truth_stated", kind="false premise of a pair"),
        Line("comparisons", "addressed_right", ("never", "always")),
        Line("comparisons", "cell_holds"),
        *_lines("drafts", "clash_right", "clash_found", "matter_found", "called_supported"),
        *_lines("register-lists", "list_exact", "list_precision", "list_recall", floors=("without lists",)),
        Line("register-lists", "list_on_narrow"),
        *_lines("precedents", "case@3", "case@1", floors=("bm25", "dense")),
        Line("precedents-probe", "case@3", ("bm25", "dense"), split="dev"),
        *_lines("contributed-cases", "contributed@3", "ranks_lost", "ranks_lost_nearest", split="dev"),
        *_lines("duplicates", "duplicate_shown", "duplicate_first"),
        Line("duplicates", "others_shown", kind="told anew"),
        Line("duplicates", "shown_though_different", kind="new"),
        Line("duplicates", "shown_though_different", kind="register", split="dev"),
        *_lines("case-questions", "cases_recall", "case_named", "cases_precision", floors=("bm25",)),
        *_lines("case-questions", "answered_without_case", "proposals_as_results", floors=("bm25",)),
        *_lines("proposals", "proposal_known", "proposal_apart", "result_taken"),
        *_lines("passages", "passage_right", "passage_found", "silence_right"),
        *_lines("attribution", "speaker_right", "not_raised"),
        *_lines("attribution-questions", "drawn", "shown_right"),
        Line("written", "written_kept"),
        *_lines("written-sentences", "kept_supported", "kept_altered", "vetoed_supported"),
        Line("written-questions", "hit@5", ("no questions",), split="dev"),
        Line("unasked", "hit@5"),
        Line("unasked", "ndcg@10"),
    ],
}
"""Every table by the name in its marker."""


def with_tables(text: str, run: Run) -> str:
    """Return a README with its marked tables written anew.

    Raises:
        CaseError: the run lacks the figures of a table.
    """

    def table(found: re.Match[str]) -> str:
        if found[2] not in TABLES:
            return found[0]  # another's part
        return found[1] + "\n".join(rendered(TABLES[found[2]], run)) + "\n" + found[3]

    return _MARKED.sub(table, text)


def rendered(lines: Sequence[Line], run: Run) -> Iterator[str]:
    """Yield a table in Markdown: what is measured, n, Steward with its interval, and what stands beside it.

    The suites stand in a column of their own unless every line says in words what it is of.
    """
    with_suite = not all(line.words for line in lines)
    yield f"{'| suite ' if with_suite else ''}| measure | n | Steward | beside it |"
    yield f"{'|---' if with_suite else ''}|---|---|---|---|"
    before = ""
    for line in lines:
        own = line.items(run, "steward")
        if not own:
            raise CaseError(f"Run {run.head.id} has no {line.score} of {line.suite}, {line.split}. Run all suites.")
        found = score_estimate(own, line.score)
        beside = "; ".join(f"{name} {score_estimate(line.items(run, name), line.score)}" for name in line.floors)
        suite = line.suite if line.split == "test" else f"{line.suite}, dev"
        shown = f"| {'' if suite == before else suite} " if with_suite else ""
        yield f"{shown}| {line.title} | {found.n} | {found} | {beside} |"
        before = suite


def shown_scores(item: Item) -> set[str]:
    """Return the scores of an item that some table shows."""
    return {
        line.score
        for lines in TABLES.values()
        for line in lines
        if (line.suite, line.split) == (item.suite, item.split)
        and item.system in ("steward", *line.floors)
        and line.kind in (None, item.slices.get("kind"))
    }
