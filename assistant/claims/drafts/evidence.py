"""The passages of the library nearest to a claim of a draft."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.library import Library
from assistant.records import Array, Chunk, Quote, Span, Speaker
from assistant.text.chunking import block_at, readable
from assistant.text.dates import date_in_words
from assistant.text.quoting import make_quote
from assistant.text.terms import content_terms, content_words, share_held, stem

CHUNKS_READ = 6
"""Of the chunks found for a claim, how many are read for passages."""
PASSAGES_KEPT = 6
WORDS_IN_COMMON = 0.3
"""What it adds to a passage's nearness that it holds all the claim's words."""
_LABELS = ("Organisation: ", "Who should act: ")
"""How a register's line begins that only labels its entry."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, list item or table row of the library beside a claim."""

    chunk: Chunk
    span: Span
    text: str
    """Its words so that they can be read on their own."""
    around: str
    """Its paragraph, headings, speaker, title and dates."""
    speaker: Speaker
    nearness: float
    """Cosine similarity of the two, and 0.3 times the share of the claim's words in common, by rarity; up to 1.3."""

    def quote(self, number: int, library: Library) -> Quote:
        """Return it as a citation."""
        document = library.generation.document(self.chunk.text_id)
        return make_quote(number, self.chunk, self.span, document, library.sources[self.chunk.document])


def find_passages(claim: str, before: str, library: Library, read_already: Sequence[Chunk] = ()) -> list[Passage]:
    """Return passages for a claim, nearest first.

    ``before`` is the sentence that the claim refers back to, if any; ``read_already`` are chunks that earlier claims
    rest on, since a paragraph mostly stays with the same ones.
    """
    vector = library.embedder.embed_question(claim)
    asked = f"{before} {claim}".strip()
    wide = library.embedder.embed_question(asked) if before else vector
    retriever = library.retriever
    chunks = {item.chunk.id: item.chunk for item in retriever.retrieve(asked, CHUNKS_READ, vector=wide)}
    chunks |= {chunk.id: chunk for chunk in read_already}
    rarities = {stem(word): retriever.rarity(word) for word in content_words(claim)}
    found = [
        _passage(chunk, span, meaning, rarities, library)
        for chunk, span, meaning in _sentences(list(chunks.values()), vector, wide, library)
    ]
    return sorted(found, key=lambda item: (-item.nearness, item.chunk.id, item.span))[:PASSAGES_KEPT]


def _sentences(
    chunks: Sequence[Chunk], vector: Array, wide: Array, library: Library
) -> Iterator[tuple[Chunk, Span, float]]:
    for chunk, vectors in zip(chunks, library.generation.sentence_vectors([c.id for c in chunks]), strict=True):
        document = library.generation.document(chunk.text_id)
        for span, own in zip(chunk.sentences, vectors, strict=True):
            is_label = chunk.part != "body" and document.text.startswith(_LABELS, span.start)
            if not is_label and block_at(document, span.start).kind not in ("table-header", "caption"):
                yield chunk, span, float(own @ vector + own @ wide) / 2


def _passage(chunk: Chunk, span: Span, meaning: float, rarities: dict[str, float], library: Library) -> Passage:
    document = library.generation.document(chunk.text_id)
    text = readable(document, span)
    block = block_at(document, span.start)
    source = library.sources[chunk.document]
    speaker = chunk.speakers[chunk.sentences.index(span)]
    around = (
        document.text[block.start : block.end],
        *chunk.section,
        *(source.title, source.publisher, date_in_words(source.published)),
        *(speaker.name, date_in_words(speaker.date)),
    )
    common = share_held(rarities, set(content_terms(text)))
    return Passage(chunk, span, text, "\n".join(around), speaker, meaning + WORDS_IN_COMMON * common)
