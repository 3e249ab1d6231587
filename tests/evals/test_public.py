"""Public sets are read strictly, and what is measured on them is what was worked out by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.cases import CaseError
from evals.metrics.agreement import auc, balanced_accuracy, cohen_kappa
from evals.public.__main__ import (
    Search,
    bm25_search,
    main,
    retrieval_estimates,
    vector_search,
    words_search,
)
from evals.public.sets import BeirSet, load_beir
from evals.systems.bm25 import Bm25
from tests.embedders import HashEmbedder

CORPUS = (
    {"_id": "d1", "title": "Heat networks", "text": "Heat networks warm homes.", "metadata": {}},
    {"_id": "d2", "title": "", "text": "Councils plant trees in streets."},
    {"_id": "d3", "title": "Buses", "text": "Buses run at night."},
)
QUERIES = (
    {"_id": "q1", "text": "Who plants trees?"},
    {"_id": "q2", "text": "Do buses run at night?", "metadata": {}},
    {"_id": "q3", "text": "Not judged in this split."},
)
QRELS = "query-id\tcorpus-id\tscore\nq1\td2\t1\nq2\td3\t2\nq2\td1\t0\n"
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:b8d6\nsize 8307875\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A BEIR-form folder that is in order."""
    place = tmp_path / "parks"
    (place / "qrels").mkdir(parents=True)
    write_lines(place / "corpus.jsonl", CORPUS)
    write_lines(place / "queries.jsonl", QUERIES)
    (place / "qrels" / "test.tsv").write_text(QRELS)
    return place


def write_lines(path: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


class TestBeirFolders:
    def test_documents_queries_and_judgements_are_read(self, folder: Path) -> None:
        found = load_beir(folder)
        assert [document.whole for document in found.documents] == [
            "Heat networks Heat networks warm homes.",
            "Councils plant trees in streets.",
            "Buses Buses run at night.",
        ]
        assert found.queries == {"q1": "Who plants trees?", "q2": "Do buses run at night?"}
        assert found.judgements == {"q1": {"d2": 1.0}, "q2": {"d3": 2.0}}
        assert found.unscored == 0
        assert len(found.digest) == 64

    def test_a_query_with_nothing_relevant_is_counted_and_not_scored(self, folder: Path) -> None:
        (folder / "qrels" / "test.tsv").write_text(QRELS + "q3\td1\t0\nq3\td2\t-1\n")
        found = load_beir(folder)
        assert found.unscored == 1
        assert "q3" not in found.judgements
        assert "q3" not in found.queries

    def test_a_separator_inside_a_text_ends_no_line(self, folder: Path) -> None:
        line = json.dumps({"_id": "d4", "text": "one\u2028two\x85three"}, ensure_ascii=False)
        with (folder / "corpus.jsonl").open("a", encoding="utf-8") as file:
            file.write("\r\n" + line + "\r\n")
        assert load_beir(folder).documents[-1].text == "one\u2028two\x85three"

    def test_carriage_returns_in_judgements_are_taken(self, folder: Path) -> None:
        (folder / "qrels" / "test.tsv").write_bytes(QRELS.replace("\n", "\r\n").encode())
        assert load_beir(folder).judgements["q1"] == {"d2": 1.0}

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            pytest.param(
                "corpus.jsonl",
                None,
                r"corpus\.jsonl is missing; its folder holds qrels, queries\.jsonl",
                id="no corpus",
            ),
            pytest.param("queries.jsonl", None, r"queries\.jsonl is missing; its folder holds corpus", id="no queries"),
            pytest.param(
                "qrels/test.tsv", None, r"test\.tsv is missing; its folder holds dev\.tsv", id="no such split"
            ),
            pytest.param("corpus.jsonl", POINTER, r"corpus\.jsonl is a Git LFS pointer.*`git lfs pull`", id="pointer"),
            pytest.param("qrels/test.tsv", POINTER, r"test\.tsv is a Git LFS pointer", id="pointer for judgements"),
            pytest.param("corpus.jsonl", b"\xff\xfe", r"corpus\.jsonl cannot be read as UTF-8 text", id="not text"),
            pytest.param(
                "corpus.jsonl",
                '{"_id": "d1", "text": ""}\n\n{"_id": \n',
                r"corpus\.jsonl, line 3, the record: Invalid JSON.*found",
                id="bad JSON",
            ),
            pytest.param(
                "corpus.jsonl", '{"_id": "d1"}\n', r"corpus\.jsonl, line 1, text: Field required", id="no text"
            ),
            pytest.param(
                "queries.jsonl",
                '{"_id": 7, "text": "Why?"}\n',
                r"queries\.jsonl, line 1, _id: Input should be a valid string \(found '7'\)",
                id="a number as id",
            ),
            pytest.param(
                "queries.jsonl",
                '{"_id": "q1", "text": "Why?"}\n{"_id": "q1", "text": "How?"}\n',
                r"queries\.jsonl, line 2: the id 'q1' stands in line 1 already; ids must be unique",
                id="an id twice",
            ),
            pytest.param(
                "qrels/test.tsv",
                "q1\td2\t1\n",
                r"test\.tsv, line 1: found 'q1\\td2\\t1', expected the header 'query-id\\tcorpus-id\\tscore'",
                id="no header",
            ),
            pytest.param("qrels/test.tsv", "", r"test\.tsv, line 1: found '', expected the header", id="empty file"),
            pytest.param(
                "qrels/test.tsv", QRELS.splitlines()[0], r"test\.tsv has a header and no judgement", id="no judgement"
            ),
            pytest.param(
                "qrels/test.tsv",
                QRELS + "q2 d2 1\n",
                r"test\.tsv, line 5: found 'q2 d2 1', expected a query id, a document id and a number, tabs between",
                id="spaces for tabs",
            ),
            pytest.param("qrels/test.tsv", QRELS + "q2\td2\tyes\n", r"line 5: found 'q2.*yes'", id="not a number"),
            pytest.param("qrels/test.tsv", QRELS + "q2\td2\tnan\n", r"line 5: found 'q2.*nan'", id="no finite number"),
            pytest.param(
                "qrels/test.tsv",
                QRELS + "q2\td3\t1\n",
                r"line 5: query 'q2' and document 'd3' were judged before",
                id="judged twice",
            ),
            pytest.param(
                "qrels/test.tsv",
                QRELS + "q2\td8\t1\nq9\td9\t1\nq9\td1\t1\n",
                r"3 of its judgements name a query or a document.*the first document 'd8' of line 5\. .*cut short",
                id="unknown document",
            ),
            pytest.param(
                "qrels/test.tsv",
                QRELS + "q9\td9\t1\n",
                r"1 of its judgements name .*the first query 'q9' of line 5\.",
                id="unknown query",
            ),
            pytest.param(
                "qrels/test.tsv",
                QRELS.replace("\t1\n", "\t0\n").replace("\t2\n", "\t0\n"),
                r"none of its judgements is above 0",
                id="nothing relevant",
            ),
        ],
    )
    def test_what_is_wrong_is_named(self, folder: Path, name: str, content: str | bytes | None, message: str) -> None:
        (folder / "qrels" / "dev.tsv").write_text(QRELS)
        path = folder / name
        path.unlink()
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        with pytest.raises(CaseError, match=message):
            load_beir(folder)


class TestRetrievalScores:
    def made(self, queries: Mapping[str, str], judgements: Mapping[str, Mapping[str, float]]) -> BeirSet:
        return BeirSet((), queries, judgements, 0, "")

    def test_scores_are_those_worked_by_hand(self) -> None:
        public_set = self.made({"a": "one", "b": "two"}, {"a": {"d1": 2.0, "d2": 1.0}, "b": {"d3": 1.0, "d4": 1.0}})
        found = {"one": ["d2", "d9", "d1"], "two": ["d4"]}
        ndcg, recall = retrieval_estimates(public_set, lambda question: found[question])
        # a: (1 / log2 2 + 2 / log2 4) / (2 / log2 2 + 1 / log2 3) = 2 / 2.630930 = 0.760188
        # b: (1 / log2 2) / (1 / log2 2 + 1 / log2 3) = 1 / 1.630930 = 0.613147
        assert ndcg.mean == pytest.approx((0.760188 + 0.613147) / 2, abs=1e-6)
        assert recall.mean == (1 + 1 / 2) / 2
        assert ndcg.n == recall.n == ndcg.clusters == 2

    def test_recall_stops_at_a_hundred_and_ndcg_at_ten(self) -> None:
        public_set = self.made({"a": "one"}, {"a": {"d10": 1.0, "d99": 1.0, "d100": 1.0}})
        ndcg, recall = retrieval_estimates(public_set, lambda question: [f"d{i}" for i in range(101)])
        assert ndcg.mean == 0
        assert recall.mean == pytest.approx(2 / 3)

    def test_a_document_with_the_query_s_own_id_is_passed_over(self) -> None:
        public_set = self.made({"d1": "one"}, {"d1": {"d2": 1.0}})
        ndcg, _ = retrieval_estimates(public_set, lambda question: ["d1", "d2"])
        assert ndcg.mean == 1


def _words(folder: Path, place: Path) -> Search:
    return words_search(load_beir(folder).documents, place)


def _all_words(folder: Path, place: Path) -> Search:
    return words_search(load_beir(folder).documents, place, every_word=True)


def _bm25(folder: Path, place: Path) -> Search:
    return bm25_search(load_beir(folder).documents)


def _vectors(folder: Path, place: Path) -> Search:
    return vector_search(load_beir(folder).documents, HashEmbedder())


class TestSystems:
    @pytest.mark.parametrize("system", [_words, _all_words, _bm25, _vectors])
    def test_the_right_document_comes_first(
        self, folder: Path, tmp_path: Path, system: Callable[[Path, Path], Search]
    ) -> None:
        search = system(folder, tmp_path)
        assert search("Who plants trees?")[0] == "d2"
        assert search("Do buses run at night?")[0] == "d3"

    def test_the_title_is_found_with_the_text(self, folder: Path, tmp_path: Path) -> None:
        document = {"_id": "d4", "title": "Harbours", "text": "No other word of it."}
        write_lines(folder / "corpus.jsonl", [*CORPUS, document])
        assert _words(folder, tmp_path)("harbours") == ["d4"]
        assert _bm25(folder, tmp_path)("harbours") == ["d4"]

    def test_a_question_without_known_words_finds_nothing_by_words(self, folder: Path, tmp_path: Path) -> None:
        assert _words(folder, tmp_path)("zeppelins") == []
        assert _bm25(folder, tmp_path)("zeppelins") == []


class TestBm25:
    def test_scores_are_those_worked_by_hand(self) -> None:
        index = Bm25(["Tax rises", "taxes, tax and cuts", "wood"])
        # "and" is left out: lengths 2, 3, 1, mean 2. idf = ln(1 + (3 - 2 + 0.5) / (2 + 0.5)) = ln 1.6 = 0.470004
        # first: 1 / (1 + 0.9 * (0.6 + 0.4 * 2 / 2)) = 1 / 1.9; second: 2 / (2 + 0.9 * (0.6 + 0.4 * 3 / 2)) = 2 / 3.08
        assert index.scores("tax") == pytest.approx([0.470004 / 1.9, 0.470004 * 2 / 3.08, 0], abs=1e-6)
        assert index.search("the tax", 5) == [1, 0]
        assert index.search("tax", 1) == [1]

    def test_both_parameters_at_zero_leave_the_rarity_alone(self) -> None:
        index = Bm25(["tax rises", "tax tax cuts", "wood"], k1=0, b=0)
        assert index.scores("tax") == pytest.approx([math.log(1.6), math.log(1.6), 0])
        assert index.search("tax", 5) == [0, 1]

    def test_a_repeated_word_of_the_query_counts_again(self) -> None:
        index = Bm25(["tax rises", "wood"])
        assert index.scores("tax tax") == pytest.approx(2 * index.scores("tax"))

    def test_no_texts_have_no_scores(self) -> None:
        assert Bm25([]).search("tax", 5) == []


class TestAgreement:
    def test_auc_counts_ties_half(self) -> None:
        # Pairs of supported and unsupported: (0.9, 0.4) and (0.9, 0.9) and (0.4, 0.4) and (0.4, 0.9): 1 + 1/2 + 1/2 + 0
        assert auc([0.9, 0.4, 0.4, 0.9], [True, True, False, False]) == 0.5
        # (0.8, 0.1), (0.8, 0.5), (0.3, 0.1), (0.3, 0.5): three of four
        assert auc([0.8, 0.3, 0.1, 0.5], [True, True, False, False]) == 0.75

    @given(st.lists(st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.booleans()), min_size=1, max_size=30))
    def test_auc_is_the_share_of_pairs_in_order(self, cases: list[tuple[float, bool]]) -> None:
        pairs = [(one > other) + (one == other) / 2 for one, good in cases if good for other, bad in cases if not bad]
        area = auc([score for score, _ in cases], [label for _, label in cases])
        assert area == pytest.approx(np.mean(pairs)) if pairs else math.isnan(area)

    def test_balanced_accuracy_weighs_both_labels_alike(self) -> None:
        # Three of four supported and one of two unsupported judged rightly: (0.75 + 0.5) / 2
        assert balanced_accuracy([True, True, True, False, False, True], [True] * 4 + [False] * 2) == 0.625

    def test_one_label_only_cannot_be_measured(self) -> None:
        assert math.isnan(auc([0.1, 0.9], [True, True]))
        assert math.isnan(balanced_accuracy([True, False], [False, False]))
        assert math.isnan(balanced_accuracy([], []))

    def test_kappa_is_that_worked_by_hand(self) -> None:
        # Agreed on three of six. By chance (3 * 2 + 2 * 2 + 1 * 2) / 36 = 1/3: (1/2 - 1/3) / (1 - 1/3) = 1/4
        assert cohen_kappa("aaabbc", "aacbcb") == pytest.approx(0.25)

    def test_kappa_is_one_in_full_agreement_and_below_zero_in_none(self) -> None:
        assert cohen_kappa([1, 0, 1], [1, 0, 1]) == 1
        # Agreed on none; by chance 2 * (1/2 * 1/2) = 1/2: (0 - 1/2) / (1 - 1/2) = -1
        assert cohen_kappa([1, 0], [0, 1]) == -1

    def test_kappa_cannot_be_measured_where_raters_could_not_disagree(self) -> None:
        assert math.isnan(cohen_kappa([1, 1], [1, 1]))
        assert math.isnan(cohen_kappa([], []))

    def test_one_of_each_is_needed_for_every_case(self) -> None:
        with pytest.raises(ValueError, match="2 values, 1 labels; give one of each"):
            auc([0.1, 0.2], [True])
        with pytest.raises(ValueError, match="1 labels of one rater, 2 of the other"):
            cohen_kappa("a", "ab")


class TestCommands:
    def test_beir_prints_a_row_for_each_system(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as end:
            main(["beir", str(folder), "--system", "words", "--system", "bm25"])
        assert end.value.code == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].startswith("parks, test split: 2 queries, 3 documents, corpus SHA-256 ")
        assert lines[2:] == [
            "| system | n | nDCG@10 (95 % interval) | Recall@100 (95 % interval) |",
            "| --- | --- | --- | --- |",
            "| words | 2 | 1.000 (1.000 to 1.000) | 1.000 (1.000 to 1.000) |",
            "| bm25 | 2 | 1.000 (1.000 to 1.000) | 1.000 (1.000 to 1.000) |",
        ]

    @pytest.mark.slow
    def test_beir_takes_the_product_s_embedder(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as end:
            main(["beir", str(folder), "--system", "vectors"])
        assert end.value.code == 0
        assert "| vectors | 2 | 1.000 (1.000 to 1.000) |" in capsys.readouterr().out

    def test_an_error_is_one_line_and_exit_code_1(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as end:
            main(["beir", str(tmp_path)])
        assert end.value.code == 1
        assert capsys.readouterr().err.startswith(f"Error: {tmp_path / 'corpus.jsonl'} is missing")
