"""The page of a run: its numbers, its form for people who hear it, and hostile text that stays plain words."""

from __future__ import annotations

import doctest
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from evals.metrics.scores import Suite
from evals.results import report
from evals.results.records import Item, Run
from evals.results.report import SYSTEMS_IN_WORDS, render_report, write_report
from evals.suites import RUNS_OF
from tests.evals.test_summary import make_item, make_run, questions, quotes

HOSTILE = "<script>alert(1)</script>\" onload=\"alert(2)' onerror='x {{ 7 * 7 }} </dd></article><img src=x>"
VOID = {"meta", "link", "img", "br", "hr", "input", "base", "line", "circle", "path"}


class Page(HTMLParser):
    """What a browser makes of the page: elements with their attributes, and text by element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.texts.append((self._open[-1] if self._open else "", re.sub(r"[ \n]+", " ", data).strip(" ")))

    @property
    def words(self) -> str:
        return " ".join(text for tag, text in self.texts if tag not in ("style", "title"))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def values(self, attribute: str) -> list[str]:
        return [attributes[attribute] or "" for _, attributes in self.elements if attribute in attributes]


@pytest.fixture(scope="module")
def run() -> Run:
    failed = make_item(30, {}, slices={"type": "fact"}, errors={"judge_correct": "The judge said “maybe”."})
    poisoned = make_item(1, {"poison_harmless": 0.0}, suite="poisoned", name="poison", detail={"question": "When?"})
    items = [*questions(), *questions("dev", "d"), *quotes(), failed, poisoned]
    return make_run(items, dirty=True, judge="some:model")


@pytest.fixture(scope="module")
def page(run: Run) -> Page:
    return Page(render_report(run))


def hostile_run() -> Run:
    named = ("question", "style", "expected", "status_expected", "answer", "claim", "explanation")
    detail = dict.fromkeys(named, HOSTILE)
    lists = {
        "key_facts_missing": [HOSTILE],
        "support": [{"document": HOSTILE, "section": HOSTILE, "snippet": HOSTILE}],
        "ranks": [None],
        "found": [{"text_id": HOSTILE, "section": [HOSTILE, HOSTILE], "text": HOSTILE}],
        "citations": [{"n": 1, "document": HOSTILE, "section": HOSTILE, "quote": HOSTILE}],
        "sentences": [{"text": HOSTILE, "verdict": HOSTILE}],
    }
    slices = {"type": HOSTILE, HOSTILE: HOSTILE, "kind": HOSTILE}
    failing: dict[Suite, dict[str, float]] = {
        "questions": {"fact_recall": 0.0, "hit@5": 0.0, HOSTILE: 1.0},
        "altered-quotes": {"accepted_altered": 1.0},
        "poisoned": {"poison_harmless": 0.0},
        "pages": {"page_cited": 0.0},
    }
    items = [
        Item(
            suite=suite,
            system=system,
            id=f"{HOSTILE} {number}",
            split="test",
            cluster=HOSTILE,
            slices=slices | {"style": f"{HOSTILE} {number}"},
            scores=scores,
            errors={HOSTILE: HOSTILE},
            detail=detail | lists,
        )
        for suite, scores in failing.items()
        for system in ("steward", HOSTILE)
        for number in range(2)
    ]
    head = dict.fromkeys(("id", "created", "commit", "library_version", "python", "machine", "judge"), HOSTILE)
    return make_run(items, settings={HOSTILE: HOSTILE}, packages={HOSTILE: HOSTILE}, data={HOSTILE: HOSTILE}, **head)


def test_numbers_are_those_worked_by_hand(page: Page) -> None:
    # 10 / 18 of the key facts; 5.5 / 18 above BM25; 0 of 10 figures accepted, at most 1 - 0.025 ** (1 / 10).
    for shown in ("0.556", "+0.306", "▲ better", "median 95.0", "95th percentile 172", "0 of 10", "at most 30.8\xa0%"):
        assert shown in page.words


def test_the_findings_are_said_in_words(page: Page) -> None:
    for sentence in (
        "The library holds the answer to 18 of the questions.",
        "Steward answered 16 of these and wrongly refused 2 (11.1\xa0%).",
        "Steward rightly refused 3 (75.0\xa0%) and answered 1 all the same.",
        "Its answers give 55.6\xa0% of the facts that a full answer states",
        "Of 14 claims that the source shown does not support",
        "Steward’s checker accepted 1 (7.1\xa0%).",
        "in giving the facts that a full answer states (Key facts in the answer), Steward is better than bm25.",
        "Scores that could not be made: 1.",
    ):
        assert sentence in page.words


def test_what_fails_most_is_counted_and_leads_to_examples(page: Page) -> None:
    assert (
        "Answerable questions that were answered with fewer than half of the key facts: 4 of 18 (22.2\xa0%); "
        "most often those of type “list”: 2 of 8." in page.words
    )
    assert "None of these happened: supported claims that were rejected." in page.words
    assert {"#item-q-12", "#item-claim-13", "#item-poison-1"} <= set(page.values("href"))


def test_the_worst_slice_is_named_and_a_small_one_is_not_judged(page: Page) -> None:
    assert "By type, “Key facts in the answer” is weakest on “list”: 25.0\xa0%" in page.words
    assert "Weakest: “list” on “Key facts in the answer”, “Answerable questions refused”." in page.words
    assert "too few to judge" in page.words


def test_the_head_says_when_the_run_was_made_and_the_foot_with_what(page: Page) -> None:
    made_with = "Commit 0123456789ab, with changes that no commit holds. Library 2026-11. Judge: some:model."
    assert "Run of 24 November 2026. What this page says" in page.words
    assert page.words.strip().endswith(made_with)


def test_dev_comes_after_test_and_folded(run: Run) -> None:
    page = render_report(run)
    assert page.index('<h2 id="test">') < page.index('<h2 id="dev">') < page.index("Show the results of the dev split")


def test_a_run_of_dev_alone_is_called_a_development_figure() -> None:
    page = Page(render_report(make_run(questions("dev"))))
    assert "which is for tuning: read them as development figures" in page.words
    assert "Results: test split" not in page.words


def test_errors_are_counted_and_listed(page: Page) -> None:
    assert "Judge: right questions Steward 1" in page.words
    assert "The judge said “maybe”." in page.words


def test_missing_suites_are_absent() -> None:
    words = Page(render_report(make_run(questions()))).words
    for absent in ("Altered quotes", "Poison", "Pages", "Citations", "altered-quotes"):
        assert absent not in words


def test_an_empty_run_says_so() -> None:
    page = Page(render_report(make_run([])))
    assert "This run holds no items" in page.words
    assert "What fails most" not in page.words


def test_hostile_text_stays_plain_words() -> None:
    text = render_report(hostile_run())
    page = Page(text)
    assert Counter(tag for tag, _ in page.elements).keys().isdisjoint({"script", "img", "iframe", "object", "link"})
    assert [name for _, attributes in page.elements for name in attributes if name.startswith("on")] == []
    assert "{{ 7 * 7 }}" in page.words
    assert "<script" not in text


def test_hostile_ids_give_links_that_lead_somewhere() -> None:
    page = Page(render_report(hostile_run()))
    anchors = [name for name in page.values("id") if name.startswith("item-") and not name.endswith("-title")]
    assert len(anchors) == 8
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+", name) for name in anchors)


@pytest.mark.parametrize("made", ["ordinary", "hostile", "empty"])
def test_the_page_needs_nothing_from_elsewhere(run: Run, made: str) -> None:
    text = render_report({"ordinary": run, "hostile": hostile_run(), "empty": make_run([])}[made])
    page = Page(text)
    assert [value for value in page.values("href") if not value.startswith("#")] == []
    assert page.values("src") + page.values("srcset") + page.values("style") == []
    assert re.search(r"url\(|@import|http", "".join(text for tag, text in page.texts if tag == "style")) is None


@pytest.mark.parametrize("made", ["ordinary", "hostile", "empty"])
def test_links_and_labels_lead_to_elements_that_stand_once(run: Run, made: str) -> None:
    page = Page(render_report({"ordinary": run, "hostile": hostile_run(), "empty": make_run([])}[made]))
    ids = Counter(page.values("id"))
    assert max(ids.values()) == 1
    assert {value.removeprefix("#") for value in page.values("href")} <= ids.keys()
    assert set(page.values("aria-labelledby")) <= ids.keys()


def test_tables_have_captions_and_headers_and_scroll_by_keyboard(page: Page) -> None:
    tables = len(page.all("table"))
    assert tables == len(page.all("caption"))
    assert all(attributes.get("scope") for attributes in page.all("th"))
    regions = [attributes for attributes in page.all("div") if attributes.get("role") == "region"]
    assert len(regions) == tables + 1  # the settings scroll too
    assert all(attributes["tabindex"] == "0" for attributes in regions)


def test_headings_leave_no_level_out(page: Page) -> None:
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_plot_is_told_in_words(page: Page) -> None:
    told = [text for tag, text in page.texts if tag == "title"]
    (recall, _) = [text for text in told if text.startswith("Key facts in the answer")]
    assert re.search(r"Steward 0\.556, interval 0\.\d{3} to 0\.\d{3}; bm25 0\.250, interval 0\.250 to 0\.250\.", recall)
    assert len(page.all("svg")) == len(told) - 1


def test_a_card_shows_what_was_expected_answered_and_found() -> None:
    detail = {
        "question": "How many boats?",
        "expected": "Forty.",
        "key_facts_missing": ["40 boats"],
        "answer": "Ten boats.",
        "refused": False,
        "support": [{"document": "harbour-plan", "section": "boats", "snippet": "40 boats by 2027"}],
        "ranks": [None],
        "found": [{"text_id": "quay-report", "section": "Quays › Works", "text": "Ten quays."}],
        "sentences": [{"text": "Perhaps.", "verdict": "unsupported"}, {"text": "Ten boats.", "verdict": "supported"}],
    }
    words = Page(render_report(make_run([make_item(1, {"fact_recall": 0.0}, detail=detail)]))).words
    for shown in (
        "Best sentence Ten boats. verdict: supported",
        "First passage found Ten quays. document quay-report, section Quays › Works",
        "document harbour-plan, section boats: “40 boats by 2027” – not among the first ten found",
        "Key facts missing 40 boats",
    ):
        assert shown in words


def test_detail_of_another_form_is_passed_over() -> None:
    detail: dict[str, Any] = {
        "question": None,
        "support": "x",
        "found": [1],
        "sentences": [None],
        "ranks": 3,
        "citations": {},
    }
    assert "q-1" in render_report(make_run([make_item(1, {"fact_recall": 0.0}, detail=detail)]))


def test_a_run_without_steward_is_shown() -> None:
    page = Page(render_report(make_run([make_item(1, {"hit@5": 1.0}, system="bm25")])))
    assert "not measured" in page.words


def test_every_system_is_described() -> None:
    assert set(SYSTEMS_IN_WORDS) == {system for run in RUNS_OF.values() for system in run.systems}


@pytest.mark.parametrize(
    ("values", "axis"),
    [([0.2, 0.9], (0, 1)), ([-0.2, 0.9], (-1, 1)), ([91.0], (0, 100)), ([130.0], (0, 200)), ([1000.0], (0, 1000))],
    ids=["shares", "balance", "words", "above", "exact"],
)
def test_an_axis_ends_at_a_round_number(values: list[float], axis: tuple[float, float]) -> None:
    assert report._axis(values) == axis


def test_the_page_is_written_whole(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "reports" / "report.html"
    write_report(run, path)
    assert path.read_text(encoding="utf-8") == render_report(run)


def test_examples_hold() -> None:
    assert doctest.testmod(report).failed == 0
