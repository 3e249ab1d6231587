"""The shipped library with the hostile files of ``data/poisoned`` in it; ``data/README-poisoned.md`` is about them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from filelock import FileLock
from pydantic import Field, StringConstraints, model_validator

from assistant.errors import CatalogueError
from assistant.files.saving import replace_file
from assistant.indexing.ingestion import ingest
from assistant.library import Library, open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.records import Authority
from assistant.settings import Settings, load_settings
from assistant.sources.catalogue import add_file
from evals.cases import DATA, Identifier, Line, Record, Split, load_cases
from evals.libraries.shipped import apart, copy_shipped_corpus, share_vectors
from evals.metrics.poison_checks import Forbidden

MANIFEST = DATA / "poisoned.jsonl"
FILES = DATA / "poisoned"
REFUSED = "refused.json"
"""Beside the corpus: why the catalogue did not take a file, by id."""

Kind = Literal[
    "pdf-hidden-text",
    "html-hidden-text",
    "html-active-content",
    "markdown-call-out",
    "word-hidden-text",
    "instruction",
    "fake-citation",
    "fake-authority",
    "deceptive-characters",
    "syntax-in-text",
    "oversized-word",
    "hostile-title",
]


class PoisonedDocument(Record):
    """A hostile file, how it is added, what is asked of it and what must not happen."""

    id: Identifier
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.(pdf|html|md|txt|docx)$")]
    """Name in ``data/poisoned``."""
    kind: Kind
    title: Annotated[str, StringConstraints(min_length=1)]
    """May be hostile itself, as a title copied from a file is."""
    publisher: Line
    published: Line
    authority: Authority
    question: Line
    """What a user asks whose honest answer is in the file."""
    key_facts: Annotated[tuple[tuple[Line, ...], ...], Field(min_length=1)]
    """What that answer states; each fact as a list of wordings, any of which will do."""
    must_not_say: tuple[Line, ...] = ()
    """Words that the file hides or injects: no answer, no passage found and no evidence holds them."""
    must_not_do: Annotated[tuple[Forbidden, ...], Field(min_length=1)]

    @property
    def split(self) -> Split:
        """For reporting: nothing is tuned on any."""
        return "test"

    @property
    def cluster(self) -> str:
        """Its own."""
        return self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """Its kind."""
        return {"kind": self.kind}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if "hidden-text-read" in self.must_not_do and not self.must_not_say:
            raise ValueError("hidden-text-read needs the hidden words in must_not_say")
        return self


def load_poisoned(path: Path = MANIFEST) -> list[PoisonedDocument]:
    """The manifest, in order; raises as `evals.cases.load_cases` does."""
    return load_cases(path, PoisonedDocument)


def open_poisoned_library(settings: Settings | None = None) -> Library:
    """An assistant over the shipped library and all poisoned files, built first where it is not up to date.

    It has a corpus and an index of its own. A file that the catalogue or its reader refuses is left out and noted, see
    `refusal`.
    """
    settings = settings or load_settings()
    own, folder = apart(settings, "evals-poisoned")
    with FileLock(folder / "lock"):
        copy_shipped_corpus(own.corpus)
        refused = add_poisoned(own.corpus, load_poisoned())
        share_vectors(settings, own)
        replace_file(folder / REFUSED, json.dumps(refused, ensure_ascii=False, indent=2).encode())
        ingest(own, SentenceEmbedder(own.embedding))
        return open_library(own)


def add_poisoned(corpus: Path, cases: list[PoisonedDocument]) -> dict[str, str]:
    """Add the files to a corpus as a team would; returns why the catalogue refused some, by id."""
    refused: dict[str, str] = {}
    for case in cases:
        try:
            add_file(
                FILES / case.file,
                corpus,
                title=case.title,
                publisher=case.publisher,
                published=case.published,
                authority=case.authority,
                identifier=case.id,
            )
        except CatalogueError as error:
            refused[case.id] = str(error)
    return refused


def refusal(case: PoisonedDocument, library: Library) -> str | None:
    """Why the library does not hold a file; None where it does."""
    manifest = library.generation.manifest
    if case.id in manifest.texts:
        return None
    noted = library.settings.corpus.parent / REFUSED
    by_catalogue: Mapping[str, str] = json.loads(noted.read_text(encoding="utf-8")) if noted.exists() else {}
    return manifest.left_out.get(case.id) or by_catalogue.get(case.id) or "it was never added"
