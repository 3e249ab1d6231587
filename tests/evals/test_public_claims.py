"""Public sets of judged claims: brought to one form, and judged as worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evals.cases import CaseError
from evals.public.__main__ import main
from evals.public.claims import (
    FLOORS,
    JUDGE,
    Judged,
    judge,
    ranking,
    sampled,
    sentence_overlap,
    share_of,
    word_overlap,
)
from evals.public.published import Form, read_published
from evals.public.sets import Claim, load_claims
from tests.claims.judges import FixedJudge
from tests.evals.test_public import POINTER, write_lines

CLAIMS = (
    {"id": "c1", "claim": "Trees cool streets.", "context": "Trees cool streets in summer.", "label": 1},
    {"claim": "Buses are free.", "context": "Trees cool streets in summer.", "label": "unsupported"},
    {"claim": "Buses run at night.", "context": "Buses run at night.", "label": True, "dataset": "made up"},
    {"claim": "Buses run at noon.", "context": "Buses run at night.", "label": False},
)


class TestClaims:
    def test_every_form_of_label_is_read(self, tmp_path: Path) -> None:
        more = (
            {"claim": "Yes.", "context": "", "label": "supported"},
            {"claim": "No.", "context": "", "label": 0},
        )
        found = load_claims(write_lines(tmp_path / "claims.jsonl", (*CLAIMS, *more)))
        assert [claim.label for claim in found] == [True, False, True, False, True, False]
        assert [claim.id for claim in found] == ["c1", "line 2", "line 3", "line 4", "line 5", "line 6"]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            pytest.param(None, r"claims\.jsonl is missing; its folder holds nothing", id="no file"),
            pytest.param(POINTER, r"claims\.jsonl is a Git LFS pointer", id="pointer"),
            pytest.param("{", r"claims\.jsonl, line 1, the record: Invalid JSON", id="bad JSON"),
            pytest.param(
                '{"claim": "A.", "context": "B.", "label": "yes"}',
                r"line 1, label: Value error, a label is 0 or 1, true or false, \"supported\" or \"unsupported\" "
                r"\(found 'yes'\)",
                id="another label",
            ),
            pytest.param('{"claim": "A.", "context": "B.", "label": 2}', r"line 1, label: .*found '2'", id="a 2"),
            pytest.param('{"claim": "", "context": "B.", "label": 1}', r"line 1, claim: ", id="no claim"),
            pytest.param('{"claim": "A.", "label": 1}', r"line 1, context: Field required", id="no context"),
            pytest.param(
                '{"id": "a", "claim": "A.", "context": "", "label": 1}\n' * 2,
                r"line 2: the id 'a' stands in line 1 already",
                id="an id twice",
            ),
            pytest.param(
                '{"claim": "A.", "context": "", "label": 1}\n' * 2,
                r"has 2 claims, but not of both labels; a comparison needs both",
                id="one label only",
            ),
            pytest.param("\n", r"has 0 claims, but not of both labels", id="empty"),
        ],
    )
    def test_what_is_wrong_is_named(self, tmp_path: Path, content: str | None, message: str) -> None:
        if content is not None:
            (tmp_path / "claims.jsonl").write_text(content)
        with pytest.raises(CaseError, match=message):
            load_claims(tmp_path / "claims.jsonl")

    def test_a_group_is_read(self, tmp_path: Path) -> None:
        lines = [{**line, "group": "streets"} for line in CLAIMS]
        assert {claim.group for claim in load_claims(write_lines(tmp_path / "claims.jsonl", lines))} == {"streets"}


class TestOverlap:
    def test_of_a_passage_it_is_the_share_of_the_claim_s_terms(self) -> None:
        assert word_overlap("Buses run at noon.", "Buses run at night.") == pytest.approx(2 / 3)
        assert word_overlap("It is.", "It is.") == 0

    def test_of_a_sentence_words_from_two_do_not_add_up(self) -> None:
        context = "Buses run at night. Trams stop at noon."
        assert word_overlap("Buses run at noon.", context) == 1
        assert sentence_overlap("Buses run at noon.", context) == pytest.approx(2 / 3)

    def test_the_weakest_sentence_of_a_claim_counts(self) -> None:
        assert sentence_overlap("Buses run. Trams fly.", "Trams stop. Buses run.") == 0.5

    @pytest.mark.parametrize(("claim", "context"), [("It is.", "It is."), ("Buses run.", "")])
    def test_without_words_on_either_side_it_is_0(self, claim: str, context: str) -> None:
        assert sentence_overlap(claim, context) == 0


def judged(scores: list[float], others: list[float], groups: str) -> Judged:
    """Supported and unsupported in turn; accepted from a half on, vetoed below."""
    values = np.array(scores)
    supported = np.array([True, False] * (len(scores) // 2))
    scored = {"one": values, "other": np.array(others)}
    return Judged(supported, values < 0.5, values >= 0.5, scored, list(groups))


class TestJudging:
    def test_each_claim_gets_the_floors_and_what_words_decide(self, tmp_path: Path) -> None:
        found = judge(load_claims(write_lines(tmp_path / "claims.jsonl", CLAIMS)))
        assert list(found.scores) == list(FLOORS)
        assert found.scores["words of the passage"] == pytest.approx([1, 0, 1, 2 / 3])
        assert found.supported.tolist() == [True, False, True, False]
        assert found.accepted.tolist() == [False, False, True, False]
        assert not found.vetoed.any()
        assert found.groups == ["Trees cool streets in summer."] * 2 + ["Buses run at night."] * 2

    def test_a_judge_accepts_and_ranks_what_words_leave_open(self, tmp_path: Path) -> None:
        lines = [*CLAIMS, {"claim": "10 buses run.", "context": "12 buses run.", "label": 0}]
        found = judge(load_claims(write_lines(tmp_path / "claims.jsonl", lines)), FixedJudge())
        assert found.accepted.tolist() == [True, True, True, True, False]
        assert found.vetoed.tolist() == [False, False, False, False, True]
        assert ranking(found, JUDGE).n == 5

    def test_a_named_group_stands_in_for_the_context(self) -> None:
        claims = [Claim(claim="Buses run.", context=text, label=True, group="buses") for text in ("One.", "Two.")]
        assert judge(claims).groups == ["buses", "buses"]

    def test_a_claim_that_is_partly_supported_is_not_accepted(self) -> None:
        claim = Claim(claim="Buses run at night. Rents fell.", context="Buses run at night.", label=False)
        assert judge([claim], FixedJudge("unsupported")).accepted.tolist() == [False]

    def test_a_difference_is_of_the_same_draws(self) -> None:
        # In group a both rank rightly, in b both wrongly: each area reaches from 0 to 1, their difference is always 0.
        both = [0.9, 0.1, 0.1, 0.9]
        found = judged(both, both, "aabb")
        assert (ranking(found, "one").low, ranking(found, "one").high) == (0, 1)
        assert str(ranking(found, "one", beside="other")) == "0.000 (0.000 to 0.000)"

    def test_a_difference_is_ours_less_the_other(self) -> None:
        found = judged([0.9, 0.1, 0.9, 0.1], [0.5, 0.5, 0.5, 0.5], "aabb")
        assert str(ranking(found, "one", beside="other")) == "0.500 (0.500 to 0.500)"

    def test_verdicts_are_counted_by_label(self) -> None:
        # Of the supported 0.9 and 0.8 are accepted, 0.2 is not; of the others 0.6 is, 0.1 and 0.3 are not.
        found = judged([0.9, 0.6, 0.2, 0.1, 0.8, 0.3], [0.0] * 6, "abcdef")
        assert share_of(found, found.accepted, supported=True).mean == pytest.approx(2 / 3)
        assert share_of(found, found.accepted, supported=False).mean == pytest.approx(1 / 3)
        assert share_of(found, found.vetoed, supported=False).n == 3

    def test_a_sample_is_the_same_each_time_and_in_order(self) -> None:
        claims = [Claim(id=str(number), claim="A.", context="B.", label=True) for number in range(100)]
        drawn = [int(claim.id or "") for claim in sampled(claims, 10)]
        assert len(set(drawn)) == 10
        assert drawn == sorted(drawn) == [int(claim.id or "") for claim in sampled(claims, 10)]
        assert sampled(claims, 100) is claims


PUBLISHED = {
    Form.QAGS: json.dumps(
        {
            "article": "Buses run.",
            "summary_sentences": [
                {"sentence": "Buses go.", "responses": [{"response": word} for word in ("yes", "no", "yes")]},
                {"sentence": "Trams go.", "responses": [{"response": word} for word in ("no", "no", "yes")]},
            ],
        }
    ),
    Form.BEGIN: 'knowledge\tresponse\tbegin_label\nBuses run.\tBuses "go.\tFully attributable\n'
    "Buses run.\tTrams go.\tNot fully attributable\nBuses run.\tI see.\tGeneric\n",
    Form.WICE: "".join(
        json.dumps({"claim": claim, "evidence": ["Buses", "They run."], "label": label}) + "\n"
        for claim, label in (("Buses go.", "supported"), ("Trams go.", "partially_supported"))
    ),
    Form.SUMMEDITS: json.dumps(
        [
            {"summary": "Buses go.", "doc": "Buses run.", "label": 1},
            {"summary": "Trams go.", "doc": "Buses run.", "label": 0},
        ]
    ),
    Form.HEALTHVER: "claim,evidence,label,question\nBuses go.,Buses run.,Supports,Do they?\n"
    "Trams go.,Buses run.,Neutral,Do they?\n",
    Form.CLIMATE_FEVER: json.dumps(
        {
            "claim_id": "7",
            "claim": "Buses go.",
            "evidences": [
                {"evidence": "Buses run.", "evidence_label": "SUPPORTS"},
                {"evidence": "Trams run.", "evidence_label": "NOT_ENOUGH_INFO"},
            ],
        }
    ),
    Form.ATTRIBUTION_BENCH: "".join(
        json.dumps(
            {
                "claim": claim,
                "references": ["Buses run."],
                "attribution_label": label,
                "question": "Do they?",
                "src_dataset": name,
            }
        )
        + "\n"
        for claim, label, name in (
            ("Buses go [1].", "attributable", "first"),
            ("Trams go.", "not attributable", "second"),
        )
    ),
    Form.FAITHBENCH: "source,summary,worst-label\nBuses run.,Buses go.,Consistent\nBuses run.,Trams go.,Benign\n",
}


class TestPublishedForms:
    @pytest.mark.parametrize("form", list(Form))
    def test_each_form_gives_a_supported_claim_and_another(self, tmp_path: Path, form: Form) -> None:
        (tmp_path / "published").write_text(PUBLISHED[form])
        rows = read_published(form, tmp_path / "published")
        assert [row["label"] for row in rows] == [True, False]
        assert rows[0]["claim"].replace('"', "") == "Buses go."
        assert rows[0]["context"] == ("Buses\nThey run." if form is Form.WICE else "Buses run.")

    @pytest.mark.parametrize(
        "marked", ["Buses go [2].", "Buses go. [1][2]", "Buses go [1, 3].", "Buses go [1-2, and 4]."]
    )
    def test_citation_markers_are_no_part_of_a_claim(self, tmp_path: Path, marked: str) -> None:
        (tmp_path / "published").write_text(PUBLISHED[Form.ATTRIBUTION_BENCH].replace("Buses go [1].", marked))
        assert read_published(Form.ATTRIBUTION_BENCH, tmp_path / "published")[0]["claim"] == "Buses go."

    def test_claims_that_share_a_source_are_a_group(self, tmp_path: Path) -> None:
        groups = {Form.HEALTHVER: "Do they?", Form.CLIMATE_FEVER: "claim 7", Form.ATTRIBUTION_BENCH: "Do they?"}
        for form, group in groups.items():
            (tmp_path / "published").write_text(PUBLISHED[form])
            assert {row["group"] for row in read_published(form, tmp_path / "published")} == {group}

    def test_one_part_of_a_collection_is_taken(self, tmp_path: Path) -> None:
        (tmp_path / "published").write_text(PUBLISHED[Form.ATTRIBUTION_BENCH])
        assert [row["claim"] for row in read_published(Form.ATTRIBUTION_BENCH, tmp_path / "published", "second")] == [
            "Trams go."
        ]
        with pytest.raises(CaseError, match=r"published has no part 'third'; there are: first, second\."):
            read_published(Form.ATTRIBUTION_BENCH, tmp_path / "published", "third")
        (tmp_path / "published").write_text(PUBLISHED[Form.FAITHBENCH])
        with pytest.raises(CaseError, match=r"published has no part 'first'; there are: none\."):
            read_published(Form.FAITHBENCH, tmp_path / "published", "first")

    @pytest.mark.parametrize("form", list(Form))
    @pytest.mark.parametrize("content", ["", "{}\n", "one,two\n1,2\n", "[1]\n"])
    def test_a_file_of_another_form_is_refused(self, tmp_path: Path, form: Form, content: str) -> None:
        (tmp_path / "published").write_text(content)
        with pytest.raises(CaseError, match=rf"published (is not|holds no claim) in the form {form}"):
            read_published(form, tmp_path / "published")

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(CaseError, match=r"nowhere cannot be read: No such file"):
            read_published(Form.QAGS, tmp_path / "nowhere")


class TestCommands:
    def test_what_is_converted_can_be_judged(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "published").write_text(PUBLISHED[Form.SUMMEDITS])
        converted = tmp_path / "edits.jsonl"
        for command in (
            ["convert", "summedits", str(tmp_path / "published"), str(converted)],
            ["claims", str(converted)],
        ):
            with pytest.raises(SystemExit) as end:
                main(command)
            assert end.value.code == 0
        out = capsys.readouterr().out
        assert f"{converted}: 2 claims, 1 of them supported" in out
        assert "| edits | 2 | 0.000 (0.000 to 0.000) | 0.000 (0.000 to 0.000) |" in out

    def test_a_model_that_is_not_there_is_one_line(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "nothing").mkdir()
        with pytest.raises(SystemExit) as end:
            main(["claims", str(write_lines(tmp_path / "c.jsonl", CLAIMS)), "--model", str(tmp_path / "nothing")])
        assert end.value.code == 1
        assert "nothing' cannot be loaded" in capsys.readouterr().err
