"""Approximate nearest vectors from Chroma: embedded in a generation's folder, or on a server.

An id in Chroma is the row of the vector in the generation's ``vectors.f32``, so a query fetches no metadata. Filters
never reach Chroma: with a metadata filter it takes 36 ms at 100,000 chunks, against 1 ms without.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from assistant.errors import IndexNotFoundError, LibraryIndexError, VectorsUnavailableError
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
ANSWER_S = 2.0
"""Longest wait for a server that is searched, in seconds."""
RETRY_S = 5.0
"""Wait before a server that failed is asked again, in seconds."""
# Chroma keeps one shared system per path in a plain dictionary, which two threads must not fill at once. A thread that
# opens one may also close an unused generation.
_clients = threading.RLock()


class Vectors:
    """One collection of vectors."""

    def __init__(self, client: Client, name: str, where: Path | str, *, create: bool = False) -> None:
        """Take ``where`` as a folder, or as the address of a server, for errors."""
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

    def problem(self) -> str:
        """Return why vectors cannot be searched, as a clause; empty where they can, which it asks."""
        return ""

    def close(self) -> None:
        """Release files, threads and connections, unless another client of this process uses them too."""
        close(self._client)


class ServerVectors(Vectors):
    """Vectors that a Chroma server keeps, to be searched; one that failed is left alone for a few seconds."""

    def __init__(self, client: Client, name: str, where: Path | str) -> None:
        """Take an existing collection."""
        super().__init__(client, name, where)
        # The client waits without end.
        client._server._session.timeout = ANSWER_S  # type: ignore[attr-defined]
        self._failed = ""
        self._not_before = 0.0
        self._state = threading.Lock()

    def nearest(self, vector: Array, n: int) -> NDArray[np.int64]:
        """Return the rows of about the ``n`` nearest vectors, nearest first.

        Raises:
            VectorsUnavailableError: the server does not answer, or did not a moment ago.
        """
        with self._asking():
            return super().nearest(vector, n)

    def problem(self) -> str:
        """Return why vectors cannot be searched, as a clause; empty where they can, which it asks."""
        with contextlib.suppress(VectorsUnavailableError), self._asking(), _errors(self._where):
            self._client.heartbeat()
        return "the Chroma server does not answer" if self._failed else ""

    @contextlib.contextmanager
    def _asking(self) -> Iterator[None]:
        """Ask the server, unless it failed a moment ago; then one thread tries, and the others do not wait for it."""
        with self._state:
            if self._failed and time.monotonic() < self._not_before:
                raise VectorsUnavailableError(self._failed)
            self._not_before = time.monotonic() + RETRY_S
        failed = ""
        try:
            yield
        except VectorsUnavailableError as error:
            failed = str(error)
            raise
        finally:
            self._note(failed)

    def _note(self, failed: str) -> None:
        with self._state:
            was, self._failed = self._failed, failed
            self._not_before = time.monotonic() + RETRY_S
        log = logging.getLogger(__name__)
        if failed and not was:
            log.warning("%s Until it answers, vectors are compared on this machine, which has them too.", failed)
        elif was and not failed:
            log.warning("Chroma at %s answers again.", self._where)


def open_embedded(folder: Path, *, create: bool = False) -> Vectors:
    """Open the vectors in a generation's folder."""
    import chromadb

    with _clients, _errors(folder):
        client = cast("Client", chromadb.PersistentClient(str(folder), settings=_settings()))
    return _opened(client, lambda: Vectors(client, EMBEDDED_COLLECTION, folder, create=create))


def compact(folder: Path) -> None:
    """Free what Chroma's database no longer needs, which is much after a build: it is copied at every opening."""
    with contextlib.closing(sqlite3.connect(folder / CHROMA_DATABASE, isolation_level=None)) as database:
        database.execute("VACUUM")


def open_server(url: str, collection: str, *, create: bool = False) -> Vectors:
    """Open the vectors that a Chroma server keeps for a generation."""
    client, where = _server(url), _without_password(url)
    if create:
        return _opened(client, lambda: Vectors(client, collection, where, create=True))
    return _opened(client, lambda: ServerVectors(client, collection, where))


def delete_from_server(url: str, collection: str) -> None:
    """Delete a collection, if it exists."""
    from chromadb.errors import NotFoundError

    client = _server(url)
    try:
        with _errors(_without_password(url)), contextlib.suppress(NotFoundError):
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


def _opened(client: Client, collection: Callable[[], Vectors]) -> Vectors:
    try:
        return collection()
    except BaseException:
        close(client)
        raise


def _server(url: str) -> Client:
    import chromadb
    import httpx
    from chromadb.api.base_http_client import BaseHTTPClient

    with _clients, _errors(_without_password(url)):
        # The client would wait without end for a server that accepts connections and never answers.
        httpx.get(BaseHTTPClient.resolve_url(url), timeout=ANSWER_S)
        return cast("Client", chromadb.HttpClient(host=url, settings=_settings()))


def _without_password(url: str) -> str:
    return re.sub("//[^/]*@", "//", url)


def _settings() -> Settings:
    from chromadb.config import Settings

    # Without `_env_file` Chroma reads a `.env` that belongs to other programs.
    values: dict[str, Any] = {"anonymized_telemetry": False, "_env_file": None}
    return Settings(**values)


@contextlib.contextmanager
def _errors(where: Path | str) -> Iterator[None]:
    import httpx
    from chromadb.errors import ChromaError, NotFoundError

    try:
        yield
    except NotFoundError as error:
        raise IndexNotFoundError(
            f"Chroma at {where} does not have these vectors ({error}). Run `steward ingest` to build the index again."
        ) from error
    except (ChromaError, httpx.HTTPError, ValueError) as error:
        if isinstance(where, Path):
            raise LibraryIndexError(
                f"Chroma in {where} failed: {error}. Build the index again with `steward ingest --rebuild`."
            ) from error
        said = str(error).rstrip(".")
        raise VectorsUnavailableError(
            f"Chroma at {where} failed: {said}. Check that it runs and that STEWARD_INDEX__CHROMA_URL is its address."
        ) from error
