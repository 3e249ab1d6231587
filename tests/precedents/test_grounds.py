"""What rests on a case, what stands behind a recommendation, and what government documents say that speaks to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import AssistantError
from assistant.library import Library
from assistant.precedents import grounds
from assistant.precedents.grounds import cases_behind, government_passages, recommendations_on
from assistant.registers.entries import load_registers
from tests.library_making import add_commentary, index_library, make_library, open_library
from tests.precedents.register_making import RECOMMENDATIONS


def test_the_named_come_before_those_of_the_same_section(register: Library) -> None:
    behind = {
        item.id: [(ground.entry.id, ground.tie) for ground in cases_behind(register.registers, item.id)]
        for item in register.registers.recommendations
    }
    assert behind == {
        "appoint-tide-wardens": [("leith-bell-scheme", "same-section"), ("tide-school", "same-section")],
        "license-boats-by-lamp": [("hull-lamp-scheme", "named")],
    }
    resting = recommendations_on(register.registers, "hull-lamp-scheme")
    assert [(item.recommendation.id, item.tie) for item in resting] == [("license-boats-by-lamp", "named")]
    assert recommendations_on(register.registers, "atlantis") == ()


def test_both_directions_agree_in_the_shipped_register() -> None:
    registers = load_registers(Path("corpus"))
    down = {
        (ground.entry.id, item.id, ground.tie)
        for item in registers.recommendations
        for ground in cases_behind(registers, item.id)
    }
    up = {
        (entry.id, item.recommendation.id, item.tie)
        for entry in registers.precedents
        for item in recommendations_on(registers, entry.id)
    }
    assert down == up
    named = {(case, item.id) for item in registers.recommendations for case in item.related}
    assert {(case, item) for case, item, tie in down if tie == "named"} == named


def test_passages_are_exact_words_of_government_documents(register: Library) -> None:
    quotes = government_passages(register, "license-boats-by-lamp")
    assert [quote.n for quote in quotes] == [*range(1, len(quotes) + 1)]
    # The paragraph as a whole: a sentence alone seldom says what it is about.
    assert quotes[0].quote == "The office will license 40 boats by 2027. Every licence lasts three years."
    assert {quote.document for quote in quotes} == {"harbour-plan"}
    text = register.generation.document("harbour-plan").text
    assert all(text[quote.start : quote.end] == quote.quote for quote in quotes)
    assert len(government_passages(register, "license-boats-by-lamp", 1)) == 1


@pytest.mark.parametrize("bound", ["NEAR_CHUNK", "NEAR_SENTENCE"])
def test_nothing_is_given_where_nothing_is_near(bound: str, register: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    assert government_passages(register, "license-boats-by-lamp")
    monkeypatch.setattr(grounds, bound, 9.0)
    assert government_passages(register, "license-boats-by-lamp") == ()


COMMENTARY = """# Tide report: what others said {#tide-report-commentary}

## Lamps {#lamps}

The Ferry Union reports that the office will license 40 boats that carry a lamp by 2027.[^1] The Water Office confirms
that it will license 40 boats that carry a lamp by 2027.[^2] The office will license boats that carry a lamp by 2027.

[^1]: Ferry Union, "Lamps" {speaker="Ferry Union" authority="representative-body" date="2025-03"}
[^2]: Water Office, "Lamps" {speaker="Water Office" authority="guidance" date="2025-06"}
"""


def test_of_a_commentary_only_what_government_says_is_its_word(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    add_commentary(settings)
    (settings.corpus / "summaries" / "tide-report-commentary.md").write_text(COMMENTARY, encoding="utf-8")
    with (settings.corpus / "registers" / "recommendations.toml").open("a", encoding="utf-8") as file:
        file.write(RECOMMENDATIONS)
    index_library(settings)
    with (library := open_library(settings)).generation:
        quotes = government_passages(library, "license-boats-by-lamp", 9)
    told = {quote.speaker.name: quote.quote for quote in quotes}
    assert {*told} == {"Water Office", "Harbour Office"}
    assert told["Water Office"] == "The Water Office confirms that it will license 40 boats that carry a lamp by 2027."


def test_an_unknown_recommendation_is_refused(register: Library) -> None:
    with pytest.raises(AssistantError, match=r"^No recommendation 'atlantis' in the register of 2"):
        cases_behind(register.registers, "atlantis")
