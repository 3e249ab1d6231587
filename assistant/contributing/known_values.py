"""What the fields of a case are checked against: the library's passages, the themes, the ids that are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.contributing.passages import LibraryPassages
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.registers.facts import load_theme_groups


@dataclass(frozen=True, slots=True)
class KnownValues:
    """What the fields of a case are checked against; making one reads nothing."""

    passages: LibraryPassages
    themes: tuple[str, ...]
    taken: Mapping[str, str] = field(default_factory=dict)
    """Titles of the other cases by id, empty for one not in force; a case that is edited is not among them."""
    today: date = field(default_factory=date.today)
    trusts_passages: bool = False
    """Whether a passage is believed that was chosen from a form of the document, original or briefing, which is not
    held here: so in a register that was reviewed elsewhere."""

    def besides(self, case_id: str) -> KnownValues:
        """The same, for the case of this id."""
        return replace(self, taken={name: title for name, title in self.taken.items() if name != case_id})

    def with_taken(self, titles: Mapping[str, str] | None) -> KnownValues:
        """The same, with the ids of further cases taken; with None no id is, as where cases may replace others."""
        return replace(self, taken={} if titles is None else {**titles, **self.taken})

    def trusting(self) -> KnownValues:
        """The same, but believing passages; see ``trusts_passages``."""
        return replace(self, trusts_passages=True)


def known_values(library: Library, passages: LibraryPassages | None = None) -> KnownValues:
    """Return what a library and its register know; ``passages`` may be kept from before, as they keep what they read.

    Raises:
        CatalogueError: the table of themes is wrong.
    """
    entries = cases_of(library).entries
    grouped = (theme for group in load_theme_groups(library.settings.corpus) for theme in group.themes)
    themes = dict.fromkeys((*grouped, *(entry.theme for entry in entries.values())))
    titles = {entry.id: entry.title for entry in entries.values()}
    return KnownValues(passages or LibraryPassages(library), tuple(themes), titles)
