"""An index that one machine publishes and another fetches: whole and undamaged, or not at all."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest

from assistant.errors import IndexLockedError, LibraryIndexError, PublicationError
from assistant.index import IndexStore, Manifest
from assistant.index import following as following_module
from assistant.index.following import Follower
from assistant.index.layout import MANIFEST, Layout
from assistant.index.locking import writer_lock
from assistant.index.published import PIECE, PublishedFile, PublishedStore
from assistant.index.sealing import seal_file
from assistant.index.vectors import delete_from_server, server_collection
from assistant.settings import IndexSettings
from tests.index.index_making import CHUNKING, EMBEDDING, READER, best_chunks, build, make_library, unit

STORES = ("folder", "memory", "s3")


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3-compatible server on loopback."""
    pytest.importorskip("s3fs", reason="needs the extra s3")
    server_module = pytest.importorskip("moto.server", reason="needs moto[server]")
    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@pytest.fixture(params=STORES)
def address(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty place to publish to, of each kind."""
    if request.param == "folder":
        return str(tmp_path / "published")
    if request.param == "memory":
        return f"memory://{tmp_path.name}"
    for name, value in {
        "AWS_ENDPOINT_URL": request.getfixturevalue("s3_endpoint"),
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    bucket = f"bucket-{secrets.token_hex(8)}"
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir(bucket)
    return f"s3://{bucket}/steward"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A folder to publish to."""
    return str(tmp_path / "published")


def publish(store: IndexStore, address: str, *, again: bool = False, more: dict[str, Path] | None = None) -> int:
    """Publish the current generation, and ``more`` files by their path in its folder."""
    with store.sealed() as (built, manifest):
        files = {name: (built.path / name, seal) for name, seal in manifest.files.items()}
        paths = {MANIFEST: built.manifest, **(more or {})}
        files |= {name: (path, seal_file(path)) for name, path in paths.items()}
        return PublishedStore(address).publish(built.id, files, again=again)


def follower_of(address: str, root: Path, differences: Callable[[Manifest], list[str]] | None = None) -> Follower:
    settings = IndexSettings(folder=root, published=address)
    expected = partial(IndexStore(settings).differences, expected=EMBEDDING, chunking=CHUNKING, reader_version=READER)
    return Follower(settings, differences or expected)


def current(root: Path) -> str | None:
    return Layout(root).current_id()


def files_of(address: str) -> dict[str, Path]:
    """The published files by their path in the generation, for a store in a folder."""
    store = PublishedStore(address)
    return {
        name: Path(address, "files", file.sha256) for name, file in store.listing(store.current()).items() if file.size
    }


def relisted(address: str, change: Callable[[dict[str, dict[str, object]]], object]) -> None:
    """Change the list of a publication as somebody can who may write there."""
    pointer = json.loads(Path(address, "current").read_bytes())
    listing = json.loads(Path(address, "files", pointer["listing"]["sha256"]).read_bytes())
    change(listing)
    raw = json.dumps(listing).encode()
    pointer["listing"] |= {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    Path(address, "files", pointer["listing"]["sha256"]).write_bytes(raw)
    Path(address, "current").write_text(json.dumps(pointer))


def test_a_new_generation_is_fetched_and_answers_as_the_one_published(
    store: IndexStore, address: str, tmp_path: Path
) -> None:
    texts = make_library(3)
    note = tmp_path / "note.txt"
    note.write_bytes(b"x" * (PIECE + 1))
    first = build(store, texts[:2])
    publish(store, address, more={"corpus/note.txt": note})
    follower, here = follower_of(address, tmp_path / "here"), tmp_path / "here"
    follower.look()
    assert (current(here), follower.problem(first.generation)) == (first.generation, "")
    assert (Layout(here).folder(first.generation).corpus / "note.txt").read_bytes() == note.read_bytes()

    second = build(store, texts, keep=["text-0", "text-1"])
    follower.look()
    assert current(here) == first.generation
    sent = publish(store, address)
    assert 0 < sent < len(second.files) + 1, "the same content is not sent twice"
    follower.look()
    assert current(here) == second.generation
    assert [each.id for each in Layout(here).all()] == [second.generation]
    vector = unit(np.random.default_rng(5), EMBEDDING.dimensions)
    with store.open(EMBEDDING) as built, IndexStore(IndexSettings(folder=here)).open(EMBEDDING) as fetched:
        assert fetched.search_vectors(vector, 5) == built.search_vectors(vector, 5)
        assert fetched.search_words("council budget", 5) == built.search_words("council budget", 5)


def test_publishing_deletes_what_only_earlier_generations_had(store: IndexStore, folder: str) -> None:
    build(store, make_library(2))
    publish(store, folder)
    build(store, make_library(2, first_seed=7))
    publish(store, folder)
    published = PublishedStore(folder)
    named = published.current()
    held = {path.name for path in Path(folder, "files").iterdir()}
    assert held == {named.listing.sha256, *(file.sha256 for file in published.listing(named).values())}


def test_a_generation_that_is_searched_stays_until_it_is_closed(store: IndexStore, folder: str, tmp_path: Path) -> None:
    first = build(store, make_library(2))
    publish(store, folder)
    follower, here = follower_of(folder, tmp_path / "here"), tmp_path / "here"
    follower.look()
    with IndexStore(IndexSettings(folder=here)).open(EMBEDDING) as opened:
        second = build(store, make_library(3))
        publish(store, folder)
        follower.look()
        assert [each.id for each in Layout(here).all()] == [first.generation, second.generation]
        assert opened.search_words("council", 1)
    follower.look()
    assert [each.id for each in Layout(here).all()] == [second.generation]


@pytest.mark.parametrize("name", ["chunks.sqlite", "vectors.f32", MANIFEST])
@pytest.mark.parametrize("damage", ["changed", "cut", "longer", "gone"])
def test_a_damaged_file_changes_nothing_and_publishing_again_repairs_it(
    store: IndexStore, folder: str, tmp_path: Path, name: str, damage: str
) -> None:
    first = build(store, make_library(2))
    publish(store, folder)
    follower, here = follower_of(folder, tmp_path / "here"), tmp_path / "here"
    follower.look()
    second = build(store, make_library(3))
    publish(store, folder)
    path = files_of(folder)[name]
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"changed": b"?" + content[1:], "cut": content[:-1], "longer": content + b"?"}[damage])
    if damage == "longer":  # only what belongs to it is read
        follower.look()
        assert current(here) == second.generation
        return
    with pytest.raises(PublicationError, match="Publish"):
        follower.look()
    assert current(here) == first.generation
    assert follower.problem(first.generation) == ("a file of it is missing" if damage == "gone" else "it is damaged")
    with IndexStore(IndexSettings(folder=here)).open(EMBEDDING) as opened:
        assert opened.search_words("council", 1)
    publish(store, folder, again=True)
    follower.look()
    assert (current(here), follower.problem(second.generation)) == (second.generation, "")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"form": 2}', b"\xff" * 5000])
def test_a_damaged_pointer_changes_nothing(store: IndexStore, folder: str, tmp_path: Path, content: bytes) -> None:
    first = build(store, make_library(2))
    publish(store, folder)
    follower = follower_of(folder, tmp_path / "here")
    follower.look()
    Path(folder, "current").write_bytes(content)
    with pytest.raises(PublicationError, match="current is not as it was published"):
        follower.look()
    assert current(tmp_path / "here") == first.generation


@pytest.mark.parametrize(
    "path",
    ["../../escaped", "/escaped", "words/../../../escaped", "", ".", "a//b", "in-use", "a\n", "a\0b", "\ud800"],
    ids=ascii,
)
def test_no_file_leaves_the_folder_of_its_generation(store: IndexStore, folder: str, tmp_path: Path, path: str) -> None:
    build(store, make_library(2))
    publish(store, folder)
    relisted(folder, lambda listing: listing.update({path: listing["chunks.sqlite"]}))
    with pytest.raises(PublicationError, match="is not as it was published"):
        follower_of(folder, tmp_path / "here" / "deep").look()
    assert not list(tmp_path.rglob("escaped"))
    assert current(tmp_path / "here" / "deep") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda listing: listing.pop(MANIFEST), "it has no manifest"),
        (lambda listing: listing.pop("chunks.sqlite"), "its manifest lists other files"),
        (lambda listing: listing["chunks.sqlite"].update(size=1), "its manifest lists other files"),
        (lambda listing: listing.update({MANIFEST: listing["chunks.sqlite"]}), "its manifest is not a manifest"),
        (lambda listing: listing[MANIFEST].update(size=2**29), "is not as it was published"),
        (lambda listing: listing["chunks.sqlite"].update(size=-1), "is not as it was published"),
        (lambda listing: listing["chunks.sqlite"].update(sha256="../current"), "is not as it was published"),
        (lambda listing: listing.update({"big": {"size": 2**60, "sha256": "0" * 64}}), "MiB are free at"),
        (lambda listing: listing.update({"chunks.sqlite/a": listing["sketch.f32"]}), "cannot be written"),
    ],
)
def test_a_list_that_is_not_the_one_of_a_generation_is_refused(
    store: IndexStore,
    folder: str,
    tmp_path: Path,
    change: Callable[[dict[str, dict[str, object]]], object],
    said: str,
) -> None:
    build(store, make_library(2))
    publish(store, folder)
    relisted(folder, change)
    with pytest.raises(LibraryIndexError, match=said):
        follower_of(folder, tmp_path / "here").look()
    assert current(tmp_path / "here") is None


def test_an_index_of_other_models_or_settings_is_not_taken(store: IndexStore, folder: str, tmp_path: Path) -> None:
    build(store, make_library(2))
    publish(store, folder)
    follower = follower_of(folder, tmp_path / "here", lambda manifest: ["reader version: '1' in the index, '2' now"])
    with pytest.raises(PublicationError, match=r"reader version: '1' in the index, '2' now. Bring both machines"):
        follower.look()
    assert follower.problem("") == "it was built by another version or with other settings"
    assert current(tmp_path / "here") is None


def test_what_an_interrupted_fetch_left_is_used(
    store: IndexStore, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build(store, make_library(2))
    publish(store, folder)
    follower, here = follower_of(folder, tmp_path / "here"), tmp_path / "here"
    save, saved = PublishedStore.save, []

    def interrupted(self: PublishedStore, file: PublishedFile, target: Path) -> None:
        if len(saved) == 3:
            target.with_name(".fetching").write_bytes(b"half of it")
            raise KeyboardInterrupt
        saved.append(target.name)
        save(self, file, target)

    monkeypatch.setattr(PublishedStore, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        follower.look()
    assert current(here) is None
    (left,) = Layout(here).all()
    stray = left.path / "corpus" / "stray"
    stray.parent.mkdir()
    stray.touch()

    def counted(self: PublishedStore, file: PublishedFile, target: Path) -> None:
        saved.append(target.name)
        save(self, file, target)

    monkeypatch.setattr(PublishedStore, "save", counted)
    follower.look()
    assert current(here) == built.generation
    assert len(saved) == len({*saved}) == len(built.files) + 1
    assert not stray.exists()
    assert not list(here.rglob(".fetching"))


def test_a_publication_that_is_replaced_while_it_is_fetched_gives_way_to_the_next(
    store: IndexStore, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(store, make_library(2))
    publish(store, folder)
    save, built = PublishedStore.save, []

    def replaced(self: PublishedStore, file: PublishedFile, target: Path) -> None:
        if not built:
            built.append(build(store, make_library(3, first_seed=9)))
            publish(store, folder)
        save(self, file, target)

    monkeypatch.setattr(PublishedStore, "save", replaced)
    follower_of(folder, tmp_path / "here").look()
    assert current(tmp_path / "here") == built[0].generation
    assert len(Layout(tmp_path / "here").all()) == 1


@pytest.mark.parametrize("sent", range(0, 12, 3))
def test_publishing_that_is_interrupted_changes_nothing_and_goes_on_the_next_time(
    store: IndexStore, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sent: int
) -> None:
    first = build(store, make_library(2))
    publish(store, address)
    follower, here = follower_of(address, tmp_path / "here"), tmp_path / "here"
    follower.look()
    second = build(store, make_library(3, first_seed=9))
    published = PublishedStore(address)
    put = type(published._files).put_file
    calls: list[str] = []

    def interrupted(self: Any, local: str, remote: str, **options: Any) -> Any:
        if len(calls) == sent:
            raise KeyboardInterrupt
        calls.append(remote)
        return put(self, local, remote, **options)

    with monkeypatch.context() as patched:
        patched.setattr(type(published._files), "put_file", interrupted)
        with pytest.raises(KeyboardInterrupt):
            publish(store, address)
    follower.look()
    assert current(here) == first.generation
    assert publish(store, address) == len({seal.sha256 for seal in second.files.values()}) + 1 - sent - _kept(
        first, second
    )
    follower.look()
    assert current(here) == second.generation


def _kept(first: Manifest, second: Manifest) -> int:
    """How many files have the same content."""
    return len({seal.sha256 for seal in first.files.values()} & {seal.sha256 for seal in second.files.values()})


def test_the_thread_says_once_what_is_wrong_and_goes_on_when_it_is_right_again(
    store: IndexStore, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(following_module, "LOOK_S", 0.01)
    built = build(store, make_library(2))
    looks = 0
    here = tmp_path / "here"
    follower = follower_of(folder, here)
    look = follower.look

    def counted() -> None:
        nonlocal looks
        looks += 1
        if looks == 3:
            raise ValueError("a bug")
        look()

    monkeypatch.setattr(follower, "look", counted)
    with closing(follower):
        follower.start()
        wait_until(lambda: looks > 4)
        publish(store, folder)
        wait_until(lambda: follower.problem(built.generation) == "")
        wait_until(lambda: "can be fetched again" in caplog.text)
    assert current(here) == built.generation
    said = [record.getMessage() for record in caplog.records if record.name == following_module.__name__]
    assert "There is no current at" in said[0]
    assert said[1] == "The library that answers stays as it is. ValueError"
    assert len(said) == 4


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_damage_to_the_local_copy_is_repaired_where_it_is_asked_for(
    store: IndexStore, folder: str, tmp_path: Path
) -> None:
    build(store, make_library(2))
    publish(store, folder)
    follower, here = follower_of(folder, tmp_path / "here"), tmp_path / "here"
    follower.look()
    (fetched,) = Layout(here).all()
    fetched.chunks.write_bytes(b"")
    (here / "current").write_bytes(b"nonsense")
    follower.look(anew=True)
    IndexStore(IndexSettings(folder=here)).open(EMBEDDING).close()


def test_a_store_that_is_not_there_or_not_known_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublicationError, match=r"There is no current at .*nowhere. Publish the index there with"):
        follower_of(str(tmp_path / "nowhere"), tmp_path / "here").look()
    with pytest.raises(PublicationError, match="Protocol not known: nonsense"):
        follower_of("nonsense://there", tmp_path / "here")


def test_a_server_that_is_gone_is_said_to_be(
    store: IndexStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("s3fs", reason="needs the extra s3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    follower = follower_of("s3://bucket/steward", tmp_path / "here")
    with pytest.raises(PublicationError, match=r"s3://bucket/steward cannot be read \(.*Check the address") as raised:
        follower.look()
    assert "secret" not in str(raised.value)
    assert follower.problem("") == "it cannot be read"


def test_a_store_that_does_not_answer_is_said_not_to(
    store: IndexStore, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build(store, make_library(2))
    publish(store, folder)
    follower = follower_of(folder, tmp_path / "here")
    follower.look()
    assert follower.problem(built.generation) == ""
    assert follower.problem("another") == "it is here but cannot be opened"
    monkeypatch.setattr(following_module, "LATE_S", -1.0)
    follower._store.asked_at = 0.0
    assert follower.problem(built.generation) == "it does not answer"


def test_a_local_build_is_refused_and_so_is_a_second_fetch(store: IndexStore, folder: str, tmp_path: Path) -> None:
    build(store, make_library(2))
    publish(store, folder)
    here = tmp_path / "here"
    with pytest.raises(LibraryIndexError, match=r"not built here but comes from .*published. Build it on the machine"):
        build(IndexStore(IndexSettings(folder=here, published=folder)), make_library(1))
    follower = follower_of(folder, here)
    with writer_lock(here), pytest.raises(IndexLockedError):
        follower.look()
    assert follower.problem("") == "it cannot be saved"
    follower.look()


def test_the_collection_of_a_chroma_server_stays_for_the_machine_that_built_it(
    chroma_url: str, folder: str, tmp_path: Path
) -> None:
    there, here = (
        IndexSettings(folder=tmp_path / name, chroma_url=chroma_url, published=published)
        for name, published in (("there", None), ("here", folder))
    )
    follower = Follower(here, lambda manifest: IndexStore(here).differences(manifest, EMBEDDING))
    store = IndexStore(there)
    for size in (2, 3):
        build(store, make_library(size))
        publish(store, folder)
        follower.look()
        IndexStore(here).open(EMBEDDING).close()
    assert len(Layout(there.folder).all()) == 2
    (earlier, _) = Layout(there.folder).all()
    (there.folder / "current").write_text(f"{earlier.id}\n")
    store.open(EMBEDDING).close()


def test_a_generation_whose_vectors_left_the_server_still_answers_exactly(chroma_url: str, tmp_path: Path) -> None:
    """As between the removal of a document and the fetch of the generation without it."""
    settings = IndexSettings(folder=tmp_path / "indexes", chroma_url=chroma_url)
    texts = make_library(20, 20)
    built = build(IndexStore(settings), texts)
    vector = unit(np.random.default_rng(5), EMBEDDING.dimensions)
    with IndexStore(settings).open(EMBEDDING) as generation:
        delete_from_server(chroma_url, server_collection(built.generation))
        found = generation.search_vectors(vector, 5)
    assert [(hit.chunk_id, round(hit.score, 5)) for hit in found] == [
        (chunk_id, round(score, 5)) for chunk_id, score in best_chunks(texts, vector, 5)
    ]
