"""Figures and dates, however they are written."""

from __future__ import annotations

import pytest

from assistant.claims.drafts.figures import figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("four in five firms", "80% of firms"),
        ("£1.5m", "£1,500,000"),
        ("2024/25", "2024–25"),
        ("a tenth of it", "10 per cent of it"),
        ("two-thirds", "66.66666666666667%"),
        ("within 18 months", "an 18-month wait"),
        ("a dozen boats", "twelve boats"),
        ("thirty-eight boats", "38 boats"),
        ("half a million homes", "500,000 homes"),
        ("every quarter", "quarterly"),
        ("twelve months", "one year"),
    ],
)
def test_one_value_in_two_spellings_is_equal(one: str, other: str) -> None:
    (first,), (second,) = figures(one), figures(other)
    assert first.equals(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("£5m", "€5m"),
        ("£5m", "£5bn"),
        ("18 months", "18 weeks"),
        ("5%", "5 boats"),
        ("2019-20", "2024-25"),
        ("every month", "every year"),
    ],
)
def test_another_value_or_unit_is_not_equal(one: str, other: str) -> None:
    (first,), (second,) = figures(one), figures(other)
    assert not first.equals(second)


def test_a_date_is_day_month_and_year() -> None:
    march, plain = figures("on 15 March 2024"), figures("in March 2024")
    assert [item.kind for item in march] == ["day", "month", "year"]
    assert plain[0].equals(march[1])
    assert not plain[0].equals(figures("March 2025")[0])


def test_a_month_without_its_year_is_held_by_any_year() -> None:
    assert figures("in September")[0].equals(figures("September 2025")[0])


def test_a_year_is_held_by_the_financial_year_that_begins_or_ends_with_it() -> None:
    (span,) = figures("2024-25")
    assert all(span.equals(figures(year)[0]) for year in ("2024", "2025"))
    assert not span.equals(figures("2026")[0])


def test_a_figure_knows_its_bound_and_what_it_counts() -> None:
    least, most = figures("at least 40 boats")[0], figures("fewer than 40 boats")[0]
    assert (least.bound, most.bound) == ("least", "most")
    assert least.counts == {"boat"}


@pytest.mark.parametrize("text", ["No one of them may.", "PPN 002 and section 172", "a third party", "a five-year-old"])
def test_what_counts_nothing_is_no_figure(text: str) -> None:
    assert [item.value for item in figures(text) if item.value != 5.0] == []
