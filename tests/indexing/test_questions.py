"""Authored questions find their paragraphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import CatalogueError
from assistant.index import IndexStore
from assistant.indexing.ingestion import ingest
from assistant.indexing.questions import load_questions, nearest, place_questions, questions_path
from assistant.reading.markdown.reader import read_markdown
from assistant.records import LibraryText
from assistant.sources.catalogue import load_catalogue
from assistant.text.chunking import chunk_text
from tests.embedders import HashEmbedder
from tests.library_making import make_library

SHIPPED = Path(__file__).parents[2] / "corpus"


@pytest.mark.parametrize(
    "source", [item for item in load_catalogue(SHIPPED) if item.summary], ids=lambda source: source.id
)
def test_every_authored_question_has_its_place(source) -> None:  # type: ignore[no-untyped-def]
    document = read_markdown((SHIPPED / source.summary).read_bytes())
    text = LibraryText(source, "summary", "body", document, "")
    chunks = chunk_text(text, 220, lambda items: [len(item.split()) * 2 for item in items])
    placed, problems = place_questions(load_questions(questions_path(SHIPPED, source.id)), document, chunks)
    assert problems == []
    assert placed
    assert all(place.chunks for place in placed.values())


def test_the_nearest_chunk_is_found_by_its_text_or_by_a_sentence() -> None:
    east, north = np.array([1, 0], dtype=np.float32), np.array([0, 1], dtype=np.float32)
    whole, sentences = np.stack([east, east]), [np.stack([east]), np.stack([east, north])]
    assert nearest(north, (0, 1), whole, sentences) == 1
    assert nearest(east, (1,), whole, sentences) == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [('[[section]]\nid = "a"\nquestions = []', r"section\.0\.questions"), ("[[section]", "not valid TOML")],
    ids=["empty", "toml"],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_questions(path)


def test_no_file_means_no_questions(tmp_path: Path) -> None:
    assert load_questions(tmp_path / "none.toml").section == ()


@pytest.mark.parametrize("name", ["registers/precedents.toml", "questions/harbour-plan.toml"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"cannot be read \("),
        (b"\xff", "is not valid TOML"),
        (b"x = " + b"[" * 50_000, "is not valid TOML"),
        (b"precedent = 3\nsection = 3", "(expected|found)"),
    ],
    ids=["folder", "no-text", "deep", "number"],
)
def test_a_broken_file_is_one_line_and_leaves_the_index_as_it_was(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    settings = make_library(tmp_path)
    version = ingest(settings, HashEmbedder()).library_version
    path = settings.corpus / name
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(CatalogueError, match=rf"{path.name}.*{message}") as caught:
        ingest(settings, HashEmbedder())
    assert "\n" not in str(caught.value)
    manifest = IndexStore(settings.index).manifest()
    assert manifest is not None
    assert manifest.library_version == version
