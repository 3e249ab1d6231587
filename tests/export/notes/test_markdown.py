"""A note as Markdown, read back by a parser that links whatever looks like an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from assistant.export.notes import Note, as_markdown, note_of
from assistant.export.notes.markdown import plain
from assistant.records import Footnote, Quote
from assistant.text.printable import clean, in_one_line
from evals.libraries.poisoned import load_poisoned
from tests.export.notes.answers import DAY, PROPOSAL, QUOTE, abstention, answer_with
from tests.export.notes.hostile import HOSTILE, text_of

PARSER = MarkdownIt("gfm-like", {"linkify": True, "html": True, "typographer": False}).use(footnote_plugin)
EXPECTED = {
    *("heading_open", "paragraph_open", "inline", "bullet_list_open", "list_item_open", "blockquote_open"),
    *("footnote_block_open", "footnote_open", "footnote_anchor", "footnote_ref"),
    *("text", "text_special", "code_inline", "softbreak", "hardbreak", "link_open", "strong_open"),
}


def tokens(markdown: str) -> Iterator[Token]:
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def words(token: Token) -> str:
    """The text that a line of Markdown shows."""
    breaks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(breaks.get(child.type, child.content) for child in token.children or ())


def assert_inert(note: Note, quote: Quote) -> None:
    """Nothing but what a note is made of, no link but the catalogue's, and the quote word for word."""
    found = list(tokens(as_markdown(note)))
    assert {token.type for token in found if not token.type.endswith("_close")} <= EXPECTED
    assert {token.attrs["href"] for token in found if token.type == "link_open"} <= {quote.url}
    headings = [found[place + 1] for place, token in enumerate(found) if token.type == "heading_open"]
    voices = [item.text for section in note.sections for item in section.paragraphs if item.kind == "voice"]
    assert [words(item) for item in headings] == [note.title, "Answer", *voices, "How this note was made"]
    start = next(place for place, token in enumerate(found) if token.type == "blockquote_open")
    end = next(place for place, token in enumerate(found) if token.type == "blockquote_close")
    shown = "\n".join(words(token) for token in found[start:end] if token.type == "inline")
    lines = [" ".join(line.split()) for line in clean(quote.quote).split("\n")]
    assert shown.split("\n") == [line for line in lines if line]


def hostile_quote(text: str) -> Quote:
    note = Footnote("1", text, url="https://evil.example/note")
    speaker = replace(QUOTE.speaker, name=text)
    return replace(
        QUOTE, title=text, publisher=text, speaker=speaker, section=(text, "Boats"), quote=text, footnotes=(note,)
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_words_are_inert(text: str) -> None:
    quote = hostile_quote(text)
    for shown in (
        quote,
        replace(quote, form="summary"),
        replace(quote, speaker=replace(quote.speaker, kind="reported")),
    ):
        assert_inert(note_of([answer_with(shown, question=text, standalone_question=text)], DAY), shown)


@pytest.mark.parametrize("case", load_poisoned(), ids=lambda case: case.id)
def test_poisoned_documents_are_inert(case) -> None:  # type: ignore[no-untyped-def]
    quote = replace(QUOTE, title=case.title, quote=text_of(case))
    assert_inert(note_of([answer_with(quote)], DAY), quote)


@given(st.text("ab1 #*_`[]()<>!|~\\-+=:.@/&;\"'$^{}\n\t\x00wth", max_size=60) | st.text(max_size=60))
def test_plain_words_read_as_themselves(text: str) -> None:
    found = list(tokens(plain(text)))
    assert {token.type for token in found} <= {"paragraph_open", "paragraph_close", "inline", "text", "code_inline"}
    assert "".join(words(token) for token in found if token.type == "inline") == in_one_line(text)


def test_a_note_reads_as_written() -> None:
    note = note_of([answer_with(QUOTE, PROPOSAL, warnings=("Harbour plan has been withdrawn.",))], DAY)
    written = as_markdown(note)
    assert written.startswith(
        "# How many boats will be licensed?\n\n## Answer\n\n**Note:** Harbour plan has been withdrawn.\n\n"
        "### Harbour Office, Harbour plan (government policy, 1 May 2024)\n\n"
        "“The office will license 40 boats by 2027.” [^1]\n\n### Summary of Tide Trust"
    )
    assert written.endswith(
        "[^2]: Summary of Tide Trust, Tide report (independent proposal, February 2025). Steward's summary, not "
        "the source's words.\n\n"
        "    Section: Tide report › Wardens.\n\n"
        "    > Every harbour should have:\n    >\n    > 1\\. a tide warden;\\\n    > 2\\. a lamp.\n\n"
        "    <https://example.org/tide>\n"
    )


def test_footnotes_are_called_by_the_numbers_of_the_citations() -> None:
    found = list(tokens(as_markdown(note_of([answer_with(QUOTE, PROPOSAL)], DAY))))
    assert [token.meta["label"] for token in found if token.type == "footnote_ref"] == ["1", "2"]
    assert [token.meta["label"] for token in found if token.type == "footnote_open"] == ["1", "2"]


def test_a_list_keeps_its_sources_numbers() -> None:
    answer = replace(answer_with(QUOTE), answer="3. “A lamp” [1]\n7. “Two oars” [1]")
    assert "- 3\\. “A lamp” [^1]\n- 7\\. “Two oars” [^1]\n\n" in as_markdown(note_of([answer], DAY))


def test_an_abstention_has_no_footnotes() -> None:
    written = as_markdown(note_of([abstention()], DAY))
    assert "no claim is made" in written
    assert not re.search(r"\[\^|<http", written)
