"""The labelled drafts and comparisons, and the figures made of them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.claims.drafts import CheckedSentence, DraftCheck
from assistant.claims.drafts.claims import draft_sentences
from assistant.reading import read_bytes
from evals.cases import CaseError, load_splits
from evals.libraries.shipped import REPOSITORY
from evals.metrics.matching import states, tokens
from evals.tasks.comparisons import LabelledCell, cell_scores, load_cells
from evals.tasks.drafts import (
    DRAFTS,
    LabelledSentence,
    checked_verdicts,
    load_labels,
    sentence_scores,
)

LABELS = load_labels()


def test_every_draft_is_read_into_the_sentences_that_are_labelled() -> None:
    assert {path.name for path in DRAFTS.iterdir()} == {case.draft for case in LABELS}
    for name in sorted({case.draft for case in LABELS}):
        read = [item.text for item in draft_sentences(read_bytes((DRAFTS / name).read_bytes()))]
        assert read == [case.sentence for case in LABELS if case.draft == name]


def test_a_draft_and_its_sections_belong_to_one_split() -> None:
    splits = load_splits()
    for case in LABELS:
        if case.section:
            text_id, _, section = case.section.partition("#")
            assert splits.of(text_id, section) == case.split, case
    assert len({(case.draft, case.split) for case in LABELS}) == len({case.draft for case in LABELS})


def test_both_splits_hold_enough_of_each_verdict() -> None:
    for split in ("dev", "test"):
        for label in ("supported", "contradicted", "not mentioned"):
            assert sum(case.split == split and case.label == label for case in LABELS) >= 20


def test_a_topic_belongs_to_one_split_and_its_words_stand_in_the_document() -> None:
    cells = load_cells()
    known = {
        row["id"]: (REPOSITORY / "corpus" / row["summary"]).read_text(encoding="utf-8")
        for row in tomllib.loads((REPOSITORY / "corpus" / "catalogue.toml").read_text(encoding="utf-8"))["document"]
        if "summary" in row
    }
    words = {name: tokens(text) for name, text in known.items()}
    for cell in cells:
        assert cell.document in known
        assert not cell.addressed or states(words[cell.document], cell.holds), cell
    assert len({(cell.topic, cell.split) for cell in cells}) == len({cell.topic for cell in cells})
    assert len({(cell.topic, cell.document) for cell in cells}) == len(cells)


CASES = [
    LabelledSentence(split="dev", draft="d.md", sentence="A is so.", label="supported", section="x#a"),
    LabelledSentence(split="dev", draft="d.md", sentence="B is so.", label="contradicted", section="x#b"),
    LabelledSentence(split="dev", draft="d.md", sentence="C is so.", label="supported", section="x#c"),
    LabelledSentence(split="dev", draft="d.md", sentence="Hello.", label="not a claim"),
]
CHECK = DraftCheck(
    "d.md",
    tuple(
        CheckedSentence(case.sentence, 0, 1, verdict)
        for case, verdict in zip(CASES, ("verbatim", "clashes", "not found", "not a claim"), strict=True)
    ),
    (),
    (),
    "v",
    "2026-01-01",
    0.1,
)


def test_a_checked_draft_gives_each_sentence_its_verdict() -> None:
    verdicts = checked_verdicts(CHECK, CASES)
    scores = [sentence_scores(case, *verdicts[case.sentence]) for case in CASES]
    assert scores == [
        {"matter_found": 1.0},
        {"matter_found": 1.0, "clash_right": 1.0, "clash_found": 1.0, "called_supported": 0.0},
        {"matter_found": 0.0},
        {"no_claim_right": 1.0},
    ]


def test_a_proposal_given_as_the_governments_is_found_by_its_reason() -> None:
    case = CASES[1].model_copy(update={"label": "not mentioned", "reason": "authority"})
    found = sentence_scores(case, "clashes", ["authority"])
    assert (found["authority_named"], found["clash_right"], found["clash_found"]) == (1.0, 1.0, 1.0)
    found = sentence_scores(case, "not found", ["matter"])
    assert (found["authority_named"], found["clash_found"], found["matter_found"]) == (0.0, 0.0, 0.0)


def test_a_draft_that_is_read_otherwise_than_labelled_is_an_error() -> None:
    first = replace(CHECK.sentences[0], text="A is so, or not.")
    with pytest.raises(CaseError, match="A is so, or not"):
        checked_verdicts(replace(CHECK, sentences=(first, *CHECK.sentences[1:])), CASES)


def test_a_claim_without_its_section_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "drafts.jsonl"
    path.write_text('{"split": "dev", "draft": "d.md", "sentence": "A.", "label": "supported"}\n', encoding="utf-8")
    with pytest.raises(CaseError, match="names its section"):
        load_labels(path)


@pytest.mark.parametrize(
    ("addressed", "said", "expected"),
    [
        (True, ["The words."], {"addressed_right": 1.0, "cell_holds": 1.0}),
        (True, ["Others."], {"addressed_right": 1.0, "cell_holds": 0.0}),
        (True, [], {"addressed_right": 0.0}),
        (False, [], {"addressed_right": 1.0}),
        (False, ["The words."], {"addressed_right": 0.0}),
    ],
    ids=["holds", "holds-not", "not-filled", "rightly-empty", "filled"],
)
def test_a_cell_is_scored(addressed: bool, said: list[str], expected: dict[str, float]) -> None:
    holds = ("the words",) if addressed else ()
    cell = LabelledCell(split="dev", topic="t", document="a", addressed=addressed, holds=holds)
    assert cell_scores(cell, said) == expected
