"""The quality report, shown in a frame in which it can do no harm."""

from __future__ import annotations

from html import escape
from pathlib import Path

_BASE = '<base href="about:srcdoc">'
"""Without it links within the report would leave it: in ``srcdoc`` the base is the app's address."""


def quality_html(report: Path) -> str:
    """Return the report in a frame without scripts, or a sentence that says how to make one.

    It is read at each call, so a new report shows while the app runs.
    """
    try:
        page = report.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        made = "Make one with <code>steward eval report</code>, then reload this page."
        return f"<p>There is no quality report yet. {made}</p>"
    except OSError as error:
        why = escape(error.strerror or type(error).__name__)
        return f"<p>The quality report cannot be read: {why}.</p>"
    return (
        f'<iframe title="Quality report" sandbox srcdoc="{escape(page.replace("<head>", f"<head>{_BASE}", 1))}" '
        'style="width: 100%; height: 80vh; border: 0"></iframe>'
    )
