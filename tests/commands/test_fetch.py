"""`steward fetch` and its `--check`, through a proxy that leads to a publisher's server on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from assistant.cli import main
from tests.https_server import Publishers, reply, running
from tests.library_making import make_library, publish_at
from tests.reading.hostile_files import printed_pdf
from tests.sources.fetching.connect_proxy import proxying

HARBOUR, TIDE = "https://tank.example/harbour.pdf", "https://tank.example/tide.pdf"
ORIGINAL = printed_pdf("Boats sail at noon.")


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return int(ended.value.code or 0)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    settings, authority = make_library(tmp_path), trustme.CA()
    publish_at(settings, {"harbour": HARBOUR, "tide": TIDE})
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    monkeypatch.setenv("STEWARD_CORPUS", str(settings.corpus))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(settings.index.folder))
    monkeypatch.setenv("STEWARD_FETCHING__RETRIES", "0")
    with running(authority, ("tank.example",)) as publishers, proxying(publishers.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        publishers.serve(HARBOUR, reply(ORIGINAL))
        yield publishers


def test_a_check_tells_each_address_and_saves_nothing(
    web: Publishers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("fetch", "--check") == 1
    harbour, tide = capsys.readouterr().out.splitlines()
    assert harbour == f"harbour-plan: {HARBOUR}: 200, pdf, 1 KiB, 1 page, new."
    assert tide == f"tide-report: {TIDE}: 404, failed. {TIDE}: the server answered 404 Not Found"
    assert not (tmp_path / "corpus" / "originals").exists()
    assert run("fetch", "--check", "harbour-plan", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "source_id": "harbour-plan",
            "url": HARBOUR,
            "state": "new",
            "message": "",
            "status": 200,
            "kind": "pdf",
            "size": len(ORIGINAL),
            "pages": 1,
        }
    ]


def test_a_fetch_keeps_what_came_and_a_check_then_says_unchanged(
    web: Publishers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("fetch", "harbour-plan") == 0
    assert (tmp_path / "corpus" / "originals" / "harbour-plan" / "current.json").exists()
    assert run("fetch", "harbour-plan", "--check") == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("1 page, unchanged.")
    assert run("fetch", "--check", "no-such-plan") == 1
    assert "No document 'no-such-plan' in the catalogue." in capsys.readouterr().err
