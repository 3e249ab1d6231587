"""Whose requests the app answers: under its own names, and not those that pages of other sites send."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

OWN_NAMES = ("127.0.0.1", "localhost", "::1", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether an address to listen on reaches this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"


def host_check(host: str, names: Sequence[str] = ()) -> list[Middleware]:
    """What refuses requests of other sites' pages and, on loopback or with ``names``, those under another name.

    A web page elsewhere can have its own name lead to 127.0.0.1, and its scripts then reach the app as if they were
    the app's (DNS rebinding). Neither Gradio nor its MCP server looks at the name.
    """
    checks = [Middleware(OwnPagesMiddleware, names=names)]
    if names or is_loopback(host):
        allowed = [*OWN_NAMES, host, *names]
        checks.append(Middleware(TrustedHostMiddleware, allowed_hosts=allowed, www_redirect=False))
    return checks


class OwnPagesMiddleware:
    """Refuses what a page of another site sends; a browser says so in ``Origin``, and programs send none.

    Such a page can send a form to this app from a reader's browser, uploads among it. Away from loopback Gradio lets
    it read the answers too, whoever it is.
    """

    def __init__(self, app: ASGIApp, names: Sequence[str] = ()) -> None:
        """``names`` are of hosts whose pages are the app's as well, as a proxy's may be."""
        self._app = app
        self._names = frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with 403."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and not self._is_own(origin, headers):
                sentence = (
                    f"This comes from a page of {origin[:100]}, which is not Steward's. If that is where readers reach "
                    "Steward, name its host in STEWARD_WEB__HOSTS.\n"
                )
                await PlainTextResponse(sentence, 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_own(self, origin: str, headers: Headers) -> bool:
        try:
            site = urlsplit(origin)
        except ValueError:
            return False
        # Another site's page cannot set the second: the browser would ask first, and be refused.
        return site.netloc in (headers.get("host"), headers.get("x-forwarded-host")) or site.hostname in self._names
