"""The app's page as a reader works with it. Every wait is for something to be seen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

PLACES = ("Ask", "Precedents", "Library", "Check")
QUALITY = "How good are the answers?"
VIEWS = ("Documents", "Compare", "Glossary", QUALITY)
"""Of the library; the first is shown when the library is opened."""
TABS = ("Ask", "Precedents", *VIEWS, "Check")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
GROUNDS = {"bgGradient", "bgImage", "pseudoContent"}
DRAFT = (
    "The Trust recommends that every harbour appoint a tide warden. Hull gets a grant of £13m. "
    "Penguins nest beside the old lighthouse. The government will appoint a tide warden in every harbour."
)


class App:
    """One page of the app."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, tab: str = "Ask", theme: str = "light", query: str = "") -> Locator:
        """Load the page and show a tab; its panel comes back."""
        self.page.goto(f"{self.address}?__theme={theme}{query}")
        return self.show(tab)

    def show(self, tab: str) -> Locator:
        """Choose a place, or a view of the library; its panel comes back."""
        for name in ("Library", tab) if tab in VIEWS else (tab,):
            button = self.page.get_by_role("tab", name=name, exact=True)
            button.click()
            expect(button).to_have_attribute("aria-selected", "true")
        if tab in ("Library", "Documents", "Glossary"):
            expect(self.panel.get_by_role("table")).to_be_visible()
        elif tab == "Precedents":
            expect(self.panel.locator(".case-row, .pane article, .pane [role=alert]").first).to_be_visible()
        self.settle()
        return self.panel

    def settle(self) -> None:
        """Wait until nothing that is shown is being made: Gradio fades what it is about to replace."""
        expect(self.page.locator(".pending, .generating, [data-testid=status-tracker]:not(.hide)")).to_have_count(0)

    @property
    def panel(self) -> Locator:
        """The panel of the tab that is shown; the innermost one in the library."""
        return self.page.get_by_role("tabpanel").last

    def compare(self, topic: str = "boats") -> Locator:
        """Compare the first two documents on a topic; what came of it."""
        self.panel.get_by_label("Topic").fill(topic)
        for box in self.panel.get_by_role("checkbox").all()[:2]:
            box.check()
        self.panel.get_by_role("button", name="Compare", exact=True).click()
        result = self.panel.get_by_role("region", name="Comparison")
        expect(result).to_be_visible()
        return result

    def check(self, draft: str | Path = DRAFT) -> Locator:
        """Check a text, or a file by its path; the result, or the alert that says why there is none."""
        if isinstance(draft, Path):
            self.panel.locator("input[type=file]").set_input_files(draft)
            expect(self.panel.get_by_role("cell", name=draft.name)).to_be_visible()
        else:
            self.panel.get_by_role("textbox").fill(draft)
        self.panel.get_by_role("button", name="Check the draft").click()
        alert = self.panel.get_by_role("alert")
        result = self.panel.get_by_role("region", name="Result of the check").or_(alert)
        expect(result).to_be_visible()
        return result

    def search_cases(self, words: str) -> Locator:
        """Search the cases; the heading that says what came of it."""
        self.panel.get_by_label("Search the cases").fill(words)
        self.panel.get_by_role("button", name="Search", exact=True).click()
        heading = self.panel.get_by_role("heading", name=f"“{words}”")
        expect(heading).to_be_visible()
        return heading

    def row(self, title: str) -> Locator:
        """The link of a case's row."""
        return self.panel.locator(".case-row").get_by_role("link", name=title, exact=True)

    def pick(self, title: str) -> Locator:
        """Open a case and put it on the shortlist; the shortlist comes back."""
        self.row(title).click()
        button = self.case(title).get_by_role("button", name="Shortlist")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        return self.panel.get_by_role("region", name="Shortlist")

    def back_to_cases(self) -> None:
        """Close the case that is open."""
        self.panel.get_by_role("link", name="Back to the cases").click()
        expect(self.panel.locator(".case-row").first).to_be_visible()

    def case(self, title: str) -> Locator:
        """The case that is open, or the card of a recommendation."""
        return self.panel.get_by_role("article").filter(has=self.page.get_by_role("heading", name=title, exact=True))

    def narrow_down(self) -> None:
        """Open what narrows down, where it is not open already."""
        opener = self.panel.get_by_role("button", name=re.compile(r"^Filters( \(\d+\))?$"))
        self.settle()
        if opener.get_attribute("aria-expanded") == "false":
            opener.click()
        expect(opener).to_have_attribute("aria-expanded", "true")

    def look_into(self, title: str) -> Locator:
        """Open a document of the library; its heading comes back once its text is shown."""
        self.panel.get_by_role("table").get_by_role("link", name=title, exact=True).click()
        heading = self.panel.get_by_role("heading", name=title, level=2)
        expect(heading).to_be_focused()
        return heading

    def choose(self, label: str, option: str) -> None:
        """Choose an option of a list by the words it begins with."""
        self.panel.get_by_label(label).click()
        self.page.get_by_role("option", name=re.compile(f"^{re.escape(option)}")).click()

    def filter_glossary(self, words: str) -> Locator:
        """Look for words in the glossary; the table or the message that answers."""
        self.panel.get_by_role("textbox").fill(words)
        return self.panel.get_by_role("table")

    def add_file(self, path: Path, title: str, **more: str) -> Locator:
        """Add a file to the library; the message that tells how it went."""
        opener = self.panel.get_by_role("button", name="Add a file", exact=True)
        if opener.get_attribute("aria-expanded") == "false":
            opener.click()
        self.panel.locator("input[type=file]").set_input_files(path)
        expect(self.panel.locator(".message").filter(has_text=path.name)).to_be_visible()
        values = {"Title": title, "Publisher": "Rowing club", "Published": "2025-03"} | more
        for label, value in values.items():
            self.panel.get_by_role("textbox", name=re.compile(f"^{label}( |$)")).first.fill(value)
        self.panel.get_by_role("radio", name="Evidence").check()
        self.panel.get_by_role("button", name="Add to the library").click()
        message = self.panel.locator(".message").last
        expect(message).to_be_visible()
        return message

    def violations(self) -> list[str]:
        """What axe finds against the standards on what is shown, one line a rule and place.

        A contrast that it cannot measure for the ground behind the words counts as well.
        """
        self.settle()
        found: Any = Axe().run(self.page, options={"runOnly": STANDARDS}).response
        unmeasured = [
            (rule, node)
            for rule in found["incomplete"]
            for node in rule["nodes"]
            if rule["id"] == "color-contrast" and node["any"][0]["data"]["messageKey"] in GROUNDS
        ]
        wrong = [(rule, node) for rule in found["violations"] for node in rule["nodes"]]
        return [
            f"{rule['id']}: {rule['help']} {node['target']} {node['html'][:200]} {node['failureSummary']}"
            for rule, node in wrong + unmeasured
        ]

    def overflow(self) -> list[str]:
        """What reaches beyond the right edge of a page that scrolls sideways; nothing where it does not."""
        wide: list[str] = self.page.evaluate(
            """() => document.scrollingElement.scrollWidth <= innerWidth ? [] : [
                `${document.scrollingElement.scrollWidth} of ${innerWidth}`,
                ...[...document.body.querySelectorAll("*")]
                    .filter((item) => item.getBoundingClientRect().right > innerWidth)
                    .map((item) => item.outerHTML.slice(0, 120)),
            ]"""
        )
        return wide

    def to_top(self) -> None:
        """Put the keyboard where it is when a page was just loaded."""
        self.page.evaluate("() => { document.body.tabIndex = -1; document.body.focus(); }")

    def tab_to(self, target: Locator) -> None:
        """Press Tab until the keyboard is there."""
        for _ in range(200):
            self.page.keyboard.press("Tab")
            if target.evaluate("(element) => element === document.activeElement"):
                return
        raise AssertionError(f"Tab never comes to {target}")

    def focused(self) -> dict[str, Any] | None:
        """Where the keyboard is, and whether a ring of two pixels or more, or the frame it is in, shows it."""
        place: dict[str, Any] | None = self.page.evaluate(
            """() => {
                const place = document.activeElement;
                if (!place || place === document.body) return null;
                const ringed = (element) => {
                    const style = element && getComputedStyle(element);
                    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
                };
                const around = [place, place.closest("label"), place.closest(".field")];
                const box = place.getBoundingClientRect();
                const inside = box.bottom > 0 && box.top < innerHeight && box.width > 0;
                return {
                    key: (place.dataset.stop ??= `${document.querySelectorAll("[data-stop]").length}`),
                    html: place.outerHTML.slice(0, 200),
                    seen: inside && (place.matches("iframe") || around.some(ringed)),
                };
            }"""
        )
        return place

    def tabbable(self) -> set[str]:
        """The keys, as ``focused`` gives them, of everything in the panel that a reader can use."""
        keys: list[str] = self.page.evaluate(
            """() => [...document.querySelectorAll("a[href], button, input, textarea, select, summary, [tabindex='0']")]
                .filter((item) => item.offsetParent && item.checkVisibility() && !item.disabled && item.tabIndex >= 0)
                // Within a group of radio buttons arrows lead on.
                .filter((item) => !item.matches(".turn label + label > [type=radio]"))
                .map((item) => item.dataset.stop ?? item.outerHTML.slice(0, 200))"""
        )
        return set(keys)


class Reader(App):
    """A page on which questions are asked."""

    @property
    def question(self) -> Locator:
        """Where the question is typed."""
        return self.panel.get_by_role("textbox", name="Your question")

    @property
    def turns(self) -> Locator:
        """Each question with its answer and evidence."""
        return self.panel.locator(".turn")

    def ask(self, words: str) -> Locator:
        """Ask and wait for the answer; its turn comes back."""
        before = self.turns.count()
        self.question.fill(words)
        self.question.press("Enter")
        expect(self.turns).to_have_count(before + 1)
        expect(self.question).to_have_value("")
        self.settle()
        return self.turns.nth(before)

    def open_filters(self) -> None:
        """Open the filters."""
        self.panel.get_by_role("button", name="Filters: ").first.click()
        expect(self.panel.get_by_role("heading", name="What is searched")).to_be_visible()

    def close_filters(self) -> None:
        """Close the filters."""
        self.panel.get_by_role("button", name="Done").click()
        expect(self.panel.get_by_role("heading", name="What is searched")).to_be_hidden()

    @property
    def conversations(self) -> Locator:
        """The list of conversations, unfolded where the window is narrow."""
        unfold, listed = self.panel.get_by_role("button", name="Conversations"), self.panel.locator("#rail")
        if unfold.is_visible() and not listed.is_visible():
            unfold.click()
        expect(listed).to_be_visible()
        return listed
