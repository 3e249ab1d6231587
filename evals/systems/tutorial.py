"""The pipeline that LangChain's retrieval tutorial builds, as a floor: what a developer has after half an hour.

``RecursiveCharacterTextSplitter`` at 1,000 characters with 200 in common, all-MiniLM-L6-v2, Chroma, the four nearest
chunks. It gets the texts as Steward reads them, so it is spared the loss of a plain loader.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

import chromadb
from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from assistant.models.embedding import Embedder
from assistant.records import Span
from evals.metrics.support import Passage


class _Embeddings(Embeddings):
    """Our embedder as LangChain's."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, vector)) for vector in self._embedder.embed(texts)]

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, self._embedder.embed_question(text)))


class TutorialPipeline:
    """Splits, embeds and searches; everything is kept in memory."""

    answered_from = 4
    """How many chunks the tutorial hands to its prompt."""

    def __init__(self, texts: Mapping[str, str], embedder: Embedder) -> None:
        """``texts`` by text id."""
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
        chunks = splitter.split_documents([Document(text, metadata={"text_id": name}) for name, text in texts.items()])
        self.cut: Sequence[Passage] = [_passage(chunk) for chunk in chunks]
        # Chroma keeps one store in memory for the whole process: the collection needs a name of its own.
        settings = chromadb.config.Settings(anonymized_telemetry=False)
        self._store = Chroma(
            collection_name=f"tutorial-{uuid.uuid4().hex}",
            embedding_function=_Embeddings(embedder),
            client=chromadb.EphemeralClient(settings),
        )
        self._store.add_documents(chunks)

    def search(self, question: str, k: int) -> list[Passage]:
        """The ``k`` nearest chunks, nearest first."""
        return [_passage(chunk) for chunk in self._store.similarity_search(question, k=k)]


def _passage(chunk: Document) -> Passage:
    start = int(chunk.metadata["start_index"])
    return Passage(chunk.metadata["text_id"], Span(start, start + len(chunk.page_content)))
