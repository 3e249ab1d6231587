"""What is noted at each sentence of a checked draft, and the draft as plain text with these notes in brackets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.claims.drafts import CheckedSentence, DraftCheck, DraftVerdict
from assistant.claims.drafts.parts import parts_of
from assistant.claims.drafts.words import VERDICT_WORDS, reason_sentence
from assistant.records import Document, Quote
from assistant.text.dates import date_in_words
from assistant.text.printable import in_one_line, web_address
from assistant.text.quoting import quote_heading, quoted

FINE: tuple[DraftVerdict, ...] = ("verbatim", "supported", "not a claim")
"""Verdicts on which a file of the draft has no comment."""


@dataclass(frozen=True, slots=True)
class SentenceNote:
    """A sentence as it stands in the draft, and the lines of the comment on it; none where it needs none."""

    words: str
    lines: tuple[str, ...] = ()


def notes_of(draft: Document, checked: DraftCheck) -> tuple[SentenceNote, ...]:
    """Return the note on each sentence, in reading order."""
    return tuple(
        SentenceNote(draft.text[item.start : item.end], () if item.verdict in FINE else tuple(_lines(item, checked)))
        for item in checked.sentences
    )


def as_plain_text(draft: Document, checked: DraftCheck) -> str:
    """Return the draft with the verdict behind each sentence in brackets, then the quotes; ends with a new line."""
    text, before = "", ""
    for block, parts in parts_of(draft, checked.sentences):
        words = (f"{part.words}{_in_brackets(checked, part.number)}" for part in parts)
        is_tight = block.kind in ("list-item", "table-row") and before not in ("", "paragraph")
        text += f"{chr(10) if is_tight else chr(10) * 2}{'- ' * (block.kind == 'list-item')}{''.join(words)}"
        before = block.kind
    sources = [f"[{quote.n}] {_source(quote)} {web_address(quote.url)}".strip() for quote in checked.citations]
    listed = "\n".join(["", "", "Sources", *sources]) if sources else ""
    made = f"Checked by Steward against its library as at {date_in_words(checked.as_at)}."
    return f"{text.strip()}{listed}\n\n{made}\n"


def _in_brackets(checked: DraftCheck, number: int | None) -> str:
    item = checked.sentences[number - 1] if number else None
    if item is None or item.verdict == "not a claim":
        return ""
    said = [f"{VERDICT_WORDS[item.verdict]}.", *map(reason_sentence, item.reasons)]
    if item.citations:
        said.append(f"See source {', '.join(map(str, item.citations))}.")
    return f" [Steward: {in_one_line(' '.join(said))}]"


def _lines(item: CheckedSentence, checked: DraftCheck) -> Iterator[str]:
    yield VERDICT_WORDS[item.verdict]
    yield from (in_one_line(reason_sentence(reason)) for reason in item.reasons)
    for quote in _cited(item, checked.citations):
        yield _source(quote)
        if address := web_address(quote.url):
            yield address


def _cited(item: CheckedSentence, quotes: Sequence[Quote]) -> Iterator[Quote]:
    return (quotes[number - 1] for number in item.citations)


def _source(quote: Quote) -> str:
    return in_one_line(f"{quote_heading(quote)} {quoted(quote.quote, quote.form)}")
