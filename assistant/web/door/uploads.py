"""Takes the files that readers upload, each into a folder of its own, and no more of them than there is room for."""

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
from assistant.web.door.limits import UPLOAD, RefusedError

DRAFT_MB = 20
"""Largest file, in MiB, where readers may not add files to the library: a draft to be checked is far smaller."""
AT_ONCE = 4
"""Uploads that are taken at the same time."""
_MOST_OF_ONE, _MOST = 20, 100
"""Files of one client that wait to be used, and of all."""
_ROOM_OF_ONE, _ROOM = 2, 4
"""Their bytes, as multiples of the largest file."""
_UNUSED_S = 600.0
"""A file that waits for longer makes room for another."""
_FORM_BYTES = 16 * 1024
"""What the form takes around a file, at most."""


@dataclass(frozen=True, slots=True)
class _Kept:
    client: str
    size: int
    since: float


class Uploads:
    """Gradio's address for uploads, which of its own takes any number of files, for as long as it runs."""

    def __init__(
        self, settings: Settings, takes_files: Callable[[], bool], on_kept: Callable[[list[str]], None]
    ) -> None:
        """``takes_files`` says whether readers may add files now; ``on_kept`` is given each path that was kept."""
        self._largest = int(settings.reading.max_file_mb * 2**20)
        self._takes_files = takes_files
        self._on_kept = on_kept
        self._kept: dict[Path, _Kept] = {}
        self._taking: set[Path] = set()

    def routes(self) -> list[Route]:
        """Routes that stand before Gradio's own."""
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
            return RefusedError(400, "There is no file in this upload. Choose one.").response()
        self._on_kept([str(path)])
        return JSONResponse([str(path)])

    def _admit(self, request: Request) -> Path:
        """The folder for a file that is taken.

        Raises:
            RefusedError: it is too large, or there are too many.
        """
        if "content-length" not in request.headers:
            raise RefusedError(411, "The size of the upload is not said. Send it with a Content-Length.")
        size = int(request.headers["content-length"])
        most = self._largest if self._takes_files() else min(self._largest, DRAFT_MB * 2**20)
        if size > most + _FORM_BYTES:
            raise RefusedError(413, f"The file has more than {most / 2**20:.1f} MiB, the most that is taken here.")
        if len(self._taking) >= AT_ONCE:
            raise RefusedError(503, "Others are uploading files. Try again in a moment.")
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
            sentence = "Too many uploaded files wait to be used. Use yours, or try again in ten minutes."
            raise RefusedError(503, sentence)

    def _has_room(self, client: str, size: int) -> bool:
        own = [kept.size for kept in self._kept.values() if kept.client == client]
        every = [kept.size for kept in self._kept.values()]
        return (
            len(own) < _MOST_OF_ONE
            and len(every) < _MOST
            and sum(own) + size <= _ROOM_OF_ONE * (self._largest + _FORM_BYTES)
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
    """Delete what lies in no folder: Gradio makes an empty file each time that an event is given one."""
    for path in uploads.glob("tmp*"):
        if path.is_file():
            path.unlink(missing_ok=True)


def _is_used(folder: Path) -> bool:
    """Whether a folder holds something; whoever has read an upload deletes it."""
    try:
        return any(folder.iterdir())
    except OSError:
        return False


async def _progress(_: Request) -> Response:
    # Of its own Gradio remembers whatever upload it is asked for, and for ever.
    return Response('data: {"msg": "done"}\n\n', media_type="text/event-stream")
