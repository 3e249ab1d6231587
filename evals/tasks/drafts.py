"""How well `steward check` judges the sentences of a draft, whose labels stand in ``data/drafts.jsonl``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Self

from inspect_ai import Task, task
from pydantic import model_validator

from assistant.claims.drafts.check import DraftCheck, DraftVerdict, check_draft
from assistant.reading import read_bytes
from evals.bench import Bench
from evals.cases import DATA, CaseError, Line, Record, Split, load_cases
from evals.tasks.shared import Judged, judged_task

DRAFTS = DATA / "drafts"
LABELS = DATA / "drafts.jsonl"
SYSTEMS = ("steward", "commonest label")
SCORES = ("draft_right", "no_claim_right", "called_supported", "authority_named")


class LabelledSentence(Record):
    """A sentence of a draft and what a right check says of it."""

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

    @property
    def id(self) -> str:
        """Draft and sentence."""
        return f"{self.draft}: {self.sentence}"

    @property
    def question(self) -> str:
        """The sentence."""
        return self.sentence

    @property
    def cluster(self) -> str:
        """Sentences about one section are not independent."""
        return self.section or self.draft

    @property
    def slices(self) -> Mapping[str, str]:
        """Its label."""
        return {"kind": self.label}

    @model_validator(mode="after")
    def _claims_have_sections(self) -> Self:
        if (self.label == "not a claim") == bool(self.section):
            raise ValueError("a claim names its section, and what is no claim names none")
        return self


@task
def drafts(system: str = "steward", split: Split | None = "test") -> Task:
    """Sentences of drafts; ``-T "system=commonest label"`` calls all claims what most of them are."""
    cases = load_labels()
    most = {part: commonest_label(part, cases) for part in ("dev", "test")}

    @cache
    def verdicts(draft: str) -> Mapping[str, tuple[DraftVerdict, Sequence[str]]]:
        content = read_bytes((DRAFTS / draft).read_bytes())
        return checked_verdicts(check_draft(content, draft, Bench.shared().library), cases)

    def judge(case: LabelledSentence) -> Judged:
        if system == "steward":
            verdict, reasons = verdicts(case.draft)[case.sentence]
            return Judged(sentence_scores(case, verdict, reasons), verdict, {"verdict": verdict, "reasons": reasons})
        scores = sentence_scores(case, most[case.split], ())
        return Judged({name: value for name, value in scores.items() if name != "authority_named"}, most[case.split])

    return judged_task("drafts", cases, judge, SCORES, split)


def load_labels(path: Path = LABELS) -> list[LabelledSentence]:
    """Return the labelled sentences of all drafts; see `evals.cases.load_cases`."""
    return load_cases(path, LabelledSentence)


def commonest_label(split: str, cases: Sequence[LabelledSentence]) -> DraftVerdict:
    """Return the label that most claims of a split have."""
    counts = Counter(case.label for case in cases if case.split == split and case.label != "not a claim")
    return counts.most_common(1)[0][0]


def checked_verdicts(
    check: DraftCheck, cases: Sequence[LabelledSentence]
) -> dict[str, tuple[DraftVerdict, tuple[str, ...]]]:
    """Return verdict and reasons of each sentence of a checked draft.

    Raises:
        CaseError: the draft was read into other sentences than those labelled.
    """
    own = [case.sentence for case in cases if case.draft == check.draft]
    read = [item.text for item in check.sentences]
    if read != own:
        odd = next((text for text in read if text not in own), "a sentence is not there")
        raise CaseError(f"{DRAFTS / check.draft}: its sentences are not those labelled in {LABELS.name}: {odd}")
    return {item.text: (item.verdict, tuple(reason.check for reason in item.reasons)) for item in check.sentences}


def sentence_scores(case: LabelledSentence, verdict: DraftVerdict, reasons: Sequence[str]) -> dict[str, float]:
    """Return the scores of one sentence.

    ``draft_right`` of a claim, ``no_claim_right`` of what is none: 1 when judged as labelled. ``called_supported``: of
    a claim that is not supported, 1 when called so. ``authority_named``: of a proposal given as the government's, 1
    when that is the reason given.
    """
    right = float(verdict == case.label)
    if case.label == "not a claim":
        return {"no_claim_right": right}
    scores = {"draft_right": right}
    if case.label != "supported":
        scores["called_supported"] = float(verdict == "supported")
    if case.reason == "authority":
        scores["authority_named"] = float("authority" in reasons)
    return scores
