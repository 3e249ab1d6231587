"""What a file says of itself, as it is proposed to whoever adds it."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.reading.markdown.reader import read_markdown
from assistant.records import Document
from assistant.sources.proposals import Proposal, propose_details

TODAY = date(2026, 6, 1)
LONG = "The wardens of every quay count the ropes before they sail, and on 3 May 2020 they found nine. " * 4


def proposed(words: str, name: str = "quay_log-2.md", publishers: tuple[str, ...] = ("Tide Trust", "Tide")) -> Proposal:
    return propose_details(read_markdown(words.encode()), name, publishers, TODAY)


@pytest.mark.parametrize(
    ("line", "publisher", "published"),
    [
        ("Quay Board, 14 March 2026", "Quay Board", "2026-03-14"),
        ("14th March 2026 | Quay Board", "Quay Board", "2026-03-14"),
        ("Quay Board - March 2026", "Quay Board", "2026-03"),
        ("MARCH 2026", "", "2026-03"),
        ("March 14, 2026", "", "2026-03-14"),
        ("Published: 2026-03-14", "", "2026-03-14"),
        ("Published by the Quay Board on 14 March 2026", "Quay Board", "2026-03-14"),
        ("© 2025 Quay Board. All rights reserved.", "Quay Board", ""),
        ("A paper for the Tide Trust", "Tide Trust", ""),
        ("Ports, quays, 14 March 2026", "", "2026-03-14"),
        ("14 March 2027", "", ""),
        ("31 February 2026", "", ""),
        ("Room 2026b", "", ""),
        ("Published 2025", "", "2025"),
    ],
)
def test_publisher_and_date_are_read_near_the_top(line: str, publisher: str, published: str) -> None:
    assert proposed(f"# Ferries at noon\n\n{line}\n\n{LONG}\n") == Proposal("Ferries at noon", publisher, published)


def test_running_text_gives_neither_date_nor_publisher() -> None:
    assert proposed(f"# Ferries\n\n{LONG}\n\nPublished by the Quay Board.\n\n{LONG * 9}\n\n4 May 2021\n") == Proposal(
        "Ferries", "Quay Board", ""
    )


def test_without_a_title_the_first_line_or_the_name_of_the_file_is_proposed() -> None:
    assert proposed(f"Log of the quay\n\n{LONG}").title == "Log of the quay"
    assert proposed(LONG).title == "quay log 2"
    assert propose_details(Document("", ()), "a.md", ()) == Proposal("a")
