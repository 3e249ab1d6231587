"""Eval cases: what a record must hold, and what is said of one that does not."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import CaseError, Place, Question, check_unique, load_questions, load_splits
from evals.checks import require_dev

ANSWERABLE: Mapping[str, Any] = {
    "id": "boats",
    "split": "dev",
    "type": "fact",
    "question": "How many boats will be licensed?",
    "status": "answered",
    "answer": "40 by 2027.",
    "key_facts": [["40 boats", "forty boats"], ["2027"]],
    "spans": [{"document": "harbour-plan", "section": "boats", "snippet": "will license 40 boats"}],
}
UNANSWERABLE: Mapping[str, Any] = {
    "id": "whales",
    "split": "test",
    "type": "unanswerable",
    "question": "Who counts the whales?",
    "status": "not-in-library",
    "answer": "The harbour plan is silent on whales.",
    "near": "harbour-plan#boats",
}
OTHER = {"document": "tide-report", "section": "wardens"}
GONE = object()
"""A field of this value is taken out of the record."""


def record(base: Mapping[str, Any] = ANSWERABLE, **changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (dict(base) | changes).items() if value is not GONE}


def case(base: Mapping[str, Any] = ANSWERABLE, **changes: Any) -> Question:
    return Question.model_validate_json(json.dumps(record(base, **changes)))


def write(folder: Path, *records: Mapping[str, Any]) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in records), encoding="utf-8")
    return path


def test_cases_come_in_the_order_of_their_lines_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(f"\n{json.dumps(UNANSWERABLE)}\r\n  \n{json.dumps(ANSWERABLE)}", encoding="utf-8")
    unanswerable, answerable = load_questions(path)
    assert (unanswerable.id, unanswerable.answerable, unanswerable.style) == ("whales", False, "question")
    assert (answerable.id, answerable.answerable, answerable.key_facts[1]) == ("boats", True, ("2027",))


def test_the_committed_questions_load() -> None:
    assert len({one.id for one in load_questions()}) == len(load_questions()) > 0


WRONG: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "missing-field": ({"question": GONE}, "question: Field required (found "),
    "unknown-field": ({"colour": "red"}, "colour: Extra inputs are not permitted (found 'red')"),
    "capital-in-id": ({"id": "Boats"}, "id: String should match pattern '^[a-z0-9][a-z0-9-]*$' (found 'Boats')"),
    "unknown-split": ({"split": "train"}, "split: Input should be 'dev' or 'test' (found 'train')"),
    "unknown-type": ({"type": "riddle"}, "type: Input should be 'fact', 'definition', "),
    "unknown-style": ({"style": "verse"}, "style: Input should be 'question', 'keywords', 'long' or 'typos'"),
    "unknown-status": ({"status": "maybe"}, "status: Input should be 'answered', "),
    "unknown-authority": ({"authority": "rumour"}, "authority: Input should be 'statute', "),
    "empty-question": ({"question": ""}, "question: String should have at least 1 character (found '')"),
    "space-before": ({"question": " Why?"}, "question: String should match pattern"),
    "two-lines": ({"answer": "One.\nTwo."}, "answer: String should match pattern"),
    "empty-wording": ({"key_facts": [["40"], [""]]}, "key_facts.1.0: String should have at least 1 character"),
    "number-for-wording": ({"key_facts": [[40]]}, "key_facts.0.0: Input should be a valid string (found '40')"),
    "short-snippet": (
        {"spans": [OTHER | {"snippet": "eleven char"}]},
        "spans.0.snippet: String should have at least 12 characters (found 'eleven char')",
    ),
    "half-a-place": (
        {"spans": [{**ANSWERABLE["spans"][0], "also": [OTHER]}]},
        "spans.0.also.0.snippet: Field required",
    ),
    "answerable-without-spans": ({"spans": []}, "the record: Value error, an answerable question needs spans and key_"),
    "answerable-without-facts": ({"key_facts": []}, "the record: Value error, an answerable question needs spans and "),
    "answerable-near": ({"near": "harbour-plan#money"}, "the record: Value error, near is for unanswerable questions"),
    "fact-that-is-refused": (
        {"status": "out-of-scope", "spans": [], "key_facts": []},
        "the record: Value error, type unanswerable goes with a refusing status, and only that",
    ),
    "unanswerable-that-is-answered": (
        {"type": "unanswerable"},
        "the record: Value error, type unanswerable goes with a refusing status, and only that",
    ),
    "follow-up-of-nothing": (
        {"type": "follow-up"},
        "the record: Value error, type follow-up goes with followup_of, and only that",
    ),
    "fact-of-a-parent": (
        {"followup_of": "oars"},
        "the record: Value error, type follow-up goes with followup_of, and only that",
    ),
}


@pytest.mark.parametrize(("changes", "message"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_record_is_named_by_file_line_and_field(
    changes: Mapping[str, Any], message: str, tmp_path: Path
) -> None:
    path = write(tmp_path, UNANSWERABLE, record(**changes))
    with pytest.raises(CaseError, match=re.escape(f"{path}, line 2, {message}")):
        load_questions(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"spans": ANSWERABLE["spans"]},
        {"key_facts": ANSWERABLE["key_facts"]},
        {"authority": "guidance"},
    ],
    ids=["spans", "key-facts", "authority"],
)
def test_an_unanswerable_question_holds_nothing_of_an_answer(changes: Mapping[str, Any], tmp_path: Path) -> None:
    path = write(tmp_path, record(UNANSWERABLE, **changes))
    message = "an unanswerable question has no spans, key_facts or authority"
    with pytest.raises(CaseError, match=re.escape(f"{path}, line 1, the record: Value error, {message}")):
        load_questions(path)


@pytest.mark.parametrize("line", ["{", '{"id": "boats"', "[]", "boats"], ids=["brace", "half", "list", "word"])
def test_a_line_that_is_no_record_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(f"{json.dumps(ANSWERABLE)}\n{line}\n", encoding="utf-8")
    with pytest.raises(CaseError, match=re.escape(f"{path}, line 2, the record: ")):
        load_questions(path)


def test_what_was_found_is_shown_in_part(tmp_path: Path) -> None:
    path = write(tmp_path, record(split="x" * 500))
    with pytest.raises(CaseError) as raised:
        load_questions(path)
    assert str(raised.value).endswith(f"(found '{'x' * 120}').")


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = write(tmp_path, ANSWERABLE, UNANSWERABLE, record(question="How many oars?"))
    with pytest.raises(CaseError, match=re.escape(f"{path}: the id 'boats' stands twice; ids must be unique.")):
        load_questions(path)
    check_unique(["a", "b"], "here")


@pytest.mark.parametrize("content", [None, b"\xff\xfe{}"], ids=["missing", "not-utf-8"])
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CaseError, match=re.escape(f"{path} cannot be read as UTF-8 text: ")):
        load_questions(path)


@pytest.mark.parametrize("separator", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"], ids=ascii)
def test_a_line_separator_inside_a_string_ends_no_line(separator: str, tmp_path: Path) -> None:
    snippet = f"license{separator}40 boats"
    spans = [OTHER | {"snippet": snippet}]
    line = json.dumps(record(spans=spans), ensure_ascii=False)
    path = tmp_path / "questions.jsonl"
    path.write_text(f"{line}\n{json.dumps(UNANSWERABLE)}\n", encoding="utf-8")
    first, second = load_questions(path)
    assert (first.spans[0].snippet, second.id) == (snippet, "whales")


@given(st.text(min_size=12))
def test_whatever_a_snippet_holds_a_case_is_one_line(snippet: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), record(spans=[OTHER | {"snippet": snippet}]), UNANSWERABLE)
        first, _ = load_questions(path)
    assert first.spans[0].snippet == snippet


def test_the_places_of_a_passage_begin_with_its_own() -> None:
    also = [OTHER | {"snippet": "forty boats are licensed"}]
    (span,) = case(spans=[{**ANSWERABLE["spans"][0], "also": also}]).spans
    assert [place.document for place in span.places] == ["harbour-plan", "tide-report"]
    assert span.places[0] == Place(document="harbour-plan", section="boats", snippet="will license 40 boats")


@pytest.mark.parametrize(
    ("question", "cluster"),
    [
        (case(), "harbour-plan#boats"),
        (case(UNANSWERABLE), "harbour-plan#boats"),
        (case(UNANSWERABLE, near=None), "whales"),
    ],
    ids=["first-passage", "near", "own"],
)
def test_a_case_is_clustered_by_its_section_else_by_itself(question: Question, cluster: str) -> None:
    assert question.cluster == cluster


def test_a_section_has_the_split_under_which_it_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "sections.toml"
    path.write_text('["a"]\ndev = ["x"]\ntest = ["y"]\n["a/precedents"]\ndev = []\ntest = ["x"]\n', encoding="utf-8")
    splits = load_splits(path)
    assert [splits.of("a", "x"), splits.of("a", "y"), splits.of("a/precedents", "x")] == ["dev", "test", "test"]
    assert splits.of("a", "z") is None
    assert splits.sections == {("a", "x"), ("a", "y"), ("a/precedents", "x")}


def test_the_committed_sections_load() -> None:
    assert load_splits().of("english-devolution-white-paper", "rationale") == "dev"


@pytest.mark.parametrize(
    "content",
    [None, "[a", '["a"]\ndev = ["x"]\n', '["a"]\ndev = ["x"]\ntest = "y"\n', 'dev = ["x"]\n'],
    ids=["missing", "no-toml", "no-test-half", "no-list", "no-text"],
)
def test_a_list_of_sections_of_another_form_is_named(content: str | None, tmp_path: Path) -> None:
    path = tmp_path / "sections.toml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CaseError, match=re.escape(f"{path} is no list of sections: ")):
        load_splits(path)


def test_a_list_of_sections_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sections.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CaseError, match=re.escape(f"{path}")):
        load_splits(path)


def test_no_section_belongs_to_both_splits(tmp_path: Path) -> None:
    path = tmp_path / "sections.toml"
    path.write_text('["a"]\ndev = ["x"]\ntest = ["x"]\n', encoding="utf-8")
    with pytest.raises(CaseError, match="a#x"):
        load_splits(path)


def test_a_fact_has_a_wording(tmp_path: Path) -> None:
    path = write(tmp_path, record(key_facts=[["40 boats"], []]))
    with pytest.raises(CaseError, match=re.escape("line 1, key_facts.1: ")):
        load_questions(path)


def test_dev_cases_may_be_tuned_on_and_others_may_not() -> None:
    assert require_dev([case()]) == [case()]
    with pytest.raises(CaseError, match=r"Case whales belongs to the test split; tune on dev only\."):
        require_dev(iter([case(), case(UNANSWERABLE)]))
