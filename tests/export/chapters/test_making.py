"""A chapter says what came of each case, on whose word, who recommends what, and where each is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from assistant.errors import PlanError
from assistant.export.chapters import Chapter, Plan, make_chapter, plan_problems
from assistant.export.chapters.making import own_text
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.registers.entries import PrecedentSource, Registers
from tests.export.chapters.plans import DAY, plan, plan_with


def lines(chapter: Chapter) -> list[str]:
    """Every block below the introduction as one line."""
    return [
        (f"{block.label}: " if block.label else "") + block.text for part in chapter.sections for block in part.blocks
    ]


def calls(chapter: Chapter) -> Iterator[int]:
    for section in chapter.sections:
        for block in section.blocks:
            yield from block.references


def test_a_case_is_told_with_its_outcome_and_on_whose_word(register: Library) -> None:
    chapter = make_chapter(plan_with({"case": "leith-bell-scheme"}), register)
    assert lines(chapter) == [
        "Bells on the Leith quay",
        "Who did it: Leith Dock Office",
        "Where: Leith and Granton (Scotland)",
        "When: 2022 onwards",
        "Outcome: Failed, presented as a warning",
        "Bells were hung on the quay to warn boats in fog. Nobody paid for the ringers.",
        "Who says so: Tide Trust; Harbour Office, citing National Audit Office (kind of evidence: audit or evaluation)",
        "Lesson (our interpretation): Pay those who keep a warning going.",
    ]
    assert [block.references for block in chapter.sections[0].blocks if block.references] == [(1, 2, 3)]


def test_references_name_the_place_and_say_that_pages_are_an_estimate(register: Library) -> None:
    chapter = make_chapter(plan(), register)
    told = [(item.number, item.source, item.details, item.url) for item in chapter.references]
    assert told == [
        (
            1,
            "Tide Trust, Tide report, February 2025 (independent proposal)",
            (
                "Section in Steward’s summary: Wardens.",
                "Pages (estimate): about page 3 of the report, by its table of contents.",
            ),
            "https://example.org/tide",
        ),
        (
            2,
            "Harbour Office, Harbour plan, 1 May 2024 (government policy)",
            ("Section in Steward’s summary: Money.",),
            "https://example.org/harbour",
        ),
        (3, "National Audit Office, Of =bells", (), "https://example.org/bells"),
        (
            4,
            "Harbour Office, Harbour plan, 1 May 2024 (government policy)",
            (
                "Section in Steward’s summary: Boats.",
                'Note 1 in the document: Harbour Office, "Boat register", 4 March 2024, https://example.org/register',
            ),
            "https://example.org/harbour",
        ),
        (
            5,
            "Tide Trust, Tide report, February 2025 (independent proposal)",
            ("Section in Steward’s summary: Tide report.",),
            "https://example.org/tide",
        ),
        (
            6,
            "Tide Trust, Tide report, February 2025 (independent proposal)",
            ("Section in Steward’s summary: Wardens.",),
            "https://example.org/tide",
        ),
    ]


def test_every_reference_is_called_and_every_call_has_its_reference(register: Library) -> None:
    chapter = make_chapter(plan(), register)
    numbers = [item.number for item in chapter.references]
    assert numbers == [*range(1, len(numbers) + 1)]
    assert list(dict.fromkeys(calls(chapter))) == numbers
    assert {number for row in chapter.table for number in row.references} <= {*numbers}


def test_what_rests_on_the_same_place_has_one_number(register: Library) -> None:
    entries = register.registers.precedents
    twin = entries[0].model_copy(update={"id": "twin", "title": "A twin"})
    twins = replace(register, registers=replace(register.registers, precedents=(*entries, twin)))
    chapter = make_chapter(plan_with({"case": "hull-lamp-scheme"}, {"case": "twin"}), twins)
    assert [row.references for row in chapter.table] == [(1,), (1,)]


def test_two_sources_at_one_place_are_one_reference_with_both_notes(register: Library) -> None:
    entry = register.registers.precedents[0]
    place = entry.source[0]
    twice = entry.model_copy(update={"source": (place.model_copy(update={"notes": ()}), place)})
    changed = replace(register, registers=Registers((), (twice,)))
    (reference,) = make_chapter(plan_with({"case": entry.id}), changed).references
    assert reference.details[-1].startswith("Note 1 in the document: Harbour Office")


def test_a_case_may_rest_on_a_passage_or_on_a_dated_publication_alone(register: Library) -> None:
    entry = register.registers.precedents[0]
    passage = PrecedentSource(document="harbour-plan", section="Part 2 › Boats", quote="The office will\nlicense")
    article = PrecedentSource(publisher="Hull Gazette", title="Lamps", published="2021-03", url="https://example.org/l")
    told = entry.model_copy(update={"source": (passage, article), "url": "https://example.org/scheme"})
    changed = replace(register, registers=Registers((), (told,)))
    chapter = make_chapter(plan_with({"case": entry.id}), changed)
    assert [(item.source, item.details, item.url) for item in chapter.references] == [
        (
            "Harbour Office, Harbour plan, 1 May 2024 (government policy)",
            (
                "Section in Steward’s summary: Part 2 › Boats.",
                "Passage in Steward’s summary: “The office will license”",
            ),
            "https://example.org/harbour",
        ),
        ("Hull Gazette, Lamps, March 2021", (), "https://example.org/l"),
        ("Web page about this case", (), "https://example.org/scheme"),
    ]
    assert "Who says so: Harbour Office, citing Hull Gazette" in "\n".join(lines(chapter))


def test_what_the_register_does_not_know_of_a_case_is_left_out(register: Library) -> None:
    entry = register.registers.precedents[0]
    told = entry.model_copy(update={"organisation": "", "lesson": "", "source": ()})
    chapter = make_chapter(plan_with({"case": entry.id}), replace(register, registers=Registers((), (told,))))
    assert lines(chapter)[1] == "Where: Hull (England)"
    assert lines(chapter)[-1].startswith("Who says so: Not named (kind of evidence")
    assert chapter.references == ()


def test_a_recommendation_names_who_makes_it_to_whom_and_the_cases_behind_it(register: Library) -> None:
    chapter = make_chapter(plan(), register)
    assert lines(chapter)[lines(chapter).index("Recommendation: license boats by lamp") :][:4] == [
        "Recommendation: license boats by lamp",
        "Tide Trust recommends (independent proposal, not government policy): The office will license boats that carry "
        "a lamp by 2027.",
        "To whom: Harbour masters",
        "Supporting cases in this chapter: The Hull lamp scheme (the register names the case as a ground)",
    ]
    alone = make_chapter(plan_with({"recommendation": "license-boats-by-lamp"}), register)
    assert lines(alone)[-1] == "Supporting cases in this chapter: none; 1 more in the register"


def test_a_government_document_recommends_as_government_policy(register: Library) -> None:
    item = register.registers.recommendations[-1].model_copy(update={"document": "harbour-plan", "section": "boats"})
    changed = replace(register, registers=replace(register.registers, recommendations=(item,)))
    chapter = make_chapter(plan_with({"recommendation": item.id}), changed)
    assert lines(chapter)[1].startswith("Harbour Office recommends (government policy): The office")


def test_a_proposal_and_what_is_under_way_are_never_a_result(register: Library) -> None:
    entries = register.registers.precedents
    started = entries[0].model_copy(update={"polarity": "ongoing"})
    changed = replace(register, registers=Registers((), (started, *entries[1:])))
    chapter = make_chapter(plan_with({"case": "tide-school"}, {"case": started.id}), changed)
    outcomes = ["Proposed, not carried out", "Under way, no result yet"]
    assert [block.text for block in chapter.sections[0].blocks if block.label == "Outcome"] == outcomes
    assert [row.outcome for row in chapter.table] == outcomes
    assert "Proposed cases have not been carried out, so they have no result." in chapter.made


def test_the_end_says_from_what_and_how_it_was_made(register: Library) -> None:
    made = " ".join(make_chapter(plan(), register).made)
    assert "registers of 3 cases and 2 recommendations (version " in made
    assert "as at 27 November 2026" in made
    assert plan().digest in made
    assert register.generation.manifest.library_version in made
    changed = register.registers.precedents[0].model_copy(update={"lesson": "Share."})
    other = replace(
        register, registers=replace(register.registers, precedents=(changed, *register.registers.precedents[1:]))
    )
    assert make_chapter(plan(), other).made[0] != make_chapter(plan(), register).made[0]
    assert make_chapter(plan(), register) == make_chapter(plan(), register)


def test_a_plan_without_a_day_is_of_today_and_one_without_a_table_has_none(register: Library) -> None:
    chapter = make_chapter(plan(date=None, case_table=False), register, today=date(2027, 1, 2))
    assert (chapter.day, chapter.table) == (date(2027, 1, 2), ())
    assert "as at 2 January 2027" in chapter.made[0]
    assert make_chapter(plan(), register, today=date(2027, 1, 2)).day == DAY


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (plan(title=" "), "The chapter has no title. Add one."),
        (plan(section=[]), "The plan has no sections. Add one with a heading and an item."),
        (
            plan(section=[{"heading": "", "items": [{"text": "A"}]}]),
            "Section 1 has no heading. Add one.",
        ),
        (
            plan_with(),
            "Section 1 (“Tried”) has no items. Add one, or remove the section.",
        ),
        (
            plan_with({"text": " \n"}),
            "Section 1 (“Tried”), item 1, text: this item is empty. Fill it in, or remove it.",
        ),
        (
            plan_with({"case": "hull-lamp-sceme"}),
            'Section 1 (“Tried”), item 1, case: there is no case "hull-lamp-sceme". '
            "Did you mean: hull-lamp-scheme, leith-bell-scheme?",
        ),
        (
            plan_with({"recommendation": "x" * 150}),
            f'Section 1 (“Tried”), item 1, recommendation: there is no recommendation "{"x" * 59}…". '
            "Find its id in corpus/registers/recommendations.toml.",
        ),
        (
            plan_with({"case": "appoint-tide-wardens"}),
            'Section 1 (“Tried”), item 1, case: "appoint-tide-wardens" is a recommendation. '
            'Write recommendation = "appoint-tide-wardens".',
        ),
        (
            plan_with({"case": "tide-school"}, {"text": "So"}, {"case": "tide-school"}),
            'Section 1 (“Tried”), item 3, case: "tide-school" is already in section 1 (“Tried”), item 1. '
            "Remove one of the two.",
        ),
    ],
    ids=["title", "no section", "heading", "no item", "text", "near", "unknown", "kind", "twice"],
)
def test_what_cannot_be_a_chapter_is_named_with_the_mend(register: Library, wrong: Plan, message: str) -> None:
    assert [problem.message for problem in plan_problems(wrong, register)] == [message]
    with pytest.raises(PlanError) as raised:
        make_chapter(wrong, register)
    assert str(raised.value) == message


def test_a_retired_case_is_called_so_and_further_problems_are_counted(
    register: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {name: entry for name, entry in cases_of(register).entries.items() if name != "tide-school"}
    fewer = replace(cases_of(register), entries=kept)
    monkeypatch.setattr("assistant.export.chapters.checking.cases_of", lambda _: fewer)
    wrong = plan_with({"case": "tide-school"}, {"case": "atlantis"})
    with pytest.raises(PlanError, match=r'"tide-school" has been retired\..*\(1 further problem\.\)'):
        make_chapter(wrong, register)


def test_of_own_text_each_line_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    monkeypatch.setattr("assistant.export.chapters.making.in_one_line", lambda text: read.append(len(text)) or text)
    (block,) = own_text("a\n" * 1_000)
    assert block.text == " ".join("a" * 1_000)
    assert sum(read) < 2_000
