"""Publishers' addresses, files and catalogue entries that the tests of fetching share."""

from __future__ import annotations

from collections.abc import Callable

from assistant.records import Source
from assistant.settings import FetchingSettings
from assistant.sources.fetching import FetchOutcome

FILE = "https://tank.example/reports/harbour.pdf"
PAGE = "https://tank.example/reports/harbour"
LANDING = "https://www.gov.uk/government/publications/harbour-plan"
API = "https://www.gov.uk/api/content/government/publications/harbour-plan"
ASSET = "https://assets.publishing.service.gov.uk/media/6001/Harbour_plan.pdf"
HOSTS = ("tank.example", "other.example", "www.gov.uk", "assets.publishing.service.gov.uk")
SETTINGS = FetchingSettings(max_file_mb=1, seconds=60, retries=2, backoff_s=0.5)


def pdf(words: str = "first edition") -> bytes:
    return f"%PDF-1.7\n1 0 obj\n<< /Note ({words}) >>\nendobj\ntrailer << >>\n%%EOF\n".encode()


def page(words: int, *, menu: int = 0) -> bytes:
    nav = f"<nav>{'menu ' * menu}</nav>"
    return f"<!DOCTYPE html><html><body>{nav}<main><p>{'harbour ' * words}</p></main></body></html>".encode()


def source(*originals: str, landing_page: str = PAGE, id: str = "harbour-plan", title: str = "Harbour plan") -> Source:
    return Source(
        id=id,
        title=title,
        publisher="Tank",
        published="2025",
        authority="evidence",
        status="current",
        jurisdiction="England",
        licence="OGL-UK-3.0",
        credit="Tank",
        landing_page=landing_page,
        originals=originals,
    )


Fetch = Callable[..., FetchOutcome]
"""Fetches one source with the given ``originals`` from the test's server."""
