"""Which addresses the app answers at all, whatever Gradio registers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from assistant.library import Library
from assistant.web.api.endpoints import Blocks
from assistant.web.door.routes import NO_FIGURES, ROUTES, SIGN_IN_ROUTES, is_answered
from tests.web.serving import running

NOTHING = "Page not found.\n"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture(scope="module")
def app(library: Library) -> Iterator[tuple[Blocks, str]]:
    with running(lambda: library) as found:
        yield found


def registered(routes: Iterable[BaseRoute], before: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Every path below these, as it is written, with its methods; where those are not known, all."""
    for route in routes:
        if isinstance(route, Route):
            yield before + route.path, frozenset(route.methods or METHODS)
        elif isinstance(route, Mount):
            if route.routes:
                yield from registered(route.routes, before + route.path)
            else:
                yield f"{before}{route.path}/", frozenset(METHODS)
                yield f"{before}{route.path}/{{path:path}}", frozenset(METHODS)
        else:  # FastAPI's for a router that was included; of any other kind, look at what it hides
            included: Any = route
            yield from registered(included.original_router.routes, before + included.include_context.prefix)


def test_every_route_that_gradio_registers_is_listed_or_not_answered(app: tuple[Blocks, str]) -> None:
    blocks, address = app
    found = [(path, method) for path, methods in registered(blocks.app.routes) for method in sorted(methods)]
    assert len(found) > 80
    assert {path for path, _ in found} >= {"/gradio_api/deep_link", "/monitoring", "/gradio_api/mcp/sse"}
    answered = []
    with httpx.Client(base_url=address) as client:
        for path, method in found:
            if method not in ROUTES.get(path, ()):
                said = client.request(method, re.sub(r"\{[^}]*\}", "x", path))
                if (said.status_code, said.text) not in ((404, NOTHING), (404, ""), (200, NO_FIGURES[1].decode())):
                    answered.append((method, path, said.status_code))
    assert answered == []


def test_every_route_in_the_list_is_registered(app: tuple[Blocks, str]) -> None:
    assert set(ROUTES) - SIGN_IN_ROUTES <= {path for path, _ in registered(app[0].app.routes)}


def test_nobody_can_hand_over_what_they_typed_by_a_link(app: tuple[Blocks, str]) -> None:
    _, address = app
    assert httpx.get(f"{address}/gradio_api/deep_link", params={"session_hash": "x"}).text == NOTHING
    for query in ("deep_link=x", "q=a+b&deep%5Flink=x&document=c"):
        page = httpx.get(f"{address}/?{query}").text
        assert '"deep_link_state":"none"' in page.replace(" ", "")
    assert httpx.get(f"{address}/config", params={"deep_link": "x"}).json().get("deep_link_state") is None


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=https://example.org/x",
        "/gradio_api/file=http:%2F%2Fexample.org/x",
        "/gradio_api/file=HTTPS://example.org/x",
        "/gradio_api/file=pyproject.toml",
        "/gradio_api/file/etc/passwd",
        "/gradio_api/mcp/%73se",
        "//monitoring",
        "/gradio_api/../monitoring",
        "/monitoring/",
        "/docs",
        "/openapi.json",
    ],
)
def test_other_ways_of_writing_an_address_lead_nowhere(app: tuple[Blocks, str], path: str) -> None:
    assert httpx.get(httpx.URL(app[1], raw_path=path.encode())).text == NOTHING


def test_files_of_the_machine_are_not_served(app: tuple[Blocks, str], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert httpx.get(f"{app[1]}/gradio_api/file={tmp_path / 'mine.txt'}").status_code == 403


def test_methods_are_listed_too() -> None:
    assert is_answered("POST", "/gradio_api/queue/join")
    assert not is_answered("GET", "/gradio_api/queue/join")
    assert not is_answered("OPTIONS", "/")
