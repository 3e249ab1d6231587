"""A checked draft as plain text."""

from __future__ import annotations

from assistant.export.drafts.notes import as_plain_text, notes_of
from tests.export.drafts.making import checked_draft


def test_each_verdict_stands_in_brackets_behind_its_sentence_and_the_quotes_below() -> None:
    text = as_plain_text(*checked_draft())
    assert text == (
        "Boats\n\n"
        "The office will license 40 boats by 2027. [Steward: In the library word for word. See source 1.] "
        "The office will license 60 boats by 2027. [Steward: Clashes with the library. "
        "Figure: the draft says “60”, the library “40”. See source 1.]\n\n"
        "Boats need:\n\n"
        "- a lamp that burns until the morning comes; [Steward: Found nearby: read it. See source 1.]\n"
        "- an oar that nobody in the harbour has seen. [Steward: Not found. Nothing comes near enough.]\n\n"
        "Boat | Colour\n"
        "Heron | Green [Steward: Found nearby: read it. See source 1.]\n\n"
        "Sources\n"
        "[1] Harbour Office, Harbour plan (government policy, 1 May 2024): "
        "“The office will license 40 boats by 2027.” https://example.org/harbour\n\n"
        "Checked by Steward against its library as at 27 November 2026.\n"
    )


def test_what_stands_in_the_library_has_no_comment() -> None:
    verbatim, clash, *_ = notes_of(*checked_draft())
    assert (verbatim.words, verbatim.lines) == ("The office will license 40 boats by 2027.", ())
    assert clash.lines[0] == "Clashes with the library"
