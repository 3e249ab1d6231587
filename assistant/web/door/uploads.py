"""Accept uploads, each in a folder of its own, within limits on their number and size."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gradio.utils import get_upload_folder
from gradio_client.utils import strip_invalid_filename_characters  # type: ignore[import-untyped]
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from assistant.settings import Settings
from assistant.web.door.request_limits import UPLOAD, RefusedError

DRAFT_MB = 20
"""Largest file, in MiB, if readers may not add files to the library: a draft to check is far smaller."""
AT_ONCE = 4
"""Uploads accepted at the same time."""
_MOST_PER_CLIENT, _MOST = 20, 100
"""Most unused files of one client and of all clients."""
_ROOM_PER_CLIENT, _ROOM = 2, 4
"""Their total size, as multiples of the largest file."""
_UNUSED_S = 600.0
"""After this time an unused file may be deleted to make room."""
_FORM_BYTES = 16 * 1024
"""Most bytes of the form around a file."""


@dataclass(frozen=True, slots=True)
class _Kept:
    client: str
    size: int
    since: float


class Uploads:
    """Gradio's upload address, which by itself has no limits."""

    def __init__(
        self, settings: Settings, takes_files: Callable[[], bool], on_kept: Callable[[list[str]], None]
    ) -> None:
        """``takes_files`` says whether readers may add files now; ``on_kept`` is called with each stored path."""
        self._largest = int(settings.reading.max_file_mb * 2**20)
        self._takes_files = takes_files
        self._on_kept = on_kept
        self._kept: dict[Path, _Kept] = {}
        self._taking: set[Path] = set()

    def routes(self) -> list[Route]:
        """Return the routes, which must come before Gradio's own."""
        return [
            Route(UPLOAD, self._take, methods=["POST"]),
            Route("/gradio_api/upload_progress", _progress, methods=["GET"]),
        ]

    async def _take(self, request: Request) -> Response:
        try:
            folder = self._admit(request)
        except RefusedError as refusal:
            return refusal.response()
        try:
            async with request.form(max_files=1, max_fields=0) as form:
                file = next((item for _, item in form.multi_items() if isinstance(item, UploadFile)), None)
                path = await run_in_threadpool(_keep, file, folder) if file is not None else None
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            self._taking.discard(folder)
            if not _is_used(folder):
                self._forget(folder)
        if path is None:
            return RefusedError(400, "This upload has no file. Choose one.").response()
        self._on_kept([str(path)])
        return JSONResponse([str(path)])

    def _admit(self, request: Request) -> Path:
        """Return the folder for an accepted file.

        Raises:
            RefusedError: the file is too large, or there are too many.
        """
        if "content-length" not in request.headers:
            raise RefusedError(411, "The upload has no Content-Length. Send it with one.")
        size = int(request.headers["content-length"])
        most = self._largest if self._takes_files() else min(self._largest, DRAFT_MB * 2**20)
        if size > most + _FORM_BYTES:
            raise RefusedError(413, f"The file is larger than {most / 2**20:.1f} MiB. Choose a smaller one.")
        if len(self._taking) >= AT_ONCE:
            raise RefusedError(503, "Other people are uploading files. Try again in a moment.")
        client = request.client.host if request.client else ""
        self._make_room(client, size)
        folder = Path(get_upload_folder(), secrets.token_hex(16))
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
        self._kept[folder] = _Kept(client, size, time.monotonic())
        self._taking.add(folder)
        return folder

    def _make_room(self, client: str, size: int) -> None:
        for folder in [*self._kept]:
            if folder not in self._taking and not _is_used(folder):
                self._forget(folder)
        _sweep(Path(get_upload_folder()))
        for folder, kept in [*self._kept.items()]:
            if self._has_room(client, size):
                return
            if folder not in self._taking and time.monotonic() - kept.since > _UNUSED_S:
                self._forget(folder)
        if not self._has_room(client, size):
            sentence = "Too many uploaded files are waiting to be used. Use yours, or try again in 10 minutes."
            raise RefusedError(503, sentence)

    def _has_room(self, client: str, size: int) -> bool:
        own = [kept.size for kept in self._kept.values() if kept.client == client]
        every = [kept.size for kept in self._kept.values()]
        return (
            len(own) < _MOST_PER_CLIENT
            and len(every) < _MOST
            and sum(own) + size <= _ROOM_PER_CLIENT * (self._largest + _FORM_BYTES)
            and sum(every) + size <= _ROOM * (self._largest + _FORM_BYTES)
        )

    def _forget(self, folder: Path) -> None:
        self._kept.pop(folder, None)
        shutil.rmtree(folder, ignore_errors=True)


def _keep(file: UploadFile, folder: Path) -> Path:
    name = strip_invalid_filename_characters(Path(file.filename or "").name)
    path = folder / (name if name not in ("", ".", "..") else "file")
    with path.open("xb") as kept:
        shutil.copyfileobj(file.file, kept)
    return path


def _sweep(uploads: Path) -> None:
    """Delete files outside folders: Gradio leaves an empty one at each event with a file."""
    for path in uploads.glob("tmp*"):
        if path.is_file():
            path.unlink(missing_ok=True)


def _is_used(folder: Path) -> bool:
    """Return whether a folder still has its file; whoever reads an upload deletes it."""
    try:
        return any(folder.iterdir())
    except OSError:
        return False


async def _progress(_: Request) -> Response:
    # Gradio's own version remembers every upload id it is asked about, for ever.
    return Response('data: {"msg": "done"}\n\n', media_type="text/event-stream")
