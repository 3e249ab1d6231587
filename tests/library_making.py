"""A small library of our own words, for tests that change it."""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock

from assistant.index import IndexStore
from assistant.indexing.ingestion import ingest
from assistant.library import Library, by_reader
from assistant.models.embedding import Embedder
from assistant.registers.accepted import accepted_cases
from assistant.registers.entries import load_registers
from assistant.settings import Settings, load_settings
from assistant.sources.catalogue import add_file, load_catalogue
from evals.libraries.shipped import SHIPPED_FOLDER, apart, share_vectors, shipped_settings
from tests.embedders import HashEmbedder
from tests.made_once import copy_of, digest_of, lasting

CATALOGUE = """
[[document]]
id = "harbour-plan"
title = "Harbour plan"
publisher = "Harbour Office"
published = "2024-05-01"
authority = "government-policy"
status = "current"
jurisdiction = "England"
licence = "Open Government Licence v3.0"
credit = "Harbour Office"
landing_page = "https://example.org/harbour"
summary = "summaries/harbour-plan.md"

[[document]]
id = "tide-report"
title = "Tide report"
publisher = "Tide Trust"
published = "2025-02"
authority = "independent-proposal"
status = "current"
jurisdiction = "England"
licence = "CC BY-SA 4.0"
credit = "Tide Trust"
landing_page = "https://example.org/tide"
summary = "summaries/tide-report.md"
"""

HARBOUR = """# Harbour plan {#harbour-plan}

## Boats {#boats}

The office will license 40 boats by 2027.[^1] Every licence lasts three years.

Each boat must carry:

- a lamp that burns for twelve hours;
- two oars of seasoned ash.

## Money {#money}

| Port | Grant |
| --- | --- |
| Leith | £12m |
| Hull | £30m |

[^1]: Harbour Office, "Boat register", 4 March 2024, https://example.org/register
"""

TIDE = """# Tide report {#tide-report}

## Wardens {#wardens}

The Trust recommends that every harbour appoint a tide warden. A voluntary, community and local enterprise (VCLE) could
employ the warden. Wardens should be paid from harbour fees.
"""

RECOMMENDATIONS = """
[[recommendation]]
id = "appoint-tide-wardens"
document = "tide-report"
text = "Appoint a warden of tides in each harbour."
actor = "Harbour masters"
theme = "leadership"
section = "wardens"
pages = "3"
shift = ["stewardship"]
"""

PRECEDENTS = """
[[precedent]]
id = "hull-lamp-scheme"
title = "The Hull lamp scheme"
organisation = "Hull boatmen"
place = "Hull"
country = "England"
level = "local"
period = "2019-2021"
sectors = ["fishing"]
shift = ["collaboration"]
theme = "safety"
polarity = "worked"
summary = "Boatmen shared the cost of lamps, and collisions fell by half."
lesson = "Share the cost of what protects everybody."
source = [{ document = "harbour-plan", section = "boats", notes = [1] }]
"""

MORE_PRECEDENTS = """
[[precedent]]
id = "leith-shared-ropes"
title = "Shared ropes in Leith"
organisation = "Leith harbour office"
place = "Leith"
country = "Scotland"
level = "regional"
period = "2012 to 2014"
sectors = ["fishing", "local-government"]
shift = ["collaboration", "stewardship"]
theme = "safety"
polarity = "failed"
summary = "The office bought ropes for all boats. Nobody mended them, and they were thrown away."
lesson = "Say who mends what is shared before it is bought."
url = ""

[[precedent.source]]
document = "tide-report"
section = "wardens"
publisher = "Leith Gazette"
title = "Ropes"
url = "https://example.org/harbour"

[[precedent]]
id = "tide-warden-trial"
title = "A trial of tide wardens"
organisation = "Tide Trust"
place = "Hull"
country = "England"
level = "local"
period = "Since 2024"
sectors = ["fishing"]
shift = ["participation"]
theme = "wardens"
polarity = "ongoing"
summary = "Residents watch the tide by turns. The trial still runs."
lesson = "Ask who lives beside the water."
source = [{ document = "tide-report", section = "wardens" }]

[[precedent]]
id = "lighthouse-fee"
title = "A fee for lighthouses"
organisation = "Harbour masters"
place = "Not stated"
country = "England"
level = "national"
period = "Not stated"
sectors = ["transport"]
shift = ["enabling-reforms"]
theme = "money"
polarity = "proposed"
summary = "Ships would pay for the light that they see."
lesson = "A proposal is not a result."
source = [{ document = "harbour-plan", section = "money" }]

[[precedent]]
id = "oar-lending"
title = "Oars on loan"
organisation = "Hull boatmen"
place = "Hull"
country = "England"
level = "local"
period = "2016"
sectors = ["fishing"]
shift = ["collaboration"]
theme = "safety"
polarity = "mixed"
summary = "Boatmen lent each other oars; half came back."
lesson = "Write down who has what."
source = [{ document = "harbour-plan", section = "boats", pages = "3-4" }]
"""
"""Further cases, for tests of several."""

MORE_RECOMMENDATIONS = """
related = ["tide-warden-trial", "hull-lamp-scheme"]

[[recommendation]]
id = "longer-licences"
document = "tide-report"
text = "Every licence lasts five years, and no licence lasts longer."
actor = "Harbour Office; harbour masters (implied)"
theme = "licences"
section = "wardens"
pages = "3"
shift = ["collaboration"]
timeframe = "Within a year"
"""

QUESTIONS = """
[[section]]
id = "boats"
questions = ["How many vessels get a permit?", "How many boats will be licensed, and by when?"]

[[sentence]]
section = "boats"
starts_with = "a lamp that burns"
questions = ["What lighting is compulsory?"]
"""

COMMENTARY_ENTRY = """
[[document]]
id = "tide-report-commentary"
title = "Tide report: what others said"
publisher = "Steward"
published = "2025-11-30"
as_at = "2025-06"
authority = "commentary"
status = "current"
comments_on = "tide-report"
jurisdiction = "England"
licence = "CC BY-SA 4.0"
credit = "Steward"
landing_page = ""
summary = "summaries/tide-report-commentary.md"
"""

COMMENTARY = """# Tide report: what others said {#tide-report-commentary}

## Reception {#reception}

The Ferry Union calls tide wardens a needless cost.[^1] It fears that mooring fees will double.[^1] The Water Office
answers that its budget pays for twelve wardens.[^2] Nobody has counted wardens since then.

The Ferry Union asks each port for these comforts:[^1]

- a bell on every quay;[^1]
- a rota of wardens at night. Wick tried one in spring.[^1]
- a hut for ringers.[^1] The Water Office built a hut in Hull.[^2]

## Ports {#ports}

| Port | Wardens | Source |
| --- | --- | --- |
| Leith | 2 | Union[^1] |
| Wick | 4 | Union[^1] |
| Hull | 3 | Office[^2] |

[^1]: Ferry Union, "On wardens", 3 March 2025, https://example.org/union {speaker="Ferry Union" authority="representative-body" date="2025-03-03"}
[^2]: Water Office, "A reply", June 2025, https://example.org/reply {speaker="Water Office" authority="guidance" date="2025-06"}
"""  # noqa: E501
"""What two others say of the tide report: Steward itself says the last sentence of the first paragraph."""


def add_commentary(settings: Settings) -> None:
    """Add a commentary on the tide report to a library that is not yet indexed."""
    with (settings.corpus / "catalogue.toml").open("a", encoding="utf-8") as file:
        file.write(COMMENTARY_ENTRY)
    (settings.corpus / "summaries" / "tide-report-commentary.md").write_text(COMMENTARY, encoding="utf-8")


WAITING_ENTRY = """
[[document]]
id = "quay-act"
title = "Quay Act 2025"
publisher = "Quay Press"
published = "2025-06-01"
authority = "statute"
status = "current"
jurisdiction = "England"
licence = "Open Government Licence v3.0"
credit = "Quay Press"
landing_page = "https://example.org/quay"
"""


def add_waiting(settings: Settings) -> None:
    """Add an entry without a summary to a library that is not yet indexed; nothing of it is searched until fetched."""
    with (settings.corpus / "catalogue.toml").open("a", encoding="utf-8") as file:
        file.write(WAITING_ENTRY)


def publish_at(settings: Settings, addresses: dict[str, str]) -> None:
    """Give documents other pages on the web than https://example.org/NAME, by that name."""
    catalogue = settings.corpus / "catalogue.toml"
    words = catalogue.read_text(encoding="utf-8")
    for name, address in addresses.items():
        words = words.replace(f'"https://example.org/{name}"', f'"{address}"')
    catalogue.write_text(words, encoding="utf-8")


def add_original(settings: Settings, title: str, words: str) -> None:
    """Add Markdown as the original of the document with this title, which is then read in place of its summary."""
    path = settings.corpus.parent / "original.md"
    path.write_text(words, encoding="utf-8")
    add_file(path, settings.corpus, title=title, publisher="Somebody", published="2025", authority="evidence")


def make_library(folder: Path) -> Settings:
    """Settings of a two-document library in ``folder``, not yet indexed."""
    corpus = folder / "corpus"
    files = {
        "catalogue.toml": CATALOGUE,
        "summaries/harbour-plan.md": HARBOUR,
        "summaries/tide-report.md": TIDE,
        "registers/recommendations.toml": RECOMMENDATIONS,
        "registers/precedents.toml": PRECEDENTS,
        "questions/harbour-plan.toml": QUESTIONS,
    }
    for name, content in files.items():
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    web = {"questions_per_minute": 1_000_000, "requests_per_minute": 1_000_000}  # tests ask faster than people
    return load_settings(corpus=corpus, index={"folder": folder / "indexes"}, web=web)


REGIONS = """
[[region]]
id = "scotland"
title = "Scotland"
within = "united-kingdom"
row = 1
column = 1
places = ["Scotland", "Leith"]

[[region]]
id = "yorkshire"
title = "Yorkshire and the Humber"
within = "england"
row = 2
column = 2
places = ["Hull"]

[[region]]
id = "london"
title = "London"
within = "england"
row = 3
column = 2
places = ["London"]

[[region]]
id = "england"
title = "England as a whole"
within = "united-kingdom"
places = ["England"]

[[region]]
id = "united-kingdom"
title = "United Kingdom as a whole"
places = ["United Kingdom"]

[[region]]
id = "not-stated"
title = "No known place"
places = []
"""


def add_cases(settings: Settings) -> None:
    """Add further cases and a recommendation to the registers, and a table of regions.

    The first recommendation then names two of the cases.
    """
    (settings.corpus / "registers" / "regions.toml").write_text(REGIONS, encoding="utf-8")
    precedents = settings.corpus / "registers" / "precedents.toml"
    precedents.write_text(precedents.read_text(encoding="utf-8") + MORE_PRECEDENTS, encoding="utf-8")
    recommendations = settings.corpus / "registers" / "recommendations.toml"
    with recommendations.open("a", encoding="utf-8") as file:
        file.write(MORE_RECOMMENDATIONS)


def index_library(settings: Settings, embedder: Embedder | None = None) -> None:
    """Index a library with the stand-in embedder, or another; the same files are indexed once in a run, then copied."""
    embedder = embedder or HashEmbedder()
    if settings.index.folder.exists():
        ingest(settings, embedder)
        return
    plan = settings.model_dump_json(exclude={"corpus": True, "index": {"folder"}})

    def build(folder: Path) -> None:
        ingest(settings.model_copy(update={"index": settings.index.model_copy(update={"folder": folder})}), embedder)

    copy_of(digest_of(settings.corpus, plan, repr(embedder.identity)), build, settings.index.folder)


def shipped_library(folder: Path) -> Settings:
    """Settings whose index folder is ``folder``; the shipped library lies in it where the evals look, indexed."""
    copy_of("shipped", _index_shipped, folder)
    return load_settings(index={"folder": folder})


def _index_shipped(folder: Path) -> None:
    """Index the shipped library. The model's vectors take minutes: they are kept from run to run, by model and text."""
    settings = load_settings(index={"folder": folder})
    if (kept := lasting()) is None:
        shipped_settings(settings)
        return
    with FileLock(kept / "lock"):
        known = load_settings(index={"folder": kept})
        share_vectors(known, apart(settings, SHIPPED_FOLDER)[0])
        shipped_settings(settings)
        before, _ = apart(known, SHIPPED_FOLDER)
        shutil.rmtree(before.index.folder, ignore_errors=True)
        share_vectors(settings, before)


def open_library(settings: Settings) -> Library:
    """An assistant over an indexed library, with the stand-in embedder; its generation is to be closed."""
    embedder = HashEmbedder()
    sources, private = by_reader(load_catalogue(settings.corpus))
    generation = IndexStore(settings.index).open(embedder.identity)
    generation.keep_to(sources)
    registers = load_registers(settings.corpus)
    return Library(generation, embedder, sources, settings, registers, accepted_cases(settings), private=private)
