"""`steward precedents` as a shell would call it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.running import run

pytestmark = pytest.mark.usefixtures("opened")


def test_search_lists_cases_and_what_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("search", "ringers of bells", "--level", "local", "--facets", "-k", "1") == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "2 of 3 cases, of which 1 matches, the first 1:\n1. Bells on the Leith quay (leith-bell-scheme)\n"
    )
    assert "   Leith Dock Office; Leith and Granton; 2022 onwards; failed\n" in out
    assert "Level (--level):\n   local 1, national 0\n" in out
    assert "2. " not in out


def test_search_as_json_gives_cases_with_sources_and_exact_facets(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--theme", "safe-water", "--from", "2019", "--to", "2020", "--sort", "newest", "--json")
    assert run("search", *options) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["total"], record["matching"]) == (1, 1)
    assert (record["cases"][0]["matches"], [case["id"] for case in record["cases"]]) == (True, ["hull-lamp-scheme"])
    assert record["cases"][0]["recommendations"][0]["tie"] == "named"
    values = {facet["name"]: facet["values"] for facet in record["facets"]}
    assert values["themes"] == [{"value": "safe-water", "words": "Safety on the water", "cases": 1}]


def test_show_and_similar_say_on_whose_word_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "hull-lamp-scheme") == 0
    out = capsys.readouterr().out
    assert "Lesson (the register's own reading):\nShare the cost" in out
    assert "- Harbour Office, Harbour plan, Boats\n    note 1: Harbour Office, " in out
    assert "(Harbour masters; the register" in " ".join(out.split())
    assert run("show", "leith-bell-scheme", "--json") == 0
    assert json.loads(capsys.readouterr().out)["evidence"]["kind"] == "audit"
    assert run("similar", "hull-lamp-scheme") == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "shares shift: Collaboration; sector: Fishing; level: Local" in out
    assert run("similar", "hull-lamp-scheme", "-k", "1", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["similar"]) == 1


def test_export_writes_the_register_and_nothing_to_stdout(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "register.jsonl"
    assert run("export", str(path)) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"Saved 3 cases to {path}.\n")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3
    assert run("export", str(path)) == 1
    assert "already exists" in capsys.readouterr().err
    assert run("export", str(path), "--force") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("show", "atlantis"), "Error: No case 'atlantis' in the register of 3 precedents."),
        (
            ("search", "--place", "york"),
            "Error: places: no case has 'york'; there are: england, granton, hull, leith, ",
        ),
        (("search", "--from", "2021", "--to", "2020"), "Error: first_year: found 2021, which is after last_year 2020."),
        (
            ("export", "register.doc"),
            "Error: Cannot export to 'register.doc'. Use a file name that ends in .csv, .jsonl, .json (CSL-JSON)",
        ),
    ],
    ids=["id", "place", "years", "ending"],
)
def test_a_wrong_value_is_refused_in_a_line(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 1
    error = capsys.readouterr().err
    assert error.startswith(message)
    assert error.count("\n") == 1


def test_a_question_is_asked_across_the_cases(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("ask", "What has worked?") == 0
    out = capsys.readouterr().out
    assert out.startswith("1 of 3 cases comes near this: 1 worked.\n\nWorked\n- Boatmen shared the cost of lamps. ")
    assert "[1] The Hull lamp scheme (hull-lamp-scheme): Hull Boatmen's Guild; Hull, England; 2019-2021" in out
    assert "    Who says so: Harbour Office (not stated)\n    - Harbour Office, Harbour plan, Boats" in out
    assert run("ask", "What has failed?", "--place", "hull", "--json") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["asked_for"], record["groups"], record["cases_searched"]) == (["failed"], [], 1)
    assert run("ask", "  ") == 2
    assert "The question is empty." in capsys.readouterr().err
