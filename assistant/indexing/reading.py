"""Second step: changed texts are read, each file in its own process."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from assistant.errors import DocumentError
from assistant.indexing.building import Build
from assistant.indexing.planning import Planned, file_digest
from assistant.reading.sandbox import read_files
from assistant.records import Document, LibraryText
from assistant.registers.entries import load_registers
from assistant.registers.texts import register_texts
from assistant.settings import ReadingSettings

FILES_AT_ONCE = 16
"""Files that go to another process together: starting a reader takes as long as reading some."""


def read_texts(changed: Sequence[Planned], build: Build, left_out: dict[str, str]) -> Generator[LibraryText]:
    """Yield the changed texts as they are read; an unreadable original is replaced by its summary.

    ``left_out`` gets why a file is not among them, by text id, unless it says so already.
    """
    bodies = [item for item in changed if item.part == "body"]
    summaries = set(_summaries(build).values())
    known: dict[Path, Document | DocumentError] = {}
    read_all = partial(read_files, limits=build.settings.reading)
    with closing(build.workers.spread(read_all, [item.path for item in bodies], FILES_AT_ONCE)) as read:
        for number, (item, (path, document)) in enumerate(zip(bodies, read, strict=True), 1):
            build.progress("reading", number, len(bodies))
            form = item.form
            if path in summaries:
                known[path] = document
            if isinstance(document, DocumentError):
                left_out.setdefault(item.id, str(document))
                summary = build.settings.corpus / str(item.source.summary)
                if form == "summary" or item.source.summary is None:
                    continue
                document, form = read_paths([summary], build.settings.reading)[summary], "summary"
                if isinstance(document, DocumentError):
                    continue
            yield LibraryText(item.source, form, "body", document, file_digest(item.path))
    if len(bodies) < len(changed):
        wanted = {item.id for item in changed}
        yield from (text for text in _registers(build, known) if text.id in wanted)


def _registers(build: Build, known: Mapping[Path, Document | DocumentError]) -> list[LibraryText]:
    """Return the texts of the registers, which name places in the summaries; those read already are ``known``."""
    sources = {source.id: source for source in build.sources}
    paths = _summaries(build)
    read = {**known, **read_paths([path for path in paths.values() if path not in known], build.settings.reading)}
    summaries = {name: document for name, path in paths.items() if isinstance(document := read[path], Document)}
    return register_texts(load_registers(build.settings.corpus), sources, summaries)


def _summaries(build: Build) -> dict[str, Path]:
    return {item.id: build.settings.corpus / item.summary for item in build.sources if item.summary}


def read_paths(paths: Sequence[Path], limits: ReadingSettings) -> dict[Path, Document | DocumentError]:
    """Return what each file holds, or why it cannot be read."""
    return dict(read_files(list(dict.fromkeys(paths)), limits))
