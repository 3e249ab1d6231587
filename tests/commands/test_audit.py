"""`steward audit` as a shell would call it: the chain checked, and what is held of one person and of nobody else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.backup import back_up, restore
from assistant.cli import main
from assistant.indexing.adding import add_unindexed
from assistant.readers import reading_as
from assistant.settings import Settings, load_settings
from assistant.storage import (
    Account,
    Conversations,
    Identity,
    Person,
    open_accounts,
    open_audit,
    open_cases,
    open_conversations,
    open_people,
)
from tests.embedders import HashEmbedder
from tests.library_making import make_library
from tests.storage.case_making import fields
from tests.storage.children import answer_to

ANNS, BOS = "Ann asks of herons", "Bo asks of plovers"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(("audit", *arguments))
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A small library and a database with a log."""
    monkeypatch.setenv("STEWARD_CORPUS", str(make_library(tmp_path).corpus))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(tmp_path / "indexes"))
    monkeypatch.setenv("STEWARD_STORAGE__AUDIT", "on")
    monkeypatch.setenv("STEWARD_SIGN_IN__HEADER", "X-Forwarded-Email")
    return load_settings()


@pytest.fixture
def people(settings: Settings, tmp_path: Path) -> dict[str, Account]:
    """Two people, each with a conversation, feedback, a private file, a role and a case."""
    accounts, conversations = open_accounts(settings), open_conversations(settings)
    cases, registered = open_cases(settings), open_people(settings)
    found = {}
    for name, question in (("Ann Lee", ANNS), ("Bo Fay", BOS)):
        account = found[name] = accounts.enter(Identity("https://id.example", name, name))
        accounts.open_session(account)
        with reading_as(account.id, account.person):
            conversation = conversations.add(account.id, None, answer_to(question))
            conversations.feedback(account.id, conversation, 0, False, f"{name} found it wanting")
            cases.begin(Person(name, "contributor"), fields(f"case-{name[:2].lower()}", title=f"Case of {name}"))
            file = tmp_path / "notes.md"
            file.write_text(f"# Notes\n\nThe notes of {name} say little.\n", encoding="utf-8")
            details = {"title": f"Notes of {name}", "publisher": "Own", "published": "2026", "authority": "evidence"}
            add_unindexed(file, settings, reader=account.id, **details)
        registered.change_role(name, "librarian")
        accounts.give_token(name, "ask", 30)
    for store in (accounts, conversations, cases, registered):
        store.close()
    return found


@pytest.fixture
def kept(settings: Settings) -> Iterator[Conversations]:
    opened = open_conversations(settings)
    yield opened
    opened.close()


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def change(settings: Settings, statement: str) -> None:
    with sqlite3.connect(settings.index.folder / "steward.db") as database:
        database.execute(statement)
    database.close()


def verified(settings: Settings) -> str:
    log = open_audit(settings)
    problem = log.verify().problem
    log.close()
    return problem


def test_the_log_is_verified_and_gives_a_checkpoint(
    people: dict[str, Account], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify") == 0
    said = capsys.readouterr().out
    assert said.startswith("The log holds: ")
    checkpoint = said.split()[-1]
    assert run("verify", "--since", checkpoint) == 0
    assert run("verify", "--since", f"{checkpoint[:-1]}g") == 2
    capsys.readouterr()
    change(settings, "UPDATE audit SET action = 'nothing' WHERE number = 3")
    assert run("verify") == 1
    assert capsys.readouterr().out == "The log does not hold: Row 3 was changed.\n"


def test_an_export_has_all_of_a_person_and_nothing_of_anybody_else(
    people: dict[str, Account], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ann.jsonl"
    assert run("export", str(file), "--person", "ann  lee") == 0
    assert "Saved" in capsys.readouterr().out
    found = lines(file)
    kinds = [item["kind"] for item in found]
    assert {*kinds} == {
        "file",
        "account",
        "session or token",
        "conversation",
        "answer",
        "feedback",
        "case",
        "log",
    }
    assert [item["action"] for item in found if item["kind"] == "log"] == [
        "account-made",
        "sign-in",
        "question",
        "case-begun",
        "file-added",
        "role-changed",
        "token-given",
        "audit-exported",
    ]
    words = file.read_text(encoding="utf-8")
    for own in (ANNS, "Ann Lee found it wanting", "Notes of Ann Lee", "Case of Ann Lee"):
        assert own in words
    for other in (BOS, "Bo Fay", people["Bo Fay"].id, "user "):
        assert other not in words
    assert file.stat().st_mode & 0o077 == 0


def test_an_export_of_everybody_has_everybodys(people: dict[str, Account], tmp_path: Path) -> None:
    file = tmp_path / "all.jsonl"
    assert run("export", str(file)) == 0
    assert all(own in file.read_text(encoding="utf-8") for own in (ANNS, BOS))
    assert run("export", str(file)) == 1
    assert run("export", str(file), "--force", "--from", "2999-01-01") == 0
    assert {item["kind"] for item in lines(file)} == {"file", "account", "session or token"}
    assert run("export", str(file), "--force", "--to", "2999-01-01", "--from", "2020-01-01") == 0
    assert ANNS in file.read_text(encoding="utf-8")


def test_nobody_of_a_name_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("export", str(tmp_path / "none.jsonl"), "--person", "Cy") == 1
    assert "Nobody was ever registered or signed in as 'Cy'" in capsys.readouterr().err


def test_a_reader_without_an_account_is_found_by_the_digest(
    settings: Settings, kept: Conversations, tmp_path: Path
) -> None:
    reader = "ab" * 32
    with reading_as(reader):
        kept.add("a browser's secret", None, answer_to(ANNS))
    with reading_as("cd" * 32):
        kept.add("another's secret", None, answer_to(BOS))
    file = tmp_path / "reader.jsonl"
    assert run("export", str(file), "--person", reader) == 0
    assert [item["kind"] for item in lines(file)] == ["conversation", "answer", "log", "log"]
    assert BOS not in file.read_text(encoding="utf-8")


def held_of(name: str, tmp_path: Path) -> list[dict[str, Any]]:
    assert run("export", str(tmp_path / "held.jsonl"), "--person", name, "--force") == 0
    return lines(tmp_path / "held.jsonl")


def test_erasing_a_person_keeps_the_chain_and_everybody_else(
    people: dict[str, Account],
    settings: Settings,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.models.embedding.SentenceEmbedder", lambda _: HashEmbedder())
    told = "conversations: 1, feedback: 1, words of questions in the log: 1, private files: 1."
    assert run("erase", "Ann Lee", "--dry-run") == 0
    assert run("erase", "Ann Lee") == 0
    assert capsys.readouterr().out == f"Would erase {told}\nErased {told}\n"
    assert verified(settings) == ""
    held = held_of("Ann Lee", tmp_path)
    assert {item["kind"] for item in held} == {"account", "session or token", "case", "log"}
    assert all(item.get("question") is None for item in held)
    assert [item["action"] for item in held if item["kind"] == "log"][-2:] == ["erased", "audit-exported"]
    (row,) = [item for item in held if item.get("action") == "erased"]
    assert row["details"] == {"conversations": 1, "feedback": 1, "questions": 1, "files": 1}
    with sqlite3.connect(settings.index.folder / "steward.db") as database:
        assert "Lee" not in str(database.execute("SELECT * FROM audit").fetchall())
    database.close()
    assert {"file", "conversation", "feedback"} < {item["kind"] for item in held_of("Bo Fay", tmp_path)}
    for path in tmp_path.glob("indexes/steward.db*"):
        assert ANNS.encode() not in path.read_bytes()


def test_a_person_is_held_and_released(
    people: dict[str, Account], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("hold", "Ann Lee", "--reason", "Inquiry 7") == 0
    assert run("hold", "--everybody") == 1
    assert "Say why with --reason" in capsys.readouterr().err
    assert run("hold") == 2
    assert run("holds") == 0
    assert "person 1, since " in capsys.readouterr().out
    for more in ((), ("--dry-run",)):
        assert run("erase", "Ann Lee", *more) == 1
        assert "A legal hold keeps everything since" in capsys.readouterr().err
    assert run("release", "Ann Lee") == 0
    assert run("holds") == 0
    assert "Nothing is held" in capsys.readouterr().err
    assert run("retain", "--dry-run") == 0
    assert run("retain") == 0
    nothing = "conversations: 0, feedback: 0, words of questions in the log: 0, rows of the log: 0."
    assert capsys.readouterr().out == f"Would delete {nothing}\nDeleted {nothing}\n"
    assert verified(settings) == ""


def test_exports_of_everybodys_words_are_noted(people: dict[str, Account], settings: Settings, tmp_path: Path) -> None:
    for command in (("feedback", "export", "feedback.jsonl"), ("backup", "backup.tar.gz")):
        with pytest.raises(SystemExit):
            main((*command[:-1], str(tmp_path / command[-1])))
    log = open_audit(settings)
    assert [json.loads(row.details) for row, _ in log.rows() if row.action == "export"] == [
        {"what": "feedback"},
        {"what": "backup"},
    ]
    log.close()


def test_a_restore_is_noted_in_the_log_that_it_brings(
    people: dict[str, Account], settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar.gz"
    back_up(settings, file)
    made = restore(settings, file, overwrite=True).made
    log = open_audit(settings)
    assert [(row.action, json.loads(row.details)) for row, _ in log.rows()][-2:] == [
        ("export", {"what": "backup"}),
        ("restored", {"made": made}),
    ]
    log.close()
    assert verified(settings) == ""
