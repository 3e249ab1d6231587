"""The routes that the web app answers: of Gradio's own, only those that the page and programs use.

Others reveal what a reader typed (``deep_link``), fetch pages from elsewhere (``file=https://…``) or run unused parts
of Gradio. A route that a later Gradio adds works only once it is listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.responses import PlainTextResponse, Response
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

READ = ("GET", "HEAD")
NOT_FOUND = "Page not found.\n"
ROUTES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # The page and its parts.
        "/": READ,
        "/config": ("GET",),
        "/theme.css": ("GET",),
        "/assets/{path:path}": ("GET",),
        "/static/{path:path}": ("GET",),
        "/svelte/{path:path}": ("GET",),
        "/favicon.ico": ("GET",),
        "/manifest.json": ("GET",),
        "/robots.txt": ("GET",),
        "/healthz": READ,
        "/readyz": READ,
        "/metrics": READ,
        "/audit": ("GET",),
        "/sign-in": ("GET",),
        "/sign-in/back": ("GET",),
        "/sign-out": ("GET", "POST"),
        "/fonts/{name}.ttf": READ,
        "/sources/{document}": READ,
        "/sources/{document}/text": READ,
        "/sources/{document}/pages/{number}.png": READ,
        "/precedents/chapter": ("POST",),
        # Events of the page and of Gradio's clients.
        "/gradio_api/startup-events": ("GET",),
        "/gradio_api/info": ("GET",),
        "/gradio_api/queue/join": ("POST",),
        "/gradio_api/queue/data": ("GET",),
        "/gradio_api/cancel": ("POST",),
        "/gradio_api/reset": ("POST",),
        "/gradio_api/heartbeat/{session_hash}": ("GET",),
        "/gradio_api/app_id": ("GET",),  # a page that lost its app asks for it, and loads anew once it is there
        "/gradio_api/upload": ("POST",),
        "/gradio_api/upload_progress": ("GET",),
        "/gradio_api/file={path_or_url:path}": READ,
        # Programs without such a client, and MCP.
        "/gradio_api/openapi.json": ("GET",),
        "/gradio_api/call/{api_name}": ("POST",),
        "/gradio_api/call/{api_name}/{event_id}": ("GET",),
        "/gradio_api/call/v2/{api_name}": ("POST",),
        "/gradio_api/call/v2/{api_name}/{event_id}": ("GET",),
        "/gradio_api/mcp/": ("GET", "POST", "DELETE"),
        "/gradio_api/mcp/schema": ("GET",),
    }
)
"""The methods of each route, by its path as Starlette writes it."""
SIGN_IN_ROUTES = frozenset(("/sign-in", "/sign-in/back", "/sign-out"))
"""Those that are answered only where people sign in at a provider."""
OPEN = frozenset(
    (
        "/assets/{path:path}",
        "/static/{path:path}",
        "/svelte/{path:path}",
        "/theme.css",
        "/favicon.ico",
        "/manifest.json",
        "/robots.txt",
        "/fonts/{name}.ttf",
        "/healthz",
        "/readyz",
        "/metrics",  # for addresses of the settings
        "/gradio_api/startup-events",  # Gradio asks itself for it when it starts
        *SIGN_IN_ROUTES,
    )
)
"""Those that need no account: their answers are the same for everybody, and a browser sends some no cookies."""
_PATTERNS = tuple((path, compile_path(path)[0], methods) for path, methods in ROUTES.items())
_KEPT_FILES = "/gradio_api/file=/"
"""The start of the address of a file in Gradio's folder of uploads and downloads."""
DEEP_LINK = "deep_link"
NO_FIGURES = ("/monitoring/summary", b'{"functions":{}}')
"""Call counts, always empty: Gradio's API page asks for them and would otherwise show an error."""


class RoutesMiddleware:
    """Answers 404 unless a route is in `ROUTES`, and removes the parameter with which Gradio restores a page."""

    def __init__(self, app: ASGIApp, *, has_sign_in: bool = False) -> None:
        """With ``has_sign_in`` those in `SIGN_IN_ROUTES` are answered too."""
        self._app = app
        self._has_sign_in = has_sign_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] == "http":
            if (scope["method"], scope["path"]) == ("GET", NO_FIGURES[0]):
                await Response(NO_FIGURES[1], media_type="application/json")(scope, receive, send)
                return
            route = route_of(scope["method"], scope["path"])
            if route is None or (route in SIGN_IN_ROUTES and not self._has_sign_in):
                await PlainTextResponse(NOT_FOUND, 404)(scope, receive, send)
                return
            scope = _without_deep_link(scope)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
            return
        await self._app(scope, receive, send)


def is_answered(method: str, path: str) -> bool:
    """Return whether a request for a decoded path is passed on."""
    return route_of(method, path) is not None


def route_of(method: str, path: str) -> str | None:
    """Return the route of a decoded path, as `ROUTES` has it; None where there is none."""
    if path.startswith("/gradio_api/file=") and not path.startswith(_KEPT_FILES):
        return None
    return next((name for name, pattern, methods in _PATTERNS if method in methods and pattern.match(path)), None)


def needs_no_account(path: str) -> bool:
    """Return whether a decoded path is answered for who has not signed in, too."""
    return any(name in OPEN and pattern.match(path) for name, pattern, _ in _PATTERNS)


def _without_deep_link(scope: Scope) -> Scope:
    query = QueryParams(scope["query_string"])
    if DEEP_LINK not in query:
        return scope
    kept = urlencode([(name, value) for name, value in query.multi_items() if name != DEEP_LINK])
    return {**scope, "query_string": kept.encode("ascii")}
