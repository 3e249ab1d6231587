"""A claim beside a passage that says it in other words, or says otherwise."""

from __future__ import annotations

import pytest

from assistant.claims.drafts.wording import Wording, compare


def compared(claim: str, passage: str) -> Wording:
    return compare(claim, passage, passage, lambda word: 1.0)


@pytest.mark.parametrize(
    ("claim", "passage", "check"),
    [
        ("It will license 60 boats.", "It will license 40 boats by 2027.", "figure"),
        ("Leith gets £12bn.", "Leith gets £12m.", "figure"),
        ("A licence lasts three months.", "A licence lasts three years.", "figure"),
        ("The unit reports every month.", "The unit reports every quarter.", "figure"),
        ("The plan came out in May 2023.", "The plan came out on 13 May 2024.", "date"),
        ("It took at least 40 boats.", "It took fewer than 40 boats.", "bound"),
        ("The boards hold money.", "The boards hold no money.", "negation"),
        ("Crews get lamps and no oars.", "Crews get oars, not lamps.", "negation"),
        ("Oars are included.", "Oars are excluded.", "negation"),
        ("Catches rose.", "Catches fell.", "direction"),
        ("The union regretted the plan.", "The union welcomed the plan.", "direction"),
        ("Boats must carry a lamp.", "Boats may carry a lamp.", "modal"),
        ("The council met in Leith.", "The council met in Hull.", "name"),
        ("East Hull paid in 2019.", "West Hull paid in 2019, Old Leith in 2020 and East Hull in 2021.", "date"),
    ],
)
def test_what_says_otherwise_clashes(claim: str, passage: str, check: str) -> None:
    assert check in [reason.check for reason in compared(claim, passage).clashes]


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("Four in five boats carry lamps.", "80 per cent of the boats carry lamps."),
        ("Nobody has to carry oars.", "No boat has to carry oars."),
        ("The office must publish its list.", "The office has to publish its list, and may sell it."),
        ("Lamps are required.", "Lamps, not only oars, are required."),
        ("Catches fell.", "Catches were down, though prices did not rise."),
        ("The Tide Trust wants wardens.", "The Tide Trust asks for wardens; it does not want fees."),
        ("West Hull paid in 2019.", "West Hull paid in 2019, Old Leith in 2020 and East Hull in 2021."),
        ("The NTA checks lamps.", "The National Tide Agency checks lamps."),
    ],
)
def test_the_same_in_other_words_neither_clashes_nor_misses(claim: str, passage: str) -> None:
    wording = compared(claim, passage)
    assert (wording.clashes, wording.missing) == ((), ())


@pytest.mark.parametrize(
    ("claim", "passage", "check"),
    [
        ("The fee is £30.", "There is a fee.", "figure"),
        ("Old Leith pays the fee.", "Somebody pays the fee.", "name"),
        ("The office will pay wardens.", "The office should pay wardens.", "modal"),
    ],
)
def test_what_the_passage_does_not_give_is_missing(claim: str, passage: str, check: str) -> None:
    wording = compared(claim, passage)
    assert check in [reason.check for reason in wording.missing]
    assert wording.clashes == ()


def test_a_rare_word_that_is_not_said_weighs_more_than_a_common_one() -> None:
    def rarity(word: str) -> float:
        return 1.0 if word == "walrus" else 0.1

    passage = "The boat carries a lamp."
    assert compare("The boat carries oars.", passage, "", rarity).covered > 0.5
    assert compare("The boat carries a walrus.", passage, "", rarity).covered < 0.5


def test_words_around_count_for_the_matter_and_not_for_the_passage() -> None:
    wording = compare("Boats carry lamps.", "They carry lamps.", "Boats", lambda word: 1.0)
    assert wording.covered == pytest.approx(1.0)
    assert wording.here == pytest.approx(2 / 3)
