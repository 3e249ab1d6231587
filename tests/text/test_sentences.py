"""Sentences of policy prose, as spans."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.text.sentences import split_sentences


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One thing. Another thing.", ["One thing.", "Another thing."]),
        ("No. 10 leads. It does.", ["No. 10 leads.", "It does."]),
        ("Is the answer no. 10 said so.", ["Is the answer no. 10 said so."]),
        ("They said no. Then they left.", ["They said no.", "Then they left."]),
        ("See p. 12 and s. 13. Then act.", ["See p. 12 and s. 13.", "Then act."]),
        ("Costs fell, e.g. in Leeds. Good.", ["Costs fell, e.g. in Leeds.", "Good."]),
        ("It cost £1.5 million. 2030 is near.", ["It cost £1.5 million.", "2030 is near."]),
        ("J. B. Jones wrote it. Read it.", ["J. B. Jones wrote it.", "Read it."]),
        ("“Act now.” Ministers agreed.", ["“Act now.”", "Ministers agreed."]),
        ("Why? Because! So be it…", ["Why?", "Because!", "So be it…"]),
        ("no end at all", ["no end at all"]),
        ("", []),
    ],
    ids=[
        "two",
        "no-10",
        "no-then-number",
        "no",
        "pages",
        "eg",
        "figures",
        "initials",
        "quotes",
        "marks",
        "endless",
        "empty",
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text())
def test_spans_are_ordered_and_cover_everything_but_white_space(text: str) -> None:
    spans = split_sentences(text)
    assert all(start < end for start, end in spans)
    assert all(first.end <= second.start for first, second in pairwise(spans))
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())
