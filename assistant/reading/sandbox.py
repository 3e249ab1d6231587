"""Reads each file in a process of its own, so that a hostile or broken one costs one line and nothing else.

The process leaves the document as JSON; see :mod:`assistant.reading.child` for how it is started, limited and ended.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import DocumentError
from assistant.reading.child import MOST_CHILDREN, WAIT_S, BusyError, Child, Process, Task, run, serve, stop
from assistant.reading.serialisation import document_from_json, document_to_json

if TYPE_CHECKING:
    from assistant.records import Document
    from assistant.settings import ReadingSettings

_BYTES_PER_CHARACTER = 8
"""Of a result: UTF-8 of the text, and blocks, marks and notes beside it."""


def read_file(path: Path, limits: ReadingSettings) -> Document:
    """The document in a file, read in a child process within the limits.

    Raises:
        DocumentError: one line that names the file, what happened and what to do: it is missing, empty, too large, of a
            kind that cannot be read, damaged, or took more time, memory or text than the limits allow.
    """
    child = _start(path, limits)
    try:
        return child.result(document_from_json)
    finally:
        child.end()


def read_files(paths: Iterable[Path], limits: ReadingSettings) -> Generator[tuple[Path, Document | DocumentError]]:
    """Each file with its document, or with the error it cost, in the order given; as many at once as may be.

    While the caller works on a document one more file is read, so that the caller can read another in between.
    """
    waiting = deque(paths)
    running: deque[Child] = deque()
    idle: list[Process] = []
    outcome: Document | DocumentError
    try:
        while waiting or running:
            try:
                while waiting and len(running) < MOST_CHILDREN:
                    # With one at work, another does not wait: two callers with one place each would wait for ever.
                    running.append(_start(waiting[0], limits, wait_s=0 if running else None, idle=idle))
                    waiting.popleft()
            except BusyError as error:
                if not running:
                    yield waiting.popleft(), error
                    continue
            try:
                outcome = running[0].result(document_from_json)
            except DocumentError as error:
                outcome = error
            finally:
                child = running.popleft()
                child.end()
            yield child.path, outcome
    finally:  # also when the caller stops early or Ctrl-C is pressed
        for child in running:
            child.end()
        for process in idle:
            stop(process)


def _start(
    path: Path, limits: ReadingSettings, wait_s: float | None = None, idle: list[Process] | None = None
) -> Child:
    most = limits.max_text_chars
    arguments = (str(most), str(limits.max_sentences))
    return Child(
        path,
        limits,
        Task(__name__, arguments, _most_bytes(most), _too_long("too many", most)),
        WAIT_S if wait_s is None else wait_s,
        idle,
    )


def _most_bytes(max_text_chars: int) -> int:
    """Largest result that is written and taken back."""
    return _BYTES_PER_CHARACTER * max_text_chars + 2**20


def _too_long(found: str, max_text_chars: int) -> str:
    return (
        f"Its text has {found} characters where at most {max_text_chars:,} are taken. "
        "Raise STEWARD_READING__MAX_TEXT_CHARS, or leave it out."
    )


# The rest runs in the child.


def main(arguments: Sequence[str]) -> int:
    """Read one file in this process; returns the exit code.

    Arguments: path, result, MiB, seconds, characters, sentences.
    """
    most, sentences = int(arguments[4]), int(arguments[5])
    return run(
        arguments,
        _import_reader,
        lambda data: _read(data, most, sentences),
        _most_bytes(most),
        _too_long("too many", most),
    )


def _read(data: bytes, max_chars: int, max_sentences: int) -> bytes:
    from assistant.reading import read_bytes
    from assistant.text.sentences import split_sentences

    document = read_bytes(data)
    if len(document.text) > max_chars:
        raise DocumentError(_too_long(f"{len(document.text):,}", max_chars))
    if len(document.text) > max_sentences:  # else it cannot hold too many
        sentences = sum(len(split_sentences(document.text, block.start, block.end)) for block in document.blocks)
        if sentences > max_sentences:
            raise DocumentError(
                f"It has {sentences:,} sentences, list items and table rows where at most {max_sentences:,} are taken. "
                "Raise STEWARD_READING__MAX_SENTENCES, or split the file."
            )
    return document_to_json(document)


_KINDS = {".pdf": "pdf", ".docx": "word", ".html": "html", ".htm": "html", ".md": "markdown", ".txt": "markdown"}


def _prepare(path: str) -> None:
    """Import the reader that a file's name suggests; the process that opens the file finds out what it is."""
    if kind := _KINDS.get(Path(path).suffix.lower()):
        import_module(f"assistant.reading.{kind}.reader")
    if kind == "markdown":
        from assistant.reading import read_bytes

        read_bytes(b"Compiles its patterns.")


def _import_reader(data: bytes) -> None:
    from assistant.reading.detection import detect_kind

    import_module(f"assistant.reading.{detect_kind(data)}.reader")


if __name__ == "__main__":
    serve(main, _prepare)
