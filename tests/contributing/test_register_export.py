"""The register as files that other programs read."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.contributing.register_export import as_csl_json, as_csv, as_json_lines, export_register
from assistant.errors import NoteError
from assistant.library import Library
from assistant.registers.entries import Registers


def test_csv_has_a_row_a_case_and_nothing_that_a_spreadsheet_computes(register: Library) -> None:
    text = as_csv(register)
    assert text.startswith("\ufeffid,title,")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["id"] for row in rows] == ["hull-lamp-scheme", "leith-bell-scheme", "tide-school"]
    assert (rows[0]["first_year"], rows[0]["last_year"], rows[0]["sectors"]) == (
        "2019",
        "2021",
        "fishing; local-government",
    )
    assert (rows[1]["first_year"], rows[1]["last_year"], rows[1]["evidence"]) == ("2022", "", "Audit or evaluation")
    assert rows[0]["recommendations"] == "license-boats-by-lamp"
    assert rows[0]["sources"] == "Harbour plan, Boats, notes 1"
    assert rows[1]["sources"] == (
        "Tide report, Wardens, about page 3 of the report, by its table of contents; "
        "Harbour plan, Money (National Audit Office, Of =bells, https://example.org/bells)"
    )
    assert rows[2]["lesson"] == "'=Begin early."
    assert {row["lesson_by"] for row in rows} == {"the register's own reading"}


def test_json_lines_hold_every_field_of_every_entry(register: Library) -> None:
    records = [json.loads(line) for line in as_json_lines(register).splitlines()]
    for record, entry in zip(records, register.registers.precedents, strict=True):
        exclude = {"source", "shift", "sectors", "url", "evidence", "said_by", "as_at"}
        fields = entry.model_dump(mode="json", exclude=exclude)
        assert {name: record[name] for name in fields} == fields
        assert record["shifts"] == list(entry.shift)
        for told, source in zip(record["sources"], entry.source, strict=True):
            assert (told["document"], told["section"], told["pages"]) == (source.document, source.section, source.pages)
    (note,) = records[0]["sources"][0]["notes"]
    assert (note["number"], note["url"]) == ("1", "https://example.org/register")
    assert [record["evidence"]["kind"] for record in records] == ["evidence", "audit", "evidence"]
    assert [record["said_by"] for record in records[1:]] == [
        "Tide Trust; Harbour Office, citing National Audit Office",
        "Tide Trust",
    ]


def test_who_says_so_and_when_is_exported_as_the_case_has_it(register: Library) -> None:
    words = {"said_by": "Dock auditors, May 2024", "as_at": "2024-05"}
    entry = register.registers.precedents[0].model_copy(update=words)
    told = replace(register, registers=Registers((), (entry,)))
    record = json.loads(as_json_lines(told))
    assert {name: record[name] for name in words} == words
    assert [json.loads(line)["as_at"] for line in as_json_lines(register).splitlines()] == [None] * 3


def test_csl_json_holds_cases_documents_and_publications_once_each(register: Library) -> None:
    items = {item["id"]: item for item in json.loads(as_csl_json(register))}
    assert len(items) == len(json.loads(as_csl_json(register)))
    assert {name: item["type"] for name, item in items.items()} == {
        "hull-lamp-scheme": "entry",
        "leith-bell-scheme": "entry",
        "tide-school": "entry",
        "document/harbour-plan": "report",
        "harbour-plan/note-1": "document",
        "document/tide-report": "report",
        "leith-bell-scheme/source-2": "document",
    }
    assert items["document/harbour-plan"]["issued"] == {"date-parts": [[2024, 5, 1]]}
    assert items["leith-bell-scheme/source-2"] == {
        "id": "leith-bell-scheme/source-2",
        "type": "document",
        "title": "Of =bells",
        "publisher": "National Audit Office",
        "URL": "https://example.org/bells",
    }
    assert "in the register's reading" in items["hull-lamp-scheme"]["note"]
    assert all(value for item in items.values() for value in item.values())


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".json"])
def test_the_same_register_gives_the_same_file(register: Library, tmp_path: Path, ending: str) -> None:
    first, second = tmp_path / f"a{ending}", tmp_path / f"b{ending}"
    assert export_register(register, first) == export_register(register, second) == 3
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [first.name, second.name]


def test_a_file_that_is_there_stays_unless_told_otherwise(register: Library, tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(NoteError, match="already exists"):
        export_register(register, path)
    assert path.read_text(encoding="utf-8") == "mine"
    export_register(register, path, overwrite=True)
    assert path.read_text(encoding="utf-8") != "mine"


def test_another_ending_or_no_folder_is_refused(register: Library, tmp_path: Path) -> None:
    with pytest.raises(NoteError, match=r"^Cannot export to 'x\.xls'\. Use a file name that ends in \.csv, "):
        export_register(register, tmp_path / "x.xls")
    with pytest.raises(NoteError, match="cannot be written: No such file or directory"):
        export_register(register, tmp_path / "none" / "x.csv")
    assert list(tmp_path.iterdir()) == []
