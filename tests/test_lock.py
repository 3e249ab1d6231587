"""The lock that servers are installed from: it fits `pyproject.toml`, and every release in it has its hashes."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = (ROOT / "docs" / "requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = ("openai", "otel", "postgresql", "s3", "sign-in")
ENTRY = re.compile(
    r"(?P<name>[\w.\-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))?(?P<hashes>(?: --hash=sha256:[0-9a-f]{64})+)"
)


def wanted() -> list[str]:
    extras = PROJECT["project"]["optional-dependencies"]
    named = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    return named + [requirement for extra in EXTRAS for requirement in extras[extra]]


def entries() -> list[str]:
    lines = [line for line in LOCK.splitlines() if not line.startswith("#")]
    return [re.sub(r"\s+", " ", entry) for entry in "\n".join(lines).replace(" \\\n", " ").splitlines()]


@pytest.fixture(scope="module")
def locked() -> dict[str, set[str]]:
    found = defaultdict(set)
    for entry in entries():
        if whole := ENTRY.fullmatch(entry):
            found[canonicalize_name(whole["name"])].add(whole["version"])
    return found


def test_every_line_is_one_exact_release_with_its_hashes() -> None:
    """So there is no address in it either: each server installs from the index that it is set to use."""
    assert [entry for entry in entries() if not ENTRY.fullmatch(entry)] == []


@pytest.mark.parametrize("requirement", [Requirement(each) for each in wanted()], ids=lambda each: each.name)
def test_it_has_what_steward_needs_within_its_bounds(requirement: Requirement, locked: dict[str, set[str]]) -> None:
    versions = locked[canonicalize_name(requirement.name)]
    assert versions, "Run `make lock`."
    assert [each for each in versions if not requirement.specifier.contains(each)] == [], "Run `make lock`."
