"""Takes a picture of every place of the app, wide, middling and narrow, light and dark, over the shipped library.

``python -m tests.browser.every_place FOLDER`` writes ``FOLDER/<place>-<width>-<theme>.png``, to be looked at after a
change of the page. Nothing is compared.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import ARGUMENTS, PATIENCE_MS
from tests.browser.pages import QUALITY, Reader
from tests.browser.serving import served
from tests.browser.test_screenshots import ask_the_cases, check, compare
from tests.conftest import CHROMIUM

SIZES = ((1440, 900), (1024, 768), (390, 844))


def first_page(reader: Reader) -> None:
    expect(reader.show("Ask").locator(".chip").first).to_be_visible()


def first_case(reader: Reader) -> None:
    reader.show("Precedents")
    reader.page.locator(".case-row a").first.click()
    expect(reader.panel.get_by_role("article").first).to_be_visible()


def searched_cases(reader: Reader) -> None:
    reader.show("Precedents")
    reader.search_cases("buses under local control")


def document(reader: Reader) -> None:
    reader.show("Documents")
    reader.look_into("Plan for Change: milestones for mission-led government")


def quality(reader: Reader) -> None:
    reader.show(QUALITY)
    expect(reader.panel.frame_locator("iframe").get_by_role("heading", level=1)).to_be_visible()


PLACES: dict[str, Callable[[Reader], object]] = {
    "ask": first_page,
    "ask-sentences": lambda reader: reader.ask("Who should sit on Mission Councils?"),
    "ask-table": lambda reader: reader.ask("Which authorities have an Integrated Settlement?"),
    "ask-refused": lambda reader: reader.ask("How many staff does the Mission Delivery Unit employ in Wales?"),
    "precedents": lambda reader: reader.show("Precedents"),
    "precedents-search": searched_cases,
    "precedents-case": first_case,
    "precedents-asked": ask_the_cases,
    "library": lambda reader: reader.show("Documents"),
    "library-document": document,
    "library-compare": compare,
    "library-glossary": lambda reader: reader.show("Glossary"),
    "library-quality": quality,
    "check": lambda reader: reader.show("Check"),
    "check-draft": check,
}


def main(folder: Path) -> None:
    """Take the pictures; their names are printed."""
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with TemporaryDirectory() as kept, served(Path(kept), "shipped") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for width, height in SIZES:
            for theme in ("light", "dark"):
                for name, prepare in PLACES.items():
                    page = browser.new_page(
                        viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
                    )
                    reader = Reader(page, address)
                    reader.open(theme=theme)
                    prepare(reader)
                    reader.settle()
                    path = folder / f"{name}-{width}-{theme}.png"
                    page.mouse.move(0, 0)  # nothing is hovered over
                    page.screenshot(path=path)
                    page.close()
                    print(path, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
