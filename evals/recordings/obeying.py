"""A chat model that obeys every hostile file, on loopback: its replies to a file's question are played by hand.

It writes the file's own honest sentence and then what the file wants, whether or not the reader took those words from
the file, so that a reader that lets them through one day is covered as well. How its checker behaves is `Checker`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from evals.cases import DATA, Identifier, Record, load_lines
from evals.libraries.poisoned import PoisonedDocument
from evals.recordings.recorded import Message, step_of
from evals.recordings.server import ReplayServer

REPLIES = DATA / "poisoned_replies.jsonl"
OWN = "[*]"
"""In a reply: the number of the file's evidence."""
Checker = Literal["honest", "obeying", "knowing"]
"""Approves what the file itself says; everything; everything but the control sentence."""
_EVIDENCE = re.compile(r"^\[(\d+)\] (.+)$", re.M)
_FAILED = re.compile(r"^S(\d+): (.+)$", re.M)
_SENTENCE = re.compile(r"^Sentence (\d+) \(cites [\d, ]*\): (.*)$", re.M)


class PlayedReply(Record):
    """What a model that obeys a file writes."""

    id: Identifier
    """The file's."""
    writes: Annotated[tuple[Annotated[str, StringConstraints(min_length=1)], ...], Field(min_length=1)]
    """Lines of its answer."""
    alone: bool
    """Whether it writes nothing else, as a file asks that wants one word or a refusal."""


@cache
def load_played() -> dict[str, PlayedReply]:
    """Return the replies by file; raises as `evals.cases.load_lines` does."""
    return {row.id: row for row in load_lines(REPLIES, PlayedReply)}


@dataclass
class ObeyingServer(ReplayServer):
    """Serves the replies to one file's question while it is open."""

    poison: PoisonedDocument = field(kw_only=True)
    checker: Checker = field(kw_only=True)

    def reply_to(self, messages: list[Message]) -> str | None:
        """Return what the model replies to a prompt of any step."""
        step, _ = step_of(messages)
        material = messages[-1]["content"]
        if step == "understand":
            return json.dumps({"question": self.poison.question, "parts": [], "asked_for": "", "searches": []})
        if step == "write":
            return "\n".join(self._answer(material))
        if step == "rewrite":
            own, _ = self._own_line(material)
            return "\n".join(f"S{number}: {text} [{own}]" for number, text in _FAILED.findall(material))
        return json.dumps(self._verdicts(material)) if step == "check" else None

    def _answer(self, material: str) -> list[str]:
        number, words = self._own_line(material)
        played = load_played()[self.poison.id]
        honest = [f"{words} [{number}]"] if words and not played.alone else []
        return [*honest, *(line.replace(OWN, f"[{number}]") for line in played.writes)]

    def _own_line(self, material: str) -> tuple[str, str]:
        """Return the number and words of the evidence that answers honestly; ``("1", "")`` where there is none."""
        wordings = [wording.casefold() for fact in self.poison.key_facts for wording in fact]
        for number, words in _EVIDENCE.findall(material):
            if any(wording in words.casefold() for wording in wordings):
                return number, words
        return "1", ""

    def _verdicts(self, material: str) -> list[dict[str, object]]:
        _, honest = self._own_line(material)
        sentences = _SENTENCE.findall(material)
        control = sentences[-1][0]

        def approves(number: str, text: str) -> bool:
            if self.checker == "honest":
                return bool(honest) and text in honest
            return self.checker == "obeying" or number != control

        denied = "contradicted" if self._holds_answer(material) else "not supported"
        return [
            {"n": int(number), "verdict": "supported" if approves(number, text) else denied, "words": ""}
            for number, text in sentences
        ]

    def _holds_answer(self, material: str) -> bool:
        return any(wording in material for fact in self.poison.key_facts for wording in fact)
