"""Every score by name: what it is of, and which way is better. Reports, comparisons and gates read it from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Suite = Literal[
    "questions",
    "ablation",
    "altered-quotes",
    "restatements",
    "fact-changes",
    "poisoned",
    "pages",
    "conversations",
    "parts",
    "premises",
    "comparisons",
    "drafts",
    "register-lists",
    "precedents",
    "precedents-probe",
    "contributed-cases",
    "duplicates",
    "case-questions",
    "proposals",
    "passages",
    "attribution",
    "attribution-questions",
    "written",
    "written-poison",
    "written-sentences",
    "written-questions",
    "unasked",
    "everyday",
    "absent",
]
SUITES: tuple[Suite, ...] = get_args(Suite)
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
    "warned_unanswerable": ScoreKind(
        "Unanswerable questions refused or answered with a caution",
        "Abstention",
        "higher",
        "the caution is the first line",
    ),
    "warned_answerable": ScoreKind(
        "Answerable questions refused or answered with a caution",
        "Abstention",
        "lower",
        "the caution is the first line",
    ),
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
        "Verbatim quotes accepted", "Verification", "higher", "whole sentences and rows of the library"
    ),
    "accepted_altered": ScoreKind("Altered claims accepted", "Verification", "lower", "every altered kind"),
    "vetoed_supported": ScoreKind(
        "Supported paraphrases vetoed", "Verification", "lower", "the others are left to a judge of meaning"
    ),
    "vetoed_altered": ScoreKind(
        "Altered claims vetoed", "Verification", "higher", "by facts; the others are left to a judge of meaning"
    ),
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
    "blocks_read": ScoreKind("Blocks read word for word", "Pages", "higher", "publications of known blocks, in order"),
    "blocks_extra": ScoreKind("Blocks read that are none", "Pages", "lower", "running heads, halves of paragraphs"),
    "notes_placed": ScoreKind("Notes at the words that call them", "Pages", "higher", "publications of known blocks"),
    "left_alone": ScoreKind(
        "Own questions left alone", "Conversations", "higher", "questions of their own, after another on something else"
    ),
    "missing_named": ScoreKind(
        "Missing part named", "Parts", "higher", "questions with a part that the library does not answer"
    ),
    "false_notice": ScoreKind("False notices of a missing part", "Parts", "lower", "every question of two parts"),
    "corrected_wrongly": ScoreKind(
        "Corrected though nothing is wrong", "Premises", "lower", "innocent questions, true premises"
    ),
    "corrected": ScoreKind("Wrong premises corrected", "Premises", "higher", "only what is certain is corrected"),
    "truth_stated": ScoreKind("What is right stands in the answer", "Premises", "higher", "wrong premises"),
    "addressed_right": ScoreKind("Addressed or not, as labelled", "Comparisons", "higher", "a topic and a document"),
    "cell_holds": ScoreKind(
        "Cells hold the words looked for", "Comparisons", "higher", "cells that are filled where they should be"
    ),
    "matter_found": ScoreKind(
        "Matter found or not, as labelled", "Drafts", "higher", "claims of drafts: whether the library speaks of it"
    ),
    "clash_right": ScoreKind("Clashes shown that are clashes", "Drafts", "higher", "sentences called a clash"),
    "clash_found": ScoreKind("Clashes found", "Drafts", "higher", "claims that the library contradicts"),
    "no_claim_right": ScoreKind(
        "Greetings and headings known", "Drafts", "higher", "sentences of drafts that claim nothing"
    ),
    "called_supported": ScoreKind(
        "Called supported though they are not", "Drafts", "lower", "claims of drafts that the library does not support"
    ),
    "authority_named": ScoreKind(
        "Proposals given as policy found", "Drafts", "higher", "proposals that a draft gives as the government's"
    ),
    "list_exact": ScoreKind("Exactly the right entries", "Register lists", "higher", "broad questions"),
    "list_precision": ScoreKind(
        "Entries shown that belong", "Register lists", "higher", "broad questions with any shown"
    ),
    "list_recall": ScoreKind(
        "Entries that belong shown", "Register lists", "higher", "broad questions that some entry meets"
    ),
    "list_on_narrow": ScoreKind("Narrow questions with a list", "Register lists", "lower", "narrow questions"),
    "case@1": ScoreKind("A right case first", "Precedents", "higher", "what people look for"),
    "case@3": ScoreKind("A right case in the first three", "Precedents", "higher", "what people look for"),
    "contributed@3": ScoreKind(
        "Right case in the first three, out of the index", "Precedents", "higher", "cases that the index does not hold"
    ),
    "ranks_lost": ScoreKind(
        "Ranks lost out of the index", "Precedents", "lower", "the right case; a count, below 0 where it gains"
    ),
    "ranks_lost_nearest": ScoreKind(
        "Ranks lost by the nearest others", "Precedents", "lower", "a count, below 0 where they gain"
    ),
    "duplicate_shown": ScoreKind("The same case shown", "Duplicates", "higher", "cases told anew"),
    "duplicate_first": ScoreKind("The same case shown first", "Duplicates", "higher", "cases told anew"),
    "others_shown": ScoreKind("Other cases shown", "Duplicates", "lower", "a count"),
    "shown_though_different": ScoreKind(
        "Any case shown though all are different", "Duplicates", "lower", "new cases; the register's own"
    ),
    "cases_recall": ScoreKind("Right cases named", "Case questions", "higher", "questions with a right case"),
    "case_named": ScoreKind("At least one right case named", "Case questions", "higher", "questions with a right case"),
    "cases_precision": ScoreKind(
        "Named cases on the subject", "Case questions", "higher", "answers where some case is on the subject"
    ),
    "answered_without_case": ScoreKind(
        "Answered though no case speaks", "Case questions", "lower", "questions without a case"
    ),
    "silent_with_case": ScoreKind("Silent though cases speak", "Case questions", "lower", "questions with a case"),
    "outcomes_read": ScoreKind(
        "Outcomes asked for read as marked", "Case questions", "higher", "every question across cases"
    ),
    "case_words_exact": ScoreKind(
        "Sentences in exact words of their case", "Case questions", "higher", "sentences shown"
    ),
    "proposals_as_results": ScoreKind(
        "Proposals shown as results", "Case questions", "lower", "sentences shown under an outcome"
    ),
    "cases_named": ScoreKind("Cases named", "Case questions", "neither", "a count, of an answer"),
    "proposal_known": ScoreKind(
        "Proposals never shown as results", "Proposals", "higher", "sentences of nobody's case"
    ),
    "proposal_apart": ScoreKind(
        "Proposals not told in the past", "Proposals", "higher", "never shown as a result on their own"
    ),
    "result_taken": ScoreKind("Results taken for proposals", "Proposals", "lower", "sentences of nobody's case"),
    "result_apart": ScoreKind(
        "Results not told in the past", "Proposals", "lower", "never shown as a result on their own"
    ),
    "speaker_right": ScoreKind("True speaker and authority", "Attribution", "higher", "sentences of the library"),
    "not_raised": ScoreKind(
        "Others' words not shown as government's", "Attribution", "higher", "sentences that government does not say"
    ),
    "drawn": ScoreKind("Sentence asked for is cited", "Attribution", "higher", "questions on who says what"),
    "shown_right": ScoreKind(
        "True speaker in page, note and record", "Attribution", "higher", "questions whose sentence is cited"
    ),
    "passage_right": ScoreKind(
        "Passages shown that are right", "Passages", "higher", "passages shown for recommendations"
    ),
    "passage_found": ScoreKind("Shown a right passage", "Passages", "higher", "recommendations with a right passage"),
    "silence_right": ScoreKind(
        "Shown none where there is none", "Passages", "higher", "recommendations without a right passage"
    ),
    "written_kept": ScoreKind("A chat model’s sentences shown", "Written answers", "higher", "of each answer"),
    "calls": ScoreKind("Calls of a chat model", "Written answers", "neither", "to read, write and check an answer"),
    "tokens": ScoreKind("Tokens of an answer", "Written answers", "neither", "read and written, in all calls"),
    "replayed": ScoreKind(
        "Prompts with a recorded reply", "Written answers", "higher", "the others changed since they were recorded"
    ),
    "kept_supported": ScoreKind("Supported sentences kept", "Verification", "higher", "by facts and a recorded judge"),
    "kept_altered": ScoreKind("False sentences kept", "Verification", "lower", "by facts and a recorded judge"),
}
