"""Every action in every state, by everybody: what a case becomes, or why not."""

from __future__ import annotations

from itertools import product

import pytest

from assistant.errors import NotAllowedError
from assistant.roles import ROLES
from assistant.storage import ACTIONS, STATES, CaseAction, CaseState, Role, needs_comment, possible_actions
from assistant.storage.case_life import next_state

LIFE = """
           new       draft      submitted     under-review  accepted   returned   retired
begun      draft     -          -             -             -          -          -
edited     -         draft      -             -             draft      draft      draft
submitted  -         submitted  -             -             -          submitted  -
withdrawn  -         -          draft         -             -          -          -
taken      -         -          under-review  -             -          -          -
accepted   -         -          -             accepted      -          -          -
returned   -         -          -             returned      -          -          -
retired    -         retired    retired       retired       retired    retired    retired
restored   -         draft      -             -             draft      draft      draft
imported   accepted  accepted   accepted      accepted      accepted   accepted   accepted
"""
WHO: dict[CaseAction, str] = {
    "begun": "contributor, reviewer",
    "edited": "who began it or anybody once finished, reviewer",
    "submitted": "who began it, reviewer",
    "withdrawn": "who began it, reviewer",
    "taken": "reviewer",
    "accepted": "reviewer",
    "returned": "reviewer",
    "retired": "reviewer",
    "restored": "who began it, reviewer",
    "imported": "reviewer",
}


def table() -> dict[tuple[str, str], str]:
    """The state after an action, by action and state before; ``-`` where it is not allowed."""
    heads, *rows = (line.split() for line in LIFE.strip().splitlines())
    return {(row[0], state): after for row in rows for state, after in zip(heads, row[1:], strict=True)}


def is_one_of(role: Role, own: bool, who: str, state: CaseState | None) -> bool:
    """Of finished words any contributor may make a draft, which is then theirs; a librarian is a reviewer too."""
    role = {"librarian": "reviewer", "auditor": "reader"}.get(role, role)  # type: ignore[assignment]
    may = own or ("finished" in who and state in ("accepted", "retired"))
    return role in who.split(", ") or (role == "contributor" and may and "who began it" in who)


@pytest.mark.parametrize("in_force", [True, False], ids=["in-force", "not-in-force"])
@pytest.mark.parametrize("own", [True, False], ids=["own", "other"])
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_leads_where_the_table_says(
    action: CaseAction, state: CaseState, role: Role, own: bool, in_force: bool
) -> None:
    after = table()[action, state]
    allowed = after != "-" and is_one_of(role, own, WHO[action], state) and (in_force or action != "retired")
    if allowed:
        assert next_state(action, role, state, own=own, in_force=in_force, comment="why") == after
    else:
        with pytest.raises(NotAllowedError):
            next_state(action, role, state, own=own, in_force=in_force, comment="why")
    offered = allowed and action not in ("begun", "imported")
    assert (action in possible_actions(role, state, own=own, in_force=in_force)) is offered


def test_a_case_is_made_by_beginning_or_importing_it_alone() -> None:
    for action, role in product(ACTIONS, ("contributor", "reviewer")):
        after = table()[action, "new"]
        if after == "-":
            with pytest.raises((ValueError, NotAllowedError)):
                next_state(action, role, None, own=True, in_force=False)
        elif is_one_of(role, True, WHO[action], None):
            assert next_state(action, role, None, own=True, in_force=False) == after


@pytest.mark.parametrize("comment", ["", " \n "])
def test_to_return_or_retire_takes_a_comment(comment: str) -> None:
    assert [action for action in ACTIONS if needs_comment(action)] == ["returned", "retired"]
    with pytest.raises(NotAllowedError, match="To return a case you need a comment that says why; yours is empty"):
        next_state("returned", "reviewer", "under-review", own=False, in_force=False, comment=comment)
    with pytest.raises(NotAllowedError, match="To retire a case you need a comment"):
        next_state("retired", "reviewer", "accepted", own=False, in_force=True, comment=comment)
    assert next_state("accepted", "reviewer", "under-review", own=False, in_force=False, comment=comment)


@pytest.mark.parametrize(
    ("action", "role", "state", "message"),
    [
        (
            "taken",
            "contributor",
            "submitted",
            "To take a case for review you need the role reviewer; yours is contributor",
        ),
        ("edited", "reader", "draft", "To edit a case you need the role contributor or reviewer; yours is reader"),
        ("edited", "contributor", "draft", "Only who began this draft, or a reviewer, may edit it"),
        ("accepted", "reviewer", "draft", "This case is a draft; to accept it, it must be under review"),
        ("edited", "reviewer", "submitted", "is submitted; .* must be a draft or returned or accepted or retired"),
        ("retired", "reviewer", "draft", "This case is a draft and not in force; to retire it, it must be"),
        ("begun", "reviewer", "draft", "This case is a draft; to begin it, it must be new"),
    ],
    ids=["reviewer-only", "reader", "own", "state", "states", "in-force", "new"],
)
def test_a_refusal_says_which_role_or_state_it_takes(
    action: CaseAction, role: Role, state: CaseState, message: str
) -> None:
    with pytest.raises(NotAllowedError, match=message):
        next_state(action, role, state, own=False, in_force=False)
