"""How well `steward check` judges the sentences of a draft, whose labels stand in ``data/drafts.jsonl``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Self

from inspect_ai import Task, task
from pydantic import model_validator

from assistant.claims.drafts import DraftCheck, DraftVerdict, check_draft
from assistant.reading import read_bytes
from evals.bench import Bench
from evals.cases import DATA, CaseError, Line, Record, Split, load_cases
from evals.tasks.shared import Judged, judged_task

DRAFTS = DATA / "drafts"
LABELS = DATA / "drafts.jsonl"
SCORES = ("matter_found", "clash_right", "clash_found", "no_claim_right", "called_supported", "authority_named")
CLASHES: tuple[DraftVerdict, ...] = ("clashes", "contradicted")


class LabelledSentence(Record):
    """A sentence of a draft and what a right check says of it."""

    split: Split
    """The split of the section that the sentence is about; a draft is of one split."""
    draft: str
    """File in ``data/drafts``."""
    sentence: Line
    label: Literal["supported", "contradicted", "not mentioned", "not a claim"]
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
    """Sentences of drafts, checked without a judge."""
    cases = load_labels()

    @cache
    def verdicts(draft: str) -> Mapping[str, tuple[DraftVerdict, Sequence[str]]]:
        content = read_bytes((DRAFTS / draft).read_bytes())
        return checked_verdicts(check_draft(content, draft, Bench.shared().library), cases)

    def judge(case: LabelledSentence) -> Judged:
        verdict, reasons = verdicts(case.draft)[case.sentence]
        return Judged(sentence_scores(case, verdict, reasons), verdict, {"verdict": verdict, "reasons": reasons})

    return judged_task("drafts", cases, judge, SCORES, split)


def load_labels(path: Path = LABELS) -> list[LabelledSentence]:
    """Return the labelled sentences of all drafts; see `evals.cases.load_cases`."""
    return load_cases(path, LabelledSentence)


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

    ``no_claim_right`` of what is no claim: 1 when seen. Of a claim ``matter_found``: 1 when something near was found,
    or nothing for one that the library does not mention. ``clash_right`` of one that is called a clash: 1 when it is
    labelled as contradicted, or as a proposal given as the government's. ``clash_found`` of those: 1 when called so.
    ``called_supported`` of a claim that is not supported: 1 when called verbatim or supported. ``authority_named`` of
    proposal given as the government's: 1 when that is the reason given.
    """
    if case.label == "not a claim":
        return {"no_claim_right": float(verdict == "not a claim")}
    clashes = case.label == "contradicted" or case.reason == "authority"
    held = clashes or case.label == "supported"
    scores = {"matter_found": float((verdict not in ("not found", "not mentioned")) == held)}
    if verdict in CLASHES:
        scores["clash_right"] = float(clashes)
    if clashes:
        scores["clash_found"] = float(verdict in CLASHES)
    if case.label != "supported":
        scores["called_supported"] = float(verdict in ("verbatim", "supported"))
    if case.reason == "authority":
        scores["authority_named"] = float("authority" in reasons)
    return scores
