"""Signs of life, for whoever runs the app: ``/healthz`` says that it answers, ``/readyz`` that it can be used."""

from __future__ import annotations

from collections.abc import Callable

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError, StorageUnavailableError
from assistant.index.following import Follower
from assistant.library import Library
from assistant.storage import Database

_FRESH = {"Cache-Control": "no-store"}


def sign_routes(current: Callable[[], Library], database: Database, follower: Follower | None = None) -> list[Route]:
    """Return the two routes; readiness opens the library by ``current`` and reads the database."""

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_FRESH)

    async def readyz(request: Request) -> Response:
        found = await to_thread.run_sync(lambda: state(current, database, follower))
        return JSONResponse(found, 200 if found["ready"] else 503, headers=_FRESH)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def state(
    current: Callable[[], Library], database: Database, follower: Follower | None = None
) -> dict[str, str | bool]:
    """Return whether both can be used, with the library's version, or in a clause what is wrong with each.

    An app whose index is published elsewhere says whether that is what answers; an earlier one can be used too. One
    whose vectors are on a Chroma server says whether that answers; it can be used without.
    """
    library, stored, ready = "", "ok", True
    published: dict[str, str] = {}
    vectors: dict[str, str] = {}
    try:
        generation = current().generation
        manifest = generation.manifest
        library = manifest.library_version
        if manifest.vectors == "server":
            vectors = {"vectors": generation.vectors_problem() or "ok"}
        if follower:
            published = {"published": follower.problem(manifest.generation) or "ok"}
    except AssistantError as error:
        library, ready = f"{type(error).__name__}: see `steward doctor`", False
    try:
        database.revision()
    except StorageUnavailableError as error:
        stored, ready = error.why, False
    except AssistantError:
        stored, ready = "it cannot be used: see `steward doctor`", False
    return {"ready": ready, "library": library, "database": stored, **published, **vectors}
