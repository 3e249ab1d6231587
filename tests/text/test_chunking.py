"""Chunks: whole sentences of one section, within the limit, covering it once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.builder import DocumentBuilder, mark
from assistant.records import BlockKind, Chunk, Document, Footnote, LibraryText, Source, Span
from assistant.text.chunking import chunk_text, embedded_text, labelled_row, readable, sentence_texts
from assistant.text.sentences import split_sentences
from assistant.text.speakers import speaker_of

SOURCE = Source(
    "harbour", "Harbour plan", "Harbour Office", "2025", "guidance", "current", "England", "OGL", "Harbour Office", ""
)


def count_words(texts: Sequence[str]) -> list[int]:
    """A stand-in tokenizer: one token a word."""
    return [len(text.split()) for text in texts]


def chunks_of(document: Document, limit: int = 40) -> list[Chunk]:
    return chunk_text(LibraryText(SOURCE, "summary", "body", document, "0" * 64), limit, count_words)


def test_a_chunk_never_crosses_a_heading_and_knows_its_path() -> None:
    builder = DocumentBuilder()
    builder.add("heading", "Harbours", level=1)
    builder.add("paragraph", "Boats come in.")
    builder.add("heading", "Tides", level=2, anchor="tides")
    builder.add("paragraph", "Tides rise.")
    builder.add("heading", "Winds", level=1)
    builder.add("paragraph", "Winds turn.")
    found = chunks_of(builder.build())
    assert [(chunk.section, chunk.anchor, chunk.text) for chunk in found] == [
        (("Harbours",), None, "Boats come in."),
        (("Harbours", "Tides"), "tides", "Tides rise."),
        (("Winds",), None, "Winds turn."),
    ]


def test_a_list_that_is_cut_keeps_its_lead_in() -> None:
    builder = DocumentBuilder()
    lead = builder.add("paragraph", "We looked around. A harbour needs these things:")
    for number in range(6):
        builder.add("list-item", f"item {number} " + "word " * 10, level=1, lead=lead)
    found = chunks_of(builder.build())
    assert len(found) > 1
    assert found[0].lead is None
    assert all(chunk.lead_text == "A harbour needs these things:" for chunk in found[1:])
    assert all(embedded_text(chunk).count("needs these things") == 1 for chunk in found)


def test_rows_are_read_under_their_header() -> None:
    builder = DocumentBuilder()
    header = builder.add("table-header", "Port | Boats")
    builder.add("table-row", "Leith | 12", lead=header)
    builder.add("table-row", "Hull | 30", lead=header)
    document = builder.build()
    (chunk,) = chunks_of(document)
    assert sentence_texts(chunk, document)[1:] == ["Port: Leith; Boats: 12", "Port: Hull; Boats: 30"]
    assert labelled_row("Port | Boats", "one cell") == "one cell"


def test_a_list_item_reads_with_its_lead_in() -> None:
    builder = DocumentBuilder()
    lead = builder.add("paragraph", "Harbours need:")
    builder.add("list-item", "walls;", level=1, lead=lead)
    document = builder.build()
    (chunk,) = chunks_of(document)
    assert readable(document, chunk.sentences[1]) == "Harbours need: walls;"


def test_notes_and_pages_travel_with_the_chunk() -> None:
    builder = DocumentBuilder()
    builder.add_page(3, "iii")
    builder.add("paragraph", f"Boats come in.{mark('7')} They leave{mark('8')} again.")
    (chunk,) = chunks_of(builder.build())
    assert (chunk.page, chunk.page_label, chunk.footnotes) == (3, "iii", ("7", "8"))


def test_ids_come_from_content() -> None:
    builder = DocumentBuilder()
    builder.add("paragraph", "Boats come in.")
    document = builder.build()
    assert [chunk.id for chunk in chunks_of(document)] == [chunk.id for chunk in chunks_of(document)]


COMMENTARY = replace(SOURCE, id="commentary", comments_on="harbour", authority="commentary", as_at="2026-06")
NAMES = {"1": "Ferry Union", "2": "Water Office"}


def commentary() -> DocumentBuilder:
    """A commentary's text to be, with a note for each of two speakers."""
    builder = DocumentBuilder()
    for number, name in NAMES.items():
        said = (("speaker", name), ("authority", "press"), ("date", "2025"))
        builder.add_footnote(Footnote(number, f"{name}, on fees.", attributes=said))
    return builder


def cut(builder: DocumentBuilder, limit: int = 40) -> list[Chunk]:
    return chunk_text(LibraryText(COMMENTARY, "summary", "body", builder.build(), "0" * 64), limit, count_words)


def said(builder: DocumentBuilder, limit: int = 40) -> list[tuple[str, str]]:
    """Who says each of what stands on its own in the chunks, and its words."""
    text = builder.build().text
    return [
        (who.name, text[span.start : span.end])
        for chunk in cut(builder, limit)
        for span, who in zip(chunk.sentences, chunk.speakers, strict=True)
    ]


def test_each_sentence_of_a_chunk_has_its_speaker() -> None:
    builder = commentary()
    builder.add("paragraph", f"Fees rose.{mark('1')} Crews left.{mark('1')} Fees fell.{mark('2')} Nobody knows why.")
    builder.add("quotation", f"Crews did not.{mark('2')}")
    assert len(cut(builder)) == 1
    assert said(builder) == [
        ("Ferry Union", "Fees rose."),
        ("Ferry Union", "Crews left."),
        ("Water Office", "Fees fell."),
        ("Steward", "Nobody knows why."),
        ("Water Office", "Crews did not."),
    ]


def test_a_chunk_has_a_speaker_where_one_says_all_of_it() -> None:
    alone, both = commentary(), commentary()
    alone.add("paragraph", f"Fees rose.{mark('1')} Crews left.{mark('1')}")
    both.add("paragraph", f"Fees rose.{mark('1')} Crews stayed.{mark('2')} Fees fell.{mark('2')}")
    (chunk,) = cut(alone)
    assert chunk.speaker is not None
    assert chunk.speaker.name == "Ferry Union"
    (chunk,) = cut(both)
    assert chunk.speaker is None
    first, second, third = chunk.sentences
    spoken = [chunk.speaker_of(span) for span in (first, Span(second.start, third.end), Span(first.start, third.end))]
    assert [who and who.name for who in spoken] == ["Ferry Union", "Water Office", None]
    assert chunk.speaker_of(Span(third.end, third.end + 5)) is None


def test_a_list_item_is_cut_only_where_its_speaker_changes() -> None:
    builder = commentary()
    builder.add("list-item", f"Fees rose.{mark('1')} Crews left.{mark('1')}", level=1)
    builder.add("list-item", f"Fees fell.{mark('1')} Crews stayed.{mark('2')}", level=1)
    assert said(builder) == [
        ("Ferry Union", "Fees rose. Crews left."),
        ("Ferry Union", "Fees fell."),
        ("Water Office", "Crews stayed."),
    ]


def test_a_row_of_a_table_is_said_by_the_source_in_one_of_its_cells() -> None:
    builder = commentary()
    header = builder.add("table-header", "Port | Fee | Source")
    builder.add("table-row", f"Leith | £2 | Union{mark('1')}", lead=header)
    builder.add("table-row", f"Wick | £4{mark('1')} | Union", lead=header)
    builder.add("table-row", f"Hull | £3 | Office{mark('2')}", lead=header)
    assert said(builder) == [
        ("Steward", "Port | Fee | Source"),
        ("Ferry Union", "Leith | £2 | Union"),
        ("Ferry Union", "Wick | £4 | Union"),
        ("Water Office", "Hull | £3 | Office"),
    ]


@pytest.mark.parametrize("kind", ["paragraph", "list-item", "table-row"])
def test_a_sentence_too_long_for_a_chunk_has_one_speaker_in_every_piece(kind: BlockKind) -> None:
    builder = commentary()
    builder.add(kind, f"Fees rose {'and rose ' * 40}again.{mark('1')}")
    found = said(builder, limit=20)
    assert len(found) > 1
    assert {name for name, _ in found} == {"Ferry Union"}


def test_notes_of_a_document_change_neither_its_speaker_nor_its_chunks() -> None:
    builder = commentary()
    builder.add("list-item", f"Fees rose.{mark('1')} Fees fell.{mark('2')}")
    (chunk,) = chunks_of(builder.build())
    assert len(chunk.sentences) == 1
    assert [(who.name, who.kind, who.authority) for who in chunk.speakers] == [
        ("Harbour Office", "publisher", "guidance")
    ]


CALLS = st.lists(st.tuples(st.sampled_from(["paragraph", "list-item", "table-row"]), st.text("012", max_size=9)))


@given(CALLS, st.integers(6, 30))
def test_every_piece_of_a_commentary_is_its_sentences_speakers(blocks: list[tuple[BlockKind, str]], limit: int) -> None:
    builder = commentary()
    for kind, calls in blocks:
        words = " ".join(f"Fees rose again.{mark(call) if call != '0' else ''}" for call in calls)
        builder.add(kind, words)
    document = builder.build()
    text = LibraryText(COMMENTARY, "summary", "body", document, "0" * 64)
    found = [
        (span, who)
        for chunk in chunk_text(text, limit, count_words)
        for span, who in zip(chunk.sentences, chunk.speakers, strict=True)
    ]
    for block in document.blocks:
        row = [Span(block.start, block.end)]
        for sentence in row if block.kind == "table-row" else split_sentences(document.text, block.start, block.end):
            told = {who for span, who in found if span.start < sentence.end and sentence.start < span.end}
            assert told == {speaker_of(text, sentence, None)}
    pieces = (document.text[span.start : span.end] for span, _ in found)
    assert "".join("".join(piece.split()) for piece in pieces) == "".join(document.text.split())


WORDS = st.lists(
    st.sampled_from(["Boats sail.", "The tide", "rises fast.", "No. 10", "calm seas and", "It ends!"]),
    min_size=1,
    max_size=60,
)
KINDS: list[BlockKind] = ["heading", "paragraph", "list-item", "table-row", "quotation"]
BLOCKS = st.lists(st.tuples(st.sampled_from(KINDS), WORDS.map(" ".join)), max_size=12)


@given(BLOCKS, st.integers(8, 60))
def test_chunks_cover_every_section_once_within_the_limit(blocks: list[tuple[BlockKind, str]], limit: int) -> None:
    builder = DocumentBuilder()
    lead: int | None = None
    for kind, text in blocks:
        number = builder.add(
            kind, text, level=1 if kind == "heading" else 0, lead=lead if kind == "list-item" else None
        )
        lead = number if kind == "paragraph" else lead if kind == "list-item" else None
    document = builder.build()
    found = chunks_of(document, limit)
    headings = [block for block in document.blocks if block.kind == "heading"]
    for chunk in found:
        assert chunk.text == document.text[chunk.start : chunk.end]
        assert sum(count_words([chunk.lead_text, chunk.text])) <= limit
        assert not any(chunk.start < heading.end and heading.start < chunk.end for heading in headings)
        assert (chunk.sentences[0].start, chunk.sentences[-1].end) == (chunk.start, chunk.end)
    assert all(first.end <= second.start for first, second in pairwise(found))
    words = [
        word
        for block in document.blocks
        if block.kind != "heading"
        for word in document.text[block.start : block.end].split()
    ]
    assert [word for chunk in found for word in chunk.text.split()] == words


SENTENCE = "The council met its targets and published the results, which were mixed. "


@pytest.mark.parametrize(
    "blocks",
    [
        [("paragraph", SENTENCE * 20_000, None)],
        [("paragraph", "word " * 200_000, None)],
        [("paragraph", "a" * 1_000_000, None)],
        [("paragraph", SENTENCE * 7_000 + "The following:", None), *[("list-item", "walls", 0)] * 20_000],
        [("table-header", "Port | Boats " * 20_000, None), *[("table-row", "Leith | 12", 0)] * 20_000],
    ],
    ids=["one paragraph", "one sentence", "one word", "a long lead", "a wide header"],
)
def test_time_and_size_grow_with_the_length_alone(blocks: list[tuple[BlockKind, str, int | None]]) -> None:
    builder = DocumentBuilder()
    for kind, words, lead in blocks:
        builder.add(kind, words, lead=lead)
    document = builder.build()
    started = time.process_time()
    found = chunks_of(document, 220)
    texts = [text for chunk in found for text in (embedded_text(chunk), *sentence_texts(chunk, document))]
    assert time.process_time() - started < 60
    assert "".join("".join(chunk.text.split()) for chunk in found) == "".join(document.text.split())
    assert max(len(chunk.text) for chunk in found) <= 220 * 200
    assert sum(map(len, texts)) < 10 * len(document.text)


def test_a_heading_as_long_as_a_page_is_text() -> None:
    builder = DocumentBuilder()
    builder.add("heading", "word " * 1_000, level=1)
    builder.add("paragraph", "Boats come in.")
    assert [block.kind for block in builder.build().blocks] == ["paragraph", "paragraph"]
