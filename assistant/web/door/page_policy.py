"""The page's Content-Security-Policy, which lets run only the scripts that the page was served with.

What Gradio makes necessary: ``unsafe-eval``, since it builds the functions of ``js`` and ``js_on_load`` from text (ours
alone: no event carries any), and ``unsafe-inline`` for styles, which its components set by themselves. Inline scripts
are allowed by their digests, so an element or attribute that came into the page later runs nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.theme import BEFORE_PAGE

HEADER = "Content-Security-Policy"
POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' {}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; "
    "base-uri 'self' about:; form-action 'self'; frame-ancestors 'none'"
)
_INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


class PagePolicyMiddleware:
    """Adds the policy to the page, and compresses it, which Gradio does not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._page = GZipMiddleware(self._with_policy)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        is_page = scope["type"] == "http" and scope["path"] == "/"
        await (self._page if is_page else self._app)(scope, receive, send)

    async def _with_policy(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        page = bytearray()

        async def answer(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start and message["type"] == "http.response.body":
                page.extend(message.get("body", b""))
                if message.get("more_body", False):
                    return
                MutableHeaders(scope=start)[HEADER] = policy_of(page.decode())
                await send(start)
                await send({"type": "http.response.body", "body": bytes(page)})
            else:
                await send(message)

        await self._app(scope, receive, answer)


def policy_of(page: str) -> str:
    """Return the policy that lets the inline scripts of a page run, and the one that Gradio adds to it.

    >>> policy_of("<script src='a.js'></script><script>b()</script>").count("'sha256-")
    2
    """
    digests = dict.fromkeys(map(_digest, _INLINE.findall(page + BEFORE_PAGE)))
    return POLICY.format(" ".join(digests))


def _is_page(message: Message) -> bool:
    return Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")


def _digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
