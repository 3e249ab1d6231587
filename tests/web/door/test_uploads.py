"""Which uploads are taken, where they lie, and what becomes of those that nothing is done with."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from assistant.library import Library
from assistant.settings import ReadingSettings, Settings, load_settings
from assistant.web.door import uploads
from assistant.web.door.request_limits import UPLOAD, LimitsMiddleware, Traffic
from assistant.web.door.uploads import AT_ONCE, Uploads
from tests.web.serving import served

SETTINGS = load_settings({}).model_copy(update={"reading": ReadingSettings(max_file_mb=0.1)})
FILE = b"x" * 100_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where Gradio keeps uploads."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    return tmp_path / "uploads"


def app_with(settings: Settings = SETTINGS, adds: bool = True) -> tuple[Uploads, Starlette, list[str]]:
    kept: list[str] = []
    taken = Uploads(settings, lambda: adds, kept.extend)
    return taken, Starlette(routes=taken.routes(), middleware=[Middleware(LimitsMiddleware, traffic=Traffic())]), kept


@pytest.fixture
def client() -> Iterator[TestClient]:
    with TestClient(app_with()[1]) as client:
        yield client


def upload(client: TestClient | httpx.Client, data: bytes = FILE, name: str = "draft.txt") -> httpx.Response:
    return client.post(UPLOAD, files={"files": (name, data, "text/plain")})  # type: ignore[return-value]


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_each_upload_has_a_folder_of_its_own_even_if_it_is_of_the_same_content(
    client: TestClient, folder: Path
) -> None:
    paths = [Path(path) for _ in range(2) for path in upload(client).json()]
    assert [path.read_bytes() for path in paths] == [FILE, FILE]
    assert paths[0] != paths[1]
    assert {path.name for path in paths} == {"draft.txt"}
    assert {path.parent.parent for path in paths} == {folder}
    assert {path.parent.stat().st_mode & 0o777 for path in paths} == {0o700}


@pytest.mark.parametrize("name", ["../../up.txt", "..", "a/b/c.txt", "\x00", "x" * 5000])
def test_no_name_leads_out_of_the_folder(client: TestClient, folder: Path, name: str) -> None:
    upload(client, b"x", name)
    assert all(len(path.relative_to(folder).parts) == 2 for path in files_in(folder.parent))


def test_a_file_that_is_too_large_is_refused_by_what_is_said_of_it(folder: Path) -> None:
    with TestClient(app_with()[1]) as client:
        refused = client.post(UPLOAD, headers={"Content-Length": "500000"})
    assert (refused.status_code, refused.text) == (
        413,
        "The file is larger than 0.1 MiB. Choose a smaller one.\n",
    )
    assert not folder.exists()


def test_where_no_files_are_added_drafts_alone_are_taken() -> None:
    settings = load_settings({})
    for adds, status in ((True, 400), (False, 413)):
        with TestClient(app_with(settings, adds)[1]) as client:
            assert client.post(UPLOAD, headers={"Content-Length": str(30 * 2**20)}).status_code == status


@pytest.mark.parametrize(
    "form",
    [
        {"files": [("files", ("a.txt", b"a")), ("files", ("b.txt", b"b"))]},
        {"files": {"files": ("a.txt", b"a")}, "data": {"more": "x" * 1000}},
        {"data": {"files": "x"}},
        {"files": {"files": ("a.txt", b"a", "text/plain", {"X-Much": "x" * 50_000})}},
        {"content": b"--", "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    ],
    ids=["two", "field", "none", "headers", "broken"],
)
def test_a_form_holds_one_file_and_nothing_else(client: TestClient, folder: Path, form: dict[str, object]) -> None:
    assert client.post(UPLOAD, **form).status_code == 400  # type: ignore[arg-type]
    assert files_in(folder) == []


def test_an_upload_says_its_size(client: TestClient) -> None:
    refused = client.post(UPLOAD, content=iter([b"x"]))
    assert (refused.status_code, refused.text[:33]) == (411, "The upload has no Content-Length.")


def test_files_that_wait_take_no_more_than_their_room(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [Path(upload(client).json()[0]) for _ in range(2)]
    refused = upload(client)
    assert refused.status_code == 503
    assert refused.text.startswith("Too many uploaded files are waiting to be used.")
    # Whoever reads a file deletes it.
    kept[0].unlink()
    (folder / "tmp_of_gradio").touch()
    kept.append(Path(upload(client).json()[0]))
    assert sorted(files_in(folder)) == sorted(kept[1:])
    monkeypatch.setattr(uploads, "_UNUSED_S", 0)
    kept.append(Path(upload(client).json()[0]))
    assert sorted(files_in(folder)) == sorted(kept[2:])


def test_small_files_are_counted_too(client: TestClient) -> None:
    assert {upload(client, b"x").status_code for _ in range(20)} == {200}
    assert upload(client, b"x").status_code == 503


def test_few_are_taken_at_once() -> None:
    taken, app, _ = app_with()
    taken._taking.update(Path(str(number)) for number in range(AT_ONCE))
    with TestClient(app) as client:
        assert upload(client).text == "Other people are uploading files. Try again in a moment.\n"


def test_an_upload_that_is_cut_off_leaves_nothing(library: Library, folder: Path) -> None:
    head = f"POST {UPLOAD} HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n"
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + b"a" * 4_000_000
    with served(lambda: library) as address:
        url = httpx.URL(address)
        with socket.create_connection((url.host, url.port or 80)) as connection:
            connection.sendall(f"{head}Host: {url.host}:{url.port}\r\n\r\n".encode() + body)
            until = time.monotonic() + 60
            while not list(folder.glob("*")) and time.monotonic() < until:
                time.sleep(0.01)
        while [path for path in folder.iterdir() if path.name != "vibe_edit_history"] and time.monotonic() < until:
            time.sleep(0.01)
        assert files_in(folder) == []
        assert [path for path in folder.iterdir() if path.name != "vibe_edit_history"] == []
        with httpx.Client(base_url=address) as client:
            assert Path(upload(client).json()[0]).read_bytes() == FILE
