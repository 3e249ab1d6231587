"""Pictures of the app over the shipped library, of which README.md shows one; ``make screenshots`` makes them anew.

They show Steward’s summaries alone: the shipped library holds nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from assistant.errors import IndexMismatchError, IndexNotFoundError
from assistant.library import open_library
from tests.browser.pages import Reader
from tests.browser.serving import served, shipped_settings

pytestmark = pytest.mark.slow

LAPTOP, PHONE = (1280, 800), (360, 740)
WIDTH = 800
"""The widest that a picture is kept, in pixels."""
COLOURS = 224
LARGEST = 80_000
"""Of a file, in bytes."""
DRAFT = (
    "Social value now carries at least 15% of the marks in central government. Of the eleven areas that applied for "
    "the fast track, six were chosen. The government will set up a Business Ownership Commission. Ticket inspectors "
    "on the Bee Network wear body cameras."
)


@pytest.fixture(scope="module")
def shipped_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("shipped")
    try:
        open_library(shipped_settings(folder)).generation.close()
    except (IndexNotFoundError, IndexMismatchError) as error:
        pytest.skip(f"Pictures need the index of the shipped library. {error}")
    with served(folder, "shipped") as address:
        yield address


def ask(reader: Reader) -> None:
    reader.ask("Which authorities have an Integrated Settlement?")


def ask_in_the_dark(reader: Reader) -> None:
    reader.open(theme="dark")
    turn = reader.ask("How big is the Mission Delivery Unit?")
    turn.locator("summary").first.click()


def compare(reader: Reader) -> None:
    panel = reader.show("Compare")
    panel.get_by_label("Topic").fill("social value")
    for title in ("National Procurement Policy Statement", "Mission-Ready National Missions"):
        panel.get_by_role("checkbox", name=title, exact=True).check()
    panel.get_by_role("button", name="Compare", exact=True).click()
    at_the_top(reader, "Comparison")


def check(reader: Reader) -> None:
    reader.show("Check")
    reader.check(DRAFT)
    at_the_top(reader, "Result of the check")


def ask_the_cases(reader: Reader) -> None:
    panel = reader.show("Precedents")
    panel.get_by_role("radio", name="Ask the cases").check()
    box = panel.get_by_label("Ask across the cases")
    box.fill("What has worked to involve citizens in missions?")
    box.press("Enter")
    expect(panel.get_by_role("heading", name="Cited as good practice, no measured result told (")).to_be_visible()


def at_the_top(reader: Reader, name: str) -> None:
    """Scroll to a region."""
    region = reader.panel.get_by_role("region", name=name)
    expect(region).to_be_visible()
    reader.settle()
    region.evaluate("(place) => scrollTo(0, place.getBoundingClientRect().top + scrollY - 72)")


PICTURES: dict[str, tuple[tuple[int, int], Callable[[Reader], None]]] = {
    "ask": (LAPTOP, ask),
    "ask-phone": (PHONE, ask),
    "ask-dark": (LAPTOP, ask_in_the_dark),
    "compare": (LAPTOP, compare),
    "check": (LAPTOP, check),
    "ask-cases": (LAPTOP, ask_the_cases),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_something_and_is_small(
    name: str, new_page: Callable[..., Page], shipped_address: str, tmp_path: Path
) -> None:
    size, prepare = PICTURES[name]
    reader = Reader(new_page(*size), shipped_address)
    reader.open()
    prepare(reader)
    reader.settle()
    reader.page.evaluate("document.activeElement.blur()")  # no blinking caret, no ring
    path = Path(os.environ.get("SCREENSHOTS") or tmp_path) / f"{name}.png"
    keep(reader.page.screenshot(), path)
    with Image.open(path) as picture:
        share = min(1, WIDTH / size[0])
        assert picture.size == (round(size[0] * share), round(size[1] * share))
        ground = max(count for count, _ in picture.convert("L").getcolors() or ())
        assert 0.3 < ground / (picture.width * picture.height) < 0.97, "hardly anything but the ground is seen"
    assert path.stat().st_size < LARGEST


def keep(screenshot: bytes, path: Path) -> None:
    """Save a screenshot as a small PNG."""
    picture = Image.open(BytesIO(screenshot)).convert("RGB")
    picture.thumbnail((WIDTH, picture.height), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    # The other ways of choosing colours lose the few that are not grey.
    colours = picture.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    colours.save(path, optimize=True)
