"""Several speakers in one text: each has a heading of their own, and nothing that another says stands below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from assistant import answering
from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.evidence import Passage, gather_evidence
from assistant.answering.selection import select_passages
from assistant.library import Library
from assistant.records import Quote, RetrievedChunk
from assistant.search.retrieval import Filters
from assistant.text.quoting import quoted
from tests.library_making import add_commentary, add_original, index_library, make_library, open_library

COMMENTARY = "tide-report-commentary"
UNION = "Summary of Ferry Union (representative body, 3 March 2025):"
OFFICE = "Summary of Water Office (guidance, June 2025):"
NOTE = "Note by Steward (commentary, June 2025):"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The small library with a commentary of several speakers, and the original of its plan."""
    settings = make_library(tmp_path_factory.mktemp("library"))
    add_commentary(settings)
    add_original(settings, "Harbour plan", "# Harbour plan\n\n## Boats\n\nThe office will license 40 boats by 2027.\n")
    for register in (settings.corpus / "registers").iterdir():
        register.unlink()
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def passages_of(library: Library, text: str, *openings: str) -> list[Passage]:
    """Passages of a text whose words begin like one of these; all without any."""
    words = library.generation.document(text).text
    return [
        Passage(chunk, span, 1.0, who)
        for chunk in library.generation.text_chunks(text)
        for span, who in zip(chunk.sentences, chunk.speakers, strict=True)
        if not openings or words.startswith(openings, span.start)
    ]


def arranged(library: Library, passages: Sequence[Passage]) -> Arranged:
    return arrange(passages, library.generation, library.sources)


def picked(library: Library, question: str) -> list[tuple[str, str]]:
    """Who says what in the commentary's passages picked for a question."""
    chunks = library.generation.text_chunks(COMMENTARY)
    retrieved = [RetrievedChunk(chunk, 1.0, rank) for rank, chunk in enumerate(chunks, 1)]
    vector = library.embedder.embed_question(question)
    evidence = gather_evidence(question, vector, retrieved, library.generation, library.retriever.rarity)
    passages = select_passages(
        question, evidence, dict.fromkeys((chunk.id for chunk in chunks), 1.0), library.generation, 300
    )
    text = library.generation.document(COMMENTARY).text
    return [(item.speaker.name, text[item.span.start : item.span.end]) for item in passages]


def test_two_speakers_of_one_text_have_two_headings(library: Library) -> None:
    passages = passages_of(library, COMMENTARY, "The Ferry Union calls", "It fears", "The Water Office answers")
    answer = arranged(library, passages)
    assert answer.text.split("\n") == [
        UNION,
        "The Ferry Union calls tide wardens a needless cost. It fears that mooring fees will double. [1]",
        "",
        OFFICE,
        "The Water Office answers that its budget pays for twelve wardens. [2]",
    ]
    assert [(quote.speaker.name, quote.authority, quote.url) for quote in answer.quotes] == [
        ("Ferry Union", "representative-body", "https://example.org/union"),
        ("Water Office", "guidance", "https://example.org/reply"),
    ]


def test_the_best_passage_comes_first_whoever_says_it(library: Library) -> None:
    union, office = passages_of(library, COMMENTARY, "It fears", "The Water Office answers")
    assert [quote.speaker.name for quote in arranged(library, [office, union]).quotes] == [
        "Water Office",
        "Ferry Union",
    ]


def test_no_quote_holds_the_words_of_two_speakers(library: Library) -> None:
    answer = arranged(library, passages_of(library, COMMENTARY))
    union = [quote.quote for quote in answer.quotes if quote.speaker.name == "Ferry Union"]
    office = [quote.quote for quote in answer.quotes if quote.speaker.name == "Water Office"]
    assert not [words for words in union if "Water Office" in words or "Hull" in words]
    assert not [words for words in office if "Ferry Union" in words or "Leith" in words]
    headings = [line for line in answer.text.split("\n") if line.endswith(":")]
    assert headings == [UNION, OFFICE, NOTE]


def test_the_heading_of_a_commentary_does_not_name_the_commentary(library: Library) -> None:
    """Its title holds that of the document, whose publisher said nothing of this."""
    assert "Tide report" not in arranged(library, passages_of(library, COMMENTARY)).text


def test_what_nobody_is_reported_to_say_is_our_note(library: Library) -> None:
    answer = arranged(library, passages_of(library, COMMENTARY, "Nobody has counted"))
    assert answer.text.split("\n") == [NOTE, "Nobody has counted wardens since then. [1]"]
    (quote,) = answer.quotes
    assert (quote.speaker.kind, quote.authority, quote.form) == ("steward", "commentary", "summary")


def test_only_an_originals_words_stand_in_quotation_marks(library: Library) -> None:
    mixed = [*passages_of(library, "harbour-plan"), *passages_of(library, "tide-report")[:1]]
    answer = arranged(library, mixed)
    assert answer.text.split("\n") == [
        "Harbour Office, Harbour plan (government policy, 1 May 2024):",
        "“The office will license 40 boats by 2027.” [1]",
        "",
        "Summary of Tide Trust, Tide report (independent proposal, February 2025):",
        "The Trust recommends that every harbour appoint a tide warden. [2]",
    ]
    assert [quote.form for quote in answer.quotes] == ["quote", "summary"]


def test_marks_of_a_summary_become_others_too() -> None:
    assert quoted("“Free” boats [1]\nToll:", "summary") == "‘Free’ boats (1) Toll:"
    assert quoted("“Free” boats [1]", "quote") == "“‘Free’ boats (1)”"


def test_a_list_asked_for_as_a_whole_leaves_out_what_others_say_in_it(library: Library) -> None:
    found = picked(library, "What are the comforts that the Ferry Union asks of each port?")
    assert ("Ferry Union", "a bell on every quay;") in found
    assert ("Ferry Union", "The Ferry Union asks each port for these comforts:") in found
    assert ("Ferry Union", "a hut for ringers.") in found
    assert all(name == "Water Office" for name, words in found if "Water Office" in words)


def test_an_item_by_another_stands_without_the_lead_in(library: Library) -> None:
    """The lead-in is what the Union says; below it, the Office's item would be the Union's."""
    answer = answering.ask(library, "Which hut did the Water Office build in Hull?")
    office = [quote for quote in answer.citations if quote.speaker.name == "Water Office"]
    assert "The Water Office built a hut in Hull." in [quote.quote for quote in office]
    assert not any("comforts" in quote.quote for quote in office)


def test_a_table_asked_for_as_a_list_shows_one_speakers_rows(library: Library) -> None:
    found = picked(library, "Which ports have which wardens by Union source, such as Leith?")
    rows = {(name, words) for name, words in found if "|" in words and "Source" not in words}
    assert {("Ferry Union", "Leith | 2 | Union"), ("Ferry Union", "Wick | 4 | Union")} <= rows
    assert ("Ferry Union", "Hull | 3 | Office") not in rows


@pytest.mark.parametrize(
    ("authority", "who"),
    [("representative-body", "Ferry Union"), ("guidance", "Water Office"), ("commentary", "Steward")],
)
def test_an_answer_from_one_authority_holds_nobody_elses_words(library: Library, authority: str, who: str) -> None:
    filters = Filters(authorities=(authority,))  # type: ignore[arg-type]
    answer = answering.ask(library, "What do the union and the office say of wardens, fees and huts?", filters)
    assert {quote.speaker.name for quote in answer.citations} <= {who}
    assert answer.retrieved
    assert all(who in {speaker.name for speaker in item.chunk.speakers} for item in answer.retrieved)


def test_a_quote_leads_to_the_page_of_whoever_says_it(library: Library) -> None:
    def url(text: str, opening: str) -> str:
        (quote,) = arranged(library, passages_of(library, text, opening)).quotes
        assert isinstance(quote, Quote)
        return quote.url

    assert url(COMMENTARY, "It fears") == "https://example.org/union"
    assert url("tide-report", "The Trust") == "https://example.org/tide"
    assert url(COMMENTARY, "Nobody") == ""
