"""Chunks, documents and the glossary of one generation, in one SQLite file.

Chunks are numbered in library order (``ordinal``, 0-based); vectors and words know them only by this number.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from assistant.errors import IndexDamagedError
from assistant.index.layout import GenerationFolder
from assistant.reading.serialisation import document_from_json, document_to_json
from assistant.records import Chunk, Document, Span, Speaker

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE texts (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document BLOB NOT NULL,
  first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, first_row INTEGER NOT NULL, rows INTEGER NOT NULL
);
CREATE TABLE chunks (
  ordinal INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text INTEGER NOT NULL,
  offset INTEGER NOT NULL, sentences INTEGER NOT NULL, questions INTEGER NOT NULL, record TEXT NOT NULL
);
CREATE TABLE glossary (acronym TEXT PRIMARY KEY, long_form TEXT NOT NULL);
"""
_FIELDS = tuple(field.name for field in fields(Chunk))
_SECTION, _SENTENCES, _SPEAKERS, _LEAD, _QUESTIONS, _PLACES, _FOOTNOTES = map(
    _FIELDS.index, ("section", "sentences", "speakers", "lead", "questions", "question_places", "footnotes")
)
_KEPT = 2000
"""Chunks kept in memory, at about 8 kB each: many questions read the same ones."""
_MANY = 500
"""Values bound to one statement; SQLite's default limit was long 999."""


@dataclass(frozen=True, slots=True)
class TextPlace:
    """Where a text lies in its generation: its chunks by ordinal, its vectors by row."""

    number: int
    id: str
    first_chunk: int
    chunks: int
    first_row: int
    rows: int


class ChunkStoreWriter:
    """Fills the file of a generation that nobody searches yet; after a kill it is removed with its folder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")
        self._texts = 0
        self._chunks = 0

    def add(self, text_id: str, document: Document, chunks: Sequence[Chunk], shapes: Sequence[tuple[int, int]]) -> None:
        """Append a text; ``shapes`` gives each chunk's number of sentence and question vectors.

        Raises:
            ValueError: the library already has the id of the text or of a chunk.
        """
        rows = []
        offset = 0
        for ordinal, (chunk, (sentences, questions)) in enumerate(zip(chunks, shapes, strict=True), self._chunks):
            rows.append((ordinal, chunk.id, self._texts, offset, sentences, questions, _chunk_to_json(chunk)))
            offset += 1 + sentences + questions
        self._append(text_id, document_to_json(document), rows, offset)

    def copy(self, base: ChunkStore, place: TextPlace) -> None:
        """Append a text from another generation."""
        chunks = base.raw_chunks(place)
        rows = [(ordinal, row[0], self._texts, *row[1:]) for ordinal, row in enumerate(chunks, self._chunks)]
        self._append(place.id, base.raw_document(place), rows, place.rows)

    def _append(self, text_id: str, document: bytes, chunks: Sequence[tuple[Any, ...]], rows: int) -> None:
        place = (self._texts, text_id, document, self._chunks, len(chunks), -1, rows)
        try:
            self._db.execute("INSERT INTO texts VALUES (?, ?, ?, ?, ?, ?, ?)", place)
            self._db.executemany("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?)", chunks)
        except sqlite3.IntegrityError as error:
            raise ValueError(f"Text {text_id} or one of its chunks is in the library already: {error}") from error
        self._texts += 1
        self._chunks += len(chunks)

    def place(self, first_rows: Mapping[str, int]) -> None:
        """Set the row of the vectors at which each text starts."""
        self._db.executemany(
            "UPDATE texts SET first_row = ? WHERE id = ?", ((row, id_) for id_, row in first_rows.items())
        )

    def document_texts(self, besides: Container[str] = ()) -> Iterator[str]:
        """Yield the words of every text appended so far, in order, but those with these ids."""
        for id_, raw in self._db.execute("SELECT id, document FROM texts ORDER BY number"):
            if id_ not in besides:
                yield document_from_json(raw).text

    def set_glossary(self, glossary: Mapping[str, str]) -> None:
        """Replace the glossary."""
        self._db.execute("DELETE FROM glossary")
        self._db.executemany("INSERT INTO glossary VALUES (?, ?)", glossary.items())

    def finish(self) -> None:
        """Write everything and close."""
        self._db.execute("COMMIT")
        self._db.close()

    def close(self) -> None:
        """Close without writing."""
        self._db.close()


class ChunkStore:
    """Reads a finished file; all threads share one connection."""

    def __init__(self, folder: GenerationFolder) -> None:
        # Nobody writes to a finished generation: `immutable` spares file locks and the journal.
        uri = f"{folder.chunks.resolve().as_uri()}?immutable=1"
        self._db = sqlite3.connect(uri, uri=True, check_same_thread=False)
        self._path = folder.chunks
        self._lock = threading.Lock()
        self._places: dict[str, TextPlace] | None = None
        self._known: dict[int, Chunk] = {}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def glossary(self) -> dict[str, str]:
        """Return the long form of each acronym."""
        return dict(self._all("SELECT acronym, long_form FROM glossary ORDER BY acronym"))

    def places(self) -> dict[str, TextPlace]:
        """Return where each text lies, by text id, in library order."""
        if self._places is None:
            rows = self._all("SELECT number, id, first_chunk, chunks, first_row, rows FROM texts ORDER BY number")
            self._places = {row[1]: TextPlace(*row) for row in rows}
        return self._places

    def shapes(self) -> list[tuple[str, int, int, int, int]]:
        """Return ``(id, text number, offset in the text's rows, sentences, questions)`` of every chunk, by ordinal."""
        return self._all("SELECT id, text, offset, sentences, questions FROM chunks ORDER BY ordinal")

    def chunks(self, ordinals: Sequence[int]) -> list[Chunk]:
        """Return chunks by ordinal, in the order given."""
        known = self._known
        found = {ordinal: known[ordinal] for ordinal in ordinals if ordinal in known}
        unread = [ordinal for ordinal in dict.fromkeys(ordinals) if ordinal not in found]
        for start in range(0, len(unread), _MANY):
            part = unread[start : start + _MANY]
            marks = ",".join("?" * len(part))
            rows = self._all(f"SELECT ordinal, record FROM chunks WHERE ordinal IN ({marks})", part)  # noqa: S608 - marks
            found.update((ordinal, _chunk_from_json(record)) for ordinal, record in rows)
        # A new dictionary, not the old one emptied: other threads may be reading from it.
        if len(known) + len(unread) > _KEPT:
            known = self._known = {}
        known.update((ordinal, found[ordinal]) for ordinal in unread[:_KEPT])
        return [found[ordinal] for ordinal in ordinals]

    def range(self, first: int, end: int) -> list[Chunk]:
        """Return chunks by ordinal, ``[first, end)``."""
        rows = self._all("SELECT record FROM chunks WHERE ordinal >= ? AND ordinal < ? ORDER BY ordinal", (first, end))
        return [_chunk_from_json(record) for (record,) in rows]

    def document(self, text_id: str) -> Document:
        """Return the document of a text.

        Raises:
            KeyError: no such text in this generation.
        """
        return document_from_json(self.raw_document(self.places()[text_id]))

    def raw_document(self, place: TextPlace) -> bytes:
        """Return a document as stored."""
        raw: bytes = self._all("SELECT document FROM texts WHERE number = ?", (place.number,))[0][0]
        return raw

    def raw_chunks(self, place: TextPlace) -> list[tuple[str, int, int, int, str]]:
        """Return ``(id, offset, sentences, questions, record)`` of a text's chunks as stored."""
        return self._all(
            "SELECT id, offset, sentences, questions, record FROM chunks "
            "WHERE ordinal >= ? AND ordinal < ? ORDER BY ordinal",
            (place.first_chunk, place.first_chunk + place.chunks),
        )

    def _all(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(statement, values).fetchall()
            except sqlite3.ProgrammingError:  # closed: a bug of the caller, not damage
                raise
            except sqlite3.DatabaseError as error:
                raise IndexDamagedError(self._path, f"cannot be read ({error})") from error


def _chunk_to_json(chunk: Chunk) -> str:
    values = [getattr(chunk, name) for name in _FIELDS]
    values[_SPEAKERS] = tuple(map(astuple, chunk.speakers))
    return json.dumps(values, separators=(",", ":"))


def _chunk_from_json(record: str) -> Chunk:
    values = json.loads(record)
    values[_SPEAKERS] = tuple(Speaker(*who) for who in values[_SPEAKERS])
    values[_SECTION] = tuple(values[_SECTION])
    values[_SENTENCES] = tuple(Span(start, end) for start, end in values[_SENTENCES])
    values[_LEAD] = None if values[_LEAD] is None else Span(*values[_LEAD])
    values[_QUESTIONS] = tuple(values[_QUESTIONS])
    values[_PLACES] = tuple(values[_PLACES])
    values[_FOOTNOTES] = tuple(values[_FOOTNOTES])
    return Chunk(*values)
