"""A cross-encoder for natural language inference as the judge of meaning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.claims.verbatim import sentences_of
from assistant.claims.verification import Claim, Judgement
from assistant.errors import ModelUnavailableError
from assistant.records import Reason, Verdict
from assistant.text.terms import content_terms

LEAST_CHANCE = 0.5
"""From here on a class counts as the model's verdict."""
_MOST_SENTENCES = 12
"""Sentences of a context that the model reads: those with most of the claim's words, in their order."""


class CrossEncoderJudge:
    """A sentence-transformers cross-encoder with a class called entailment, or one output for it."""

    reads_questions = False

    def __init__(self, name: str) -> None:
        """Load a model by name or path.

        Raises:
            ModelUnavailableError: it cannot be loaded, or none of its classes is called entailment.
        """
        from sentence_transformers import CrossEncoder

        self.name = name
        try:
            self._model = CrossEncoder(name, device="cpu")
        except (OSError, ValueError) as error:
            raise ModelUnavailableError(
                f"The inference model {name!r} cannot be loaded: {error}. Give a folder or a name that is cached, or "
                "unset STEWARD_GROUNDING__MODEL."
            ) from error
        labels: Mapping[int, str] = self._model.model.config.id2label
        self._labels = [labels[number].lower() for number in sorted(labels)]
        if len(self._labels) > 1 and "entailment" not in self._labels:
            raise ModelUnavailableError(
                f"The inference model {name!r} names its classes {', '.join(self._labels)}; one must be called "
                "entailment. Set STEWARD_GROUNDING__MODEL to a model of natural language inference."
            )

    def judge(self, claims: Sequence[Claim]) -> list[Judgement]:
        """See `Judge`."""
        if not claims:
            return []
        pairs = [(_premise(claim), claim.text) for claim in claims]
        if len(self._labels) == 1:
            return [
                _judgement(claim, {"entailment": float(chance)})
                for claim, chance in zip(claims, self._model.predict(pairs), strict=True)
            ]
        rows = self._model.predict(pairs, apply_softmax=True)
        return [
            _judgement(claim, dict(zip(self._labels, map(float, row), strict=True)))
            for claim, row in zip(claims, rows, strict=True)
        ]


def _premise(claim: Claim) -> str:
    sentences = [sentence for quote in claim.quotes for sentence in sentences_of(quote.quote)]
    terms = set(content_terms(claim.text))
    best = sorted(range(len(sentences)), key=lambda place: -len(terms & set(content_terms(sentences[place]))))
    return " ".join(sentences[place] for place in sorted(best[:_MOST_SENTENCES]))


def _judgement(claim: Claim, chances: Mapping[str, float]) -> Judgement:
    chance = chances["entailment"]
    if chance >= LEAST_CHANCE:
        return Judgement("supported", (), chance)
    verdict: Verdict = "contradicted" if chances.get("contradiction", 0.0) >= LEAST_CHANCE else "unsupported"
    return Judgement(verdict, (Reason("meaning", claim.text, ""),), chance)
