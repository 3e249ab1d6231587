"""The labelled drafts and comparisons, and the figures made of them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.claims.drafts import CheckedSentence, DraftCheck
from assistant.claims.drafts.claims import draft_sentences
from assistant.reading import read_bytes
from evals import comparisons
from evals.cases import CaseError, load_splits
from evals.drafts import DRAFTS, Judged, LabelledSentence, judge_draft, load_labels, table
from evals.library import REPOSITORY
from evals.metrics.matching import states, tokens

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
    cells = comparisons.load_cells()
    known = {
        row["id"]: (REPOSITORY / "corpus" / row["briefing"]).read_text(encoding="utf-8")
        for row in tomllib.loads((REPOSITORY / "corpus" / "catalogue.toml").read_text(encoding="utf-8"))["document"]
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
        for case, verdict in zip(CASES, ("supported", "supported", "not mentioned", "not a claim"), strict=True)
    ),
    (),
    (),
    "v",
    "2026-01-01",
    0.1,
)


def test_the_table_counts_claims_and_shows_the_floor() -> None:
    rows = {
        line.split(" | ")[0]: line.split(" | ")[1:] for line in table(judge_draft(CHECK, CASES), "dev").splitlines()
    }
    # One of three claims is judged as labelled; calling all supported, as most are, would be right of two.
    n, found, floor = rows["| sentences judged as labelled"]
    assert (n, found.split()[0], floor) == ("3", "0.333", "0.667 |")
    assert rows["| of those not a claim"][1].startswith("1.000")
    assert rows["| called supported though they are not (lower is better)"][1].startswith("1.000")


def test_a_draft_that_is_read_otherwise_than_labelled_is_an_error() -> None:
    first = replace(CHECK.sentences[0], text="A is so, or not.")
    with pytest.raises(CaseError, match="A is so, or not"):
        judge_draft(replace(CHECK, sentences=(first, *CHECK.sentences[1:])), CASES)


def test_a_claim_without_its_section_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "drafts.jsonl"
    path.write_text('{"split": "dev", "draft": "d.md", "sentence": "A.", "label": "supported"}\n', encoding="utf-8")
    with pytest.raises(CaseError, match="names its section"):
        load_labels(path)


def test_a_comparison_is_scored_by_cell() -> None:
    cells = [
        comparisons.LabelledCell(split="dev", topic="t", document="a", addressed=True, holds=("x",)),
        comparisons.LabelledCell(split="dev", topic="t", document="b", addressed=False),
    ]
    judged = [comparisons.Judged(cells[0], True, False), comparisons.Judged(cells[1], True, None)]
    lines = comparisons.table(judged, "dev").splitlines()
    assert lines[2].startswith("| addressed or not, as labelled | 2 | 0.500")
    assert lines[5].startswith("| filled cells hold the words looked for | 1 | 0.000")
    assert Judged(CASES[3], "not a claim", ()).cluster == "d.md"
