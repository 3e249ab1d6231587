"""Fetches originals from their publishers, with caution, and records where they came from."""

from assistant.sources.fetching.originals import (
    AddressCheck,
    FetchOutcome,
    allowed_hosts,
    check_all,
    fetch_all,
    fetch_original,
    with_originals,
)
from assistant.sources.fetching.reach import unreachable
from assistant.sources.fetching.store import OriginalRecord, current_original

__all__ = [
    "AddressCheck",
    "FetchOutcome",
    "OriginalRecord",
    "allowed_hosts",
    "check_all",
    "current_original",
    "fetch_all",
    "fetch_original",
    "unreachable",
    "with_originals",
]
