"""The files for containers: they fit each other and the settings, and their commands run without a container."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from assistant.settings import load_settings

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "containers"
CONTAINERFILE = (FOLDER / "Containerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"] == "steward")
GIVEN = {"POSTGRES_PASSWORD": "secret", "STEWARD_NAME": "steward.example", "CERTIFICATE_FOLDER": "/certificates"}
"""What `.env` gives."""


def filled(text: str) -> str:
    """Put the values of `.env` into a value of the compose file, as compose does."""
    return re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: GIVEN[found[1]], text).replace("$$", "$")


def environment(service: str) -> dict[str, str]:
    return {name: filled(value) for name, value in SERVICES[service].get("environment", {}).items()}


def test_every_variable_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment("steward-1").items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert settings.index.chroma_url == "http://chroma:8000"
    assert settings.web.hosts == (GIVEN["STEWARD_NAME"],)
    assert str(settings.web.proxies[0].network_address) == SERVICES["nginx"]["networks"]["inside"]["ipv4_address"]
    assert all(environment(name) == environment("steward-1") for name in ("steward-2", "ingest", "fetch"))


def test_addresses_lead_to_services_and_ports_that_exist() -> None:
    proxied = re.findall(r"server ([\w-]+):(\d+);", (FOLDER / "replicas.sed").read_text(encoding="utf-8"))
    assert proxied == [("steward-1", "7860"), ("steward-2", "7860")]
    assert "EXPOSE 7860" in CONTAINERFILE
    assert "127.0.0.1:7860/healthz" in CONTAINERFILE
    assert SERVICES["chroma"]["command"][4:6] == ["--port", "8000"]
    assert "127.0.0.1:8000" in SERVICES["chroma"]["healthcheck"]["test"][-1]
    assert environment("steward-1")["STEWARD_STORAGE__URL"].endswith("@database/steward")
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_every_service_is_read_only_but_for_named_volumes() -> None:
    made = re.search(r"mkdir -p (.+?) \\", CONTAINERFILE)
    assert made
    assert f"chown 10001:10001 {made[1]}\n" in CONTAINERFILE
    used = set()
    for name, service in SERVICES.items():
        assert service["read_only"]
        for volume in service["volumes"]:
            source, target, *mode = filled(volume).split(":")
            assert source in COMPOSE["volumes"] or mode == ["ro"]
            if name in OURS:
                used.add(target)
            elif source.startswith("."):
                assert (FOLDER / source).is_file()
    assert used == set(made[1].split())
    assert {volume.partition(":")[0] for name in OURS for volume in SERVICES[name]["volumes"]} < set(COMPOSE["volumes"])


def test_the_image_is_not_roots_and_takes_only_what_the_build_may_see() -> None:
    assert re.search(r"^USER 10001:10001$", CONTAINERFILE, re.MULTILINE)
    assert all(SERVICES[name]["pull_policy"] == "never" for name in OURS)
    assert "--require-hashes -r requirements.txt" in CONTAINERFILE
    seen = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINERFILE, re.MULTILINE):
        for source in sources.split():
            assert (ROOT / source).exists()
            assert f"!{source}" in seen
    assert {"*", "corpus/added", "corpus/originals"} < set(seen)


def test_images_are_pinned_and_the_python_is_one_that_steward_takes() -> None:
    bases = re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    assert len(set(bases)) == 1
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    assert [
        image for image in (*bases, *images) if not re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?(-[a-z-]+)?", image)
    ] == []
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["requires-python"]
    assert tuple(map(int, bases[0].removeprefix("python:").split(".")[:2])) >= (3, 11)
    assert wanted == ">=3.11"
