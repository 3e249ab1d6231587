"""The optional model of natural language inference."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from assistant.claims import RuleChecker, build_checker
from assistant.claims.entailment import CrossEncoderModel, InferenceChecker
from assistant.errors import ModelUnavailableError
from assistant.settings import GroundingSettings

CONTEXT = "The harbour office counts boats."


class FixedModel:
    """Gives the same chances to every pair, and keeps what it was asked."""

    def __init__(self, **chances: float) -> None:
        self.chances = chances
        self.asked: list[tuple[str, str]] = []

    def infer(self, premise: str, hypothesis: str) -> Mapping[str, float]:
        self.asked.append((premise, hypothesis))
        return self.chances


def test_the_model_decides_where_nothing_clashes() -> None:
    claim = "Somebody there keeps a tally of vessels."
    model = FixedModel(entailment=0.9, contradiction=0.05)
    found = InferenceChecker(model).verify(claim, CONTEXT)
    assert (found.verdict, found.score) == ("supported", 0.9)
    assert model.asked == [(CONTEXT, claim)]
    unsure = InferenceChecker(FixedModel(entailment=0.3)).verify(claim, CONTEXT)
    assert (unsure.verdict, unsure.contradicts) == ("unsupported", False)


def test_a_contradiction_is_named() -> None:
    found = InferenceChecker(FixedModel(entailment=0.1, contradiction=0.8)).verify("Nobody there tallies.", CONTEXT)
    assert found.verdict == "unsupported"
    assert found.contradicts


def test_the_model_cannot_overrule_a_clash() -> None:
    found = InferenceChecker(FixedModel(entailment=1.0)).verify("It has 35 boats.", "It has 25 boats.")
    assert (found.verdict, [reason.check for reason in found.reasons][:1]) == ("unsupported", ["figure"])


def test_a_quote_is_not_put_before_the_model() -> None:
    model = FixedModel(entailment=0.0)
    assert InferenceChecker(model).verify(CONTEXT, CONTEXT).verdict == "supported"
    assert model.asked == []


def test_no_model_is_loaded_unless_one_is_set() -> None:
    assert isinstance(build_checker(GroundingSettings()), RuleChecker)


def test_a_model_that_is_not_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    folder.mkdir()
    with pytest.raises(ModelUnavailableError, match=r"nothing' cannot be loaded.*STEWARD_GROUNDING__MODEL"):
        build_checker(GroundingSettings(model=str(folder)))


def tiny_model(folder: Path, labels: Mapping[int, str]) -> str:
    """A cross-encoder of one small layer with random weights."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(1)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "harbour", "office", "counts", "boats", "."]
    (folder / "vocab.txt").write_text("\n".join(words))
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label=dict(labels),
        label2id={label: number for number, label in labels.items()},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    return str(folder)


@pytest.mark.slow
def test_a_cross_encoder_on_disk_gives_the_chance_of_each_class(tmp_path: Path) -> None:
    name = tiny_model(tmp_path, {0: "contradiction", 1: "ENTAILMENT", 2: "neutral"})
    model = CrossEncoderModel(name)
    chances = model.infer(CONTEXT, "The office counts.")
    assert set(chances) == {"contradiction", "entailment", "neutral"}
    assert sum(chances.values()) == pytest.approx(1)
    assert chances == model.infer(CONTEXT, "The office counts.")
    assert build_checker(GroundingSettings(model=name)).verify(CONTEXT, CONTEXT).verdict == "supported"


@pytest.mark.slow
def test_a_model_of_other_classes_is_refused(tmp_path: Path) -> None:
    name = tiny_model(tmp_path, {0: "good", 1: "bad"})
    with pytest.raises(ModelUnavailableError, match="names its classes good, bad; one must be called entailment"):
        CrossEncoderModel(name)
