"""Whatever people do with cases in whatever order: nothing that was written is lost or changed."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import delete

from assistant.errors import StorageError
from assistant.storage import ACTIONS, CaseEvent, CaseStore, Database, StoredCase, possible_for
from assistant.storage.schema import CaseEventRow, CaseRow
from tests.storage.case_making import ANN, BEN, RAE, fields

IDS = st.sampled_from(["a", "b", "c"])
REVIEW = ("submitted", "taken", "accepted")
PEOPLE = st.sampled_from([ANN, BEN, RAE])
TITLES = st.text(st.characters(exclude_categories=()), max_size=6)


class Histories(RuleBasedStateMachine):
    """Calls of every kind, beside a plain list of what must have come of them."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        with database.write() as session:
            session.execute(delete(CaseEventRow))
            session.execute(delete(CaseRow))
        self.cases = CaseStore(database)
        self.histories: dict[str, list[CaseEvent]] = {}
        self.stamp = self.cases.stamp()

    def happened(self, case_id: str) -> None:
        """One more event is there, and it has an effect that can be seen from outside."""
        *before, newest = self.cases.history(case_id)
        assert before == self.histories.get(case_id, [])
        self.histories[case_id] = [*before, newest]
        stamp = self.cases.stamp()
        assert stamp > self.stamp
        self.stamp = stamp

    @rule(person=PEOPLE, case_id=IDS, title=TITLES, adopt=st.booleans())
    def make(self, person: Any, case_id: str, title: str, adopt: bool) -> None:
        words = fields(case_id, title=title)
        try:
            (self.cases.adopt if adopt else self.cases.begin)(person, words)
        except StorageError:
            assert case_id in self.histories
            return
        self.happened(case_id)
        assert self.histories[case_id][-1].fields == words

    @precondition(lambda self: self.histories)
    @rule(title=TITLES, data=st.data())
    def change(self, title: str, data: st.DataObject) -> None:
        possible = {
            (action, person, case.id)
            for case in self.cases.list()
            for person in (ANN, BEN, RAE)
            for action in possible_for(person, case)
        }
        actions = sorted({action for action, _, _ in possible}, key=ACTIONS.index)
        # Review is four steps long: without a push few walks reach its end.
        action = data.draw(st.sampled_from([*actions, *[item for item in actions if item in REVIEW] * 3]))
        person, case_id = data.draw(
            st.sampled_from(sorted((item[1:] for item in possible if item[0] == action), key=str)), label=action
        )
        case = self.cases.get(case_id)
        seen = case.version - data.draw(st.sampled_from([0, 0, 0, 0, 1]))
        number = data.draw(st.integers(1, case.version))
        calls: dict[str, Any] = {
            "edited": lambda: self.cases.edit(person, case_id, fields(case_id, title=title), seen),
            "submitted": lambda: self.cases.submit(person, case_id, seen),
            "withdrawn": lambda: self.cases.withdraw(person, case_id, seen),
            "taken": lambda: self.cases.take(person, case_id, seen),
            "accepted": lambda: self.cases.accept(person, case_id, seen),
            "returned": lambda: self.cases.send_back(person, case_id, seen, "why"),
            "retired": lambda: self.cases.retire(person, case_id, seen, "why"),
            "restored": lambda: self.cases.restore(person, case_id, number, seen),
        }
        try:
            calls[action]()
        except StorageError:
            assert seen != case.version
            return
        assert seen == case.version
        self.happened(case_id)
        newest = self.histories[case_id][-1]
        assert (newest.action, newest.who, newest.role) == (action, person.name, person.role)
        words: Mapping[str, Any] = case.fields
        if action == "edited":
            words = fields(case_id, title=title)
        elif action == "retired":
            words = case.in_force or {}
        elif action == "restored":
            words = self.histories[case_id][number - 1].fields
        assert newest.fields == words

    @rule(titles=st.dictionaries(IDS, TITLES), bad=st.booleans())
    def bring_in(self, titles: dict[str, str], bad: bool) -> None:
        every = [fields(case_id, title=title) for case_id, title in titles.items()]
        before = self.cases.in_force()
        if bad:
            every.append({"id": "No id"})
        try:
            counts = self.cases.import_cases(RAE, every)
        except StorageError:
            assert bad
            return
        changed = [item["id"] for item in every if before.get(item["id"]) != item]
        assert counts.added + counts.changed == len(changed)
        for case_id in changed:
            *_, newest = self.cases.history(case_id)
            self.histories.setdefault(case_id, []).append(newest)
            assert (newest.action, newest.fields["title"]) == ("imported", titles[case_id])
        self.stamp = self.cases.stamp()

    @invariant()
    def nothing_is_lost(self) -> None:
        assert {case_id: list(self.cases.history(case_id)) for case_id in self.histories} == self.histories
        assert self.cases.stamp() == self.stamp
        listed = {case.id: case for case in self.cases.list()}
        assert set(listed) == set(self.histories)
        expected = {}
        for case_id, events in self.histories.items():
            in_force = words_in_force(events)
            assert listed[case_id] == StoredCase(
                case_id, events[-1].state, len(events), who_began(events), events[-1].when, events[-1].fields, in_force
            )
            if any(event.state == "accepted" for event in events):
                expected[case_id] = in_force
        assert self.cases.in_force() == expected


def who_began(events: list[CaseEvent]) -> str:
    """Who made the newest draft of words that were accepted or retired; else who began the case."""
    for before, event in reversed(list(pairwise(events))):
        if before.state in ("accepted", "retired") and event.state == "draft":
            return event.who
    return events[0].who


def words_in_force(events: list[CaseEvent]) -> Mapping[str, Any] | None:
    """Those of the newest event that put some in force, unless the case was retired since."""
    for event in reversed(events):
        if event.action == "retired":
            return None
        if event.action in ("accepted", "imported"):
            return event.fields
    return None


@pytest.mark.slow
def test_nothing_that_was_written_is_lost(database: Database, thorough: bool) -> None:
    run_state_machine_as_test(
        lambda: Histories(database),
        settings=settings(
            max_examples=25 if thorough else 6,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
