"""The form of a chapter's plan: drawn as it was typed, changed as asked, and read back from its fields."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from assistant.library import Library
from assistant.web.door.guard import UNREADABLE, GuardMiddleware
from assistant.web.precedents.chapter_editor import chapter_routes
from tests.web.pages import HOSTILE, parsed

EMPTY: dict[str, Any] = {"title": "", "date": "", "case_table": True, "introduction": "", "section": []}
BELLS, LAMPS = {"case": "leith-bell-scheme"}, {"case": "hull-lamp-scheme"}
OWN, BOATS = {"text": "So it went <3"}, {"recommendation": "license-boats-by-lamp"}
TRIED = {"heading": "Tried", "items": [BELLS, OWN]}
ASKED = {"heading": "", "items": [BOATS]}
PLAN = EMPTY | {"title": "Light", "date": "2026-11-27", "case_table": False, "section": [TRIED, ASKED]}


class Editor:
    """The form as a browser holds it."""

    def __init__(self, library: Library) -> None:
        app = Starlette(routes=chapter_routes(lambda: library), middleware=[Middleware(GuardMiddleware)])
        self.client = TestClient(app, base_url="http://127.0.0.1")

    def draw(self, plan: Any, **asked: Any) -> Any:
        """The form of a plan after a change."""
        text = plan if isinstance(plan, str) else json.dumps(plan)
        response = self.client.post("/precedents/chapter", json={"plan": text, **asked})
        assert response.status_code == 200, response.text
        return parsed(response.text).find("form")


@pytest.fixture(scope="module")
def editor(register: Library) -> Editor:
    return Editor(register)


def plan_in(form: Any) -> dict[str, Any]:
    """The plan that the form's named fields hold, as the browser reads it."""

    def value(field: Any) -> Any:
        # A browser leaves out the line end that a box of text begins with.
        return field.text.removeprefix("\n") if field.tag == "textarea" else field.get("value")

    fields = {field.get("name"): value(field) for field in form.xpath(".//*[@name][not(ancestor::fieldset)]")}
    fields["case_table"] = bool(form.xpath(".//*[@name='case_table'][@checked]"))
    fields["section"] = [
        {
            "heading": part.xpath(".//*[@name='heading']")[0].get("value"),
            "items": [{field.get("name"): value(field)} for field in part.xpath(".//li//*[@name]")],
        }
        for part in form.iter("fieldset")
    ]
    return fields


def test_a_plan_is_drawn_as_it_was_typed(editor: Editor) -> None:
    form = editor.draw(PLAN)
    assert plan_in(form) == PLAN
    assert (form.get("data-said"), form.get("data-focus"), form.get("data-problem")) == ("", "", "")
    disabled = [button.get("id") for button in form.xpath(".//button[@disabled]")]
    assert disabled == ["plan-0-up", "plan-0-0-up", "plan-1-down", "plan-1-0-down"]
    assert [option.text for option in form.iter("option")] == ["Section 1, Tried", "Section 2"]


@pytest.mark.parametrize("text", [*HOSTILE, "\n\n indented \n", "</textarea>", "a" * 300])
def test_what_was_typed_comes_back_unchanged_and_is_words_and_nothing_else(editor: Editor, text: str) -> None:
    items = [{"text": text}, {"case": text}, {"recommendation": text}]
    plan = EMPTY | {"title": text, "introduction": text, "section": [{"heading": text, "items": items}]}
    drawn = plan_in(editor.draw(plan))
    # A field of one line cannot hold line ends: they become spaces.
    assert (drawn["introduction"], drawn["section"][0]["items"][0]["text"]) == (text, text)
    assert json.dumps(drawn, sort_keys=True).replace("\\n", " ") == json.dumps(plan, sort_keys=True).replace("\\n", " ")


@pytest.mark.parametrize(
    ("asked", "sections", "said", "focus"),
    [
        (
            {"action": "add-section"},
            [TRIED, ASKED, {"heading": "", "items": []}],
            "Section 3 added.",
            "plan-2-heading",
        ),
        (
            {"action": "add-text", "section": "0"},
            [TRIED | {"items": [BELLS, OWN, {"text": ""}]}, ASKED],
            "Text added to section 1.",
            "plan-0-2-text",
        ),
        ({"action": "up", "section": 1}, [ASKED, TRIED], "Section 2 is now section 1.", "plan-0-up"),
        ({"action": "down", "section": 0}, [ASKED, TRIED], "Section 1 is now section 2.", "plan-1-down"),
        ({"action": "remove", "section": 0}, [ASKED], "Section 1 removed.", "plan-add-section"),
        (
            {"action": "up", "section": 0, "item": "1"},
            [TRIED | {"items": [OWN, BELLS]}, ASKED],
            "Text moved to section 1, Tried, item 1.",
            "plan-0-0-up",
        ),
        (
            {"action": "down", "section": 0, "item": 1},
            [TRIED | {"items": [BELLS]}, ASKED | {"items": [OWN, BOATS]}],
            "Text moved to section 2, item 1.",
            "plan-1-0-down",
        ),
        (
            {"action": "up", "section": 1, "item": 0},
            [TRIED | {"items": [BELLS, OWN, BOATS]}, ASKED | {"items": []}],
            "License boats by lamp moved to section 1, Tried, item 3.",
            "plan-0-2-up",
        ),
        (
            {"action": "remove", "section": 0, "item": 0},
            [TRIED | {"items": [OWN]}, ASKED],
            "Bells on the Leith quay removed.",
            "plan-0-heading",
        ),
        (
            {"action": "add", "kind": "case", "ids": ["leith-bell-scheme", "hull-lamp-scheme"], "target": "1"},
            [TRIED, ASKED | {"items": [BOATS, LAMPS]}],
            "Bells on the Leith quay is already in the chapter. The Hull lamp scheme added to section 2.",
            "plan-1-1-up",
        ),
        (
            {"action": "add", "kind": "recommendation", "ids": ["atlantis"], "target": 9},
            [TRIED, ASKED | {"items": [BOATS, {"recommendation": "atlantis"}]}],
            "atlantis (not in the register) added to section 2.",
            "plan-1-1-up",
        ),
        ({"action": "undo"}, [TRIED, ASKED], "Last change undone.", "plan-undo"),
        ({"action": "dance"}, [TRIED, ASKED], "", ""),
    ],
    ids=lambda value: value["action"] if isinstance(value, dict) else "",
)
def test_a_change_is_made_said_and_focused(
    asked: dict[str, Any], sections: list[Any], said: str, focus: str, editor: Editor
) -> None:
    form = editor.draw(PLAN, **asked)
    assert plan_in(form) == PLAN | {"section": sections}
    assert (form.get("data-said"), form.get("data-focus")) == (said, focus)
    assert not focus or form.xpath(f".//*[@id='{focus}']")


def test_the_first_case_brings_a_section_and_a_new_section_is_added_to(editor: Editor) -> None:
    form = editor.draw("", action="add", ids=["hull-lamp-scheme"])
    assert plan_in(form)["section"] == [{"heading": "What has been tried", "items": [LAMPS]}]
    form = editor.draw(plan_in(form), action="add-section")
    assert [option.text for option in form.xpath(".//option[@selected]")] == ["Section 2"]


def test_clearing_leaves_nothing(editor: Editor) -> None:
    assert plan_in(editor.draw(PLAN, action="clear")) == EMPTY


@pytest.mark.parametrize("text", ["", "null", "{", "[1]", '{"section": [{"items": [{"text": 1}]}]}', "[" * 9999])
def test_a_browser_that_keeps_something_else_gets_an_empty_plan(editor: Editor, text: str) -> None:
    assert plan_in(editor.draw(text)) == EMPTY


def test_a_plan_file_is_loaded_or_refused_by_name(editor: Editor) -> None:
    file = 'title = "A"\ndate = 2026-11-27\n[[section]]\nheading = "B"\nitems = [{ case = "x" }]'
    loaded = editor.draw(PLAN, action="load", name="plan.toml", text=file)
    assert plan_in(loaded) == EMPTY | {
        "title": "A",
        "date": "2026-11-27",
        "section": [{"heading": "B", "items": [{"case": "x"}]}],
    }
    assert loaded.get("data-said") == "Plan loaded. To go back, select “Undo last change”."
    for wrong, why in (
        ("title = ", "plan.toml is not valid TOML"),
        ("#" * 1_000_001, "plan.toml is larger than the limit of 1,000,000 bytes"),
    ):
        refused = editor.draw(PLAN, action="load", name="C:/fakepath/plan.toml", text=wrong)
        assert plan_in(refused) == PLAN
        assert why in refused.get("data-problem")


def test_what_no_page_sends_is_refused_without_a_word_of_it_in_the_log(
    editor: Editor, caplog: pytest.LogCaptureFixture
) -> None:
    plan = json.dumps(PLAN | {"title": "My secret"})
    for body in ("My secret", [], {"plan": plan, "action": "remove", "section": 9}, {"plan": plan, "section": -1}):
        response = editor.client.post("/precedents/chapter", json=body)
        assert (response.status_code, response.text) == (400, UNREADABLE)
    assert "secret" not in caplog.text


def test_nothing_of_a_plan_reaches_the_next_reader(editor: Editor) -> None:
    editor.draw(PLAN, action="add-section")
    form = editor.draw("")
    assert plan_in(form) == EMPTY
    assert not form.xpath(".//fieldset")
