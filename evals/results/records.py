"""The record of a run: what was asked, of what, with which settings, and every item with its scores.

A run is a folder: ``run.json`` says what made it, ``items.jsonl`` holds its items. Means are made of the items when
they are read, never stored in their place.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.files.saving import replace_file
from assistant.settings import Settings
from evals.cases import DATA, CaseError, Split, load_lines
from evals.metrics.intervals import SAMPLES, SEED, Estimate, estimate
from evals.metrics.scores import Suite

RUNS = Path(__file__).parent.parent / "runs"
_PACKAGES = (
    "chromadb",
    "tantivy",
    "sentence-transformers",
    "torch",
    "tokenizers",
    "langchain-core",
    "inspect-ai",
    "numpy",
)


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Item(_Model):
    """One case as one system met it."""

    suite: Suite
    system: str
    """`steward` or the name of a floor."""
    id: str
    split: Split
    cluster: str
    slices: Mapping[str, str]
    """What the item belongs to: its type, document, authority, kind and so on."""
    scores: Mapping[str, float]
    """By name; a score that the case does not allow is not there."""
    counts: Mapping[str, int] = {}
    """Of a score that is itself a mean, over how many things: a mean over items weighs it so."""
    errors: Mapping[str, str] = {}
    """Scores that could not be made, and why: a failed judge, for one."""
    detail: Mapping[str, Any] = {}
    """What a reader needs to understand the item: question, answer, expected, what was found."""


class RunHead(_Model):
    """What made a run."""

    id: str
    created: str
    """ISO time, UTC."""
    commit: str | None
    """Of the code; None outside a git checkout."""
    dirty: bool
    """True when the checkout held changes that no commit has."""
    library_version: str
    settings: Mapping[str, Any]
    seeds: Mapping[str, int]
    packages: Mapping[str, str]
    python: str
    machine: str
    data: Mapping[str, str]
    """SHA-256 of each data set's file."""
    judge: str | None = None


class Run:
    """A run with its items."""

    def __init__(self, head: RunHead, items: Iterable[Item]) -> None:
        self.head = head
        self.items = list(items)

    def select(self, suite: Suite, system: str = "steward", split: Split | None = None, **slices: str) -> list[Item]:
        """The items of a suite and system, of one split and of the slices named."""
        return [
            item
            for item in self.items
            if (item.suite, item.system) == (suite, system)
            and split in (None, item.split)
            and all(item.slices.get(name) == value for name, value in slices.items())
        ]

    def systems(self, suite: Suite) -> list[str]:
        """Systems that were asked in a suite, in the order of the items."""
        return list(dict.fromkeys(item.system for item in self.items if item.suite == suite))


def score_estimate(items: Iterable[Item], score: str) -> Estimate:
    """The mean of a score over the items that have it, with its interval, clustered as the items are."""
    scored = [item for item in items for _ in range(item.counts.get(score, 1)) if score in item.scores]
    return estimate([item.scores[score] for item in scored], [item.cluster for item in scored])


def new_head(
    settings: Settings, library_version: str, judge: str | None = None, questions: Path | None = None
) -> RunHead:
    """The head of a run that starts now; ``questions`` is the file asked in place of the committed one."""
    now = datetime.now(UTC)
    commit = _git("rev-parse", "HEAD")
    return RunHead(
        id=f"{now:%Y%m%dT%H%M%S}-{(commit or 'nogit')[:7]}",
        created=now.isoformat(timespec="seconds"),
        commit=commit,
        dirty=bool(_git("status", "--porcelain")),
        library_version=library_version,
        settings=_without_paths(settings),
        seeds={"bootstrap": SEED, "bootstrap_samples": SAMPLES},
        packages={name: _version(name) for name in _PACKAGES},
        python=sys.version.split()[0],
        machine=f"{platform.system()} {platform.machine()}",
        data={path.name: file_digest(path) for path in sorted(DATA.glob("*.jsonl"))}
        | ({f"own:{questions.name}": file_digest(questions)} if questions else {}),
        judge=judge,
    )


def save_run(run: Run, folder: Path = RUNS) -> Path:
    """Writes a run and returns its folder; the head is written last, so that half a run is never read."""
    path = folder / run.head.id
    path.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{item.model_dump_json(exclude_defaults=True)}\n" for item in run.items)
    replace_file(path / "items.jsonl", lines.encode())
    replace_file(path / "run.json", run.head.model_dump_json(indent=2).encode())
    return path


def load_run(path: Path) -> Run:
    """The run of a folder.

    Raises:
        CaseError: it is no run, or was written in another form.
    """
    try:
        head = RunHead.model_validate_json((path / "run.json").read_text(encoding="utf-8"))
        return Run(head, load_lines(path / "items.jsonl", Item))
    except (OSError, UnicodeDecodeError, ValidationError, CaseError) as error:
        why = str(error).splitlines()[0].rstrip(".")
        raise CaseError(f"{path} is no run: {why}. Make one with `steward eval run`.") from error


def find_run(name: str | None, folder: Path = RUNS) -> Run:
    """The run of a path or id, or the newest one when no name is given.

    Raises:
        CaseError: there is none.
    """
    if name is not None:
        return load_run(Path(name) if Path(name).is_dir() else folder / name)
    ids = sorted(path.parent.name for path in folder.glob("*/run.json"))
    if not ids:
        raise CaseError(f"No run in {folder}. Make one with `steward eval run`.")
    return load_run(folder / ids[-1])


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _without_paths(settings: Settings) -> dict[str, Any]:
    """The settings that change results; folders and addresses are this machine's own."""
    values: dict[str, Any] = json.loads(
        settings.model_dump_json(exclude={"corpus", "index", "fetching", "quality_report"})
    )
    model = Path(settings.embedding.model)
    if model.is_absolute() or model.exists():
        values["embedding"]["model"] = model.name
    return values


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
