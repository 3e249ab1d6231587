"""A recorded reply, and the digest of the prompt by which it is found again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from assistant.answering import understanding
from assistant.claims import chat_judge
from assistant.models import writers
from evals.cases import CaseError, Identifier, Line, Record, load_lines
from evals.systems import tutorial

FOLDER = Path(__file__).parent
MISSING = FOLDER / "missing.jsonl"
"""Prompts without a recording; not in git."""
StepName = Literal["understand", "write", "rewrite", "check", "tutorial", "other"]
Message = Mapping[str, str]
"""``role`` and ``content``, as the OpenAI protocol has them."""

_OPENINGS: Mapping[str, tuple[StepName, int]] = {
    "You read a question": ("understand", understanding.PROMPT_VERSION),
    "You answer a question": ("write", writers.PROMPT_VERSION),
    "You repair sentences": ("rewrite", writers.PROMPT_VERSION),
    "You check sentences": ("check", chat_judge.PROMPT_VERSION),
    tutorial.INSTRUCTION: ("tutorial", tutorial.PROMPT_VERSION),
}
"""How each prompt of a written answer begins, and its version; last that of LangChain's tutorial."""
_FENCE = re.compile(r"\bBEGIN ([0-9a-f]{16})\b")
_CONTROL = re.compile(rf"^Sentence (\d+) \(cites 1\): {chat_judge.CONTROL.format(minutes='[1-9][0-9]{2}')}\n", re.M)


class Recorded(Record):
    """What a model replied to a prompt."""

    digest: Line
    step: StepName
    version: int
    """Of the prompt."""
    kind: Line
    """Who replied and how, such as ``able, played``."""
    case: Identifier
    """The question during which the prompt came."""
    reply: str


class Missing(Record):
    """A prompt that nobody has replied to yet."""

    digest: Line
    step: StepName
    version: int
    case: str
    messages: tuple[dict[str, str], ...]


def digest_of(messages: Sequence[Message]) -> str:
    """Return the digest of a prompt's content without what differs each time: its fence's marks, its control sentence.

    >>> one, other = ("BEGIN 0123456789abcdef\\nBoats.", "BEGIN fedcba9876543210\\nBoats.")
    >>> digest_of([{"role": "user", "content": one}]) == digest_of([{"role": "user", "content": other}])
    True
    """
    said = "\n".join(f"{message['role']}: {message['content']}" for message in messages)
    for mark in _FENCE.findall(said):
        said = said.replace(mark, "MARK")
    said = _CONTROL.sub("", said)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def with_control(reply: str, messages: Sequence[Message]) -> str:
    """Return a recorded reply to the judge with a verdict on the control sentence, which no record holds."""
    control = _CONTROL.search(messages[-1]["content"])
    return f'{reply}\n{{"n": {control[1]}, "verdict": "not supported"}}' if control else reply


def step_of(messages: Sequence[Message]) -> tuple[StepName, int]:
    """Return which call a prompt is of, and the prompt's version; "other" for one of another kind."""
    first = messages[0]["content"] if messages else ""
    return next((step for opening, step in _OPENINGS.items() if first.startswith(opening)), ("other", 0))


def load_recordings(folder: Path = FOLDER) -> dict[str, Recorded]:
    """Return every recorded reply by digest, those to earlier versions of a prompt too.

    Raises:
        CaseError: a line is wrong, or two replies are recorded to one prompt.
    """
    found: dict[str, Recorded] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for row in load_lines(path, Recorded) if path.name != MISSING.name else ():
            if row.digest in found:
                raise CaseError(f"{path}: the prompt {row.digest} has two replies. Keep one of them.")
            found[row.digest] = row
    return found


def recorded_cases(recordings: Iterable[Recorded]) -> frozenset[str]:
    """Return the questions to which an answer was written."""
    return frozenset(row.case for row in recordings if row.step == "write")


def add_missing(rows: Iterable[Missing], path: Path = MISSING) -> None:
    """Append prompts to the file of those that are missing."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(row.model_dump(), ensure_ascii=False)}\n" for row in rows)
