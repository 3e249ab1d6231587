"""The page's font, served from its package, so that it looks the same on every machine without asking another."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

_FOLDER = Path(str(files("fontpkg_public_sans"))) / "files"
_FILES = {"normal": "PublicSans[wght].ttf", "italic": "PublicSans-Italic[wght].ttf"}
"""By style; each holds every weight."""
FONT_ROUTE = "/fonts/{name}.ttf"
FACES = "".join(
    f'@font-face {{ font-family: "Public Sans"; src: url("fonts/{style}.ttf"); font-display: swap; '
    f"font-weight: 100 900; font-style: {style}; }}\n"
    for style in _FILES
)
"""The style rules that name the files, by addresses relative to the page."""


def font_routes() -> list[Route]:
    """Return the route of the files, sent compressed; browsers keep them for a year."""
    return [Route(FONT_ROUTE, _font, middleware=[Middleware(GZipMiddleware)])]


async def _font(request: Request) -> Response:
    file = _FILES.get(request.path_params["name"])
    if file is None:
        return PlainTextResponse("Page not found.\n", 404)
    return FileResponse(_FOLDER / file, headers={"Cache-Control": "public, max-age=31536000, immutable"})
