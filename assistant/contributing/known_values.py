"""What the fields of a case are checked against: the library's passages, the themes, the ids that are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.contributing.passages import LibraryPassages, Passage
from assistant.library import Library
from assistant.precedents.cases import cases_of
from assistant.registers.derived_facts import load_theme_groups
from assistant.registers.rules import choice_problem, refusal, shown
from assistant.text.dates import first_and_last_day

SHORTEST_QUOTE = 4
"""Words of a passage: fewer could stand anywhere."""


@dataclass(frozen=True, slots=True)
class KnownValues:
    """What the fields of a case are checked against; making one reads nothing."""

    passages: LibraryPassages
    themes: tuple[str, ...]
    taken: Mapping[str, str] = field(default_factory=dict)
    """Titles of the other cases by id, empty for one not in force; a case that is edited is not among them."""
    today: date = field(default_factory=date.today)
    trusts_passages: bool = False
    """Whether a passage is believed that was chosen from a form of the document, original or summary, which is not
    held here: so in a register that was reviewed elsewhere."""

    def problem(self, field: str, words: str) -> str | None:
        """Return what is wrong with the words of a field that only the library can say; None where nothing is."""
        if field == "id" and words in self.taken:
            title = self.taken[words]
            by = f"by {shown(title)}. Choose another, or edit that case" if title else "by another case. Choose another"
            return f"The id {shown(words)} is already used {by}."
        if field == "theme" and words not in self.themes:
            return choice_problem(words, "theme", self.themes)
        if field == "document" and words not in self.passages.titles:
            return choice_problem(words, "document", self.passages.titles)
        if field == "published" and first_and_last_day(words)[0] > self.today.isoformat():
            return f"{shown(words)} is in the future. Give the date on which it was published."
        return None

    def place(self, document: str, section: str, quote: str) -> dict[str, str]:
        """Return the passage of a source in the document's own words, with the section in which it stands.

        Raises:
            ValidationError: the document does not have it, or no passage is given.
        """
        sections = self.passages.sections(document)
        if quote:
            # The section says from which form the passage was chosen; without one it must be found here.
            is_held = not section or self.passages.is_summary(document) == (section in sections)
            if self.trusts_passages and not is_held:
                return {}
            found = self._passage(document, quote)
            return {"quote": found.quote, "section": (section if self.trusts_passages else "") or found.section}
        if not section:
            missing = "The passage is missing. Choose the passage about the case."
            raise refusal([("quote", missing)], "missing")
        if section not in sections:
            if sections:
                raise refusal([("section", choice_problem(section, "section of this document", sections))])
            title = self.passages.titles[document]
            raise refusal([("quote", f"{title} has no summary. Choose the passage about the case.")])
        return {}

    def _passage(self, document: str, quote: str) -> Passage:
        passages = self.passages
        if len(quote.split()) < SHORTEST_QUOTE:
            raise refusal([("quote", f"{shown(quote)} is too short to find again. Choose at least a whole clause.")])
        if found := passages.find(document, quote):
            return found
        title = passages.titles[document]
        if not passages.is_indexed(document):
            raise refusal([("quote", f"{title} is not in the index. Update the index with `steward ingest`.")])
        form = "Steward’s summary of it" if passages.is_summary(document) else "the original"
        near = passages.nearest(document, quote)
        hint = f"The closest passage is: “{near}”" if near else "Nothing in it is similar"
        wrong = f"{shown(quote)} is not word for word in {title} ({form}). {hint}. Choose the passage again."
        raise refusal([("quote", wrong)])

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
