"""Can publishers be reached at all? Asked before all originals are, so that a machine without a network soon knows."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from assistant.errors import FetchError
from assistant.records import Source
from assistant.settings import FetchingSettings
from assistant.sources.fetching.client import Client
from assistant.sources.fetching.network import Network, parse_address

REACH_S = 3.0
"""Longest time until an answer, in seconds."""


def unreachable(sources: Iterable[Source], settings: FetchingSettings, network: Network | None = None) -> str:
    """Return why the host of most of the sources cannot be reached, after `REACH_S` at most; empty if it can."""
    hosts = Counter(host for source in sources if (host := _host(source)))
    if not hosts:
        return ""
    ((host, _),) = hosts.most_common(1)
    hurried = settings.model_copy(update={"seconds": REACH_S})
    answer = [f"{host}: no answer within {REACH_S:g} s"]

    def reach() -> None:
        try:
            Client(frozenset({host}), hurried, network or Network()).reach(host)
        except FetchError as error:
            answer[0] = str(error)
        else:
            answer[0] = ""

    # In a thread of its own: nothing ends a look-up of a name that gets no answer.
    asking = threading.Thread(target=reach, name="reach", daemon=True)
    asking.start()
    asking.join(REACH_S)
    return answer[0]


def _host(source: Source) -> str:
    """Return the host that is asked first for a source; empty where none can be."""
    for url in (*source.originals, source.landing_page):
        try:
            return parse_address(url).host
        except FetchError:
            continue
    return ""
