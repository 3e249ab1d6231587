"""Removing a document of one's own: what was made of it goes with it, and everything else stays as it was."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from assistant import answering
from assistant.errors import AssistantError, CatalogueError, IndexLockedError
from assistant.index.locking import writer_lock
from assistant.indexing import removing
from assistant.indexing.adding import add_document
from assistant.indexing.documents import list_documents
from assistant.indexing.ingestion import ingest
from assistant.indexing.own_documents import clear_up
from assistant.indexing.question_writing import QuestionWriter
from assistant.indexing.removing import Removed, remove_document
from assistant.settings import Settings
from assistant.sources.catalogue import add_file, broken_entries, load_catalogue
from tests.embedders import HashEmbedder
from tests.library_making import index_library, make_library, open_library
from tests.writers import FakeModel

FERRIES = "# Ferries\n\n## Times\n\nFerries sail at noon from the northern quay.\n"
WHEN = "When do ferries sail from the northern quay?"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = make_library(tmp_path)
    index_library(made)
    return made


def add(settings: Settings, title: str = "Note on ferries", words: str = FERRIES, **details: object) -> None:
    own = settings.corpus.parent / "own.md"
    own.write_text(words, encoding="utf-8")
    given = {"title": title, "publisher": "Quay Board", "published": "2026-01", "authority": "evidence"} | details
    add_document(own, settings, HashEmbedder(), **given)


def remove(settings: Settings, name: str = "note-on-ferries") -> Removed:
    return remove_document(name, settings, HashEmbedder())


def found(settings: Settings, words: str = WHEN) -> str:
    """All that a search finds."""
    library = open_library(settings)
    try:
        return "\n".join(item.chunk.text for item in answering.search(library, words))
    finally:
        library.generation.close()


def on_disk(folder: Path, words: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and words in path.read_bytes()]


def test_a_removed_document_is_gone_with_what_was_made_of_it(settings: Settings) -> None:
    before = ingest(settings, HashEmbedder()).library_version
    add(settings)
    questions = settings.corpus / "questions" / "note-on-ferries.toml"
    questions.write_text('[[section]]\nid = "times"\nquestions = ["At what hour is the boat?"]\n', encoding="utf-8")
    model = settings.model.model_copy(update={"name": "fake:one", "writes_questions": True})
    asking = settings.model_copy(update={"model": model})
    kept = settings.index.folder / "cache" / "questions.sqlite"
    writer = QuestionWriter(model, kept, FakeModel(reply=lambda _: "Which quay do ferries leave from at midday?"))
    ingest(asking, HashEmbedder(), question_writer=writer, rebuild=True)
    assert "at noon" in found(asking)
    assert on_disk(settings.corpus, b"northern quay")

    removed = remove(settings)
    assert removed.words == (
        "Note on ferries (Quay Board, 2026-01) was removed. Questions are no longer answered from it."
    )
    assert "northern quay" not in found(settings)
    assert not on_disk(settings.corpus, b"northern quay")
    assert not on_disk(settings.corpus, b"At what hour")
    assert not on_disk(settings.index.folder, b"northern quay")
    assert not on_disk(settings.index.folder, b"at midday")
    assert [row.id for row in list_documents(settings)] == ["harbour-plan", "tide-report"]
    assert ingest(settings, HashEmbedder()).library_version == before


def test_the_vectors_kept_of_a_removed_document_go_too(settings: Settings) -> None:
    def rows() -> set[bytes]:
        with sqlite3.connect(settings.index.folder / "cache" / "vectors.sqlite") as database:
            kept = {row[0] for row in database.execute("SELECT key FROM vectors")}
        database.close()
        return kept

    before = rows()
    add(settings)
    assert len(rows()) > len(before)
    remove(settings)
    assert rows() == before


def test_of_a_document_of_the_catalogue_the_added_file_goes_alone(settings: Settings) -> None:
    add(settings, "Harbour plan", "# Harbour plan\n\nThe office will license exactly 41 boats.\n")
    assert "41 boats" in found(settings, "How many boats will the office license?")
    removed = remove(settings, "harbour-plan")
    assert removed.words.startswith("The file that stood for Harbour plan (Harbour Office, 2024-05-01) was removed.")
    assert "40 boats" in found(settings, "How many boats will the office license?")
    assert (settings.corpus / "questions" / "harbour-plan.toml").exists()
    with pytest.raises(CatalogueError, match=r"^harbour-plan is a document of .*catalogue\.toml and has no added file"):
        remove(settings, "harbour-plan")


@pytest.mark.parametrize("name", ["none", "", ".", "..", "../added/note-on-ferries", ".lock", "Note on ferries"])
def test_an_unknown_id_removes_nothing(settings: Settings, name: str) -> None:
    add(settings)
    with pytest.raises(CatalogueError, match="was added to the library; there are: note-on-ferries"):
        remove(settings, name)
    assert "at noon" in found(settings)


def test_without_own_documents_there_is_none_to_remove(settings: Settings) -> None:
    with pytest.raises(CatalogueError, match="No document 'none' was added to the library; there is none"):
        remove(settings, "none")


def test_what_a_removed_document_replaced_is_current_again(settings: Settings) -> None:
    add(settings, supersedes=("harbour-plan",))
    assert {source.id: source.status for source in load_catalogue(settings.corpus)}["harbour-plan"] == "superseded"
    remove(settings)
    assert {source.status for source in load_catalogue(settings.corpus)} == {"current"}


def test_what_replaced_a_removed_document_names_it_in_words(settings: Settings) -> None:
    add(settings)
    add(settings, "Newer note", "# Newer\n\nFerries sail at dusk.\n", supersedes=("note-on-ferries", "harbour-plan"))
    remove(settings)
    sources = {source.id: source for source in load_catalogue(settings.corpus)}
    assert sources["newer-note"].supersedes == ("Note on ferries (Quay Board, 2026-01)", "harbour-plan")
    assert not broken_entries(settings.corpus)
    assert "at dusk" in found(settings, "When do ferries sail?")


def test_a_document_whose_entry_is_broken_is_not_answered_from_and_can_be_removed(settings: Settings) -> None:
    add(settings)
    add(settings, "Newer note", "# Newer\n\nFerries sail at dusk.\n", supersedes=("note-on-ferries",))
    (settings.corpus / "added" / "note-on-ferries" / "source.json").write_text("{", encoding="utf-8")
    assert "at noon" not in found(settings)
    library = open_library(settings)
    assert "dusk" in answering.ask(library, "When do ferries sail?").answer
    assert answering.ask(library, WHEN).documents_searched == ("harbour-plan", "newer-note", "tide-report")
    library.generation.close()
    (why,) = ingest(settings, HashEmbedder()).left_out.values()
    assert "source.json is not valid JSON" in why
    (why,) = ingest(settings, HashEmbedder()).left_out.values()
    assert "`steward remove note-on-ferries`" in why
    assert remove(settings).words.startswith("The document note-on-ferries, whose entry was broken, was removed.")
    assert not ingest(settings, HashEmbedder()).left_out
    assert "at dusk" in found(settings, "When do ferries sail?")


def test_a_linked_folder_is_removed_and_what_it_leads_to_stays(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "source.json").write_text("{", encoding="utf-8")
    (settings.corpus / "added").mkdir()
    (settings.corpus / "added" / "linked").symlink_to(tmp_path / "elsewhere")
    remove(settings, "linked")
    assert not broken_entries(settings.corpus)
    assert (tmp_path / "elsewhere" / "source.json").exists()


def test_a_removal_that_fails_removes_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    add(settings)
    add(settings, "Newer note", "# Newer\n\nFerries sail at dusk.\n", supersedes=("note-on-ferries",))

    def fail(*_: object, **__: object) -> None:
        raise AssistantError("The disk is full.")

    with (
        writer_lock(settings.index.folder),
        pytest.raises(IndexLockedError, match=r"^note-on-ferries was not removed\."),
    ):
        remove(settings)
    monkeypatch.setattr(removing, "ingest", fail)
    with pytest.raises(AssistantError, match=r"The disk is full\."):
        remove(settings)
    sources = {source.id: source for source in load_catalogue(settings.corpus)}
    assert sources["note-on-ferries"].superseded_by == "newer-note"
    assert "at noon" in found(settings)


def test_two_at_once_and_one_during_a_build(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    add(settings)
    refused: list[str] = []
    build = removing.ingest

    def build_while_another_comes(*values: object, **named: object) -> object:
        with pytest.raises(IndexLockedError) as caught:
            remove(settings)
        refused.append(str(caught.value))
        return build(*values, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(removing, "ingest", build_while_another_comes)
    remove(settings)
    assert refused == ["Another document is being added or removed. Wait until it is done, then try again."]
    with pytest.raises(CatalogueError, match="there is none"):
        remove(settings)


def test_many_at_once_leave_a_library_that_answers(settings: Settings) -> None:
    for number in range(4):
        add(settings, f"Note {number}", f"# Note\n\nFerry {number} sails at noon.\n")
    outcomes: list[str] = []

    def run(name: str) -> None:
        try:
            outcomes.append(remove(settings, name).id)
        except (IndexLockedError, CatalogueError) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=run, args=(f"note-{number % 4}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gone = {name for name in outcomes if name.startswith("note")}
    assert gone
    assert {source.id for source in load_catalogue(settings.corpus)} == {
        "harbour-plan",
        "tide-report",
        *({f"note-{number}" for number in range(4)} - gone),
    }
    assert "40 boats" in found(settings, "How many boats will the office license?")


KILLED = """
import os, signal, sys
from pathlib import Path
from assistant.indexing import {module}
from assistant.indexing.adding import add_document
from assistant.indexing.removing import remove_document
from assistant.settings import load_settings
from tests.embedders import HashEmbedder

corpus, indexes, own = map(Path, sys.argv[1:])
settings = load_settings(corpus=corpus, index={{"folder": indexes}})
build = {module}.ingest

def killed(*values, **named):
    if {built}:
        build(*values, **named)
    os.kill(os.getpid(), signal.SIGKILL)

{module}.ingest = killed
{call}
"""
ADD = (
    "add_document(own, settings, HashEmbedder(), title='Note on ferries', publisher='P', published='2026', "
    "authority='evidence')"
)
REMOVE = "remove_document('note-on-ferries', settings, HashEmbedder())"


def kill_in(settings: Settings, module: str, call: str, built: bool) -> None:
    own = settings.corpus.parent / "killed.md"
    own.write_text("# Ferries\n\nFerries sail at midnight.\n", encoding="utf-8")
    program = KILLED.format(module=module, call=call, built=built)
    ended = subprocess.run(
        [sys.executable, "-c", program, str(settings.corpus), str(settings.index.folder), str(own)],
        cwd=Path(__file__).parents[2],
        env=os.environ,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize("built", [False, True], ids=["before", "after"])
def test_a_removal_that_is_killed_is_finished_later(settings: Settings, built: bool) -> None:
    add(settings)
    kill_in(settings, "removing", REMOVE, built)
    assert "at noon" not in found(settings), "it is not answered from meanwhile"
    ingest(settings, HashEmbedder())
    assert not on_disk(settings.corpus, b"northern quay")
    assert "at noon" not in found(settings)


@pytest.mark.parametrize("replaces", [False, True], ids=["new", "again"])
def test_an_addition_that_is_killed_is_undone_by_the_next_build(settings: Settings, replaces: bool) -> None:
    if replaces:
        add(settings)
    kill_in(settings, "adding", ADD, built=False)
    ingest(settings, HashEmbedder())
    assert not on_disk(settings.corpus, b"at midnight")
    assert ("at noon" in found(settings)) is replaces
    assert not list((settings.corpus / "added").glob(".adding*"))


def test_an_addition_that_is_killed_once_it_is_indexed_stays(settings: Settings) -> None:
    kill_in(settings, "adding", ADD, built=True)
    clear_up(settings)
    assert "at midnight" in found(settings)
    assert not list((settings.corpus / "added").glob(".adding*"))
    assert not ingest(settings, HashEmbedder()).updated


def test_a_build_that_was_overtaken_is_refused_and_harms_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that was planned before a removal must not bring the document back, nor fail for want of it."""
    add(settings)
    own = settings.corpus.parent / "piers.md"
    own.write_text("# Piers\n\nThe pier opens at dawn.\n", encoding="utf-8")
    add_file(own, settings.corpus, title="Piers", publisher="P", published="2026", authority="evidence")
    plan = ingest.__globals__["plan_texts"]
    removed: list[str] = []

    def plan_and_be_overtaken(*values: object) -> object:
        planned = plan(*values)
        monkeypatch.undo()
        removed.append(remove(settings).id)
        return planned

    monkeypatch.setitem(ingest.__globals__, "plan_texts", plan_and_be_overtaken)
    with pytest.raises(IndexLockedError, match="Another build finished meanwhile"):
        ingest(settings, HashEmbedder())
    assert removed == ["note-on-ferries"]
    assert "at noon" not in found(settings)
    assert "at dawn" in found(settings, "When does the pier open?")


def test_removing_before_anything_was_built_builds_nothing(tmp_path: Path) -> None:
    made = make_library(tmp_path)
    own = tmp_path / "own.md"
    own.write_text(FERRIES, encoding="utf-8")
    add_file(own, made.corpus, title="Ferries", publisher="P", published="2026", authority="evidence")
    assert json.loads((made.corpus / "added" / "ferries" / "source.json").read_text(encoding="utf-8"))
    remove(made, "ferries")
    assert not (made.index.folder / "current").exists()
    assert len(load_catalogue(made.corpus)) == 2
