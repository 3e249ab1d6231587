"""The page's font, served from its package, so that it looks the same on every machine without asking another."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

_FOLDER = Path(str(files("fontpkg_atkinson_hyperlegible"))) / "files"
_FILES = {name: f"AtkinsonHyperlegible-{name}.ttf" for name in ("Regular", "Bold", "Italic")}
FONT_ROUTE = "/fonts/{name}.ttf"
FACES = "".join(
    f'@font-face {{ font-family: "Atkinson Hyperlegible"; src: url("fonts/{name}.ttf"); font-display: swap; '
    f"font-weight: {700 if name == 'Bold' else 400}; font-style: {'italic' if name == 'Italic' else 'normal'}; }}\n"
    for name in _FILES
)
"""The style rules that name the files, by addresses relative to the page."""


def font_routes() -> list[Route]:
    """Return the route of the files; browsers keep them for a year."""
    return [Route(FONT_ROUTE, _font)]


async def _font(request: Request) -> Response:
    file = _FILES.get(request.path_params["name"])
    if file is None:
        return PlainTextResponse("Page not found.\n", 404)
    return FileResponse(_FOLDER / file, headers={"Cache-Control": "public, max-age=31536000, immutable"})
