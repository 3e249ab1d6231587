"""First step: which texts belong in the index, and what each depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.errors import DocumentError
from assistant.indexing.question_writing import QuestionWriter
from assistant.indexing.questions import questions_path
from assistant.models.embedding import Embedder
from assistant.reading import READER_VERSION
from assistant.records import Form, Part, Source
from assistant.registers.entries import Registers, load_registers
from assistant.settings import Settings
from assistant.sources.fetching import current_original
from assistant.text.chunking import chunking_identity


@dataclass(frozen=True, slots=True)
class Planned:
    """A text that belongs in the index: where it comes from and what it depends on."""

    id: str
    source: Source
    form: Form
    part: Part
    path: Path
    fingerprint: str
    problem: str = ""
    """Why the fetched original is not what is read."""


def plan_texts(
    sources: Iterable[Source], settings: Settings, embedder: Embedder, question_writer: QuestionWriter | None
) -> list[Planned]:
    """Return every text that the library can hold, with its fingerprint; originals without a summary wait until they
    are fetched.
    """
    asked = (question_writer.identity,) if question_writer else ()
    common = (READER_VERSION, repr(chunking_identity(settings.chunking)), repr(embedder.identity), *asked)
    registers = [settings.corpus / "registers" / name for name in ("recommendations.toml", "precedents.toml")]
    register_digest = "".join(file_digest(path) for path in registers if path.exists())
    planned = []
    for source in sources:
        if (body := _body(source, settings.corpus)) is None:
            continue
        path, form, problem = body
        questions = questions_path(settings.corpus, source.id)
        described = repr(replace(source, file=None))
        question_digest = file_digest(questions) if questions.exists() else ""
        parts = (file_digest(path), form, described, question_digest, *common)
        planned.append(Planned(source.id, source, form, "body", path, _fingerprint(*parts), problem))
    registered = load_registers(settings.corpus)
    by_id = {source.id: source for source in sources}
    for text_id in _register_ids(registered):
        document, part = text_id
        if document in by_id:
            # A document without a summary gives its title alone, which is in the description.
            summary = settings.corpus / (by_id[document].summary or f"registers/{part}.toml")
            questions = questions_path(settings.corpus, document, part)
            question_digest = file_digest(questions) if questions.exists() else ""
            described = repr(replace(by_id[document], file=None))
            print_ = _fingerprint(register_digest, question_digest, part, file_digest(summary), described, *common)
            planned.append(Planned(f"{document}/{part}", by_id[document], "summary", part, summary, print_))
    return planned


def _register_ids(registers: Registers) -> list[tuple[str, Part]]:
    recommended: list[tuple[str, Part]] = [(item.document, "recommendations") for item in registers.recommendations]
    told = [item.library_source for item in registers.precedents]
    tried: list[tuple[str, Part]] = [(item.document, "precedents") for item in told if item]
    return sorted(set(recommended + tried))


def _body(source: Source, corpus: Path) -> tuple[Path, Form, str] | None:
    """Return the file to read for a source: a user's own, else the fetched original, else the summary, else None.

    Also why not the original, where it is damaged; the summary, if there is one, then replaces it.
    """
    if source.file is not None:
        return corpus / source.file, "original", ""
    problem = ""
    try:
        if original := current_original(corpus, source.id):
            return original.path, "original", ""
    except DocumentError as error:
        problem = str(error)
    if source.summary is not None:
        return corpus / source.summary, "summary", problem
    # A damaged one without a summary is left out: there is no file at this path.
    return (corpus / "originals" / source.id / "damaged", "original", problem) if problem else None


def file_digest(path: Path) -> str:
    """Return the SHA-256 in hexadecimal; empty for an unreadable file, which costs that text alone later."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
