"""Follow-up questions, made to stand alone without a language model: by the terms they leave unsaid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.terms import content_terms

_POINTS_BACK = re.compile(
    r"^(and|but|so|or|also|what about|how about|why not|why\?|how so|who else|what else|which of)\b"
    r"|\b(it|its|they|them|their|theirs|this|that|these|those|he|she|his|her|him|there|one|ones|same|former|latter|such|else|instead)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation so far and the answer it got."""

    question: str
    answer: str


def standalone_question(question: str, conversation: Sequence[Turn]) -> str:
    """The question as it can be searched without the conversation.

    A question that points back, or says too little to search for, is put behind the last question that stood alone.

    >>> standalone_question("And who pays for them?", [Turn("What are Mission Councils?", "…")])
    'What are Mission Councils? And who pays for them?'
    """
    if not conversation or not (_POINTS_BACK.search(question) or len(content_terms(question)) < 2):
        return question
    parent = standalone_question(conversation[-1].question, conversation[:-1])
    return f"{parent.rstrip()} {question}"
