"""The layer that lets in only who is signed in, and answers each request for them."""

from __future__ import annotations

from typing import cast

from anyio.to_thread import run_sync
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.errors import AssistantError, NotAllowedError
from assistant.readers import reading_as
from assistant.settings import SignInSettings
from assistant.storage import Account, Accounts
from assistant.web.api.endpoints import reader_message
from assistant.web.door.forwarding import IDENTITY
from assistant.web.door.own_readers import READER
from assistant.web.door.routes import READ, needs_no_account
from assistant.web.sign_in.identities import identity_of_headers
from assistant.web.sign_in.routes import cookie_of, sign_in_address

NOT_SIGNED_IN = "You are not signed in. Reload the page to sign in, or send a token from `steward people token`."
UNKNOWN_TOKEN = "This token is mistyped, expired or revoked. `steward people token` makes another."  # noqa: S105


class AccountsMiddleware:
    """Answers each request for the account that its session, its token or a proxy's header names.

    Without one, a page is sent to sign in, and anything else gets 401.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, settings: SignInSettings) -> None:
        self._app = app
        self._accounts = accounts
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http" or needs_no_account(scope["path"]):
            await self._app(scope, receive, send)
            return
        try:
            account = await run_sync(self._account, HTTPConnection(scope))
        except NotAllowedError as error:
            await PlainTextResponse(f"{error}\n", 403)(scope, receive, send)
            return
        except AssistantError as error:
            await PlainTextResponse(f"{reader_message(error)}\n", 503)(scope, receive, send)
            return
        if account is None:
            await self._refusal(HTTPConnection(scope), scope["method"])(scope, receive, send)
            return

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                # Neither a cache between nor the browser, once somebody has signed out, may show it to others.
                MutableHeaders(scope=message).setdefault("Cache-Control", "private, no-store")
            await send(message)

        with reading_as(account.id, account.person):
            await self._app({**scope, READER: (account.id, account.person)}, receive, answer)

    def _account(self, connection: HTTPConnection) -> Account | None:
        token = _token_of(connection)
        if token is not None:
            return self._accounts.of_token(token)
        if self._settings.header:
            given = cast("tuple[str, list[str]] | None", connection.scope.get(IDENTITY))
            return self._accounts.enter(identity_of_headers(*given, self._settings)) if given else None
        secret = cookie_of(connection, "session")
        return self._accounts.of_session(secret) if secret else None

    def _refusal(self, connection: HTTPConnection, method: str) -> Response:
        token = _token_of(connection)
        is_page = method in READ and "text/html" in connection.headers.get("accept", "")
        if is_page and self._settings.issuer and token is None:
            there = sign_in_address(connection.url.path, connection.url.query)
            return RedirectResponse(there, 303, headers={"Cache-Control": "no-store"})
        words = NOT_SIGNED_IN if token is None else UNKNOWN_TOKEN
        # Gradio's page and clients show the detail.
        return JSONResponse({"detail": words}, 401, headers={"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"})


def _token_of(connection: HTTPConnection) -> str | None:
    """Return the token that a program sends; None where it sends none."""
    kind, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None
