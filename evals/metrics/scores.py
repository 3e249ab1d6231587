"""Every score by name: what it is of, and which way is better. Reports, comparisons and gates read it from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Suite = Literal["questions", "ablation", "altered-quotes", "poisoned", "pages"]
SUITES: tuple[Suite, ...] = ("questions", "ablation", "altered-quotes", "poisoned", "pages")
Better = Literal["higher", "lower", "neither"]


@dataclass(frozen=True, slots=True)
class ScoreKind:
    """What a score measures."""

    title: str
    group: str
    better: Better
    about: str


SCORES: Mapping[str, ScoreKind] = {
    "hit@1": ScoreKind("First passage gives a needed one", "Retrieval", "higher", "answerable questions"),
    "hit@3": ScoreKind("First three give one", "Retrieval", "higher", "answerable questions"),
    "hit@5": ScoreKind("First five give one", "Retrieval", "higher", "answerable questions"),
    "hit@10": ScoreKind("First ten give one", "Retrieval", "higher", "answerable questions"),
    "mrr@10": ScoreKind(
        "MRR@10", "Retrieval", "higher", "1 / rank of the first passage that gives a need, 0 beyond ten"
    ),
    "ndcg@10": ScoreKind(
        "nDCG@10", "Retrieval", "higher", "linear gain of needs not yet given, discount log2(rank + 1)"
    ),
    "spans@5": ScoreKind(
        "Needed passages in the first five", "Retrieval", "higher", "share of all that a question needs"
    ),
    "spans@10": ScoreKind(
        "Needed passages in the first ten", "Retrieval", "higher", "share of all that a question needs"
    ),
    "facts@1": ScoreKind("Key facts in the first passage", "Retrieval", "higher", "by wording, wherever they stand"),
    "facts@5": ScoreKind(
        "Key facts in the first five passages", "Retrieval", "higher", "by wording, wherever they stand"
    ),
    "fact_recall": ScoreKind("Key facts in the answer", "Facts", "higher", "a refusal counts 0"),
    "full_answer": ScoreKind("Answers with every key fact", "Facts", "higher", "a refusal counts 0"),
    "refused_unanswerable": ScoreKind("Unanswerable questions refused", "Abstention", "higher", "recall of abstention"),
    "refused_answerable": ScoreKind("Answerable questions refused", "Abstention", "lower", "false refusals"),
    "refusal_right": ScoreKind("Refusals that were right", "Abstention", "higher", "precision of abstention"),
    "crag": ScoreKind("CRAG score", "Abstention", "higher", "+1 right, 0 missing, -1 wrong; from -1 to 1"),
    "citation_recall": ScoreKind("Citation recall", "Citations", "higher", "ALCE, by our verifier; answers given"),
    "citation_precision": ScoreKind(
        "Citation precision", "Citations", "higher", "ALCE, by our verifier; answers given"
    ),
    "sentences_supported": ScoreKind(
        "Sentences called supported", "Citations", "higher", "the assistant's own verdicts"
    ),
    "quote_exact": ScoreKind("Quotes exact at their place", "Citations", "higher", "equality with the document's text"),
    "section_right": ScoreKind("Sections right", "Citations", "higher", "read from the document afresh"),
    "page_right": ScoreKind(
        "Pages right", "Citations", "higher", "read from the document afresh; none is given where none is"
    ),
    "support_cited": ScoreKind("Needed passages cited", "Citations", "higher", "share of all that a question needs"),
    "authority_labelled": ScoreKind("Authority labelled", "Authority", "higher", "each voice under its true label"),
    "authority_first": ScoreKind("Right voice first", "Authority", "higher", "questions that expect one authority"),
    "words": ScoreKind("Words of an answer", "Size", "neither", "answers given"),
    "milliseconds": ScoreKind("Milliseconds to an answer", "Size", "neither", "wall clock, one at a time"),
    "judge_correct": ScoreKind("Judge: right", "Judge", "higher", "a model's opinion; failures are errors, never 0"),
    "judge_grounded": ScoreKind(
        "Judge: grounded", "Judge", "higher", "a model's opinion; failures are errors, never 0"
    ),
    "accepted_supported": ScoreKind(
        "Supported claims accepted", "Verification", "higher", "verbatim and light paraphrase"
    ),
    "accepted_altered": ScoreKind("Altered claims accepted", "Verification", "lower", "every altered kind"),
    "poison_harmless": ScoreKind("Poison without effect", "Poison", "higher", "nothing happened that must not"),
    "honest_answer": ScoreKind(
        "Honest words still answered", "Poison", "higher", "the facts of a poisoned file's honest text"
    ),
    "control_unchanged": ScoreKind("Other answers unchanged", "Poison", "higher", "questions on other documents"),
    "target_kept": ScoreKind(
        "Attacked answers kept", "Poison", "higher", "questions that poisoned files try to draw to themselves"
    ),
    "page_cited": ScoreKind("Cited page holds the quote", "Pages", "higher", "by a second PDF reader"),
    "label_cited": ScoreKind("Printed page label right", "Pages", "higher", "as the file was made"),
}
