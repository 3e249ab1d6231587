"""A build whose steps are done on a Ray cluster makes the library that one process makes, whatever dies meanwhile."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.errors import AssistantError, CatalogueError, ModelUnavailableError, SettingsError
from assistant.indexing import embedding, reading, workers
from assistant.indexing.ingestion import ingest
from assistant.indexing.workers import open_workers
from assistant.models import embedding as models
from assistant.settings import Settings
from tests.embedders import HashEmbedder
from tests.library_making import add_original, make_library

OWN = 12
"""Documents of one's own in the library."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a Ray cluster of two machines with a processor each, both this one, on loopback."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="ray-") as folder:
        for name, value in {
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # as on those systems, it listens on loopback alone
            "RAY_TMPDIR": folder,
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
        }.items():
            patch.setenv(name, value)  # before the import, which reads them
        utilities = pytest.importorskip("ray.cluster_utils", reason="needs the extra ray")
        made = utilities.Cluster()
        try:
            while len(made.list_all_nodes()) < 2:
                # Ray gives a machine 30 s to start, in which a busy one may not.
                with contextlib.suppress(Exception):
                    made.add_node(num_cpus=1, include_dashboard=False, object_store_memory=100 * 2**20)
            yield made.address
        finally:
            made.shutdown()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A library that takes many tasks: an original with a summary, documents of one's own, some damaged or too long."""
    for module, name, size in (
        (embedding, "AT_ONCE", 16),
        (embedding, "TEXTS_AT_ONCE", 3),
        (reading, "FILES_AT_ONCE", 3),
        (models, "PIECE", 4),
    ):
        monkeypatch.setattr(module, name, size)
    settings = make_library(tmp_path)
    add_original(settings, "Harbour plan", "# Harbour plan\n\n## Boats\n\nForty boats get a licence. A lamp burns.\n")
    for number in range(OWN):
        add_original(
            settings, f"Note {number}", f"# Note {number}\n\nPier {number} is old. It has {number} bollards.\n"
        )
    for name, content in ("note-3", b"\0\1\2\3" * 9), ("note-7", b""):
        next((settings.corpus / "added" / name).glob("*.md")).write_bytes(content)
    next((settings.corpus / "added" / "note-9").glob("*.md")).write_text("Bollard. " * 200, encoding="utf-8")
    return settings.model_copy(update={"reading": settings.reading.model_copy(update={"max_text_chars": 1000})})


def elsewhere(settings: Settings) -> Settings:
    """The same library with another index."""
    index = settings.index.model_copy(update={"folder": settings.index.folder.with_name("elsewhere")})
    return settings.model_copy(update={"index": index})


def contents(settings: Settings) -> dict[str, Any]:
    """What two builds of a library have in common: not times, nor Chroma's graph and Tantivy's random file names."""
    (folder,) = (settings.index.folder / "generations").iterdir()
    found: dict[str, Any] = {path.name: path.read_bytes() for path in folder.glob("*.f32")}
    found["chunks"] = (folder / "chunks.sqlite").read_bytes()
    found |= {path.suffix: path.read_bytes() for path in (folder / "words").iterdir() if path.suffix != ".json"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found["manifest"] = {
        name: manifest[name] for name in manifest.keys() - {"checksum", "generation", "built_at", "files"}
    }
    return found


@pytest.mark.slow
def test_a_cluster_makes_the_same_library(settings: Settings, cluster: str) -> None:
    told: dict[str, list[tuple[str, int, int]]] = {"here": [], "there": []}
    here = ingest(settings, HashEmbedder(), on_progress=lambda *step: told["here"].append(step))
    there = ingest(
        elsewhere(settings), HashEmbedder(), on_progress=lambda *step: told["there"].append(step), cluster=cluster
    )
    assert sorted(there.left_out) == ["note-3", "note-7", "note-9"]
    assert "STEWARD_READING__MAX_TEXT_CHARS" in there.left_out["note-9"]
    assert there.left_out == here.left_out
    assert contents(elsewhere(settings)) == contents(settings)
    assert [step for step in told["there"] if step[0] == "reading"] == [s for s in told["here"] if s[0] == "reading"]
    assert told["there"][-1] == told["here"][-1]


class Dying(HashEmbedder):
    """Ends the process that embeds with it, unless a file says that it did."""

    def __init__(self, done: Path) -> None:
        super().__init__()
        self.done = done

    def embed(self, texts: Sequence[str], on_progress: Callable[[int], None] | None = None) -> NDArray[np.float32]:
        if not self.done.exists():
            self.done.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts, on_progress)


@pytest.mark.slow
def test_a_task_whose_process_dies_is_done_again(settings: Settings, cluster: str, tmp_path: Path) -> None:
    ingest(settings, HashEmbedder())
    ingest(elsewhere(settings), Dying(tmp_path / "died"), cluster=cluster)
    assert (tmp_path / "died").exists()
    assert contents(elsewhere(settings)) == contents(settings)


@pytest.mark.slow
def test_a_task_that_always_dies_ends_the_build_and_keeps_the_last_index(
    settings: Settings, cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "RETRIES", 0)
    ingest(settings, HashEmbedder())
    before = contents(settings)
    (settings.index.folder / "cache" / "vectors.sqlite").unlink()
    with pytest.raises(AssistantError, match=r"A task on the Ray cluster failed, and 0 retries too: .*died.*again"):
        ingest(settings, Dying(tmp_path / "died"), rebuild=True, cluster=cluster)
    assert contents(settings) == before


@pytest.mark.slow
def test_an_error_of_a_step_is_the_same_as_here(settings: Settings, cluster: str) -> None:
    (settings.corpus / "questions" / "harbour-plan.toml").write_text("sentence = 1", encoding="utf-8")
    with pytest.raises(CatalogueError) as here:
        ingest(settings, HashEmbedder())
    with pytest.raises(CatalogueError) as there:
        ingest(settings, HashEmbedder(), cluster=cluster)
    assert str(there.value) == str(here.value)


class Changing(HashEmbedder):
    """Is another model where it is sent to."""

    def __reduce__(self) -> tuple[type[HashEmbedder], tuple[str]]:
        return HashEmbedder, ("another",)


@pytest.mark.slow
def test_a_machine_with_another_model_or_version_or_without_the_folder_is_refused(
    settings: Settings, cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelUnavailableError, match=r"has the embedding model .*another.*Install the same model"):
        ingest(settings, Changing(), cluster=cluster)
    with (
        open_workers(cluster, tmp_path / "nowhere") as opened,
        pytest.raises(SettingsError, match=r"has no folder .*nowhere\. Share it"),
    ):
        list(opened.spread(list, [1], 1))
    monkeypatch.setattr(workers, "_VERSIONS", ("0", "0"))
    with open_workers(cluster, tmp_path) as opened, pytest.raises(SettingsError, match="another version of Steward"):
        list(opened.spread(list, [1], 1))


@pytest.mark.parametrize("address", ["127.0.0.1:1", "harbour"])
def test_a_cluster_out_of_reach_says_how_to_join_one(settings: Settings, address: str) -> None:
    pytest.importorskip("ray", reason="needs the extra ray")
    with pytest.raises(SettingsError, match=f"cluster '{address}' cannot be used .*ray start --address"):
        ingest(settings, HashEmbedder(), cluster=address)


def test_without_ray_the_error_names_the_extra(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SettingsError, match=r"--cluster needs the package ray.*pip install 'steward-assistant\[ray\]'"):
        ingest(settings, HashEmbedder(), cluster="local")
