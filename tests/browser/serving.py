"""Serves the app as ``steward serve`` does: over a small library with poisoned words, or over the shipped one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import trustme
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk
from pydantic import SecretStr

from assistant.files.temporary import own_temporary_folder
from assistant.index import IndexStore
from assistant.indexing.adding import add_document
from assistant.indexing.ingestion import ingest
from assistant.library import CurrentLibrary, Library
from assistant.models.writers import Writer
from assistant.readers import current_reader
from assistant.settings import Settings, SignInSettings, load_settings
from assistant.sources.fetching.network import Network
from assistant.web.app import build_app, serve
from assistant.web.door.shutdown import orderly_shutdown, serve_until_stopped
from tests.embedders import HashEmbedder
from tests.https_server import reply, running
from tests.library_making import add_cases, make_library, open_library, publish_at
from tests.reading.hostile_files import printed_pdf
from tests.reading.pdf_making import Piece, Style, make_pdf
from tests.reading.quote_pages import varied
from tests.web.pages import free_port
from tests.writers import FakeModel, key_of

ROOT = Path(__file__).parents[2]
POISON = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [bait](javascript:alert(1)) ![x](https://example.org/x)"
)
"""Words of a document that would act, ask or link if they were more than words."""
WRITTEN_FIRST = "Every licence lasts three years."
WRITTEN_LAST = "The office will license 40"
SAILING = "The office will license 90 boats by 2029."
HARBOUR_FILE = "https://tank.example/harbour.pdf"
LANTERN = "The lantern keeper polishes nine brass reflectors before every winter storm."

REPORT = (
    '<!doctype html><html lang="en"><head><title>Quality</title></head><body><h1>Quality</h1>'
    '<a href="#end">To the end</a><p id="end">All was well.</p></body></html>'
)


@contextmanager
def served(folder: Path, library: str = "small", port: int = 0) -> Iterator[str]:
    """The address of the app in a process of its own, as `process_serving` starts it."""
    with process_serving(folder, library, port) as (_, address):
        yield address


@contextmanager
def process_serving(folder: Path, library: str = "small", port: int = 0) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The app in a process of its own, and its address; what it writes lies in ``folder``.

    The library is "small", made there and open to readers' files; "paged", the same with a PDF; "long", the same with a
    long document; "written", the same
    with a model that waits for a file ``gate``; "open", the same where a name is enough to contribute; "fetched", the
    same with an original that its publisher gives once there is a file ``online``; "signed-in", the same for who signs
    in at the provider that the file ``issuer`` names; or "shipped", as indexed. Served
    again, a folder has the conversations that it had. In the end nothing that the process said is a
    traceback, or of a request that failed.
    """
    log = folder / "log.txt"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STEWARD_")}
    environment |= {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    # Gradio would look for a free port itself, and fail where two start at once.
    command = [sys.executable, "-m", "tests.browser.serving", str(folder), library, str(port or free_port())]
    with log.open("a") as errors:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert server.stdout is not None
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), log.read_text()
        yield server, address
    finally:
        server.terminate()
        server.communicate()
    said = log.read_text()
    assert "Traceback" not in said
    assert "A request failed." not in said, said  # as the guard writes it


def poisoned_library(folder: Path) -> Settings:
    """The small library, with further cases, and poison in a title, a sentence and a heading."""
    settings = make_library(folder)
    plan = settings.corpus / "summaries" / "harbour-plan.md"
    words = plan.read_text(encoding="utf-8").replace("40 boats", f"40 `{POISON}` boats")
    words = words.replace("## Money", f"## Money `{POISON}`")
    plan.write_text(words, encoding="utf-8")
    catalogue = settings.corpus / "catalogue.toml"
    words = catalogue.read_text(encoding="utf-8").replace(
        'title = "Tide report"', f"title = '''Tide report {POISON}'''"
    )
    catalogue.write_text(words, encoding="utf-8")
    add_cases(settings)
    ingest(settings, HashEmbedder())
    report = folder / "report.html"
    report.write_text(REPORT, encoding="utf-8")
    web = settings.web.model_copy(update={"add_files": True})
    return settings.model_copy(update={"web": web, "quality_report": report})


def add_pdf(folder: Path, settings: Settings) -> None:
    """Add a PDF of two pages; `LANTERN` stands on its second one, which is printed as page 1."""
    pieces = [
        Piece("heading", "Quays", 1),
        Piece("paragraph", varied(3)),
        Piece("heading", "Lanterns", 1),
        Piece("paragraph", f"{LANTERN} {varied(2, 3)}"),
    ]
    path = folder / "lantern-survey.pdf"
    path.write_bytes(make_pdf(pieces, style=Style(roman_pages=1, labels_in_file=True, heading_breaks=True)))
    details = {"publisher": "Quay Board", "published": "2026-01", "authority": "evidence"}
    add_document(path, settings, HashEmbedder(), title="Lantern survey", **details)


def add_long(folder: Path, settings: Settings) -> None:
    """Add a document of a thousand sections, which is sent in parts."""
    words = "The wardens count every rope before they sail and read the log aloud at noon. " * 3
    sections = (f"## Section {n}\n\nThe keeper's lamp of quay {n} burns all night. {words}" for n in range(1000))
    path = folder / "long-plan.md"
    path.write_text("# Long plan\n\n" + "\n\n".join(sections), encoding="utf-8")
    details = {"publisher": "Quay Board", "published": "2026-02", "authority": "evidence"}
    add_document(path, settings, HashEmbedder(), title="Long plan", **details)


@contextmanager
def publisher(online: Path) -> Iterator[Network]:
    """A network that reaches the publisher of an original that says `SAILING`, once the file ``online`` is there."""

    def resolve(host: str, port: int) -> list[tuple[str, int]]:
        if not online.exists():
            raise OSError("no network")
        return publishers.resolve(host, port)

    with running(trustme.CA(), ("tank.example",)) as publishers:
        publishers.serve(HARBOUR_FILE, reply(printed_pdf(SAILING)))
        yield replace(publishers.network(), resolve=resolve)


class HeldModel(FakeModel):
    """Waits behind its first line until the file ``gate`` is there."""

    gate: Path

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        for chunk in super()._stream(messages, *args, **kwargs):
            yield chunk
            while "\n" in chunk.text and not self.gate.exists():
                time.sleep(0.02)


def held_writer(gate: Path) -> Writer:
    """Writes two sentences, `WRITTEN_FIRST` before the gate and `WRITTEN_LAST` behind it."""

    def reply(prompt: str) -> str:
        return "\n".join(f"{words} [{key_of(prompt, words)}]" for words in (WRITTEN_FIRST, WRITTEN_LAST))

    return Writer(HeldModel(reply=reply, gate=gate), "fake:held", seconds=300)


class NewestLibrary:
    """Follows the library as the app's own does, with the stand-in embedder."""

    def __init__(self, settings: Settings, writer: Writer | None = None) -> None:
        self._settings = settings
        self._writer = writer
        self._store = IndexStore(settings.index)
        self._lock = threading.Lock()
        self._opened = [self._open()]

    def __call__(self) -> Library:
        with self._lock:
            manifest = self._store.manifest()
            if manifest is not None and manifest.generation != self._opened[-1].generation.manifest.generation:
                self._opened.append(self._open())
            return self._opened[-1].seen_by(current_reader())

    def _open(self) -> Library:
        return replace(open_library(self._settings), writer=self._writer)


def shipped_settings(folder: Path) -> Settings:
    """Settings of the shipped library and its index; conversations are kept in ``folder``."""
    database = f"sqlite:///{folder / 'steward.db'}"
    return load_settings(corpus=ROOT / "corpus", index={"folder": ROOT / "indexes"}, storage={"url": database})


def main(folder: Path, library: str, port: int) -> None:
    """Serve until ended; the address is what is printed."""
    if library == "shipped":
        current: Callable[[], Library] = CurrentLibrary(shipped_settings(folder))
    else:
        settings = poisoned_library(folder)
        if library == "paged":
            add_pdf(folder, settings)
        if library == "long":
            add_long(folder, settings)
        if library == "fetched":
            publish_at(settings, {"harbour": HARBOUR_FILE})
        if library == "open":
            web = settings.web.model_copy(update={"keys_required": False})
            settings = settings.model_copy(update={"web": web})
        if library == "signed-in":
            issuer = (folder / "issuer").read_text(encoding="utf-8")
            secret = SecretStr("of-the-tests")
            sign_in = SignInSettings(
                issuer=issuer, client_id="steward", client_secret=secret, roles={"librarians": "librarian"}
            )
            settings = settings.model_copy(update={"sign_in": sign_in})
        current = NewestLibrary(settings, held_writer(folder / "gate") if library == "written" else None)
    # A shell that starts the tests in the background has them ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with ExitStack() as opened, orderly_shutdown(), own_temporary_folder():
        blocks = build_app(current, "127.0.0.1")
        print(serve(blocks, current, "127.0.0.1", port))
        if library == "fetched":
            blocks.originals.network = opened.enter_context(publisher(folder / "online"))
            blocks.originals.start()
        with serve_until_stopped(blocks):
            pass


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
