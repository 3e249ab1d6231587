"""The page's policy: its own scripts run, by their digests, and nothing that comes into it later.

That the whole page works under it is seen in `tests/browser`, where no page may report an error.
"""

from __future__ import annotations

import base64
import hashlib

import httpx
import pytest

from assistant.library import Library
from assistant.web.door.guard import NOTHING
from assistant.web.door.page_policy import policy_of
from tests.web.serving import served


def digest(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def test_inline_scripts_are_named_by_their_digests_and_each_once() -> None:
    page = "<script>a()</script><script data-x>\n b('<p>')\n</script><script src='c.js'></script><script>a()</script>"
    policy = policy_of(page)
    assert policy.count(digest("a()")) == policy.count(digest("\n b('<p>')\n")) == 1
    assert digest("") not in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_the_page_has_a_policy_of_its_own_and_all_else_loads_nothing(library: Library) -> None:
    with served(lambda: library) as address:
        said = httpx.get(address)
        config = said.text.split("<script>")[1].split("</script>")[0]
        assert digest(config) in said.headers["Content-Security-Policy"]
        assert httpx.head(address).status_code == 200
        for path in ("/config", "/healthz", "/nowhere", "/sources/harbour-plan/text"):
            said = httpx.get(f"{address}{path}")
            assert said.headers["Content-Security-Policy"] == NOTHING


@pytest.mark.parametrize("path", ["", "/fonts/normal.ttf"])
def test_the_page_and_its_font_are_sent_compressed(path: str, library: Library) -> None:
    with served(lambda: library) as address:
        said = httpx.get(f"{address.rstrip('/')}{path}")
        plain = httpx.get(f"{address.rstrip('/')}{path}", headers={"Accept-Encoding": "identity"})
    assert said.headers["Content-Encoding"] == "gzip"
    assert said.num_bytes_downloaded < 0.6 * len(said.content)
    assert "Content-Encoding" not in plain.headers
    assert len(plain.content) == plain.num_bytes_downloaded == len(said.content)
