"""Figures and dates as values, however they are written."""

from __future__ import annotations

import pytest

from assistant.text.amounts import amounts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("£15bn", "£15 billion"),
        ("£15 billion", "15 billion pounds"),
        ("two-thirds", "two thirds"),
        ("nine in ten", "90 per cent"),
        ("£1 of every £4", "a quarter"),
        ("a year and a half", "18 months"),
        ("72 hours", "three days"),
        ("every three months", "quarterly"),
        ("four times a year", "quarterly"),
        ("a dozen boats", "12 boats"),
        ("half a dozen boats", "six boats"),
        ("a million and a half homes", "1.5m homes"),
        ("thirty-two", "thirty two"),
        ("one hundred and fifty", "150"),
        ("2025/26", "2025–26"),
        ("March 7, 2025", "7 March 2025"),
        ("2025-03-07", "7th of March 2025"),
        ("Feb 2025", "February 2025"),
        ("7 Sept", "7 September"),
        ("the second paper", "the 2nd paper"),
    ],
)
def test_ways_of_writing_a_value_are_equal(one: str, other: str) -> None:
    ours, theirs = amounts(one), amounts(other)
    assert ours
    assert len(ours) == len(theirs)
    assert all(left.equals(right) and right.equals(left) for left, right in zip(ours, theirs, strict=True))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2024", "2025"),
        ("March 2024", "March 2025"),
        ("6 March", "16 March"),
        ("Jun 2025", "July 2025"),
        ("£5", "€5"),
        ("5 per cent", "5 percentage points"),
        ("weekly", "monthly"),
        ("28 days", "28 weeks"),
        ("1,000", "1,001"),
        ("spring 2025", "autumn 2025"),
    ],
)
def test_other_values_are_not(one: str, other: str) -> None:
    assert not all(left.equals(right) for left, right in zip(amounts(one), amounts(other), strict=True))


@pytest.mark.parametrize("words", ["one of them", "No. 10", "a march of boats", "mar it", "they may go", "G7", "²³"])
def test_what_is_no_figure_gives_none(words: str) -> None:
    assert amounts(words) == ()


@pytest.mark.parametrize(
    ("said", "held", "expected"),
    [
        ("about 25", "26", True),
        ("25", "26", False),
        ("£3.5bn", "£3.52bn", True),
        ("£3.52bn", "£3.5bn", False),
        ("more than 1,000", "1,100", True),
        ("more than 1,000", "900", False),
        ("two-thirds", "67%", True),
        ("two million", "1.6 million", False),
        ("about 2024", "2025", False),
    ],
)
def test_a_rounding_follows_and_a_precise_figure_does_not(said: str, held: str, expected: bool) -> None:
    (ours,), (theirs,) = amounts(said), amounts(held)
    assert ours.follows_from(theirs) is expected


@pytest.mark.parametrize("words", ["9" * 5_000, "1e999 boats", "٣٤ ¾ per cent of zero", f"{'9' * 400} out of 10"])
def test_any_digits_are_read(words: str) -> None:
    for amount in amounts(words):
        assert isinstance(amount.value, float)
