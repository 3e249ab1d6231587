"""Which requests the app answers: those to its own hosts that do not come from other sites' pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.door.permissions import ANY_HOST, is_loopback

_ASKS_FIRST = b"access-control-"
_NAME = re.compile(r"[a-z0-9._-]{1,253}", re.ASCII)


class OwnPagesMiddleware:
    """Refuses requests to unknown hosts, and requests from pages of other sites.

    A page elsewhere can point its own name at 127.0.0.1, so that its scripts reach the app as if they were the app's
    (DNS rebinding), or send a form or upload from a reader's browser. Browsers name the page in ``Origin`` and
    ``Sec-Fetch-Site``; programs send neither. Gradio's CORS layer approves every origin, so the header is removed.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str]) -> None:
        """``hosts`` are the app's own, as `own_hosts` gives them; ``*`` means any."""
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
            "Steward does not accept requests for this host. To allow it, the administrator adds the host to "
            "STEWARD_WEB__HOSTS.\n",
            400,
        )

    def _wrong_page(self, method: str, headers: Headers) -> PlainTextResponse | None:
        if all(self._is_own(origin, headers["host"]) for origin in headers.getlist("origin")) and (
            headers.get("sec-fetch-site", "none") in ("same-origin", "none") or _is_link(method, headers)
        ):
            return None
        return PlainTextResponse(
            "This request comes from a page that is not Steward's. To allow it, the administrator adds the page's host "
            "to STEWARD_WEB__HOSTS.\n",
            403,
        )

    def _is_own(self, origin: str, host: str) -> bool:
        """Return whether a page is the app's: from the requested host, or one in the settings.

        A proxy may use a host of its own, or leave the port out. On this machine another port is another program.
        """
        page = _hostname(origin)
        if page is None or not origin.startswith(("http://", "https://")):
            return False
        if page == _hostname(f"//{host}"):
            return urlsplit(origin).netloc == host or urlsplit(f"//{host}").port is None
        return page in self._hosts and not is_loopback(page)


def _is_link(method: str, headers: Headers) -> bool:
    """Return whether somebody followed a link to the app and opened it as a page, which any site may cause."""
    opened = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return method in ("GET", "HEAD") and opened == ("navigate", "document")


def _hostname(address: str) -> str | None:
    """Return the normalised host of an address; None if there is none, or more than a host and a port."""
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises unless it is a number
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    return _plain(parts.hostname)


def _plain(host: str) -> str | None:
    """Return a normalised host; None if it is not valid."""
    host = host.lower().strip("[]")
    try:
        return ip_address(host).compressed
    except ValueError:
        return host if _NAME.fullmatch(host) or host == ANY_HOST else None
