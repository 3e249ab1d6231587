"""The whole register as a file: CSV, JSON Lines, CSL-JSON or TOML; the same register gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.contributing.register_file import register_header, register_toml
from assistant.errors import NoteError
from assistant.files.saving import write_whole
from assistant.precedents.cases import cases_of, source_notes
from assistant.precedents.citations import estimated_pages
from assistant.precedents.json_records import case_record
from assistant.text.dates import date_parts

if TYPE_CHECKING:
    from assistant.library import Library
    from assistant.records import Footnote, Source
    from assistant.registers.entries import Precedent, PrecedentSource

LISTED = ("places", "sectors", "shifts")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
REGISTER = "Steward: register of precedents"


def as_csv(library: Library) -> str:
    """One row a case, lists joined by semicolons, sources in words; begins with the mark by which Excel knows UTF-8.

    A cell that a spreadsheet would compute begins with an apostrophe.
    """
    file = io.StringIO()
    file.write("\ufeff")
    rows = [_row(library, entry) for entry in cases_of(library).entries.values()]
    writer = csv.DictWriter(file, list(rows[0]) if rows else ["id"])
    writer.writeheader()
    writer.writerows({name: _inert(str(value)) for name, value in row.items()} for row in rows)
    return file.getvalue()


def as_json_lines(library: Library) -> str:
    """One record a line, as `records.case_record` has it."""
    return "".join(
        json.dumps(case_record(library, entry), ensure_ascii=False) + "\n"
        for entry in cases_of(library).entries.values()
    )


def as_csl_json(library: Library) -> str:
    """Items for a reference manager: every case with its summary, its documents, and the publications behind it.

    Source: CSL-JSON of Citation Style Language 1.0.2. Only what the register knows is given; nothing is guessed.
    """
    items: dict[str, dict[str, Any]] = {}
    for entry in cases_of(library).entries.values():
        items[entry.id] = _case_item(entry)
    for entry in cases_of(library).entries.values():
        for number, source in enumerate(entry.source, 1):
            document = library.sources.get(source.document)
            if document:
                items[f"document/{document.id}"] = _document_item(document)
            if source.title:
                items[f"{entry.id}/source-{number}"] = _publication_item(source, f"{entry.id}/source-{number}")
            for note in source_notes(library.generation, source):
                name = f"{source.document}/note-{note.number}"
                items[name] = _note_item(note, name)
    return json.dumps(list(items.values()), ensure_ascii=False, indent=2) + "\n"


def as_toml(library: Library) -> str:
    """The register in the very form of the shipped file, with its header: a change in git shows what changed alone."""
    header = register_header(library.settings.corpus / "registers" / "precedents.toml")
    return register_toml(cases_of(library).entries.values(), header)


FORMATS: Mapping[str, Callable[[Library], str]] = {
    ".csv": as_csv,
    ".jsonl": as_json_lines,
    ".json": as_csl_json,
    ".toml": as_toml,
}
"""How the register is written, by the ending of the file."""


def export_register(library: Library, path: Path, overwrite: bool = False) -> int:
    """Write the register to a file, whole or not at all, in the form that its ending names; gives how many cases.

    Raises:
        NoteError: another ending, a file that is there and must not be written over, or one that cannot be written.
    """
    form = FORMATS.get(path.suffix.lower())
    if form is None:
        raise NoteError(
            f"Cannot export to {path.name!r}. Use a file name that ends in .csv, .jsonl, .json (CSL-JSON) or .toml."
        )
    try:
        write_whole(path, form(library).encode(), overwrite)
    except FileExistsError as error:
        raise NoteError(f"{path} already exists. Choose another name, or overwrite it with --force.") from error
    except OSError as error:
        raise NoteError(f"{path} cannot be written: {error.strerror or error}. Choose another place.") from error
    return len(cases_of(library).entries)


def _row(library: Library, entry: Precedent) -> dict[str, Any]:
    record = case_record(library, entry)
    return {
        **{name: "" if value is None else value for name, value in record.items()},
        **{name: "; ".join(record[name]) for name in LISTED},
        "evidence": record["evidence"]["title"],
        "sources": "; ".join(map(_source_words, record["sources"])),
        "recommendations": "; ".join(item["id"] for item in record["recommendations"] if item["tie"] == "named"),
    }


def _source_words(source: Mapping[str, Any]) -> str:
    pages = f", {estimated_pages(source['pages'])}" if source["pages"] else ""
    own = ", ".join(
        filter(None, (source["publisher"], source["title"], source["published"], source["part"], source["url"]))
    )
    if not source["document"]:
        return own
    notes = ", ".join(note["number"] for note in source["notes"])
    told = f"{source['document_title'] or source['document']}, {source['section_title']}{pages}"
    return told + (f", notes {notes}" if notes else "") + (f" ({own})" if own else "")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _case_item(entry: Precedent) -> dict[str, Any]:
    return {
        "id": entry.id,
        "type": "entry",
        "title": entry.title,
        "container-title": REGISTER,
        "abstract": entry.summary,
        "note": f"{entry.organisation}; {entry.place}; {entry.period}; {entry.polarity}. "
        f"Lesson, in the register's reading: {entry.lesson}",
    }


def _document_item(document: Source) -> dict[str, Any]:
    return _without_nothing(
        {
            "id": f"document/{document.id}",
            "type": "report",
            "title": document.title,
            "author": [{"literal": name} for name in document.authors],
            "publisher": document.publisher,
            "issued": _date(document.published),
            "URL": document.landing_page,
        }
    )


def _publication_item(source: PrecedentSource, name: str) -> dict[str, Any]:
    return _without_nothing(
        {
            "id": name,
            "type": "document",
            "title": source.title,
            "publisher": source.publisher,
            "issued": _date(source.published),
            "section": source.part,
            "URL": source.url,
        }
    )


def _note_item(note: Footnote, name: str) -> dict[str, Any]:
    return _without_nothing(
        {
            "id": name,
            "type": "document",
            "title": note.title or note.text,
            "author": [{"literal": note.author}] if note.author else [],
            "publisher": note.publisher,
            "issued": _date(note.date or ""),
            "URL": note.url,
        }
    )


def _date(words: str) -> dict[str, Any]:
    if parts := date_parts(words):
        return {"date-parts": [[*parts]]}
    return {"literal": words} if words else {}


def _without_nothing(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if value}
