"""A library that is built on one machine and answers on another, with its documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant import answering
from assistant.cli import main
from assistant.doctor import Finding, examine
from assistant.errors import IndexNotFoundError, LibraryIndexError, PublicationError
from assistant.indexing.adding import add_document
from assistant.indexing.publishing import publish
from assistant.indexing.removing import remove_document
from assistant.library import CurrentLibrary, follower_of
from assistant.settings import Settings
from assistant.storage import open_database
from assistant.web.app import _open
from assistant.web.door.permissions import ADDING_ELSEWHERE, Openness
from assistant.web.door.signs import state
from tests.embedders import HashEmbedder
from tests.library_making import index_library, make_library

FILE = "# Lamp order\n\nEvery lamp is to be trimmed at noon by the harbour porter.\n"
ASKED = "Who trims every lamp at noon?"
DETAILS = {
    "title": "Lamp order",
    "publisher": "Harbour Office",
    "published": "2025-06",
    "authority": "guidance",
}


@dataclass(frozen=True)
class Machines:
    """Two machines with the same shipped library."""

    there: Settings
    """Builds and publishes."""
    here: Settings
    """Fetches."""
    address: str


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    address = str(tmp_path / "published")
    there, here = make_library(tmp_path / "there"), make_library(tmp_path / "here")
    index_library(there)
    index = here.index.model_copy(update={"published": address})
    monkeypatch.setattr("assistant.library.SentenceEmbedder", lambda _: HashEmbedder())
    return Machines(there, here.model_copy(update={"index": index}), address)


@pytest.fixture
def current(machines: Machines) -> Iterator[CurrentLibrary]:
    """The library of the machine that fetches, opened for the first time."""
    publish(machines.there, machines.address)
    opened = _open(machines.here, follower_of(machines.here))
    yield opened
    opened.close()


def add(machines: Machines, tmp_path: Path, **details: str) -> str:
    file = tmp_path / "lamps.md"
    file.write_text(FILE, encoding="utf-8")
    added = add_document(file, machines.there, HashEmbedder(), **{**DETAILS, **details})
    publish(machines.there, machines.address)
    return added.source.id


def test_a_document_that_is_added_there_answers_here_and_opens_from_its_file(
    machines: Machines, current: CurrentLibrary, tmp_path: Path
) -> None:
    follower = follower_of(machines.here)
    name = add(machines, tmp_path)
    assert name not in current().sources
    follower.look()
    library = current()
    answer = answering.ask(library, ASKED)
    assert [citation.document for citation in answer.citations] == [name]
    file = library.settings.corpus / str(library.sources[name].file)
    assert file.read_text(encoding="utf-8") == FILE
    assert not (machines.here.corpus / "added").exists()


def test_a_document_that_is_removed_there_is_nowhere_here(
    machines: Machines, current: CurrentLibrary, tmp_path: Path
) -> None:
    follower = follower_of(machines.here)
    name = add(machines, tmp_path)
    follower.look()
    assert name in current().sources
    remove_document(name, machines.there, HashEmbedder())
    publish(machines.there, machines.address)
    follower.look()
    assert name not in current().sources
    follower.look()
    held = b"".join(path.read_bytes() for path in (tmp_path / "here").rglob("*") if path.is_file())
    assert b"trimmed at noon" not in held
    published = b"".join(path.read_bytes() for path in Path(machines.address).rglob("*") if path.is_file())
    assert b"trimmed at noon" not in published


def test_a_readers_own_document_is_theirs_here_too(machines: Machines, current: CurrentLibrary, tmp_path: Path) -> None:
    name = add(machines, tmp_path, reader="a" * 64)
    follower_of(machines.here).look()
    library = current()
    assert name not in library.sources
    assert name in library.seen_by("a" * 64).sources


def test_what_is_published_already_is_not_sent_again(machines: Machines, capsys: pytest.CaptureFixture[str]) -> None:
    first = publish(machines.there, machines.address)
    assert 0 < first.sent <= first.files
    assert publish(machines.there, machines.address).files == 0
    assert publish(machines.there, machines.address, again=True).sent == first.sent


def test_the_command_says_what_was_sent(
    machines: Machines, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(machines.there.index.folder))
    monkeypatch.setenv("STEWARD_CORPUS", str(machines.there.corpus))
    for said in (r"files were sent.", "published already."):
        with pytest.raises(SystemExit) as ended:
            main(["publish", machines.address])
        assert ended.value.code == 0
        assert capsys.readouterr().out.endswith(f"{said}\n")


def test_an_index_that_is_not_there_or_is_damaged_is_not_published(machines: Machines) -> None:
    with pytest.raises(IndexNotFoundError, match="No index at"):
        publish(machines.here, machines.address)
    (matrix,) = machines.there.index.folder.glob("generations/*/vectors.f32")
    matrix.write_bytes(b"")
    with pytest.raises(LibraryIndexError, match=r"vectors\.f32 has 0 bytes"):
        publish(machines.there, machines.address)
    assert not Path(machines.address).exists()


def test_a_place_that_cannot_be_written_is_named(machines: Machines, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PublicationError, match=r"file/below cannot be written \(.*Check the address"):
        publish(machines.there, str(tmp_path / "file" / "below"))


def test_an_app_without_an_index_starts_with_the_published_one_or_says_why_not(machines: Machines) -> None:
    with pytest.raises(PublicationError, match="Publish the index there with `steward publish`"):
        _open(machines.here, follower_of(machines.here))
    with pytest.raises(IndexNotFoundError):
        _open(machines.there.model_copy(update={"index": machines.here.index}), None)
    publish(machines.there, machines.address)
    _open(machines.here, follower_of(machines.here)).close()


def test_readiness_says_whether_the_published_library_answers(machines: Machines, current: CurrentLibrary) -> None:
    follower, database = follower_of(machines.here), open_database(machines.here)
    try:
        assert state(current, database, follower)["published"] == "it was not looked at yet"
        follower.look()
        assert state(current, database, follower)["published"] == "ok"
        (Path(machines.address) / "current").unlink()
        with pytest.raises(PublicationError):
            follower.look()
        found = state(current, database, follower)
        assert (found["ready"], found["published"]) == (True, "nothing is published there")
    finally:
        database.close()


def test_nobody_adds_files_where_the_index_comes_from_elsewhere(machines: Machines) -> None:
    opened = Openness(machines.here.web, "127.0.0.1", builds=False)
    assert not opened.may_add
    assert not opened.may_share
    assert opened.closed_words == ADDING_ELSEWHERE
    assert "nobody can add files" in opened.words()


def test_the_doctor_says_whether_the_published_index_is_here(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.doctor.SentenceEmbedder", lambda _: HashEmbedder())

    def finding() -> Finding:
        (found,) = (finding for finding in examine(machines.here) if finding.what == "published index")
        return found

    assert not finding().ok
    assert "Publish the index there" in finding().detail
    publish(machines.there, machines.address)
    assert finding().detail.endswith(f"at {machines.address}, not here yet; `steward serve` fetches it")
    follower_of(machines.here).look()
    assert finding().ok
    assert finding().detail.endswith("here too")
