"""Acronyms collected from texts, and questions widened by them."""

from __future__ import annotations

import pytest

from assistant.text.glossary import collect_glossary, expand, unexplained


@pytest.mark.parametrize(
    ("text", "acronym", "form"),
    [
        (
            "Help voluntary, community and social enterprise (VCSE) bodies.",
            "VCSE",
            "voluntary, community and social enterprise",
        ),
        ("The National Procurement Policy Statement (NPPS) applies.", "NPPS", "National Procurement Policy Statement"),
        ("Each small and medium-sized enterprise (SME) counts.", "SME", "small and medium-sized enterprise"),
        ("NAO (National Audit Office) reports.", "NAO", "National Audit Office"),
        ("Local infrastructure organisations (LIOs) connect.", "LIO", "Local infrastructure organisations"),
    ],
    ids=["commas", "plain", "hyphen", "before", "plural"],
)
def test_long_forms_are_found(text: str, acronym: str, form: str) -> None:
    assert collect_glossary([text]) == {acronym: form}


def test_brackets_that_are_no_acronym_are_left_alone() -> None:
    assert collect_glossary(["The council (Leeds) and the plan (2025) and many good things (XYZ)."]) == {}


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000 + " (ABC)", "word " * 200_000 + "(ABC)", "word (AB) " * 20_000, "x-" * 100_000 + "AB (" * 20_000],
    ids=["a long word", "many words", "many brackets", "open brackets"],
)
@pytest.mark.timeout(10)
def test_hostile_texts_end(text: str) -> None:
    assert collect_glossary([text]) == {}


def test_the_form_may_stand_at_the_very_start_and_after_many_words() -> None:
    words = "one two three four five six seven eight nine ten eleven Big Blue Boat (BBB)"
    assert collect_glossary(["Big Blue Boat (BBB)"]) == collect_glossary([words]) == {"BBB": "Big Blue Boat"}


def test_the_commonest_form_wins() -> None:
    texts = ["Big Blue Boat (BBB).", "Bad Blue Boat (BBB).", "Big Blue Boat (BBB)."]
    assert collect_glossary(texts) == {"BBB": "Big Blue Boat"}


def test_questions_are_widened_both_ways() -> None:
    glossary = {"NAO": "National Audit Office"}
    assert expand("What did the NAO say?", glossary) == ["National Audit Office"]
    assert expand("what did the nao say", glossary) == ["National Audit Office"]
    assert expand("What did the National Audit Office say?", glossary) == ["NAO"]
    assert expand("What did anyone say?", glossary) == []


def test_only_short_forms_that_the_text_itself_leaves_open_are_explained() -> None:
    glossary = {"NAO": "National Audit Office", "LIO": "local infrastructure organisations", "PPN": "policy notes"}
    assert unexplained("LIOs and the NAO’s report", glossary) == {"LIO": glossary["LIO"], "NAO": glossary["NAO"]}
    assert unexplained("A Local Infrastructure Organisation (LIO); PPNX, lionao, nao", glossary) == {}
