"""Cases from draft to register: what is kept, what is refused, what changed, and the way to a file and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.contributing.contributions import Contributions, FieldChange, changes
from assistant.contributing.register_export import export_register
from assistant.contributing.register_file import register_toml
from assistant.errors import CaseFieldsError, CaseNotFoundError, CatalogueError, NotAllowedError, NoteError
from assistant.library import Library
from assistant.registers.accepted import accepted_cases
from assistant.registers.entries import Precedent
from assistant.settings import Settings, load_settings
from assistant.storage import Person, open_cases
from assistant.storage.case_records import CaseChangedError
from tests.contributing.case_making import OUTSIDE, PASSAGE, case, from_library
from tests.contributing.test_checking import WRONG

ANN, REVIEWER = Person("A contributor", "contributor"), Person("A reviewer", "reviewer")


@pytest.fixture
def made(register: Library, tmp_path: Path) -> Iterator[Contributions]:
    """Contributions over an empty database."""
    store = open_cases(with_database(register.settings, tmp_path / "cases.db"))
    yield Contributions(lambda: register, store)
    store.close()


def with_database(settings: Settings, path: Path) -> Settings:
    return load_settings(corpus=settings.corpus, index=settings.index, storage={"url": f"sqlite:///{path}"})


def exported(made: Contributions, path: Path) -> int:
    return export_register(made._current(), path)


def accepted(made: Contributions, fields: Mapping[str, Any], version: int | None = None) -> None:
    kept = made.save(ANN, fields, version)
    waits = made.submit(ANN, kept.id, kept.version)
    taken = made.take(REVIEWER, kept.id, waits.version)
    made.accept(REVIEWER, kept.id, taken.version)


def test_a_case_goes_from_draft_to_force(made: Contributions) -> None:
    draft = made.save(ANN, {"id": "granton-rope-library", "title": " A library "}, None)
    assert (draft.state, draft.version, draft.fields) == (
        "draft",
        1,
        {"id": "granton-rope-library", "title": "A library"},
    )
    with pytest.raises(CaseFieldsError, match="lesson: Lesson is missing"):
        made.submit(ANN, draft.id, 1)
    assert made.get(draft.id) == draft
    edited = made.save(ANN, case(source=[from_library()]), 1)
    assert edited.fields["source"][0]["section"] == "boats"
    waits = made.submit(ANN, draft.id, 2, "Please look.")
    taken = made.take(REVIEWER, draft.id, waits.version)
    done = made.accept(REVIEWER, draft.id, taken.version)
    assert (done.state, done.version, done.in_force) == ("accepted", 5, edited.fields)
    assert [event.action for event in made.store.history(draft.id)] == [
        "begun", "edited", "submitted", "taken", "accepted",
    ]  # fmt: skip


def test_two_who_edit_at_once_are_told(made: Contributions) -> None:
    made.save(ANN, case(), None)
    made.save(ANN, case(lesson="Dry it twice."), 1)
    with pytest.raises(CaseChangedError) as error:
        made.save(REVIEWER, case(lesson="Never lend it."), 1)
    assert error.value.theirs.fields["lesson"] == "Dry it twice."
    assert made.get("granton-rope-library").version == 2


def test_what_is_wrong_is_not_kept(made: Contributions) -> None:
    for wrong in (case(summary="x" * 1_000_000), case(title="<b>"), case(id="Ropes"), case(id="hull-lamp-scheme")):
        with pytest.raises(CaseFieldsError):
            made.save(ANN, wrong, None)
    made.save(ANN, case(), None)
    with pytest.raises(CaseFieldsError, match="The id “granton-rope-library” is already used"):
        made.save(ANN, case(title="Another"), None)
    assert [stored.version for stored in made.store.list()] == [1]


def test_a_case_of_the_register_comes_in_as_it_is_before_it_is_changed(made: Contributions) -> None:
    seen = made.get("hull-lamp-scheme")
    assert (seen.version, seen.state, seen.in_force) == (0, "accepted", seen.fields)
    assert made.store.list() == ()
    edited = made.save(ANN, {**seen.fields, "lesson": "Share what protects everybody."}, 0)
    assert (edited.state, edited.version, edited.in_force) == ("draft", 2, seen.fields)
    assert [event.action for event in made.store.history("hull-lamp-scheme")] == ["imported", "edited"]
    assert made.store.history("hull-lamp-scheme")[0].fields == seen.fields


def test_a_wrong_change_of_a_case_of_the_register_leaves_it_out_of_the_database(made: Contributions) -> None:
    with pytest.raises(CaseFieldsError):
        made.save(ANN, {**made.get("hull-lamp-scheme").fields, "level": "galactic"}, 0)
    assert made.store.list() == ()


def test_one_who_saw_the_register_before_another_changed_it_is_told(made: Contributions) -> None:
    seen = made.get("hull-lamp-scheme")
    made.store.adopt(ANN, seen.fields)
    # That it came into the database changed nothing.
    made.save(REVIEWER, {**seen.fields, "lesson": "Share it."}, 0)
    with pytest.raises(CaseChangedError):
        made.save(REVIEWER, {**seen.fields, "lesson": "Share it not."}, 0)


def test_a_case_of_the_register_can_be_retired_and_restored(made: Contributions) -> None:
    gone = made.retire(REVIEWER, "tide-school", 0, "It was never opened.")
    assert (gone.state, gone.in_force) == ("retired", None)
    back = made.restore(REVIEWER, "tide-school", 1, gone.version)
    assert (back.state, back.fields["title"]) == ("draft", "A school of tides")
    with pytest.raises(CaseNotFoundError):
        made.get("atlantis")


@pytest.mark.parametrize(("person", "comment"), [(ANN, "It was never opened."), (REVIEWER, " ")])
def test_a_refused_retirement_leaves_a_case_of_the_register_out_of_the_database(
    made: Contributions, person: Person, comment: str
) -> None:
    with pytest.raises(NotAllowedError):
        made.retire(person, "tide-school", 0, comment)
    assert made.store.list() == ()


def test_a_case_whose_passage_is_gone_is_not_accepted(made: Contributions, register: Library) -> None:
    kept = made.save(ANN, case(source=[from_library()]), None)
    waits = made.submit(ANN, kept.id, 1)
    taken = made.take(REVIEWER, kept.id, waits.version)
    elsewhere = Contributions(lambda: replace(register, sources={}), made.store)
    with pytest.raises(CaseFieldsError, match=r"source\.1\.document: “harbour-plan” is not a known document"):
        elsewhere.accept(REVIEWER, kept.id, taken.version)
    assert made.get(kept.id).state == "under-review"
    assert made.accept(REVIEWER, kept.id, taken.version).state == "accepted"


def test_a_draft_whose_id_the_registers_file_took_since_does_not_replace_its_case(made: Contributions) -> None:
    draft = made.store.begin(ANN, case(id="hull-lamp-scheme"))  # as before the file had it
    with pytest.raises(CaseFieldsError, match=r"is already used by “The Hull lamp scheme”\. Choose another"):
        made.submit(ANN, draft.id, draft.version)
    waits = made.store.submit(ANN, draft.id, draft.version)
    taken = made.take(REVIEWER, draft.id, waits.version)
    with pytest.raises(CaseFieldsError, match="is already used by “The Hull lamp scheme”"):
        made.accept(REVIEWER, draft.id, taken.version)


def test_what_is_missing_from_a_draft_is_told_to_those_alone_who_may_submit_it(made: Contributions) -> None:
    draft = made.save(ANN, {"id": "granton-rope-library", "title": "A library"}, None)
    with pytest.raises(NotAllowedError, match="Only who began this draft"):
        made.submit(Person("Another", "contributor"), draft.id, draft.version)
    with pytest.raises(NotAllowedError, match="you need the role reviewer"):
        made.accept(ANN, draft.id, draft.version)


def test_changes_are_told_field_by_field() -> None:
    before = case(source=[dict(OUTSIDE)], sectors=["fishing"])
    after = case(
        source=[OUTSIDE | {"title": "Ropes"}, from_library(notes=[1, 2])], sectors=["fishing", "housing"], url=""
    )
    assert changes(before, after) == (
        FieldChange("sectors", "fishing", "fishing, housing"),
        FieldChange("source.1.title", "Ropes and lamps", "Ropes"),
        FieldChange("source.2.document", "", "harbour-plan"),
        FieldChange("source.2.notes", "", "1, 2"),
        FieldChange("source.2.quote", "", PASSAGE),
    )
    assert changes(before, before) == ()


def test_a_file_of_several_cases_is_kept_whole_or_not_at_all(made: Contributions, tmp_path: Path) -> None:
    path = tmp_path / "three.json"
    three = [case(id=f"rope-{number}", title=f"Rope {number}") for number in (1, 2, 3)]
    path.write_text(json.dumps([three[0], three[1] | {"level": "galactic"}, three[2]]), encoding="utf-8")
    with pytest.raises(CaseFieldsError, match=r"^entry 2 \(rope-2\), level: “galactic” is not a known level"):
        made.add_file(ANN, path)
    assert made.store.list() == ()
    path.write_text(json.dumps(three), encoding="utf-8")
    begun = made.add_file(ANN, path, submit=True)
    assert [(item.id, item.state) for item in begun] == [(f"rope-{number}", "submitted") for number in (1, 2, 3)]


@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_is_half_saved(made: Contributions, tmp_path: Path, wrong: str) -> None:
    fields = WRONG[wrong][0]
    path = tmp_path / "three.json"
    path.write_text(json.dumps([case(id="one"), fields, case(id="three")]), encoding="utf-8")
    with pytest.raises(CaseFieldsError) as error:
        made.add_file(ANN, path, submit=True)
    assert all(item.field.startswith("entry 2 (") for item in error.value.problems)
    with pytest.raises(CaseFieldsError):
        accepted(made, fields)
    # What is only unfinished may be kept as a draft.
    assert {stored.state for stored in made.store.list()} <= {"draft"}
    assert {stored.id for stored in made.store.list()} <= {"granton-rope-library"}


def write(path: Path, entries: list[dict[str, Any]]) -> Path:
    path.write_text(register_toml(Precedent.model_validate(fields) for fields in entries), encoding="utf-8")
    return path


def test_an_import_is_whole_or_nothing_and_counts(made: Contributions, register: Library, tmp_path: Path) -> None:
    shipped = [entry.model_dump(mode="json") for entry in register.registers.precedents]
    path = tmp_path / "cases.toml"
    bad = write(path, [case(), case(id="two")]).read_text("utf-8").replace('"mixed"', '"great"', 1)
    path.write_text(bad, encoding="utf-8")
    with pytest.raises(
        CaseFieldsError, match=r"^entry 1 \(granton-rope-library\), polarity: “great” is not a known outcome"
    ):
        made.import_register(REVIEWER, path)
    assert made.store.list() == ()
    write(path, [*shipped, case(), case(id="two", title="  Two\nropes  ")])
    with pytest.raises(NotAllowedError):
        made.import_register(ANN, path)
    counts = made.import_register(REVIEWER, path)
    assert (counts.added, counts.changed, counts.unchanged) == (2, 0, 3)
    assert made.get("two").in_force == Precedent.model_validate(case(id="two", title="  Two\nropes  ")).model_dump(
        mode="json"
    )
    write(path, [shipped[0] | {"lesson": "Share."}, case(), case(id="two")])
    counts = made.import_register(REVIEWER, path)
    assert (counts.added, counts.changed, counts.unchanged) == (1, 1, 1)


def test_an_import_takes_a_passage_without_its_section(made: Contributions, tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    source = {name: value for name, value in from_library().items() if name in ("document", "quote")}
    path.write_text(json.dumps(case(source=[source])), encoding="utf-8")
    assert made.import_register(REVIEWER, path).added == 1
    kept = made.get("granton-rope-library").fields["source"][0]
    assert (kept["quote"], kept["section"]) == (PASSAGE, "boats")
    path.write_text(json.dumps(case(source=[source | {"quote": "Words that stand in it nowhere at all"}])), "utf-8")
    with pytest.raises(CaseFieldsError, match=r"^entry 1 \(granton-rope-library\), source.1.quote: .* word for word"):
        made.import_register(REVIEWER, path)


def test_an_import_of_an_id_twice_is_refused(made: Contributions, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"entry 2, field id: entry 1 has the id “granton-rope-library” too"):
        made.import_register(REVIEWER, write(tmp_path / "cases.toml", [case(), case()]))
    assert made.store.list() == ()


@pytest.fixture
def elsewhere(register: Library, tmp_path: Path) -> Iterator[Callable[[str], Contributions]]:
    """Makes contributions over a database by name, whose assistant follows that database."""
    made: list[Contributions] = []

    def make(name: str) -> Contributions:
        settings = with_database(register.settings, tmp_path / f"{name}.db")
        library = replace(register, settings=settings, accepted=accepted_cases(settings))
        made.append(Contributions(lambda: library, open_cases(settings)))
        return made[-1]

    yield make
    for contributions in made:
        contributions.store.close()
        contributions._current().accepted.close()


def test_export_import_and_export_again_give_the_same_bytes(
    elsewhere: Callable[[str], Contributions], tmp_path: Path
) -> None:
    first, second = elsewhere("first"), elsewhere("second")
    # In an order that is not that of their ids, with words that TOML has to escape.
    accepted(first, case(id="z-ropes", lesson='Say \\ "who" dries – 🙂.', source=[dict(OUTSIDE), from_library()]))
    accepted(first, case(id="a-ropes", title="Ropes again"))
    changed = {**first.get("leith-bell-scheme").fields, "lesson": "Pay the ringers."}
    accepted(first, changed, 0)
    paths = [tmp_path / name for name in ("before.toml", "one.toml", "two.toml")]
    assert exported(second, paths[0]) == 3
    assert exported(first, paths[1]) == 5
    assert paths[1].read_text("utf-8").index("z-ropes") < paths[1].read_text("utf-8").index("a-ropes")
    counts = second.import_register(REVIEWER, paths[1])
    assert (counts.added, counts.changed, counts.unchanged) == (3, 0, 2)
    exported(second, paths[2])
    assert paths[2].read_bytes() == paths[1].read_bytes()
    assert second.import_register(REVIEWER, paths[2]).unchanged == 5


def test_a_whole_register_takes_what_it_does_not_name_out_of_force(
    elsewhere: Callable[[str], Contributions], tmp_path: Path
) -> None:
    first, second = elsewhere("first"), elsewhere("second")
    accepted(first, case())
    first.retire(REVIEWER, "tide-school", 0, "Never opened.")
    accepted(second, case(id="of-the-second", title="Another"))
    second.save(ANN, case(id="a-draft", title="A draft"), None)
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"
    exported(first, one)
    counts = second.import_register(REVIEWER, one, whole=True)
    assert (counts.added, counts.changed, counts.unchanged, counts.retired) == (1, 0, 2, 2)
    exported(second, two)
    assert two.read_bytes() == one.read_bytes()
    for name, actions in (
        ("tide-school", ["imported", "retired"]),
        ("of-the-second", ["begun", "submitted", "taken", "accepted", "retired"]),
        ("a-draft", ["begun"]),
    ):
        assert [event.action for event in second.store.history(name)] == actions
    assert second.import_register(REVIEWER, one, whole=True).retired == 0


def test_an_export_changes_the_lines_of_changed_cases_alone(
    elsewhere: Callable[[str], Contributions], tmp_path: Path
) -> None:
    made = elsewhere("one")
    exported(made, tmp_path / "before.toml")
    accepted(made, {**made.get("leith-bell-scheme").fields, "lesson": "Pay the ringers."}, 0)
    made.retire(REVIEWER, "tide-school", 0, "Never opened.")
    exported(made, tmp_path / "after.toml")
    before, after = (set((tmp_path / name).read_text("utf-8").splitlines()) for name in ("before.toml", "after.toml"))
    assert after - before == {'lesson = "Pay the ringers."'}
    assert 'id = "tide-school"' in before - after
    with pytest.raises(NoteError, match="already exists"):
        exported(made, tmp_path / "after.toml")


def test_a_case_that_is_worked_on_is_a_possible_duplicate_by_its_title(made: Contributions) -> None:
    made.save(
        ANN, {"id": "ropes", "title": "A library of ropes in Granton", "organisation": "Granton Dock Trust"}, None
    )
    (found,) = made.duplicates(case())
    assert (found.id, found.reasons[0]) == ("ropes", "almost the same title")
    assert made.duplicates({"id": "ropes", "title": "A library of ropes in Granton"}) == ()
