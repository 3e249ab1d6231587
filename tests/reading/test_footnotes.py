"""What is read from a note, and which numbers a mark names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.footnotes import parse_footnote, split_marks
from assistant.records import Footnote


def fields(note: Footnote) -> tuple[str | None, str | None, str | None, str | None]:
    return note.author, note.title, note.publisher, note.date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Rao, P. and Lindqvist, Å. Ports that share. Harbour Press, 5 May 2021, p. 9. "
            "Available at https://harbour.example/ports [accessed 07/03/2025]",
            ("Rao, P. and Lindqvist, Å.", "Ports that share", "Harbour Press", "5 May 2021"),
            id="persons",
        ),
        pytest.param(
            "Mbeki, T., van Laar, C.-J. and others. Can tides be taxed? 2010 to 2020. Quay Trust, May 2020.",
            ("Mbeki, T., van Laar, C.-J. and others", "Can tides be taxed? 2010 to 2020", "Quay Trust", "May 2020"),
            id="persons-and-others-question-in-title",
        ),
        pytest.param(
            "Ministry of Docks. Five lessons from the north: a review. July 2019.",
            ("Ministry of Docks", "Five lessons from the north: a review", None, "July 2019"),
            id="organisation-without-publisher",
        ),
        pytest.param(
            "Quay Trust. Home page. (no date). Available at https://quay.example [accessed 08/03/2025]",
            ("Quay Trust", "Home page", None, None),
            id="no-date",
        ),
        pytest.param(
            "Silva, R. “We built it” – the mayor's speech. Tideline, 29 June 2021.",
            ("Silva, R.", "“We built it” – the mayor's speech", "Tideline", "29 June 2021"),
            id="quotation-inside-title",
        ),
        pytest.param(
            'DOCKS, "Settlement: the terms", 11 June 2025, https://docks.example/terms',
            ("DOCKS", "Settlement: the terms", None, "11 June 2025"),
            id="quoted-title",
        ),
        pytest.param(
            "Docks Office, P. Lane, speech 'The tide won't wait', 9 May 2024. https://docks.example/s",
            ("Docks Office, P. Lane", "The tide won't wait", None, "9 May 2024"),
            id="quoted-title-behind-description",
        ),
        pytest.param(
            "P. Rao, C.-J. van Laar: *Ports that share: volume 2*. Harbour Press, 2021-09. <https://harbour.example/2>",
            ("P. Rao, C.-J. van Laar", "Ports that share: volume 2", "Harbour Press", "2021-09"),
            id="emphasised-title",
        ),
        pytest.param(
            "D. Lee: *Cranes*. publisher not given, n.d. <https://cranes.example/x>",
            ("D. Lee", "Cranes", None, None),
            id="said-to-be-missing",
        ),
        pytest.param(
            "Rao, P. (2021) Ports. Harbour Press.", ("Rao, P.", "Ports", "Harbour Press", "2021"), id="year-first"
        ),
        pytest.param(
            "Tide Weekly, report on the new cranes, 3 March 2024, https://tide.example/cranes",
            (None, None, None, "3 March 2024"),
            id="description-is-no-title",
        ),
        pytest.param("https://docks.example/reports/cranes", (None, None, None, None), id="bare-address"),
        pytest.param("Interview with a harbour master.", (None, None, None, None), id="prose"),
        pytest.param("Docks Office. GOV.UK, (no date).", (None, None, "GOV.UK", None), id="author-or-title"),
        pytest.param("See the debate of 5 May 2021 in full.", (None, None, None, None), id="date-inside-a-sentence"),
    ],
)
def test_fields_are_read_where_they_are_plain(
    text: str, expected: tuple[str | None, str | None, str | None, str | None]
) -> None:
    assert fields(parse_footnote("1", text)) == expected


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("A. Available at https://www. docks.example/a-b [accessed 1/2/2024]", "https://www.docks.example/a-b"),
        ("A. Available at https:// docks.example/a [accessed 1/2/2024]", "https://docks.example/a"),
        ("A. Available at https://www.docks. example/a/b [accessed 1/2/2024]", "https://www.docks.example/a/b"),
        (
            "A. https://docks.example/up/ loads/T_2013_ Tide_report.pdf [accessed 2/2/24]",
            "https://docks.example/up/loads/T_2013_Tide_report.pdf",
        ),
        ("A. https://docks.example/a. See also the annex.", "https://docks.example/a"),
        ("A (https://docks.example/a_(b)).", "https://docks.example/a_(b)"),
        ("<https://docks.example/a>", "https://docks.example/a"),
        ("A. https://docks.example/a (read in a copy)", "https://docks.example/a"),
        ("A. https://docks.example/one; B, https://docks.example/two", "https://docks.example/one"),
        ("A. https:// not an address", None),
        ("No address.", None),
    ],
)
def test_addresses_broken_at_line_ends_are_made_whole(text: str, url: str | None) -> None:
    assert parse_footnote("1", text).url == url


def test_text_is_kept_whole_and_plain() -> None:
    note = parse_footnote("7", "Rao, P. *Ports*. Harbour Press, 2021. <https://a.example/x>  [accessed 1/2/2024]")
    assert note.number == "7"
    assert note.text == "Rao, P. Ports. Harbour Press, 2021. https://a.example/x [accessed 1/2/2024]"
    assert "accessed" not in "".join(filter(None, fields(note)))


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("12", ["12"]),
        ("26,27", ["26", "27"]),
        ("²⁶,²⁷", ["26", "27"]),
        ("3-5", ["3", "4", "5"]),
        ("3–5, 9", ["3", "4", "5", "9"]),
        (" 7 ", ["7"]),
        ("7 8", ["7", "8"]),
        ("2025", []),
        ("5-3", []),
        ("1-900", []),
        ("0", []),
        ("1.5", []),
        ("th", []),
        ("", []),
    ],
)
def test_marks_name_numbers_of_notes_only(raw: str, numbers: list[str]) -> None:
    assert split_marks(raw) == numbers


@given(st.text(max_size=300))
def test_any_text_is_a_note(text: str) -> None:
    note = parse_footnote("1", text)
    for value in (*fields(note), note.url):
        assert value is None or value.strip()
    assert all(number.isdecimal() for number in split_marks(text))
