"""The addresses where somebody signs in at the provider, comes back, and signs out."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from functools import partial
from hmac import compare_digest
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from assistant.errors import AssistantError, NotAllowedError
from assistant.settings import SignInSettings
from assistant.storage import Accounts, Identity
from assistant.web.api.endpoints import reader_message
from assistant.web.sign_in.provider import Attempt, Provider, SignInError
from assistant.web.templates import render

SIGN_IN, BACK, SIGN_OUT = "/sign-in", "/sign-in/back", "/sign-out"
ATTEMPT_S = 900
"""How long a browser keeps an attempt, in seconds."""
MOST_NEXT = 2_000
"""Longest path that is remembered over a sign-in; a cookie may have 4,096 bytes."""
GONE = "This sign-in took too long, or another one was begun meanwhile."
SIGNED_OUT = "You have signed out of Steward."
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def sign_in_routes(settings: SignInSettings, accounts: Accounts) -> list[Route]:
    """Return the routes of signing in at the provider of the settings, and out.

    Raises:
        SettingsError: Authlib is not installed.
    """
    return _SignIn(accounts, Provider(settings), settings.hours).routes()


class _SignIn:
    def __init__(self, accounts: Accounts, provider: Provider, hours: int) -> None:
        self._accounts = accounts
        self._provider = provider
        self._hours = hours

    def routes(self) -> list[Route]:
        return [
            Route(SIGN_IN, self._sign_in, methods=["GET"]),
            Route(BACK, self._back, methods=["GET"]),
            Route(SIGN_OUT, self._signed_out, methods=["GET"]),
            Route(SIGN_OUT, self._sign_out, methods=["POST"]),
        ]

    async def _sign_in(self, request: Request) -> Response:
        try:
            there, attempt = await self._provider.begin(
                _address(request, BACK), own_path(request.query_params.get("next", "/"))
            )
        except SignInError as error:
            return _page(str(error), error.status)
        response = _redirect(there)
        _set_cookie(request, response, "attempt", _packed(attempt), ATTEMPT_S)
        return response

    async def _back(self, request: Request) -> Response:
        try:
            attempt = _unpacked(cookie_of(request, "attempt"))
            if attempt is None or not _is_same(attempt.state, request.query_params.get("state", "")):
                # A sign-in that another window began meanwhile goes on, or has ended.
                is_in = await run_sync(self._accounts.of_session, cookie_of(request, "session"))
                return _redirect("/") if is_in else _page(GONE, 400)
            response = await self._entered(request, attempt)
        except SignInError as error:
            response = _page(str(error), error.status)
        except AssistantError as error:
            response = _page(reader_message(error), 403 if isinstance(error, NotAllowedError) else 503)
        # Whatever came of it, nobody can come back with the same attempt again.
        _set_cookie(request, response, "attempt", "", 0)
        return response

    async def _entered(self, request: Request, attempt: Attempt) -> Response:
        if "code" not in request.query_params:
            raise SignInError("The sign-in was refused or cancelled where you sign in.", 403)
        identity = await self._provider.finish(request.query_params["code"], attempt, _address(request, BACK))
        secret = await run_sync(partial(self._open_session, identity, cookie_of(request, "session")))
        response = _redirect(attempt.next)
        _set_cookie(request, response, "session", secret, self._hours * 3600)
        return response

    def _open_session(self, identity: Identity, earlier: str) -> str:
        """Return the secret of a new session; one that the browser had ends."""
        if earlier:
            self._accounts.end_session(earlier)
        return self._accounts.open_session(self._accounts.enter(identity))

    async def _sign_out(self, request: Request) -> Response:
        if secret := cookie_of(request, "session"):
            try:
                await run_sync(self._accounts.end_session, secret)
            except AssistantError as error:
                return _page(f"You are still signed in. {reader_message(error)}", 503)
        # No redirect: the page's policy lets its forms lead to no other host.
        response = _page(SIGNED_OUT, 200, onward=await self._provider.end(_address(request, SIGN_OUT)) or "")
        _set_cookie(request, response, "session", "", 0)
        return response

    async def _signed_out(self, _: Request) -> Response:
        return _page(SIGNED_OUT, 200)


def _is_same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def cookie_of(connection: HTTPConnection, name: str) -> str:
    """Return the value of one of our cookies; empty where the browser sent none."""
    return connection.cookies.get(_cookie_name(connection, name), "")


def sign_in_address(path: str, query: str) -> str:
    """Return where somebody signs in who wanted to go to a path of ours."""
    wanted = own_path(f"{path}?{query}" if query else path)
    return SIGN_IN if wanted == "/" else f"{SIGN_IN}?{urlencode({'next': wanted})}"


def own_path(path: str) -> str:
    """Return a path if it leads to a place of ours, and else the start.

    >>> own_path("/?q=tides"), own_path("//evil.example"), own_path("https://evil.example")
    ('/?q=tides', '/', '/')
    """
    is_own = len(path) <= MOST_NEXT and _OWN_PATH.fullmatch(path) and not path.startswith((SIGN_IN, SIGN_OUT))
    return path if is_own else "/"


def _address(request: Request, path: str) -> str:
    """Return the whole address of a path; the host was checked before."""
    return f"{request.url.scheme}://{request.headers['host']}{path}"


def _cookie_name(connection: HTTPConnection, name: str) -> str:
    """Return the name of a cookie; over https no other host or path can set one that begins like this."""
    return f"{'__Host-' if connection.url.scheme == 'https' else ''}steward-{name}"


def _set_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Have the browser keep a value that scripts and other sites do not get; for 0 seconds, forget it."""
    response.set_cookie(
        _cookie_name(request, name),
        value,
        max_age=seconds,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def _redirect(address: str) -> Response:
    return RedirectResponse(address, 303, headers={"Cache-Control": "no-store"})


def _page(words: str, status: int, onward: str = "") -> Response:
    return HTMLResponse(render("sign_in", words=words, onward=onward), status, headers={"Cache-Control": "no-store"})


def _packed(attempt: Attempt) -> str:
    return urlsafe_b64encode(json.dumps(asdict(attempt)).encode()).decode()


def _unpacked(cookie: str) -> Attempt | None:
    """Return the attempt that a browser kept. It needs no signature: what it says must fit what the provider says."""
    try:
        values = json.loads(urlsafe_b64decode(cookie))
        attempt = Attempt(**{name: str(value) for name, value in values.items()})
    except (ValueError, TypeError, AttributeError):
        return None
    return Attempt(attempt.state, attempt.nonce, attempt.code_verifier, own_path(attempt.next))
