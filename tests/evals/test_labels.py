"""Claims for people to judge: the same each time, kept by any spreadsheet, and what the filled sheets say by hand."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.records import Verdict
from evals.cases import CaseError
from evals.claims import AlteredQuote, QuoteKind
from evals.labels import (
    Labels,
    ShownClaim,
    agreed_verdicts,
    draw_claims,
    read_sheet,
    render_pairs,
    render_verifier,
    sentence_claims,
    write_sheet,
)
from evals.results.records import Item

HOSTILE = '=HYPERLINK("https://evil.example") “bold”\u2028next\nline, "quoted"'


def run_item(name: str, sentences: Sequence[tuple[str, Verdict, list[int]]], quotes: Sequence[str]) -> Item:
    detail = {
        "sentences": [{"text": text, "verdict": verdict, "citations": numbers} for text, verdict, numbers in sentences],
        "citations": [{"n": n, "document": "d", "section": ["s"], "quote": words} for n, words in enumerate(quotes, 1)],
    }
    values = {"suite": "questions", "system": "steward", "split": "dev", "slices": {}, "scores": {}}
    return Item.model_validate(values | {"id": name, "cluster": name, "detail": detail})


def altered(name: str, kind: QuoteKind, claim: str, original: str, **more: Any) -> AlteredQuote:
    context = f"{original} It has 3 wardens."
    values = {"split": "dev", "document": "d", "section": "s", "altered": "" if kind == "verbatim" else "x → y"}
    made = {"id": name, "kind": kind, "supported": kind == "verbatim", "claim": claim, "original": original}
    return AlteredQuote.model_validate(values | made | {"context": context} | more)


RUN = [
    run_item(
        f"q{n}",
        [(f"Boat {n} sails.", "supported", [1]), (f"Boat {n} flies.", "unsupported", [1, 2])],
        [f"Boat {n} sails.", f"Boat {n} is red."],
    )
    for n in range(20)
]
QUOTES = [
    quote
    for n in range(20)
    for quote in (
        altered(f"v{n}", "verbatim", "It has 3 wardens.", "It has 3 wardens.", context=f"Port {n}. It has 3 wardens."),
        altered(f"f{n}", "figure", f"Port {n} has 35 boats.", f"Port {n} has 25 boats."),
        altered(f"t{n}", "figure", f"Port {n} has 45 boats.", f"Port {n} has 25 boats.", split="test"),
    )
]


def test_a_sentence_is_shown_with_the_quotes_that_it_cites() -> None:
    sentences: list[tuple[str, Verdict, list[int]]] = [
        ("One.", "supported", [2, 1]),
        ("None.", "unsupported", []),
        ("Two.", "partly", [2, 7]),
    ]
    assert list(sentence_claims(run_item("q1", sentences, ["First.", "Second."]))) == [
        (0, ShownClaim("One.", "Second.\nFirst."), "supported"),
        (2, ShownClaim("Two.", "Second."), "partly"),
    ]


def test_a_third_of_the_claims_is_of_each_kind_and_the_draw_is_the_same_each_time() -> None:
    drawn = draw_claims(RUN, QUOTES, 30)
    assert drawn == draw_claims(list(reversed(RUN)), list(reversed(QUOTES)), 30)
    assert len({claim.id for claim in drawn}) == 30
    made = {claim for item in RUN for _, claim, _ in sentence_claims(item)}
    assert 10 <= sum(claim in made for claim in drawn) <= 20
    partly = [claim for claim in drawn if "wardens. Port" in claim.claim]
    assert len(partly) == 10
    assert not any("45 boats" in claim.claim for claim in drawn)


def test_few_claims_give_a_smaller_sheet() -> None:
    assert Counter(claim.claim for claim in draw_claims(RUN[:1], [], 30)) == {"Boat 0 sails.": 1, "Boat 0 flies.": 1}


def filled(path: Path, verdicts: Sequence[str]) -> Path:
    """A sheet as a person hands it back."""
    write_sheet([ShownClaim(f"Claim {n}.", f"Quote {n}.") for n in range(len(verdicts))], path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = csv.reader(file)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=",").writerows(
            [head, *([*row[:3], verdict, "why"] for row, verdict in zip(rows, verdicts, strict=True))]
        )
    return path


def test_claims_come_back_from_a_sheet_as_they_were(tmp_path: Path) -> None:
    claims = [ShownClaim(HOSTILE, HOSTILE), ShownClaim("Claim.", "Quote.")]
    write_sheet(claims, tmp_path / "sheet.csv")
    assert read_sheet(tmp_path / "sheet.csv") == ({claim.id: claim for claim in claims}, {})
    with (tmp_path / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        assert not any(cell.startswith(("=", "+", "-", "@")) for row in csv.reader(file) for cell in row)


def test_verdicts_are_read_in_any_case_and_blanks_passed_over(tmp_path: Path) -> None:
    _, labels = read_sheet(filled(tmp_path / "anna.csv", [" Supported", "", "PARTLY"]))
    assert [*labels.values()] == ["supported", "partly"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,claim\nx,y\n", r"has no column 'quotes'\. Make a sheet with `steward eval label`"),
        (b"id,claim,quotes,verdict,comment\nx,a,b,maybe,\n", r"line 2: 'maybe' is not a verdict\. Write supported, "),
        (b"\xff\xfe\x00id", r"cannot be read as CSV: .*CSV UTF-8"),
    ],
    ids=["column", "verdict", "encoding"],
)
def test_a_sheet_that_cannot_be_used_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "anna.csv").write_bytes(content)
    with pytest.raises(CaseError, match=rf"anna\.csv.*{message}"):
        read_sheet(tmp_path / "anna.csv")


ANNA: Labels = {"a": "supported", "b": "supported", "c": "unsupported", "d": "partly"}
BEN: Labels = {"a": "supported", "b": "partly", "c": "unsupported", "e": "partly"}


def test_two_people_agree_as_worked_by_hand() -> None:
    # On a, b and c: alike twice of three; by chance 2/3 * 1/3 + 1/3 * 1/3 = 1/3, so kappa is (2/3 - 1/3) / (2/3).
    first, *rest = render_pairs({"anna": ANNA, "ben": BEN})
    assert first.startswith("anna and ben: 3 claims, 67% alike, kappa 0.50 (")
    assert rest == ["  b: supported, partly"]
    assert agreed_verdicts([ANNA, BEN]) == {"a": "supported", "c": "unsupported"}


def test_the_verifier_is_judged_by_what_people_agree_on() -> None:
    held = [ShownClaim("It has 3 wardens.", f"Port {n}. It has 3 wardens.") for n in range(6)]
    wrong = [ShownClaim("It has 4 wardens.", f"Port {n}. It has 3 wardens.") for n in range(6)]
    claims = {claim.id: claim for claim in (*held, *wrong)}
    people: dict[str, Verdict] = {claim.id: "supported" for claim in held} | {claim.id: "partly" for claim in wrong}
    first, *notes = render_verifier(claims, [people])
    assert first.startswith("The verifier against people: 12 claims, 6 supported; balanced accuracy 1.000, AUC 1.000;")
    assert first.endswith(" 1.000, cross-validated")
    assert notes == ["  Only 12 claims; 150 are wanted. Take the figures as a hint."]


def test_what_cannot_be_measured_is_said(tmp_path: Path) -> None:
    claims, labels = read_sheet(filled(tmp_path / "anna.csv", ["supported", "supported"]))
    first, _, last = render_verifier(claims, [labels])
    assert "balanced accuracy nan" in first
    assert last == "  Fewer than 5 claims of one verdict: no cross-validation."
