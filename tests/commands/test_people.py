"""`steward people` as a shell would call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import load_settings
from assistant.storage import Person, open_people


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(("people", *arguments))
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of their own."""
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))


def test_the_key_is_printed_once_and_opens(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", "Ann Lee") == 0
    assert run("add", "Rae", "--role", "reviewer") == 0
    out, err = capsys.readouterr()
    ann, rae = out.splitlines()
    assert "the key of Ann Lee (contributor). Pass it on safely" in err
    assert ann not in err
    people = open_people(load_settings())
    assert people.of_key(ann) == Person("Ann Lee", "contributor")
    assert people.of_key(rae) == Person("Rae", "reviewer")
    people.close()
    assert run("list") == 0
    out = capsys.readouterr().out
    assert [line.partition(", added ")[0] for line in out.splitlines()] == ["Ann Lee: contributor", "Rae: reviewer"]
    assert ann not in out


def test_who_ends_is_listed_with_the_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert "Nobody is registered. Register somebody with `steward people add NAME`" in capsys.readouterr().err
    run("add", "Ann")
    key = capsys.readouterr().out.strip()
    assert run("end", "Ann") == 0
    assert "The key of Ann no longer works." in capsys.readouterr().err
    people = open_people(load_settings())
    assert people.of_key(key) is None
    people.close()
    assert run("list") == 0
    assert ", ended 20" in capsys.readouterr().out
    assert run("list", "--json") == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["name"], record["role"], sorted(record)) == (
        "Ann",
        "contributor",
        ["added", "ended", "name", "role"],
    )


def test_what_cannot_be_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    run("add", "Ann")
    capsys.readouterr()
    assert run("add", "ann") == 1
    assert capsys.readouterr().err.startswith("Error: Ann is registered already, as contributor.")
    assert run("end", "Ben") == 1
    assert capsys.readouterr().err.startswith("Error: Nobody is registered as 'Ben';")
    assert run("add", "Cyd", "--role", "reader") == 2
