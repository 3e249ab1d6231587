"""The shipped digests and commentaries: a digest says what its document says, a commentary who says what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.reading.markdown.reader import read_markdown
from assistant.records import Document, Source, Span
from assistant.sources.catalogue import load_catalogue
from assistant.text.dates import MONTHS, date_parts
from assistant.text.sentences import split_sentences
from assistant.text.speakers import notes_with_speaker, reported_in

CORPUS = Path(__file__).parents[1] / "corpus"
SUMMARIES = [source for source in load_catalogue(CORPUS) if source.summary]
DIGESTS = [source for source in SUMMARIES if not source.comments_on]
COMMENTARIES = [source for source in SUMMARIES if source.comments_on]
DATE = re.compile(rf"(?:(\d{{1,2}}) )?({'|'.join(MONTHS)}) (\d{{4}})")
LOOKS_AHEAD = re.compile(r"\b(?:expected|were to|is to|are to|from|by|until|due)\b")
OURS = re.compile(r"\b(?:[Oo]ur|[Ww]e)\b")
LATER = {"integrated-settlements": "11 June 2025"}
"""The policy document of that day is part of what the entry summarises, and each sentence from it says so."""


def read(source: Source) -> Document:
    return read_markdown((CORPUS / str(source.summary)).read_bytes())


def sentences(document: Document) -> list[Span]:
    found: list[Span] = []
    for block in document.blocks:
        if block.kind == "table-row":
            found.append(Span(block.start, block.end))
        elif block.kind not in ("heading", "table-header"):
            found += split_sentences(document.text, block.start, block.end)
    return found


def test_every_commentary_is_on_a_document_of_the_library() -> None:
    assert {source.comments_on for source in COMMENTARIES} <= {source.id for source in DIGESTS}
    assert all(source.authority == "commentary" and source.as_at for source in COMMENTARIES)


def test_what_has_no_summary_is_named_dated_and_found_as_a_note_of_the_commentaries_says() -> None:
    notes = {note.url: note for source in COMMENTARIES for note in read(source).footnotes}
    others = [source for source in load_catalogue(CORPUS) if not source.summary]
    assert others
    for source in others:
        note = notes[source.landing_page]
        assert note.title == source.title
        assert dict(note.attributes)["date"] == source.published


@pytest.mark.parametrize("source", SUMMARIES, ids=lambda source: source.id)
def test_a_summary_is_read_without_problems(source: Source) -> None:
    assert read(source).problems == ()


@pytest.mark.parametrize("source", DIGESTS, ids=lambda source: source.id)
def test_a_digest_rests_on_its_document_or_says_why_on_another_source(source: Source) -> None:
    notes = [dict(note.attributes) for note in read(source).footnotes]
    if source.own_notes:
        assert not any(notes)
    else:
        assert all(note == {"of": "document"} or len(note.get("via", "")) > 20 for note in notes)


@pytest.mark.parametrize("source", DIGESTS, ids=lambda source: source.id)
def test_a_digest_tells_nothing_that_came_after_its_document(source: Source) -> None:
    document = read(source)
    published = date_parts(source.published)
    for span in sentences(document):
        words = document.text[span.start : span.end]
        for found in DATE.finditer(words):
            day = (int(found[3]), MONTHS.index(found[2]) + 1, *([int(found[1])] if found[1] else []))
            if day[: len(published)] > published[: len(day)]:
                assert LOOKS_AHEAD.search(words) or found[0] == LATER.get(source.id), words


@pytest.mark.parametrize("source", COMMENTARIES, ids=lambda source: source.id)
def test_every_sentence_of_a_commentary_has_one_speaker_or_says_that_it_is_ours(source: Source) -> None:
    document = read(source)
    for note in document.footnotes:
        speaker = reported_in(note)
        assert not speaker.date or date_parts(speaker.date), note.text
    for span in sentences(document):
        speakers = {reported_in(note).name for note in notes_with_speaker(document, span)}
        words = document.text[span.start : span.end]
        assert len(speakers) == 1 or (not speakers and OURS.search(words)), words
