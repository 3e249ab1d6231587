"""What one person writes and has not brought into force is shown to nobody else, whatever a page sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from assistant.errors import StorageUnavailableError
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.storage import CaseStore, People
from assistant.web.api.endpoints import UNAVAILABLE
from assistant.web.contribute.form import Work
from tests.choosing import few
from tests.web.contribute_page import ContributePage
from tests.web.test_contribute_view import ANN, BEN, EVENTS, ID, OF_FILE, RAY, ann, case, keys, own_library, store

__all__ = ["ann", "keys", "own_library", "store"]
STATES = ("draft", "submitted")
SECRET = "Zanzibar lends boats to Ruritania."


@pytest.fixture
def ben(own_library: Library, store: CaseStore, keys: Mapping[str, str]) -> ContributePage:
    return ContributePage(own_library, store, keys[BEN])


def everything(page: ContributePage) -> str:
    """All that the server has sent to a page."""
    return " ".join(str(shown["value"]) for shown in page.shown.values())


@pytest.mark.parametrize(
    ("event", "state"),
    few(
        {f"{event}-{state}": (event, state) for event in EVENTS for state in STATES},
        *(f"{event}-{STATES[number % 2]}" for number, event in enumerate(EVENTS)),
    ),
)
def test_another_persons_draft_is_not_had_by_naming_an_old_version(
    event: str, state: str, ann: ContributePage, ben: ContributePage, store: CaseStore
) -> None:
    ann.begin(case(summary=SECRET, title=SECRET))
    if state == "submitted":
        ann.fire("submit_case")
    kept = store.get(ID)
    assert kept.state == state
    ben.fire("new_case")
    ben.fill(case(id="another"))
    ben.set(ben.view.place.work, Work(ID, kept.version - 1, (), is_open=True).to_page())
    if event.startswith("case_"):
        ben.set(ben.view.place.typed, {"values": None})
    ben.fire(event)
    assert "Zanzibar" not in everything(ben)
    assert ben.words("message")
    assert store.get(ID) == kept


def test_who_began_a_case_is_told_of_a_reviewers_change(ann: ContributePage, store: CaseStore) -> None:
    ann.begin(case())
    reviewer = store.people.of_name(RAY)
    assert reviewer
    store.edit(reviewer, ID, {**store.get(ID).fields, "summary": SECRET}, 1)
    ann.fire("save_case")
    assert SECRET in ann.words("conflict")


def test_a_retired_case_shows_the_words_that_were_in_force(
    ann: ContributePage, ben: ContributePage, own_library: Library, store: CaseStore
) -> None:
    words = cases_of(own_library).entries[OF_FILE].model_dump(mode="json")
    contributions = ann.view.desk._contributions
    contributor, reviewer = store.people.of_name(ANN), store.people.of_name(RAY)
    assert contributor
    assert reviewer
    draft = contributions.save(contributor, words | {"summary": SECRET}, 0)
    contributions.retire(reviewer, OF_FILE, draft.version, "Told twice.")
    ben.open(OF_FILE)
    assert words["title"] in ben.words("head")
    assert "Zanzibar" not in everything(ben)
    assert store.get(OF_FILE).fields == words
    assert store.history(OF_FILE)[-2].fields["summary"] == SECRET


def test_the_title_of_a_draft_is_not_had_by_its_id(
    ann: ContributePage, ben: ContributePage, own_library: Library, store: CaseStore
) -> None:
    ann.begin(case(title=SECRET))
    reader = ContributePage(own_library, store)
    ben.fire("new_case")
    for page, said in ((ben, f"The id “{ID}” is already used by another case. Choose another."), (reader, "")):
        page.type(id=ID)
        assert said in page.words("problems")
        assert "Zanzibar" not in everything(page)


@pytest.mark.parametrize("number", ["9" * 5000, "99", "²", "-1", "none"])
def test_a_number_that_there_is_not_is_said(ann: ContributePage, own_library: Library, number: str) -> None:
    ann.begin(case())
    ann.fire("restore_case", entry=number)
    assert "version" in ann.words("message")
    chunk = own_library.generation.text_chunks("harbour-plan", 0, 1)[0].id
    ann.fire("choose_passage", entry=f"{chunk}/{number}")
    assert "no longer has this passage" in ann.words("source_message")


def test_where_the_database_is_is_not_told_to_a_reader(
    own_library: Library, store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ContributePage(own_library, store)

    def fail(*values: Any) -> None:
        raise StorageUnavailableError("The database /secret cannot be used.")

    for name in ("any", "of_key"):
        monkeypatch.setattr(People, name, fail)
    page.sign_in("a key")
    assert page.words("said") == UNAVAILABLE.format("it does not answer")
    page.set(page.view.who.me, "a key")
    page.enter()
    assert page.words("said") == UNAVAILABLE.format("it does not answer")
    assert "/secret" not in everything(page)
