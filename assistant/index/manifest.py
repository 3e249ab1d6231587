"""What a generation says of itself: what made it and what it holds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from assistant.index.sealing import Seal
from assistant.records import EmbeddingIdentity

FORMAT_VERSION = 5
"""Raise it when the files of a generation change their meaning; an index of another format is refused."""

VectorsKind = Literal["embedded", "server"]


@dataclass(frozen=True, slots=True)
class TextEntry:
    """One library text in the index."""

    id: str
    document: str
    part: str
    form: str
    authority: str
    """The document's own."""
    status: str
    published: str
    title: str
    publisher: str
    fingerprint: str
    """Set by ingestion; an equal fingerprint means that nothing of the text changed."""
    chunks: int
    sentences: int
    questions: int
    problems: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    """Those of everybody who speaks in it."""
    digest: str = ""
    """SHA-256 of what was read, in hexadecimal; empty in an index built before this was kept."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one generation was made with and holds; small enough to read at every start."""

    generation: str
    """Name of the generation's folder."""
    format_version: int
    embedding: EmbeddingIdentity
    chunking: Mapping[str, Any]
    reader_version: str
    catalogue_hash: str
    library_version: str
    """Hash of the content, 12 hexadecimal digits; see `library_version`."""
    built_at: str
    """UTC, ISO 8601."""
    vectors: VectorsKind
    """Where Chroma keeps the vectors: in the generation's folder or on a server."""
    texts: Mapping[str, TextEntry]
    """By text id, in the order of the library."""
    left_out: Mapping[str, str]
    """Why a file or text is not in the library, by file or text id."""
    files: Mapping[str, Seal]
    """Every other file of the generation, by its path in the folder."""

    def differences(
        self,
        embedding: EmbeddingIdentity | None = None,
        chunking: Mapping[str, Any] | None = None,
        reader_version: str | None = None,
    ) -> list[str]:
        """Return what differs from the values given, one phrase each with both values; empty when all agree."""
        pairs: list[tuple[str, Any, Any]] = []
        if embedding is not None:
            wanted = asdict(embedding)
            pairs += [(f"embedding {name}", value, wanted[name]) for name, value in asdict(self.embedding).items()]
        if chunking is not None:
            names = sorted({*self.chunking, *chunking})
            pairs += [(f"chunking {name}", self.chunking.get(name), chunking.get(name)) for name in names]
        if reader_version is not None:
            pairs.append(("reader version", self.reader_version, reader_version))
        return [f"{name}: {built!r} in the index, {now!r} now" for name, built, now in pairs if built != now]


def library_version(texts: Iterable[TextEntry], embedding: EmbeddingIdentity, chunking: Mapping[str, Any]) -> str:
    """Return a hash of the texts' fingerprints, the embedding and the chunking, 12 hexadecimal digits.

    The order of the texts does not matter: the same content has the same version on every machine.
    """
    content = {
        "texts": sorted((text.id, text.fingerprint) for text in texts),
        "embedding": asdict(embedding),
        "chunking": dict(chunking),
    }
    raw = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class OtherFormatError(ValueError):
    """A manifest of another format version."""


def manifest_to_json(manifest: Manifest) -> str:
    """Return the manifest as readable JSON, with a checksum of its content."""
    values = asdict(manifest)
    return json.dumps({"checksum": _checksum(values), **values}, ensure_ascii=False, indent=1) + "\n"


def manifest_from_json(raw: str) -> Manifest:
    """Return the manifest that `manifest_to_json` wrote.

    Raises:
        OtherFormatError: it is a manifest of another format version.
        ValueError: it is not a manifest, or was changed.
    """
    try:
        values = json.loads(raw)
        found = values["format_version"]
        if isinstance(found, int) and found != FORMAT_VERSION:
            raise OtherFormatError(f"format {found}, and this version of Steward reads format {FORMAT_VERSION}")
        if values.pop("checksum") != _checksum(values):
            raise ValueError("was changed since it was built")
        values["embedding"] = EmbeddingIdentity(**values["embedding"])
        values["texts"] = {id_: _entry(entry) for id_, entry in values["texts"].items()}
        values["files"] = {name: Seal(**seal) for name, seal in values["files"].items()}
        return Manifest(**values)
    except (TypeError, KeyError, AttributeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError("is not a manifest of an index") from error


def _checksum(values: dict[str, Any]) -> str:
    raw = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(raw.encode()).hexdigest()


def _entry(values: dict[str, Any]) -> TextEntry:
    return TextEntry(**{**values, **{name: tuple(values[name]) for name in ("problems", "authorities")}})
