"""The parts of a Word file, opened without trusting it.

The parts are read with ``zipfile`` and ``lxml``: python-docx gives up on files that Word opens (a broken link between
parts, macros, the strict variant), loads every picture, and knows neither notes, text boxes nor tracked changes.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from lxml import etree

from assistant.errors import DocumentError

Element = Any
"""An lxml element; lxml ships without type information."""

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
"""Names of the strict variant of the format and of the one that Word writes."""
_R_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MOST_BYTES = 512 * 2**20
_MOST_TIMES = 200
_SMALL = 10 * 2**20
"""Below this size, a high ratio is harmless and happens: an empty table packs well."""
_MOST_MEMBERS = 10_000
_BROKEN = "It is a Word file, but {}. Open it in Word and save it again."


@dataclass(frozen=True)
class WordPackage:
    """The parsed parts that reading needs; None where the file has no such part."""

    document: Element
    styles: Element | None = None
    footnotes: Element | None = None
    endnotes: Element | None = None
    settings: Element | None = None
    theme: Element | None = None
    properties: Element | None = None
    links: dict[str, str] = field(default_factory=dict)
    """Addresses of links in the notes, by ``part:relationship id``."""

    def address_in(self, part: str, note: Element) -> str | None:
        """The first web address that a note links to."""
        for link in note.iter(f"{W}hyperlink"):
            if address := self.links.get(f"{part}:{link.get(_R_ID)}"):
                return address
        return None


def open_package(data: bytes) -> WordPackage:
    """The parts of a ``.docx`` or ``.docm``.

    Raises:
        DocumentError: it is damaged, has a password, declares entities, or unpacks to more than a document would.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            _refuse_bomb(archive)
            return _load(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError) as error:
        raise DocumentError(_BROKEN.format(f"it is cut off or damaged ({error})")) from error
    except (RuntimeError, NotImplementedError) as error:
        raise DocumentError(_BROKEN.format(f"it has a password or an unusual packing ({error})")) from error


def _refuse_bomb(archive: zipfile.ZipFile) -> None:
    """Refuse by declared sizes, before anything is unpacked; zipfile reads no more than what is declared."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > _MOST_MEMBERS or unpacked > _MOST_BYTES or unpacked > max(_SMALL, _MOST_TIMES * packed):
        raise DocumentError(
            f"It is a Word file that unpacks from {packed:,} to {unpacked:,} bytes in {len(members):,} parts, which no "
            "honest document does. Get it from its publisher again, or save it as PDF."
        )


def _load(archive: zipfile.ZipFile) -> WordPackage:
    main = _related(archive, "").get("officeDocument", "word/document.xml")
    document = _parse(archive, main)
    if document is None or document.find(f"{W}body") is None:
        raise DocumentError(_BROKEN.format("its main part is missing"))
    related = _related(archive, main)
    parts = {kind: related.get(kind) for kind in ("styles", "footnotes", "endnotes", "settings")}
    links = {
        f"{kind}:{identifier}": address
        for kind in ("footnotes", "endnotes")
        if (path := parts[kind])
        for identifier, address in _external(archive, path).items()
    }
    elements = {kind: _parse(archive, path) for kind, path in parts.items() if path}
    theme = _parse_ornament(archive, related.get("theme"))
    properties = _parse(archive, "docProps/core.xml")
    return WordPackage(document, properties=properties, theme=theme, links=links, **elements)


def _parse(archive: zipfile.ZipFile, path: str) -> Element | None:
    try:
        raw = archive.read(path)
    except KeyError:
        return None
    for strict, usual in _STRICT:
        raw = raw.replace(strict, usual)
    # Entities are neither expanded nor fetched; without a huge tree, libxml2 limits nesting to 256.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        if error.code == etree.ErrorTypes.ERR_NO_MEMORY:
            raise MemoryError from error
        raise DocumentError(_BROKEN.format(f"its part {path} is damaged ({error.msg})")) from error
    if root.getroottree().docinfo.doctype:
        raise DocumentError(_BROKEN.format(f"its part {path} declares entities, which no word processor writes"))
    return root


def _parse_ornament(archive: zipfile.ZipFile, path: str | None) -> Element | None:
    """A part that the words can do without: no damage to it makes a file unreadable."""
    try:
        return _parse(archive, path) if path else None
    except (DocumentError, zipfile.BadZipFile, zlib.error, EOFError):
        return None


def _relationships(archive: zipfile.ZipFile, part: str) -> list[Element]:
    folder, name = posixpath.split(part)
    relationships = _parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    return [] if relationships is None else list(relationships)


def _related(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Paths of the parts that one part refers to, by the last word of the relationship's type."""
    folder = posixpath.dirname(part)
    return {
        link.get("Type", "").rpartition("/")[2]: posixpath.normpath(
            posixpath.join("/", folder, link.get("Target", ""))
        ).lstrip("/")
        for link in _relationships(archive, part)
        if link.get("TargetMode") != "External"
    }


def _external(archive: zipfile.ZipFile, part: str) -> dict[str, str]:
    return {
        link.get("Id", ""): link.get("Target", "")
        for link in _relationships(archive, part)
        if link.get("Target", "").startswith(("https://", "http://"))
    }


def is_number(words: str) -> bool:
    """Say whether words are a whole number of a size that a file may name; other digits than 0 to 9 are none."""
    return len(words) <= 9 and words.isascii() and words.isdecimal()
