"""Whose requests the app answers: under its own hosts, and not those that pages of other sites send."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.door.openness import ANY_HOST, is_loopback

_ASKS_FIRST = b"access-control-"
_NAME = re.compile(r"[a-z0-9._-]{1,253}", re.ASCII)


class OwnPagesMiddleware:
    """Refuses requests under hosts that are not the app's, and what a page of another site sends.

    A web page elsewhere can have its own name lead to 127.0.0.1, and its scripts then reach the app as if they were
    the app's (DNS rebinding); such a page can send a form, uploads among it, from a reader's browser. A browser says
    in ``Origin`` and ``Sec-Fetch-Site`` whose page it is; programs send neither. No answer lets another site read it:
    Gradio, whose layer for that approves every site that asks first, never learns of an origin.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        """``hosts`` are the app's own, as `own_hosts` gives them; ``*`` among them stands for any."""
        self._app = app
        self._hosts = frozenset(map(_plain, hosts))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 400 or 403."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            refusal = self._wrong_host(headers) or self._wrong_page(scope["method"], headers)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
            kept = [(name, value) for name, value in scope["headers"] if not name.startswith((b"origin", _ASKS_FIRST))]
            scope = {**scope, "headers": kept}
        await self._app(scope, receive, send)

    def _wrong_host(self, headers: Headers) -> PlainTextResponse | None:
        given = headers.getlist("host")
        host = _hostname(f"//{given[0]}") if len(given) == 1 else None
        if host not in (None, ANY_HOST) and not self._hosts.isdisjoint((host, ANY_HOST)):
            return None
        return PlainTextResponse(
            "Steward does not answer under this host. If readers are to reach it there, whoever runs Steward names the "
            "host in STEWARD_WEB__HOSTS.\n",
            400,
        )

    def _wrong_page(self, method: str, headers: Headers) -> PlainTextResponse | None:
        if all(self._is_own(origin, headers["host"]) for origin in headers.getlist("origin")) and (
            headers.get("sec-fetch-site", "none") in ("same-origin", "none") or _is_link(method, headers)
        ):
            return None
        return PlainTextResponse(
            "This comes from a page that is not Steward's. If readers reach Steward there, whoever runs it names the "
            "page's host in STEWARD_WEB__HOSTS.\n",
            403,
        )

    def _is_own(self, origin: str, host: str) -> bool:
        """Whether a page is the app's: of the host that was asked, or of one in the settings.

        A proxy may ask the app under a host of its own, or leave the port out. Of this machine's own names, another
        port is another program.
        """
        page = _hostname(origin)
        if page is None or not origin.startswith(("http://", "https://")):
            return False
        if page == _hostname(f"//{host}"):
            return urlsplit(origin).netloc == host or urlsplit(f"//{host}").port is None
        return page in self._hosts and not is_loopback(page)


def _is_link(method: str, headers: Headers) -> bool:
    """Whether somebody followed a link to the app, which anybody may set, and opened it as a page of its own."""
    opened = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return method in ("GET", "HEAD") and opened == ("navigate", "document")


def _hostname(address: str) -> str | None:
    """The host of an address in one way of writing; None where there is none, or more than a host and a port."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # looked at, it must be a number
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return _plain(parts.hostname)


def _plain(host: str) -> str | None:
    """A host in one way of writing; None for what can be none."""
    host = host.lower().strip("[]")
    try:
        return ip_address(host).compressed
    except ValueError:
        return host if _NAME.fullmatch(host) or host == ANY_HOST else None
