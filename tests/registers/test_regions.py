"""Every place of the register lies in one region, and every case is on the map."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CatalogueError
from assistant.registers.derived_facts import places
from assistant.registers.entries import load_registers
from assistant.registers.regions import NOT_STATED, load_regions, regions_of
from assistant.text.slugs import slug

CORPUS = Path("corpus")
TABLE = load_regions(CORPUS)
REGION = """
[[region]]
id = "{id}"
title = "Somewhere"
within = "{within}"
row = {row}
column = 1
places = ["{place}"]
"""


def table(*rows: str) -> str:
    return "".join(rows)


def region(id: str = "north", within: str = "", row: int = 1, place: str = "Hull") -> str:
    return REGION.format(id=id, within=within, row=row, place=place)


def test_every_place_of_the_shipped_register_lies_in_exactly_one_region() -> None:
    named = {place for entry in load_registers(CORPUS).precedents for place in places(entry.place, entry.country)}
    assert len(named) > 30
    for place in named:
        holding = [item.id for item in TABLE if slug(place) in map(slug, item.places)]
        assert len(holding) == 1, place


def test_every_shipped_case_lies_in_a_region_and_the_map_has_twelve_tiles() -> None:
    assert all(regions_of(places(entry.place, entry.country), TABLE) for entry in load_registers(CORPUS).precedents)
    tiles = [(item.row, item.column) for item in TABLE if item.row]
    assert len(tiles) == len(set(tiles)) == 12  # three nations and the nine regions of England


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (("Plymouth", "England"), ("south-west",)),
        (("England", "Wales"), ("wales", "england")),
        (("Whitehall", "United Kingdom"), ("united-kingdom",)),
        (("Barnsley", "Plymouth", "England"), ("yorkshire-and-the-humber", "south-west")),
        (("Atlantis", "England"), ("england",)),
        (("Atlantis",), (NOT_STATED,)),
        ((), (NOT_STATED,)),
    ],
    ids=["region", "two nations", "whole", "two regions", "unknown place", "unknown country", "none"],
)
def test_a_case_lies_in_the_narrowest_regions_of_its_places(named: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert regions_of(named, TABLE) == expected


def test_without_a_table_there_are_no_regions(tmp_path: Path) -> None:
    assert load_regions(tmp_path) == ()
    assert regions_of(("Plymouth",), ()) == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[region]", "is not valid TOML"),
        ("[[region]]\nid = 'A b'", r"region 1, field id: found 'A b'"),
        (table(region(), region(row=2, place="Leith")), "the region 'north' is used twice"),
        (table(region(), region("south", row=2)), "the place 'Hull' is in north and south. Keep one"),
        (table(region(), region("south", place="Leith")), "region south: the tile at row 1, column 1 is taken"),
        (region(row=0), "region north: the tile at row 0, column 1 is taken"),
        (region(within="atlantis"), "region north, field within: found 'atlantis'"),
        (
            table(region(within="south"), region("south", "north", row=2, place="Leith")),
            "region north, field within: found 'south'",
        ),
    ],
    ids=["toml", "id", "region twice", "place twice", "tile twice", "half a tile", "unknown within", "in a circle"],
)
def test_a_wrong_table_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "regions.toml").write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_regions(tmp_path)
