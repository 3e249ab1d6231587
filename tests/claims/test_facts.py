"""The veto of facts, on pairs that differ in one thing."""

from __future__ import annotations

import pytest

from assistant.claims.facts import fact_clashes, is_named
from evals.claims import load_fact_changes

CONTEXT = (
    "The Cabinet Office should publish a plan by March 2028. At least 40 of the 60 councils must report £5 million a "
    "year. Mayors do not borrow for the ferries in Leith. Three firms bid: Reed, Moor and Pike. "
    "The ferries are built from June 2027 and sail from 5 July 2029."
)


@pytest.mark.parametrize(
    "claim",
    [
        "A plan is due from the Cabinet Office by March 2028.",
        "Two-thirds of the councils, 40 of 60, have to report £5m.",
        "For ferries in Leith, mayors don't borrow.",
        "Bids came from three firms, among them Moor.",
        "Nearly 40 councils report.",
        "Not only councils report; mayors do not borrow for ferries.",
        "No fewer than 40 councils must report.",
        "No. 10 waits for the plan.",
        "There are 40 councils that report.",
    ],
)
def test_a_paraphrase_is_left_alone(claim: str) -> None:
    around = "No. 10 waits.\nTwo-thirds"
    assert fact_clashes(claim, CONTEXT, around) == ()


@pytest.mark.parametrize(
    ("claim", "check", "said", "held"),
    [
        ("At least 45 of the 60 councils must report £5 million a year.", "figure", "45", "40"),
        ("Councils must report £5 billion a year.", "figure", "£5 billion", "£5 million"),
        ("A plan is due by March 2029.", "date", "March 2029", "March 2028"),
        ("The ferries sail from 5 July 2027.", "date", "5 July 2027", "5 July 2029"),
        ("A plan is due by May 2028.", "date", "May 2028", "March 2028"),
        ("The Home Office should publish a plan.", "name", "The Home Office", "The Cabinet Office"),
        ("Mayors do not borrow for the ferries in Hull.", "name", "Hull", "Leith"),
        ("Mayors do borrow for the ferries in Leith.", "denial", "Mayors do borrow", "do not borrow"),
        ("The Cabinet Office should not publish a plan by March 2028.", "denial", "not publish", "should publish"),
        ("Four firms bid.", "figure", "Four", "Three"),
        ("The plan is “long overdue”.", "quoted words", "long overdue", ""),
        ("Councils report 12 per cent.", "figure", "12 per cent", ""),
        ("KPMG will publish a plan.", "name", "KPMG", ""),
    ],
)
def test_a_changed_fact_is_named_with_what_the_context_has(claim: str, check: str, said: str, held: str) -> None:
    reasons = {reason.check: reason for reason in fact_clashes(claim, CONTEXT)}
    assert check in reasons
    assert said in reasons[check].claim
    assert held in reasons[check].context
    assert bool(held) == bool(reasons[check].context)


@pytest.mark.parametrize(
    ("claim", "words", "around"),
    [
        ("The GLA is one.", "The Greater London Authority is one.", ""),
        ("The Greater London Authority is one.", "The GLA is one.", ""),
        ("SMEs may bid.", "Every SME may bid.", ""),
        ("Scottish ports may bid.", "Ports in Scotland may bid.", ""),
        ("Demos says that ports may bid.", "Ports may bid.", "Demos"),
        ("Ports may bid, the report of March 2025 says.", "Ports may bid.", "March 2025"),
        ("Under Keir Starmer's plan ports may bid.", "Starmer lets ports bid under a plan.", ""),
        ("Spending rose from 39 to 79 per cent.", "Spending rose from 39% to 79%.", ""),
        ("Non-mayoral ports may bid.", "Non-mayoral ports may bid, as others may.", ""),
    ],
)
def test_the_traps_are_known(claim: str, words: str, around: str) -> None:
    assert fact_clashes(claim, words, around) == ()


def test_a_name_is_known_by_its_initials() -> None:
    assert is_named("the FWB", "The Fair Work Board met.")
    assert not is_named("the Fair Trade Board", "The Fair Work Board met.")


def test_the_set_has_enough_of_each_kind_and_a_document_has_one_split() -> None:
    claims = load_fact_changes()
    assert len({(claim.document, claim.split) for claim in claims}) == len({claim.document for claim in claims})
    for split in ("dev", "test"):
        of_split = [claim for claim in claims if claim.split == split]
        assert sum(claim.supported for claim in of_split) >= 75
        for kind in ("figure", "date", "name", "denial"):
            assert sum(claim.kind == kind for claim in of_split) >= 10


def test_hardly_a_supported_paraphrase_is_vetoed_and_most_changed_facts_are() -> None:
    dev = [claim for claim in load_fact_changes() if claim.split == "dev"]
    vetoed = {claim.id for claim in dev if fact_clashes(claim.claim, claim.context, claim.around)}
    supported = [claim for claim in dev if claim.supported]
    plain = [claim for claim in dev if claim.kind in ("figure", "date", "name")]
    assert sum(claim.id in vetoed for claim in supported) <= 0.02 * len(supported)
    assert sum(claim.id in vetoed for claim in plain) >= 0.9 * len(plain)
