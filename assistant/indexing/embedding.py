"""Third step: texts are cut into chunks and embedded, each with the questions that it answers.

They are embedded in groups, so that no more than a few are in memory at once, however large the library is. While one
group is embedded, the next is read and cut.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from assistant.index import ChunkVectors, TextEntry
from assistant.indexing.building import Build
from assistant.indexing.questions import (
    Placed,
    load_questions,
    nearest,
    nearest_sentence,
    nearest_to_both,
    place_questions,
    questions_path,
)
from assistant.indexing.reading import read_paths
from assistant.models.embedding import Embedder
from assistant.records import Array, Chunk, Document, LibraryText
from assistant.settings import ReadingSettings
from assistant.text.chunking import assign_questions, chunk_text, embedded_text, sentence_texts

AT_ONCE = 16_384
"""Chunks, sentences and questions from which on a group is full; the shipped library has fewer."""

TEXTS_AT_ONCE = 16
"""Texts that go to another process together to be cut."""

Embed = Callable[[Sequence[str], Callable[[int], None] | None], Array]
"""Returns the vectors of texts; the second argument gets how many more are embedded."""


@dataclass(frozen=True)
class _Cut:
    """A chunked text, with what to embed for each chunk and the questions that they may answer."""

    text: LibraryText
    chunks: list[Chunk]
    whole: list[str]
    sentences: list[list[str]]
    questions: Mapping[str, Placed]
    """Where each authored question is answered: in the guide, where there is one."""
    guide: list[str]
    """For an original: what is embedded for the chunks of its summary, whose questions it inherits."""
    problems: tuple[str, ...]

    def texts(self) -> Iterable[str]:
        """Return all of its texts to embed."""
        return itertools.chain(self.whole, *self.sentences, self.questions, self.guide)


@dataclass(frozen=True)
class _Cutting:
    """All that cutting a text depends on besides the text; other processes get it, and so no secret of the settings."""

    corpus: Path
    reading: ReadingSettings
    chunk_tokens: int
    embedder: Embedder

    def cut_each(self, texts: Iterable[LibraryText]) -> Iterator[_Cut]:
        """Yield each text in chunks."""
        return map(self._cut, texts)

    def _cut(self, text: LibraryText) -> _Cut:
        chunks = self._chunks(text)
        questions: Mapping[str, Placed] = {}
        guide: list[str] = []
        problems: list[str] = []
        path = questions_path(self.corpus, text.source.id, text.part)
        if text.part != "body":
            own = load_questions(path).of_sections({chunk.anchor for chunk in chunks})
            questions, problems = place_questions(own, text.document, chunks)
        elif chunks and path.exists():
            told, told_chunks = text.document, chunks
            if text.form == "original" and text.source.summary:
                summary = self.corpus / text.source.summary
                read = read_paths([summary], self.reading)[summary]
                if isinstance(read, Document):
                    told_chunks = self._chunks(LibraryText(text.source, "summary", "body", read, ""))
                    told, guide = read, [embedded_text(chunk) for chunk in told_chunks]
            questions, problems = place_questions(load_questions(path), told, told_chunks)
        whole = [embedded_text(chunk) for chunk in chunks]
        sentences = [sentence_texts(chunk, text.document) for chunk in chunks]
        return _Cut(text, chunks, whole, sentences, questions, guide, tuple(problems))

    def _chunks(self, text: LibraryText) -> list[Chunk]:
        return chunk_text(text, self.chunk_tokens, self.embedder.count_tokens)


@dataclass(frozen=True)
class Embedded:
    """A text ready for the index."""

    text: LibraryText
    chunks: list[Chunk]
    vectors: ChunkVectors
    problems: tuple[str, ...]
    is_complete: bool
    """False where the next run should try again to have questions written."""

    def entry(self, fingerprint: str) -> TextEntry:
        """Return what the manifest says of it."""
        text, vectors = self.text, self.vectors
        return TextEntry(
            id=text.id,
            document=text.source.id,
            part=text.part,
            form=text.form,
            authority=text.source.authority,
            authorities=tuple(sorted({who.authority for chunk in self.chunks for who in chunk.speakers})),
            status=text.source.status,
            published=text.source.published,
            title=text.source.title,
            publisher=text.source.publisher,
            fingerprint=fingerprint,
            chunks=len(self.chunks),
            sentences=sum(map(len, vectors.sentences)),
            questions=sum(map(len, vectors.questions)),
            problems=(*text.document.problems, *self.problems),
            digest=text.digest,
        )


def embed_texts(texts: Iterable[LibraryText], count: int, build: Build, embed: Embed) -> Generator[Embedded]:
    """Yield the chunks and vectors of each text; ``count`` is how many texts there are."""
    done = cut = found = 0
    is_wanted = True

    def advance(more: int) -> None:
        nonlocal done
        done += more
        if not is_wanted:
            raise InterruptedError
        build.progress("embedding", done, found * count // cut)  # until all are cut, about

    def begin(words: Sequence[str], on_progress: Callable[[int], None] | None) -> Future[Array]:
        return pool.submit(copy_context().run, embed, words, on_progress)

    with ThreadPoolExecutor(1, "embedding") as pool:
        before: tuple[list[_Cut], list[str], Future[Array]] | None = None
        try:
            for cuts, words in _groups(texts, build):
                cut, found = cut + len(cuts), found + len(words)
                now = cuts, words, begin(words, advance)
                if before:
                    yield from _embedded(*before, build, begin)
                before = now
            if before:
                yield from _embedded(*before, build, begin)
        finally:
            is_wanted = False


def _groups(texts: Iterable[LibraryText], build: Build) -> Iterator[tuple[list[_Cut], list[str]]]:
    """Yield chunked texts with all that there is to embed for them, each once."""
    cuts: list[_Cut] = []
    words: dict[str, None] = {}
    settings = build.settings
    cutting = _Cutting(settings.corpus, settings.reading, settings.chunking.chunk_tokens, build.embedder)
    with closing(build.workers.spread(cutting.cut_each, texts, TEXTS_AT_ONCE)) as cut:
        for one in cut:
            cuts.append(one)
            words |= dict.fromkeys(one.texts())
            if len(words) >= AT_ONCE:
                yield cuts, list(words)
                cuts, words = [], {}
    if cuts:
        yield cuts, list(words)


def _embedded(
    cuts: Iterable[_Cut],
    words: Sequence[str],
    embedding: Future[Array],
    build: Build,
    begin: Callable[[Sequence[str], None], Future[Array]],
) -> Iterator[Embedded]:
    vectors = dict(zip(words, embedding.result(), strict=True))
    dimensions = build.embedder.identity.dimensions

    def stack(items: Sequence[str]) -> Array:
        return np.stack([vectors[item] for item in items]) if items else np.empty((0, dimensions), dtype=np.float32)

    for cut in cuts:
        whole, sentences, guide = stack(cut.whole), [stack(own) for own in cut.sentences], stack(cut.guide)
        answered: dict[int, dict[str, int]] = {}
        for question, place in cut.questions.items():
            vector, start = vectors[question], place.start
            if cut.guide:
                told = place.chunks[int(np.argmax(guide[list(place.chunks)] @ vector))]
                number, start = nearest_to_both(vector, guide[told], whole, sentences), None
            else:
                number = nearest(vector, place.chunks, whole, sentences)
            if start is None:
                start = nearest_sentence(vector, cut.chunks[number], sentences[number])
            answered.setdefault(number, {})[question] = start
        problems, is_complete = cut.problems, True
        if build.question_writer is not None:
            unasked = {number: chunk for number, chunk in enumerate(cut.chunks) if number not in answered}
            written = build.question_writer.write(unasked, partial(build.progress, f"questions for {cut.text.id}"))
            problems, is_complete = (*problems, *written.problems), written.is_complete
            for number, own in written.questions.items():
                vectors.update(zip(own, begin(own, None).result(), strict=True))
                answered[number] = {
                    question: nearest_sentence(vectors[question], cut.chunks[number], sentences[number])
                    for question in own
                }
        chunks = assign_questions(cut.chunks, answered)
        questions = tuple(stack(chunk.questions) for chunk in chunks)
        yield Embedded(cut.text, chunks, ChunkVectors(whole, tuple(sentences), questions), problems, is_complete)
