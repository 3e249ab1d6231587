"""Written answers: an extractive answer first, then what a chat model makes of its evidence, sentence by sentence.

Every sentence is checked before it is shown. One that its quotes do not support is left out, and the quotes that it
named replace it. `Writing` counts what the model did; where nothing was usable, the extractive answer stays and the
record says why.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from assistant.answering.premises import ONLY_PROPOSED
from assistant.claims import FindDocument, JudgingError, check_sentence
from assistant.index import Generation
from assistant.models.reply import WritingError
from assistant.models.writers import Writer, Written
from assistant.records import Answer, Quote, RetrievedChunk, Sentence, Source, Span, Unkept, Writing
from assistant.text.chunking import block_at, stands_alone
from assistant.text.quoting import make_quote, quote_heading, quoted

Check = Callable[[Sentence, Sequence[Quote], FindDocument], Sentence]

SAYS_OF_THE_QUESTION = "the answer corrects the question, and a model's text would lose that"
CHUNKS_SHOWN = 6
"""Passages that an able model gets, best first: about 700 words, which hold 0.96 of the key facts on dev (ten 0.98)."""


def write_answer(
    answer: Answer,
    writer: Writer,
    generation: Generation,
    sources: Mapping[str, Source],
    find_document: FindDocument,
    check: Check = check_sentence,
) -> Iterator[str | Answer]:
    """Yield the text of the written answer in pieces, each checked, and last the answer itself.

    ``answer`` is the extractive one; an abstention stays as it is, since there is nothing to write from, and so does an
    answer that corrects its question.
    """
    if answer.refused:
        yield answer
        return
    if answer.answer.startswith(ONLY_PROPOSED):
        yield replace(answer, writing=Writing(writer.name, writer.style, 0, fallback=SAYS_OF_THE_QUESTION))
        return
    started = time.monotonic()
    small = writer.style == "small"
    quotes = answer.citations if small else _sentences_of(answer.retrieved, generation, sources)
    leads = {} if small else _leads(quotes, find_document)
    draft = _Draft({quote.n: quote for quote in quotes}, leads, sources, find_document, check, small)
    why: str | None = None
    try:
        for written in writer.write(answer.standalone_question, quotes, sources, started + writer.seconds):
            for line in draft.add(written):
                yield f"{line}\n"
        if not draft.kept:
            why = "the model wrote nothing" if not draft.seen else "none of its sentences is supported by what it cites"
    except WritingError as error:
        why = str(error)
    except JudgingError as error:
        why = f"its sentences could not be checked: {error}"
    if small and why is None:
        yield f"\n{answer.answer}"
    yield _finished(answer, draft, writer, why, time.monotonic() - started)


@dataclass
class _Draft:
    """What was written so far and passed the check, and what did not."""

    quotes: Mapping[int, Quote]
    leads: Mapping[int, int]
    """The quote that introduces a list item or table row; cited where the item alone is not enough."""
    sources: Mapping[str, Source]
    find_document: FindDocument
    check: Check
    small: bool
    seen: int = 0
    kept: int = 0
    lines: list[str] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    """A quote's number in the answer, by its key."""
    unknown: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unkept: list[Unkept] = field(default_factory=list)
    _voice: tuple[str, ...] = ()

    def add(self, written: Written) -> list[str]:
        """Add a sentence, or its quotes instead, or neither; return the lines that this adds to the answer."""
        self.seen += 1
        self.unknown += written.unknown
        if not written.keys:
            self.missing.append(written.text)
        named = written.keys or written.neighbours
        led = self._with_leads(named)
        checked = self._checked(written.text, named)
        if checked.verdict != "supported" and led != named:
            checked = self._checked(written.text, led)
        if checked.verdict == "supported":
            self.kept += 1
            return self._show(checked)
        lines: list[str] = []
        instead = () if self.small else self._to_quote(named)
        for key in instead:
            quoted = self._checked(self.quotes[key].quote, (key,))
            lines += self._show(quoted) if quoted.verdict == "supported" else []
        shown = tuple(self.numbers[key] for key in instead if key in self.numbers)
        self.unkept.append(Unkept(written.text, checked.reasons, shown))
        return lines

    def _to_quote(self, keys: Sequence[int]) -> tuple[int, ...]:
        """Return those not cited yet; part of a list comes with what introduces it."""
        new = [key for key in keys if key not in self.numbers]
        both = (self._with_leads([key]) if not stands_alone(self.quotes[key].quote) else (key,) for key in new)
        return tuple(dict.fromkeys(key for pair in both for key in pair if key not in self.numbers))

    def _with_leads(self, keys: Sequence[int]) -> tuple[int, ...]:
        both = (key for n in keys for key in (self.leads.get(n, n), n))
        return tuple(dict.fromkeys(both))

    def _checked(self, text: str, keys: tuple[int, ...]) -> Sentence:
        """Return the sentence with its verdict; a small model's cites one quote if that is enough."""
        if self.small and len(keys) > 1:
            for key in keys:
                alone = self._checked(text, (key,))
                if alone.verdict == "supported":
                    return alone
        cited = [self.quotes[key] for key in keys]
        return self.check(Sentence(text, keys, "unsupported"), cited, self.find_document)

    def _show(self, sentence: Sentence) -> list[str]:
        cited = [self.quotes[key] for key in sentence.citations]
        titles = tuple(dict.fromkeys(map(quote_heading, cited)))
        lines: list[str] = []
        if titles != self._voice:
            self._voice = titles
            end = ", in short:" if self.small else ":"
            lines += [*([""] if self.lines else []), "; ".join(title.removesuffix(":") for title in titles) + end]
        for key in sentence.citations:
            self.numbers.setdefault(key, key if self.small else len(self.numbers) + 1)
        numbers = tuple(self.numbers[key] for key in sentence.citations)
        verbatim = any(quote.form == "quote" and sentence.text in quote.quote for quote in cited)
        words = quoted(sentence.text, "quote" if verbatim else "summary")
        lines.append(f"{words} {' '.join(f'[{n}]' for n in numbers)}")
        self.lines += lines
        self.sentences.append(replace(sentence, citations=numbers))
        return lines


def _finished(answer: Answer, draft: _Draft, writer: Writer, why: str | None, seconds: float) -> Answer:
    """Return the written answer, or the extractive one with the reason why."""
    took = replace(answer.seconds, answer=answer.seconds.answer + seconds)
    writing = Writing(
        writer.name,
        writer.style,
        0 if why else draft.kept,
        tuple(draft.unknown),
        tuple(draft.missing),
        tuple(draft.unkept) if why is None else tuple(replace(item, replaced_by=()) for item in draft.unkept),
        why,
    )
    if why is not None:
        return replace(answer, seconds=took, writing=writing)
    text, sentences = "\n".join(draft.lines), tuple(draft.sentences)
    if draft.small:
        text, sentences, quotes = f"{text}\n\n{answer.answer}", sentences + answer.sentences, answer.citations
    else:
        keys = sorted(draft.numbers, key=draft.numbers.__getitem__)
        quotes = tuple(replace(draft.quotes[key], n=draft.numbers[key]) for key in keys)
    return replace(
        answer, answer=text, sentences=sentences, citations=quotes, model=writer.name, seconds=took, writing=writing
    )


def _sentences_of(
    retrieved: Sequence[RetrievedChunk], generation: Generation, sources: Mapping[str, Source]
) -> tuple[Quote, ...]:
    """Return every sentence of the passages as its own quote, with what introduces a passage's list or table."""
    quotes: dict[tuple[str, Span], Quote] = {}
    for item in retrieved[:CHUNKS_SHOWN]:
        chunk = item.chunk
        document = generation.document(chunk.text_id)
        for span in (*([chunk.lead] if chunk.lead else []), *chunk.sentences):
            quote = make_quote(len(quotes) + 1, chunk, span, document, sources[chunk.document])
            quotes.setdefault((chunk.text_id, span), quote)
    return tuple(quotes.values())


def _leads(quotes: Sequence[Quote], find_document: FindDocument) -> dict[int, int]:
    """Return, for each quote that a block introduces, the number of the last quote within that block."""
    leads: dict[int, int] = {}
    for quote in quotes:
        document = find_document(quote)
        lead = block_at(document, quote.start).lead
        if lead is not None:
            start, end = document.blocks[lead].start, document.blocks[lead].end
            for other in quotes:
                if (other.document, other.part) == (quote.document, quote.part) and start <= other.start < end:
                    leads[quote.n] = other.n
    return leads
