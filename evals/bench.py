"""What all tasks of one process share: the opened library, the places of its passages, and the systems under test."""

from __future__ import annotations

from functools import cache, cached_property

from assistant.answering import Turn
from assistant.library import Library
from assistant.settings import Settings, load_settings
from evals.cases import Question
from evals.libraries.shipped import open_shipped_library
from evals.metrics.support import SupportFinder
from evals.systems.ablation import STEPS, Step
from evals.systems.floors import build_system
from evals.systems.outcomes import Outcome
from evals.systems.steward import System, remembering


class Bench:
    """Opens the shipped library when it is first needed; a system is built once."""

    def __init__(self) -> None:
        self._systems: dict[str, System] = {}

    @staticmethod
    @cache
    def shared() -> Bench:
        """The one bench of this process."""
        return Bench()

    @cached_property
    def settings(self) -> Settings:
        """The settings in force."""
        return load_settings()

    @cached_property
    def library(self) -> Library:
        """The assistant over the shipped library."""
        return open_shipped_library(self.settings)

    @cached_property
    def _for_floors(self) -> Library:
        return remembering(self.library)

    @cached_property
    def finder(self) -> SupportFinder:
        """Finds the passages that cases name."""
        return SupportFinder(self.library.generation)

    def system(self, name: str) -> System:
        """A system under test, or a step of the ablation, by its name."""
        if name not in self._systems:
            self._systems[name] = self._build(name)
        return self._systems[name]

    def _build(self, name: str) -> System:
        if name in STEPS:
            return Step(self._for_floors, STEPS[name])
        return build_system(name, self.library if name == "steward" else self._for_floors)

    def ask(self, system: str, question: Question, parents: dict[str, Question]) -> Outcome:
        """Ask one question; a follow-up after the questions that led to it, each answered by the same system."""
        return self.system(system).ask(question.question, self.conversation(system, question, parents))

    def conversation(self, system: str, question: Question, parents: dict[str, Question]) -> tuple[Turn, ...]:
        """The turns that led to a question, each answered by the system; empty for one that follows none."""
        if question.followup_of is None:
            return ()
        parent = parents[question.followup_of]
        before = self.conversation(system, parent, parents)
        answered = self.system(system).ask(parent.question, before)
        return (*before, Turn(parent.question, answered.answer))
