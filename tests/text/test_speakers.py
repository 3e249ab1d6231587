"""Who says each sentence: only what is shipped as a summary can name anybody but its publisher."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.errors import CatalogueError
from assistant.reading.markdown.reader import read_markdown
from assistant.records import Form, LibraryText, Source, Span, Speaker
from assistant.text.chunking import chunk_text
from assistant.text.sentences import split_sentences
from assistant.text.speakers import GOVERNMENT, publisher_of, speaker_of

PLAN = Source(
    "harbour",
    "Harbour plan",
    "Harbour Office",
    "2025-03",
    "guidance",
    "current",
    "England",
    "OGL",
    "Harbour Office",
    "https://example.org/plan",
)
COMMENTARY = replace(
    PLAN,
    id="harbour-commentary",
    title="Harbour plan: what others said",
    publisher="Steward",
    published="2026-11-30",
    authority="commentary",
    landing_page="",
    comments_on="harbour",
    as_at="2026-06",
)
OFFICE = Speaker("Harbour Office", "publisher", "guidance", "2025-03", "https://example.org/plan")
STEWARD = Speaker("Steward", "steward", "commentary", "2026-06")
UNION = Speaker("Ferry Union", "reported", "representative-body", "2025-05-01", "https://example.org/union")
WATER = Speaker("Water Office", "reported", "guidance", "2025-06")

NOTES = """
[^1]: Ferry Union, "On fees", 1 May 2025, https://example.org/union {speaker="Ferry Union" authority="representative-body" date="2025-05-01"}
[^2]: Water Office, "A reply", June 2025 {speaker="Water Office" authority="guidance" date="2025-06"}
[^3]: Harbour Office, "Register of boats", 2024
"""  # noqa: E501


def text_of(words: str, source: Source = COMMENTARY, form: Form = "summary", notes: str = NOTES) -> LibraryText:
    document = read_markdown(f"{words}\n{notes}".encode())
    return LibraryText(source, form, "body", document, "0" * 64)


def speakers_in(text: LibraryText) -> list[Speaker]:
    """Who says each sentence, in reading order."""
    document = text.document
    return [
        speaker_of(text, span, None)
        for block in document.blocks
        for span in split_sentences(document.text, block.start, block.end)
    ]


def test_a_document_is_its_publishers_word() -> None:
    assert publisher_of(PLAN) == OFFICE
    assert speakers_in(text_of("Boats pay fees.[^3] Ferries do not.", PLAN)) == [OFFICE, OFFICE]


def test_a_sentence_of_a_commentary_is_said_by_the_source_in_its_note() -> None:
    text = text_of("The Union calls the fees too high.[^1] The Water Office will lower them.[^2]")
    assert speakers_in(text) == [UNION, WATER]


def test_a_sentence_of_a_commentary_without_such_a_note_is_ours() -> None:
    assert publisher_of(COMMENTARY) == STEWARD
    assert speakers_in(text_of("Fees fell in June.[^3] Nobody has said why.")) == [STEWARD, STEWARD]
    assert publisher_of(replace(COMMENTARY, as_at=None)).date == "2026-11-30"


def test_the_first_note_that_names_a_speaker_decides() -> None:
    words = "The Union and the Water Office agree on fees.[^3][^1][^2] The Water Office and the Union do.[^2][^1]"
    assert speakers_in(text_of(words)) == [UNION, WATER]


def test_a_note_speaks_for_its_own_sentence_only() -> None:
    assert speakers_in(text_of("Fees fell. The Union is glad.[^1] Nobody else is.")) == [STEWARD, UNION, STEWARD]


@pytest.mark.parametrize("form", ["original", "summary"])
def test_notes_of_any_other_document_name_no_speaker(form: Form) -> None:
    text = text_of("The Union calls the fees too high.[^1] The Water Office will lower them.[^2]", PLAN, form)
    assert speakers_in(text) == [OFFICE, OFFICE]


def test_notes_of_an_original_in_place_of_a_commentary_name_no_speaker() -> None:
    assert speakers_in(text_of("Statute makes every fee void.[^1]", form="original")) == [STEWARD]


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        ('speaker="Ferry Union" authority="gospel"', "'gospel'"),
        ('speaker="Ferry Union"', "None"),
        ('speaker="Ferry Union" authority=""', "''"),
    ],
    ids=["unknown", "none", "empty"],
)
def test_an_authority_that_does_not_exist_is_named_with_its_note(attributes: str, found: str) -> None:
    text = text_of("The Union calls the fees too high.[^7]", notes=f"[^7]: On fees {{{attributes}}}\n")
    with pytest.raises(CatalogueError, match=f"Note 7 has the authority {found}; expected one of statute, "):
        speakers_in(text)


def test_a_speakers_date_and_address_may_be_unknown() -> None:
    text = text_of("Fees fell.[^7]", notes='[^7]: On fees {speaker="Ferry Union" authority="press"}\n')
    assert speakers_in(text) == [Speaker("Ferry Union", "reported", "press")]


def test_an_entry_of_a_register_is_said_by_whoever_tells_it() -> None:
    document = read_markdown(b"# Plan {#plan}\n\n## A case {#case}\n\nFees fell.\n\n## Another {#other}\n\nFees rose.")
    text = LibraryText(PLAN, "summary", "precedents", document, "0" * 64, {"case": UNION})
    span = Span(0, 4)
    assert speaker_of(text, span, "case") == UNION
    assert speaker_of(text, span, "other") == speaker_of(text, span, None) == OFFICE
    chunks = chunk_text(text, 40, lambda texts: [len(words.split()) for words in texts])
    assert [(chunk.anchor, chunk.speakers) for chunk in chunks] == [("case", (UNION,)), ("other", (OFFICE,))]


def test_the_notes_of_a_register_name_no_speaker() -> None:
    """They are those of the document that tells the case, which may be a commentary."""
    text = replace(text_of("Fees fell.[^1]"), part="precedents")
    assert speakers_in(text) == [STEWARD]


def test_the_word_of_government_is_law_policy_and_guidance() -> None:
    assert {"statute", "government-policy", "guidance"} == GOVERNMENT
