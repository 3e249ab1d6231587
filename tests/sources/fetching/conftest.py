"""The server that plays every publisher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from assistant.settings import FetchingSettings
from assistant.sources.fetching import FetchOutcome, fetch_original
from tests.https_server import Publishers, running
from tests.sources.fetching.fetch_making import HOSTS, SETTINGS, source


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def web(authority: trustme.CA) -> Iterator[Publishers]:
    with running(authority, HOSTS) as publishers:
        yield publishers


@pytest.fixture
def fetch(web: Publishers, tmp_path: Path) -> Callable[..., FetchOutcome]:
    def run(*originals: str, settings: FetchingSettings = SETTINGS, **fields: Any) -> FetchOutcome:
        network = fields.pop("network", web.network())
        hosts = fields.pop("hosts", None)
        return fetch_original(source(*originals, **fields), tmp_path, settings, hosts=hosts, network=network)

    return run
