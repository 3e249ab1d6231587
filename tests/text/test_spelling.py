"""Misspelt words are corrected; names, British spellings and words of the library are not."""

from __future__ import annotations

import pytest

from assistant.text.spelling import correct

HELD = {"mission", "government", "weighting", "sheffield", "growth", "budget", "programme", "mere", "vase", "finishing"}


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("misson goverment", "mission government"),
        ("how is the wieghting set?", "how is the weighting set?"),
        ("sheffeild bugdet", "sheffield budget"),
        ("What is thier local groth plan?", "What is their local growth plan?"),
        ("Goverment's bugdet", "Government's budget"),
    ],
)
def test_a_word_one_edit_from_one_that_is_held_is_corrected(asked: str, searched: str) -> None:
    assert correct(asked, HELD.__contains__) == searched


@pytest.mark.parametrize(
    "asked",
    [
        "What does the VCSE get?",  # capitals throughout
        "Who is Misson of the Missson board?",  # a name within the sentence
        "What rate per square metre is charged, and is it randomised?",  # British
        "programme of fishing labour centres, travelled in colour",  # known, or British
        "the xqzzw of it",  # near to nothing
        "ppn nps",  # short
        "What is a blokholder?",  # the right word is not held
    ],
)
def test_anything_else_is_left_as_it_is(asked: str) -> None:
    first, rest = asked[0], asked[1:]
    assert correct(first + rest, HELD.__contains__) == asked


def test_a_word_of_any_length_costs_nothing() -> None:
    word = "goverment" * 10_000
    assert correct(f"the {word}", lambda _: False) == f"the {word}"


HELD_BESIDE = set(
    "aside been bees bold done fire from give government hast have high hours ill less levels mission nanny needs "
    "notes now organ other paths poole said sees spans there they wants want were what who with works would".split()
)
"""Words of a library that each of the words below is one edit away from."""


@pytest.mark.parametrize(
    "asked",
    [
        # Contractions without their apostrophe.
        *"dont cant wont isnt arent wasnt werent doesnt didnt hasnt havent hadnt couldnt wouldnt shouldnt".split(),
        *"whats whos wheres whens whys hows thats theres heres its lets theyre theyve theyll weve youre youve".split(),
        *"ive itll mustnt couldve shouldve wouldve".split(),
        # British spellings and words.
        *"maths fibre mould centre litres labour defence judgement instalment programme kerbside quango whilst".split(),
        # Names and places as people type them.
        *"goole notts yorks hants wirral sefton gove benn nandy haigh sajid starmer".split(),
        # Acronyms and their plurals.
        *"okrs ngos leps spads neets seos beis ppns npps smes vcses mps kpis".split(),
        # Hyphens, figures with letters, addresses.
        *"rees-mogg co-misson covid19 10k s114 alevels tlevels misson.gov.uk ben@goverment.uk /misson".split(),
        *"misson_board 2goverment höte".split(),
    ],
)
def test_what_only_looks_misspelt_is_left_as_it_is(asked: str) -> None:
    question = f"what of {asked} now"
    assert correct(question, HELD_BESIDE.__contains__) == question


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("wich", "which"),  # not "with": a letter left out is likelier than another in its place
        ("waht", "what"),
        ("accroding", "according"),
        ("servise", "service"),
        ("complianed", "complained"),
    ],
)
def test_the_likeliest_slip_decides(asked: str, searched: str) -> None:
    held = {"with", "which", "according", "service", "complained"}
    assert correct(asked, held.__contains__) == searched
