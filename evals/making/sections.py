"""Writes ``evals/data/sections.toml``: which sections of the shipped library are for tuning, which for reporting.

Run ``python -m evals.making.sections``. A section's split is drawn from its name, so it never changes when others come
or go. A register's entry goes with the section of the summary that it rests on.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from assistant.index import Generation
from assistant.registers.entries import load_registers
from evals.cases import DATA, Split
from evals.libraries.shipped import open_shipped_library

TEST_SHARE = 0.58
"""More than half is for reporting: what is reported should have narrow intervals."""
SALT = "steward-5"
"""The first salt that gives each document 54 to 66 % of its text to the test split."""
HEADER = """\
# The split of every section, made by `python -m evals.making.sections`: weights, thresholds and rules are chosen on
# dev, results are reported on test. A register's entry goes with the section that it rests on.
"""


def main() -> None:
    """Draw and write."""
    library = open_shipped_library()
    rests_on = register_sections(library.settings.corpus)
    lines = [HEADER]
    for text_id in sorted(library.generation.manifest.texts):
        sections = section_ids(library.generation, text_id)
        drawn = {section: draw(*rests_on.get((text_id, section), (text_id, section))) for section in sections}
        lines.append(f'["{text_id}"]')
        for split in ("dev", "test"):
            names = ", ".join(f'"{name}"' for name, own in drawn.items() if own == split)
            lines.append(f"{split} = [{names}]")
        lines.append("")
    (DATA / "sections.toml").write_text("\n".join(lines), encoding="utf-8")


def draw(document: str, section: str) -> Split:
    """The split of a section, from its name alone."""
    digest = hashlib.sha256(f"{SALT}:{document.removesuffix('-commentary')}#{section}".encode()).digest()
    return "test" if int.from_bytes(digest[:4], "big") / 2**32 < TEST_SHARE else "dev"


def section_ids(generation: Generation, text_id: str) -> tuple[str, ...]:
    """Ids of the sections that hold text, in order."""
    return tuple(dict.fromkeys(chunk.anchor for chunk in generation.text_chunks(text_id) if chunk.anchor))


def register_sections(corpus: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """For each register entry, as (text id, entry id), the document and section that it rests on."""
    registers = load_registers(corpus)
    sections = {
        (f"{item.document}/recommendations", item.id): (item.document, item.section)
        for item in registers.recommendations
    }
    for case in registers.precedents:
        if told := case.library_source:
            sections[f"{told.document}/precedents", case.id] = (told.document, told.section)
    return sections


if __name__ == "__main__":
    main()
