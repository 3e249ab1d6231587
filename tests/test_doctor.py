"""What `steward doctor` says of the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.doctor import Finding, examine
from assistant.index import IndexStore, sealing
from assistant.settings import Settings
from tests.embedders import HashEmbedder
from tests.library_making import index_library, make_library


def of_index(settings: Settings) -> Finding:
    (found,) = (finding for finding in examine(settings) if finding.what == "index")
    return found


def test_every_byte_of_the_index_is_read_whatever_its_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.doctor.SentenceEmbedder", lambda _: HashEmbedder())
    monkeypatch.setattr(sealing, "COPIED_BYTES", 0)
    settings = make_library(tmp_path)
    index_library(settings)
    assert "files unchanged" in of_index(settings).detail
    path = settings.index.folder / "generations" / str(IndexStore(settings.index).current_id()) / "vectors.f32"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = of_index(settings)
    assert not found.ok
    assert found.detail.endswith("vectors.f32 was changed since it was built. Run `steward ingest` to build it again.")
