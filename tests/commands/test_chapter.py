"""`steward precedents chapter` as a shell would call it."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from assistant.export.chapters import plan_toml
from tests.commands.running import run
from tests.export.chapters.plans import plan, plan_with

pytestmark = pytest.mark.usefixtures("opened")


@pytest.fixture
def plan_path(tmp_path: Path) -> Path:
    path = tmp_path / "plan.toml"
    path.write_text(plan_toml(plan()), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["chapter.md", "chapter.docx"])
def test_a_plan_becomes_the_same_file_each_time(plan_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = plan_path.with_name(name)
    assert run("chapter", str(plan_path), str(out)) == 0
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", f"Saved 3 cases, 1 recommendation, 6 references to {out}.\n")
    first = out.read_bytes()
    assert run("chapter", str(plan_path), str(out)) == 1
    assert "exists already" in capsys.readouterr().err
    assert run("chapter", str(plan_path), str(out), "--force") == 0
    assert out.read_bytes() == first
    if name.endswith(".md"):
        assert first.decode().startswith("# Light on the water\n")
    else:
        assert docx.Document(str(out)).paragraphs[0].text == "Light on the water"


def test_a_plan_is_begun_with_cases_and_recommendations_and_is_a_chapter_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "new.toml"
    chosen = ("--case", "tide-school", "--case", "hull-lamp-scheme", "--recommendation", "license-boats-by-lamp")
    assert run("chapter", "--new", str(path), *chosen, "--title", "Lamps") == 0
    assert f"to {path}. Edit it, then run: steward precedents chapter {path} FILE.docx" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == (
        'title = "Lamps"\ncase_table = true\nintroduction = ""\n\n'
        '[[section]]\nheading = "What has been tried"\n'
        'items = [\n  { case = "tide-school" },\n  { case = "hull-lamp-scheme" },\n]\n\n'
        '[[section]]\nheading = "What is recommended"\nitems = [\n  { recommendation = "license-boats-by-lamp" },\n]\n'
    )
    assert run("chapter", str(path), str(tmp_path / "new.md")) == 0
    capsys.readouterr()
    assert run("chapter", "--new", str(path), *chosen) == 1
    assert "exists already" in capsys.readouterr().err


def test_a_wrong_plan_leaves_what_was_there(plan_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = plan_path.with_name("chapter.md")
    out.write_text("mine", encoding="utf-8")
    plan_path.write_text(plan_toml(plan_with({"case": "atlantis"})), encoding="utf-8")
    assert run("chapter", str(plan_path), str(out), "--force") == 1
    error = capsys.readouterr().err
    assert error == (
        f'Error: {plan_path}: Section 1 (“Tried”), item 1, case: there is no case "atlantis". '
        "Find its id with `steward precedents search`.\n"
    )
    assert out.read_text(encoding="utf-8") == "mine"
    assert sorted(item.name for item in out.parent.iterdir()) == ["chapter.md", "plan.toml"]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("plan.toml", "chapter.pdf"), 1, "A chapter is saved as .md or .docx, not as 'chapter.pdf'"),
        (("nowhere.toml", "chapter.md"), 1, "nowhere.toml cannot be read: No such file or directory"),
        (("--new", "plan.txt", "--case", "tide-school"), 1, "A plan is saved as .toml, not as 'plan.txt'"),
        (("--new", "plan.toml"), 1, "The plan has no section"),
        (("--new", "plan.toml", "--case", "tide-scool"), 1, "Did you mean: tide-school?"),
        (("--new", "plan.toml", "out.md"), 2, "Leave out OUT"),
        (("plan.toml",), 2, "Name the file to write"),
        (("plan.toml", "out.md", "--case", "tide-school"), 2, "need --new"),
    ],
    ids=["ending", "no plan", "plan's ending", "nothing chosen", "id", "two files", "no file", "no --new"],
)
def test_a_wrong_call_is_refused_and_writes_nothing(
    arguments: tuple[str, ...],
    status: int,
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("chapter", *arguments) == status
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []
