"""Where the steps of a build are done: in this process, or on a Ray cluster.

A step gives one result for each item, in their order, which depends on that item alone. So it gives the same results
whether it gets all items here, or a few at a time in processes of several machines.
"""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol, TypeVar

from assistant.errors import AssistantError, ModelUnavailableError, SettingsError
from assistant.models.embedding import Embedder, embed_each
from assistant.reading import READER_VERSION
from assistant.records import Array, EmbeddingIdentity
from assistant.text.chunking import CHUNKER_VERSION

LOCAL = "local"
"""In place of an address: a cluster that is started on this machine, and ended with the build."""
RETRIES = 3
"""How often a task is tried again whose process or machine died."""
_VERSIONS = READER_VERSION, CHUNKER_VERSION

Item = TypeVar("Item")
Result = TypeVar("Result")


class Workers(Protocol):
    """Does the steps of a build."""

    def spread(
        self, step: Callable[[Iterable[Item]], Iterable[Result]], items: Iterable[Item], at_once: int
    ) -> Generator[Result]:
        """Yield the result of each item, in order; those that are done elsewhere go there ``at_once``."""

    def embed_each(
        self, embedder: Embedder, pieces: Sequence[Sequence[str]], on_progress: Callable[[int], None] | None
    ) -> Iterator[Array]:
        """Yield the vectors of each piece; see `assistant.models.embedding.embed_each`."""


class Here:
    """Does all in this process."""

    def spread(
        self, step: Callable[[Iterable[Item]], Iterable[Result]], items: Iterable[Item], at_once: int
    ) -> Generator[Result]:
        """Yield the result of each item, in order."""
        yield from step(items)

    embed_each = staticmethod(embed_each)


class RayWorkers:
    """Does the steps as tasks of a Ray cluster, which tries those again that a dead process or machine leaves."""

    def __init__(self, ray: Any, folders: Sequence[Path]) -> None:
        """Take the module ``ray``, connected, and the folders that every machine must have; the first is ours."""
        self._ray = ray
        self._folders = tuple(folder.absolute() for folder in folders)
        self._task = ray.remote(max_retries=RETRIES)(_do)

    def spread(
        self, step: Callable[[Iterable[Item]], Iterable[Result]], items: Iterable[Item], at_once: int
    ) -> Generator[Result]:
        """Yield the result of each item, in order; twice as many tasks as there are processors are under way."""
        packed, rest = pickle.dumps(step), iter(items)
        parts = iter(lambda: list(islice(rest, at_once)), [])
        tasks = (self._task.remote(packed, self._folders, _VERSIONS, part) for part in parts)
        waiting = deque(islice(tasks, 2 * max(1, int(self._ray.cluster_resources().get("CPU", 1)))))
        while waiting:
            results = self._result(waiting.popleft())
            waiting.extend(islice(tasks, 1))
            yield from results

    def embed_each(
        self, embedder: Embedder, pieces: Sequence[Sequence[str]], on_progress: Callable[[int], None] | None
    ) -> Iterator[Array]:
        """Yield the vectors of each piece, which is a task."""
        vectors = self.spread(partial(_embed_same, embedder, embedder.identity), pieces, 1)
        for piece, own in zip(pieces, vectors, strict=True):
            if on_progress is not None:
                on_progress(len(piece))
            yield own

    def _result(self, task: Any) -> Any:
        try:
            return self._ray.get(task)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, AssistantError):
                raise error.cause from None
            raise
        except self._ray.exceptions.RayError as error:
            raise AssistantError(
                f"A task on the Ray cluster failed, and {RETRIES} retries too: {str(error).splitlines()[0]} Check the "
                "memory and disk of its machines, then run `steward ingest` again: vectors that are there are kept."
            ) from error


@contextmanager
def open_workers(cluster: str | None, corpus: Path) -> Iterator[Workers]:
    """Yield workers on the Ray cluster at this address, or this process where there is none.

    Raises:
        SettingsError: Ray is not installed, or the cluster cannot be reached.
    """
    if cluster is None:
        yield Here()
        return
    ray = _connect(cluster)
    try:
        yield RayWorkers(ray, (Path.cwd(), corpus))
    finally:
        ray.shutdown()


def _connect(cluster: str) -> Any:
    if cluster == LOCAL:  # before the import, which reads these: it reports nothing, and listens on loopback alone
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    try:
        import ray
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"--cluster needs the package {error.name}, which is not installed. Run `pip install "
            "'steward-assistant[ray]'`."
        ) from error
    try:
        if cluster == LOCAL:
            ray.init(address=LOCAL, include_dashboard=False, log_to_driver=False, logging_level=logging.WARNING)
        else:
            host, _, port = cluster.rpartition(":")
            socket.create_connection((host, int(port)), timeout=5).close()  # Ray itself tries for ten minutes
            ray.init(address=cluster, log_to_driver=False, logging_level=logging.WARNING)
    except Exception as error:  # Ray raises several that have nothing else in common
        raise SettingsError(
            f"The Ray cluster {cluster!r} cannot be used ({error}). --cluster takes HOST:PORT, of a cluster that this "
            f"machine has joined with `ray start --address HOST:PORT`, or {LOCAL}."
        ) from error
    return ray


# The rest runs in the cluster's processes.


def _do(packed: bytes, folders: Sequence[Path], versions: tuple[str, str], items: Sequence[Any]) -> list[Any]:
    here = socket.gethostname()
    if versions != _VERSIONS:
        raise SettingsError(f"The machine {here} runs another version of Steward. Install the same on all machines.")
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"The machine {here} has no folder {folder}. Share it with all under the same path.")
    os.chdir(folders[0])  # so that a relative path names the same file, also in messages
    return list(_unpacked(packed)(items))


@lru_cache(maxsize=8)
def _unpacked(packed: bytes) -> Callable[[Iterable[Any]], Iterable[Any]]:
    """Return the step; kept, since its model takes seconds to load."""
    step: Callable[[Iterable[Any]], Iterable[Any]] = pickle.loads(packed)  # noqa: S301 - the build's own
    return step


def _embed_same(embedder: Embedder, identity: EmbeddingIdentity, pieces: Iterable[Sequence[str]]) -> Iterator[Array]:
    if embedder.identity != identity:
        raise ModelUnavailableError(
            f"The machine {socket.gethostname()} has the embedding model {embedder.identity}, not {identity}. "
            "Install the same model and version of Steward on all machines."
        )
    return embed_each(embedder, pieces)
