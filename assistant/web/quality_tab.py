"""The quality report, shown in a frame in which it can do no harm."""

from __future__ import annotations

from pathlib import Path

from assistant.web.templates import render

_BASE = '<base href="about:srcdoc">'
"""Without it links within the report would leave it: in ``srcdoc`` the base is the app's address."""


def quality_html(report: Path) -> str:
    """Return the report in a frame without scripts, or a sentence that says how to make one.

    ``quality.js`` puts the text into the frame. It is read at each call, so a new report shows while the app runs.
    """
    page = problem = ""
    try:
        page = report.read_text(encoding="utf-8", errors="replace").replace("<head>", f"<head>{_BASE}", 1)
    except FileNotFoundError:
        pass
    except OSError as error:
        problem = error.strerror or type(error).__name__
    return render("quality", report=page, problem=problem)
