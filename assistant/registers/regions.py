"""Which nation of the United Kingdom, or region of England, a case is in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import CatalogueError
from assistant.text.slugs import slug

REGIONS = "regions.toml"
NOT_STATED = "not-stated"
"""Id of the region of cases whose places are not in the table."""


class Region(BaseModel):
    """A nation, a region of England, or something wider."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    within: str = ""
    """Id of the region that holds this one; empty for none."""
    row: int = Field(default=0, ge=0, le=20)
    """Its tile's place on the map, 1-based; 0 where it has none."""
    column: int = Field(default=0, ge=0, le=20)
    places: tuple[str, ...]
    """Names, as a precedent's place and country give them."""


def load_regions(corpus: Path) -> tuple[Region, ...]:
    """Return the regions of ``registers/regions.toml``, in order; none without such a file.

    Raises:
        CatalogueError: the file is wrong, or a place, id or tile is used twice; names file, region and field.
    """
    path = corpus / "registers" / REGIONS
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("region", [])
    except FileNotFoundError:
        return ()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    regions = tuple(_region(row, f"{path}, region {number}") for number, row in enumerate(rows, 1))
    _check(regions, path)
    return regions


def regions_of(places: Iterable[str], regions: Sequence[Region]) -> tuple[str, ...]:
    """Return the ids of the regions of places, in the table's order, without regions that hold another of them.

    `NOT_STATED` where the table has none of the places; empty where there is no table.
    """
    stands = {slug(place): region.id for region in regions for place in region.places}
    within = {region.id: region.within for region in regions}
    found = {stands[place] for place in map(slug, places) if place in stands}
    wider = {above for region in found for above in _above(region, within)}
    ids = tuple(region.id for region in regions if region.id in found - wider)
    return ids or ((NOT_STATED,) if NOT_STATED in within else ())


def _above(region: str, within: dict[str, str]) -> Iterable[str]:
    while region := within.get(region, ""):
        yield region


def _check(regions: Sequence[Region], path: Path) -> None:
    ids: dict[str, str] = {}
    tiles: dict[tuple[int, int], str] = {}
    places: dict[str, str] = {}
    for region in regions:
        if region.id in ids:
            raise CatalogueError(f"{path}: the region {region.id!r} is used twice. Give each region its own id.")
        if region.within not in ("", *(other.id for other in regions)) or region.id in _path(region.id, regions):
            raise CatalogueError(
                f"{path}, region {region.id}, field within: found {region.within!r}; expected another."
            )
        tile = (region.row, region.column)
        if tile in tiles or (0 in tile and any(tile)):
            raise CatalogueError(
                f"{path}, region {region.id}: the tile at row {tile[0]}, column {tile[1]} is taken. Choose another."
            )
        ids[region.id] = region.title
        if any(tile):
            tiles[tile] = region.id
        for place in region.places:
            if slug(place) in places:
                raise CatalogueError(
                    f"{path}: the place {place!r} is in {places[slug(place)]} and {region.id}. Keep one."
                )
            places[slug(place)] = region.id


def _path(region: str, regions: Sequence[Region]) -> list[str]:
    """Return the regions above one, up to a repeat."""
    within = {item.id: item.within for item in regions}
    path: list[str] = []
    while (region := within.get(region, "")) and region not in path:
        path.append(region)
    return path


def _region(row: object, where: str) -> Region:
    try:
        return Region.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the region"
        raise CatalogueError(f"{where}, field {field}: found {first['input']!r}; {first['msg']}.") from error
