"""`steward backup` and `restore` with either kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.backup import back_up, restore
from assistant.errors import StorageError
from assistant.settings import Settings
from assistant.storage import open_people


def names(settings: Settings) -> list[str]:
    people = open_people(settings)
    try:
        return sorted(person.name for person in people.list())
    finally:
        people.close()


def register(settings: Settings, name: str) -> None:
    people = open_people(settings)
    try:
        people.add(name, "contributor")
    finally:
        people.close()


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"corpus": tmp_path / "corpus"})


def test_a_database_comes_back_as_it_was(kept: Settings, tmp_path: Path) -> None:
    kept.corpus.mkdir()
    register(kept, "Reader one")
    file = tmp_path / "backup.tar.gz"
    back_up(kept, file)
    register(kept, "Reader two")
    with pytest.raises(StorageError, match="is there already"):
        restore(kept, file)
    restore(kept, file, overwrite=True)
    assert names(kept) == ["Reader one"]


def test_a_backup_of_another_kind_of_database_is_refused(kept: Settings, tmp_path: Path) -> None:
    kept.corpus.mkdir()
    file = tmp_path / "backup.tar.gz"
    back_up(kept, file)
    is_sqlite = kept.storage.url is None
    other = "postgresql://steward@127.0.0.1:1/none" if is_sqlite else f"sqlite:///{tmp_path}/other.db"
    with pytest.raises(StorageError, match="holds a"):
        restore(Settings(corpus=kept.corpus, storage={"url": other}), file)
