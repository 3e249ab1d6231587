"""A cautious https client: one address to one body, or one clear reason why not.

No cookies, credentials or reused connections. Redirects are followed by hand, so that each hop passes the same checks
as the first address, through a proxy too.
"""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version

import httpcore

from assistant.errors import FetchError
from assistant.settings import FetchingSettings
from assistant.sources.fetching.network import Address, Deadline, Dialler, Network, TransientError, parse_address

MAX_REDIRECTS = 5

_PIECE = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Progress = Callable[[int, int | None], None]
"""Called with the bytes received so far and the bytes expected, None where the server does not say."""


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server said of the copy that we keep, and the address that said it."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A body and where it came from; ``body`` is None when the server says that our copy is current."""

    url: str
    body: bytes | None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class _Redirect:
    location: str


class Client:
    """Fetches from ``hosts`` and nowhere else."""

    def __init__(self, hosts: frozenset[str], settings: FetchingSettings, network: Network) -> None:
        self._hosts = hosts
        self._settings = settings
        self._network = network
        self._max_bytes = int(settings.max_file_mb * 1024 * 1024)

    def get(self, url: str, validators: Validators | None = None, on_progress: Progress | None = None) -> Reply:
        """Return what ``url`` holds, after at most five redirects.

        Raises:
            FetchError: an address was refused, the server said no, or the answer was too large or too slow.
        """
        deadline = Deadline(self._settings.seconds, self._network.clock)
        address = self._permitted(url)
        for _ in range(MAX_REDIRECTS + 1):
            try:
                answer = self._ask_patiently(address, validators, deadline, on_progress)
            except FetchError as error:
                raise FetchError(f"{address}: {error}", error.status) from error
            if isinstance(answer, Reply):
                return answer
            address = self._permitted(answer.location, after=address)
        raise FetchError(f"{ascii(url)[1:-1]} redirects more than {MAX_REDIRECTS} times, the last time to {address}")

    def reach(self, host: str) -> None:
        """Ask a host for its first page and hang up; any answer will do.

        Raises:
            FetchError: none came within the seconds of the settings.
        """
        address = self._permitted(f"https://{host}/")
        try:
            with self._opened("HEAD", address, _HEADERS, Deadline(self._settings.seconds, self._network.clock)):
                pass
        except FetchError as error:
            raise FetchError(f"{host}: {error}") from error

    def _permitted(self, url: str, after: Address | None = None) -> Address:
        via = f"{after} redirects to an address that is refused: " if after else ""
        try:
            address = parse_address(url, base=str(after or ""))
        except FetchError as error:
            raise FetchError(f"{via}{error}") from error
        if address.host not in self._hosts:
            raise FetchError(
                f"{via}{address.host} is not a host that the catalogue names; "
                f"if it is the publisher's, list {address} under `originals` in catalogue.toml"
            )
        return address

    def _ask_patiently(
        self, address: Address, validators: Validators | None, deadline: Deadline, on_progress: Progress | None
    ) -> Reply | _Redirect:
        """Ask one hop, and retry failures that may pass, as long as the waits end before the deadline."""
        tries = 1
        while True:
            try:
                return self._ask(address, validators, deadline, on_progress)
            except TransientError as error:
                wait = max(self._settings.backoff_s * 2 ** (tries - 1), error.retry_after or 0.0)
                if tries > self._settings.retries or not deadline.allows(wait):
                    asked = f" and asks for a wait of {error.retry_after:.0f} s" if error.retry_after else ""
                    tried = f"{tries} {'try' if tries == 1 else 'tries'}"
                    raise FetchError(f"{error}{asked} ({tried})", error.status) from error
            self._network.sleep(wait)
            tries += 1

    def _ask(
        self, address: Address, validators: Validators | None, deadline: Deadline, on_progress: Progress | None
    ) -> Reply | _Redirect:
        # Validators go only to the address that gave them.
        conditions = _conditions(validators) if validators and validators.url == str(address) else []
        with self._opened("GET", address, [*_HEADERS, *conditions], deadline) as response:
            if response.status == 304 and conditions:
                return Reply(str(address), None)
            return self._answer(address, response, on_progress)

    @contextmanager
    def _opened(
        self, method: str, address: Address, headers: Sequence[tuple[str, str]], deadline: Deadline
    ) -> Iterator[httpcore.Response]:
        """Send one request on its own connection: a kept one might serve another name behind the same address."""
        url = httpcore.URL(scheme=b"https", host=address.host, port=443, target=address.target)
        proxy = self._network.proxy_for(address.host)
        through = f" through the proxy {proxy.url.host.decode()}" if proxy else ""
        backend = Dialler(self._network, deadline, proxy)
        try:
            with (
                httpcore.ConnectionPool(ssl_context=self._network.tls, network_backend=backend, proxy=proxy) as pool,
                pool.stream(method, url, headers=headers) as response,
            ):
                yield response
        except httpcore.ProxyError as error:
            raise FetchError(
                f"the connection{through} was refused ({error}); check HTTPS_PROXY and NO_PROXY"
            ) from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.RemoteProtocolError) as error:
            deadline.check()
            raise TransientError(f"the connection{through} failed ({str(error) or type(error).__name__})") from error

    def _answer(self, address: Address, response: httpcore.Response, on_progress: Progress | None) -> Reply | _Redirect:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
        status = response.status
        if status in _REDIRECTS and "location" in headers:
            return _Redirect(headers["location"])
        refusal = f"the server answered {status} {http.client.responses.get(status, '')}".rstrip()
        if status == 429 or status >= 500:
            raise TransientError(refusal, _retry_after(headers.get("retry-after", "")), status)
        if status != 200:
            raise FetchError(refusal, status)
        body = self._body(response, headers, on_progress)
        return Reply(str(address), body, _validator(headers.get("etag")), _validator(headers.get("last-modified")))

    def _body(self, response: httpcore.Response, headers: dict[str, str], on_progress: Progress | None) -> bytes:
        length = headers.get("content-length", "")
        expected = int(length) if length.isdecimal() else None
        if expected is not None and expected > self._max_bytes:
            raise FetchError(f"it is {expected / 1024**2:.1f} MiB, {self._too_large}")
        pieces = self._capped(response.iter_stream())
        encoding = headers.get("content-encoding", "").lower() or "identity"
        if encoding == "gzip":
            pieces = self._capped(_inflated(pieces))
            expected = None
        elif encoding != "identity":
            raise FetchError(f"it is encoded as {encoding[:40]!a}, which was not asked for")
        body = bytearray()
        for piece in pieces:
            body += piece
            if on_progress:
                on_progress(len(body), expected)
        return bytes(body)

    def _capped(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        received = 0
        for piece in pieces:
            received += len(piece)
            if received > self._max_bytes:
                raise FetchError(f"it is {self._too_large}")
            yield piece

    @property
    def _too_large(self) -> str:
        return f"larger than the {self._settings.max_file_mb:g} MiB of STEWARD_FETCHING__MAX_FILE_MB"


_HEADERS = (
    ("User-Agent", f"steward/{version('steward-assistant')}"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip"),
    ("Connection", "close"),
)


def _conditions(validators: Validators) -> list[tuple[str, str]]:
    named = (("If-None-Match", validators.etag), ("If-Modified-Since", validators.last_modified))
    return [(name, value) for name, value in named if value and _validator(value)]


def _validator(value: str | None) -> str | None:
    """Return a header's value if it is fit to be kept and sent back, else None."""
    return value if value and len(value) <= 200 and value.isascii() and value.isprintable() else None


def _retry_after(value: str) -> float | None:
    """Return the seconds to wait, from a Retry-After header in either of its forms; None for anything else."""
    if value.isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _inflated(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield decompressed gzip in bounded pieces, so that it is counted before it grows large."""
    inflater = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                yield inflater.decompress(rest, _PIECE)
                rest = inflater.unconsumed_tail
        yield inflater.flush()
    except zlib.error as error:
        raise FetchError(f"its gzip encoding is damaged ({error})") from error
    if not inflater.eof:
        raise TransientError("its gzip encoding is cut short")
