"""The quality tab, and which tabs there are."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

from assistant.library import Library
from assistant.web.app import build_app
from assistant.web.quality_tab import quality_html


class Frames(HTMLParser):
    """The elements of a page, with their attributes as a browser reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))


def test_the_quality_tab_shows_the_report_as_it_is_when_the_tab_is_opened(library: Library, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    settings = library.settings.model_copy(update={"quality_report": report})
    blocks = build_app(lambda: replace(library, settings=settings))
    tabs = {block.label: block._id for block in blocks.blocks.values() if block.get_block_name() == "tabitem"}
    (load,) = [
        function
        for function in blocks.fns.values()
        if function.targets == [(tabs["How good are the answers?"], "select")]
    ]
    assert list(tabs) == [
        "Ask",
        "Precedents",
        "Library",
        "Documents",
        "Compare",
        "Glossary",
        "How good are the answers?",
        "Check",
    ]
    assert "steward eval report" in load.fn()
    report.write_text("<head></head><p>Made just now</p>", encoding="utf-8")
    assert "Made just now" in load.fn()


def test_the_report_is_framed_where_no_script_runs(tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    page = '<html><head></head><body title="a &amp; b"><script>alert(1)</script>"\'></iframe><script>x</script></body>'
    report.write_text(page, encoding="utf-8")
    ((tag, attributes),) = Frames(quality_html(report)).elements
    assert tag == "iframe"
    assert "allow-scripts" not in (attributes["sandbox"] or "")
    assert attributes["title"] == "Quality report"
    assert attributes["data-report"] == page.replace("<head>", '<head><base href="about:srcdoc">')


def test_without_a_report_a_sentence_says_how_to_make_one(tmp_path: Path) -> None:
    missing = quality_html(tmp_path / "<b>no")
    assert "steward eval report" in missing
    assert "<b>" not in missing
    assert "cannot be read" in quality_html(tmp_path)
