"""``corpus/catalogue.toml`` and users' own entries, as :class:`~assistant.records.Source` records.

Users' own files lie in ``corpus/added/<id>/`` beside a ``source.json``. One whose id is in the catalogue replaces that
entry's original; any other is a new entry. A broken entry costs only itself.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG
from typing import Any

from assistant.errors import CatalogueError
from assistant.files.saving import replace_file
from assistant.records import Source
from assistant.sources.catalogue_entries import shown, source_of
from assistant.sources.succession import link
from assistant.text.slugs import slug

CATALOGUE = "catalogue.toml"
ADDED = "added"
ENTRY = "source.json"
_PRIVATE_ID = re.compile(r"private-[0-9a-f]{16}", re.ASCII)
_GIVEN = "The details of the file"
"""What a message calls an entry that is not written yet."""
_LARGEST_ENTRY = 1_000_000
"""Most bytes of a `source.json`; those that we write have a few hundred."""


@dataclass(frozen=True, slots=True)
class BrokenEntry:
    """A user's own document that the library leaves out, since its entry cannot be used."""

    id: str
    """The name of its folder; `steward remove` takes it."""
    why: str
    """File, what is wrong and how to fix it, in one line."""


def load_catalogue(corpus: Path) -> tuple[Source, ...]:
    """Return every document of the library: the catalogue in its order, then users' own by id.

    Broken entries of users' own are left out; see :func:`broken_entries`.

    Raises:
        CatalogueError: the catalogue is missing or an entry is wrong; names file, entry, field, found and expected.
    """
    return load_entries(corpus)[0]


def broken_entries(corpus: Path) -> tuple[BrokenEntry, ...]:
    """Return users' own documents that :func:`load_catalogue` leaves out, by id; raises as that does."""
    return load_entries(corpus)[1]


def load_entries(corpus: Path) -> tuple[tuple[Source, ...], tuple[BrokenEntry, ...]]:
    """Return what :func:`load_catalogue` and :func:`broken_entries` do, having read the entries once."""
    path = corpus / CATALOGUE
    listed = load_listed(corpus)
    own: dict[str, Source] = {}
    broken: dict[str, str] = {}
    for folder in own_folders(corpus):
        try:
            entry = _own_entry(folder, corpus)
        except CatalogueError as error:
            broken[folder.name] = str(error)
        else:
            own |= {entry.id: entry} if entry else {}
    while name := _unlinked(listed, own, broken, corpus):
        del own[name]
    sources = link(_joined(listed, own, broken), path)
    return tuple(sources.values()), tuple(
        BrokenEntry(name, f"{why} Correct it, or take it out with `steward remove {shlex.quote(name)}`.")
        for name, why in sorted(broken.items())
    )


def load_listed(corpus: Path) -> dict[str, Source]:
    """Return the catalogue's own entries, by id, before linking; raises as :func:`load_catalogue` does."""
    path = corpus / CATALOGUE
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CatalogueError(
            f"No catalogue at {path}. Run steward in the project's folder, or set STEWARD_CORPUS."
        ) from error
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read ({error.strerror}). Check your rights to it.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}. Correct it.") from error
    rows = content.get("document")
    if not isinstance(rows, list) or set(content) != {"document"}:
        raise CatalogueError(f"{path}: expected only [[document]] entries, found {sorted(content) or 'nothing'}.")
    sources: dict[str, Source] = {}
    for number, row in enumerate(rows, 1):
        source = source_of(row, f"{path}, entry {number}")
        if source.id in sources:
            raise CatalogueError(
                f"{path}, entry {number}: the id {source.id!r} is used twice. Give each entry its own id."
            )
        _check_files(source, corpus, f"{path}, entry {number}")
        sources[source.id] = source
    link(sources, path)
    return sources


def own_folders(corpus: Path) -> list[Path]:
    """Return the folders of users' own documents, by name, whatever they hold.

    Raises:
        CatalogueError: the folder above them cannot be read.
    """
    try:
        found = [path for path in (corpus / ADDED).iterdir() if not path.name.startswith(".")]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise CatalogueError(
            f"{corpus / ADDED} cannot be read ({error.strerror}). Check that it is a folder and your rights to it."
        ) from error
    return sorted(path for path in found if path.is_dir() or path.is_symlink())


def _joined(listed: Mapping[str, Source], own: Mapping[str, Source], broken: Iterable[str]) -> dict[str, Source]:
    """Return the catalogue with users' own entries; what these say they replace counts only if that can be read."""
    unknown = set(broken) - set(listed)
    sources = dict(listed)
    for name, item in own.items():
        kept = tuple(older for older in item.supersedes if older not in unknown)
        known = listed.get(name)
        # A file that replaces an original leaves the entry's own succession as it is.
        replaced = tuple(dict.fromkeys((*known.supersedes, *kept))) if known else ()
        joined = replace(known, file=item.file, supersedes=replaced) if known else replace(item, supersedes=kept)
        sources[name] = replace(joined, comments_on=None)  # only what is shipped may say who else speaks
    return sources


def _unlinked(
    listed: Mapping[str, Source], own: Mapping[str, Source], broken: dict[str, str], corpus: Path
) -> str | None:
    """Move the first own entry with a contradictory succession to ``broken``; return its id, or None."""
    try:
        link(_joined(listed, own, broken), corpus / CATALOGUE)
    except CatalogueError:
        pass
    else:
        return None
    accepted: dict[str, Source] = {}
    while waiting := [name for name in own if name not in accepted]:
        reasons = {}
        for name in waiting:
            try:
                link(_joined(listed, accepted | {name: own[name]}, broken), corpus / ADDED / name / ENTRY)
            except CatalogueError as error:
                reasons[name] = str(error)
            else:
                accepted[name] = own[name]
        if len(reasons) == len(waiting):
            broken[waiting[0]] = reasons[waiting[0]]
            return waiting[0]
    return None


def catalogue_hash(sources: Iterable[Source]) -> str:
    """Return the SHA-256 over every field of every entry, in hexadecimal."""
    return hashlib.sha256("\n".join(repr(source) for source in sources).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class NewFile:
    """A user's own file that may enter the library, and its entry as it will be written."""

    path: Path
    """Where the file is now."""
    row: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id of the document."""
        return str(self.row["id"])


def describe_file(
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
    reader: str | None = None,
) -> NewFile:
    """Return a user's own file with its entry, checked; nothing is written.

    ``supersedes`` names the documents that it replaces: by id, or by title if the library does not hold them.
    ``reader`` is the digest of the only reader who is to see it (`assistant.readers`), by default everybody.

    Raises:
        CatalogueError: the file cannot be read or is empty, or a field is wrong.
    """
    every = {item.id: item for item in load_catalogue(corpus)}
    known = {name: item for name, item in every.items() if item.reader is None}
    name = identifier or (_private_id(title, reader) if reader else _known_id(title, known.values()) or slug(title))
    _check_owner(name, every, reader)
    if reader and supersedes:
        raise CatalogueError(
            "A file that only you see cannot replace a document of the library. Leave out what it replaces, or add it "
            "for everybody."
        )
    try:
        with file.open("rb") as opened:
            digest, is_empty = hashlib.file_digest(opened, "sha256").hexdigest(), not opened.tell()
    except OSError as error:
        raise CatalogueError(f"{file} cannot be read ({error.strerror}). Give the path of a file.") from error
    if is_empty:
        raise CatalogueError(f"{file} is empty. Give a file with text in it.")
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
        "file": f"{ADDED}/{name}/{digest[:16]}{file.suffix.lower()}",
        **({"reader": reader} if reader else {}),
    }
    source = source_of(row, _GIVEN)
    link(known | {name: replace(known[name], supersedes=supersedes) if name in known else source}, _GIVEN)
    return NewFile(file, row)


def keep_file(new: NewFile, corpus: Path) -> Source:
    """Copy a described file into the library, and return its entry as the catalogue now has it.

    A file added again under the same id replaces the earlier one, which stays beside it.

    Raises:
        CatalogueError: it cannot be written.
    """
    try:
        replace_file(corpus / new.row["file"], new.path)
        # Write the entry last: until it names the file, the library does not know of it.
        row = json.dumps(dict(new.row), indent=2, ensure_ascii=False)
        replace_file(corpus / ADDED / new.id / ENTRY, f"{row}\n".encode())
    except OSError as error:
        raise CatalogueError(
            f"{error.filename2 or error.filename} cannot be written ({error.strerror}). Check the disk and your rights."
        ) from error
    return next(item for item in load_catalogue(corpus) if item.id == new.id)


def add_file(file: Path, corpus: Path, **details: Any) -> Source:
    """Add a user's own file unread, and return its entry; details as in `describe_file`.

    Raises:
        CatalogueError: the file cannot be read or is empty, or a field is wrong.
    """
    return keep_file(describe_file(file, corpus, **details), corpus)


def _private_id(title: str, reader: str) -> str:
    """Return the id of a reader's own file with this title, from which nobody learns either."""
    return f"private-{hashlib.sha256(f'{reader} {slug(title)}'.encode()).hexdigest()[:16]}"


def _check_owner(name: str, every: Mapping[str, Source], reader: str | None) -> None:
    """Refuse the place of a document that somebody else sees, or does not see."""
    earlier = every.get(name)
    if is_private_id(name) != bool(reader) or (earlier is not None and earlier.reader != reader):
        raise CatalogueError(
            f"The file cannot take the place of {name}, which other readers see. Remove that, or choose another title."
        )


def is_private_id(name: str) -> bool:
    """Return whether an id is one of those of files that one reader alone sees."""
    return _PRIVATE_ID.fullmatch(name) is not None


def _known_id(title: str, known: Iterable[Source]) -> str | None:
    """Return the id of the entry with this title, in full or up to its colon; None when there is none."""
    for source in known:
        if title.casefold() in (source.title.casefold(), source.title.partition(":")[0].casefold()):
            return source.id
    return None


def _own_entry(folder: Path, corpus: Path) -> Source | None:
    """Return the entry in a folder of a user's own; None where there is none yet.

    Raises:
        CatalogueError: it cannot be used.
    """
    path = folder / ENTRY
    try:
        facts = path.stat()
        if not S_ISREG(facts.st_mode):  # opening a pipe would wait for ever
            raise CatalogueError(f"{path} is not a file.")
        if facts.st_size > _LARGEST_ENTRY:
            raise CatalogueError(f"{path} has {facts.st_size:,} bytes; an entry has at most {_LARGEST_ENTRY:,}.")
        row = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CatalogueError(f"{path} cannot be read ({error.strerror}).") from error
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{path} is not valid JSON: {error}.") from error
    source = source_of(row, f"{path}, entry 1")
    if source.file is None or source.id != folder.name:
        raise CatalogueError(f"{path}: expected the id {folder.name!r} and a file, found {source.id!r}.")
    if source.reader and (source.supersedes or source.superseded_by or not is_private_id(source.id)):
        raise CatalogueError(f"{path}: a document of one reader has an id of its own kind and replaces no other.")
    _check_files(source, corpus, f"{path}, entry 1")
    return source


def _check_files(source: Source, corpus: Path, where: str) -> None:
    for field in ("summary", "file"):
        value = getattr(source, field)
        if value is not None and not _is_inside(corpus, value):
            raise CatalogueError(
                f"{where} ({source.id}), field {field}: found {shown(value)}; expected a file inside {corpus}."
            )


def _is_inside(corpus: Path, name: str) -> bool:
    root = corpus.resolve()
    try:
        return (root / name).is_file() and (root / name).resolve().is_relative_to(root)
    except OSError:  # a name that is too long, or a folder without access
        return False
