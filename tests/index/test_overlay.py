"""Texts laid over a generation: found, read and counted as in a build of the same texts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import LibraryIndexError
from assistant.index import Generation, IndexStore
from assistant.index.overlay import OverlaidText, Overlay
from assistant.settings import IndexSettings
from tests.index.index_making import DIMENSIONS, EMBEDDING, WORDS, Text, build, make_library, make_text, unit

CHANGED, NEW, GONE = "text-3", "text-12", "text-5"
FILTERS = {
    "none": None,
    "changed": frozenset({CHANGED}),
    "both": frozenset({CHANGED, NEW, "text-1"}),
    "gone": frozenset({GONE}),
    "held": frozenset({"text-1", "text-2"}),
}


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    """The texts as they are now."""
    library = {text.entry.id: text for text in make_library(12)} | {CHANGED: make_text(CHANGED, 6, 90)}
    return [text for name, text in library.items() if name != GONE] + [make_text(NEW, 5, 91)]


def opened(folder: Path, texts: list[Text]) -> Generation:
    store = IndexStore(IndexSettings(folder=folder))
    build(store, texts)
    return store.open(EMBEDDING)


def over(base: Generation, texts: list[Text]) -> Overlay:
    own = [OverlaidText(text.entry, text.document, text.chunks, text.vectors) for text in texts]
    return Overlay(base, [text for text in own if text.entry.id in (CHANGED, NEW)], {GONE})


@pytest.fixture(scope="module")
def built(texts: list[Text], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generation]:
    with opened(tmp_path_factory.mktemp("built"), texts) as generation:
        yield generation


@pytest.fixture(scope="module")
def overlay(texts: list[Text], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Overlay]:
    with over(opened(tmp_path_factory.mktemp("base"), make_library(12)), texts) as generation:
        yield generation


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_vectors_are_found_as_in_a_build(overlay: Overlay, built: Generation, wanted: frozenset[str] | None) -> None:
    for vector in unit(np.random.default_rng(5), 5, DIMENSIONS):
        hits = overlay.search_vectors(vector, 10, wanted)
        assert hits == built.search_vectors(vector, 10, wanted)
        ids = [hit.chunk_id for hit in reversed(hits)]
        assert overlay.compare_vectors(vector, ids) == hits[::-1]
    assert overlay.search_vectors(vector, 0) == []


@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_words_are_found_as_in_a_build(overlay: Overlay, built: Generation, wanted: frozenset[str] | None) -> None:
    for word in WORDS:
        found = {hit.chunk_id: hit.score for hit in overlay.search_words(word, 200, wanted)}
        expected = {hit.chunk_id: hit.score for hit in built.search_words(word, 200, wanted)}
        # What was removed still counts in how rare a word is, until the next build.
        assert found == pytest.approx(expected, rel=0.25)
    assert overlay.search_words("mission", 0, wanted) == []
    assert overlay.count_holding("mission", 500) == built.count_holding("mission", 500)


def test_every_text_reads_as_in_a_build(overlay: Overlay, built: Generation) -> None:
    assert set(overlay.manifest.texts.items()) == set(built.manifest.texts.items())
    assert overlay.manifest.library_version == built.manifest.library_version
    for name in built.manifest.texts:
        chunks = overlay.text_chunks(name)
        assert chunks == built.text_chunks(name) == overlay.chunks([chunk.id for chunk in chunks])
        assert overlay.text_chunks(name, 1, 2) == chunks[1:3]
        assert overlay.document(name) == built.document(name)
        ids = [chunk.id for chunk in chunks]
        assert [overlay.neighbours(id_) for id_ in ids] == [built.neighbours(id_) for id_ in ids]
        for read in ("sentence_vectors", "question_vectors"):
            for own, held in zip(getattr(overlay, read)(ids), getattr(built, read)(ids), strict=True):
                assert np.array_equal(own, held)


def test_a_copy_of_the_words_goes_with_its_overlay(texts: list[Text], tmp_path: Path) -> None:
    base = opened(tmp_path / "base", make_library(12))
    folder = base.folder.path
    before = set(folder.iterdir())
    first = over(base, texts)
    assert len(set(folder.iterdir()) - before) == 1
    del first
    assert set(folder.iterdir()) == before
    assert len(base.search_words("mission", 5)) == 5
    last = over(base, texts)
    last.close()
    assert base.is_closed
    assert last.is_closed
    assert not folder.exists()


def test_where_the_words_cannot_be_copied_it_says_so(
    texts: list[Text], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with opened(tmp_path / "base", make_library(12)) as base:
        monkeypatch.setattr("assistant.index.overlay.shutil.copytree", full)
        with pytest.raises(LibraryIndexError, match="cannot be copied: No space left"):
            over(base, texts)
