"""What each way of finding a chunk adds: Steward's search built up step by step, ranked like any other system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.answering import Turn
from assistant.answering.follow_ups import standalone_question
from assistant.library import Library
from assistant.search.retrieval import WEIGHTS, Retriever, Unasked, Weights
from evals.metrics.support import Passage
from evals.systems.floors import DEPTH
from evals.systems.outcomes import Outcome, found_chunk
from evals.systems.steward import Steward

STEPS: Mapping[str, Weights] = {
    "whole chunks": replace(WEIGHTS, question=0, named=0, register=0, unasked=Unasked(sentence=0, words=0)),
    "+ sentences": replace(WEIGHTS, question=0, named=0, register=0, unasked=Unasked(words=0)),
    "+ authored questions": replace(WEIGHTS, words=0, named=0, register=0),
    "+ words": replace(WEIGHTS, named=0, register=0),
    "+ named documents": replace(WEIGHTS, register=0),
    "+ register entries held back": WEIGHTS,
}
"""Each step keeps what was there before; the last is the shipped search."""


@dataclass(frozen=True)
class Step:
    """A search with some of its parts; it answers nothing."""

    library: Library
    weights: Weights

    @cached_property
    def cut(self) -> Sequence[Passage]:
        """The same chunks as Steward's."""
        return Steward(self.library).cut

    def ask(self, question: str, conversation: Sequence[Turn] = ()) -> Outcome:
        """The passages found."""
        standalone = standalone_question(question, conversation)
        # All chunks are candidates, so that none is there only for a part that the step leaves out.
        settings = self.library.settings.retrieval.model_copy(update={"candidates": max(len(self.cut), DEPTH)})
        retriever = Retriever(self.library.generation, self.library.embedder, settings, self.weights)
        found = tuple(map(found_chunk, retriever.retrieve(standalone, DEPTH)))
        return Outcome(found, "", True, (), (), 0.0, standalone)
