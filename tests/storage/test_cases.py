"""Cases: begun, reviewed, in force, retired, with a history that only grows."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from assistant.errors import CaseNotFoundError, NotAllowedError, StorageError
from assistant.settings import Settings
from assistant.storage import (
    CaseStore,
    ImportCounts,
    Person,
    StoredCase,
    find_cases,
    open_cases,
    open_database,
    possible_for,
)
from assistant.storage.case_records import CaseChangedError, DuplicateCaseError
from tests.storage.case_making import ANN, BEN, RAE, accepted, fields

NASTY = {"summary": "nul \0, half \ud83d, whole \N{WAVING HAND SIGN}, Welsh ŵ", "notes": [1, None, 0.1, True], "x": {}}


def test_a_case_goes_from_draft_to_in_force_and_is_retired(cases: CaseStore) -> None:
    case = cases.begin(ANN, fields(), "first words")
    assert (case.state, case.version, case.begun_by, case.in_force) == ("draft", 1, "Ann", None)
    case = cases.edit(ANN, case.id, fields(title="Bells"), 1)
    case = cases.submit(ANN, case.id, 2)
    assert cases.in_force() == {}
    case = cases.take(RAE, case.id, 3)
    case = cases.accept(RAE, case.id, 4, "well told")
    assert (case.state, case.in_force) == ("accepted", fields(title="Bells"))
    assert cases.in_force() == {"tide-bells": fields(title="Bells")}
    case = cases.edit(ANN, case.id, fields(title="Whistles"), 5)
    assert (case.state, case.in_force) == ("draft", fields(title="Bells"))
    case = cases.retire(RAE, case.id, 6, "told elsewhere")
    assert (case.state, case.in_force, case.fields) == ("retired", None, fields(title="Bells"))
    assert cases.in_force() == {"tide-bells": None}
    case = cases.restore(ANN, case.id, 1, 7)
    assert (case.state, case.fields) == ("draft", fields())
    assert cases.in_force() == {"tide-bells": None}
    history = cases.history(case.id)
    words = "begun edited submitted taken accepted edited retired restored"
    assert [event.action for event in history] == words.split()
    assert [event.number for event in history] == list(range(1, 9))
    assert [(event.who, event.role, event.comment) for event in history if event.comment] == [
        ("Ann", "contributor", "first words"),
        ("Rae", "reviewer", "well told"),
        ("Rae", "reviewer", "told elsewhere"),
    ]
    assert case == cases.get(case.id)
    assert case.updated == history[-1].when == datetime(2026, 11, 27, 9, 30, 8, tzinfo=UTC)


def test_a_case_that_is_returned_or_withdrawn_can_be_submitted_again(cases: CaseStore) -> None:
    cases.submit(ANN, cases.begin(ANN, fields()).id, 1)
    assert cases.withdraw(ANN, "tide-bells", 2).state == "draft"
    cases.submit(ANN, "tide-bells", 3)
    cases.take(RAE, "tide-bells", 4)
    assert cases.send_back(RAE, "tide-bells", 5, "Which year?").state == "returned"
    assert cases.submit(ANN, "tide-bells", 6, "It is not known").state == "submitted"
    assert cases.in_force() == {}


def test_a_case_of_the_file_is_adopted_in_force_as_it_is(cases: CaseStore) -> None:
    case = cases.adopt(BEN, fields())
    assert (case.state, case.in_force, case.begun_by) == ("accepted", fields(), "Ben")
    assert [event.action for event in cases.history(case.id)] == ["imported"]
    assert cases.edit(BEN, case.id, fields(title="New"), 1).in_force == fields()
    with pytest.raises(NotAllowedError, match="you need the role contributor or reviewer"):
        cases.adopt(Person("Cyd", "reader"), fields("other"))


def test_an_id_is_taken_once_and_stays(cases: CaseStore) -> None:
    first = cases.begin(ANN, fields())
    for make in (cases.begin, cases.adopt):
        with pytest.raises(DuplicateCaseError, match="A case 'tide-bells' exists already, begun by Ann") as caught:
            make(BEN, fields(title="Mine"))
        assert caught.value.theirs == first
    with pytest.raises(StorageError, match="cannot change: 'tide-bells' would become 'tide-gongs'"):
        cases.edit(ANN, "tide-bells", fields("tide-gongs"), 1)
    assert cases.list() == (first,)


def test_who_saw_an_older_version_is_told_who_changed_it_and_when(cases: CaseStore) -> None:
    cases.begin(ANN, fields())
    theirs = cases.edit(RAE, "tide-bells", fields(title="By Rae"), 1, "shorter")
    changes = (
        lambda: cases.edit(ANN, "tide-bells", fields(title="By Ann"), 1),
        lambda: cases.submit(ANN, "tide-bells", 1),
        lambda: cases.restore(ANN, "tide-bells", 1, 1),
        lambda: cases.take(RAE, "tide-bells", 3),
    )
    for change in changes:
        with pytest.raises(
            CaseChangedError, match="was edited by Rae on 27 November 2026 at 09:30 UTC, after the version"
        ) as caught:
            change()
        assert caught.value.theirs == theirs == cases.get("tide-bells")
        assert caught.value.event == cases.history("tide-bells")[-1]
        assert (caught.value.event.who, caught.value.event.comment) == ("Rae", "shorter")


def test_a_draft_of_words_in_force_belongs_to_who_made_it(cases: CaseStore) -> None:
    case = accepted(cases)
    draft = cases.edit(BEN, case.id, fields(title="By another"), case.version)
    assert (draft.begun_by, draft.in_force) == ("Ben", case.in_force)
    with pytest.raises(NotAllowedError, match="Only who began this draft"):
        cases.submit(ANN, case.id, draft.version)
    helped = cases.edit(RAE, case.id, fields(title="Mended by a reviewer"), draft.version)
    assert cases.submit(BEN, case.id, helped.version).begun_by == "Ben"


def test_who_saw_an_older_version_is_shown_no_draft_of_another(cases: CaseStore) -> None:
    case = accepted(cases)
    draft = cases.edit(BEN, case.id, fields(title="By Ben"), case.version)
    for version in (draft.version, cases.submit(BEN, case.id, draft.version).version):
        with pytest.raises(NotAllowedError, match=r"Ben is working on the case 'tide-bells', .* since the version 1"):
            cases.edit(ANN, case.id, fields(title="By Ann"), 1)
        with pytest.raises(CaseChangedError, match="by Ben"):
            cases.edit(RAE, case.id, fields(title="By Rae"), version - 1)


def test_what_is_not_allowed_changes_nothing(cases: CaseStore) -> None:
    case = accepted(cases)
    waiting = cases.begin(ANN, fields("waiting"))
    stamp = cases.stamp()
    refused = (
        lambda: cases.edit(BEN, waiting.id, fields("waiting"), waiting.version),
        lambda: cases.retire(ANN, case.id, case.version, "mine"),
        lambda: cases.retire(RAE, case.id, case.version, " "),
        lambda: cases.take(RAE, case.id, case.version),
        lambda: cases.import_cases(ANN, [fields("new")]),
        lambda: cases.begin(Person("Cyd", "reader"), fields("new")),
    )
    for change in refused:
        with pytest.raises(NotAllowedError):
            change()
    assert (cases.list(), cases.stamp()) == ((waiting, case), stamp)


def test_what_is_not_there_is_named(cases: CaseStore) -> None:
    for case_id in ("tide-gongs", "a\0b", "\ud800", "", "x" * 1_000_000):
        for look in (cases.get, cases.history, lambda name: cases.submit(ANN, name, 1)):
            with pytest.raises(CaseNotFoundError, match="holds no case") as caught:
                look(case_id)
            assert len(str(caught.value)) < 300
    cases.begin(ANN, fields())
    for number in (0, -1, 2, 10**12):
        with pytest.raises(CaseNotFoundError, match=f"has versions 1 to 1; there is no version {number}"):
            cases.restore(ANN, "tide-bells", number, 1)


def test_the_list_is_by_state_and_by_who_began_it(cases: CaseStore) -> None:
    accepted(cases)
    cases.begin(ANN, fields("b"))
    cases.begin(BEN, fields("c"))
    cases.submit(ANN, "b", 1)
    assert [case.id for case in cases.list()] == ["b", "c", "tide-bells"]
    assert [case.id for case in cases.list(["draft", "submitted"])] == ["b", "c"]
    assert [case.id for case in cases.list(begun_by="Ann")] == ["b", "tide-bells"]
    assert [case.id for case in cases.list(["draft"], "Ann")] == []
    assert cases.list(begun_by="A\0") == ()


def test_what_a_person_may_do_next_follows_the_case(cases: CaseStore) -> None:
    case = cases.begin(ANN, fields())
    assert possible_for(ANN, case) == ("edited", "submitted", "restored")
    assert possible_for(BEN, case) == ()
    case = accepted(cases, case_id="b")
    assert possible_for(RAE, case) == ("edited", "retired", "restored")


def test_the_stamp_changes_with_every_event_and_only_then(cases: CaseStore) -> None:
    stamps = [cases.stamp()]
    assert stamps == [(0, 0)]
    cases.begin(ANN, fields())
    stamps.append(cases.stamp())
    cases.import_cases(RAE, [fields(), fields("b")])
    stamps.append(cases.stamp())
    cases.import_cases(RAE, [fields(), fields("b")])
    assert cases.stamp() == stamps[-1]
    cases.retire(RAE, "b", 1, "wrong")
    stamps.append(cases.stamp())
    assert stamps == sorted(set(stamps))


def test_an_import_counts_what_it_does_and_keeps_what_was_worked_on(cases: CaseStore) -> None:
    assert cases.import_cases(RAE, [fields(), fields("b"), fields("c")]) == ImportCounts(3, 0, 0)
    cases.edit(RAE, "b", fields("b", title="Draft"), 1)
    cases.edit(RAE, "c", fields("c", title="Draft"), 1)
    cases.begin(ANN, fields("d", title="Draft"))
    cases.retire(RAE, "tide-bells", 1, "wrong")
    new = [fields(), fields("b"), fields("c", title="New"), fields("d")]
    assert cases.import_cases(RAE, new) == ImportCounts(0, 3, 1)
    assert cases.in_force() == {item["id"]: item for item in new}
    assert cases.get("b").state == "draft"  # what is in force is what was imported: the draft goes on
    assert [event.fields.get("title") for event in cases.history("c")] == ["Bells at low tide", "Draft", "New"]
    assert cases.get("d").begun_by == "Ann"
    assert cases.import_cases(RAE, []) == ImportCounts()
    assert cases.import_cases(RAE, [dict(reversed(fields().items()))]) == ImportCounts(0, 0, 1)


def test_several_are_begun_and_submitted_together_or_none_is(cases: CaseStore) -> None:
    found = cases.begin_all(ANN, [fields("b"), fields("a")], "from a file")
    assert [(case.id, case.state, case.version) for case in found] == [("b", "draft", 1), ("a", "draft", 1)]
    found = cases.begin_all(ANN, [fields("d"), fields("c")], "from a file", submit=True)
    assert [(case.id, case.state, case.version) for case in found] == [("d", "submitted", 2), ("c", "submitted", 2)]
    assert [(event.action, event.comment) for event in cases.history("d")] == [
        ("begun", "from a file"),
        ("submitted", ""),
    ]
    stamp = cases.stamp()
    for others in ([fields("x"), fields("a")], [fields("x"), fields("x")]):
        with pytest.raises(DuplicateCaseError, match="exists already, begun by Ann"):
            cases.begin_all(ANN, others, submit=True)
    assert (cases.stamp(), len(cases.list())) == (stamp, 4)


def test_what_is_in_force_keeps_the_order_in_which_it_came(cases: CaseStore) -> None:
    cases.import_cases(RAE, [fields("b"), fields("a"), fields("c")])
    cases.import_cases(RAE, [fields("b", title="New"), fields("0")])
    assert list(cases.in_force()) == ["b", "a", "c", "0"]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (fields("b", title="Again"), "'b' is used twice in the import"),
        ({"title": "No id"}, "The id of the case is None. Use only small letters"),
        (fields("Upper Case"), "The id of the case is 'Upper Case'"),
        (fields("z", summary="x" * 1_000_000), "'z' takes 1,000,112 bytes. .* 200,000 or fewer"),
        (fields("z", summary=float("nan")), "'z' cannot be kept as JSON"),
        (fields("z", summary=object()), "'z' cannot be kept as JSON"),
    ],
    ids=["twice", "no-id", "id", "long", "nan", "object"],
)
def test_a_bad_entry_leaves_nothing_of_an_import(cases: CaseStore, bad: dict[str, Any], message: str) -> None:
    cases.import_cases(RAE, [fields("a")])
    stamp = cases.stamp()
    with pytest.raises(StorageError, match=message):
        cases.import_cases(RAE, [fields("a", title="New"), fields("b"), bad])
    assert (cases.in_force(), cases.stamp()) == ({"a": fields("a")}, stamp)


def test_an_error_in_the_midst_of_an_import_leaves_nothing_of_it(
    cases: CaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([datetime(2026, 11, 27, tzinfo=UTC)] * 2)
    monkeypatch.setattr(cases, "_now", lambda: next(times))
    with pytest.raises(StopIteration):
        cases.import_cases(RAE, [fields("a"), fields("b"), fields("c")])
    assert (cases.list(), cases.stamp()) == ((), (0, 0))


def test_words_that_databases_refuse_come_back_as_they_were(cases: CaseStore) -> None:
    cases.begin(ANN, fields(**NASTY), "why \0 \ud800")
    assert cases.get("tide-bells").fields == fields(**NASTY)
    assert cases.history("tide-bells")[0].comment == "why \N{REPLACEMENT CHARACTER} ?"
    assert cases.import_cases(RAE, [fields(**NASTY)]) == ImportCounts(0, 1, 0)
    assert cases.import_cases(RAE, [fields(**NASTY)]) == ImportCounts(0, 0, 1)


def test_a_comment_holds_nothing_that_a_terminal_obeys(cases: CaseStore) -> None:
    cases.begin(ANN, fields(), "\x1b]0;owned\x07one\r\n\ttwo\x9b2J\x7f")
    assert cases.history("tide-bells")[0].comment == "]0;ownedone\n\ttwo2J"


@pytest.mark.parametrize(
    ("person", "words", "comment", "message"),
    [
        (ANN, fields(summary="x" * 200_000), "", r"takes 200,\d+ bytes. Shorten its texts to 200,000"),
        (ANN, fields(summary="ŵ" * 40_000), "", r"takes 240,\d+ bytes"),
        (ANN, fields(), "x" * 2_001, "The comment has 2,001 characters. Shorten it to 2,000 or fewer"),
        (ANN, fields("x" * 101), "", "The id of the case has 101 characters. Shorten it to 100"),
        (ANN, fields("x" * 1_000_000 + "é"), "", "The id of the case is 'xxx.*…. Use only small"),
        (Person(" ", "contributor"), fields(), "", "The name of the person is empty"),
        (Person("x" * 81, "contributor"), fields(), "", "The name has 81 characters. Shorten it to 80"),
        (Person("Ann\u202e", "contributor"), fields(), "", r"The name 'Ann\\u202e' has invisible characters"),
        (Person("Ann\0", "contributor"), fields(), "", "invisible characters"),
    ],
    ids=["long", "bytes", "comment", "id-long", "id", "no-name", "name-long", "name-hidden", "name-nul"],
)
def test_what_cannot_be_kept_is_refused_in_one_sentence(
    cases: CaseStore, person: Person, words: dict[str, Any], comment: str, message: str
) -> None:
    with pytest.raises(StorageError, match=message) as caught:
        cases.begin(person, words, comment)
    assert len(str(caught.value)) < 300
    assert cases.list() == ()


def test_what_people_write_is_not_logged(cases: CaseStore, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        cases.begin(ANN, fields(summary="zanzibar"), "zanzibar")
        cases.import_cases(RAE, [fields(summary="zanzibar again")])
    assert "zanzibar" not in caplog.text


def test_to_look_for_cases_makes_no_database(settings: Settings) -> None:
    assert find_cases(settings) is None
    assert not settings.index.folder.exists()
    store = open_cases(settings)
    store.begin(ANN, fields())
    store.close()
    found = find_cases(settings)
    assert found is not None
    assert found.get("tide-bells").fields == fields()
    found.close()
    open_database(settings).close()


def waiting(cases: CaseStore, person: Person) -> StoredCase:
    """A case that this person began and took for review."""
    case = cases.submit(person, cases.begin(person, fields()).id, 1)
    return cases.take(RAE, case.id, case.version)


def test_a_reviewer_accepts_their_own_words_only_while_there_is_no_other(cases: CaseStore) -> None:
    cases.people.add("Rae", "reviewer")
    cases.people.add("Ann", "contributor")
    cases.people.add("Sol", "reviewer")
    case = waiting(cases, RAE)
    with pytest.raises(NotAllowedError, match="You wrote this version, so another reviewer must accept it"):
        cases.accept(RAE, case.id, case.version)
    assert cases.get(case.id) == case
    cases.people.end("Sol")
    assert cases.accept(RAE, case.id, case.version).state == "accepted"


def test_another_reviewer_accepts_what_one_wrote(cases: CaseStore) -> None:
    cases.people.add("Rae", "reviewer")
    cases.people.add("Sol", "reviewer")
    case = waiting(cases, RAE)
    assert cases.accept(Person("Sol", "reviewer"), case.id, case.version).state == "accepted"


@pytest.mark.parametrize("name", ["Rae", " rae "])
def test_who_edited_anothers_draft_wrote_words_of_it(cases: CaseStore, name: str) -> None:
    cases.people.add("Sol", "reviewer")
    case = cases.edit(Person(name, "reviewer"), cases.begin(ANN, fields()).id, fields(title="Bells"), 1)
    case = cases.take(RAE, case.id, cases.submit(ANN, case.id, 2).version)
    with pytest.raises(NotAllowedError, match="another reviewer must accept it"):
        cases.accept(RAE, case.id, case.version)


def test_what_one_wrote_before_others_accepted_it_is_not_ones_own_any_more(cases: CaseStore) -> None:
    cases.people.add("Rae", "reviewer")
    cases.people.add("Sol", "reviewer")
    case = waiting(cases, RAE)
    case = cases.accept(Person("Sol", "reviewer"), case.id, case.version)
    case = cases.submit(ANN, case.id, cases.edit(ANN, case.id, fields(title="Bells"), case.version).version)
    case = cases.take(RAE, case.id, case.version)
    assert cases.accept(RAE, case.id, case.version).state == "accepted"
