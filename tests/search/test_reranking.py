"""Rerankers: the same chunks in another order, whatever the model does; and whether to answer does not depend on it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from assistant import answering
from assistant.doctor import examine
from assistant.errors import ModelUnavailableError
from assistant.library import Library
from assistant.models.embedding import packaged_model
from assistant.records import RetrievedChunk
from assistant.search.reranking import (
    NAMED,
    RERANKER_WEIGHT,
    CrossEncoderReranker,
    ModelReranker,
    Reranker,
    build_reranker,
    describe_reranker,
    fuse,
    parse_order,
)
from assistant.settings import load_settings
from tests.library_making import index_library, make_library, open_library
from tests.writers import FakeModel

QUESTION = "How many boats will the office license?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny cross-encoder of random weights, with the packaged model's tokenizer."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    folder = tmp_path_factory.mktemp("cross-encoder")
    torch.manual_seed(5)
    tokenizer = AutoTokenizer.from_pretrained(packaged_model())
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=len(tokenizer), num_labels=1, initializer_range=0.5, **shape)
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def writing(reply: str | Callable[[str], str], seconds: float = 30) -> ModelReranker:
    return ModelReranker(FakeModel(reply=reply if callable(reply) else lambda _: reply), seconds)


def failing(prompt: str) -> str:
    raise RuntimeError("provider down")


@pytest.fixture(
    params=["cross-encoder", "order", "prose", "silence", "strangers", "failure"],
)
def reranker(request: pytest.FixtureRequest) -> Reranker:
    if request.param == "cross-encoder":
        return CrossEncoderReranker(str(request.getfixturevalue("cross_encoder")))
    replies: dict[str, str | Callable[[str], str]] = {
        "order": "4, 2, 5, 1, 3",
        "prose": "I would take 3, since it names boats.",
        "silence": "",
        "strangers": "0, 99, 2, 2, 417",
        "failure": failing,
    }
    return writing(replies[request.param])


@pytest.fixture
def found(library: Library) -> list[RetrievedChunk]:
    return library.retriever.retrieve(QUESTION)


def words(items: Sequence[RetrievedChunk]) -> list[str]:
    return [item.chunk.id for item in items]


def test_no_chunk_is_lost_or_invented_and_ranks_follow_scores(reranker: Reranker, found: list[RetrievedChunk]) -> None:
    assert len(found) >= NAMED
    ordered = reranker.rerank(QUESTION, found)
    assert sorted(words(ordered)) == sorted(words(found))
    assert [item.rank for item in ordered] == list(range(1, len(found) + 1))
    scores = [item.score for item in ordered]
    assert scores == sorted(scores, reverse=True)


def test_the_retrievers_score_is_kept_and_moved_by_no_more_than_the_weight(
    reranker: Reranker, found: list[RetrievedChunk]
) -> None:
    before = {item.chunk.id: item for item in found}
    for item in reranker.rerank(QUESTION, found):
        was = before[item.chunk.id]
        assert (item.own_score, item.found_rank) == (was.own_score, was.rank)
        assert 0 <= item.score - was.score <= RERANKER_WEIGHT + 1e-9


def test_nothing_found_stays_nothing(reranker: Reranker) -> None:
    assert reranker.rerank(QUESTION, []) == []


def test_ties_stay_in_the_order_given(reranker: Reranker, found: list[RetrievedChunk]) -> None:
    twice = [replace(found[0], rank=rank) for rank in (1, 2)]
    marked = [replace(item, chunk=replace(item.chunk, page=item.rank)) for item in twice]
    if isinstance(reranker, ModelReranker):  # which may well prefer the second
        reranker = writing("")
    assert [item.chunk.page for item in reranker.rerank(QUESTION, marked)] == [1, 2]


def test_reranking_twice_gives_the_same(reranker: Reranker, found: list[RetrievedChunk]) -> None:
    assert reranker.rerank(QUESTION, found) == reranker.rerank(QUESTION, found)


@pytest.mark.parametrize(
    "reply", ["", "I like 3.", "3 > because 2", "-3", "٣"], ids=["none", "prose", "why", "minus", "arabic"]
)
def test_a_reply_that_is_no_list_of_numbers_leaves_the_order(reply: str, found: list[RetrievedChunk]) -> None:
    assert words(writing(reply).rerank(QUESTION, found)) == words(found)


def test_what_a_chat_model_names_comes_first_where_scores_are_near_and_the_rest_follows(
    found: list[RetrievedChunk],
) -> None:
    near = [replace(item, score=1.0 - item.rank / 1000) for item in found]
    ordered = words(writing("[3], 99, 1").rerank(QUESTION, near))
    ids = words(near)
    assert ordered == [ids[2], ids[0], ids[1], *ids[3:]]


def test_a_chat_model_cannot_lift_a_chunk_that_is_far_behind(found: list[RetrievedChunk]) -> None:
    apart = [replace(item, score=5.0 - item.rank) for item in found]
    assert words(writing(f"{len(found)}").rerank(QUESTION, apart)) == words(apart)


def test_a_chat_model_that_hangs_keeps_nobody_waiting(found: list[RetrievedChunk]) -> None:
    def hang(prompt: str) -> str:
        time.sleep(5)
        return "3"

    started = time.monotonic()
    assert words(writing(hang, seconds=0.2).rerank(QUESTION, found)) == words(found)
    assert time.monotonic() - started < 3


def test_excerpts_are_numbered_short_and_stand_between_marks(found: list[RetrievedChunk]) -> None:
    model = FakeModel(reply=lambda _: "1")
    ModelReranker(model).rerank(QUESTION, found)
    (prompt,) = model.prompts
    lines = prompt.splitlines()
    mark = next(line for line in lines if line.startswith("BEGIN ")).removeprefix("BEGIN ")
    assert len(mark) == 16
    inside = lines[lines.index(f"BEGIN {mark}") + 1 : lines.index(f"END {mark}")]
    assert [line.split("]")[0] for line in inside if line.startswith("[")] == [
        f"[{n}" for n in range(1, len(found) + 1)
    ]
    assert max(map(len, inside)) <= 410
    assert inside[-1] == f"Question: {QUESTION}"


def test_a_long_reply_of_digits_is_read_in_no_time() -> None:
    started = time.monotonic()
    assert parse_order("1" + " " * 20_000 + "x", 9) == []
    assert parse_order("7" * 20_000, 9) == []
    assert time.monotonic() - started < 1


def test_a_cross_encoder_orders_as_its_scores_say(cross_encoder: Path, found: list[RetrievedChunk]) -> None:
    from sentence_transformers import CrossEncoder

    from assistant.text.chunking import embedded_text

    level = [replace(item, score=1.0) for item in found]
    scores = CrossEncoder(str(cross_encoder), device="cpu").predict(
        [(QUESTION, embedded_text(item.chunk)) for item in level]
    )
    assert len({round(float(value), 6) for value in scores}) > 1
    expected = [found[i].chunk.id for i in sorted(range(len(found)), key=lambda i: -scores[i])]
    assert words(CrossEncoderReranker(str(cross_encoder)).rerank(QUESTION, level)) == expected


def test_a_cross_encoder_that_is_not_here_is_named_with_what_to_do() -> None:
    settings = load_settings(retrieval={"reranker": "cross-encoder:nobody/has-this"})
    for open_it in (build_reranker, describe_reranker):
        with pytest.raises(ModelUnavailableError, match=r"nobody/has-this.*not on this machine.*RERANKER"):
            open_it(settings)


def test_a_folder_without_weights_is_named_with_what_to_do(tmp_path: Path, found: list[RetrievedChunk]) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}), encoding="utf-8")
    with pytest.raises(ModelUnavailableError, match=r"cannot be loaded as a cross-encoder.*RERANKER"):
        CrossEncoderReranker(str(tmp_path)).rerank(QUESTION, found)


def test_a_classifier_is_not_taken_for_a_reranker(
    cross_encoder: Path, tmp_path: Path, found: list[RetrievedChunk]
) -> None:
    from transformers import AutoConfig, BertForSequenceClassification

    folder = tmp_path / "classifier"
    shutil.copytree(cross_encoder, folder)
    config = AutoConfig.from_pretrained(cross_encoder, num_labels=3)
    BertForSequenceClassification(config).save_pretrained(folder)
    with pytest.raises(ModelUnavailableError, match="3 scores for a pair"):
        CrossEncoderReranker(str(folder)).rerank(QUESTION, found)


def test_which_reranker_follows_from_the_settings(cross_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_reranker(load_settings()) is None
    assert "none set" in describe_reranker(load_settings())
    chosen = load_settings(retrieval={"reranker": f"cross-encoder:{cross_encoder}"})
    assert isinstance(build_reranker(chosen), CrossEncoderReranker)
    assert str(cross_encoder) in describe_reranker(chosen)
    asked = load_settings(retrieval={"reranker": "model"})
    with pytest.raises(ModelUnavailableError, match="STEWARD_MODEL__NAME"):
        build_reranker(asked)
    monkeypatch.setattr("assistant.search.reranking.build_model", lambda settings: FakeModel(reply=lambda _: "1"))
    assert isinstance(build_reranker(asked), ModelReranker)
    (finding,) = [item for item in examine(asked) if item.what == "reranker"]
    assert finding.ok


@dataclass(frozen=True)
class Backwards:
    """Likes best what was found last."""

    weight: float = RERANKER_WEIGHT

    def rerank(self, question: str, retrieved: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
        last = max(1, len(retrieved) - 1)
        return fuse(retrieved, [place / last for place in range(len(retrieved))], self.weight)


@pytest.mark.parametrize(
    "question",
    [QUESTION, "Who should pay tide wardens?", "Which visa does a nurse need?", "What lighting is compulsory?"],
)
def test_whether_to_answer_does_not_depend_on_the_reranker(library: Library, question: str) -> None:
    plain = answering.ask(library, question)
    reranked = answering.ask(replace(library, reranker=Backwards(weight=9.0)), question)
    assert words(reranked.retrieved) != words(plain.retrieved)
    assert reranked.status == plain.status


def test_search_and_ask_are_reranked_what_compares_is_not(library: Library) -> None:
    backwards = replace(library, reranker=Backwards(weight=9.0))
    plain = words(answering.search(library, QUESTION))
    assert words(answering.search(backwards, QUESTION)) == plain[::-1]
    assert words(answering.ask(backwards, QUESTION).retrieved) == plain[::-1]
    assert words(backwards.retriever.retrieve(QUESTION)) == plain
    assert len(answering.search(backwards, QUESTION, 3)) == 3


def test_a_reranker_sees_further_than_what_is_asked_for(library: Library) -> None:
    one = answering.search(replace(library, reranker=Backwards(weight=9.0)), QUESTION, 1)
    assert words(one) == words(answering.search(library, QUESTION))[-1:]
