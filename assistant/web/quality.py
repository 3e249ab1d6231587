"""The quality report beside the chat: a page made elsewhere, shown where it can do nothing."""

from __future__ import annotations

from html import escape
from pathlib import Path

_BASE = '<base href="about:srcdoc">'
"""Without it links within the page would lead out of it: in ``srcdoc`` the base is the address of the app."""


def quality_html(report: Path) -> str:
    """The report in a frame in which no script runs; where there is none, a sentence saying how to make it.

    Read afresh at each call: a report may be made while the app runs.
    """
    try:
        page = report.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        made = "Make one with <code>steward eval report</code>, then load this page again."
        return f"<p>There is no quality report yet. {made}</p>"
    except OSError as error:
        why = escape(error.strerror or type(error).__name__)
        return f"<p>The quality report cannot be read: {why}.</p>"
    return (
        f'<iframe title="Quality report" sandbox srcdoc="{escape(page.replace("<head>", f"<head>{_BASE}", 1))}" '
        'style="width: 100%; height: 80vh; border: 0"></iframe>'
    )
