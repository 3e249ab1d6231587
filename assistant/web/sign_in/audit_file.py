"""The audit log and what it is about as a file, for whoever signs in as an auditor."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError
from assistant.readers import current_person
from assistant.rights import export_records
from assistant.settings import Settings
from assistant.storage.personal_records import EARLIEST, LATEST
from assistant.web.api.endpoints import reader_message
from assistant.web.door.routes import NOT_FOUND

AUDIT = "/audit"
DAYS = "`from` and `to` are days such as 2026-11-30, both counted."


def audit_route(settings: Settings) -> Route:
    """Return the route of what `steward audit export` saves, ``?from=`` and ``to=`` a day; others find no page."""

    def answer(request: Request) -> Response:
        person = current_person()
        if person is None or not person.may("read-audit"):
            return PlainTextResponse(NOT_FOUND, 404)
        try:
            first = _day(request.query_params.get("from"), 0) or EARLIEST
            last = _day(request.query_params.get("to"), 1) or LATEST
        except (ValueError, OverflowError):
            return PlainTextResponse(f"{DAYS}\n", 400)
        folder = Path(tempfile.mkdtemp(prefix="steward-audit-"))
        gone = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
        try:
            export_records(settings, folder / "audit", first=first, last=last)
        except AssistantError as error:
            return PlainTextResponse(f"{reader_message(error)}\n", 503, background=gone)
        name = f"steward-audit-{datetime.now(UTC):%Y-%m-%d}.jsonl"
        fresh = {"Cache-Control": "no-store"}
        return FileResponse(folder / "audit", 200, fresh, "application/jsonl", filename=name, background=gone)

    return Route(AUDIT, answer, methods=["GET"])


def _day(words: str | None, later: int) -> datetime | None:
    """Return the beginning of a day, or of the one ``later``; None where none is given."""
    if not words:
        return None
    return datetime.combine(date.fromisoformat(words), time(), UTC) + timedelta(days=later)
