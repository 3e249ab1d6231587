"""A backup is whole, restores into an empty machine, and a bad one changes nothing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from assistant import answering
from assistant.backup import back_up, restore
from assistant.errors import StorageError
from assistant.indexing.proposals import propose
from assistant.settings import Settings
from assistant.sources.catalogue import add_file, own_folders
from assistant.storage import open_conversations, open_database
from tests.library_making import index_library, make_library, open_library


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A library with one question asked and one file added."""
    found = make_library(tmp_path / "one")
    note = tmp_path / "note.md"
    note.write_text("# Note\n\nTolls rose.\n", encoding="utf-8")
    told = {"title": "Our note", "publisher": "Harbour Office", "published": "2025-03"}
    add_file(note, found.corpus, **told, authority="evidence", identifier="our-note")
    propose(note, found, "Ann", "0" * 64, **told | {"title": "What waits"}, authority="government-policy")
    ask(found, "How many wardens are paid from harbour fees?")
    return found


def ask(settings: Settings, question: str) -> None:
    index_library(settings)
    library = open_library(settings)
    conversations = open_conversations(settings)
    try:
        conversations.add("a-reader-of-the-harbour-plan", None, answering.ask(library, question))
    finally:
        conversations.close()
        library.close()


def empty(tmp_path: Path) -> Settings:
    """An empty machine."""
    folder = tmp_path / "other"
    return make_library(folder)


def questions(settings: Settings) -> int:
    database = open_database(settings)
    try:
        with database.read() as session:
            return int(session.scalar(text("SELECT count(*) FROM answers")) or 0)
    finally:
        database.close()


def added(settings: Settings) -> dict[str, str]:
    folder = settings.corpus / "added"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_an_empty_machine_gets_everything_back(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    kept = back_up(settings, file)
    assert (kept.database, kept.documents, kept.size) == ("sqlite", 1, file.stat().st_size)
    assert file.stat().st_mode & 0o077 == 0
    other = empty(tmp_path)
    assert restore(other, file) == kept
    assert questions(other) == questions(settings) == 1
    assert added(other) == added(settings) != {}
    assert (other.index.folder / "steward.db").stat().st_mode & 0o077 == 0
    assert list(other.corpus.rglob(".restoring*")) == []


def test_documents_on_a_disk_of_their_own_come_back(settings: Settings, tmp_path: Path) -> None:
    memory = Path("/dev/shm")
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system at /dev/shm")
    file, other = tmp_path / "backup.tar.gz", empty(tmp_path)
    back_up(settings, file)
    with tempfile.TemporaryDirectory(dir=memory) as disk:
        (other.corpus / "added").symlink_to(disk)
        restore(other, file)
        assert questions(other) == 1
        assert added(other) == added(settings)


def test_a_document_that_cannot_be_put_in_place_is_named(settings: Settings, tmp_path: Path) -> None:
    file, other = tmp_path / "backup.tar.gz", empty(tmp_path)
    back_up(settings, file)
    in_the_way = other.corpus / "added" / "our-note"
    in_the_way.parent.mkdir()
    in_the_way.write_text("a file, where a folder belongs")
    with pytest.raises(StorageError, match=r"only in part: .*our-note cannot be written: .*--force"):
        restore(other, file)
    in_the_way.unlink()
    restore(other, file, overwrite=True)
    assert added(other) == added(settings)


def test_what_is_there_is_not_replaced_unasked(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    back_up(settings, file)
    with pytest.raises(StorageError, match="exists already"):
        back_up(settings, file)
    with pytest.raises(StorageError, match="is there already"):
        restore(settings, file)
    (note,) = (settings.corpus / "added" / "our-note").glob("*.md")
    note.write_text("changed", encoding="utf-8")
    ask(settings, "How many boats will be licensed by 2027?")
    restore(settings, file, overwrite=True)
    assert questions(settings) == 1
    assert note.read_text(encoding="utf-8").startswith("# Note")


def test_what_a_killed_restore_left_is_no_document_and_goes_with_the_next(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    left = settings.corpus / "added" / ".restoring-killed"
    shutil.copytree(settings.corpus / "added", left / "added", ignore=shutil.ignore_patterns(left.name))
    (left / "database").write_text("everybody's questions")
    assert [path.name for path in own_folders(settings.corpus)] == ["our-note"]
    assert back_up(settings, file).documents == 1
    with tarfile.open(file) as packed:
        assert [name for name in packed.getnames() if left.name in name] == []
    file.write_text("a letter")
    with pytest.raises(StorageError, match="no backup"):
        restore(settings, file)
    assert not left.exists()


@pytest.mark.parametrize("wrong", ["text", "cut", "changed", "more", "later form", "outside"])
def test_a_bad_file_changes_nothing(settings: Settings, tmp_path: Path, wrong: str) -> None:
    file, unpacked = tmp_path / "backup.tar.gz", tmp_path / "unpacked"
    back_up(settings, file)
    with tarfile.open(file) as packed:
        packed.extractall(unpacked, filter="data")
    if wrong == "text":
        file.write_text("a letter")
    elif wrong == "cut":
        file.write_bytes(file.read_bytes()[:-400])
    else:
        if wrong == "changed":
            (unpacked / "added" / "our-note" / "source.json").write_text("other words")
        if wrong == "later form":
            record = json.loads((unpacked / "backup.json").read_text())
            (unpacked / "backup.json").write_text(json.dumps(record | {"form": 99}))
        (tmp_path / "more").write_text("more")
        with tarfile.open(file, "w:gz") as packed:
            packed.add(unpacked, ".")
            if wrong in ("more", "outside"):
                packed.add(tmp_path / "more", "more" if wrong == "more" else "../more")
    other = empty(tmp_path)
    with pytest.raises(StorageError, match=r"no backup|damaged|in a form"):
        restore(other, file)
    assert not (other.index.folder / "steward.db").exists()
    assert added(other) == {}


def test_a_full_disk_or_a_missing_file_is_not_called_damage(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, other = tmp_path / "backup.tar.gz", empty(tmp_path)
    with pytest.raises(StorageError, match=r"cannot be read.*: No such file or directory\. Nothing is restored"):
        restore(other, file)
    back_up(settings, file)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tarfile.TarFile, "extractall", full)
    with pytest.raises(StorageError, match=r"unpacked into .*added: No space left on device\. Nothing is restored"):
        restore(other, file)
    assert added(other) == {}


def test_secrets_stay_out(settings: Settings, tmp_path: Path) -> None:
    secret = settings.model_copy(
        update={"model": settings.model.model_copy(update={"name": "openai:some", "key": SecretStr("sk-very-secret")})}
    )
    file = tmp_path / "backup.tar.gz"
    back_up(secret, file)
    with tarfile.open(file) as packed:
        found = packed.extractfile("settings.json")
        assert found is not None
        words = found.read().decode()
    assert "sk-very-secret" not in words
    assert "**" not in words
    assert "openai:some" in words


def test_a_backup_under_writing_is_of_one_moment(settings: Settings, tmp_path: Path) -> None:
    library = open_library(settings)
    answer = answering.ask(library, "How many wardens are paid from harbour fees?")
    library.close()
    begun, ending = threading.Event(), threading.Event()

    def write() -> None:
        conversations = open_conversations(settings)
        while not ending.is_set():
            conversations.add("a-reader-of-the-harbour-plan", None, answer)
            begun.set()
        conversations.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(60)
        for number in range(3):
            back_up(settings, tmp_path / f"{number}.tar.gz")
    finally:
        ending.set()
        writer.join()
    counts = []
    for number in range(3):
        other = empty(tmp_path / str(number))
        restore(other, tmp_path / f"{number}.tar.gz")
        database = open_database(other)
        assert database.check() > 0
        database.close()
        counts.append(questions(other))
    assert 2 <= counts[0] <= counts[1] <= counts[2] <= questions(settings)


DYING = """
import os, pathlib, sys, tarfile
from assistant.cli import main

def dies_at(point, kind, method):
    whole = getattr(kind, method)
    def dying(self, path, *others, **named):
        if pathlib.Path(path).name == point:
            os._exit(9)
        return whole(self, path, *others, **named)
    setattr(kind, method, dying)

dies_at(sys.argv[1], pathlib.Path, "replace")
dies_at(sys.argv[1], tarfile.TarFile, "add")
main(sys.argv[2:])
"""


def die(settings: Settings, point: str, *arguments: str) -> None:
    """Run a command that is killed as it would pack a file of that name, or put it in place."""
    environment = os.environ | {
        "STEWARD_CORPUS": str(settings.corpus),
        "STEWARD_INDEX__FOLDER": str(settings.index.folder),
    }
    done = subprocess.run([sys.executable, "-c", DYING, point, *arguments], env=environment, capture_output=True)
    assert done.returncode == 9, done.stderr.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("point", "asked", "words"),
    [
        pytest.param("steward.db", 2, "changed", id="after unpacking"),
        pytest.param("our-note", 1, None, id="after the database is in place"),
        pytest.param(".pending", 1, "# Note\n\nTolls rose.\n", id="between two documents"),
    ],
)
def test_a_killed_restore_is_finished_by_another(
    settings: Settings, tmp_path: Path, point: str, asked: int, words: str | None
) -> None:
    file, saved, own = tmp_path / "backup.tar.gz", added(settings), settings.corpus / "added"
    back_up(settings, file)
    (note,) = (own / "our-note").glob("*.md")
    note.write_text("changed", encoding="utf-8")
    ask(settings, "How many boats will be licensed by 2027?")
    die(settings, point, "restore", "--force", str(file))
    assert questions(settings) == asked
    assert (note.read_text(encoding="utf-8") if note.exists() else None) == words
    assert (own / ".pending").exists() == (words == "changed")
    assert len(list(own.glob(".restoring*"))) == 1
    restore(settings, file, overwrite=True)
    assert questions(settings) == 1
    assert added(settings) == saved
    assert list(settings.corpus.parent.rglob(".*restoring*")) == []


@pytest.mark.slow
@pytest.mark.parametrize("point", ["database", "backup.tar.gz"])
def test_a_killed_backup_leaves_no_file_of_that_name(settings: Settings, tmp_path: Path, point: str) -> None:
    file = tmp_path / "backup.tar.gz"
    die(settings, point, "backup", str(file))
    assert not file.exists()
    assert back_up(settings, file).documents == 1
    assert list(tmp_path.glob(".backup*")) == []
