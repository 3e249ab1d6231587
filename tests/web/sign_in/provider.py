"""An OpenID Connect provider on loopback, whose id tokens a test can change before they are signed."""

from __future__ import annotations

import hashlib
import json
import warnings
import weakref
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

with warnings.catch_warnings(record=True):  # it still uses an older part of Authlib
    import oidc_provider_mock

USERS: Mapping[str, dict[str, object]] = {
    "ann": {"name": "Ann Lee", "email": "ann@dept.example", "groups": ["policy", "librarians"]},
    "bo": {"name": "Bo Oduya", "email": "bo@dept.example", "groups": ["policy"]},
    "cy": {"name": "Cy Holt", "email": "cy@dept.example", "groups": ["visitors"]},
}
ALGORITHM = "RS256"
Claims = dict[str, Any]


class Provider:
    """The provider, as an app of WSGI: all of it is the package's but for the keys and what tests change."""

    def __init__(self) -> None:
        users = [oidc_provider_mock.User(sub=name, claims=claims) for name, claims in USERS.items()]
        self._app = oidc_provider_mock.app(user_claims=users, require_nonce=True)
        self._app.debug = False
        self.key = self.published = _new_key("first")
        self.sign: Callable[[Claims], str] = self.signed
        """Makes an id token of its claims."""
        self.is_silent = False
        """Whether it answers nothing but errors."""
        self.described: dict[str, Any] = {}
        """What it says otherwise of itself; None leaves it out."""
        self.secret_was_in = ""
        """Where the client's secret came: in the head or the body."""
        self._challenges: dict[str, str] = {}

    def signed(self, claims: Claims, header: Mapping[str, str] | None = None) -> str:
        """An id token as it should be, but for its header."""
        return jwt.encode({"alg": ALGORITHM, "kid": self.key.kid} | dict(header or {}), claims, self.key)

    def lie(self, **claims: Any) -> None:
        """Have further id tokens say something else; a claim that is None is left out."""

        def sign(true: Claims) -> str:
            return self.signed({name: value for name, value in (true | claims).items() if value is not None})

        self.sign = sign

    def change_key(self) -> None:
        """Sign with another key from now on."""
        self.key = self.published = _new_key("second")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if self.is_silent:
            start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
            return [b"down"]
        if environ["PATH_INFO"] == "/jwks":
            return _json(start_response, {"keys": [self.published.as_dict(private=False)]})
        if environ["PATH_INFO"] == "/oauth2/token":
            return self._token(environ, start_response)
        status, headers, body = self._answered(environ)
        if environ["PATH_INFO"] == "/.well-known/openid-configuration":
            described = json.loads(body) | self.described
            return _json(start_response, {name: value for name, value in described.items() if value is not None})
        if environ["PATH_INFO"] == "/oauth2/authorize" and environ["REQUEST_METHOD"] == "POST":
            back = parse_qs(urlsplit(dict(headers)["Location"]).query)
            if "code" in back:
                self._challenges[back["code"][0]] = parse_qs(environ["QUERY_STRING"])["code_challenge"][0]
        start_response(status, headers)
        return [body]

    def _answered(self, environ: dict[str, Any]) -> tuple[str, list[tuple[str, str]], bytes]:
        answered: list[Any] = []
        body = b"".join(self._app.wsgi_app(environ, lambda *values: answered.extend(values)))
        return answered[0], answered[1], body

    def _token(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        sent = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        given = {name: values[0] for name, values in parse_qs(sent.decode()).items()}
        self.secret_was_in = "body" if "client_secret" in given else "head"
        status, _, body = self._answered({**environ, "wsgi.input": BytesIO(sent)})
        token = json.loads(body)
        # The package asks for no verifier.
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        if urlsafe_b64encode(digest).decode().rstrip("=") != self._challenges.get(given["code"]):
            status, token = "400 BAD REQUEST", {"error": "invalid_grant"}
        if "id_token" not in token:
            start_response(status, [("Content-Type", "application/json")])
            return [json.dumps(token).encode()]
        payload = token["id_token"].split(".")[1]
        claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        token["id_token"] = self.sign(claims)
        return _json(start_response, {name: value for name, value in token.items() if value})


@contextmanager
def provided(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Provider, str]]:
    """A provider that runs, and its address."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # for the provider's own part of Authlib
    provider = Provider()
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield provider, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Visitor:
    """A browser, without scripts."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client = httpx.Client(base_url=address, headers={"Accept": "text/html"}, timeout=60)
        weakref.finalize(self, self.client.close)

    def ask_for(self, path: str) -> str:
        """Where a page leads that needs a sign-in: the provider's address."""
        asked = self.client.get(path)
        assert (asked.status_code, asked.headers["location"][:8]) == (303, "/sign-in"), asked.text
        there = self.client.get(asked.headers["location"])
        assert there.status_code == 303, there.text
        return there.headers["location"]

    def approve(self, there: str, who: str) -> str:
        """Sign in at the provider; its way back comes back."""
        said = httpx.post(there, data={"sub": who})
        assert said.status_code == 302, said.text
        return said.headers["location"]

    def sign_in(self, who: str, path: str = "/") -> httpx.Response:
        """Go the whole way; what the app says at its end comes back."""
        return self.client.get(self.approve(self.ask_for(path), who))

    @property
    def is_signed_in(self) -> bool:
        return self.client.get("/config").status_code == 200

    @property
    def cookies(self) -> dict[str, str]:
        return dict(self.client.cookies)


def _new_key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": ALGORITHM}, private=True)


def _json(start_response: Callable[..., Any], values: Mapping[str, Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(values).encode()]


def path_of(address: str) -> str:
    """The path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"
