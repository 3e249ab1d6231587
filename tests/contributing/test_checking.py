"""Whether fields of a case can stand in the register: each message names the field, the value and the mend."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contributing.checking import as_precedent, problems_of, tidied
from assistant.contributing.known_values import KnownValues, known_values
from assistant.errors import CaseFieldsError
from assistant.library import Library
from assistant.registers.entries import Precedent, PrecedentSource
from tests.contributing.case_making import OUTSIDE, PASSAGE, case, from_library


@pytest.fixture(scope="module")
def known(register: Library) -> KnownValues:
    found = known_values(register)
    return KnownValues(found.passages, found.themes, found.taken, date(2026, 11, 27))


def outside(**changes: Any) -> dict[str, Any]:
    return OUTSIDE | changes


def test_a_whole_case_has_no_problem(known: KnownValues) -> None:
    fields = case(source=[outside(), from_library()], url="https://example.org/x?a=1#b")
    assert problems_of(fields, known, complete=True) == ()
    assert as_precedent(tidied(fields, known)).id == "granton-rope-library"


def test_every_case_of_the_register_is_right_and_stays_as_it_is(register: Library, known: KnownValues) -> None:
    for entry in register.registers.precedents:
        fields = entry.model_dump(mode="json")
        own = known.besides(entry.id)
        assert problems_of(fields, own, complete=True) == ()
        assert tidied(fields, own) == fields


BIDI = "A rope\u202eepor A"
WRONG: dict[str, tuple[dict[str, Any], str, str, str]] = {
    # what is wrong: the case, the field, what the message says of the value, the advice
    "no-source": (case(source=[]), "source", "Sources are missing", "Choose a document and a passage"),
    "empty-source": (case(source=[{}]), "source.1", "The source is empty", "another publication"),
    "half-a-source": (
        case(source=[outside(published="", publisher=None)]),
        "source.1.publisher",
        "needs this",
        "Say who published it",
    ),
    "megabyte": (case(summary="x" * 1_000_000), "summary", "1,000,000 characters; the limit is 2,000", "Shorten it"),
    "long-lesson": (case(lesson="y " * 501), "lesson", "1,002 characters; the limit is 1,000", "Shorten it"),
    "long-title": (case(title="z" * 201), "title", "201 characters; the limit is 200", "Shorten it"),
    "html": (case(summary="It <b>worked</b> well."), "summary", "“<b>”", "Use plain text"),
    "script": (case(lesson="<script>alert(1)"), "lesson", "looks like HTML", "Use plain text"),
    "html-in-source": (case(source=[outside(title="<img src=x>")]), "source.1.title", "“<img src=x>”", "plain text"),
    "entity": (case(title="Ropes &lt; lamps"), "title", "“&lt;”", "Type the character itself"),
    "link": (case(organisation="[us](https://a.org)"), "organisation", "“[us](https://a.org)”", "as a source"),
    "picture": (case(lesson="![x](y.png) Dry it."), "lesson", "“![x](y.png)”", "Use plain text"),
    "link-by-reference": (case(summary="Well.\n[1]: https://a.org"), "summary", "“[1]: https://a.org”", "plain text"),
    "control": (case(place="Gran\x1bton"), "place", "U+001B", "Delete them"),
    "nul": (case(summary="a\0b"), "summary", "U+0000", "Delete them"),
    "bidirectional": (case(title=BIDI), "title", "U+202E", "type the text again"),
    "bidirectional-sector": (case(sectors=["fish\u2066ing"]), "sectors.1", "U+2066", "Delete them"),
    "capitals": (case(id="Granton-Ropes"), "id", "“Granton-Ropes” is not a valid id", "such as granton-ropes"),
    "id-of-signs": (case(id="--"), "id", "“--” is not a valid id", "such as leeds-repair-hubs"),
    "duplicate": (case(id="hull-lamp-scheme"), "id", "already used by “The Hull lamp scheme”", "Choose another"),
    "level": (case(level="galactic"), "level", "“galactic” is not a known level", "local, regional, national"),
    "outcome": (case(polarity="great"), "polarity", "“great” is not a known outcome", "worked, cited, mixed, failed"),
    "theme": (case(theme="Safty"), "theme", "“Safty” is not a known theme", "safety, noise"),
    "shift": (case(shift=["stewardshp"]), "shift.1", "“stewardshp” is not a known shift", "stewardship"),
    "shift-twice": (case(shift=["stewardship"] * 2), "shift.2", "given twice", "Delete one"),
    "no-shift": (case(shift=None), "shift", "Shifts are missing", "Give at least one, such as stewardship"),
    "no-sector": (case(sectors=[]), "sectors", "Sectors are missing", "Give at least one"),
    "no-lesson": (case(lesson="  "), "lesson", "Lesson is missing", "Say what mission stewards can learn from it"),
    "no-title": (case(title=None), "title", "Title is missing", "Say in a few words"),
    "scheme": (case(url="ftp://example.org/a"), "url", "“ftp://example.org/a” is not a web", "starting with https://"),
    "script-address": (case(source=[outside(url="javascript:alert(1)")]), "source.1.url", "is not a web address", "https://"),
    "no-host": (case(url="https://"), "url", "“https://” is not a web address", "Copy it from the browser"),
    "wrong-port": (case(url="https://a.org:port/"), "url", "is not a web address", "Copy it from the browser"),
    "spaces": (case(url="https://a.org/a b"), "url", "is not a web address", "Copy it from the browser"),
    "password": (case(url="https://me:secret@a.org/x"), "url", "“https://…@a.org/x”", "Delete everything up to the @"),
    "no-date": (case(source=[outside(published="2024-02-30")]), "source.1.published", "“2024-02-30”", "2025-03-07"),
    "date-in-words": (case(source=[outside(published="May 2024")]), "source.1.published", "“May 2024”", "2025-03"),
    "future": (case(source=[outside(published="2099-12")]), "source.1.published", "is in the future", "Give the date"),
    "no-document": (case(source=[{"document": "harbour-pln"}]), "source.1.document", "known document", "harbour-plan"),
    "no-section": (
        case(source=[{"document": "harbour-plan", "section": "boat"}]),
        "source.1.section",
        "“boat” is not a known section of this document",
        "boats",
    ),
    "no-place": (case(source=[{"document": "harbour-plan"}]), "source.1.quote", "passage is missing", "Choose the"),
    "section-alone": (case(source=[{"section": "boats"}]), "source.1.document", "has no document", "Choose the"),
    "altered-quote": (
        case(source=[from_library(quote="The office shall license 40 boats")]),
        "source.1.quote",
        "is not word for word in Harbour Office: Harbour plan",
        f"The closest passage is: “{PASSAGE}",
    ),
    "part-of-a-word": (case(source=[from_library(quote=PASSAGE[1:])]), "source.1.quote", "“he office will", "Choose"),
    "short-quote": (case(source=[from_library(quote="The office")]), "source.1.quote", "too short", "a whole clause"),
    "number": (case(title=5), "title", "Found a number, 5", "Write it in quotation marks"),
    "truth": (case(summary=True), "summary", "Found true or false, True", "quotation marks"),
    "list": (case(place=["Hull"]), "place", "Found a list, ['Hull']", "quotation marks"),
    "words-for-a-list": (case(sectors="fishing"), "sectors", "Found text, “fishing”", "square brackets"),
    "words-for-a-source": (case(source=["a book"]), "source.1", "Found text, “a book”", "a source with its fields"),
    "sources-in-words": (case(source="a book"), "source", "Found text, “a book”", "expected a list"),
    "notes": (case(source=[from_library(notes=["12"])]), "source.1.notes", "['12']", "as a list: [12, 13]"),
    "year": (case(source=[outside(published=2024)]), "source.1.published", "Found a number, 2024", "quotation marks"),
    "field": (case(sumary="x"), "sumary", "no field “sumary”", "Did you mean: summary"),
    "source-field": (case(source=[outside(link="x")]), "source.1.link", "no field “link”", "Did you mean:"),
    "sources": (case(source=[outside()] * 21), "source", "21 are given; the limit is 20", "Keep the most"),
    "sectors": (case(sectors=[str(n) for n in range(11)]), "sectors", "11 are given; the limit is 10", "Keep the most"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "field", "value", "advice"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_advice(
    known: KnownValues, fields: dict[str, Any], field: str, value: str, advice: str
) -> None:
    problems = {item.field: item.message for item in problems_of(fields, known, complete=True)}
    assert field in problems
    message = problems[field]
    assert value in message
    assert advice in message
    assert len(message) < 500
    assert message.isprintable()


def test_nothing_else_is_said_of_a_case_with_one_thing_wrong(known: KnownValues) -> None:
    several = {"half-a-source"}
    for name, (fields, field, _, _) in WRONG.items():
        found = [item.field for item in problems_of(fields, known, complete=True)]
        assert found == [field] or name in several, name


def test_problems_come_in_the_order_of_the_fields(known: KnownValues) -> None:
    fields = {"lesson": "<b>", "title": 5, "source": [{"url": "x"}, 7], "colour": "red"}
    names = [item.field for item in problems_of(fields, known, complete=False)]
    assert names == ["colour", "id", "title", "lesson", "source.1.url", "source.2"]


def test_a_draft_may_be_unfinished_but_not_wrong(known: KnownValues) -> None:
    draft = {"id": "ropes", "title": "Ropes", "source": [{"publisher": "Lamp Society"}, {"document": "harbour-plan"}]}
    assert problems_of(draft, known, complete=False) == ()
    assert [item.field for item in problems_of({}, known, complete=False)] == ["id", "title"]
    assert [item.field for item in problems_of(draft | {"level": "galactic"}, known, complete=False)] == ["level"]
    missing = {item.field for item in problems_of(draft, known, complete=True)}
    assert {"lesson", "shift", "source.1.url", "source.2.quote"} <= missing


@pytest.mark.parametrize("fields", [None, "a case", [case()], 5])
def test_what_is_no_case_at_all_is_said_to_be_none(known: KnownValues, fields: Any) -> None:
    (problem,) = problems_of(fields, known, complete=False)
    assert "expected a case with its fields" in problem.message


def test_the_place_of_a_passage_is_filled_in_and_white_space_is_single(known: KnownValues) -> None:
    spaced = PASSAGE.replace(" ", "\n  ")
    kept = tidied(case(title="  A library\n of ropes ", source=[from_library(quote=spaced)]), known)
    assert kept["title"] == "A library of ropes"
    assert (kept["source"][0]["quote"], kept["source"][0]["section"]) == (PASSAGE, "boats")
    assert kept["source"][0]["notes"] == []


def test_an_unfinished_draft_keeps_what_it_says_and_nothing_empty(known: KnownValues) -> None:
    draft = {"id": "ropes", "title": "Ropes", "lesson": " ", "source": [{}, {"publisher": "Lamp Society", "title": ""}]}
    assert tidied(draft, known) == {"id": "ropes", "title": "Ropes", "source": [{"publisher": "Lamp Society"}]}


def test_a_case_may_keep_its_own_id(known: KnownValues) -> None:
    fields = case(id="hull-lamp-scheme")
    assert problems_of(fields, known.besides("hull-lamp-scheme"), complete=True) == ()


def test_a_passage_of_another_form_is_believed_only_where_told_to(known: KnownValues) -> None:
    # The small library holds summaries; this one was chosen from the original, by its section's words.
    fields = case(source=[from_library(quote="No boat sails without a lamp", section="Part 3 › Lamps")])
    assert [item.field for item in problems_of(fields, known, complete=True)] == ["source.1.quote"]
    assert problems_of(fields, known.trusting(), complete=True) == ()
    fields["source"][0]["section"] = "boats"  # of the summary, which is held and says otherwise
    assert [item.field for item in problems_of(fields, known.trusting(), complete=True)] == ["source.1.quote"]


def test_what_makes_no_entry_is_refused_by_field() -> None:
    with pytest.raises(CaseFieldsError) as error:
        as_precedent(case(level="galactic", source=[{"document": "x"}]))
    assert [item.field for item in error.value.problems] == ["level", "source.1.section"]
    assert "nothing was saved" in str(error.value)


WORDS = st.text(max_size=30) | st.sampled_from(
    ["harbour-plan", "boats", PASSAGE, "https://[", "2024-13", "<b>", "safety"]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
SOURCES = st.lists(ANYTHING | st.dictionaries(st.sampled_from([*PrecedentSource.model_fields]), ANYTHING), max_size=3)


@given(st.dictionaries(st.sampled_from([*Precedent.model_fields]), ANYTHING), SOURCES, st.booleans())
def test_whatever_a_form_or_file_gives_is_checked_in_words(
    known: KnownValues, fields: dict[str, Any], sources: list[Any], complete: bool
) -> None:
    fields["source"] = sources
    problems = problems_of(fields, known, complete=complete)
    assert all(item.message.isprintable() and len(item.message) < 900 for item in problems)
    if not problems:
        kept = tidied(fields, known)
        assert problems_of(kept, known, complete=complete) == ()
        assert tidied(kept, known) == kept
