"""How well `steward check` judges the sentences of a draft.

Run ``python -m evals.drafts`` while tuning (the dev drafts), ``--split test`` to report, ``--fit`` to print the
coefficients of ``assistant/claims/drafts/evidence.py``, fitted on dev. The drafts lie in ``data/drafts``, the label of
each sentence in ``data/drafts.jsonl``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import typer
from pydantic import BaseModel, ConfigDict, model_validator

from assistant.claims.drafts.check import VERDICTS, DraftCheck, DraftVerdict, check_draft
from assistant.claims.drafts.claims import draft_sentences, points_back
from assistant.claims.drafts.evidence import Evidence, Signals, find_evidence
from assistant.library import Library
from assistant.reading import read_bytes
from assistant.records import Chunk
from evals.calibration.dev import keep_record
from evals.calibration.logistic import cross_validated, fit
from evals.cases import DATA, CaseError, Line, Split, load_cases
from evals.library import open_shipped_library
from evals.metrics.intervals import estimate

DRAFTS = DATA / "drafts"
LABELS = DATA / "drafts.jsonl"


class LabelledSentence(BaseModel):
    """A sentence of a draft and what a right check says of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    split: Split
    """The split of the section that the sentence is about; a draft is of one split."""
    draft: str
    """File in ``data/drafts``."""
    sentence: Line
    label: DraftVerdict
    section: str = ""
    """Text id and heading id, ``plan-for-change#missions``, that it is about; empty for what is no claim."""
    reason: Literal["authority", ""] = ""
    """``authority`` where the library holds it as a proposal only, and the sentence gives it as the government's."""

    @model_validator(mode="after")
    def _claims_have_sections(self) -> Self:
        if (self.label == "not a claim") == bool(self.section):
            raise ValueError("a claim names its section, and what is no claim names none")
        return self


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled sentence and the verdict that it got."""

    case: LabelledSentence
    verdict: DraftVerdict
    reasons: tuple[str, ...]

    @property
    def cluster(self) -> str:
        """Sentences about one section are not independent."""
        return self.case.section or self.case.draft


def main(
    split: Annotated[Literal["dev", "test"], typer.Option(help="Which drafts.")] = "dev",
    fit_signals: Annotated[bool, typer.Option("--fit", help="Fit the coefficients on dev and print them.")] = False,
    mistakes: Annotated[bool, typer.Option(help="List the sentences of dev that were judged otherwise.")] = False,
) -> None:
    """Check the labelled drafts and print how many sentences were judged as labelled."""
    library = open_shipped_library()
    cases = [case for case in load_labels() if case.split == split]
    if fit_signals:
        _print_fit([case for case in load_labels() if case.split == "dev"], library)
        return
    judged = [item for check in _checks(cases, library) for item in judge_draft(check, cases)]
    print(table(judged, split))
    if mistakes and split == "dev":
        for item in judged:
            if item.verdict != item.case.label:
                print(f"{item.case.label} → {item.verdict} {', '.join(item.reasons)}: {item.case.sentence}")


def load_labels(path: Path = LABELS) -> list[LabelledSentence]:
    """The labelled sentences of all drafts."""
    return load_cases(path, LabelledSentence)


def judge_draft(check: DraftCheck, cases: Sequence[LabelledSentence]) -> list[Judged]:
    """The labelled sentences of a checked draft with their verdicts, in their order.

    Raises:
        CaseError: the draft was read into other sentences than those labelled.
    """
    own = [case for case in cases if case.draft == check.draft]
    read = [item.text for item in check.sentences]
    if read != [case.sentence for case in own]:
        odd = next((text for text in read if text not in {case.sentence for case in own}), "a sentence is not there")
        raise CaseError(f"{DRAFTS / check.draft}: its sentences are not those labelled in {LABELS.name}: {odd}")
    return [
        Judged(case, item.verdict, tuple(reason.check for reason in item.reasons))
        for case, item in zip(own, check.sentences, strict=True)
    ]


def table(judged: Sequence[Judged], split: str) -> str:
    """The figures as a Markdown table, each with its n and 95 % interval, beside the floor."""
    claims = [item for item in judged if item.case.label != "not a claim"]
    most = max(VERDICTS, key=lambda verdict: sum(item.case.label == verdict for item in claims))
    rows = [_row("sentences judged as labelled", claims, lambda item: item.verdict == item.case.label, most)]
    for label in VERDICTS:
        own = [item for item in judged if item.case.label == label]
        rows.append(_row(f"of those {label}", own, lambda item: item.verdict == item.case.label, most))
    proposals = [item for item in judged if item.case.reason == "authority"]
    rows.append(
        _row("of proposals given as the government's", proposals, lambda item: "authority" in item.reasons, None)
    )
    false = [item for item in claims if item.case.label != "supported"]
    rows.append(_row("called supported though they are not (lower is better)", false, _is_supported, most))
    head = f"| {split} | n | Steward | floor: all {most} |\n|---|---|---|---|\n"
    return head + "\n".join(rows)


def _is_supported(item: Judged) -> bool:
    return item.verdict == "supported"


def _row(name: str, items: Sequence[Judged], is_right: Callable[[Judged], bool], floor: DraftVerdict | None) -> str:
    found = estimate([float(is_right(item)) for item in items], [item.cluster for item in items])
    blind = [Judged(item.case, floor, ()) for item in items] if floor else []
    share = f"{sum(is_right(item) for item in blind) / len(blind):.3f}" if blind else "–"
    return f"| {name} | {len(items)} | {found} | {share} |"


def _checks(cases: Sequence[LabelledSentence], library: Library) -> Iterator[DraftCheck]:
    for name in dict.fromkeys(case.draft for case in cases):
        yield check_draft(read_bytes((DRAFTS / name).read_bytes()), name, library)


def _print_fit(cases: Sequence[LabelledSentence], library: Library) -> None:
    """Label of the fit: does the likeliest passage speak of the same matter? So do those that a proposal is held by."""
    labels = {(case.draft, case.sentence): case for case in cases}
    signals, same, sections = [], [], []
    for (draft, sentence), found in _likeliest(cases, library):
        case = labels[draft, sentence]
        signals.append(astuple(found.signals))
        same.append(float(case.label != "not mentioned" or case.reason == "authority"))
        sections.append(case.section)
    features, truth = np.array(signals), np.array(same)
    fitted = fit(features, truth, balanced=True)
    names = [field.name for field in fields(Signals)]
    print(f"INTERCEPT = {fitted[0]:.2f}")
    print("COEFFICIENTS = Signals(" + ", ".join(f"{n}={v:.2f}" for n, v in zip(names, fitted[1:], strict=True)) + ")")
    right = (cross_validated(features, truth, sections, balanced=True) >= 0.5) == (truth == 1)
    print(f"same matter, each section judged by a fit without it: {estimate(right.astype(float).tolist(), sections)}")
    keep_record("drafts", sections)


def _likeliest(cases: Sequence[LabelledSentence], library: Library) -> Iterator[tuple[tuple[str, str], Evidence]]:
    for name in dict.fromkeys(case.draft for case in cases):
        before, last = "", list[Chunk]()
        for sentence in draft_sentences(read_bytes((DRAFTS / name).read_bytes())):
            if not sentence.is_claim:
                before, last = "", []
                continue
            found = find_evidence(sentence.text, before if points_back(sentence.text) else "", library, last)
            before, last = sentence.text, [found[0].chunk]
            yield (name, sentence.text), found[0]


if __name__ == "__main__":
    typer.run(main)
