"""A draft to its checked sentences, in a small library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.claims import Judge, verify
from assistant.claims.drafts import DraftCheck, check_draft
from assistant.claims.drafts.check import SAME_MATTER, compare
from assistant.claims.drafts.claims import is_claim, speaks_for_government
from assistant.claims.drafts.evidence import find_passages
from assistant.library import Library
from assistant.reading import read_bytes
from assistant.records import Verdict
from tests.claims.judges import BrokenJudge, FixedJudge
from tests.library_making import index_library, make_library, open_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    settings = make_library(tmp_path_factory.mktemp("library"))
    index_library(settings)
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def checked(draft: str, library: Library, judge: Judge | None = None) -> DraftCheck:
    return check_draft(read_bytes(draft.encode()), "draft.md", library, judge=judge)


@pytest.mark.parametrize(
    ("sentence", "verdict", "check_named"),
    [
        ("Every licence lasts three years.", "verbatim", None),
        ("By 2027 the Harbour Office licenses 40 boats.", "found nearby", None),
        ("The Harbour Office will license 60 boats by 2027.", "clashes", "figure"),
        ("The office will license 40 boats by 2029.", "clashes", "date"),
        ("A licence does not last three years.", "clashes", "denial"),
        ("Hull gets a grant of £13m.", "clashes", "figure"),
        ("Penguins nest beside the old lighthouse.", "not found", "matter"),
        ("The government will appoint a tide warden in every harbour.", "clashes", "authority"),
    ],
)
def test_words_give_a_sentence_its_verdict(
    sentence: str, verdict: str, check_named: str | None, library: Library
) -> None:
    (found,) = checked(sentence, library).sentences
    assert found.verdict == verdict
    assert [reason.check for reason in found.reasons] == ([check_named] if check_named else [])
    assert bool(found.citations) == (check_named != "matter")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ("supported", "supported"),
        ("contradicted", "contradicted"),
        ("partly", "not mentioned"),
        ("unsupported", "not mentioned"),
        ("unjudged", "found nearby"),
    ],
)
def test_a_judge_decides_what_words_leave_open(given: Verdict, verdict: str, library: Library) -> None:
    judge = FixedJudge(given)
    draft = "Every licence lasts three years. By 2027 the Harbour Office licenses 40 boats. Hull gets a grant of £13m."
    found = checked(draft, library, judge)
    assert [item.verdict for item in found.sentences] == ["verbatim", verdict, "clashes"]
    ((asked,),) = judge.asked
    assert asked.text == "By 2027 the Harbour Office licenses 40 boats."
    assert any("40 boats" in quote.quote for quote in asked.quotes)
    assert found.checker == "fixed"


def test_many_sentences_are_judged_a_batch_at_a_time(library: Library) -> None:
    judge = FixedJudge()
    draft = " ".join(f"By 2027 the Harbour Office, in way {'so' * number}, licenses 40 boats." for number in range(14))
    checked(draft, library, judge)
    assert [len(asked) for asked in judge.asked] == [12, 2]


def test_a_judge_that_fails_leaves_the_verdicts_of_words_and_says_so(library: Library) -> None:
    found = checked("By 2027 the Harbour Office licenses 40 boats.", library, BrokenJudge())
    assert [item.verdict for item in found.sentences] == ["found nearby"]
    assert found.problems == (
        "broken gave no verdicts on some sentences, so words alone were compared: the model wrote nothing.",
    )


def test_a_policy_of_the_government_stands_as_such(library: Library) -> None:
    found = checked("The government will license 40 boats by 2027.", library)
    assert found.sentences[0].verdict == "found nearby"
    assert found.citations[0].authority == "government-policy"


def test_headings_questions_and_greetings_are_no_claims(library: Library) -> None:
    draft = "# Boats\n\nDear all,\n\nEvery licence lasts three years. Who pays for it?\n\nKind regards\n"
    found = checked(draft, library)
    assert [item.verdict for item in found.sentences] == [
        "not a claim",
        "not a claim",
        "verbatim",
        "not a claim",
        "not a claim",
    ]
    assert found.count("not a claim") == 4


def test_quotes_and_sentences_are_exact_and_a_passage_is_cited_once(library: Library) -> None:
    draft = read_bytes(b"Every licence lasts three years. Each licence lasts three years.")
    found = check_draft(draft, "draft.md", library)
    assert [item.citations for item in found.sentences] == [(1,), (1,)]
    (quote,) = found.citations
    assert library.generation.document(quote.document).text[quote.start : quote.end] == quote.quote
    assert [draft.text[item.start : item.end] for item in found.sentences] == [item.text for item in found.sentences]


def test_a_sentence_that_points_back_is_read_with_the_one_before(library: Library) -> None:
    draft = "The Trust recommends that every harbour appoint a tide warden. They should be paid from harbour fees."
    found = checked(draft, library)
    assert "clashes" not in [item.verdict for item in found.sentences]
    assert "harbour fees" in found.citations[found.sentences[1].citations[0] - 1].quote


def test_list_items_and_rows_are_read_with_what_introduces_them(library: Library) -> None:
    items = "Each boat must carry:\n\n- a lamp that burns for nine hours;\n\n"
    found = checked(f"{items}| Port | Grant |\n| --- | --- |\n| Leith | £12m |\n", library)
    verdicts = {item.text: item.verdict for item in found.sentences}
    assert verdicts["Each boat must carry: a lamp that burns for nine hours;"] == "clashes"
    assert verdicts["Port: Leith; Grant: £12m"] == "verbatim"


def test_a_fact_that_another_near_passage_gives_is_no_clash(library: Library) -> None:
    claim = "A licence does not last three years."
    best = replace(find_passages(claim, "", library)[0], nearness=1.0)
    assert compare(claim, [best]).verdict == "clashes"
    figure = "Every licence lasts five years."
    assert compare(figure, [best]).verdict == "clashes"
    other = replace(best, text="Licences for five years are rare.")
    assert compare(figure, [best, other]).verdict == "found nearby"
    assert compare(figure, [replace(best, nearness=SAME_MATTER - 0.01)]).verdict == "found nearby"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("The unit moved to No 10.", True),
        ("Next steps", False),
        ("Thank you for reading this.", False),
        ("Please write by Friday.", False),
        ("Should we join?", False),
        ("Good morning.", False),
    ],
)
def test_claims_are_told_from_the_rest(words: str, expected: bool) -> None:
    assert is_claim(words) is expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Ministers have decided to fund the councils.", True),
        ("It is government policy that every harbour has a warden.", True),
        ("The government should fund the councils.", False),
        ("Demos wants ministers to fund the councils.", False),
        ("Councils will meet each month.", False),
    ],
)
def test_sentences_that_speak_for_the_government_are_found(words: str, expected: bool) -> None:
    assert speaks_for_government(words) is expected


def test_a_draft_of_headings_alone_claims_nothing(library: Library) -> None:
    found = checked("# Boats\n\n## Lamps\n", library)
    assert (found.citations, found.count("not a claim")) == ((), 2)


@pytest.mark.parametrize(
    "sentence",
    [
        f"The office will license {', '.join(f'{number} boats' for number in range(1_000, 1_900))} by 2027.",
        f"The office will license {'9' * 5_000} boats for £{'1' * 5_000}bn by 31 December 99999.",
        "The office has 1e999 boats, 0% of ²³ and ٣٤ of ¾ per cent of zero, and ⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹ lamps.",
        f"The office pays {'9' * 400} in {'9' * 400} and {'9' * 400} out of 10 boats weekly.",
    ],
    ids=["900 numbers", "5,000 digits", "other digits", "beyond floats"],
)
def test_figures_of_any_number_and_size_are_compared(sentence: str, library: Library) -> None:
    assert [item.text for item in checked(sentence, library).sentences] == [sentence]
    assert verify(sentence, "The office will license 40 boats by 2027.").verdict != "supported"
