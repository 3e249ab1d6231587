"""Addresses of a quote's page; there are none until PDFs are served."""

from __future__ import annotations

from assistant.answering import Assistant
from assistant.records import Quote


def pdf_address(quote: Quote, assistant: Assistant) -> str | None:
    """Where the PDF opens at the quote's page."""


def page_image_address(quote: Quote, assistant: Assistant) -> str | None:
    """Where the page's image is."""


def page_image_words(quote: Quote) -> str:
    """What the image shows."""
    return f"Page {quote.page} of {quote.publisher}, {quote.title}"
