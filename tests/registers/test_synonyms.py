"""A search for one word of the field finds the cases that use another."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import CatalogueError
from assistant.library import Library
from assistant.precedents import search_cases
from assistant.registers.synonyms import load_synonyms, same_meaning

GROUPS = (("boatmen", "oarsmen", "crew of a ferry"), ("fog", "mist"))


def test_the_shipped_groups_are_whole() -> None:
    groups = load_synonyms(Path("corpus"))
    assert len(groups) > 20
    assert all(len(group) > 1 for group in groups)
    assert "consortium" in same_meaning("small charities bidding together", groups)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Boatmen in the mist", ("oarsmen", "crew of a ferry", "fog")),
        ("the crews of the ferries", ("boatmen", "oarsmen")),
        ("a ferry without a crew", ()),
        ("", ()),
    ],
    ids=["two groups", "a term of several words in other forms", "not side by side", "nothing"],
)
def test_a_term_stands_for_the_others_of_its_group(words: str, expected: tuple[str, ...]) -> None:
    assert same_meaning(words, GROUPS) == expected


def test_the_case_that_uses_the_other_word_comes_first(register: Library) -> None:
    best, *others = search_cases(register, "oarsmen").found
    assert best.entry.id == "hull-lamp-scheme"  # which says boatmen
    assert best.score > others[0].score


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("groups = [", "is not valid TOML"),
        ("groups = []", r"field groups: found \[\]"),
        ('groups = [["bid", "tender"], ["Tender", "offer"]]', "the term 'Tender' is used twice"),
        ('groups = [["it", "software"]]', "the term 'it' has no word that can be searched for"),
    ],
    ids=["toml", "empty", "twice", "no word"],
)
def test_a_wrong_file_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers" / "synonyms.toml").write_text(content, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_synonyms(tmp_path)


def test_no_file_means_no_synonyms(tmp_path: Path) -> None:
    assert load_synonyms(tmp_path) == ()
