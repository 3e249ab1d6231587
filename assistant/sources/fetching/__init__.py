"""Fetches originals from their publishers, with caution, and records where they came from."""

from assistant.sources.fetching.originals import FetchOutcome, allowed_hosts, fetch_all, fetch_original
from assistant.sources.fetching.store import OriginalRecord, current_original

__all__ = ["FetchOutcome", "OriginalRecord", "allowed_hosts", "current_original", "fetch_all", "fetch_original"]
