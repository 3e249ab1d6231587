"""The verifier on claims beside what they cite: which does it accept, and which does it veto?"""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai import Task, task

from evals.cases import Split
from evals.claims import Claim, load_altered_quotes, load_fact_changes, load_restatements
from evals.metrics.verification import CLAIM_SCORES, build_verifier, claim_scores
from evals.tasks.shared import Judged, judged_task

SHOWN = {"claim", "context", "original", "altered", "section"}


@task
def altered_quotes(system: str = "steward", split: Split | None = "test") -> Task:
    """Quotes, light paraphrases of them, and quotes with one thing altered."""
    return _verifying("altered_quotes", load_altered_quotes(), system, split)


@task
def restatements(system: str = "steward", split: Split | None = "test") -> Task:
    """Free restatements of short passages, swapped roles and names, changed force."""
    return _verifying("restatements", load_restatements(), system, split)


@task
def fact_changes(system: str = "steward", split: Split | None = "test") -> Task:
    """Paraphrases of digests, and the same with one figure, date, name or denial changed."""
    return _verifying("fact_changes", load_fact_changes(), system, split)


def _verifying(name: str, claims: Sequence[Claim], system: str, split: Split | None) -> Task:
    verdict_on = build_verifier(system, [quote for quote in load_altered_quotes() if quote.split == "dev"])

    def judge(claim: Claim) -> Judged:
        verdict = verdict_on(claim)
        detail = claim.model_dump(include=SHOWN) | {"verdict": verdict}
        return Judged(claim_scores(claim, verdict), verdict, detail)

    return judged_task(name, claims, judge, CLAIM_SCORES, split)
