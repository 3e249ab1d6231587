"""The library that the evals ask: the shipped summaries and registers alone, whatever a team has fetched or added.

It has a copy of the corpus and an index of its own below the index folder, so results do not depend on the machine's
own library, and that library is left as it is.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from filelock import FileLock

from assistant.indexing.ingestion import ingest
from assistant.indexing.questions import questions_path
from assistant.library import Library, open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.settings import Settings, load_settings

SHIPPED = ("catalogue.toml", "digests", "commentary", "registers", "questions")
SHIPPED_FOLDER = "evals"
REPOSITORY = Path(__file__).parents[2]


def shipped_settings(settings: Settings) -> Settings:
    """The settings with a corpus and an index folder that hold the shipped library alone; builds or updates both."""
    own, folder = apart(settings, SHIPPED_FOLDER)
    with FileLock(folder / "lock"):
        copy_shipped_corpus(own.corpus)
        ingest(own, SentenceEmbedder(own.embedding))
    return own


def apart(settings: Settings, name: str) -> tuple[Settings, Path]:
    """The settings with a corpus and an index of their own in a folder below the index folder, and that folder."""
    # Inspect runs a task in the task file's folder: a relative path would lead elsewhere there.
    folder = REPOSITORY / settings.index.folder / name
    folder.mkdir(parents=True, exist_ok=True)
    index = settings.index.model_copy(update={"folder": folder / "index", "chroma_url": None})
    # Nor do the cases that a team keeps in a database of its own count.
    storage = settings.storage.model_copy(update={"url": None})
    return settings.model_copy(update={"corpus": folder / "corpus", "index": index, "storage": storage}), folder


def copy_shipped_corpus(corpus: Path) -> None:
    """Makes ``corpus`` a copy of the shipped one, in the place of whatever lay there."""
    shutil.rmtree(corpus, ignore_errors=True)
    corpus.mkdir()
    for name in SHIPPED:
        source = REPOSITORY / "corpus" / name
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, corpus / name)


def share_vectors(settings: Settings, own: Settings) -> None:
    """Takes over the vectors of the shipped library where it was built already: most texts are the same."""
    known, copy = (
        folder / "cache" / "vectors.sqlite"
        for folder in (apart(settings, SHIPPED_FOLDER)[0].index.folder, own.index.folder)
    )
    if known.exists() and not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(known)) as before, closing(sqlite3.connect(copy)) as after:
            before.backup(after)


def library_without_questions(settings: Settings, document: str | None = None, *, by_model: bool = False) -> Library:
    """The shipped library without the authored questions of a document, or without any.

    ``by_model``: the chat model of the settings writes some in their place.
    """
    own, _ = apart(settings, "evals-unasked" if document is None else "evals-partly-asked")
    copy_shipped_corpus(own.corpus)
    share_vectors(settings, own)
    if document is None:
        shutil.rmtree(own.corpus / "questions")
    else:
        questions_path(own.corpus, document).unlink()
    own = own.model_copy(update={"model": own.model.model_copy(update={"writes_questions": by_model})})
    ingest(own, SentenceEmbedder(own.embedding))
    return open_library(own)


def open_shipped_library(settings: Settings | None = None) -> Library:
    """An assistant over the shipped library, built first where it is not up to date."""
    return open_library(shipped_settings(settings or load_settings()))
