"""Signing in at a provider: the whole code flow over HTTP, and all that must not lead in."""

from __future__ import annotations

import hmac
import json
import logging
import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from gradio_client import Client
from joserfc import jwt
from joserfc.jwk import RSAKey
from lxml import html
from sqlalchemy import text

from assistant.library import Library
from assistant.settings import SignInSettings
from assistant.storage import open_accounts, open_database
from assistant.web.sign_in.provider import LEEWAY_S, REFUSED, UNREACHABLE
from assistant.web.sign_in.routes import GONE, _packed, _unpacked
from tests.web.serving import running, with_tools
from tests.web.sign_in.provider import Claims, Provider, Visitor, path_of, provided

CLIENT, SECRET = "steward", "zebra-secret-of-the-client"
SURROGATE = urlsafe_b64encode(b'{"state": "\\ud800", "nonce": "n", "code_verifier": "c", "next": "/"}').decode()
LINK = "/?q=How+many+boats%3F&document=harbour-plan"


@pytest.fixture(scope="module")
def place(library: Library) -> Iterator[tuple[Provider, str, Library]]:
    """A provider, and the app that trusts it."""
    with pytest.MonkeyPatch.context() as patch, provided(patch) as (provider, issuer):
        sign_in = SignInSettings(
            issuer=issuer,
            client_id=CLIENT,
            client_secret=SECRET,
            roles={"librarians": "librarian", "policy": "contributor"},
            allowed=("policy",),
        )
        own = replace(library, settings=library.settings.model_copy(update={"sign_in": sign_in}))
        with running(lambda: own) as (_, address):
            yield provider, address, own


@pytest.fixture
def provider(place: tuple[Provider, str, Library]) -> Iterator[Provider]:
    provider = place[0]
    yield provider
    provider.sign, provider.is_silent, provider.described = provider.signed, False, {}


@pytest.fixture
def visitor(place: tuple[Provider, str, Library]) -> Visitor:
    return Visitor(place[1])


def test_who_signs_in_comes_back_to_where_they_wanted_to_go(provider: Provider, visitor: Visitor) -> None:
    there = visitor.ask_for(LINK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
    assert asked["redirect_uri"] == f"{visitor.address}/sign-in/back"
    assert asked["scope"] == "openid profile email"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20
    assert SECRET not in there
    back = visitor.approve(there, "ann")
    assert not visitor.is_signed_in
    entered = visitor.client.get(back)
    assert (entered.status_code, entered.headers["location"]) == (303, LINK)
    session, attempt = (
        next(words for words in entered.headers.get_list("set-cookie") if words.startswith(f"steward-{name}="))
        for name in ("session", "attempt")
    )
    assert re.fullmatch(r"steward-session=steward_[\w-]{43}; HttpOnly; Max-Age=43200; Path=/; SameSite=lax", session), (
        session
    )
    assert "Max-Age=0" in attempt
    assert visitor.is_signed_in
    page = visitor.client.get(LINK)
    assert page.status_code == 200
    assert "no-store" in page.headers["cache-control"]


def test_another_sign_in_has_other_secrets(provider: Provider, visitor: Visitor) -> None:
    first, second = (parse_qs(urlsplit(visitor.ask_for("/")).query) for _ in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]


def wrong_audience(provider: Provider) -> None:
    # Authorised for us, but meant for another.
    provider.lie(aud="another", azp=CLIENT)


def signed_by_another(**header: str) -> Callable[[Provider], None]:
    """Signed by a key that the provider does not publish."""
    key = RSAKey.generate_key(2048, private=True)

    def lie(provider: Provider) -> None:
        provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": provider.key.kid} | header, claims, key)

    return lie


def signed_with_words(words: Callable[[Provider], bytes]) -> Callable[[Provider], None]:
    """Signed with what anybody can know, as a secret that both sides share."""

    def lie(provider: Provider) -> None:
        def sign(claims: Claims) -> str:
            parts = ({"alg": "HS256", "kid": provider.key.kid}, claims)
            signed = ".".join(unpadded(json.dumps(part).encode()) for part in parts)
            return f"{signed}.{unpadded(hmac.digest(words(provider), signed.encode(), 'sha256'))}"

        provider.sign = sign

    return lie


def unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(provider: Provider) -> None:
    def sign(claims: Claims) -> str:
        _, payload, _ = provider.signed(claims).split(".")
        head = unpadded(b'{"alg":"none"}')
        return f"{head}.{payload}."

    provider.sign = sign


def with_signature_of_another(provider: Provider) -> None:
    def sign(claims: Claims) -> str:
        head, payload, _ = provider.signed(claims).split(".")
        return f"{head}.{payload}.{provider.signed(claims | {'sub': 'bo'}).split('.')[2]}"

    provider.sign = sign


LIES: dict[str, Callable[[Provider], None]] = {
    "nonce": lambda provider: provider.lie(nonce="another"),
    "no-nonce": lambda provider: provider.lie(nonce=None),
    "audience": wrong_audience,
    "no-audience": lambda provider: provider.lie(aud=None),
    "another-of-two-audiences": lambda provider: provider.lie(aud=["another", "third"]),
    "party": lambda provider: provider.lie(azp="another"),
    "issuer": lambda provider: provider.lie(iss="https://evil.example"),
    "no-issuer": lambda provider: provider.lie(iss=None),
    "no-subject": lambda provider: provider.lie(sub=None),
    "expired": lambda provider: provider.lie(exp=int(time.time()) - LEEWAY_S - 30),
    "no-expiry": lambda provider: provider.lie(exp=None),
    "expiry-as-text": lambda provider: provider.lie(exp="2999"),
    "from-the-future": lambda provider: provider.lie(iat=int(time.time()) + LEEWAY_S + 30),
    "not-yet": lambda provider: provider.lie(nbf=int(time.time()) + LEEWAY_S + 30),
    "access-token": lambda provider: provider.lie(at_hash="another"),
    "unknown-key": signed_by_another(kid="unknown"),
    "another-key": signed_by_another(),
    "our-secret-as-key": signed_with_words(lambda _: SECRET.encode()),
    "public-key-as-secret": signed_with_words(lambda provider: provider.key.as_pem(private=False)),
    "unsigned": unsigned,
    "signature-of-another": with_signature_of_another,
    "no-token": lambda provider: setattr(provider, "sign", lambda _: ""),
    "not-a-token": lambda provider: setattr(provider, "sign", lambda _: "a.b.c"),
}


@pytest.mark.parametrize("lie", LIES)
def test_an_id_token_that_is_not_for_this_sign_in_leads_nowhere(
    provider: Provider, visitor: Visitor, caplog: pytest.LogCaptureFixture, lie: str
) -> None:
    LIES[lie](provider)
    refused = visitor.sign_in("ann")
    assert refused.status_code in (403, 502)
    assert REFUSED in refused.text
    assert "steward-session" not in visitor.cookies
    assert not visitor.is_signed_in
    (record,) = [item for item in caplog.records if item.name.startswith("assistant.web.sign_in")]
    assert record.levelno == logging.WARNING
    assert record.message.startswith("A sign-in failed: ")
    # The stand-in provider logs random letters, which may spell any of these.
    ours = [item.getMessage() for item in caplog.records if not item.name.startswith("werkzeug")]
    for secret in (SECRET, "Ann", "ann@", "eyJ"):
        assert secret not in "".join(ours)
    # Nothing is left of it: they can sign in at once.
    provider.sign = provider.signed
    assert visitor.sign_in("ann").headers["location"] == "/"


def test_clocks_may_differ_a_little(provider: Provider, visitor: Visitor) -> None:
    now = int(time.time())
    for claims in ({"exp": now - LEEWAY_S + 20}, {"iat": now + LEEWAY_S - 20}, {"nbf": now + LEEWAY_S - 20}):
        provider.lie(**claims)
        assert Visitor(visitor.address).sign_in("ann").status_code == 303


def test_a_provider_may_change_its_key(provider: Provider, visitor: Visitor) -> None:
    assert visitor.sign_in("ann").status_code == 303
    provider.change_key()
    other = Visitor(visitor.address)
    assert other.sign_in("bo").status_code == 303
    assert other.is_signed_in


@pytest.mark.parametrize("change", ["another", "", None])
def test_a_wrong_state_leads_nowhere(provider: Provider, visitor: Visitor, change: str | None) -> None:
    back = urlsplit(visitor.approve(visitor.ask_for("/"), "ann"))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    query = {**query, "state": change} if change is not None else {"code": query["code"]}
    refused = visitor.client.get(back.path, params=query)
    assert (refused.status_code, GONE in refused.text) == (400, True)
    assert not visitor.is_signed_in
    # Nobody can break off a sign-in like this: its own way back still leads in.
    assert visitor.client.get(path_of(back.geturl())).status_code == 303
    assert visitor.is_signed_in


def test_two_windows_may_sign_in_at_once(provider: Provider, visitor: Visitor) -> None:
    first, second = (visitor.approve(visitor.ask_for(path), "ann") for path in ("/?tab=check", "/?tab=library"))
    late = visitor.client.get(first)
    assert (late.status_code, GONE in late.text) == (400, True)
    assert visitor.client.get(second).headers["location"] == "/?tab=library"
    assert visitor.client.get(first).headers["location"] == "/"


def test_nobody_is_signed_in_by_the_way_back_of_another(provider: Provider, visitor: Visitor) -> None:
    """Or they would ask and keep files in the account of who sent them there."""
    back = visitor.approve(visitor.ask_for("/"), "ann")
    victim = Visitor(visitor.address)
    assert victim.client.get(back).status_code == 400
    victim.ask_for("/")
    assert victim.client.get(back).status_code == 400
    assert not victim.is_signed_in


def test_the_way_back_leads_in_once(provider: Provider, visitor: Visitor) -> None:
    back = visitor.approve(visitor.ask_for("/"), "ann")
    attempt = visitor.cookies["steward-attempt"]
    assert visitor.client.get(back).headers["location"] == "/"
    session = visitor.cookies["steward-session"]
    assert visitor.client.get(back).headers["location"] == "/"
    assert visitor.cookies["steward-session"] == session
    thief = Visitor(visitor.address)
    thief.client.cookies.set("steward-attempt", attempt)
    refused = thief.client.get(back)  # the provider takes a code once
    assert refused.status_code == 403
    assert not thief.is_signed_in


def test_who_has_the_code_alone_gets_no_token(provider: Provider, visitor: Visitor) -> None:
    back = visitor.approve(visitor.ask_for("/"), "ann")
    changed(visitor, code_verifier="x" * 48)
    assert visitor.client.get(back).status_code == 403
    assert not visitor.is_signed_in


def changed(visitor: Visitor, **values: str) -> None:
    """Change what the browser keeps of its sign-in."""
    attempt = _unpacked(visitor.cookies["steward-attempt"])
    assert attempt is not None
    visitor.client.cookies.clear()
    visitor.client.cookies.set("steward-attempt", _packed(replace(attempt, **values)))


@pytest.mark.parametrize(
    "cookie", ["", "x", "e30=", "bnVsbA==", "W10=", urlsafe_b64encode(b'{"state": "s"}').decode(), SURROGATE, "\\"]
)
def test_a_broken_attempt_leads_nowhere(provider: Provider, visitor: Visitor, cookie: str) -> None:
    said = visitor.client.get("/sign-in/back?code=a&state=s", headers={"Cookie": f"steward-attempt={cookie}"})
    assert (said.status_code, GONE in said.text) == (400, True)


def test_who_is_refused_by_the_provider_is_told(provider: Provider, visitor: Visitor) -> None:
    there = visitor.ask_for("/")
    denied = httpx.post(there, data={"action": "deny"})
    said = visitor.client.get(f"{denied.headers['location']}&state={parse_qs(urlsplit(there).query)['state'][0]}")
    assert said.status_code == 403
    assert "refused or cancelled" in said.text
    assert '<a href="/sign-in">Sign in</a>' in said.text
    assert not visitor.is_signed_in


def test_only_members_of_a_group_that_may_get_in(provider: Provider, visitor: Visitor) -> None:
    refused = visitor.sign_in("cy")
    assert refused.status_code == 403
    assert "Your account may not use Steward." in refused.text
    assert not visitor.is_signed_in


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie:x",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/sign-in?next=/",
        "/sign-out",
        "/" + "x" * 3000,
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(provider: Provider, visitor: Visitor, target: str) -> None:
    there = visitor.client.get("/sign-in", params={"next": target}).headers["location"]
    entered = visitor.client.get(visitor.approve(there, "ann"))
    where = entered.headers["location"]
    assert where.startswith("/")
    assert where == "/" or (target.startswith("/%0d") and where == target)
    assert len(entered.headers.get_list("set-cookie")) == 2


def test_a_cookie_of_a_sign_in_cannot_lead_elsewhere_either(provider: Provider, visitor: Visitor) -> None:
    back = visitor.approve(visitor.ask_for("/"), "ann")
    changed(visitor, next="https://evil.example")
    assert visitor.client.get(back).headers["location"] == "/"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/config", 401),
        ("GET", "/gradio_api/info", 401),
        ("GET", "/gradio_api/queue/data?session_hash=a", 401),
        ("GET", "/gradio_api/heartbeat/a", 401),
        ("GET", "/gradio_api/openapi.json", 401),
        ("GET", "/gradio_api/mcp/schema", 401),
        ("POST", "/gradio_api/mcp/", 401),
        ("POST", "/gradio_api/queue/join", 401),
        ("POST", "/gradio_api/call/search", 401),
        ("POST", "/gradio_api/call/v2/search", 401),
        ("POST", "/gradio_api/upload", 401),
        ("GET", "/sources/harbour-plan", 401),
        ("GET", "/sources/harbour-plan/text", 401),
        ("GET", "/gradio_api/file=/tmp/x", 401),
        ("GET", "/", 401),
        ("HEAD", "/", 401),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/theme.css", 200),
        ("GET", "/manifest.json", 200),
        ("GET", "/nowhere", 404),
        ("POST", "/sign-in", 404),
        ("POST", "/sign-in/back", 404),
    ],
)
def test_who_is_not_signed_in_gets_nothing(visitor: Visitor, method: str, path: str, status: int) -> None:
    for cookie in ({}, {"Cookie": "steward-session=steward_wrong; steward-reader=" + "x" * 43}):
        said = httpx.request(method, f"{visitor.address}{path}", headers=cookie)
        assert said.status_code == status, said.text
        if status == 401 and method != "HEAD":
            assert said.json()["detail"].startswith("You are not signed in. ")
            assert said.headers["www-authenticate"] == "Bearer"


def test_a_page_of_the_library_is_opened_after_signing_in(provider: Provider, visitor: Visitor) -> None:
    assert visitor.sign_in("bo", "/sources/harbour-plan/text?part=0").headers["location"] == (
        "/sources/harbour-plan/text?part=0"
    )


def test_a_session_that_was_not_used_or_is_old_has_ended(
    place: tuple[Provider, str, Library], provider: Provider, visitor: Visitor
) -> None:
    database = open_database(place[2].settings)
    for column, value in (("used", "2020-01-01 00:00:00"), ("expires", "2020-01-01 00:00:00")):
        visitor.sign_in("ann")
        assert visitor.is_signed_in
        with database.write() as session:
            session.execute(text(f"UPDATE credentials SET {column} = '{value}'"))
        assert not visitor.is_signed_in
        assert visitor.client.get("/").headers["location"] == "/sign-in"
    database.close()


def test_signing_out_ends_the_session_here_and_at_the_provider(provider: Provider, visitor: Visitor) -> None:
    visitor.sign_in("ann")
    session = visitor.cookies["steward-session"]
    out = visitor.client.post("/sign-out")
    assert (out.status_code, "You have signed out" in out.text) == (200, True)
    (link,) = html.fromstring(out.content).xpath("//a/@href")
    where = urlsplit(link)
    assert where.path == "/oauth2/end_session"
    asked = parse_qs(where.query)
    assert (asked["client_id"], asked["post_logout_redirect_uri"]) == ([CLIENT], [f"{visitor.address}/sign-out"])
    assert "steward-session" not in visitor.cookies
    visitor.client.cookies.set("steward-session", session)
    assert not visitor.is_signed_in
    page = visitor.client.get("/sign-out?state=x")
    assert (page.status_code, "You have signed out" in page.text) == (200, True)


def test_another_site_can_neither_sign_out_nor_ask(provider: Provider, visitor: Visitor) -> None:
    visitor.sign_in("ann")
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert visitor.client.post("/sign-out", headers=elsewhere).status_code == 403
    visitor.client.get("/sign-out")
    assert visitor.is_signed_in


def test_signing_in_anew_ends_the_session_before(provider: Provider, visitor: Visitor) -> None:
    visitor.sign_in("ann")
    before = visitor.cookies["steward-session"]
    there = visitor.client.get("/sign-in").headers["location"]
    visitor.client.get(visitor.approve(there, "bo"))
    assert visitor.cookies["steward-session"] != before
    other = Visitor(visitor.address)
    other.client.cookies.set("steward-session", before)
    assert not other.is_signed_in


def test_a_provider_that_is_down_is_named_and_not_forgotten(
    place: tuple[Provider, str, Library], provider: Provider, library: Library
) -> None:
    provider.is_silent = True
    with running(lambda: place[2]) as (_, address):  # which has not asked it for anything yet
        visitor = Visitor(address)
        said = visitor.client.get("/sign-in")
        assert (said.status_code, UNREACHABLE in said.text) == (502, True)
        assert visitor.client.get("/healthz").status_code == 200
        provider.is_silent = False
        back = visitor.approve(visitor.ask_for("/"), "ann")
        provider.is_silent = True
        assert visitor.client.get(back).status_code == 502
        assert not visitor.is_signed_in


def test_another_issuer_than_the_settings_name_is_refused(
    place: tuple[Provider, str, Library], provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.described = {"issuer": "https://evil.example"}
    with running(lambda: place[2]) as (_, address):
        visitor = Visitor(address)
        said = visitor.client.get("/sign-in")
        assert (said.status_code, REFUSED in said.text) == (502, True)
        assert "the provider calls itself 'https://evil.example', not as STEWARD_SIGN_IN__ISSUER does" in caplog.text
        provider.described = {}
        assert visitor.sign_in("ann").status_code == 303


def test_signatures_that_anybody_can_make_are_refused_even_where_the_provider_offers_them(
    place: tuple[Provider, str, Library], provider: Provider
) -> None:
    provider.described = {
        "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "end_session_endpoint": None,
    }
    with running(lambda: place[2]) as (_, address):
        for name in ("our-secret-as-key", "unsigned"):
            LIES[name](provider)
            assert Visitor(address).sign_in("ann").status_code == 403
        provider.sign = provider.signed
        visitor = Visitor(address)
        assert visitor.sign_in("ann").status_code == 303
        assert provider.secret_was_in == "body"
        said = visitor.client.post("/sign-out")
        assert (said.status_code, '<a href="/sign-in">Sign in</a>' in said.text) == (200, True)
        assert not visitor.is_signed_in


def test_over_https_no_other_host_can_set_the_cookies(place: tuple[Provider, str, Library], provider: Provider) -> None:
    settings = place[2].settings
    web = type(settings.web).model_validate(
        settings.web.model_dump() | {"proxies": ["127.0.0.1"], "hosts": ["a.example"]}
    )
    own = replace(place[2], settings=settings.model_copy(update={"web": web}))
    https = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example", "Accept": "text/html"}
    with running(lambda: own) as (_, address):
        begun = httpx.get(f"{address}/sign-in", headers=https)
        there = begun.headers["location"]
        assert parse_qs(urlsplit(there).query)["redirect_uri"] == ["https://a.example/sign-in/back"]
        attempt = begun.headers["set-cookie"]
        assert attempt.startswith("__Host-steward-attempt=")
        for flag in ("; Secure", "; HttpOnly", "; SameSite=lax", "; Path=/"):
            assert flag in attempt
        back = urlsplit(httpx.post(there, data={"sub": "ann"}).headers["location"])
        value = attempt.partition(";")[0].partition("=")[2]
        target = f"{address}{back.path}?{back.query}"
        planted = httpx.get(target, headers={**https, "Cookie": f"steward-attempt={value}"})
        assert planted.status_code == 400
        entered = httpx.get(target, headers={**https, "Cookie": f"__Host-steward-attempt={value}"})
        assert entered.status_code == 303
        (session,) = [words for words in entered.headers.get_list("set-cookie") if "session" in words]
        assert session.startswith("__Host-steward-session=steward_")
        assert "; Secure" in session
        secret = session.partition(";")[0].partition("=")[2]
        for name, status in (("__Host-steward-session", 200), ("steward-session", 303)):
            said = httpx.get(f"{address}/", headers={**https, "Cookie": f"{name}={secret}"})
            assert said.status_code == status


def test_any_process_over_the_database_knows_who_is_signed_in(
    place: tuple[Provider, str, Library], provider: Provider, visitor: Visitor
) -> None:
    visitor.sign_in("ann")
    with running(lambda: place[2]) as (_, address):
        elsewhere = Visitor(address)
        elsewhere.client.cookies.set("steward-session", visitor.cookies["steward-session"])
        assert elsewhere.is_signed_in
        elsewhere.client.post("/sign-out")
    assert not visitor.is_signed_in


@pytest.mark.slow
def test_a_client_of_gradio_and_one_of_mcp_work_with_a_token(
    place: tuple[Provider, str, Library], provider: Provider, visitor: Visitor
) -> None:
    visitor.sign_in("bo")
    accounts = open_accounts(place[2].settings)
    token = accounts.give_token("Bo Oduya", "ask", 1)
    accounts.close()
    headers = {"Authorization": f"Bearer {token}"}
    client = Client(visitor.address, headers=headers, verbose=False, analytics_enabled=False)
    assert client.predict(query="boats", limit=1, api_name="/search")["passages"]
    found = with_tools(visitor.address, lambda session: session.call_tool("documents", {}), headers)
    assert not found.isError
