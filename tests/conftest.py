"""What every test starts from, and what is run only with ``--thorough``."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from assistant.reading import sandbox
from tests import made_once
from tests.read_once import ReadOnce

# Examples may take long on a busy machine: no test may fail for that.
settings.register_profile("thorough", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("quick", settings.get_profile("thorough"), max_examples=25)

BROWSER_TESTS = Path(__file__).parent / "browser"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--thorough", action="store_true", help="also in a browser, killed at every moment, and with more examples"
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("thorough" if config.getoption("--thorough") else "quick")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Browser tests are collected where they are asked for only: what they import takes long."""
    return True if collection_path == BROWSER_TESTS and not _with_browser(config) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    without = {"postgresql"} if "POSTGRESQL_TEST_URL" not in os.environ else set()
    if not config.getoption("--thorough"):
        without.add("thorough")
    left_out = [item for item in items if any(map(item.get_closest_marker, without))]
    items[:] = [item for item in items if not any(map(item.get_closest_marker, without))]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in _not_run(config):
        terminalreporter.write_line(f"Not run: {line}")


def _with_browser(config: pytest.Config) -> bool:
    named = [Path(config.invocation_params.dir, argument.split("::")[0]).resolve() for argument in config.args]
    return bool(config.getoption("--thorough")) or any(path.is_relative_to(BROWSER_TESTS) for path in named)


def _not_run(config: pytest.Config) -> Iterator[str]:
    if not _with_browser(config):
        yield "tests/browser. `make test-all` runs them."
    elif CHROMIUM is None:
        yield "tests/browser. They need Chromium: apt-get install chromium"
    if "POSTGRESQL_TEST_URL" not in os.environ:
        yield "tests on PostgreSQL. `make test-all` runs them on the server that POSTGRESQL_TEST_URL names."
    if NGINX is None:
        yield "tests/web/door/test_nginx.py. They need nginx: apt-get install nginx-light"
    if "LLAMA_TEST_MODEL" not in os.environ:
        yield "a real model behind llama.cpp's server. LLAMA_TEST_MODEL names its file; see tests/README.md."
    if not config.getoption("--thorough"):
        yield "kills at every moment, all of many like cases, and more than 25 examples. `make test-all` runs them."


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting or proxy of the machine that runs the tests reaches them, and no app fetches at its start."""
    for name in list(os.environ):
        if name.upper().startswith("STEWARD_") or name.upper().endswith("_PROXY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("STEWARD_FETCHING__AT_START", "false")


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str, request: pytest.FixtureRequest) -> None:
    """What takes long to make is made once for all workers."""
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "shared"
    shared.mkdir(exist_ok=True)
    cache = request.config.cache
    lasting = None if cache is None or request.config.getoption("--thorough") else cache.mkdir("steward")
    made_once.share_in(shared, lasting)


@pytest.fixture(scope="session", autouse=True)
def read_once() -> Iterator[None]:
    """A file of the same bytes is read in one child process alone, but in the tests of reading."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "Child", ReadOnce)
        yield


@pytest.fixture(scope="session")
def thorough(request: pytest.FixtureRequest) -> bool:
    """Whether to try every moment and case, and not a few."""
    return bool(request.config.getoption("--thorough"))
