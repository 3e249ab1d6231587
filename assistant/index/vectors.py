"""Approximate nearest vectors from Chroma: embedded in a generation's folder, or on a server.

An id in Chroma is the row of the vector in the generation's ``vectors.f32``, so a query fetches no metadata. Filters
never reach Chroma: with a metadata filter it takes 36 ms at 100,000 chunks, against 1 ms without.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexNotFoundError, LibraryIndexError
from assistant.index.layout import CHROMA_DATABASE
from assistant.records import Array

if TYPE_CHECKING:  # slow to load
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.config import Settings


EMBEDDED_COLLECTION = "vectors"
HNSW: CreateHNSWConfiguration = {
    "space": "ip",  # vectors have unit length, so this is the cosine without dividing again
    "ef_construction": 128,
    "max_neighbors": 24,
    "ef_search": 100,
    # Write each batch at once: what stays below the threshold is inserted again at every opening.
    "batch_size": 2,
    "sync_threshold": 2,
}
_BATCH = 5000
# Chroma keeps one shared system per path in a plain dictionary, which two threads must not fill at once. A thread that
# opens one may also close an unused generation.
_clients = threading.RLock()


class Vectors:
    """One collection of vectors."""

    def __init__(self, client: Client, name: str, where: str, *, create: bool = False) -> None:
        self._client = client
        self._where = where
        with _errors(where):
            if create:
                self._collection = client.create_collection(name, configuration={"hnsw": HNSW}, embedding_function=None)
            else:
                self._collection = client.get_collection(name, embedding_function=None)
            self._batch = min(_BATCH, client.get_max_batch_size())

    def add(self, rows: Sequence[int], vectors: Array, done: Callable[[int], None]) -> None:
        """Insert vectors ``(len(rows), dim)``; ``done`` gets how many more are in after each batch."""
        # Even batches: a last one of a single vector would stay below the threshold for writing.
        batches = max(1, -(-len(rows) // self._batch))
        edges = [len(rows) * index // batches for index in range(batches + 1)]
        for start, end in pairwise(edges):
            if start < end:
                with _errors(self._where):
                    self._collection.add(ids=[str(row) for row in rows[start:end]], embeddings=vectors[start:end])
                done(end - start)

    def delete(self, rows: Sequence[int]) -> None:
        """Remove vectors."""
        for start in range(0, len(rows), self._batch):
            with _errors(self._where):
                self._collection.delete(ids=[str(row) for row in rows[start : start + self._batch]])

    def count(self) -> int:
        """Return how many vectors there are."""
        with _errors(self._where):
            return self._collection.count()

    def nearest(self, vector: Array, n: int) -> NDArray[np.int64]:
        """Return the rows of about the ``n`` nearest vectors, nearest first."""
        with _errors(self._where):
            found = self._collection.query(query_embeddings=vector[np.newaxis], n_results=n, include=[])
        return np.fromiter(map(int, found["ids"][0]), dtype=np.int64)

    def close(self) -> None:
        """Release files, threads and connections, unless another client of this process uses them too."""
        close(self._client)


def open_embedded(folder: Path, *, create: bool = False) -> Vectors:
    """Open the vectors in a generation's folder."""
    import chromadb

    with _clients, _errors(str(folder)):
        client = cast("Client", chromadb.PersistentClient(str(folder), settings=_settings()))
    return _collection(client, EMBEDDED_COLLECTION, str(folder), create=create)


def compact(folder: Path) -> None:
    """Free what Chroma's database no longer needs, which is much after a build: it is copied at every opening."""
    with contextlib.closing(sqlite3.connect(folder / CHROMA_DATABASE, isolation_level=None)) as database:
        database.execute("VACUUM")


def open_server(url: str, collection: str, *, create: bool = False) -> Vectors:
    """Open the vectors that a Chroma server keeps for a generation."""
    return _collection(_server(url), collection, url, create=create)


def delete_from_server(url: str, collection: str) -> None:
    """Delete a collection, if it exists."""
    from chromadb.errors import NotFoundError

    client = _server(url)
    try:
        with _errors(url), contextlib.suppress(NotFoundError):
            client.delete_collection(collection)
    finally:
        close(client)


def server_collection(generation: str) -> str:
    """Return the name of a generation's collection."""
    return f"steward-{generation}"


def close(client: Client) -> None:
    """Close a client of Chroma."""
    with _clients:
        client.close()
        # Chroma 1.5 leaves its HTTP connections open, and has a second client inside the first.
        for server in (client._server, getattr(client._admin_client, "_server", None)):
            if session := getattr(server, "_session", None):
                session.close()


def _collection(client: Client, name: str, where: str, *, create: bool) -> Vectors:
    try:
        return Vectors(client, name, where, create=create)
    except BaseException:
        close(client)
        raise


def _server(url: str) -> Client:
    import chromadb

    with _clients, _errors(url):
        return cast("Client", chromadb.HttpClient(host=url, settings=_settings()))


def _settings() -> Settings:
    from chromadb.config import Settings

    # Without `_env_file` Chroma reads a `.env` that belongs to other programs.
    values: dict[str, Any] = {"anonymized_telemetry": False, "_env_file": None}
    return Settings(**values)


@contextlib.contextmanager
def _errors(where: str) -> Iterator[None]:
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise IndexNotFoundError(
            f"Chroma at {where} does not have these vectors ({error}). Run `steward ingest` to build the index again."
        ) from error
    except (ChromaError, httpx.HTTPError, ValueError) as error:
        raise LibraryIndexError(
            f"Chroma at {where} failed: {error}. For a server, check that it runs and that "
            "STEWARD_INDEX__CHROMA_URL is its address; for a folder, build the index again with `steward "
            "ingest --rebuild`."
        ) from error
