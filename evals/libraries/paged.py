"""The shipped library as publications with pages.

The shipped summaries have no pages, so each is set here as its publisher might have printed it and stands in for its
original in a library of its own.
"""

from __future__ import annotations

import hashlib
import itertools
import shutil
from pathlib import Path

from filelock import FileLock

from assistant.indexing.ingestion import ingest
from assistant.library import Library, open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.reading import READER_VERSION, read_bytes
from assistant.settings import Settings
from assistant.sources.catalogue import add_file, load_catalogue
from evals.libraries.shipped import REPOSITORY, SHIPPED, apart, copy_shipped_corpus, share_vectors
from evals.making import publications
from evals.making.publications import STYLES, publish


def open_paged_library(settings: Settings) -> Library:
    """An assistant over the shipped library as publications with pages, built first where it is not up to date."""
    return open_library(paged_settings(settings))


def paged_settings(settings: Settings) -> Settings:
    """The settings with a corpus and an index folder that hold the publications; builds or updates both."""
    own, folder = apart(settings, "evals-paged")
    with FileLock(folder / "lock"):
        made, digest = folder / "made-from", _made_from()
        if not made.exists() or made.read_text() != digest:
            made.unlink(missing_ok=True)
            copy_shipped_corpus(own.corpus)
            print_library(own.corpus, folder / "publications")
            made.write_text(digest)
        share_vectors(settings, own)
        ingest(own, SentenceEmbedder(own.embedding))
    return own


def paged_files(settings: Settings) -> dict[str, Path]:
    """The publications of the paged library by document id; the labels of each stand in a JSON file beside it."""
    return {path.stem: path for path in sorted((apart(settings, "evals-paged")[1] / "publications").glob("*.pdf"))}


def print_library(corpus: Path, folder: Path) -> None:
    """Set every summary of a corpus as ``folder/<id>.pdf``, and add it to the corpus in its original's place."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sources = [source for source in load_catalogue(corpus) if source.summary]
    for source, style in zip(sources, itertools.cycle(STYLES), strict=False):
        document = read_bytes((corpus / str(source.summary)).read_bytes())
        path = folder / f"{source.id}.pdf"
        publish(document, source, style, path)
        add_file(
            path,
            corpus,
            identifier=source.id,
            title=source.title,
            publisher=source.publisher,
            published=source.published,
            authority=source.authority,
        )


def _made_from() -> str:
    """SHA-256 over what the publications depend on, in hexadecimal."""
    shipped = [REPOSITORY / "corpus" / name for name in SHIPPED]
    files = [
        Path(__file__),
        Path(publications.__file__),
        *(file for path in shipped for file in (sorted(path.rglob("*")) or [path])),
    ]
    digest = hashlib.sha256(READER_VERSION.encode())
    for file in files:
        if file.is_file():
            digest.update(f"\n{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()
