"""Serves the app over the small library as ``steward serve`` does, with the stand-in embedder and poisoned words."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.answering import Assistant
from assistant.index import IndexStore
from assistant.ingestion import ingest
from assistant.settings import Settings
from assistant.web.app import build_app, serve
from tests.embedders import HashEmbedder
from tests.library_making import add_cases, make_library, open_library

POISON = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [bait](javascript:alert(1)) ![x](https://example.org/x)"
)
"""Words of a document that would act, ask or link if they were more than words."""

REPORT = (
    '<!doctype html><html lang="en"><head><title>Quality</title></head><body><h1>Quality</h1>'
    '<a href="#end">To the end</a><p id="end">All was well.</p></body></html>'
)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of the app over a library made in ``folder``, in a process of its own; readers may add files.

    In the end nothing that it wrote is a traceback.
    """
    log = folder / "log.txt"
    environment = os.environ | {"GRADIO_TEMP_DIR": str(folder / "uploads"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tests.browser.serving", str(folder)]
    with log.open("w") as errors:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), log.read_text()
        yield address
    finally:
        server.terminate()
        server.communicate()
    assert "Traceback" not in log.read_text()


def poisoned_library(folder: Path) -> Settings:
    """The small library, with further cases, and poison in a title, two sentences and a heading."""
    settings = make_library(folder)
    plan = settings.corpus / "briefings" / "harbour-plan.md"
    words = plan.read_text(encoding="utf-8").replace("40 boats", f"40 `{POISON}` boats")
    words = words.replace("## Money", f"## Money `{POISON}`")
    plan.write_text(words, encoding="utf-8")
    catalogue = settings.corpus / "catalogue.toml"
    words = catalogue.read_text(encoding="utf-8").replace(
        'title = "Tide report"', f"title = '''Tide report {POISON}'''"
    )
    catalogue.write_text(words, encoding="utf-8")
    add_cases(settings)
    register = settings.corpus / "registers" / "precedents.toml"
    words = register.read_text(encoding="utf-8").replace("half came back.", f"half came back {POISON}.")
    register.write_text(words, encoding="utf-8")
    ingest(settings, HashEmbedder())
    report = folder / "report.html"
    report.write_text(REPORT, encoding="utf-8")
    web = settings.web.model_copy(update={"add_files": True})
    return settings.model_copy(update={"web": web, "quality_report": report})


class NewestAssistant:
    """Follows the library as the app's own does, with the stand-in embedder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store = IndexStore(settings.index)
        self._lock = threading.Lock()
        self._opened = [open_library(settings)]

    def __call__(self) -> Assistant:
        with self._lock:
            manifest = self._store.manifest()
            if manifest is not None and manifest.generation != self._opened[-1].generation.manifest.generation:
                self._opened.append(open_library(self._settings))
            return self._opened[-1]


def main(folder: Path) -> None:
    """Serve until ended; the address is what is printed."""
    settings = poisoned_library(folder)
    current = NewestAssistant(settings)
    blocks = build_app(current)
    print(serve(blocks, current, "127.0.0.1"))
    blocks.block_thread()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
