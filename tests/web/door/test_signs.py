"""What monitoring asks: does the app answer, and can it be used?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from assistant.errors import IndexDamagedError
from assistant.library import Library
from assistant.storage import open_database
from assistant.web.door.signs import state
from tests.web.serving import served


def test_an_app_that_answers_says_so(library: Library) -> None:
    with served(lambda: library) as address:
        alive, ready = httpx.get(f"{address}/healthz"), httpx.get(f"{address}/readyz")
    assert (alive.status_code, alive.text) == (200, "ok\n")
    version = library.generation.manifest.library_version
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "library": version, "database": "ok"})
    assert ready.headers["Cache-Control"] == "no-store"


def test_what_cannot_be_used_is_named_without_places(library: Library, tmp_path: Path) -> None:
    def damaged() -> Library:
        raise IndexDamagedError(tmp_path, "has changed")

    settings = library.settings.model_copy(
        update={"index": library.settings.index.model_copy(update={"folder": tmp_path})}
    )
    database = open_database(settings)
    try:
        found = state(damaged, database)
        assert found == {"ready": False, "library": "IndexDamagedError: see `steward doctor`", "database": "ok"}
        (tmp_path / "steward.db").unlink()
        found = state(lambda: replace(library), database)
        assert (found["ready"], found["library"]) == (False, library.generation.manifest.library_version)
        assert found["database"] not in ("ok", "")
        assert str(tmp_path) not in str(found)
    finally:
        database.close()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_reading_is_answered(library: Library, path: str) -> None:
    with served(lambda: library) as address:
        assert httpx.post(f"{address}{path}").status_code == 404
