"""The road of a document from end to end: what changed is done again, and a build that is killed loses nothing."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from assistant.errors import IndexLockedError, IndexMismatchError, ModelUnavailableError
from assistant.index import IndexStore, manifest, store
from assistant.indexing import embedding
from assistant.indexing.ingestion import ingest
from assistant.settings import Settings
from assistant.sources.catalogue import add_file
from assistant.sources.fetching.store import Download, keep_original
from tests.embedders import HashEmbedder
from tests.library_making import add_waiting, make_library, open_library
from tests.reading.hostile_files import printed_pdf


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_library(tmp_path)


def first_words(settings: Settings, question: str) -> str:
    library = open_library(settings)
    try:
        return library.retriever.retrieve(question)[0].chunk.text
    finally:
        library.generation.close()


def test_a_library_is_built_and_searched(settings: Settings) -> None:
    report = ingest(settings, HashEmbedder())
    assert report.added == ("harbour-plan", "harbour-plan/precedents", "tide-report", "tide-report/recommendations")
    assert report.left_out == {}
    assert "40 boats" in first_words(settings, "How many boats will the office license?")
    library = open_library(settings)
    assert library.generation.glossary == {"VCLE": "voluntary, community and local enterprise"}
    library.generation.close()


def test_texts_embedded_in_groups_make_the_same_library(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    def progress(step: str, done: int, total: int) -> None:
        if step == "embedding":
            told.append((done, total))

    whole, grouped = HashEmbedder(), HashEmbedder()
    first = ingest(settings, whole, on_progress=progress)
    assert told[-1] == (len(whole.embedded), len(whole.embedded))
    with open_library(settings).generation as before:
        chunks = [before.text_chunks(text_id) for text_id in before.manifest.texts]
    monkeypatch.setattr(embedding, "AT_ONCE", 1)
    (settings.index.folder / "cache" / "vectors.sqlite").unlink()
    assert ingest(settings, grouped, rebuild=True) == replace(first, seconds=ANY)
    assert sorted(grouped.embedded) == sorted(whole.embedded)
    with (library := open_library(settings)).generation as after:
        assert [after.text_chunks(text_id) for text_id in after.manifest.texts] == chunks
        assert library.retriever.retrieve("How many boats will the office license?")


def test_an_error_in_a_later_group_ends_the_build_and_its_children(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(HashEmbedder):
        def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
            if self.embedded:
                raise ModelUnavailableError("No more.")
            return super().embed(texts, on_progress)

    monkeypatch.setattr(embedding, "AT_ONCE", 1)
    before = psutil.Process().children()
    with pytest.raises(ModelUnavailableError, match="No more"):
        ingest(settings, Failing())
    assert psutil.Process().children() == before
    assert ingest(settings, HashEmbedder()).added


def test_nothing_changed_means_nothing_read_or_embedded(settings: Settings) -> None:
    first = ingest(settings, HashEmbedder())
    again = HashEmbedder()
    report = ingest(settings, again)
    assert again.embedded == []
    assert report.unchanged == first.added
    assert report.library_version == first.library_version


def test_one_changed_summary_is_read_again_alone(settings: Settings) -> None:
    ingest(settings, HashEmbedder())
    summary = settings.corpus / "summaries" / "tide-report.md"
    summary.write_text(
        summary.read_text(encoding="utf-8").replace("harbour fees", "a levy on ferries"), encoding="utf-8"
    )
    embedder = HashEmbedder()
    report = ingest(settings, embedder)
    assert report.updated == ("tide-report", "tide-report/recommendations")
    assert report.unchanged == ("harbour-plan", "harbour-plan/precedents")
    assert "levy on ferries" in first_words(settings, "Who pays wardens, a levy on ferries?")
    assert all("licence" not in text for text in embedder.embedded)


def test_a_rebuild_of_the_same_files_gives_the_same_library(settings: Settings) -> None:
    first = ingest(settings, HashEmbedder())
    report = ingest(settings, HashEmbedder(), rebuild=True)
    assert report.library_version == first.library_version
    assert report.unchanged == ()


def test_an_added_file_stands_in_for_the_summary_and_its_removal_brings_it_back(
    settings: Settings, tmp_path: Path
) -> None:
    ingest(settings, HashEmbedder())
    own = tmp_path / "original.md"
    own.write_text("# Harbour plan\n\nThe office will license exactly 41 boats.", encoding="utf-8")
    add_file(own, settings.corpus, title="Harbour plan", publisher="x", published="2024", authority="guidance")
    ingest(settings, HashEmbedder())
    library = open_library(settings)
    (found, *_) = library.retriever.retrieve("How many boats will the office license?")
    assert ("41 boats" in found.chunk.text, found.chunk.form, found.chunk.speakers[0].authority) == (
        True,
        "original",
        "government-policy",
    )
    library.generation.close()
    (settings.corpus / "added" / "harbour-plan" / "source.json").unlink()
    assert ingest(settings, HashEmbedder()).updated == ("harbour-plan",)
    assert "40 boats" in first_words(settings, "How many boats will the office license?")


def test_an_unreadable_file_is_left_out_and_costs_nobody_else(settings: Settings, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnot a document at all")
    add_file(broken, settings.corpus, title="Broken", publisher="x", published="2024", authority="evidence")
    add_file(broken, settings.corpus, title="Tide report", publisher="x", published="2024", authority="evidence")
    report = ingest(settings, HashEmbedder())
    assert sorted(report.left_out) == ["broken", "tide-report"]
    assert "tide-report" in report.added  # its summary stays
    assert "40 boats" in first_words(settings, "How many boats will the office license?")
    assert sorted(ingest(settings, HashEmbedder()).left_out) == ["broken", "tide-report"]


def test_an_own_file_that_has_gone_or_cannot_be_opened_is_left_out_alone(settings: Settings, tmp_path: Path) -> None:
    own = tmp_path / "own.md"
    own.write_text("Ferries sail at noon.", encoding="utf-8")
    source = add_file(own, settings.corpus, title="Ferry", publisher="x", published="2024", authority="evidence")
    plan = ingest.__globals__["plan_texts"]

    def plan_and_lose(*values: object) -> object:
        (settings.corpus / str(source.file)).unlink(missing_ok=True)
        return plan(*values)

    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(ingest.__globals__, "plan_texts", plan_and_lose)
        assert list(ingest(settings, HashEmbedder()).left_out) == ["ferry"]
    assert "40 boats" in first_words(settings, "How many boats will the office license?")


def test_a_damaged_original_leaves_its_summary_in_place(settings: Settings) -> None:
    ingest(settings, HashEmbedder())
    folder = settings.corpus / "originals" / "harbour-plan"
    folder.mkdir(parents=True)
    (folder / "current.json").write_text("{", encoding="utf-8")
    report = ingest(settings, HashEmbedder())
    assert list(report.left_out) == ["harbour-plan"]
    assert "`steward fetch harbour-plan`" in report.left_out["harbour-plan"]
    assert "40 boats" in first_words(settings, "How many boats will the office license?")
    (folder / "current.json").unlink()
    assert not ingest(settings, HashEmbedder()).left_out


def test_a_document_without_a_summary_joins_once_its_original_is_fetched(settings: Settings) -> None:
    add_waiting(settings)
    assert "quay-act" not in ingest(settings, HashEmbedder()).added
    with (library := open_library(settings)).generation:
        assert "quay-act" in library.sources
        assert sorted(library.held) == ["harbour-plan", "tide-report"]
    download = Download(printed_pdf("Boats sail at noon."), "pdf", "https://example.org/x", "https://example.org/x")
    record, _ = keep_original(settings.corpus, "quay-act", download)
    assert ingest(settings, HashEmbedder()).added == ("quay-act",)
    assert "sail at noon" in first_words(settings, "When do boats sail?")
    record.path.write_bytes(b"%PDF-1.7 damaged")
    report = ingest(settings, HashEmbedder())
    assert list(report.left_out) == ["quay-act"]
    assert "`steward fetch quay-act`" in report.left_out["quay-act"]
    with (library := open_library(settings)).generation:
        assert "quay-act" not in library.held


def test_an_index_of_another_format_is_built_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    ingest(settings, HashEmbedder())
    current = manifest.FORMAT_VERSION
    for module in (manifest, store):
        monkeypatch.setattr(module, "FORMAT_VERSION", current + 1)
    with pytest.raises(IndexMismatchError, match="format"):
        open_library(settings)
    report = ingest(settings, HashEmbedder())
    assert not report.unchanged
    assert "40 boats" in first_words(settings, "How many boats will the office license?")


def test_a_damaged_index_is_built_again_and_says_so(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    first = ingest(settings, HashEmbedder())
    assert first.rebuilt == ""
    generation = IndexStore(settings.index).current_id()
    (settings.index.folder / "generations" / str(generation) / "sketch.f32").unlink()
    again = HashEmbedder()
    report = ingest(settings, again)
    assert report.rebuilt.startswith("The index is damaged: ")
    assert report.rebuilt.endswith("sketch.f32 is missing.")
    assert again.embedded == []  # of the vectors kept beside the index
    assert (report.added, report.library_version) == (first.added, first.library_version)
    assert ingest(settings, HashEmbedder()).rebuilt == ""
    assert "40 boats" in first_words(settings, "How many boats will the office license?")


def test_a_text_is_not_carried_over_from_a_damaged_index(settings: Settings) -> None:
    ingest(settings, HashEmbedder())
    generation = IndexStore(settings.index).current_id()
    path = settings.index.folder / "generations" / str(generation) / "vectors.f32"
    path.write_bytes(bytes(path.stat().st_size))
    summary = settings.corpus / "summaries" / "tide-report.md"
    summary.write_text(summary.read_text(encoding="utf-8").replace("fees", "dues"), encoding="utf-8")
    assert ingest(settings, HashEmbedder()).unchanged == ()
    assert "40 boats" in first_words(settings, "How many boats will the office license?")


def test_a_second_writer_is_told_who_builds(settings: Settings) -> None:
    ingest(settings, HashEmbedder())
    with (
        IndexStore(settings.index).write(
            embedding=HashEmbedder().identity, chunking={}, reader_version="1", catalogue_hash=""
        ),
        pytest.raises(IndexLockedError, match="process"),
    ):
        ingest(settings, HashEmbedder(), rebuild=True)


BUILD = """
import sys
from pathlib import Path
from assistant.indexing.ingestion import ingest
from tests.embedders import HashEmbedder
from tests.library_making import make_library
corpus = Path(sys.argv[1])
settings = make_library(corpus)
summary = settings.corpus / "summaries" / "harbour-plan.md"
summary.write_text(summary.read_text(encoding="utf-8").replace("40 boats", sys.argv[2] + " boats"), encoding="utf-8")
print("ready", flush=True)
ingest(settings, HashEmbedder())
print("done", flush=True)
"""


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_a_library_that_answers(
    settings: Settings, tmp_path: Path, thorough: bool
) -> None:
    ingest(settings, HashEmbedder())
    seconds = _run(tmp_path, "41", None)
    moments = random.Random(11)
    before = "41"
    for number in range(30 if thorough else 3):
        boats = str(100 + number)
        _run(tmp_path, boats, moments.uniform(0, 1.3 * seconds))
        words = first_words(settings, "How many boats will the office license?")
        now = words.split("license ")[1].split()[0]
        assert now in (before, boats)  # the library as it was, or as it should be, and nothing between
        before = now
    _run(tmp_path, "999", None)
    assert "999 boats" in first_words(settings, "How many boats will the office license?")
    leftovers = list((settings.index.folder / "generations").iterdir())
    assert len(leftovers) <= 2


def _run(folder: Path, boats: str, kill_after: float | None) -> float:
    """Build in a child process, killed that many seconds into the build; how long a whole build took."""
    child = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(folder), boats], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert child.stdout is not None
    with child.stdout as output:
        assert output.readline() == b"ready\n"
        started = time.monotonic()
        if kill_after is not None:
            time.sleep(kill_after)
            child.send_signal(signal.SIGKILL)
        output.read()
    child.wait()
    assert kill_after is not None or child.returncode == 0
    return time.monotonic() - started
