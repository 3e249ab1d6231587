"""Make a note from answers: the text, who says it, where, and how it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

import assistant
from assistant.export.notes.note import Note, NoteFootnote, NoteSection, Paragraph, ParagraphKind
from assistant.records import Answer, Quote
from assistant.text.chunking import CELL_END
from assistant.text.dates import date_in_words
from assistant.text.printable import clean, in_one_line, printed_label, shortened, web_address
from assistant.text.quoting import heading_path, quote_heading

TITLE_CHARACTERS = 160
"""Longest question shown in full as a heading."""
MOST_NAMES = 20
"""Most documents searched that are named."""
SUMMARY = "Steward's summary, not the source's words"
NOTHING_CLAIMED = "No source is quoted, and no claim is made."

# A list mark, the text and its citations; `arrangement` makes sure that no source can imitate them.
_RULE = re.compile(r"\|(?:---\|)+")
"""Under a table's column titles."""
_LINE = re.compile(r"(?:(-|\d{1,3}[.)]) )?(.*?)((?: \[\d{1,4}\])*)", re.ASCII | re.DOTALL)


def note_of(answers: Sequence[Answer], day: date) -> Note:
    """Return the note of one answer, or of a conversation's answers in order.

    Footnotes are numbered through the note; a single answer keeps the numbers of its citations. ``day`` is the
    date of the note.

    Raises:
        ValueError: there is no answer.
    """
    if not answers:
        raise ValueError("A note needs at least one answer.")
    sections: list[NoteSection] = []
    footnotes: list[NoteFootnote] = []
    for place, answer in enumerate(answers, 1):
        numbers = {quote.n: len(footnotes) + count for count, quote in enumerate(answer.citations, 1)}
        footnotes += [_footnote(quote, numbers[quote.n]) for quote in answer.citations]
        sections.append(_section(answer, numbers, place if len(answers) > 1 else None))
    title = shortened(in_one_line(answers[0].question), TITLE_CHARACTERS)
    more = len(answers) - 1
    if more:
        title += f" (and {more} further {'question' if more == 1 else 'questions'})"
    return Note(title, tuple(sections), tuple(footnotes), day, tuple(_made(answers)))


def _section(answer: Answer, numbers: dict[int, int], place: int | None) -> NoteSection:
    question, searched = in_one_line(answer.question), in_one_line(answer.standalone_question)
    heading = "No answer" if answer.refused else "Answer"
    if place is not None:
        heading = f"{place}. {shortened(question, TITLE_CHARACTERS)}"
    paragraphs = list(paragraphs_of(answer, numbers))
    uncalled = set(numbers.values()).difference(n for item in paragraphs for n in item.footnotes)
    if uncalled:
        # Markdown does not show a footnote that nothing cites.
        paragraphs.append(Paragraph("remark", "The answer is also based on:", tuple(sorted(uncalled))))
    if answer.refused:
        paragraphs += [Paragraph("remark", words) for words in _searched(answer)]
    return NoteSection(
        heading,
        question if len(question) > TITLE_CHARACTERS else "",
        searched if searched != question else "",
        tuple(map(in_one_line, answer.warnings)),
        tuple(paragraphs),
    )


def paragraphs_of(answer: Answer, numbers: Mapping[int, int]) -> Iterator[Paragraph]:
    """Yield the lines of an answer as paragraphs; see `arrangement`.

    ``numbers`` maps citation numbers to footnote numbers; other marks are left out.
    """
    voices = tuple({in_one_line(quote_heading(quote)).removesuffix(":") for quote in answer.citations})
    says, is_in_list = "", False
    lines = [*filter(None, map(in_one_line, answer.answer.split("\n"))), ""]
    for line, below in pairwise(lines):
        if voices and line.endswith(":") and line.startswith(voices):
            says = line.removesuffix(":")
            yield Paragraph("voice", says, says=says)
            continue
        found = _LINE.fullmatch(line)
        assert found is not None, "every line matches, because each part of the pattern may be empty"
        mark, words, marks = found.groups()
        # The number of a quoted item stands before its quotation mark. Without one, "12. The panel agreed" that begins
        # no list at 1 is a paragraph that its source numbers.
        if mark and not is_in_list and mark[:-1] not in ("", "1") and not words.startswith("“"):
            mark, words = None, f"{mark} {words}"
        is_in_list = bool(mark)
        cited = tuple(numbers[n] for n in map(int, re.findall(r"\d+", marks)) if n in numbers)
        if _RULE.fullmatch(line):
            continue
        if words.startswith("| ") and words.endswith(" |") and cited:
            kind: ParagraphKind = "table-header" if _RULE.fullmatch(below) else "table-row"
            yield Paragraph(kind, words, cited, says, cells=tuple(words[2:-2].split(CELL_END)))
        elif mark:
            yield Paragraph("list-item", words, cited, says if cited else "", "" if mark == "-" else mark)
        elif says and cited:
            yield Paragraph("quotation" if words.startswith("“") else "written", words, cited, says)
        else:
            yield Paragraph("remark", words, cited)


def _searched(answer: Answer) -> Iterator[str]:
    names = answer.documents_searched
    if names:
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        yield f"Documents searched, by id: {in_one_line(', '.join(names[:MOST_NAMES]))}{more}."
    else:
        yield "No documents were searched."
    if not answer.citations:
        yield NOTHING_CLAIMED


def _footnote(quote: Quote, number: int) -> NoteFootnote:
    source = quote_heading(quote).removesuffix(":")
    form = "exact words" if quote.form == "quote" else SUMMARY
    return NoteFootnote(
        number,
        in_one_line(source),
        f"{form[:1].upper()}{form[1:]}",
        in_one_line(heading_path(quote.section)),
        _page(quote),
        clean(quote.quote).strip(),
        tuple(in_one_line(f"Note {note.number} of the source: {note.text}") for note in quote.footnotes),
        web_address(quote.url),
    )


def _page(quote: Quote) -> str:
    if quote.page is None:
        return ""
    label = printed_label(quote.page_label)
    if not label:
        return f"Page {quote.page} of the file"
    return f"Printed page {label} (page {quote.page} of the file)"


def _made(answers: Sequence[Answer]) -> Iterator[str]:
    """Yield how each answer was made; what all have in common comes once, first."""
    made = [list(_made_one(answer)) for answer in answers]
    common = [line for line in made[0] if all(line in lines for lines in made)]
    yield from common
    for place, lines in enumerate(made, 1):
        yield from (f"Question {place}: {line}" for line in lines if line not in common)


def _made_one(answer: Answer) -> Iterator[str]:
    made = f"Made by Steward {assistant.__version__} from library version {answer.library_version}"
    count = len(answer.documents_searched)
    searched = f"; {count} {'document' if count == 1 else 'documents'} searched" if count else ""
    yield in_one_line(f"{made}, as at {date_in_words(answer.as_at)}{searched}.")
    yield in_one_line(_writer(answer))
    if answer.sentences:
        yield _checked(answer)
    if any(quote.form == "summary" for quote in answer.citations):
        yield (
            "Text under “Summary of” is Steward's summary, not the words of the source that is named. Check the source "
            "before you quote it."
        )


def _writer(answer: Answer) -> str:
    """Return whose sentences the answer has."""
    if answer.writing is not None:
        own = "" if answer.writing.fallback else " Sentences without quotation marks are the model's or Steward's."
        return answer.writing.note + own
    if answer.model != "extractive":
        return f"Written by {answer.model}."
    if answer.refused:
        return "No language model was used."
    return "The answer consists of sentences of the library (extractive); no language model wrote any of it."


def _checked(answer: Answer) -> str:
    unkept = [in_one_line(item.text) for item in answer.sentences if item.verdict != "supported"]
    count = len(answer.sentences)
    said = f"Sentences that the automatic check found supported by their quotes: {count - len(unkept)} of {count}."
    return said + "".join(f" Not fully supported: {words}" for words in unkept)
