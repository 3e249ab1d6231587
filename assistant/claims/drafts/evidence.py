"""The passages of the library nearest to a claim, and the chance that they are about the same matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.claims.drafts.wording import Rarity, Wording, compare
from assistant.deadlines import within_deadline
from assistant.library import Library
from assistant.models.logistic import logistic
from assistant.records import Array, Chunk, Span, Speaker
from assistant.text.chunking import block_at, readable
from assistant.text.terms import content_terms, content_words, stem

CHUNKS_READ = 6
"""Of the chunks found for a claim, how many are read for passages."""
PASSAGES_COMPARED = 6
"""Of their sentences, the nearest in meaning that are compared word by word."""

_LABELS = ("Organisation: ", "Who should act: ")
"""How a register's line begins that only labels its entry."""
WORDS_IN_COMMON = 0.3
"""What it adds to a sentence's nearness that it holds all the claim's words."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for a passage being about the claim's matter; `gaps` and `figures` are counts, the rest 0 to 1."""

    meaning: float
    """Cosine similarity of claim and passage."""
    covered: float
    """Share of the claim's content words that are said there, see `Wording.covered`."""
    here: float
    """The same share by the passage alone, see `Wording.here`."""
    gaps: float
    """Figures and names of the claim that are not given there."""
    figures: float
    """Figures of the claim that the passage gives, or gives otherwise; see `Wording.figures_met`; two at most."""


INTERCEPT = -5.31
COEFFICIENTS = Signals(meaning=3.57, covered=3.17, here=3.95, gaps=-1.82, figures=1.40)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage beside a claim."""

    chunk: Chunk
    span: Span
    text: str
    """Its words so that they can be read on their own."""
    signals: Signals
    wording: Wording
    speaker: Speaker

    @property
    def chance(self) -> float:
        """That the passage speaks of the same matter as the claim, between 0 and 1."""
        total = INTERCEPT + sum(getattr(COEFFICIENTS, name) * getattr(self.signals, name) for name in Signals.__slots__)
        return logistic(total)


def find_evidence(claim: str, before: str, library: Library, read_already: Sequence[Chunk] = ()) -> list[Evidence]:
    """Return passages for a claim, likeliest first.

    ``before`` is the sentence that the claim refers back to, if any; ``read_already`` are chunks that earlier claims
    rest on, since a paragraph mostly stays with the same ones.
    """
    vector = library.embedder.embed_question(claim)
    asked = f"{before} {claim}".strip()
    wide = library.embedder.embed_question(asked) if before else vector
    retriever = library.retriever
    chunks = {item.chunk.id: item.chunk for item in retriever.retrieve(asked, CHUNKS_READ, vector=wide)}
    chunks |= {chunk.id: chunk for chunk in read_already}
    words = {stem(word): retriever.rarity(word) for word in content_words(claim)}
    total = sum(words.values()) or 1.0

    def nearness(item: tuple[Chunk, Span, float]) -> float:
        chunk, span, meaning = item
        said = set(content_terms(library.generation.document(chunk.text_id).text[span.start : span.end]))
        return meaning + WORDS_IN_COMMON * sum(weight for term, weight in words.items() if term in said) / total

    nearest = sorted(_sentences(list(chunks.values()), vector, wide, library), key=nearness, reverse=True)
    found = [
        _weigh(claim, chunk, span, meaning, library, retriever.rarity)
        for chunk, span, meaning in within_deadline(nearest[:PASSAGES_COMPARED])
    ]
    return sorted(found, key=lambda item: (-item.chance, item.chunk.id, item.span))


def _sentences(
    chunks: Sequence[Chunk], vector: Array, wide: Array, library: Library
) -> Iterator[tuple[Chunk, Span, float]]:
    for chunk, vectors in zip(chunks, library.generation.sentence_vectors([c.id for c in chunks]), strict=True):
        document = library.generation.document(chunk.text_id)
        for span, own in zip(chunk.sentences, vectors, strict=True):
            is_label = chunk.part != "body" and document.text.startswith(_LABELS, span.start)
            if not is_label and block_at(document, span.start).kind not in ("table-header", "caption"):
                yield chunk, span, float(own @ vector + own @ wide) / 2


def _weigh(claim: str, chunk: Chunk, span: Span, meaning: float, library: Library, rarity: Rarity) -> Evidence:
    document = library.generation.document(chunk.text_id)
    passage = readable(document, span)
    block = block_at(document, span.start)
    source = library.sources[chunk.document]
    headings = " ".join((*chunk.section, source.title, source.publisher))
    around = f"{document.text[block.start : block.end]} {headings}"
    wording = compare(claim, passage, around, rarity)
    signals = Signals(
        meaning,
        wording.covered,
        wording.here,
        gaps=float(len(wording.missing)),
        figures=float(min(wording.figures_met, 2)),
    )
    return Evidence(chunk, span, passage, signals, wording, chunk.speakers[chunk.sentences.index(span)])
