"""``corpus/catalogue.toml`` and readers' own entries, as :class:`~assistant.records.Source` records.

Readers' own files lie in ``corpus/added/<id>/`` beside a ``source.json``. One whose id is in the catalogue
stands in for that entry's original; any other is an entry of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, get_args
from unicodedata import combining, normalize
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from assistant.dates import first_and_last_day
from assistant.errors import AssistantError, CatalogueError
from assistant.reading.builder import unseen_characters
from assistant.records import Authority, Source, Status
from assistant.succession import link

CATALOGUE = "catalogue.toml"
ADDED = "added"
_GIVEN = "The details of the file"
"""How a message calls an entry that is not written yet."""
AUTHORITIES: tuple[str, ...] = get_args(Authority)


def _https_or_nothing(value: str) -> str:
    return _https(value) if value else value


def _https(value: str) -> str:
    parts = urlsplit(value)
    # urlsplit passes over line breaks.
    if parts.scheme != "https" or not parts.hostname or re.search(r"\s", value) or unseen_characters(value):
        raise ValueError("expected an address that begins with https://")
    return value


def _one_line(value: str) -> str:
    """A title is shown beside words of ours: it must not look like other lines, or in another order, than it is."""
    if len(value.splitlines()) > 1 or "\t" in value:
        raise ValueError("it holds line breaks or tabs. Write it on one line")
    if unseen := unseen_characters(value):
        raise ValueError(
            f"it holds characters that nobody sees or that reorder words ({', '.join(unseen)}). Type it anew"
        )
    return value


def _iso_date(value: str) -> str:
    try:
        first_and_last_day(value)
    except AssistantError:
        raise ValueError("expected a date as precise as it is known: 2025, 2025-03 or 2025-03-07") from None
    return value


Identifier = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=100)]
Words = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_one_line)]
IsoDate = Annotated[str, AfterValidator(_iso_date)]
Address = Annotated[str, AfterValidator(_https)]


class _Entry(BaseModel):
    """The form of one catalogue entry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Identifier
    title: Words
    publisher: Words
    published: IsoDate
    authority: Authority
    status: Status
    jurisdiction: Words
    licence: Words
    credit: Words
    landing_page: Annotated[str, AfterValidator(_https_or_nothing)] = ""
    authors: tuple[Words, ...] = ()
    topics: tuple[Words, ...] = ()
    supersedes: tuple[Words, ...] = ()
    superseded_by: Words | None = None
    originals: tuple[Address, ...] = ()
    briefing: str | None = None
    file: str | None = None


def load_catalogue(corpus: Path) -> tuple[Source, ...]:
    """Every document of the library, catalogue order first, then readers' own by id.

    Raises:
        CatalogueError: a file is missing or an entry is wrong; names file, entry, field, what was found and expected.
    """
    path = corpus / CATALOGUE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueError(
            f"No catalogue at {path}. Run steward in the project's folder or set STEWARD_CORPUS."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    rows = content.get("document")
    if not isinstance(rows, list) or set(content) != {"document"}:
        raise CatalogueError(f"{path}: expected only [[document]] entries, found {sorted(content) or 'nothing'}.")
    sources: dict[str, Source] = {}
    for number, row in enumerate(rows, 1):
        source = _source(row, f"{path}, entry {number}")
        if source.id in sources:
            raise CatalogueError(f"{path}, entry {number}: the id {source.id!r} stands twice; ids must be unique.")
        _check_files(source, corpus, path, number)
        sources[source.id] = source
    for entry in sorted((corpus / ADDED).glob("*/source.json")):
        added = _added(entry, corpus)
        known = sources.get(added.id)
        # A stand-in brings its file; what it replaces, it replaces as the entry it stands in for.
        replaced = tuple(dict.fromkeys((*known.supersedes, *added.supersedes))) if known else ()
        sources[added.id] = replace(known, file=added.file, supersedes=replaced) if known else added
    return tuple(link(sources, path).values())


def catalogue_hash(sources: Iterable[Source]) -> str:
    """SHA-256 over every field of every entry, in hexadecimal."""
    return hashlib.sha256("\n".join(repr(source) for source in sources).encode()).hexdigest()


def add_file(
    file: Path,
    corpus: Path,
    *,
    title: str,
    publisher: str,
    published: str,
    authority: str,
    identifier: str | None = None,
    status: str = "current",
    licence: str = "Not stated",
    landing_page: str = "",
    supersedes: tuple[str, ...] = (),
) -> Source:
    """Copy a reader's own file into the library and describe it; the entry as the catalogue now has it.

    A file added again under the same id takes the place of the earlier one, which stays beside it. ``supersedes``
    names the documents that it replaces, by id, or by title where the library does not hold them.

    Raises:
        CatalogueError: the file cannot be read or is empty, or a field is wrong.
    """
    name = identifier or _known_id(title, corpus) or slug(title)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CatalogueError(f"{file} cannot be read ({error.strerror}). Give the path of a file.") from error
    if not content:
        raise CatalogueError(f"{file} is empty, so there is nothing to add.")
    kept = f"{ADDED}/{name}/{hashlib.sha256(content).hexdigest()[:16]}{file.suffix.lower()}"
    row = {
        "id": name,
        "title": title,
        "publisher": publisher,
        "published": published,
        "authority": authority,
        "status": status,
        "jurisdiction": "Not stated",
        "licence": licence,
        "credit": publisher,
        "landing_page": landing_page,
        "supersedes": supersedes,
        "file": kept,
    }
    entry = corpus / ADDED / name / "source.json"
    source = _source(row, _GIVEN)
    known = {item.id: item for item in load_catalogue(corpus)}
    link(known | {name: replace(known[name], supersedes=supersedes) if name in known else source}, _GIVEN)
    write_atomically(corpus / kept, content)
    # The entry comes last: until it names the file, the library does not know of it.
    write_atomically(entry, (json.dumps(row, indent=2, ensure_ascii=False) + "\n").encode())
    return next(item for item in load_catalogue(corpus) if item.id == name)


def _known_id(title: str, corpus: Path) -> str | None:
    """Id of the entry with this title, in full or as it stands before its colon; None when there is none."""
    for source in load_catalogue(corpus):
        if title.casefold() in (source.title.casefold(), source.title.partition(":")[0].casefold()):
            return source.id
    return None


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, meets the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".writing-", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


def slug(words: str) -> str:
    """Words as an id of at most 100 characters.

    >>> slug("Civil Society Covenant: 2025 (draft)"), slug("Repair cafés")
    ('civil-society-covenant-2025-draft', 'repair-cafes')
    """
    plain = "".join(char for char in normalize("NFKD", words) if not combining(char))
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:100].strip("-")


def _source(row: Any, where: str) -> Source:
    name = row.get("id", "without id") if isinstance(row, dict) else "not a table"
    try:
        return Source(**_Entry.model_validate(row).model_dump())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise CatalogueError(
            f"{where} ({name}), field {field}: found {first['input']!r}; {first['msg'].removeprefix('Value error, ')}."
        ) from error


def _added(entry: Path, corpus: Path) -> Source:
    try:
        source = _source(json.loads(entry.read_text(encoding="utf-8")), f"{entry}, entry 1")
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{entry} is not valid JSON: {error}. Remove its folder or add the file again.") from error
    if source.file is None or source.id != entry.parent.name:
        raise CatalogueError(f"{entry}: expected the id {entry.parent.name!r} and a file, found {source.id!r}.")
    _check_files(source, corpus, entry, 1)
    return source


def _check_files(source: Source, corpus: Path, path: Path, number: int) -> None:
    root = corpus.resolve()
    for field in ("briefing", "file"):
        value = getattr(source, field)
        if value is not None and not ((root / value).is_file() and (root / value).resolve().is_relative_to(root)):
            raise CatalogueError(
                f"{path}, entry {number} ({source.id}), field {field}: found {value!r}; "
                f"expected a file inside {corpus}."
            )
