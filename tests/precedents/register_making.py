"""A small library with a register of three cases, for tests of the register; `register` is a fixture."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.library import Library
from tests.library_making import index_library, make_library, open_library

CASES = """
[[precedent]]
id = "hull-lamp-scheme"
title = "The Hull lamp scheme"
organisation = "Hull Boatmen's Guild"
place = "Hull"
country = "England"
level = "local"
period = "2019-2021"
sectors = ["fishing", "Local government"]
shift = ["collaboration"]
theme = "safety"
polarity = "worked"
summary = "Boatmen shared the cost of lamps. Collisions fell by half."
lesson = "Share the cost of what protects everybody."
source = [{ document = "harbour-plan", section = "boats", notes = [1] }]

[[precedent]]
id = "leith-bell-scheme"
title = "Bells on the Leith quay"
organisation = "Leith Dock Office"
place = "Leith and Granton"
country = "Scotland"
level = "local"
period = "2022 onwards"
sectors = ["fishing"]
shift = ["collaboration", "stewardship"]
theme = "noise"
polarity = "failed"
summary = "Bells were hung on the quay to warn boats in fog. Nobody paid for the ringers."
lesson = "Pay those who keep a warning going."
evidence = "audit"

[[precedent.source]]
document = "tide-report"
section = "wardens"
pages = "3"

[[precedent.source]]
document = "harbour-plan"
section = "money"
publisher = "National Audit Office"
title = "Of =bells"
url = "https://example.org/bells"

[[precedent]]
id = "tide-school"
title = "A school of tides"
organisation = "Tide Trust"
place = "Not stated"
country = "England"
level = "national"
period = "No dates given"
sectors = ["education"]
shift = ["stewardship"]
theme = "safety"
polarity = "proposed"
summary = "Children would learn to read a table of tides."
lesson = "=Begin early."
source = [{ document = "tide-report", section = "wardens" }]
"""

RECOMMENDATIONS = """
[[recommendation]]
id = "license-boats-by-lamp"
document = "tide-report"
text = "The office will license boats that carry a lamp by 2027."
actor = "Harbour masters"
theme = "leadership"
section = "tide-report"
pages = "3"
shift = ["stewardship"]
related = ["hull-lamp-scheme"]
"""

THEMES = """
[[group]]
id = "safe-water"
title = "Safety on the water"
themes = ["safety"]
"""

SYNONYMS = 'groups = [["boatmen", "oarsmen"]]'


def make_register(folder: Path) -> Library:
    """An assistant over a small library with these cases; its generation is to be closed."""
    settings = make_library(folder)
    registers = settings.corpus / "registers"
    (registers / "precedents.toml").write_text(CASES, encoding="utf-8")
    with (registers / "recommendations.toml").open("a", encoding="utf-8") as file:
        file.write(RECOMMENDATIONS)
    (registers / "themes.toml").write_text(THEMES, encoding="utf-8")
    (registers / "synonyms.toml").write_text(SYNONYMS, encoding="utf-8")
    index_library(settings)
    return open_library(settings)


@pytest.fixture(scope="package")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """That assistant, for all tests of a folder whose `conftest.py` imports this."""
    library = make_register(tmp_path_factory.mktemp("register"))
    yield library
    library.generation.close()
