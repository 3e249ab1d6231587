"""Where a request may go, and sockets that go nowhere else.

A catalogue is text that others write, and a publisher's server answers with redirects: neither may make this machine
talk to its own network. So an address is parsed once, its host must be one that the catalogue names, all the host's
numeric addresses must be public, and the socket is opened to one of those. A name that resolves differently a moment
later (DNS rebinding) changes nothing, because it is not resolved again. The certificate is checked against the name, as
always.

Behind a proxy (``HTTPS_PROXY``, ``NO_PROXY``) it is the proxy that resolves names, so numeric addresses cannot be
checked here. What still holds: the host is one of the catalogue's, it is a full name and not a number, and the
certificate that comes through the tunnel is valid for it. The proxy's own address may be private.
"""

from __future__ import annotations

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, unquote, urljoin, urlsplit
from urllib.request import getproxies_environment, proxy_bypass

import certifi
import httpcore

from assistant.errors import FetchError

IPAddress = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[tuple[str, int]]]
"""Maps host and port to the numeric addresses and ports behind them, best first."""

CONNECT_S = 10.0
"""Longest wait for one connection, in seconds."""
STALL_S = 30.0
"""Longest silence while an answer is read, in seconds."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_FULL_NAME = re.compile(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*")
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = IPv6Network("2000::/3")


class TransientError(FetchError):
    """A failure that may pass; ``retry_after`` is the wait that the server asks for, in seconds, if it does."""

    def __init__(self, message: str, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(message, status)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Address:
    """An https address, parsed once: what is checked is what is requested."""

    host: str
    target: str
    """Path and query, percent-encoded."""

    def __str__(self) -> str:
        return f"https://{self.host}{self.target}"


def parse_address(url: str, base: str = "") -> Address:
    """Return the host and target of an https address, which may be relative to ``base``; fragments are dropped.

    Raises:
        FetchError: it is not https, has a user name or a port, or its host is not a plain ASCII name.
    """
    shown = ascii(url[:300])[1:-1]
    try:
        parts = urlsplit(urljoin(base, url))
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise FetchError(f"{shown} is not an address ({error})") from error
    if parts.scheme != "https":
        raise FetchError(f"{shown} is not an https address")
    if "@" in parts.netloc:
        raise FetchError(f"{shown} has a user name, which is never sent")
    if port not in (None, 443):
        raise FetchError(f"{shown} names port {port}; only the https port, 443, is used")
    if not _HOST.fullmatch(host):
        raise FetchError(f"{shown} has no host of letters, digits, dots and hyphens only")
    target = quote(parts.path or "/", safe=_PATH_SAFE)
    if parts.query:
        target += "?" + quote(parts.query, safe=_PATH_SAFE + "?")
    return Address(host, target)


def is_public(address: IPAddress) -> bool:
    """Return whether an address is public: not private, loopback, link-local, shared, multicast or reserved.

    An IPv6 address that carries an IPv4 one is public only in the NAT64 form, if the IPv4 one is; mapped, 6to4 and
    Teredo addresses lead wherever they say and are never what a publisher's name resolves to.

    >>> is_public(ip_address("151.101.0.144")), is_public(ip_address("169.254.169.254"))
    (True, False)
    """
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _GLOBAL_UNICAST or address.sixtofour or address.teredo:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def system_resolver(host: str, port: int) -> list[tuple[str, int]]:
    """Return what this machine's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(sockaddr[0]), int(sockaddr[1])) for *_, sockaddr in found]


def proxy_of_environment(host: str) -> httpcore.Proxy | None:
    """Return the proxy that ``HTTPS_PROXY`` or ``ALL_PROXY`` names for a host; None where ``NO_PROXY`` lists it.

    Raises:
        FetchError: it is not the address of an http or https proxy. The message shows none of it: it may hold a
            password.
    """
    named = getproxies_environment()
    address = named.get("https") or named.get("all")
    if not address or proxy_bypass(host, named):
        return None
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise FetchError(
            "HTTPS_PROXY names a proxy that cannot be used; give it as http://HOST:PORT or https://HOST:PORT"
        )
    auth = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    url = httpcore.URL(scheme=parts.scheme, host=parts.hostname, port=port, target="/")
    return httpcore.Proxy(url, auth, ssl_context=default_tls() if parts.scheme == "https" else None)


def default_tls() -> ssl.SSLContext:
    """Return a context that checks certificates and names, with this machine's authorities and Mozilla's."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True)
class Network:
    """How names become sockets, and time passes. The defaults are strict; only tests pass others."""

    resolve: Resolver = system_resolver
    permits: Callable[[IPAddress], bool] = is_public
    proxy: Callable[[str], httpcore.Proxy | None] = proxy_of_environment
    tls: ssl.SSLContext = field(default_factory=default_tls)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def checked(self, host: str, port: int) -> list[tuple[str, int]]:
        """Return the numeric addresses of ``host``, all of them permitted.

        Raises:
            FetchError: one of them is not, or the name does not resolve (TransientError where that may pass).
        """
        found = self.resolved(host, port)
        for number, _ in found:
            if not self.permits(ip_address(number)):
                raise FetchError(f"{host} resolves to {number}, which is not an address of the public internet")
        return found

    def resolved(self, host: str, port: int) -> list[tuple[str, int]]:
        """Return the numeric addresses of ``host``, whatever they are.

        Raises:
            FetchError: the name does not resolve (TransientError where that may pass).
        """
        try:
            return list(self.resolve(host, port))
        except (OSError, UnicodeError) as error:
            message = f"the name {host} cannot be resolved ({error}); is this machine online?"
            if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
                raise TransientError(message) from error
            raise FetchError(message) from error

    def proxy_for(self, host: str) -> httpcore.Proxy | None:
        """Return the proxy to ask for ``host``; None to connect to it.

        Raises:
            FetchError: the proxy would look up something else than a full name in its own network.
        """
        proxy = self.proxy(host)
        if proxy and not _FULL_NAME.fullmatch(host):
            raise FetchError(f"{host} is not the full name of a host, which is all that a proxy is asked for")
        return proxy


class Deadline:
    """The end of the time for one address, redirects, retries and waits included."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self._clock = clock
        self._end = clock() + seconds

    def allows(self, wait: float) -> bool:
        """Return whether ``wait`` more seconds end before it."""
        return self._clock() + wait < self._end

    def within(self, timeout: float) -> float:
        """Return ``timeout``, or the time left where that is less.

        Raises:
            FetchError: no time is left.
        """
        self.check()
        return min(timeout, max(self._end - self._clock(), 0.001))

    def check(self) -> None:
        """Raise if no time is left.

        Raises:
            FetchError: no time is left.
        """
        if not self.allows(0):
            raise FetchError(f"it took longer than {self.seconds:g} s (STEWARD_FETCHING__SECONDS)")


class Dialler(httpcore.NetworkBackend):
    """Opens sockets to checked addresses only, or to the proxy, with the deadline on every read and write."""

    def __init__(self, network: Network, deadline: Deadline, proxy: httpcore.Proxy | None = None) -> None:
        self._addresses = network.resolved if proxy else network.checked
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the first of the host's addresses that answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for number, number_port in self._addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(
                    number, number_port, self._deadline.within(CONNECT_S), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every wait ends with the deadline: a server that sends slowly gains no time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.within(STALL_S))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(STALL_S))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.within(CONNECT_S))
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                reason = error.__cause__.verify_message
                raise FetchError(f"the certificate of {server_hostname} is not valid ({reason})") from error
            raise
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
