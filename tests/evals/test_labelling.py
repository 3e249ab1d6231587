"""Claims are sampled the same each time, labels are kept as given, and what they say was worked out by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from assistant.claims import Verification, verify
from assistant.errors import AssistantError
from assistant.records import Verdict
from evals.labelling.labels import (
    Label,
    LabelError,
    LabelItem,
    add_label,
    label_item,
    load_items,
    load_labels,
    next_item,
    raters_in,
    sample_items,
    save_items,
    sentence_items,
    take_back,
)
from evals.labelling.page import build_labelling_page, launch_labelling_page
from evals.labelling.report import Agreement, Disagreement, agreement, calibrate
from evals.labelling.terminal import label_in_terminal
from evals.quotes import AlteredQuote, QuoteKind
from evals.results.records import Item

VERDICTS: tuple[Verdict, ...] = ("supported", "partly", "unsupported")
HOSTILE = '<img src=x onerror="alert(1)"> **bold** $x^2$\u2028next'


def claims(count: int) -> list[LabelItem]:
    return [label_item(f"Claim {n}.", f"Context {n}.", "run") for n in range(count)]


def labels(*verdicts: Verdict | None, rater: str = "anna") -> dict[str, Label]:
    """One label for each claim; None leaves it out."""
    return {
        claim.id: Label(item=claim.id, rater=rater, verdict=verdict, when=datetime(2026, 1, 1, tzinfo=UTC))
        for claim, verdict in zip(claims(len(verdicts)), verdicts, strict=True)
        if verdict
    }


def run_item(
    name: str, sentences: Sequence[tuple[str, Verdict, list[int]]], quotes: Sequence[str], **more: Any
) -> Item:
    detail = {
        "question": "?",
        "sentences": [{"text": text, "verdict": verdict, "citations": numbers} for text, verdict, numbers in sentences],
        "citations": [{"n": n, "document": "d", "section": ["s"], "quote": words} for n, words in enumerate(quotes, 1)],
    }
    values = {"suite": "questions", "system": "steward", "detail": detail} | more
    return Item.model_validate(values | {"id": name, "split": "dev", "cluster": name, "slices": {}, "scores": {}})


def altered(name: str, kind: QuoteKind, claim: str, original: str, context: str, **more: Any) -> AlteredQuote:
    supported = kind in ("verbatim", "light-paraphrase")
    values = {"split": "dev", "document": "d", "section": "s", "altered": "" if kind == "verbatim" else "x → y"} | more
    return AlteredQuote.model_validate(
        values
        | {
            "id": name,
            "kind": kind,
            "supported": supported,
            "claim": claim,
            "original": original,
            "context": context,
        }
    )


def plain_verdict(item: LabelItem) -> Verdict:
    """For claims whose sentences stand in the context word by word or not at all."""
    stand = [f"{sentence.removesuffix('.')}." in item.context for sentence in item.claim.split(". ")]
    return "supported" if all(stand) else "partly" if any(stand) else "unsupported"


def a_run(count: int) -> list[Item]:
    return [
        run_item(
            f"q{n}",
            [(f"Boat {n} sails.", "supported", [1]), (f"Boat {n} flies.", "unsupported", [1, 2])],
            [f"Boat {n} sails.", f"Boat {n} is red."],
        )
        for n in range(count)
    ]


def a_set(count: int) -> list[AlteredQuote]:
    quotes = []
    for n in range(count):
        context = f"Port {n} has 25 boats. It has 3 wardens."
        quotes.append(altered(f"v{n}", "verbatim", "It has 3 wardens.", "It has 3 wardens.", context))
        quotes.append(altered(f"f{n}", "figure", f"Port {n} has 35 boats.", f"Port {n} has 25 boats.", context))
        quotes.append(
            altered(f"t{n}", "figure", f"Port {n} has 45 boats.", f"Port {n} has 25 boats.", context, split="test")
        )
    return quotes


def test_a_sentence_is_shown_with_the_quotes_that_it_cites() -> None:
    item = run_item(
        "q1",
        [("One.", "supported", [2, 1]), ("None.", "unsupported", []), ("Two.", "supported", [2, 7])],
        ["First.", "Second."],
    )
    assert list(sentence_items(item)) == [
        (0, label_item("One.", "Second.\nFirst.", "run")),
        (2, label_item("Two.", "Second.", "run")),
    ]


def test_other_suites_and_refusals_have_no_sentences_to_mark() -> None:
    assert list(sentence_items(run_item("p1", [("One.", "supported", [1])], ["First."], suite="poisoned"))) == []
    assert list(sentence_items(run_item("q1", [], [], detail={"question": "?"}))) == []


def test_a_run_of_another_form_is_refused_by_name() -> None:
    item = run_item("q1", [], [], detail={"sentences": [{"text": "One."}]})
    with pytest.raises(
        LabelError, match=r"Item q1 of steward in the run, detail\.sentences\.0\.verdict: Field required"
    ):
        list(sentence_items(item))


def test_the_sample_is_the_same_each_time_and_for_any_order_of_its_input() -> None:
    run, quotes = a_run(20), a_set(20)
    sample = sample_items(run, quotes, 30, seed=7)
    assert sample == sample_items(list(run), quotes, 30, seed=7)
    assert sample == sample_items(run[::-1], quotes[::-1], 30, seed=7)
    assert sample != sample_items(run, quotes, 30, seed=8)


def test_the_sample_holds_a_third_of_each_verdict_from_both_sources() -> None:
    sample = sample_items(a_run(40), a_set(40), 31)
    assert len({item.id for item in sample}) == len(sample) == 31
    verdicts = [plain_verdict(item) for item in sample]
    assert [verdicts.count(verdict) for verdict in VERDICTS] == [11, 10, 10]
    # By turns with the quotes, answers give 6 of 11 supported and 5 of 10 unsupported ones; they have no partly ones.
    assert [item.source for item in sample].count("run") == 11
    assert not any("45 boats" in item.claim for item in sample), "the test split is for reporting"
    assert verdicts != sorted(verdicts, key=VERDICTS.index), "mixed, so that no rater sees the thirds"


def test_a_partly_supported_claim_takes_both_parts_from_one_paragraph() -> None:
    partly = [item for item in sample_items([], a_set(5), 15) if item.claim.count(".") == 2]
    assert len(partly) == 5
    assert all(item.claim.startswith("It has 3 wardens. Port ") and "\n" not in item.context for item in partly)


def test_a_small_input_gives_a_small_sample_and_no_claim_twice() -> None:
    run = a_run(1)
    assert len(sample_items([*run, *run], [], 30)) == 2
    with pytest.raises(ValueError, match="at least 3 claims"):
        sample_items(run, [], 2)


def test_a_set_of_claims_is_read_as_it_was_written(tmp_path: Path) -> None:
    items = [*claims(3), label_item(HOSTILE, HOSTILE, "run")]
    save_items(items, tmp_path)
    assert load_items(tmp_path) == items
    assert raters_in(tmp_path) == []


def test_a_set_that_would_orphan_labels_is_not_written(tmp_path: Path) -> None:
    save_items(claims(3), tmp_path)
    add_label(tmp_path, "anna", claims(3)[2].id, "partly")
    save_items(claims(4), tmp_path)
    with pytest.raises(LabelError, match=r"anna has marked 1 claims in .* that the new set does not hold"):
        save_items(claims(2), tmp_path)
    assert load_items(tmp_path) == claims(4)


def test_no_set_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LabelError, match=r"No claims to mark in .*\. Sample them from a run first\."):
        load_items(tmp_path)


def test_the_later_label_of_a_claim_wins_and_each_is_a_line(tmp_path: Path) -> None:
    first, second, _ = claims(3)
    add_label(tmp_path, "anna", first.id, "supported", "sure")
    add_label(tmp_path, "anna", second.id, "partly", "one\u2028two\nthree")
    add_label(tmp_path, "anna", first.id, "unsupported")
    standing = load_labels("anna", tmp_path)
    assert [(label.item, label.verdict, label.comment) for label in standing.values()] == [
        (second.id, "partly", "one\u2028two\nthree"),
        (first.id, "unsupported", ""),
    ]
    assert (tmp_path / "anna.jsonl").read_bytes().count(b"\n") == 3
    assert raters_in(tmp_path) == ["anna"]
    assert load_labels("ben", tmp_path) == {}
    assert next_item(claims(3), standing) == claims(3)[2]


def test_labels_are_taken_back_latest_first(tmp_path: Path) -> None:
    first, second = claims(2)
    add_label(tmp_path, "anna", first.id, "supported")
    add_label(tmp_path, "anna", second.id, "partly")
    taken = [take_back(tmp_path, "anna") for _ in range(3)]
    assert [label and label.item for label in taken] == [second.id, first.id, None]
    assert load_labels("anna", tmp_path) == {}
    assert (tmp_path / "anna.jsonl").read_text().count("\n") == 4, "nothing is deleted"


@pytest.mark.parametrize("name", ["", "Anna", "a/b", "../a", "a b", "_items", "-a", "a--b", "a" * 41, "anna\n"])
def test_a_rater_is_named_by_a_slug(tmp_path: Path, name: str) -> None:
    with pytest.raises(LabelError, match="is no name for a rater"):
        add_label(tmp_path / "labels", name, claims(1)[0].id, "supported")
    assert not (tmp_path / "labels").exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"item": "a", "rater": "anna"', r"anna\.jsonl, line 3: the record: Invalid JSON"),
        ('{"item": "a", "rater": "anna", "verdict": "yes", "when": "2026-01-01T00:00:00Z"}', "line 3: verdict: Input"),
        ('{"item": "a", "rater": "anna", "verdict": "partly", "when": "2026-01-01T00:00:00"}', "line 3: when: "),
        ('{"item": "a", "rater": "ben", "verdict": "partly", "when": "2026-01-01T00:00:00Z"}', "the rater is 'ben'"),
    ],
    ids=["torn", "verdict", "no-zone", "other-rater"],
)
def test_a_damaged_file_of_labels_names_the_line_and_takes_no_more(tmp_path: Path, line: str, message: str) -> None:
    add_label(tmp_path, "anna", claims(1)[0].id, "supported")
    path = tmp_path / "anna.jsonl"
    path.write_text(f"{path.read_text()}\n{line}\n")
    held = path.read_bytes()
    for use in (
        lambda: load_labels("anna", tmp_path),
        lambda: add_label(tmp_path, "anna", claims(2)[1].id, "supported"),
    ):
        with pytest.raises(LabelError, match=message):
            use()
    assert path.read_bytes() == held


def test_a_label_is_added_behind_a_last_line_without_its_end(tmp_path: Path) -> None:
    first, second = claims(2)
    add_label(tmp_path, "anna", first.id, "supported")
    path = tmp_path / "anna.jsonl"
    path.write_text(path.read_text().rstrip("\n"))
    add_label(tmp_path, "anna", second.id, "partly")
    assert list(load_labels("anna", tmp_path)) == [first.id, second.id]


def test_agreement_of_two_raters_worked_by_hand() -> None:
    one = labels("supported", "supported", "partly", "unsupported", "supported", None)
    other = labels("supported", "partly", "partly", "unsupported", None, "supported", rater="ben")
    found = agreement(one, other)
    # Of four both marked, three alike. By chance: supported 2/4 * 1/4, partly 1/4 * 2/4, unsupported 1/4 * 1/4 = 5/16.
    assert (found.n, found.equal) == (4, 0.75)
    assert found.kappa == pytest.approx((3 / 4 - 5 / 16) / (11 / 16))
    assert found.low <= found.kappa <= found.high
    assert found.disagreements == (Disagreement(claims(2)[1].id, "supported", "partly"),)
    assert found == agreement(one, other), "the bootstrap is seeded"


def test_the_interval_narrows_with_more_claims() -> None:
    few = agreement(labels(*VERDICTS * 5), labels(*VERDICTS[:2] * 7, "partly", rater="ben"))
    pattern = [*VERDICTS * 5] * 20, [*VERDICTS[:2] * 7, "partly"] * 20
    many = agreement(labels(*pattern[0]), labels(*pattern[1], rater="ben"))
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    ("one", "other", "n"),
    [(labels("partly"), labels(None, "partly"), 0), (labels("partly"), labels("partly"), 1)],
    ids=["nothing-in-common", "one-verdict-only"],
)
def test_agreement_that_cannot_be_measured_is_not_a_number(one: Any, other: Any, n: int) -> None:
    found: Agreement = agreement(one, other)
    assert found.n == n
    assert all(map(math.isnan, (found.kappa, found.low, found.high)))


def scoring(scores: Sequence[float]) -> Callable[[str, str], Verification]:
    """A verifier that gives claim n the n-th score, and calls it supported from 0.9 on."""

    def check(claim: str, context: str) -> Verification:
        score = scores[int(claim.removeprefix("Claim ").removesuffix("."))]
        return Verification("supported" if score >= 0.9 else "unsupported", score)

    return check


def test_calibration_worked_by_hand() -> None:
    people = labels("supported", "supported", "supported", "partly", "unsupported")
    found = calibrate(claims(5), [people], scoring([0.95, 0.6, 0.7, 0.6, 0.1]))
    assert (found.n, found.supported, found.disagreed) == (5, 3, 0)
    # From 0.9 on: 1 of 3 accepted, 2 of 2 rejected.
    assert found.balanced_accuracy == pytest.approx((1 / 3 + 1) / 2)
    # Pairs won: 0.95 both, 0.7 both, 0.6 one and a tie: 5.5 of 6.
    assert found.auc == pytest.approx(5.5 / 6)
    # From 0.7 on 2/3 and 2/2; from 0.6 on 3/3 and 1/2.
    assert found.threshold == 0.7
    assert math.isnan(found.cross_validated)
    assert found.notes == (
        "Too few labels: 5 claims, at least 150 are wanted. Take the figures as a hint only.",
        "Fewer than 5 claims of one verdict: no cross-validation.",
    )


def test_of_two_raters_only_what_they_agree_on_counts() -> None:
    anna = labels("supported", "supported", "unsupported", "partly", "supported")
    ben = labels("supported", "partly", "unsupported", "unsupported", None, rater="ben")
    found = calibrate(claims(5), [anna, ben], scoring([1.0] * 5))
    assert (found.n, found.supported, found.disagreed) == (2, 1, 2)


def test_a_threshold_that_always_holds_is_perfect_when_cross_validated() -> None:
    people = labels(*["supported", "unsupported"] * 80)  # type: ignore[arg-type]
    found = calibrate(claims(160), [people], scoring([0.6, 0.2] * 80))
    assert (found.threshold, found.cross_validated, found.balanced_accuracy) == (0.6, 1.0, 0.5)
    assert found.notes == ()


def test_cross_validation_does_not_flatter_a_score_that_says_nothing() -> None:
    scores = np.random.default_rng(1).random(200)
    people = labels(*["supported", "unsupported"] * 100)  # type: ignore[arg-type]
    found = calibrate(claims(200), [people], scoring(scores.tolist()))
    assert found.cross_validated == pytest.approx(0.5, abs=0.1)
    assert found == calibrate(claims(200), [people], scoring(scores.tolist()))


@pytest.mark.parametrize(
    ("verdicts", "note"),
    [
        (["supported"] * 3, "Every claim is marked supported: whether"),
        (["partly", "unsupported"], "Every claim is marked not supported: whether"),
        ([], "No claim is marked: whether"),
    ],
    ids=["supported", "not-supported", "none"],
)
def test_one_class_is_said_plainly_and_measures_nothing(verdicts: list[Verdict], note: str) -> None:
    found = calibrate(claims(3), [labels(*verdicts)], scoring([1.0, 0.5, 0.0]))
    assert found.notes[-1].startswith(note)
    assert all(map(math.isnan, (found.balanced_accuracy, found.auc, found.threshold, found.cross_validated)))


def test_labels_on_claims_of_another_set_are_refused() -> None:
    with pytest.raises(LabelError, match="which is not in the set"):
        calibrate(claims(1), [labels("supported", "partly")], verify)


def test_our_verifier_can_be_calibrated() -> None:
    found = calibrate(claims(1), [labels("unsupported")], verify)
    assert found.n == 1


class Typist:
    """Types what it was given, and reads what is said."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.said: list[str] = []

    def ask(self, prompt: str) -> str:
        if not self.keys:
            raise EOFError
        return self.keys.pop(0)


def test_a_terminal_marks_takes_back_and_goes_on_where_it_stopped(tmp_path: Path) -> None:
    items = claims(3)
    typist = Typist("1", "", "x", "p", "a comment", "b", "3", "other", "q")
    assert label_in_terminal(items, "anna", tmp_path, typist.ask, typist.said.append) == 2
    standing = load_labels("anna", tmp_path)
    assert [(label.verdict, label.comment) for label in standing.values()] == [
        ("supported", ""),
        ("unsupported", "other"),
    ]
    assert "'x' is none of the keys." in typist.said
    again = Typist("s", "")
    assert label_in_terminal(items, "anna", tmp_path, again.ask, again.said.append) == 3
    assert "2 of 3\n\nClaim:\nClaim 2." in again.said[0]
    assert again.said[-1] == "3 of 3 marked."


def test_a_terminal_keeps_nothing_of_a_label_that_was_broken_off(tmp_path: Path) -> None:
    assert label_in_terminal(claims(1), "anna", tmp_path, Typist("1").ask, lambda words: None) == 0
    assert load_labels("anna", tmp_path) == {}


def test_a_terminal_gets_no_control_characters_of_a_source(tmp_path: Path) -> None:
    typist = Typist()
    item = label_item("Claim \x1b[2J\u202e.", "Context\x07\nline.", "run")
    label_in_terminal([item], "anna", tmp_path, typist.ask, typist.said.append)
    assert not {"\x1b", "\u202e", "\x07"} & set("".join(typist.said))
    assert "Context \nline." in typist.said[1]


class Page:
    """The page asked over its own functions; each answer is its outputs by name."""

    outputs = "rater start message claim context supported partly unsupported comment undo shown".split()

    def __init__(self, blocks: gr.Blocks) -> None:
        self.functions = {function.api_name: function.fn for function in blocks.fns.values()}

    def __call__(self, name: str, *inputs: str) -> dict[str, Any]:
        function = self.functions[name]
        assert function is not None
        return dict(zip(self.outputs, function(*inputs), strict=True))


def test_the_page_shows_one_claim_after_another_and_takes_up_where_it_stopped(tmp_path: Path) -> None:
    items = claims(3)
    page = Page(build_labelling_page(items, tmp_path))
    shown = page("start", " anna ")
    assert shown["message"] == "0 of 3 marked by anna"
    assert (shown["claim"]["value"], shown["context"]["value"]) == ("Claim 0.", "Context 0.")
    assert shown["undo"]["interactive"] is False
    shown = page("partly", "anna", items[0].id, " why ")
    assert (shown["message"], shown["shown"], shown["comment"]) == ("1 of 3 marked by anna", items[1].id, "")
    assert load_labels("anna", tmp_path)[items[0].id].comment == "why"
    page("supported", "anna", items[1].id, "")
    resumed = Page(build_labelling_page(items, tmp_path))("start", "anna")
    assert (resumed["message"], resumed["shown"]) == ("2 of 3 marked by anna", items[2].id)
    done = page("unsupported", "anna", items[2].id, "")
    assert done["message"] == "3 of 3 marked by anna. That is all; thank you."
    assert (done["claim"]["visible"], done["supported"]["interactive"], done["shown"]) == (False, False, "")


def test_the_page_takes_a_label_back_and_shows_its_claim_and_comment(tmp_path: Path) -> None:
    items = claims(2)
    page = Page(build_labelling_page(items, tmp_path))
    page("supported", "anna", items[0].id, "hm")
    shown = page("undo", "anna")
    assert (shown["shown"], shown["comment"], shown["message"]) == (items[0].id, "hm", "0 of 2 marked by anna")
    assert page("undo", "anna")["message"] == "There is no label to take back."


def test_two_quick_presses_mark_only_the_claim_that_was_shown(tmp_path: Path) -> None:
    items = claims(3)
    page = Page(build_labelling_page(items, tmp_path))
    for _ in range(2):
        shown = page("supported", "anna", items[0].id, "")
    assert list(load_labels("anna", tmp_path)) == [items[0].id]
    assert shown["shown"] == items[1].id
    page("supported", "anna", "ffffffffffff", "")
    assert list(load_labels("anna", tmp_path)) == [items[0].id]


def test_the_page_says_what_is_wrong_and_changes_nothing_else(tmp_path: Path) -> None:
    page = Page(build_labelling_page(claims(1), tmp_path))
    shown = page("start", "../anna")
    assert "is no name for a rater" in shown["message"]
    assert shown["claim"] == gr.skip()
    (tmp_path / "anna.jsonl").write_text("{\n")
    assert "anna.jsonl, line 1" in page("supported", "anna", claims(1)[0].id, "")["message"]


def test_source_text_is_shown_in_text_boxes_only(tmp_path: Path) -> None:
    item = label_item(HOSTILE, HOSTILE, "run")
    blocks = build_labelling_page([item], tmp_path)
    assert Page(blocks)("start", "anna")["context"]["value"] == HOSTILE
    names = {block.label: type(block).__name__ for block in blocks.blocks.values() if hasattr(block, "label")}
    assert names["Claim"] == names["Quotes"] == names["Progress"] == "Textbox"
    rendered = [block for block in blocks.blocks.values() if isinstance(block, gr.Markdown | gr.HTML)]
    assert len(rendered) == 1, "only the page's own introduction is rendered"
    assert "onerror" not in json.dumps(blocks.get_config_file(), default=str)


def test_a_port_in_use_is_an_error_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def launch(*arguments: Any, **named: Any) -> None:
        raise OSError("Cannot find empty port")

    monkeypatch.setattr(gr.Blocks, "launch", launch)
    with pytest.raises(AssistantError, match=r"Cannot listen on 127\.0\.0\.1:7861: .* Choose another port\."):
        launch_labelling_page(claims(1), tmp_path, "127.0.0.1", 7861)
