"""Whole lists from the registers: every entry that a broad question asks for, in the register's order.

Search finds the nearest few sentences, which is no answer to "What does the report ask of the Treasury?". Such a
question is read by the entries' fields and answered with all that match, each with its own quote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from assistant.answering.arrangement import Arranged, arrange
from assistant.answering.evidence import Passage
from assistant.answering.register_questions import ListQuestion, read_list_question
from assistant.index import Generation
from assistant.records import Chunk, Document, Source, Span
from assistant.registers.entries import Registers
from assistant.registers.field_values import Criterion, Register, RegisterFields, document_of
from assistant.text.chunking import block_at
from assistant.text.quoting import as_shown

REGISTERS: tuple[Register, ...] = ("recommendations", "precedents")
MOST_NAMES = 4
"""Most values of a field that the first line names."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry as the index holds it: its title and its paragraphs, each as the spans of its sentences."""

    chunk: Chunk
    blocks: tuple[tuple[Span, ...], ...]

    def first(self, paragraphs: int) -> list[Span]:
        """Return the title and the first few paragraphs."""
        return [span for block in self.blocks[: 1 + paragraphs] for span in block]


class RegisterLists:
    """Answers broad questions on the registers of one generation of the index."""

    def __init__(self, registers: Registers, generation: Generation, sources: Mapping[str, Source]) -> None:
        """Take the entries' fields from ``registers``; their words come from the index."""
        self._registers = registers
        self._generation = generation
        self._sources = sources
        self._fields: dict[Register, RegisterFields] = {
            register: RegisterFields(register, registers, sources, generation.glossary) for register in REGISTERS
        }

    def answer(
        self, question: str, max_words: int, texts: Set[str] | None = None, left_out: Set[str] = frozenset()
    ) -> Arranged | None:
        """Return every entry asked for, after a line that says how many; None for a question that asks for no list.

        If nothing matches, return that line alone. Entries are shown whole if that takes about ``max_words`` at most,
        otherwise with fewer paragraphs, down to their titles, but always all of them. ``texts`` are the ids of the
        texts searched; None for all. ``left_out`` are ids of precedents whose version in the index is outdated.
        """
        asked = read_list_question(question, self._fields)
        if asked is None:
            return None
        held = self._held(asked.register, texts)
        if asked.register == "precedents":
            held = {identifier: entry for identifier, entry in held.items() if identifier not in left_out}
        wanted = [entry for identifier, entry in held.items() if asked.asks_for(identifier)]
        says_it = asked.unknown is not None and any(self._says(entry, asked.unknown) for entry in held.values())
        if not held or says_it or not (wanted or asked.names_register):
            return None
        if not wanted:
            return Arranged(_lead(asked, 0, len(held)), (), ())
        paragraphs = self._paragraphs_that_fit(wanted, max_words)
        # Falling scores keep the register's order.
        passages = [
            Passage(entry.chunk, span, 1 - place / len(wanted), entry.chunk.speaker_of(span) or entry.chunk.speakers[0])
            for place, entry in enumerate(wanted)
            for span in entry.first(paragraphs)
        ]
        arranged = arrange(passages, self._generation, self._sources)
        lead = _lead(asked, len(wanted), len(held), titles_alone=not paragraphs)
        return replace(arranged, text=f"{lead}\n\n{arranged.text}")

    def _held(self, register: Register, texts: Set[str] | None) -> dict[str, _Entry]:
        """Return the register's entries by id, in order, without those filtered out or not in the index."""
        entries = getattr(self._registers, register)
        indexed: dict[str, _Entry] = {}
        for document in dict.fromkeys(map(document_of, entries)):
            text = f"{document}/{register}"
            if text in self._generation.manifest.texts and (texts is None or text in texts):
                indexed |= _entries(self._generation.text_chunks(text), self._generation.document(text))
        return {entry.id: indexed[entry.id] for entry in entries if entry.id in indexed}

    def _paragraphs_that_fit(self, entries: Sequence[_Entry], max_words: int) -> int:
        for paragraphs in range(max(len(entry.blocks) for entry in entries) - 1, 0, -1):
            if sum(self._words(entry, paragraphs) for entry in entries) <= max_words:
                return paragraphs
        return 0

    def _says(self, entry: _Entry, name: str) -> bool:
        """Return whether an entry has a name anywhere in its words, if not in a field."""
        text = self._generation.document(entry.chunk.text_id).text
        return name.lower() in text[entry.blocks[0][0].start : entry.blocks[-1][-1].end].lower()

    def _words(self, entry: _Entry, paragraphs: int) -> int:
        text = self._generation.document(entry.chunk.text_id).text
        return sum(len(text[span.start : span.end].split()) for span in entry.first(paragraphs))


def _entries(chunks: Sequence[Chunk], document: Document) -> dict[str, _Entry]:
    """Return the entries of one text by id; one that was cut into several chunks is joined again."""
    titles = {block.anchor: (Span(block.start, block.end),) for block in document.blocks if block.anchor}
    paragraphs: dict[str, dict[int, tuple[Span, ...]]] = {}
    first: dict[str, Chunk] = {}
    for chunk in chunks:
        if chunk.anchor in titles:
            first.setdefault(chunk.anchor, chunk)
            own = paragraphs.setdefault(chunk.anchor, {})
            for span in chunk.sentences:
                start = block_at(document, span.start).start
                own[start] = (*own.get(start, ()), span)
    return {anchor: _Entry(first[anchor], (titles[anchor], *own.values())) for anchor, own in paragraphs.items()}


def _lead(asked: ListQuestion, matching: int, total: int, titles_alone: bool = False) -> str:
    """Return the line that says how many entries, of how many, are listed, and by what."""
    register = f"{total} {asked.register} in the register"
    if asked.unknown is not None:
        return as_shown(f"None of the {register} names {asked.unknown}.")
    if not asked.criteria:
        line = f"All {register}."
    else:
        number = f"{matching} of" if matching else "None of"
        verb = "matches" if matching == 1 else "match"
        line = f"{number} the {register} {verb} ({'; '.join(map(_said, asked.criteria))})."
    return as_shown(line + (" Shown by their titles; ask about one for its words." if titles_alone else ""))


def _said(criterion: Criterion) -> str:
    more = len(criterion.values) - MOST_NAMES
    names = " / ".join(criterion.values[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f"{criterion.field}: {names}"
