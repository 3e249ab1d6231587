"""The life of a case: which action leads from which state to which, and who may take it. No database here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from assistant.errors import NotAllowedError
from assistant.roles import Role, may

CaseState = Literal["draft", "submitted", "under-review", "accepted", "returned", "retired"]
CaseAction = Literal[
    "begun",
    "edited",
    "submitted",
    "withdrawn",
    "taken",
    "accepted",
    "returned",
    "retired",
    "restored",
    "imported",
]
STATES: tuple[CaseState, ...] = get_args(CaseState)
"""Every state, in the order of a case's life."""
ACTIONS: tuple[CaseAction, ...] = get_args(CaseAction)


@dataclass(frozen=True, slots=True)
class _Step:
    """One action; ``verb`` is the infinitive with a place for the case, as messages use it."""

    verb: str
    to: CaseState
    starts: tuple[CaseState, ...]
    """States in which it may be taken."""
    new: bool = False
    """It may create the case."""
    reviewers_only: bool = False
    own: tuple[CaseState, ...] = ()
    """States in which a contributor may take it only on words that they wrote."""
    in_force: bool = False
    """It needs a version in force."""
    comment: bool = False
    """It needs a comment."""


_WRITTEN: tuple[CaseState, ...] = ("draft", "returned")
"""States of a case that somebody is working on."""
FINISHED: tuple[CaseState, ...] = ("accepted", "retired")
"""States in which any contributor may make a draft, which is then theirs."""
_EDITABLE = (*_WRITTEN, *FINISHED)
_LIFE: Mapping[CaseAction, _Step] = MappingProxyType(
    {
        "begun": _Step("begin {}", "draft", (), new=True),
        "edited": _Step("edit {}", "draft", _EDITABLE, own=_WRITTEN),
        "submitted": _Step("submit {}", "submitted", _WRITTEN, own=_WRITTEN),
        "withdrawn": _Step("withdraw {}", "draft", ("submitted",), own=("submitted",)),
        "taken": _Step("take {} for review", "under-review", ("submitted",), reviewers_only=True),
        "accepted": _Step("accept {}", "accepted", ("under-review",), reviewers_only=True),
        "returned": _Step("return {}", "returned", ("under-review",), reviewers_only=True, comment=True),
        "retired": _Step("retire {}", "retired", STATES, reviewers_only=True, in_force=True, comment=True),
        "restored": _Step("restore a version of {}", "draft", _EDITABLE, own=_EDITABLE),
        "imported": _Step("import {}", "accepted", STATES, new=True, reviewers_only=True),
    }
)


def next_state(
    action: CaseAction,
    role: Role,
    state: CaseState | None,
    *,
    own: bool,
    in_force: bool,
    comment: str | None = None,
) -> CaseState:
    """Return the state that a case is in after ``action``.

    Args:
        state: before it; None where there is no case yet.
        own: whether the person began the current draft.
        in_force: whether a version of the case is in force.
        comment: what is said with the action; None skips the check for a required comment.

    Raises:
        NotAllowedError: the role or the state does not allow it, or its comment is missing.

    >>> next_state("accepted", "reviewer", "under-review", own=False, in_force=False)
    'accepted'
    >>> next_state("accepted", "contributor", "under-review", own=True, in_force=False)
    Traceback (most recent call last):
    ...
    assistant.errors.NotAllowedError: To accept a case you need the role reviewer; yours is contributor.
    """
    step = _LIFE[action]
    if step.reviewers_only and not may(role, "review"):
        raise NotAllowedError(f"To {step.verb.format('a case')} you need the role reviewer; yours is {role}.")
    if not may(role, "contribute"):
        raise NotAllowedError(
            f"To {step.verb.format('a case')} you need the role contributor or reviewer; yours is {role}."
        )
    if state in step.own and not own and not may(role, "review"):
        what = "draft" if state == "draft" else "case"
        raise NotAllowedError(f"Only who began this {what}, or a reviewer, may {step.verb.format('it')}.")
    if state is None:
        if not step.new:
            raise ValueError(f"There is no case yet to {step.verb.format('it')}. Begin one first.")
        return step.to
    if state not in step.starts:
        starts = " or ".join(map(words_of, step.starts)) or "new"
        raise NotAllowedError(f"This case is {words_of(state)}; to {step.verb.format('it')}, it must be {starts}.")
    if step.in_force and not in_force:
        raise NotAllowedError(
            f"This case is {words_of(state)} and not in force; to {step.verb.format('it')}, it must be."
        )
    if step.comment and comment is not None and not comment.strip():
        raise NotAllowedError(f"To {step.verb.format('a case')} you need a comment that says why; yours is empty.")
    return step.to


def possible_actions(role: Role, state: CaseState, *, own: bool, in_force: bool) -> tuple[CaseAction, ...]:
    """Return what a person may do with a case next, in the order of its life; imports are left out."""
    possible = []
    for action in ACTIONS:
        if _LIFE[action].new:
            continue
        try:
            next_state(action, role, state, own=own, in_force=in_force)
        except NotAllowedError:
            continue
        possible.append(action)
    return tuple(possible)


def may_read(role: Role, state: CaseState, *, own: bool) -> bool:
    """Return whether a person may read a case as it is now: anyone a finished one, its author a draft, reviewers
    all.
    """
    return own or may(role, "review") or state in FINISHED


def needs_comment(action: CaseAction) -> bool:
    """Return whether the action requires a comment that says why."""
    return _LIFE[action].comment


def words_of(state: CaseState) -> str:
    """Return the state as it reads after "is" in a sentence."""
    return {"draft": "a draft", "under-review": "under review"}.get(state, state)
