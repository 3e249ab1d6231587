"""Originals on disk: versions, their record, damage and sudden death."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.errors import DocumentError
from assistant.sources.fetching import current_original
from assistant.sources.fetching.store import Download, keep_original
from tests.https_server import Publishers, redirect, reply
from tests.sources.fetching.fetch_making import FILE, PAGE, Fetch, pdf


def test_a_copy_that_the_server_calls_current_is_not_downloaded_again(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(pdf(), headers={"ETag": '"v1"', "Last-Modified": "Wed, 01 Jan 2025 10:00:00 GMT"}))
    first = fetch(FILE)
    web.serve(FILE, reply(b"", status=304))

    again = fetch(FILE)

    assert (again.state, again.path, again.sha256) == ("unchanged", first.path, first.sha256)
    assert web.seen[-1].headers["if-none-match"] == '"v1"'
    assert web.seen[-1].headers["if-modified-since"] == "Wed, 01 Jan 2025 10:00:00 GMT"


def test_validators_go_only_to_the_address_that_gave_them(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, redirect(PAGE))
    web.serve(PAGE, reply(pdf(), headers={"ETag": '"v1"'}))
    fetch(FILE)
    fetch(FILE)
    to_file, to_page = web.seen[-2:]
    assert "if-none-match" not in to_file.headers
    assert to_page.headers["if-none-match"] == '"v1"'


def test_a_304_that_was_not_asked_for_is_a_failure(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, reply(b"", status=304))
    assert "answered 304" in fetch(FILE).message


def test_validators_that_could_not_be_sent_back_are_dropped(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf(), headers={"ETag": '"caf\xe9\x1b[31m"'}))
    fetch(FILE)
    record = current_original(tmp_path, "harbour-plan")
    assert record is not None
    assert record.etag is None


def test_a_record_edited_by_hand_cannot_add_headers(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf(), headers={"ETag": '"v1"'}))
    fetch(FILE)
    sidecar = tmp_path / "originals" / "harbour-plan" / "current.json"
    record = json.loads(sidecar.read_text())
    sidecar.write_text(json.dumps(record | {"etag": '"v1"\r\nCookie: a=b'}))
    assert fetch(FILE).state == "unchanged"
    assert "cookie" not in web.seen[-1].headers


def test_the_same_bytes_without_validators_are_unchanged(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf()))
    fetch(FILE)
    before = current_original(tmp_path, "harbour-plan")
    assert fetch(FILE).state == "unchanged"
    assert current_original(tmp_path, "harbour-plan") == before


def test_a_changed_original_is_reported_and_kept_next_to_the_old_one(
    web: Publishers, fetch: Fetch, tmp_path: Path
) -> None:
    web.serve(FILE, reply(pdf("first")), reply(pdf("second")), reply(pdf("third")))
    first, second, third = fetch(FILE), fetch(FILE), fetch(FILE)

    assert (first.state, second.state, third.state) == ("new", "changed", "changed")
    assert "steward ingest" in second.message
    kept = {file.name for file in (tmp_path / "originals" / "harbour-plan").glob("*.pdf")}
    assert kept == {outcome.path.name for outcome in (first, second, third) if outcome.path}
    sidecar = json.loads((tmp_path / "originals" / "harbour-plan" / "current.json").read_text())
    assert [version["sha256"] for version in sidecar["history"]] == [second.sha256, first.sha256]
    record = current_original(tmp_path, "harbour-plan")
    assert record is not None
    assert record.path == third.path


def test_a_failure_leaves_the_kept_original_in_force(web: Publishers, fetch: Fetch, tmp_path: Path) -> None:
    web.serve(FILE, reply(pdf()), reply(b"gone", status=410))
    first, second = fetch(FILE), fetch(FILE)
    assert (second.state, second.path) == ("failed", first.path)
    assert "stays in force" in second.message
    assert current_original(tmp_path, "harbour-plan") is not None


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda folder: (folder / "current.json").write_text("{"), id="broken JSON"),
        pytest.param(lambda folder: (folder / "current.json").write_text("{}"), id="nothing in it"),
        pytest.param(
            lambda folder: (folder / "current.json").write_text(
                (folder / "current.json").read_text().replace('"file": "', '"file": "../../')
            ),
            id="path out of the folder",
        ),
        pytest.param(lambda folder: next(folder.glob("*.pdf")).unlink(), id="file missing"),
        pytest.param(lambda folder: next(folder.glob("*.pdf")).write_bytes(b"%PDF-1.7 other"), id="other bytes"),
    ],
)
def test_a_damaged_record_names_the_command_that_mends_it(
    web: Publishers, fetch: Fetch, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    web.serve(FILE, reply(pdf(), headers={"ETag": '"v1"'}))
    fetch(FILE)
    damage(tmp_path / "originals" / "harbour-plan")

    with pytest.raises(DocumentError, match="steward fetch harbour-plan"):
        current_original(tmp_path, "harbour-plan")
    outcome = fetch(FILE)

    assert "if-none-match" not in web.seen[-1].headers
    assert outcome.state in ("new", "unchanged")
    assert "was damaged" in outcome.message
    assert current_original(tmp_path, "harbour-plan") is not None


def test_nothing_fetched_is_no_original(tmp_path: Path) -> None:
    assert current_original(tmp_path, "harbour-plan") is None


@pytest.mark.parametrize("source_id", ["..", "a/b", "", "A", "a b"])
def test_an_id_that_is_no_folder_name_is_refused(source_id: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a catalogue id"):
        current_original(tmp_path, source_id)


@pytest.mark.parametrize("renames", [0, 1], ids=["before the file's rename", "before the record's rename"])
def test_a_fetch_killed_while_writing_leaves_the_old_state(tmp_path: Path, renames: int) -> None:
    keep_original(tmp_path, "harbour-plan", Download(pdf("old"), "pdf", FILE, FILE))
    before = current_original(tmp_path, "harbour-plan")
    script = f"""
import os, signal
from pathlib import Path
from assistant.sources.fetching.store import Download, keep_original
done, rename = [], Path.replace
def replace(self, target):
    if len(done) == {renames}:
        os.kill(os.getpid(), signal.SIGKILL)
    done.append(target)
    return rename(self, target)
Path.replace = replace
keep_original(Path({str(tmp_path)!r}), "harbour-plan", Download({pdf("new")!r}, "pdf", {FILE!r}, {FILE!r}))
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False)

    assert killed.returncode == -9
    assert current_original(tmp_path, "harbour-plan") == before
    record, change = keep_original(tmp_path, "harbour-plan", Download(pdf("new"), "pdf", FILE, FILE))
    assert (change, record.path.read_bytes()) == ("changed", pdf("new"))
    assert not list(record.path.parent.glob("*.part"))


def test_a_folder_that_cannot_be_written_is_a_failure_with_its_name(
    web: Publishers, fetch: Fetch, tmp_path: Path
) -> None:
    (tmp_path / "originals").write_text("a file where the folder should be")
    web.serve(FILE, reply(pdf()))
    outcome = fetch(FILE)
    assert outcome.state == "failed"
    assert "originals" in outcome.message
    assert "cannot be written" in outcome.message
