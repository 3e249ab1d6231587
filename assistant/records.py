"""The records that the roads of a document and of a question share.

All are frozen: a step that changes something makes a new record with :func:`dataclasses.replace`. Positions are
character offsets into ``Document.text``; spans are half-open, ``[start, end)``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Array: TypeAlias = "NDArray[np.float32]"
"""Vectors; whoever takes or gives some says their shape."""
Authority = Literal[
    "statute",
    "government-policy",
    "guidance",
    "audit",
    "research",
    "public-body",
    "parliament",
    "representative-body",
    "independent-proposal",
    "evidence",
    "working-paper",
    "press",
    "commentary",
]
Status = Literal["current", "superseded", "withdrawn"]
Form = Literal["original", "summary"]
"""Of a text: the publisher's own words, or ours."""
CitationForm = Literal["quote", "summary"]
"""Of a citation: exact words of a publication, which stand in quotation marks, or our words, which do not."""
SpeakerKind = Literal["publisher", "reported", "steward"]
Part = Literal["body", "recommendations", "precedents"]
BlockKind = Literal["heading", "paragraph", "quotation", "list-item", "table-header", "table-row", "caption"]
AnswerStatus = Literal["answered", "partly-answered", "not-in-library", "out-of-scope"]
Verdict = Literal["supported", "partly", "unsupported", "contradicted", "unjudged"]
"""Whether what is cited says it; ``unjudged``: not in these words, and no model judged whether it means the same."""


class Span(NamedTuple):
    """A stretch of a document's text, ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who says something: a document's publisher, somebody that a commentary or register reports, or we ourselves."""

    name: str
    kind: SpeakerKind
    authority: Authority
    date: str = ""
    """ISO date as precise as known; empty where it is not."""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A catalogue entry: who published it, when, with which authority, under which licence."""

    id: str
    title: str
    publisher: str
    published: str
    """ISO date as precise as the publisher gives it: ``2025``, ``2025-03`` or ``2025-03-07``."""
    authority: Authority
    status: Status
    jurisdiction: str
    licence: str
    credit: str
    landing_page: str
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    superseded_by: str | None = None
    originals: tuple[str, ...] = ()
    """Candidate https addresses of the original, best first."""
    summary: str | None = None
    """Path of the text in our own words, relative to the corpus folder; None where there is only an original."""
    comments_on: str | None = None
    """Id of the document that a commentary is about; its sentences are those of the sources in its notes."""
    own_notes: bool = False
    """Whether the notes of a summary are the document's own."""
    as_at: str | None = None
    """ISO date of the newest source of a commentary."""
    note: str = ""
    """What readers should know of the summary, in a few sentences."""
    file: str | None = None
    """Path of a reader's own file (`steward add`), relative to the corpus folder."""
    reader: str | None = field(default=None, repr=False)
    """Digest of the only reader who may see the document (`assistant.readers`); None where everybody may."""


@dataclass(frozen=True, slots=True)
class Block:
    """A structural piece of a document; its words are ``document.text[start:end]``."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Headings: 1 to 6. List items: nesting from 1. Otherwise 0."""
    lead: int | None = None
    """Index of the block that introduces this one: a list's lead-in sentence, a table row's header row."""
    anchor: str | None = None
    """Headings: the source's own identifier, as in ``{#five-shifts}`` or ``id="five-shifts"``."""


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note taken out of the running text, with what could be parsed from it."""

    number: str
    text: str
    author: str | None = None
    title: str | None = None
    publisher: str | None = None
    date: str | None = None
    url: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()
    """Names and values in braces behind the note, as in ``{speaker="Harbour Office" authority="guidance"}``."""


@dataclass(frozen=True, slots=True)
class NoteMark:
    """Where a note is called: its mark stood directly before ``text[position]`` and was removed."""

    number: str
    position: int


@dataclass(frozen=True, slots=True)
class Page:
    """A PDF page: its text runs from ``start`` to the next page's start."""

    start: int
    number: int
    """1-based position in the file."""
    label: str | None = None
    """As printed on the page or named in the file (``iv``, ``12``); None when neither says. Never guessed."""


@dataclass(frozen=True, slots=True)
class Document:
    """What reading makes of a file: one normalised text, and blocks that point into it.

    Blocks are in reading order and do not overlap. Footnotes and their marks are not part of the text.
    """

    text: str
    blocks: tuple[Block, ...]
    footnotes: tuple[Footnote, ...] = ()
    marks: tuple[NoteMark, ...] = ()
    """By position."""
    pages: tuple[Page, ...] = ()
    title: str | None = None
    problems: tuple[str, ...] = ()
    """What users of the library should know: lost notes, pages without text. One sentence each."""

    def page_at(self, position: int) -> Page | None:
        """Return the page that holds the character at ``position``; None where the source has no pages."""
        index = bisect_right(self.pages, position, key=lambda page: page.start) - 1
        return self.pages[index] if index >= 0 else None

    def notes_in(self, span: Span) -> tuple[str, ...]:
        """Return the numbers of the notes called within ``span``, in order; a mark right after its last word counts."""
        first, last = (bisect_right(self.marks, place, key=lambda mark: mark.position) for place in span)
        return tuple(dict.fromkeys(mark.number for mark in self.marks[first:last]))


@dataclass(frozen=True, slots=True)
class LibraryText:
    """A document in the library: its source, form and part."""

    source: Source
    form: Form
    part: Part
    document: Document
    digest: str
    """SHA-256 of what was read, in hexadecimal."""
    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    """Who speaks below a heading, by its anchor, where that is not the document's publisher: for each entry of a
    register, whoever told it.
    """

    @property
    def id(self) -> str:
        """The catalogue id, followed by a slash and the part unless that is the body."""
        return text_id_of(self.source.id, self.part)


@dataclass(frozen=True, slots=True)
class Chunk:
    """An indexed piece of a text: whole sentences of one section, up to a set number of tokens."""

    id: str
    """Made from content: indexing the same file twice changes nothing."""
    text_id: str
    document: str
    part: Part
    form: Form
    section: tuple[str, ...]
    anchor: str | None
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    """Whole sentences, list items or table rows that cover the chunk, as spans of the document's text."""
    speakers: tuple[Speaker, ...]
    """Who says each of those sentences."""
    lead: Span | None = None
    """The lead-in or table header before the chunk, which is read with it."""
    lead_text: str = ""
    questions: tuple[str, ...] = ()
    """Questions that this chunk answers: authored, or written by a chat model if the settings say so."""
    question_places: tuple[int, ...] = ()
    """For each question, the start of the sentence that answers it, as an offset into the document's text."""
    page: int | None = None
    page_label: str | None = None
    footnotes: tuple[str, ...] = ()

    def speaker_of(self, span: Span) -> Speaker | None:
        """Return who says a stretch of the document's text; None where several do, or nobody in this chunk."""
        own = zip(self.sentences, self.speakers, strict=True)
        saying = {who for sentence, who in own if sentence.start < span.end and span.start < sentence.end}
        return saying.pop() if len(saying) == 1 else None

    @property
    def speaker(self) -> Speaker | None:
        """Who says all of it; None where several do."""
        return self.speakers[0] if len({*self.speakers}) == 1 else None


@dataclass(frozen=True, slots=True)
class RetrievedChunk:
    """A chunk retrieved for a question. ``rank`` is 1-based; a higher ``score`` is better."""

    chunk: Chunk
    score: float
    rank: int
    found_score: float | None = None
    """The retriever's score, where ``score`` also holds a reranker's, or a bonus for a chunk without questions."""
    found_rank: int | None = None
    """The retriever's rank, where a reranker changed it."""
    authorities: tuple[Authority, ...] = ()
    """Of whose sentences in it may answer; empty for all."""

    @property
    def own_score(self) -> float:
        """The retriever's score alone, without a reranker's or a bonus."""
        return self.score if self.found_score is None else self.found_score

    def without_questions(self) -> RetrievedChunk:
        """Return it without the questions that the chunk answers: half of its size, and needed for searching alone."""
        return replace(self, chunk=replace(self.chunk, questions=(), question_places=()))


@dataclass(frozen=True, slots=True)
class Quote:
    """A citation: words of a text, who says them, and where they are."""

    n: int
    document: str
    title: str
    publisher: str
    published: str
    speaker: Speaker
    document_status: Status
    form: CitationForm
    part: Part
    section: tuple[str, ...]
    page: int | None
    page_label: str | None
    quote: str
    start: int
    end: int
    url: str
    footnotes: tuple[Footnote, ...] = ()

    @property
    def text_id(self) -> str:
        """Id of the text that holds the quote, as chunks have it."""
        return text_id_of(self.document, self.part)

    @property
    def authority(self) -> Authority:
        """The speaker's."""
        return self.speaker.authority


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict was given: the check, and what the claim and its context say."""

    check: str
    claim: str
    context: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an answer, the quotes that it rests on and the verdict of the grounding check."""

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; its words are ``document.text[start:end]``."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a source's table that an answer shows, each with as many cells as the header has."""

    caption: str
    """The headings that it stands under."""
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unkept:
    """A sentence that a model wrote and that is not shown."""

    text: str
    reasons: tuple[Reason, ...]
    """Why it did not pass the check."""


@dataclass(frozen=True, slots=True)
class ModelStep:
    """What one step of a written answer asked of chat models."""

    step: Literal["understand", "write", "check"]
    calls: int = 0
    tokens_read: int = 0
    """As the provider counts them; 0 where it does not say."""
    tokens_written: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Writing:
    """What became of the sentences that a chat model wrote: which were kept, and why the others were not."""

    model: str
    checker: str = ""
    """Who judged whether the evidence supports them; empty where nobody could."""
    steps: tuple[ModelStep, ...] = ()
    written: int = 0
    """Sentences of the model's first draft."""
    kept: int = 0
    """Sentences of the model that are shown."""
    rewritten: int = 0
    """Those among them that failed the check first and were written anew."""
    unknown_keys: tuple[str, ...] = ()
    """Citations that named no evidence, as written; they were removed."""
    unkept: tuple[Unkept, ...] = ()
    found_nothing: bool = False
    """Whether the model says that the evidence does not answer, so that the answer is an abstention."""
    fallback: str | None = None
    """Why the answer is made of quotes after all; None where the model's sentences are shown."""

    @property
    def note(self) -> str:
        """What a reader should know of how the answer was written, in a line."""
        if self.fallback:
            return f"Nothing by {self.model} is shown: {self.fallback}. These are the library's own sentences."
        if self.found_nothing:
            return f"{self.model} read the evidence and finds no answer in it."
        by = f", checked by {self.checker}" if self.checker not in ("", self.model) else " and checked"
        count = "1 sentence" if self.written == 1 else f"{self.written} sentences"
        anew = f" ({self.rewritten} after rewriting)" if self.rewritten else ""
        unknown = f" Removed citations that name no evidence: {', '.join(self.unknown_keys)}."
        return (
            f"Written by {self.model}{by}: {count} written, {self.kept} kept{anew}.{unknown * bool(self.unknown_keys)}"
        )


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long each step took, in seconds."""

    retrieval: float = 0.0
    answer: float = 0.0
    check: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer or an abstention, with everything needed to check it."""

    question: str
    standalone_question: str
    status: AnswerStatus
    answer: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Quote, ...]
    retrieved: tuple[RetrievedChunk, ...]
    """Without the questions that the chunks answer."""
    documents_searched: tuple[str, ...]
    model: str
    library_version: str
    as_at: str
    """ISO date, as precise as asked for, that the documents were valid on; today where none was given."""
    seconds: Seconds = field(default_factory=Seconds)
    writing: Writing | None = None
    """What a chat model did, where one was asked to write."""
    warnings: tuple[str, ...] = ()
    """What to know about the documents cited: superseded or withdrawn, and by what. One sentence each."""
    tables: tuple[Table, ...] = ()
    """Tables that the answer shows, in its order."""
    gaps: tuple[str, ...] = ()
    """What was asked for and nothing in the library states, in the question's words."""
    readings: tuple[str, ...] = ()
    """The question with each name that it may mean, where it says "the Act" or the like and there are several."""

    @property
    def refused(self) -> bool:
        """True when the answer gives nothing from the library."""
        return self.status in ("not-in-library", "out-of-scope")


@dataclass(frozen=True, slots=True)
class EmbeddingIdentity:
    """Everything that decides what a vector means; vectors of two identities are never compared."""

    model: str
    digest: str
    precision: str
    dimensions: int


def text_id_of(document: str, part: Part) -> str:
    """Return the id of a document's own text, or of a register's entries that rest on it."""
    return document if part == "body" else f"{document}/{part}"
