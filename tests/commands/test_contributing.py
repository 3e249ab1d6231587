"""`steward precedents add` and the others that change cases, as a shell would call them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.contributing.register_file import register_toml
from assistant.library import Library
from assistant.registers.entries import Precedent
from assistant.settings import load_settings
from assistant.storage import open_people
from tests.commands.running import run
from tests.contributing.case_making import case

ID = "granton-rope-library"


@pytest.fixture(autouse=True)
def database(opened: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty database, and the small register in the place of the settings' library."""
    monkeypatch.setenv("STEWARD_STORAGE__URL", f"sqlite:///{tmp_path / 'cases.db'}")
    monkeypatch.setenv("STEWARD_CORPUS", str(opened.settings.corpus))
    return tmp_path / "cases.db"


@pytest.fixture
def one(tmp_path: Path) -> str:
    """A file of one case."""
    path = tmp_path / "case.toml"
    path.write_text(register_toml([Precedent.model_validate(case())]), encoding="utf-8")
    return str(path)


def history(capsys: pytest.CaptureFixture[str], case_id: str = ID) -> list[dict[str, object]]:
    capsys.readouterr()
    assert run("history", case_id, "--json") == 0
    found: list[dict[str, object]] = json.loads(capsys.readouterr().out)
    return found


def test_a_case_is_added_reviewed_edited_and_restored(
    one: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("add", one, "--as", "Writer") == 0
    assert capsys.readouterr().out == f"{ID}: draft, version 1.\n"
    assert run("submit", ID, "--as", "Writer", "--comment", "Please look.") == 0
    assert run("review", ID, "--take", "--as", "Reader") == 0
    assert run("review", ID, "--return", "Say when.", "--as", "Reader") == 0
    assert capsys.readouterr().out.endswith(f"{ID}: returned, version 4.\n")
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(case(period="2021-2024")), encoding="utf-8")
    assert run("edit", ID, str(changed), "--version", "4", "--as", "Writer") == 0
    assert run("edit", ID, str(changed), "--version", "4", "--as", "Writer") == 1
    assert "Writer" in capsys.readouterr().err
    for step in (("submit", ID), ("review", ID, "--take"), ("review", ID, "--accept", "--comment", "Good.")):
        assert run(*step, "--as", "Reader") == 0
    assert run("restore", ID, "1", "--as", "Writer") == 0
    events = history(capsys)
    assert [event["action"] for event in events] == [
        "begun", "submitted", "taken", "returned", "edited", "submitted", "taken", "accepted", "restored",
    ]  # fmt: skip
    assert [event["number"] for event in events] == [*range(1, 10)]
    assert events[3]["comment"] == "Say when."
    assert events[4]["changes"] == [{"field": "period", "before": "2021-2023", "after": "2021-2024"}]
    assert (events[4]["who"], events[4]["role"]) == ("Writer", "reviewer")
    assert run("history", ID) == 0
    out = capsys.readouterr().out
    assert "4. returned by Reader (reviewer), 20" in out
    assert "   “Say when.”\n5. edited by Writer" in out
    assert "   period:\n   - 2021-2023\n   + 2021-2024\n" in out
    assert run("list") == 0
    out = capsys.readouterr().out
    assert out.startswith(f"draft         {ID}: A library of ropes in Granton\n              version 9, 20")
    assert out.endswith("started by Writer, earlier version published\n")


def test_what_may_be_there_already_is_shown_before_it_is_submitted(
    register: Library, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told_anew = register.registers.precedents[0].model_copy(update={"id": "lamps-of-hull"})
    path = tmp_path / "again.toml"
    path.write_text(register_toml([told_anew]), encoding="utf-8")
    assert run("add", str(path), "--submit", "--as", "Writer") == 0
    said = capsys.readouterr()
    assert said.out == "lamps-of-hull: draft, version 1.\n"
    assert "lamps-of-hull may be a duplicate of The Hull lamp scheme (hull-lamp-scheme)" in said.err
    assert "Nothing was submitted" in said.err
    assert run("submit", "lamps-of-hull", "--as", "Writer") == 0
    assert capsys.readouterr().out == "lamps-of-hull: submitted, version 2.\n"


def test_a_file_is_taken_with_sources_alone_also_as_a_draft(
    one: str, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = Path(one).read_text(encoding="utf-8")
    Path(one).write_text(told[: told.index("source = [")] + "source = []\n", encoding="utf-8")
    assert run("add", one, "--as", "Writer") == 1
    assert f"entry 1 ({ID}), source: Sources are missing." in capsys.readouterr().err
    assert run("list") == 0
    assert capsys.readouterr().out == ""


def test_a_submitted_case_can_be_withdrawn(one: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", one, "--submit", "--as", "Writer") == 0
    assert capsys.readouterr().out == f"{ID}: submitted, version 2.\n"
    assert run("withdraw", ID, "--as", "Writer") == 0
    assert capsys.readouterr().out == f"{ID}: draft, version 3.\n"


def test_a_case_of_the_register_is_retired(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("history", "tide-school") == 0
    assert capsys.readouterr().out == "From the register’s file and never changed here (version 0).\n"
    assert history(capsys, "tide-school") == []
    assert run("retire", "tide-school", "--reason", "Never opened.", "--as", "Reader") == 0
    assert capsys.readouterr().out == "tide-school: retired, version 2.\n"
    assert [event["comment"] for event in history(capsys, "tide-school")] == ["", "Never opened."]


def test_a_case_that_is_not_in_force_is_said_to_be_there(one: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("add", one, "--as", "Writer") == 0
    assert run("show", ID) == 1
    assert (
        f"{ID!r} is not published; its state is draft. See it with `steward precedents history {ID} --json`"
        in capsys.readouterr().err
    )
    assert run("show", "atlantis") == 1
    assert "Find its id with `steward precedents search`" in capsys.readouterr().err


def test_no_register_is_written_without_what_was_accepted(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database.write_bytes(b"no database at all, but something else" * 200)
    plan, out = tmp_path / "plan.toml", tmp_path / "register.toml"
    assert run("chapter", "--new", str(plan), "--case", "tide-school") == 0
    for command in (("export", str(out)), ("chapter", str(plan), str(tmp_path / "chapter.md"))):
        assert run(*command) == 1
        assert "cannot be used (file is not a database)" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir() if path.suffix in (".toml", ".md")] == ["plan.toml"]


def test_looking_makes_no_database(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert run("list", "--state", "draft", "--json") == 0
    assert "[]" in capsys.readouterr().out
    assert not database.exists()


def test_a_wrong_entry_in_a_file_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "three.json"
    entries = [case(id="one"), case(id="two", polarity="great", url="ftp://a.org"), case(id="three")]
    path.write_text(json.dumps(entries), encoding="utf-8")
    for command in ("add", "import"):
        assert run(command, str(path), "--as", "Reader") == 1
        error = capsys.readouterr().err
        assert error.startswith(
            "Error: 2 fields are wrong; nothing was saved.\n  entry 2 (two), polarity: “great” is no"
        )
        assert "\n  entry 2 (two), url: “ftp://a.org” is not a web address" in error
    assert run("list") == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[[precedent]]\nid = "a"\ntitle =\n', "line 3, is not valid TOML"),
        (b"[tool]\nname = 1\n", "has “tool”; expected cases as [[precedent]]"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "is not UTF-8 text"),
        (b"", "is empty"),
        (b"[[precedent]]\nid = 'a'\n[[precedent]]\nid = 'a'\n", "entry 2, field id: entry 1 has the id “a” too"),
        (b"[[precedent]]\nid = 5\ntitle = 'x'\n", "entry 1 (5), id: Found a number, 5"),
    ],
    ids=["broken", "shape", "binary", "empty", "twice", "types"],
)
@pytest.mark.parametrize("command", ["add", "import"])
def test_a_file_that_holds_no_cases_changes_nothing(
    command: str, content: bytes, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cases.toml"
    path.write_bytes(content)
    assert run(command, str(path), "--as", "Reader") == 1
    assert message in capsys.readouterr().err
    assert run("list", "--json") == 0
    assert capsys.readouterr().out == "[]\n"


def test_an_import_says_what_it_did(one: str, capsys: pytest.CaptureFixture[str]) -> None:
    for options in ((), (), ("--whole",)):
        assert run("import", one, "--as", "Reader", *options) == 0
    assert capsys.readouterr().out.splitlines() == [
        "1 added, 0 changed, 0 unchanged.",
        "0 added, 0 changed, 1 unchanged.",
        "0 added, 0 changed, 1 unchanged, 3 retired.",
    ]


def test_where_people_are_registered_the_name_must_be_one_of_them(one: str, capsys: pytest.CaptureFixture[str]) -> None:
    people = open_people(load_settings())
    people.add("Writer", "contributor")
    people.close()
    assert run("add", one, "--as", "Nobody") == 1
    assert "Nobody is registered as 'Nobody'" in capsys.readouterr().err
    assert run("add", one, "--as", "Writer", "--submit") == 0
    assert run("review", ID, "--take", "--as", "Writer") == 1
    assert "you need the role reviewer; yours is contributor" in capsys.readouterr().err


def test_wrong_use_is_said_so(one: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("review", ID) == 2
    assert run("review", ID, "--take", "--accept") == 2
    assert run("edit", ID, one) == 2
    assert run("list", "--state", "lost") == 2
    capsys.readouterr()
    assert run("edit", "hull-lamp-scheme", one, "--version", "0") == 1
    assert "expected only the case 'hull-lamp-scheme'" in capsys.readouterr().err
    for command in (("submit", "atlantis"), ("history", "atlantis"), ("retire", "atlantis", "--reason", "x")):
        assert run(*command) == 1
        assert "atlantis" in capsys.readouterr().err
    broken = tmp_path / "broken.toml"
    broken.write_text("[[precedent]]\nid = \n", encoding="utf-8")
    assert run("add", str(broken)) == 1
    assert "broken.toml, line 2, is not valid TOML" in capsys.readouterr().err


def test_a_reviewer_does_not_accept_their_own_case_where_another_is_registered(
    one: str, capsys: pytest.CaptureFixture[str]
) -> None:
    people = open_people(load_settings())
    for name in ("Rae", "Sol"):
        people.add(name, "reviewer")
    people.close()
    assert run("add", one, "--submit", "--as", "Rae") == 0
    assert run("review", ID, "--take", "--as", "Rae") == 0
    capsys.readouterr()
    assert run("review", ID, "--accept", "--as", "Rae") == 1
    assert "another reviewer must accept it" in capsys.readouterr().err
    assert run("review", ID, "--accept", "--as", "Sol") == 0
