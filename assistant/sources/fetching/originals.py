"""`steward fetch`: originals from their publishers into ``corpus/originals/``.

A source's candidate addresses are tried in order, then its landing page, or the documents that this names; what comes
must be the document. A source that fails is reported with the reasons and never stops the others.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assistant.errors import DocumentError, FetchError
from assistant.reading.detection import detect_kind
from assistant.reading.sandbox import read_file
from assistant.records import Document, Source
from assistant.settings import FetchingSettings, ReadingSettings
from assistant.sources.fetching import govuk
from assistant.sources.fetching.client import Client, Reply, Validators
from assistant.sources.fetching.links import Link, linked_pdfs
from assistant.sources.fetching.network import Network, parse_address
from assistant.sources.fetching.screening import OriginalKind, names_file, screen
from assistant.sources.fetching.store import Download, OriginalRecord, current_original, keep_original

Progress = Callable[[str, int, int | None], None]
"""Called with a source's id, the bytes received so far and the bytes expected, None where the server does not say."""

State = Literal["new", "changed", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class FetchOutcome:
    """What became of one source; ``path`` and later fields describe the original in use, None where there is none."""

    source_id: str
    state: State
    message: str
    path: Path | None = None
    url: str | None = None
    sha256: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class AddressCheck:
    """What an address of a source gives now, of which nothing is kept; None where that is not known."""

    source_id: str
    url: str
    state: State
    """New, changed or unchanged against the original in use, or failed."""
    message: str = ""
    """Why it failed, and what else was noticed."""
    status: int | None = None
    """The HTTP status."""
    kind: OriginalKind | None = None
    size: int | None = None
    """In bytes."""
    pages: int | None = None


def with_originals(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Return the sources whose original is a publisher's: neither commentaries nor users' own files."""
    return tuple(source for source in sources if source.file is None and not source.comments_on)


def allowed_hosts(sources: Iterable[Source]) -> frozenset[str]:
    """Return the hosts that the catalogue names; GOV.UK's page and file hosts come together.

    Addresses that are never fetched (http, or with a port) allow nothing.
    """
    hosts: set[str] = set()
    for url in (url for source in sources for url in (*source.originals, source.landing_page)):
        try:
            hosts.add(parse_address(url).host)
        except FetchError:
            continue
    if hosts & {"gov.uk", govuk.HOST}:
        hosts |= govuk.HOSTS
    return frozenset(hosts)


def fetch_all(
    sources: Iterable[Source],
    corpus: Path,
    settings: FetchingSettings,
    on_progress: Progress | None = None,
    *,
    reading: ReadingSettings | None = None,
    hosts: frozenset[str] | None = None,
    network: Network | None = None,
) -> Iterator[FetchOutcome]:
    """Yield one outcome per source, in order, as soon as each is known. See :func:`fetch_original`."""
    chosen = tuple(sources)
    allowed = allowed_hosts(chosen) if hosts is None else hosts
    shared = network or Network()
    for source in chosen:
        yield fetch_original(source, corpus, settings, on_progress, reading=reading, hosts=allowed, network=shared)


def check_all(
    sources: Iterable[Source],
    corpus: Path,
    settings: FetchingSettings,
    *,
    reading: ReadingSettings,
    hosts: frozenset[str],
    network: Network | None = None,
) -> Iterator[tuple[AddressCheck, ...]]:
    """Yield what each address of a source gives, for one source after the other; nothing is kept."""
    client = Client(hosts, settings, network or Network())
    for source in sources:
        yield tuple(_Fetch(source, corpus, client, None, reading).check())


def fetch_original(
    source: Source,
    corpus: Path,
    settings: FetchingSettings,
    on_progress: Progress | None = None,
    *,
    reading: ReadingSettings | None = None,
    hosts: frozenset[str] | None = None,
    network: Network | None = None,
) -> FetchOutcome:
    """Fetch one source's original and put it to use.

    Args:
        source: whose original is wanted.
        corpus: the folder that holds ``originals/``.
        settings: size, time and retries.
        on_progress: called as bytes arrive.
        reading: limits for reading the file before it is used; None uses it unread.
        hosts: the only hosts to ask, :func:`allowed_hosts` of the whole catalogue; by default those that the source
            names.
        network: how names become sockets; the default refuses all but public addresses.

    Returns:
        What happened; a failure is an outcome, never an exception.
    """
    client = Client(allowed_hosts([source]) if hosts is None else hosts, settings, network or Network())
    return _Fetch(source, corpus, client, on_progress, reading).run()


class _Fetch:
    def __init__(
        self,
        source: Source,
        corpus: Path,
        client: Client,
        on_progress: Progress | None,
        reading: ReadingSettings | None,
    ) -> None:
        self._source = source
        self._corpus = corpus
        self._client = client
        self._on_progress = on_progress
        self._reading = reading
        self._kept: OriginalRecord | None = None
        self._items: dict[str, govuk.Item | FetchError] = {}
        self._replies: dict[str, Reply] = {}
        self._notes: list[str] = []
        self._reasons: dict[str, tuple[str, int | None]] = {}
        """The address that failed and what its server answered, by what is said of it."""
        self._listed = self._parsed(source.originals)
        self._landing = self._parsed([source.landing_page] if source.landing_page else [])

    def run(self) -> FetchOutcome:
        self._look_at_kept()
        for link in self._links():
            try:
                return self._save(self._download(link))
            except FetchError as error:
                self._note_failure(link.url, error)
        return self._failed()

    def check(self) -> Iterator[AddressCheck]:
        self._look_at_kept()
        for link in self._links():
            try:
                yield self._described(link.url, self._download(link))
            except FetchError as error:
                self._note_failure(link.url, error)
        for words, (url, status) in self._reasons.items():
            yield AddressCheck(self._source.id, url, "failed", words, status)
        if not (self._listed or self._landing or self._reasons):
            yield AddressCheck(self._source.id, "", "failed", "the catalogue names no address")

    def _look_at_kept(self) -> None:
        try:
            self._kept = current_original(self._corpus, self._source.id)
        except DocumentError as error:
            self._notes.append(f"what was kept was damaged: {error}")

    def _described(self, url: str, download: Download | None) -> AddressCheck:
        kept = self._kept
        if download is None:
            assert kept is not None, "conditions are sent for a kept copy only"
            found = Download(kept.path.read_bytes(), kept.kind, url, kept.final_url)
        else:
            found = download
        document = self._read(found)
        state: State = "new"
        if kept is not None:
            state = "unchanged" if hashlib.sha256(found.data).hexdigest() == kept.sha256 else "changed"
        return AddressCheck(
            self._source.id,
            url,
            state,
            "; ".join(dict.fromkeys(self._notes)),
            304 if download is None else 200,
            found.kind,
            len(found.data),
            len(document.pages) if document and found.kind == "pdf" else None,
        )

    def _links(self) -> Iterator[Link]:
        """Yield the documents that may be the original, best first; record why others cannot."""
        addresses = list(dict.fromkeys(self._listed + self._landing))
        for url in addresses:
            # Asked even when a file's own address comes first: only the page says that its document was withdrawn.
            if govuk.is_page(url):
                self._note_withdrawal(url)
        for url in addresses:
            try:
                links = self._documents_at(url)
            except FetchError as error:
                self._note_failure(url, error)
            else:
                yield from links

    def _documents_at(self, url: str) -> list[Link]:
        """Return the documents that an address is or leads to, the likeliest first."""
        title = self._source.title
        if govuk.is_page(url):
            return govuk.documents(self._item(url), title, url)
        if url not in self._listed and not names_file(url):
            reply = self._reply(url)
            if reply.body is not None and _is_page(reply.body):
                return linked_pdfs(reply.body, reply.url, title)
        return [Link(url, title, "file")]

    def _parsed(self, urls: Iterable[str]) -> list[str]:
        addresses: list[str] = []
        for url in urls:
            try:
                addresses.append(str(parse_address(url)))
            except FetchError as error:
                self._note_failure(url, error)
        return addresses

    def _note_withdrawal(self, url: str) -> None:
        try:
            notice = govuk.withdrawal(self._item(url))
        except FetchError as error:
            self._note_failure(url, error)
        else:
            self._notes.extend([notice] if notice else [])

    def _note_failure(self, url: str, error: FetchError) -> None:
        self._reasons.setdefault(str(error), (url, error.status))

    def _item(self, url: str) -> govuk.Item:
        """Return the content item of a GOV.UK page, asked for once."""
        if url not in self._items:
            try:
                reply = self._client.get(govuk.api_address(url))
                self._items[url] = govuk.parse_item(reply.body or b"", url)
            except FetchError as error:
                self._items[url] = error
        item = self._items[url]
        if isinstance(item, FetchError):
            raise item
        return item

    def _reply(self, url: str) -> Reply:
        """Return what a file's address holds, asked for once."""
        if url not in self._replies:
            self._replies[url] = self._client.get(url, self._validators(), self._report)
        return self._replies[url]

    def _download(self, link: Link) -> Download | None:
        """Return the document behind a link; None when the server says that our copy is current."""
        if link.form == "publication":
            item = self._item(link.url)
            return Download(govuk.whole_document(item, link.url), "html", link.url, govuk.page_address(item, link.url))
        reply = self._reply(link.url)
        if reply.body is None:
            return None
        kind = screen(reply.body, link.url)
        return Download(reply.body, kind, link.url, reply.url, reply.etag, reply.last_modified)

    def _validators(self) -> Validators | None:
        kept = self._kept
        return Validators(kept.final_url, kept.etag, kept.last_modified) if kept else None

    def _report(self, received: int, expected: int | None) -> None:
        if self._on_progress:
            self._on_progress(self._source.id, received, expected)

    def _save(self, download: Download | None) -> FetchOutcome:
        before = self._kept
        if download is None:
            assert before is not None, "conditions are sent for a kept copy only"
            return self._outcome("unchanged", f"the same as on {before.fetched_at:%Y-%m-%d}", before)
        self._read(download)
        try:
            record, change = keep_original(self._corpus, self._source.id, download)
        except OSError as error:
            raise FetchError(f"{error.filename} cannot be written ({error.strerror})") from error
        message = f"{record.size / 1024:.0f} KiB from {record.final_url}"
        if change == "unchanged":
            message = f"the same as on {record.fetched_at:%Y-%m-%d}"
        elif change == "changed":
            message += "; it differs from the version before, which is kept next to it: run `steward ingest`"
        return self._outcome(change, message, record)

    def _read(self, download: Download) -> Document | None:
        """Return the document, None without limits for reading; what cannot be read must not replace what can."""
        if self._reading is None:
            return None
        with tempfile.TemporaryDirectory(prefix="steward-fetch-") as folder:
            path = Path(folder, "original")
            path.write_bytes(download.data)
            try:
                return read_file(path, self._reading)
            except DocumentError as error:
                why = str(error).removeprefix(f"{path}: ").rstrip(".")
                raise FetchError(f"{download.final_url}: the file cannot be read ({why})") from error

    def _failed(self) -> FetchOutcome:
        reasons = "; ".join(self._reasons) or "the catalogue names no address"
        page = f"Open {self._source.landing_page} in a browser" if self._source.landing_page else "Get the file"
        message = f"{reasons}. {page} and add the file with `steward add`"
        if self._kept:
            message += f"; the original of {self._kept.fetched_at:%Y-%m-%d} stays in force"
        return self._outcome("failed", message, self._kept)

    def _outcome(self, state: State, message: str, record: OriginalRecord | None) -> FetchOutcome:
        if self._reasons and state != "failed":
            message += f"; passed over: {'; '.join(self._reasons)}"
        message = "; ".join((message, *dict.fromkeys(self._notes)))
        if record is None:
            return FetchOutcome(self._source.id, state, message)
        return FetchOutcome(self._source.id, state, message, record.path, record.final_url, record.sha256, record.size)


def _is_page(data: bytes) -> bool:
    try:
        return detect_kind(data) == "html"
    except DocumentError:
        return False
