"""Forwarding headers: those of configured proxies are trusted, all others are removed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

FORWARDING = frozenset(
    (
        b"forwarded",
        b"via",
        b"x-real-ip",
        b"x-client-ip",
        b"x-cluster-client-ip",
        b"true-client-ip",
        b"cf-connecting-ip",
        b"x-gradio-server",  # Gradio's own: it sets the page's root address as well
        b"x-original-host",
        b"x-original-url",
        b"x-rewrite-url",
    )
)
"""Headers besides ``X-Forwarded-…`` that proxies set, in lower case."""


REQUEST_ID = b"x-request-id"
"""Says nothing of where a request comes from, but is believed of known proxies alone: it goes into the log."""
UNKNOWN_PROXY = "steward.unknown_proxy"
"""Key of the scope of a request that came through a proxy which is not in the settings, or pretends so."""
IDENTITY = "steward.identity"
"""Where a request's scope holds who has signed in at a trusted proxy: their name and groups."""


class ForwardingMiddleware:
    """Removes forwarding headers, after applying those of a configured proxy.

    The app sees the client's address in ``scope["client"]``, the scheme in ``scope["scheme"]`` and the public host in
    ``Host``, and no forwarding header that it could trust by mistake. Headers that say who has signed in are treated
    likewise.
    """

    def __init__(
        self,
        app: ASGIApp,
        proxies: Sequence[IPv4Network | IPv6Network],
        on_forwarded: Callable[[], None],
        identity: tuple[str | None, str | None] = (None, None),
    ) -> None:
        """``on_forwarded`` is called at each request with such a header, whoever sent it.

        ``identity`` names the headers in which a proxy says who has signed in, and their groups.
        """
        self._name_header, self._groups_header = identity
        self._identity = frozenset(name.lower().encode() for name in identity if name)
        self._app = app
        self._proxies = proxies
        self._on_forwarded = on_forwarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] in ("http", "websocket"):
            is_known = self._is_proxy(address_of((scope.get("client") or ("",))[0]))
            headers = [item for item in scope["headers"] if is_known or item[0] != REQUEST_ID]
            kept = [item for item in headers if not (_forwards(item[0]) or item[0].lower() in self._identity)]
            if len(kept) == len(headers):
                scope = {**scope, "headers": kept}
            else:
                self._on_forwarded()
                believed = self._believed(Headers(scope=scope)) if is_known else {UNKNOWN_PROXY: True}
                if host := believed.pop("host", None):
                    kept = [(name, value) for name, value in kept if name != b"host"]
                    kept.append((b"host", str(host).encode("latin-1")))
                scope = {**scope, **believed, "headers": kept}
        await self._app(scope, receive, send)

    def _is_proxy(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._proxies)

    def _believed(self, headers: Headers) -> dict[str, object]:
        """Return what a proxy says; of several values the last, which our own proxy wrote."""
        trusted: dict[str, object] = {}
        for address in map(address_of, reversed(_listed(headers, "x-forwarded-for"))):
            if address is None:
                break
            trusted["client"] = (str(address), 0)
            if not self._is_proxy(address):
                break
        if (schemes := _listed(headers, "x-forwarded-proto")) and schemes[-1] in ("http", "https"):
            trusted["scheme"] = schemes[-1]
        if hosts := _listed(headers, "x-forwarded-host"):
            trusted["host"] = hosts[-1]
        # Two names: one of them is a client's, which the proxy did not replace.
        if self._name_header and len(names := headers.getlist(self._name_header)) == 1 and names[0].strip():
            groups = _listed(headers, self._groups_header) if self._groups_header else []
            trusted[IDENTITY] = names[0].strip(), groups
        return trusted


def address_of(words: str) -> IPv4Address | IPv6Address | None:
    """Return an address given with or without a port; None if it is not one."""
    words = words.strip()
    if words.startswith("["):
        words = words[1:].partition("]")[0]
    elif words.count(":") == 1:
        words = words.partition(":")[0]
    try:
        address = ip_address(words)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def one_client(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or the IPv6 network of a household or office."""
    found = address_of(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, 64), strict=False))
    return str(found or "an unknown address")


def client_of(request: Any) -> str:
    """Return the client that a request comes from, as `one_client` does."""
    client = getattr(request, "client", None)
    return one_client(str(client.host) if client else "")


def _forwards(name: bytes) -> bool:
    return name.startswith(b"x-forwarded") or name in FORWARDING


def _listed(headers: Headers, name: str) -> list[str]:
    return [part.strip() for value in headers.getlist(name) for part in value.split(",") if part.strip()]
