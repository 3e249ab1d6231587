"""`steward people` as a shell would call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.settings import load_settings
from assistant.storage import Account, Identity, Person, open_accounts, open_people


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


@pytest.fixture
def account() -> Account:
    """Ann has signed in."""
    accounts = open_accounts(load_settings())
    entered = accounts.enter(Identity("https://id.example", "1", "Ann Lee"))
    accounts.close()
    return entered


def test_who_has_signed_in_gets_another_role(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("role", "ann lee", "librarian") == 0
    assert "ann lee is a librarian now." in capsys.readouterr().err
    run("list")
    assert capsys.readouterr().out.startswith("Ann Lee: librarian, added ")
    assert run("role", "Bo", "reader") == 1
    assert "Nobody is registered as 'Bo'" in capsys.readouterr().err
    assert run("role", "Ann Lee", "king") == 2


def test_a_token_is_printed_once_listed_and_revoked(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("tokens") == 0
    assert "There are no tokens. Make one with `steward people token NAME`." in capsys.readouterr().err
    run("role", "Ann Lee", "reviewer")
    assert run("token", "Ann Lee") == 0
    asks, err = capsys.readouterr()
    assert "acts for Ann Lee (ask) for 90 days" in err
    assert asks.strip() not in err
    assert run("token", "Ann Lee", "--scope", "contribute", "--days", "7") == 0
    writes = capsys.readouterr().out
    accounts = open_accounts(load_settings())
    assert accounts.of_token(asks.strip()) == Account(account.id, Person("Ann Lee", "reader"))
    assert accounts.of_token(writes.strip()) == Account(account.id, Person("Ann Lee", "reviewer"))
    assert run("tokens") == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("1: Ann Lee, ask, made 20")
    assert "contribute" in second
    assert run("revoke", "1") == 0
    assert "Token 1 no longer works." in capsys.readouterr().err
    assert accounts.of_token(asks.strip()) is None
    accounts.close()
    assert run("revoke", "1") == 1
    assert run("tokens", "--json") == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["id"], record["name"], record["scope"]) == (2, "Ann Lee", "contribute")
    for days in ("0", "367"):
        assert run("token", "Ann Lee", "--days", days) == 2
    assert run("token", "Ann Lee", "--scope", "session") == 2
