"""The layer around all that answer: security headers, and a safe response to unexpected errors."""

from __future__ import annotations

import errno
import logging

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.api.endpoints import FAILED
from assistant.web.door.request_limits import Traffic

HEADERS = {
    # Framed by another page, a reader could be tricked into pressing hidden buttons.
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    # Addresses contain questions, and the page links to publishers.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
NO_FRAMES = "frame-ancestors 'none'"
NOTHING = f"default-src 'none'; {NO_FRAMES}"
"""Content-Security-Policy of all but the page: what it loads acts on nothing by itself."""

UNREADABLE = (
    "Steward cannot read this request. /gradio_api/openapi.json lists what each address takes, by name and type.\n"
)


class GuardMiddleware:
    """Sends `HEADERS` with every response, and logs exceptions without the content of the request."""

    def __init__(self, app: ASGIApp, traffic: Traffic | None = None) -> None:
        """Count responses in ``traffic``."""
        self._app = app
        self._traffic = traffic or Traffic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                self._traffic.responses[message["status"]] += 1
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                # Browsers draw a PDF by a page of their own, to which its policy applies.
                is_pdf = headers.get("content-type") == "application/pdf"
                headers.setdefault("Content-Security-Policy", NO_FRAMES if is_pdf else NOTHING)
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except ClientDisconnect:
            return
        except Exception as error:
            if isinstance(error.__cause__, HTTPException):  # a stream that Gradio began for an unknown session
                return
            if not begun and scope["method"] == "POST" and not isinstance(error, OSError):
                # Steward's functions run behind Gradio's queue, so this failure is a malformed request.
                logging.getLogger(__name__).warning("A request could not be read: %s.", type(error).__name__)
                await PlainTextResponse(UNREADABLE, 400)(scope, receive, answer)
                return
            if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
                await PlainTextResponse("Page not found.\n", 404)(scope, receive, answer)
                return
            logging.getLogger(__name__).exception("A request failed.")
            if not begun:
                await PlainTextResponse(FAILED, 500)(scope, receive, answer)
