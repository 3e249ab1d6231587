"""Adding a file from the app: it is read first, one at a time, and then searched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import AssistantError, CatalogueError, DocumentError, IndexLockedError
from assistant.index.locking import writer_lock
from assistant.indexing import adding
from assistant.indexing.adding import add_document, add_unindexed
from assistant.settings import Settings
from assistant.sources.catalogue import load_catalogue
from tests.embedders import HashEmbedder
from tests.library_making import index_library, make_library, open_library

FERRIES = "# Ferries\n\n## Times\n\nFerries sail at noon from the northern quay.\n"
DETAILS = {"title": "Note on ferries", "publisher": "Quay Board", "published": "2026-01", "authority": "evidence"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = make_library(tmp_path)
    index_library(made)
    return made


@pytest.fixture
def ferries(tmp_path: Path) -> Path:
    path = tmp_path / "ferries.md"
    path.write_text(FERRIES, encoding="utf-8")
    return path


def nothing_added(settings: Settings) -> bool:
    left = {path.name for path in (settings.corpus / "added").glob("*")} - {".lock"}
    return not left and len(load_catalogue(settings.corpus)) == 2


def test_an_added_file_is_searched_and_progress_is_told(settings: Settings, ferries: Path) -> None:
    told: list[tuple[str, int, int]] = []
    added = add_document(ferries, settings, HashEmbedder(), **DETAILS, on_progress=lambda *step: told.append(step))
    assert (added.source.id, added.before, added.chunks) == ("note-on-ferries", None, 1)
    assert {step for step, _, _ in told} == {"reading", "embedding"}
    assert all(0 < done <= total for _, done, total in told)
    with open_library(settings).generation as generation:
        assert "noon" in generation.text_chunks("note-on-ferries")[0].text


def test_a_file_under_a_known_title_says_whose_place_it_takes(settings: Settings, ferries: Path) -> None:
    added = add_document(ferries, settings, HashEmbedder(), **(DETAILS | {"title": "Harbour plan"}))
    assert added.before is not None
    assert added.before.summary == "summaries/harbour-plan.md"
    assert added.source.publisher == "Harbour Office"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("broken.docx", b"PK\x03\x04 cut off", r"^broken\.docx: It begins like a ZIP or Word file but is cut off"),
        ("note.pdf", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", r"^note\.pdf: It looks like "),
        ("title.md", b"# Ferries\n\n## Times\n", r"^title\.md: It holds no text but headings"),
        ("empty.md", b"", r"^empty\.md: It is empty"),
        (
            "words.html",
            b"<html><script>alert(1)</script></html>",
            r"^words\.html: The page holds no words",
        ),
    ],
    ids=["damaged", "program", "headings-alone", "empty", "script-alone"],
)
def test_a_file_that_cannot_be_read_leaves_nothing_behind(
    settings: Settings, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DocumentError, match=message):
        add_document(path, settings, HashEmbedder(), **DETAILS)
    assert nothing_added(settings)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"published": "2025-02-31"}, r"^The details of the file .*, field published: .* 2025, 2025-03 or 2025-03-07"),
        ({"landing_page": "javascript:alert(1)"}, "field landing_page: .* begins with https"),
        ({"supersedes": ("no-such-id",)}, "^The details of the file, entry note-on-ferries, field supersedes"),
        ({"title": "A\nB"}, "field title: .* on one line"),
    ],
    ids=["date", "address", "supersedes", "title"],
)
def test_a_wrong_detail_adds_nothing(
    settings: Settings, ferries: Path, change: dict[str, object], message: str
) -> None:
    with pytest.raises(CatalogueError, match=message) as caught:
        add_document(ferries, settings, HashEmbedder(), **(DETAILS | change))
    assert str(settings.corpus) not in str(caught.value)
    assert nothing_added(settings)


def test_two_at_once_get_a_sentence(settings: Settings, ferries: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []
    read: Callable[..., object] = adding.read_file

    def read_while_another_comes(path: Path, limits: object) -> object:
        with pytest.raises(IndexLockedError, match=r"Another document is being added or removed\. Wait") as caught:
            add_document(ferries, settings, HashEmbedder(), **DETAILS)
        refused.append(str(caught.value))
        return read(path, limits)

    monkeypatch.setattr(adding, "read_file", read_while_another_comes)
    assert add_document(ferries, settings, HashEmbedder(), **DETAILS).chunks == 1
    assert len(refused) == 1


def test_where_another_process_builds_nothing_is_added_and_that_is_said(settings: Settings, ferries: Path) -> None:
    with (
        writer_lock(settings.index.folder),
        pytest.raises(IndexLockedError, match=r"^Note on ferries was not added\. .* being written by"),
    ):
        add_document(ferries, settings, HashEmbedder(), **DETAILS)
    assert nothing_added(settings)
    assert add_document(ferries, settings, HashEmbedder(), **DETAILS).chunks == 1, "the lock is free again"


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt(), AssistantError("The disk is full.")])
def test_where_indexing_fails_nothing_stays_and_an_earlier_file_does(
    settings: Settings, ferries: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as failing:
        failing.setattr(adding, "ingest", fail)
        with pytest.raises(type(error)):
            add_document(ferries, settings, HashEmbedder(), **DETAILS)
    assert nothing_added(settings)
    add_document(ferries, settings, HashEmbedder(), **DETAILS)
    before = {path: path.read_bytes() for path in (settings.corpus / "added").rglob("*") if path.is_file()}
    ferries.write_text(FERRIES.replace("noon", "dusk"), encoding="utf-8")
    monkeypatch.setattr(adding, "ingest", fail)
    with pytest.raises(type(error)):
        add_document(ferries, settings, HashEmbedder(), **DETAILS)
    assert {path: path.read_bytes() for path in (settings.corpus / "added").rglob("*") if path.is_file()} == before


def test_a_file_that_ingestion_cannot_read_after_all_does_not_stay(
    settings: Settings, ferries: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = adding.ingest

    def spoil(*values: Any, **named: Any) -> object:
        (path,) = (settings.corpus / "added" / "note-on-ferries").glob("*.md")
        path.write_bytes(b"MZ\x90\x00\x03")
        return build(*values, **named)

    monkeypatch.setattr(adding, "ingest", spoil)
    with pytest.raises(DocumentError, match=r"^Note on ferries was not added\. .*a program"):
        add_document(ferries, settings, HashEmbedder(), **DETAILS)
    assert nothing_added(settings)


@pytest.mark.parametrize("name", ["broken.docx", "none.md"])
def test_without_indexing_too_a_file_is_read_first(settings: Settings, tmp_path: Path, name: str) -> None:
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(DocumentError, match=rf"^{name}: (It begins like|There is no such file)"):
        add_unindexed(tmp_path / name, settings, **DETAILS)
    assert nothing_added(settings)
