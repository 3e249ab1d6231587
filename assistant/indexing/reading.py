"""Second step: changed texts are read, each file in its own process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.errors import DocumentError
from assistant.indexing.building import Build
from assistant.indexing.planning import Planned, file_digest
from assistant.reading.sandbox import read_files
from assistant.records import Document, LibraryText
from assistant.registers.entries import load_registers
from assistant.registers.texts import register_texts


def read_texts(changed: Sequence[Planned], build: Build) -> tuple[list[LibraryText], dict[str, str]]:
    """Return the changed texts, and why a file was left out; an unreadable original is replaced by its summary."""
    left_out: dict[str, str] = {}
    texts: list[LibraryText] = []
    bodies = [item for item in changed if item.part == "body"]
    documents = read_paths([item.path for item in bodies], build)
    for item in bodies:
        document, form = documents[item.path], item.form
        if isinstance(document, DocumentError):
            left_out[item.id] = str(document)
            summary = build.settings.corpus / str(item.source.summary)
            if form == "summary" or item.source.summary is None:
                continue
            document, form = read_paths([summary], build)[summary], "summary"
            if isinstance(document, DocumentError):
                continue
        texts.append(LibraryText(item.source, form, "body", document, file_digest(item.path)))
    if len(bodies) < len(changed):
        wanted = {item.id for item in changed}
        texts += [text for text in _registers(build, documents) if text.id in wanted]
    return texts, left_out


def _registers(build: Build, known: Mapping[Path, Document | DocumentError]) -> list[LibraryText]:
    """Return the texts of the registers, which name places in the summaries; those read already are ``known``."""
    sources = {source.id: source for source in build.sources}
    paths = {item.id: build.settings.corpus / item.summary for item in build.sources if item.summary}
    read = {**known, **read_paths([path for path in paths.values() if path not in known], build)}
    summaries = {name: document for name, path in paths.items() if isinstance(document := read[path], Document)}
    return register_texts(load_registers(build.settings.corpus), sources, summaries)


def read_paths(paths: Sequence[Path], build: Build) -> dict[Path, Document | DocumentError]:
    """Return what each file holds, or why it cannot be read."""
    documents: dict[Path, Document | DocumentError] = {}
    for path, document in read_files(list(dict.fromkeys(paths)), build.settings.reading):
        documents[path] = document
        build.progress("reading", len(documents), len(set(paths)))
    return documents
