"""An optional check by a model of natural language inference, after the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.claims.rules import SUPPORTED, best_findings
from assistant.claims.sentencewise import Judgement, verify_sentences
from assistant.claims.short_forms import ShortForms
from assistant.claims.verification import Verification
from assistant.claims.weighing import CLASHED
from assistant.errors import ModelUnavailableError
from assistant.records import Reason

_MOST_SENTENCES = 12
"""Most sentences of a context that the model gets."""


class InferenceModel(Protocol):
    """Returns how likely a premise entails a hypothesis, contradicts it, or neither."""

    def infer(self, premise: str, hypothesis: str) -> Mapping[str, float]:
        """Return the chance of each of "entailment", "contradiction" and "neutral"; a model may lack some."""
        ...


@dataclass(frozen=True)
class InferenceChecker:
    """Clashes found by the rules always count; without one, the model decides instead of the words in common."""

    model: InferenceModel

    def verify(self, claim: str, context: str) -> Verification:
        """Return whether the context supports the claim."""
        return verify_sentences(claim, context, self._judge)

    def _judge(self, sentence: str, units: Sequence[str], short_forms: ShortForms) -> Judgement:
        found = best_findings(sentence, units, short_forms)
        chances = self.model.infer(" ".join(units[:_MOST_SENTENCES]), sentence)
        score = float(chances.get("entailment", 0.0))
        if found.clashes:
            return Judgement(CLASHED * score, found.clashes)
        if chances.get("contradiction", 0.0) >= SUPPORTED:
            return Judgement(score, (Reason("contradiction", sentence, " ".join(units)),))
        return Judgement(score, () if score >= SUPPORTED else (Reason("meaning", sentence, ""),))


class CrossEncoderModel:
    """A sentence-transformers cross-encoder trained on natural language inference."""

    def __init__(self, name: str) -> None:
        """Load a model by name or path.

        Raises:
            ModelUnavailableError: it cannot be loaded, or none of its classes is called entailment.
        """
        from sentence_transformers import CrossEncoder

        try:
            self._model = CrossEncoder(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelUnavailableError(
                f"The inference model {name!r} cannot be loaded: {error}. Give a folder or a name that is cached, or "
                "unset STEWARD_GROUNDING__MODEL; the rules need no model."
            ) from error
        labels: Mapping[int, str] = self._model.model.config.id2label
        self._labels = [labels[number].lower() for number in sorted(labels)]
        if len(self._labels) > 1 and "entailment" not in self._labels:
            raise ModelUnavailableError(
                f"The inference model {name!r} names its classes {', '.join(self._labels)}; one must be called "
                "entailment. Set STEWARD_GROUNDING__MODEL to a model of natural language inference."
            )

    def infer(self, premise: str, hypothesis: str) -> Mapping[str, float]:
        """See :class:`InferenceModel`; a model with one output returns the chance of entailment alone."""
        if len(self._labels) == 1:
            return {"entailment": float(self._model.predict([(premise, hypothesis)])[0])}
        chances = self._model.predict([(premise, hypothesis)], apply_softmax=True)[0]
        return dict(zip(self._labels, map(float, chances), strict=True))
