"""Pages of the web app as a browser reads them, and what may not become part of them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import docx
import gradio as gr
from gradio.routes import App
from lxml import html

from assistant.library import Library
from assistant.web.app import build_app

HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    '"><img src=x onerror=alert(1)>',
    "${alert(1)} {{value}}",
    "https://example.org/bait",
)
ADDRESSES = tuple(f"https://example.org/{name}" for name in ("harbour", "tide", "register", "union", "reply"))
"""Of the documents in the catalogue, and those that notes print."""
ELEMENTS = frozenset(
    "a article b blockquote button caption code dd details div dl dt fieldset figcaption figure form h2 h3 h4 h5 "
    "input label legend li mark ol option p path q section select span strong summary svg "
    "table tbody td textarea th thead tr ul".split()
)

OWN = ("?q=", "?tab=library&document=", "?tab=precedents&case=", "?tab=precedents&recommendation=")
"""How the addresses of the app's own views begin."""


def page_event(name: str, library: Library) -> Callable[..., str]:
    """What the page does at an event of its own, which programs cannot call."""
    (function,) = [item for item in build_app(lambda: library).fns.values() if item.api_name == name]
    assert function.api_visibility == "private"
    return function.fn  # type: ignore[no-any-return]


@contextmanager
def unserved() -> Iterator[gr.Blocks]:
    """A page to draw on, for which Gradio makes no routes: they take long, and nobody asks for them."""
    with patch.object(App, "create_app"), gr.Blocks(analytics_enabled=False) as blocks:
        yield blocks


def free_port() -> int:
    """A port that nobody listens on. Gradio's own search leaves a socket open at each port that is taken."""
    return free_ports(1)[0]


def free_ports(number: int) -> list[int]:
    """So many different ports that nobody listens on."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def parsed(page: str) -> Any:
    """The page's tree; it holds elements of ours alone, and links to its own places or the catalogue's pages."""
    tree = html.fragment_fromstring(page, create_parent="div")
    assert {element.tag for element in tree.iter()} <= ELEMENTS
    ids = {element.get("id") for element in tree.iter()} - {None}
    for link in tree.iter("a"):
        target = link.get("href")
        own = (
            target in ("?tab=precedents", "?tab=precedents&view=recommendations", "?tab=ask")
            or target.startswith((*OWN, "#contribute-"))
            or target.removeprefix("#") in {*ids, "cases-found"}
        )
        assert own or target in ADDRESSES
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    return tree


def words_of(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def saved(path: Path, data: bytes) -> str:
    """An upload as Gradio keeps it: a file in a folder of its own."""
    path.parent.mkdir()
    path.write_bytes(data)
    return str(path)


def word_draft(path: Path) -> str:
    draft = docx.Document()
    draft.sections[0].header.paragraphs[0].text = "In confidence"
    draft.add_paragraph("Hull gets a grant of £13m.")
    path.parent.mkdir()
    draft.save(str(path))
    return str(path)
