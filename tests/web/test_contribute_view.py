"""The view Contribute: who may do what, and what each event makes of the page and of the cases that are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import StorageUnavailableError
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.registers.accepted import accepted_cases
from assistant.settings import load_settings
from assistant.storage import CaseStore, open_cases
from assistant.web.api.endpoints import UNAVAILABLE
from assistant.web.contribute.case_editor import CHANGES_RESTORED, TOO_LONG
from assistant.web.contribute.case_events import NOT_ADDED, UNSAVED
from assistant.web.contribute.case_html import words_of as words_in_field
from assistant.web.contribute.contributors import SIGN_IN, UNKNOWN_KEY
from assistant.web.door.wrong_keys import CLIENT_LIMIT
from tests.contributing.case_making import OUTSIDE as PUBLICATION
from tests.contributing.case_making import case as made
from tests.web.contribute_page import ContributePage
from tests.web.pages import ADDRESSES, HOSTILE, parsed, words_of

ANN, BEN, RAY, SOL = "Ann Contributor", "Ben Contributor", "Ray Reviewer", "Sol Reviewer"
ID = "granton-rope-library"
OF_FILE = "hull-lamp-scheme"
OUTSIDE = PUBLICATION | {"url": ADDRESSES[0]}
EVENTS = ("save_case", "submit_case", "submit_case_sure", "case_withdrawn", "case_taken", "case_accepted")
EVENTS += ("case_returned", "case_retired", "case_on_top", "case_theirs")
"""What can be done with a case that is open."""


@pytest.fixture
def own_library(library: Library, tmp_path: Path) -> Iterator[Library]:
    """The small library with a database of its own, which takes keys."""
    kept = library.settings
    settings = load_settings(corpus=kept.corpus, index=kept.index, storage={"url": f"sqlite:///{tmp_path}/cases.db"})
    opened = replace(library, settings=settings, accepted=accepted_cases(settings))
    yield opened
    opened.accepted.close()


@pytest.fixture
def store(own_library: Library) -> Iterator[CaseStore]:
    opened = open_cases(own_library.settings)
    yield opened
    opened.close()


@pytest.fixture
def keys(store: CaseStore) -> Mapping[str, str]:
    """Keys of two contributors and a reviewer, by name."""
    roles: Any = {ANN: "contributor", BEN: "contributor", RAY: "reviewer"}
    return {name: store.people.add(name, role) for name, role in roles.items()}


@pytest.fixture
def ann(own_library: Library, store: CaseStore, keys: Mapping[str, str]) -> ContributePage:
    return ContributePage(own_library, store, keys[ANN])


@pytest.fixture
def ray(own_library: Library, store: CaseStore, keys: Mapping[str, str]) -> ContributePage:
    return ContributePage(own_library, store, keys[RAY])


def case(**changes: Any) -> dict[str, Any]:
    """A whole case, with some fields changed."""
    return made(**{"source": [dict(OUTSIDE)]} | changes)


def review(ray: ContributePage, case_id: str = ID) -> None:
    """Open a case that waits, and take it."""
    ray.fire("open_case", entry=case_id)
    ray.fire("case_taken")


def test_lists_without_cases_say_so(ray: ContributePage) -> None:
    assert ray.words("_own") == "Your cases (0) You have no cases yet."
    assert ray.words("_waiting") == "Cases waiting for review (0) No cases are waiting."


def submitted(ann: ContributePage, **changes: Any) -> None:
    ann.begin(case(**changes))
    ann.fire("submit_case_sure")


def accepted(ann: ContributePage, ray: ContributePage, **changes: Any) -> None:
    submitted(ann, **changes)
    review(ray, changes.get("id", ID))
    ray.fire("case_accepted")


def test_a_reader_is_told_how_to_become_a_contributor(own_library: Library, store: CaseStore) -> None:
    page = ContributePage(own_library, store)
    page.enter()
    assert "You are a reader." in page.words("who")
    assert "steward people add NAME --role contributor" in page.words("who")
    assert not page.is_visible(page.view._cases)
    page.sign_in("not a key")
    assert page.words("said") == UNKNOWN_KEY
    assert "You are a reader." in page.words("who")


def test_keys_cannot_be_tried_one_after_the_other(
    own_library: Library, store: CaseStore, keys: Mapping[str, str]
) -> None:
    page = ContributePage(own_library, store)
    for number in range(CLIENT_LIMIT):
        page.sign_in(f"not a key {number}")
        assert page.words("said") == UNKNOWN_KEY
    page.sign_in(keys[ANN])
    assert page.words("said").startswith("Too many wrong keys. Wait ")
    assert not page.is_visible(page.view._cases)


def test_a_reviewer_is_told_that_another_accepts_their_own_case(ray: ContributePage, store: CaseStore) -> None:
    store.people.add(SOL, "reviewer")
    submitted(ray)
    ray.fire("case_taken")
    ray.fire("case_accepted")
    assert "You wrote this version, so another reviewer must accept it" in ray.words("message")
    assert store.get(ID).state == "under-review"


def test_a_key_says_who_one_is_until_one_signs_out_or_is_ended(ann: ContributePage, store: CaseStore) -> None:
    assert f"You are {ANN} , a contributor." in ann.words("who")
    assert ann.is_visible(ann.view._cases)
    ann.fire("sign_out")
    assert "You are a reader." in ann.words("who")
    assert not ann.is_visible(ann.view._cases)
    store.people.end(ANN)
    ann.enter()
    assert "You are a reader." in ann.words("who")


def test_without_keys_a_name_reviews_until_somebody_is_registered(own_library: Library, store: CaseStore) -> None:
    web = own_library.settings.web.model_copy(update={"keys_required": False})
    here = replace(own_library, settings=own_library.settings.model_copy(update={"web": web}))
    page = ContributePage(here, store)
    page.enter()
    assert "Enter your name" in page.words("who")
    page.sign_in(" ")
    assert page.words("said") == "Enter your name."
    page.sign_in("Cleo <b>Carter</b>")
    assert "You are Cleo <b>Carter</b> , a reviewer." in page.words("who")
    store.people.add(ANN, "contributor")
    page.enter()
    assert "You are a reader." in page.words("who")
    page.fire("new_case")
    assert page.words("_message") == SIGN_IN


@pytest.mark.parametrize("me", ["", "nobody", "x" * 32, ANN])
def test_no_event_does_anything_without_a_key(me: str, ann: ContributePage, store: CaseStore) -> None:
    submitted(ann)
    before = store.history(ID)
    ann.set(ann.view.who.me, me)
    for event in EVENTS:
        ann.fire(event)
        assert ann.words("message") == SIGN_IN
    ann.fire("restore_case", entry="1")
    assert ann.words("message") == SIGN_IN
    ann.set(ann.view.place.work, None)
    ann.type(id=ID)
    assert ann.words("problems") == ""
    ann.fire("open_own_case", entry=ID)
    assert ann.words("_message") == SIGN_IN
    assert store.history(ID) == before


def test_a_contributor_cannot_review_whatever_the_page_sends(ann: ContributePage, store: CaseStore) -> None:
    submitted(ann)
    assert ann.buttons == {"Withdraw"}
    for event in ("case_taken", "case_accepted", "case_returned", "case_retired"):
        ann.set(ann.view.place.comment, "Because.")
        ann.fire(event)
        assert "you need the role reviewer; yours is contributor" in ann.words("message")
    assert store.get(ID).state == "submitted"


def test_another_persons_draft_is_not_shown(
    ann: ContributePage, own_library: Library, store: CaseStore, keys: Mapping[str, str]
) -> None:
    ann.begin(case())
    ben = ContributePage(own_library, store, keys[BEN])
    ben.open(ID)
    assert "Someone else is working on this case" in ben.words("_message")
    ben.set(ben.view.place.work, {"case": ID, "version": 1, "sources": [], "is_open": True})
    ben.fire("save_case")
    assert store.get(ID).version == 1


def test_a_case_goes_from_draft_into_the_search(ann: ContributePage, ray: ContributePage, own_library: Library) -> None:
    ann.begin(case())
    assert ann.words("message") == "Draft saved."
    assert f"Draft. {ANN} (contributor) started it on" in ann.words("head")
    ann.fire("submit_case")
    assert ann.words("message").startswith("Submitted for review.")
    assert not ann.is_visible(ann.view.place.form_place)
    review(ray)
    assert "started a review" in ray.words("head")
    assert "A library of ropes in Granton" in ray.words("card")
    assert ray.buttons == {"Accept", "Return with this comment"}
    ray.fire("case_accepted")
    assert ray.words("message").startswith("Accepted")
    assert cases_of(own_library).entry(ID).title == "A library of ropes in Granton"
    ann.open(ID)
    assert f"{RAY} (reviewer) accepted it" in ann.words("head")


def test_a_case_comes_back_with_a_comment_and_is_mended(ann: ContributePage, ray: ContributePage) -> None:
    submitted(ann)
    review(ray)
    ray.fire("case_returned")
    assert "you need a comment that says why" in ray.words("message")
    ray.set(ray.view.place.comment, "Who paid for <i>the ropes</i>?")
    ray.fire("case_returned")
    ann.open(ID)
    assert f"{RAY}: Who paid for <i>the ropes</i>?" in ann.words("head")
    assert ann.field("title") == "A library of ropes in Granton"
    ann.type(lesson="Members paid.")
    ann.fire("submit_case")
    assert ann.words("message").startswith("Submitted for review.")
    table = [words_of(cell) for cell in parsed(ann.html("history")).iter("td")]
    assert table == ["Dry what is lent before it is lent again.", "Members paid."]


def test_the_history_and_a_conflict_show_values_in_words() -> None:
    assert words_in_field("shift", ["enabling-reforms", "stewardship"]) == "Enabling reforms, Stewardship"
    assert words_in_field("sectors", ["local-government"]) == "Local government"
    assert words_in_field("theme", "social-value") == "Social value"
    assert words_in_field("polarity", "ongoing") == "Under way"
    assert words_in_field("level", "local") == "Local"
    assert words_in_field("title", "a-b") == "a-b"


def test_a_case_that_waits_is_withdrawn(ann: ContributePage, store: CaseStore) -> None:
    submitted(ann)
    ann.fire("case_withdrawn")
    assert store.get(ID).state == "draft"
    assert ann.is_visible(ann.view.place.form_place)


def test_a_case_is_retired_with_a_reason(ann: ContributePage, ray: ContributePage, own_library: Library) -> None:
    accepted(ann, ray)
    ray.fire("case_retired")
    assert "you need a comment" in ray.words("message")
    ray.set(ray.view.place.comment, "Told twice.")
    ray.fire("case_retired")
    assert ray.words("message").startswith("Retired")
    assert ID not in cases_of(own_library).entries


def test_only_what_was_typed_in_is_complained_of_until_one_submits(ann: ContributePage) -> None:
    ann.fire("new_case")
    ann.type(title="Ropes <b>lent</b>")
    assert ann.words("problems").startswith("1 problem to fix Title : “<b>” looks like HTML")
    assert "hidden" in parsed(ann.html("problems"))[0].attrib
    ann.type(title="Ropes lent")
    assert ann.words("problems") == ""
    ann.type(summary="Lent.", lesson="Lend.")
    ann.type(lesson="")
    assert ann.words("problems").startswith("1 problem to fix Lesson : Lesson is missing.")
    ann.fire("submit_case")
    (listed,) = parsed(ann.html("problems"))
    assert "hidden" not in listed.attrib
    fields = [item.get("data-field") for item in listed.iter("li")]
    expected = "lesson polarity organisation place country level period theme shift sectors source"
    assert fields == expected.split()
    assert "Draft saved, but not submitted. Fix 11 problems" in ann.words("message")


def test_the_id_is_made_from_the_title_until_one_types_it_or_saves(ann: ContributePage, store: CaseStore) -> None:
    ann.fire("new_case")
    ann.type(title="Ropes, lent in Granton & Leith")
    assert ann.field("id") == "ropes-lent-in-granton-leith"
    ann.type(id="ropes")
    ann.type(title="Ropes that are lent")
    assert ann.field("id") == "ropes"
    ann.fire("save_case")
    ann.type(id="others", title="Ropes again")
    ann.fire("save_case")
    assert store.get("ropes").fields["title"] == "Ropes again"
    assert [kept.id for kept in store.list()] == ["ropes"]


def test_an_id_that_is_taken_is_said_at_its_field(ann: ContributePage, store: CaseStore) -> None:
    ann.begin(case(id=OF_FILE))
    assert f"The id “{OF_FILE}” is already used by “The Hull lamp scheme”." in ann.words("problems")
    assert store.list() == ()


def test_a_megabyte_is_refused_and_the_form_goes_on(ann: ContributePage, store: CaseStore) -> None:
    ann.fire("new_case")
    ann.type(title="Ropes", summary="x" * 2**20)
    assert "has 1,048,576 characters; the limit is 2,000. Shorten it." in ann.words("problems")
    ann.fire("save_case")
    assert "Nothing was saved." in ann.words("message")
    ann.publication(**OUTSIDE | {"title": "y" * 2**20})
    assert "the limit is 300" in ann.words("source_message")
    ann.type(summary="Lent.")
    ann.fire("save_case")
    assert store.get("ropes").fields["summary"] == "Lent."


def test_a_passage_is_found_and_chosen(ann: ContributePage, own_library: Library, store: CaseStore) -> None:
    ann.begin(case(source=[]))
    sources = ann.view.place.sources
    ann.fire("find_passages")
    assert ann.words("found") == "Choose a document."
    ann.set(sources._document, "harbour-plan")
    ann.set(sources._words, "how long a licence lasts")
    ann.fire("find_passages")
    assert "<script>" in ann.words("found")
    names = [button.get("data-id") for button in parsed(ann.html("found")).iter("button")]
    for name in ("nothing", names[0].split("/")[0] + "/99", names[0].split("/")[0] + "/-1", ""):
        ann.fire("choose_passage", entry=name)
        assert "no longer has this passage" in ann.words("source_message")
    (licence,) = [
        button.get("data-id")
        for button in parsed(ann.html("found")).iter("button")
        if "Every licence lasts three years." in words_of(button)
    ]
    ann.fire("choose_passage", entry=licence)
    assert "Every licence lasts three years." in ann.words("listed")
    ann.fire("choose_passage", entry=licence)
    assert ann.words("source_message") == "The case already has this source."
    ann.fire("save_case")
    (source,) = store.get(ID).fields["source"]
    assert (source["document"], source["section"]) == ("harbour-plan", "boats")
    assert source["quote"] == "Every licence lasts three years."


def test_another_publication_is_whole_or_not_added(ann: ContributePage, store: CaseStore) -> None:
    ann.begin(case(source=[]))
    ann.publication(publisher="Lamp Society", title="Ropes", published="2024-13", url="ropes")
    words = ann.words("source_message")
    assert "Web address: “ropes” is not a web address" in words
    assert "Published: “2024-13” is not a date" in words
    ann.publication(**OUTSIDE)
    assert ann.words("listed").startswith("Sources (1) Publisher: Lamp Society")
    assert [ann.shown[part]["value"] for part in ann.view.place.sources.publication] == [""] * 4
    ann.fire("remove_source", entry="1")
    assert ann.words("listed").startswith("Sources (0)")
    ann.publication(**OUTSIDE)
    ann.fire("save_case")
    assert store.get(ID).fields["source"][0]["title"] == "Ropes and lamps"


def test_a_publication_that_is_typed_and_not_added_is_not_passed_over(ann: ContributePage, store: CaseStore) -> None:
    ann.begin(case())
    ann.set(ann.view.place.sources._parts["title"], "Ropes again")
    ann.fire("submit_case")
    assert NOT_ADDED in ann.words("problems")
    assert store.get(ID).state == "draft"


def test_the_second_of_two_is_told_and_puts_their_words_on_top(
    ann: ContributePage, ray: ContributePage, store: CaseStore
) -> None:
    ann.begin(case())
    ray.open(ID)
    ray.type(place="Leith")
    ray.fire("save_case")
    ann.type(lesson="Lend dry ropes.")
    ann.fire("save_case")
    assert f"Nothing was saved: {RAY} changed this case." in ann.words("message")
    rows = [[words_of(cell) for cell in row] for row in parsed(ann.html("conflict")).iter("tr")]
    assert rows == [
        ["Field", f"{RAY}’s version", "Your version"],
        ["Lesson changed by you", "Dry what is lent before it is lent again.", "Lend dry ropes."],
        ["Place changed by them", "Leith", "Granton"],
    ]
    assert ann.field("lesson") == "Lend dry ropes."
    ann.fire("case_on_top")
    assert (ann.field("place"), ann.field("lesson")) == ("Leith", "Lend dry ropes.")
    ann.fire("save_case")
    kept = store.get(ID)
    assert (kept.version, kept.fields["place"], kept.fields["lesson"]) == (3, "Leith", "Lend dry ropes.")


def test_the_second_of_two_takes_theirs_and_still_sees_their_own(ann: ContributePage, ray: ContributePage) -> None:
    ann.begin(case())
    ray.open(ID)
    ray.type(lesson="Dry them.")
    ray.fire("save_case")
    ann.type(lesson="Lend dry ropes.")
    ann.fire("submit_case")
    ann.fire("case_theirs")
    assert ann.field("lesson") == "Dry them."
    assert "Lend dry ropes." in ann.words("conflict")
    ann.fire("save_case")
    assert ann.words("message") == "Draft saved."


def test_nobody_decides_on_words_that_they_have_not_seen(
    ann: ContributePage, ray: ContributePage, store: CaseStore
) -> None:
    submitted(ann)
    ray.fire("open_case", entry=ID)
    ann.fire("case_withdrawn")
    ann.type(lesson="Lend dry ropes.")
    ann.fire("submit_case")
    ray.fire("case_taken")
    assert "Check it as it is now, then decide." in ray.words("message")
    assert store.get(ID).state == "submitted"
    assert "Lend dry ropes." in ray.words("card")
    ray.fire("case_taken")
    assert store.get(ID).state == "under-review"


def test_what_was_typed_is_there_again_after_a_reload(
    ann: ContributePage, ray: ContributePage, own_library: Library, store: CaseStore
) -> None:
    ann.begin(case())
    ann.type(lesson="Lend dry ropes.")
    ann.publication(**OUTSIDE | {"title": "Ropes again"})
    again = ann.reload(own_library, store)
    assert again.words("message") == CHANGES_RESTORED
    assert again.field("lesson") == "Lend dry ropes."
    assert "Ropes again" in again.words("listed")
    # What another saved meanwhile is still not written over.
    ray.open(ID)
    ray.type(place="Leith")
    ray.fire("save_case")
    again.fire("save_case")
    assert f"{RAY} changed this case" in again.words("message")


def test_unsaved_words_are_not_left_behind_by_accident(ann: ContributePage, store: CaseStore) -> None:
    ann.begin(case())
    ann.type(lesson="Lend dry ropes.")
    for event in ("new_case", "sign_out"):
        ann.fire(event)
        assert ann.words("_message") == UNSAVED
    ann.fire("close_case")
    assert ann.words("message") == UNSAVED
    assert "Close without saving" in ann.buttons
    assert ann.field("lesson") == "Lend dry ropes."
    ann.fire("leave_case")
    ann.open(ID)
    assert ann.field("lesson") == "Dry what is lent before it is lent again."


def test_a_change_of_a_case_of_the_registers_file_is_suggested(
    ann: ContributePage, ray: ContributePage, own_library: Library
) -> None:
    ann.fire("suggest_change")
    assert ann.words("_message").startswith("Choose a published case")
    ann.set(ann.view._in_force, OF_FILE)
    ann.fire("suggest_change")
    assert ann.field("organisation") == "Hull boatmen"
    ann.type(period="2019-2022")
    ann.fire("submit_case_sure")
    assert ann.words("message").startswith("Submitted for review.")
    assert cases_of(own_library).entry(OF_FILE).period == "2019-2021"
    review(ray, OF_FILE)
    ray.fire("case_accepted")
    assert cases_of(own_library).entry(OF_FILE).period == "2019-2022"
    assert len(cases_of(own_library).entries) == 1


def test_an_earlier_version_is_restored(ann: ContributePage, ray: ContributePage, own_library: Library) -> None:
    accepted(ann, ray)
    ann.open(ID)
    ann.type(lesson="Lend dry ropes.")
    ann.fire("save_case")
    versions = [words_of(head) for head in parsed(ann.html("history")).iter("h3")]
    assert versions[0] == "Version 5: Draft"
    ann.fire("restore_case", entry="4")
    assert ann.field("lesson") == "Dry what is lent before it is lent again."
    for wrong in ("99", "none", "-1"):
        ann.fire("restore_case", entry=wrong)
        assert "message" in ann.html("message")
        assert 'role="alert"' in ann.html("message")
    assert cases_of(own_library).entry(ID).lesson == "Dry what is lent before it is lent again."


@pytest.mark.parametrize(
    "page",
    [None, "x", 3, [], {"case": 3, "version": "2", "sources": "x"}, {"version": True, "sources": [1, {"a": {}}]}],
    ids=str,
)
def test_a_page_that_sends_nonsense_gets_a_sentence(page: Any, ann: ContributePage, store: CaseStore) -> None:
    ann.begin(case())
    ann.set(ann.view.place.work, page)
    for event in EVENTS[:-1]:
        ann.fire(event)
        assert 'role="alert"' in ann.html("message")
    assert [kept.id for kept in store.list()] == [ID]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_become_markup_or_a_link(words: str, own_library: Library, store: CaseStore) -> None:
    name = words[:80]
    key = store.people.add(name, "reviewer")
    page = ContributePage(own_library, store, key)
    assert name in parsed(page.html("who")).text_content()
    page.begin(case())
    page.type(title=words)
    page.fire("check_case", field="title")
    page.set(page.view.place.work, page.shown[page.view.place.work]["value"] | {"sources": [{"title": words}]})
    page.fire("look_at_case", entry=words)
    for part in ("problems", "message", "looked_at", "head", "history"):
        parsed(page.html(part))
    page.fire("submit_case")
    parsed(page.html("problems"))
    store.edit(store.people.of_key(key), ID, case(title=words), store.get(ID).version, words)  # type: ignore[arg-type]
    page.fire("leave_case")
    page.open(ID)
    for part in ("head", "history"):
        assert words in parsed(page.html(part)).text_content()
    card = parsed(page.html("card")).text_content()
    assert words in card or card.endswith("complete: Title.")  # words that the rules refuse are in no card
    page.fire("sign_in")


MISSING = UNAVAILABLE.format("its file is missing")


@pytest.fixture
def away(own_library: Library, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Takes the database away, or brings it back."""
    file, elsewhere = tmp_path / "cases.db", tmp_path / "away.db"

    def move() -> None:
        here, there = (file, elsewhere) if file.exists() else (elsewhere, file)
        here.rename(there)

    yield move
    if elsewhere.exists():
        move()


def test_a_database_that_is_gone_costs_a_sentence_without_its_place_and_no_word(
    ann: ContributePage, ray: ContributePage, store: CaseStore, away: Callable[[], None]
) -> None:
    ann.begin(case())
    away()
    for event in ("save_case", "submit_case", "submit_case_sure"):
        ann.type(lesson=f"Lend dry ropes, {event}.")
        ann.fire(event)
        assert ann.words("message") == f"Nothing was saved. {MISSING} What you typed is still in the form."
        assert ann.field("lesson") == f"Lend dry ropes, {event}."
        assert ann.is_visible(ann.view._cases)
    ann.enter()  # as after another tab: they are not taken for a reader
    assert ann.words("said") == MISSING
    assert f"You are {ANN}" in ann.words("who")
    away()
    assert store.get(ID).version == 1
    ann.fire("submit_case_sure")
    assert store.get(ID).state == "submitted"
    assert store.get(ID).fields["lesson"] == "Lend dry ropes, submit_case_sure."
    review(ray)
    away()
    for event in ("case_accepted", "case_returned"):
        ray.set(ray.view.place.comment, "Say who lends them.")
        ray.fire(event)
        assert ray.words("message").startswith(f"Nothing was saved. {MISSING}")
    away()
    assert store.get(ID).state == "under-review"
    ray.fire("case_accepted")
    assert store.get(ID).state == "accepted"


def failing(*values: Any) -> None:
    raise StorageUnavailableError("The database /secret cannot be used.", "its disk is full")


def test_what_was_kept_before_the_database_failed_is_said_to_be_kept(
    ann: ContributePage, ray: ContributePage, store: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = UNAVAILABLE.format("its disk is full")
    ann.begin(case())
    ann.type(lesson="Lend dry ropes.")
    with monkeypatch.context() as broken:
        broken.setattr(store, "history", failing)
        ann.fire("save_case")
    assert ann.words("message") == f"Draft saved. The case cannot be shown now. {full}"
    ann.type(lesson="Lend dry and short ropes.")
    with monkeypatch.context() as broken:
        broken.setattr(store, "submit", failing)
        ann.fire("submit_case_sure")
    assert ann.words("message").startswith("Draft saved, but not submitted. The case cannot be shown")
    assert (store.get(ID).version, store.get(ID).state) == (3, "draft")
    with monkeypatch.context() as broken:
        broken.setattr(store, "history", failing)
        ann.fire("submit_case_sure")  # nobody else changed it, so nothing conflicts
    assert ann.words("message").startswith("Submitted for review.")
    assert store.get(ID).state == "submitted"
    review(ray)
    with monkeypatch.context() as broken:
        broken.setattr(store, "history", failing)
        ray.fire("case_accepted")
    assert ray.words("message") == (f"Accepted. The case is published. The case cannot be shown now. {full}")
    assert store.get(ID).state == "accepted"


def test_a_case_of_the_registers_file_is_retired(ray: ContributePage, own_library: Library) -> None:
    ray.set(ray.view._in_force, OF_FILE)
    ray.fire("suggest_change")
    assert "Retire with this comment" in ray.buttons
    ray.set(ray.view.place.comment, "Told twice.")
    ray.fire("case_retired")
    assert ray.words("message").startswith("Retired")
    assert OF_FILE not in cases_of(own_library).entries


def test_who_can_only_read_a_case_is_told_why(
    ann: ContributePage, ray: ContributePage, own_library: Library, store: CaseStore, keys: Mapping[str, str]
) -> None:
    submitted(ann)
    review(ray)
    ann.open(ID)
    assert ann.words("message").startswith("This case is being reviewed")
    ray.fire("case_accepted")
    ann.open(ID)
    ann.type(lesson="Lend dry ropes.")
    ann.fire("save_case")
    ben = ContributePage(own_library, store, keys[BEN])
    ben.set(ben.view._in_force, ID)
    ben.fire("suggest_change")
    assert f"{ANN}, who started it, or a reviewer can change it." in ben.words("message")
    assert "Dry what is lent before it is lent again." in ben.words("card")
    assert ben.words("history") == ""


def test_whoever_contributes_changes_a_case_in_force_one_at_a_time(
    ann: ContributePage, ray: ContributePage, own_library: Library, store: CaseStore, keys: Mapping[str, str]
) -> None:
    accepted(ann, ray)
    ben = ContributePage(own_library, store, keys[BEN])
    for page in (ann, ben):
        page.set(page.view._in_force, ID)
        page.fire("suggest_change")
    ben.type(place="Leith")
    ben.fire("save_case")
    ann.type(lesson="Lend dry ropes.")
    ann.fire("save_case")
    assert f"{BEN} is working on the case" in ann.words("message")
    assert "Leith" not in ann.html("conflict")
    assert "Add my changes to their version" not in ann.buttons
    assert ann.field("lesson") == "Lend dry ropes."
    ben.fire("submit_case_sure")
    review(ray)
    ray.fire("case_accepted")
    ann.fire("save_case")
    assert "Add my changes to their version" in ann.buttons
    ann.fire("case_on_top")
    ann.fire("save_case")
    fields = store.get(ID).fields
    assert (fields["place"], fields["lesson"]) == ("Leith", "Lend dry ropes.")


def test_words_that_were_too_long_to_be_kept_are_said_to_be_lost(
    ann: ContributePage, own_library: Library, store: CaseStore
) -> None:
    ann.begin(case())
    ann.set(ann.view.place.typed, {"values": None, "unsaved": True})
    again = ann.reload(own_library, store)
    assert again.words("message") == TOO_LONG
    assert again.field("title") == "A library of ropes in Granton"
