"""What a note takes from its answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import answering
from assistant.answering import Turn
from assistant.export.notes import Paragraph, note_of
from assistant.library import Library
from assistant.records import Sentence, Unkept, Writing
from tests.export.notes.answers import DAY, PROPOSAL, QUOTE, abstention, answer_with
from tests.library_making import index_library, make_library, open_library
from tests.writers import able, key_of

PLAN = "Harbour Office, Harbour plan (government policy, 1 May 2024)"
REPORT = "Summary of Tide Trust, Tide report (independent proposal, February 2025)"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    settings = make_library(tmp_path)
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def test_every_paragraph_says_who_speaks_with_what_authority() -> None:
    (section,) = note_of([answer_with(QUOTE, PROPOSAL)], DAY).sections
    assert section.paragraphs == (
        Paragraph("voice", PLAN, says=PLAN),
        Paragraph("quotation", "“The office will license 40 boats by 2027.”", (1,), PLAN),
        Paragraph("voice", REPORT, says=REPORT),
        Paragraph("written", "Every harbour should have: 1. a tide warden; 2. a lamp.", (2,), REPORT),
    )


def test_a_footnote_says_where_the_quote_stands() -> None:
    original, summary = note_of([answer_with(QUOTE, PROPOSAL)], DAY).footnotes
    assert original.source == PLAN
    assert original.standing == "Exact words"
    assert original.place == "Section: Harbour plan › Boats. Printed page xii (page 14 of the file)."
    assert original.quote == QUOTE.quote
    assert original.notes == (
        "Note 1 of the source: Harbour Office, Boat register, 2024. https://example.org/register",
    )
    assert original.url == "https://example.org/harbour"
    assert summary.source == REPORT
    assert summary.standing == "Steward's summary, not the source's words"
    assert summary.place == "Section: Tide report › Wardens."
    assert summary.quote == PROPOSAL.quote


@pytest.mark.parametrize(
    ("page", "label", "said"),
    [
        (None, None, ""),
        (3, None, "Page 3 of the file"),
        (3, "3", "Printed page 3 (page 3 of the file)"),
        (3, "a label that no printed page would bear", "Page 3 of the file"),
    ],
    ids=["no pages", "no label", "label", "label too long"],
)
def test_a_page_is_never_guessed(page: int | None, label: str | None, said: str) -> None:
    quote = replace(QUOTE, page=page, page_label=label)
    assert note_of([answer_with(quote)], DAY).footnotes[0].page == said


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.org/plain",
        "javascript:alert(1)",
        "https://example.org/> [x](https://example.com",
        'https://example.org/"onload="x',
        "https://user@example.org/",
    ],
)
def test_only_a_plain_https_address_is_kept(url: str) -> None:
    assert note_of([answer_with(replace(QUOTE, url=url))], DAY).footnotes[0].url == ""


def test_list_items_corrections_and_what_is_missing_stay_in_their_place() -> None:
    words = (
        "Your question takes as decided what the library holds only as a proposal. [1]"
        f"\n\n{PLAN}:\n- “A lamp” [1]\n2. “Two oars” [1] [2]\n\n"
        "No passage was found that answers this part of the question: who paints the boats?"
    )
    (section,) = note_of([answer_with(QUOTE, QUOTE, answer=words, status="partly-answered")], DAY).sections
    assert [(item.kind, item.number, item.footnotes, item.says) for item in section.paragraphs] == [
        ("remark", "", (1,), ""),
        ("voice", "", (), PLAN),
        ("list-item", "", (1,), PLAN),
        ("list-item", "2.", (1, 2), PLAN),
        ("remark", "", (), ""),
    ]
    assert section.paragraphs[0].text.endswith("only as a proposal.")
    assert section.paragraphs[-1].text.endswith("who paints the boats?")


def test_a_paragraph_that_its_source_numbers_is_no_list_item() -> None:
    words = f"{REPORT}:\n12. The panel agreed to this. [1]\n\n{REPORT}:\n1. a lamp [1]\n2. two oars [1]"
    (section,) = note_of([answer_with(PROPOSAL, answer=words)], DAY).sections
    assert [(item.kind, item.number, item.text) for item in section.paragraphs if item.kind != "voice"] == [
        ("written", "", "12. The panel agreed to this."),
        ("list-item", "1.", "a lamp"),
        ("list-item", "2.", "two oars"),
    ]


def test_a_title_that_looks_like_a_citation_calls_no_footnote() -> None:
    quote = replace(QUOTE, title="Plan [7]", quote="It says [1] “so” [2].")
    paragraphs = note_of([answer_with(quote)], DAY).sections[0].paragraphs
    assert [item.footnotes for item in paragraphs] == [(), (1,)]
    assert [item.kind for item in paragraphs] == ["voice", "quotation"]


def test_a_quote_that_the_text_never_calls_is_called_at_its_end() -> None:
    answer = answer_with(QUOTE, PROPOSAL)
    note = note_of([replace(answer, answer=answer.answer.partition("\n\n")[0])], DAY)
    assert note.sections[0].paragraphs[-1] == Paragraph("remark", "The answer is also based on:", (2,))


def test_an_abstention_says_what_was_searched_and_claims_nothing() -> None:
    note = note_of([abstention()], DAY)
    (section,) = note.sections
    assert section.heading == "No answer"
    said = [item.text for item in section.paragraphs]
    assert said[0].startswith("The library does not say: How many boats will be licensed? 2 documents were searched.")
    assert said[1:] == [
        "Harbour Office, Harbour plan: Harbour plan › Boats",
        "Documents searched, by id: harbour-plan, tide-report.",
        "No source is quoted, and no claim is made.",
    ]
    assert section.paragraphs[1].kind == "list-item"
    assert note.footnotes == ()
    assert note.made[-1] == "No language model was used."


def test_filters_that_leave_no_document_leave_nothing_searched() -> None:
    said = note_of([abstention(documents_searched=())], DAY).sections[0].paragraphs
    assert [item.text for item in said[-2:]] == [
        "No documents were searched.",
        "No source is quoted, and no claim is made.",
    ]


def test_many_documents_searched_are_counted() -> None:
    names = tuple(f"d{n}" for n in range(23))
    said = note_of([abstention(documents_searched=names)], DAY).sections[0].paragraphs[-2].text
    assert said.endswith("d18, d19 and 3 more.")


def test_warnings_are_kept() -> None:
    warning = "Harbour plan (Harbour Office, 2024-05-01) has been withdrawn."
    quote = replace(QUOTE, document_status="withdrawn")
    note = note_of([answer_with(quote, warnings=(warning,))], DAY)
    assert note.sections[0].warnings == (warning,)
    assert note.footnotes[0].source == "Harbour Office, Harbour plan (government policy, 1 May 2024, withdrawn)"


def test_how_it_was_made_names_version_date_and_unsupported_sentences() -> None:
    doubtful = (Sentence("Boats are green.", (1,), "unsupported"), Sentence("It has 40.", (1,), "supported"))
    made = note_of([answer_with(QUOTE, sentences=doubtful, as_at="2026-11")], DAY).made
    assert "library version 5ea9ea167f90, as at November 2026; 2 documents searched." in made[0]
    assert "sentences of the library (extractive)" in made[1]
    assert made[2].endswith("1 of 2. Not fully supported: Boats are green.")
    assert len(made) == 3, "an original is quoted, so nothing is said of summaries"
    assert note_of([answer_with(PROPOSAL)], DAY).made[-1].startswith("Text under “Summary of” is Steward's summary")


def test_how_it_was_made_says_what_a_model_wrote() -> None:
    writing = Writing("fake:able", written=2, kept=1, unkept=(Unkept("Rubbish.", ()),))
    words = f"{PLAN}:\nForty boats get a licence. [1]"
    note = note_of([answer_with(QUOTE, answer=words, model="fake:able", writing=writing)], DAY)
    assert note.sections[0].paragraphs[1] == Paragraph("written", "Forty boats get a licence.", (1,), PLAN)
    assert note.made[1].startswith("Written by fake:able and checked: 2 sentences written, 1 kept. ")
    assert note.made[1].endswith("Sentences without quotation marks are the model's or Steward's.")


def test_a_long_question_is_shortened_in_headings_alone() -> None:
    question = "What " + "very " * 60 + "big boats?"
    note = note_of([answer_with(QUOTE, question=question, standalone_question=question)], DAY)
    assert len(note.title) <= 160
    assert note.title.endswith("…")
    assert note.sections[0].asked == question
    assert note.sections[0].searched_as == ""


def test_a_note_needs_an_answer() -> None:
    with pytest.raises(ValueError, match="needs at least one answer"):
        note_of([], DAY)


def test_a_follow_up_keeps_its_words_and_numbers_run_on(library: Library) -> None:
    first = answering.ask(library, "How many boats will the office license by 2027?")
    turn = Turn(first.question, first.answer)
    second = answering.ask(library, "And how long does each licence last?", conversation=[turn])
    second = replace(second, standalone_question="How long does each licence of a boat last?")
    note = note_of([first, second], DAY)
    assert note.title == "How many boats will the office license by 2027? (and 1 further question)"
    assert [section.heading for section in note.sections] == [f"1. {first.question}", f"2. {second.question}"]
    assert [section.searched_as for section in note.sections] == ["", second.standalone_question]
    quotes = [quote.quote for answer in (first, second) for quote in answer.citations]
    assert [footnote.number for footnote in note.footnotes] == list(range(1, len(quotes) + 1))
    assert [footnote.quote for footnote in note.footnotes] == quotes
    called = {n for item in note.sections[1].paragraphs for n in item.footnotes}
    assert called == set(range(len(first.citations) + 1, len(quotes) + 1))
    assert sum(line.startswith("Made by Steward") for line in note.made) == 1


def test_footnotes_of_a_written_answer_match_its_citations(library: Library) -> None:
    told = replace(library, writer=able(_cited))
    answer = answering.ask(told, "How many boats will the office license by 2027?", mode="generative")
    assert answer.writing is not None
    assert answer.writing.fallback is None
    note = note_of([answer], DAY)
    assert [(f.number, f.quote) for f in note.footnotes] == [(q.n, q.quote) for q in answer.citations]
    paragraphs = note.sections[0].paragraphs
    assert paragraphs[0].kind == "voice"
    assert {n for item in paragraphs for n in item.footnotes} == {quote.n for quote in answer.citations}


def _cited(prompt: str) -> str:
    return f"The office will license 40 boats by 2027. [{key_of(prompt, 'license 40 boats')}]"


@pytest.mark.parametrize(
    "question",
    [
        "How many boats will the office license by 2027?",
        "What must each boat carry?",
        "Which grant does Hull get?",
        "Which precedents are there from Hull?",
        "What does the report ask of harbour masters?",
    ],
)
def test_footnote_numbers_match_the_citations_in_the_answer(library: Library, question: str) -> None:
    answer = answering.ask(library, question)
    assert not answer.refused
    note = note_of([answer], DAY)
    assert [(f.number, f.quote) for f in note.footnotes] == [(q.n, q.quote) for q in answer.citations]
    shown = [line for line in answer.answer.split("\n") if line and not line.startswith("|---")]
    assert len(shown) == len(note.sections[0].paragraphs)
    for line, item in zip(shown, note.sections[0].paragraphs, strict=True):
        marks = "".join(f" [{n}]" for n in item.footnotes)
        words = item.text if marks else item.text.removesuffix(":")
        assert line.removesuffix(":").endswith(words + marks)
        assert item.says or item.kind == "remark"
