"""The plan file: read, written back, and refused with the entry, the value and the mend."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import PlanError
from assistant.export.chapters import Plan, plan_of, plan_of_toml, plan_toml, read_plan
from assistant.registers.entries import load_registers
from tests.export.chapters.plans import DAY, FIELDS, plan, plan_with
from tests.export.notes.hostile import HOSTILE

WRITTEN = '''title = "Light on the water"
date = 2026-11-27
case_table = true
introduction = """
What harbours tried.

- lamps
- bells"""

[[section]]
heading = "Tried"
items = [
  { text = "Two schemes." },
  { case = "leith-bell-scheme" },
  { case = "hull-lamp-scheme" },
]

[[section]]
heading = "Asked for"
items = [
  { recommendation = "license-boats-by-lamp" },
  { case = "tide-school" },
]
'''


def test_a_plan_is_a_small_file_that_reads_back_as_the_same_plan() -> None:
    assert plan_toml(plan()) == WRITTEN
    assert plan_of_toml(WRITTEN.encode(), "plan.toml") == plan()
    assert (plan().date, plan().ids("case")[-1]) == (DAY, "tide-school")


def test_the_readme_shows_a_plan_of_the_shipped_registers() -> None:
    readme = Path("assistant/export/README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```toml\n(title = .*?)^```", readme, re.DOTALL | re.MULTILINE)
    shown = plan_of_toml(block.encode(), "README.md")
    registers = load_registers(Path("corpus"))
    assert {*shown.ids("case")} <= {entry.id for entry in registers.precedents}
    assert {*shown.ids("recommendation")} <= {entry.id for entry in registers.recommendations}


def test_a_digest_is_of_the_content_and_not_of_comments_or_spacing() -> None:
    commented = "# mine\n" + WRITTEN.replace("  {", "{").replace("case_table = true\n", "")
    assert plan_of_toml(commented.encode(), "plan.toml").digest == plan().digest
    assert plan(title="Light").digest != plan().digest


UNUSUAL = st.text("ab \n\t\"'\\-#=[]{}\x00\x7f\r\u202e\u2028\U0001f6df", max_size=40)
OWN = UNUSUAL | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(OWN, OWN, OWN)
def test_any_words_are_written_so_that_they_read_back(title: str, introduction: str, text: str) -> None:
    # What could be a tag is refused.
    title, introduction, text = (words.replace("<", "") for words in (title, introduction, text))
    made = plan_with({"text": text}, title=title, introduction=introduction)
    assert plan_of(tomllib.loads(plan_toml(made)), "plan.toml") == made
    assert plan_of(made.model_dump_json(exclude_unset=True), "The plan") == made


@pytest.mark.parametrize(
    "text", [text for name, text in HOSTILE.items() if name not in ("html", "word fields", "link")]
)
def test_hostile_words_read_back(text: str) -> None:
    text = text.replace("\ud800", "")  # which no file of UTF-8 can hold
    made = plan_with({"text": text}, introduction=text)
    assert plan_of_toml(plan_toml(made).encode(), "plan.toml") == made


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('title = "A"\ndate = x\n', r"plan\.toml is not valid TOML: .*line 2, column 8.*Correct it there"),
        (
            'title = "A"\ncases = true',
            r"plan\.toml, field cases: unknown field\. Use one of: title,",
        ),
        ("[[section]]\nheading = 'A'", r"plan\.toml, field title: missing\. Add it\."),
        ("title = 5", r"plan\.toml, field title: found 5; expected text in quotation marks"),
        ("title = 'A'\ndate = '2026'", r"field date: found '2026'; expected a date without quotation marks"),
        ("title = 'A'\ndate = 2026-11-27T10:00:00", r"field date: found .*; expected a date"),
        ("title = 'A'\ncase_table = 'yes'", r"field case_table: found 'yes'; expected true or false"),
        ("title = 'A'\nsection = 'B'", r"field section: found 'B'; expected a list"),
        ("title = 'A'\n[[section]]", r"section 1, field heading: missing"),
        (
            "title = 'A'\n[[section]]\nheading = 'B'\nitems = [{ case = 'a' }, { case = 'a', text = 'b' }]",
            r"section 1, item 2: an item has one of text, case and recommendation. Make separate items",
        ),
        ("title = 'A'\n[[section]]\nheading = 'B'\nitems = ['a']", r"section 1, item 1: found 'a'; expected a table"),
        (
            "title = 'A'\n[[section]]\nheading = 'B'\nitems = [{ recomendation = 'a' }]",
            r"item 1, field recomendation: unknown field\. Use one of: text, case, recommendation",
        ),
        ("title = 'A <b>bold</b>'", r"field title: found HTML \('<b>'\)\. Remove the tags"),
        ("title = 'A'\nintroduction = '<!-- -->'", r"field introduction: found HTML"),
        (f"title = '{'a' * 201}'", r"field title: found 201 characters; the limit is 200\. Shorten it\."),
        (
            f"title = 'A'\nintroduction = '{'a' * 30_000}'",
            r"field introduction: found 30,000 characters; the limit is 20,000",
        ),
        (f"title = 'A'\nintroduction = '{'a' * 1_000_000}'", r"has 1,000,029 bytes; the limit is 1,000,000"),
        (
            "title = 'A'\n" + "[[section]]\nheading = 'B'\n" * 60,
            r"field section: more than the limit of 50 entries\. Split it",
        ),
        ("title = 'A'\na = " + "[" * 100_000, r"plan\.toml is not valid TOML"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_what_is_wrong_is_named_with_the_mend(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PlanError, match=message) as raised:
        read_plan(path)
    assert str(raised.value).startswith(str(path))
    assert len(str(raised.value)) < 500


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"nowhere\.toml cannot be read: .*chapter --new"):
        read_plan(tmp_path / "nowhere.toml")
    (tmp_path / "plan.toml").write_bytes(b"title = '\xff'")
    with pytest.raises(PlanError, match=r"not UTF-8 text \(byte 10\)\. Save it as UTF-8"):
        read_plan(tmp_path / "plan.toml")


def test_words_are_cleaned_and_a_draft_may_be_empty() -> None:
    draft = plan_of({"title": "", "section": [{"heading": " A\x00 \n b ", "items": []}]}, "plan.toml")
    assert draft == Plan(title="", section=plan_of(FIELDS | {"section": [{"heading": "A b"}]}, "x").section)
