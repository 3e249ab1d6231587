"""Facts derived from a precedent's fields, for counting and filtering cases."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import CatalogueError
from assistant.registers.entries import Precedent
from assistant.registers.field_values import period_years
from assistant.text.slugs import slug

THEMES = "themes.toml"

_PARTLY = re.compile(r"[;]|\bincluding\b")
"""A part of a place that names nothing may stand beside names."""
_NO_PLACE = re.compile(r"\b(not stated|not named|areas?|online)\b", re.IGNORECASE)
_ASIDE = re.compile(r"\([^)]*\)|^.*\bincluding\b|, with limited application in ")
_BETWEEN = re.compile(r"[;,]| and ")
_ONE_PLACE = (
    "Barking and Dagenham",
    "Norfolk and Suffolk",
    "Sussex and Brighton",
    "Hampshire and the Solent",
    "Tyne and Wear",
    "Hammersmith and Fulham",
    "Kensington and Chelsea",
    "Brighton and Hove",
)
"""One place each, though their names contain "and"."""

_NO_BEGINNING = re.compile(
    r"(by|to|cited|current at|new at|published|reported|guide|(final |NAO )?report|\d+ years to|last \w+ years)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is derived from one entry."""

    theme: str
    """Id of its group of themes."""
    places: tuple[str, ...]
    """Its places and countries by name; empty where none is named."""
    sectors: tuple[str, ...]
    """In one spelling, such as ``local-government``."""
    years: tuple[int, int] | None
    """First and last year that its period names, `LAST_YEAR` for an open end; None where it names none."""
    began: int | None
    """The first of them; None where the period says only when it ended, or when somebody told of it."""


class ThemeGroup(BaseModel):
    """Themes of the register that readers look for together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str = Field(min_length=1)
    themes: tuple[str, ...]


def load_theme_groups(corpus: Path) -> tuple[ThemeGroup, ...]:
    """Return the groups of ``registers/themes.toml``, in order; none without such a file.

    Raises:
        CatalogueError: the file is wrong, or a theme is in two groups; names file, entry and field.
    """
    path = corpus / "registers" / THEMES
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("group", [])
    except FileNotFoundError:
        return ()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path} is not valid TOML: {error}") from error
    groups = tuple(_group(row, f"{path}, entry {number}") for number, row in enumerate(rows, 1))
    seen: dict[str, str] = {}
    for group in groups:
        for theme in group.themes:
            if theme in seen:
                raise CatalogueError(f"{path}: the theme {theme!r} is in {seen[theme]} and {group.id}. Keep one.")
            seen[theme] = group.id
    return groups


def facts_of(entry: Precedent, groups: Iterable[ThemeGroup]) -> CaseFacts:
    """Return what is derived from an entry."""
    named = {theme: group.id for group in groups for theme in group.themes}
    years = case_years(entry.period)
    return CaseFacts(
        theme=named.get(entry.theme, slug(entry.theme)),
        places=places(entry.place, entry.country),
        sectors=tuple(dict.fromkeys(map(slug, entry.sectors))),
        years=years,
        began=None if years is None or _NO_BEGINNING.match(entry.period) else years[0],
    )


def places(place: str, country: str) -> tuple[str, ...]:
    """Return the places and countries that two fields name, each once; words that name none are skipped.

    >>> places("Barking and Dagenham, London", "England")
    ('Barking and Dagenham', 'London', 'England')
    >>> places("Ten areas, including Barnsley and Wakefield", "England")
    ('Barnsley', 'Wakefield', 'England')
    """
    found: dict[str, None] = {}
    for words in (place, country):
        plain = "" if _NO_PLACE.search(words) and not _PARTLY.search(words) else _ASIDE.sub("; ", words)
        for number, name in enumerate(_ONE_PLACE):
            plain = plain.replace(name, f"\0{number}\0")
        for piece in map(str.strip, _BETWEEN.split(plain)):
            if piece and not _NO_PLACE.search(piece):
                found[re.sub(r"\0(\d+)\0", lambda match: _ONE_PLACE[int(match[1])], piece)] = None
    return tuple(found)


def case_years(period: str) -> tuple[int, int] | None:
    """Return the first and the last year that a period names, `LAST_YEAR` for an open end; None where it names none.

    >>> case_years("2019-2029")
    (2019, 2029)
    >>> case_years("2020 onwards")
    (2020, 9999)
    """
    spans = list(period_years(period))
    return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None


def theme_titles(groups: Iterable[ThemeGroup], entries: Iterable[Precedent]) -> Mapping[str, str]:
    """Return the title of every group that an entry is in, by id; a theme of no group keeps its name."""
    titles = {group.id: group.title for group in groups}
    themes = {theme for group in groups for theme in group.themes}
    return titles | {slug(entry.theme): entry.theme for entry in entries if entry.theme not in themes}


def _group(row: object, where: str) -> ThemeGroup:
    try:
        return ThemeGroup.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the group"
        raise CatalogueError(f"{where}, field {field}: found {first['input']!r}; {first['msg']}.") from error
