"""The altered quotes: each way to alter a sentence, and the committed set against a fresh run."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from evals.cases import CaseError, load_splits
from evals.claims import SUPPORTED_KINDS, UNSUPPORTED_KINDS, AlteredQuote, load_altered_quotes
from evals.libraries.shipped import open_shipped_library
from evals.making.alterations.change import Alteration, either, stands_in, with_article
from evals.making.alterations.dates import date
from evals.making.alterations.figures import bound, figure
from evals.making.alterations.force import modality, quantifier
from evals.making.alterations.names import name, place
from evals.making.alterations.negation import is_imperative, negation
from evals.making.alterations.paraphrase import light_paraphrase, short_forms_of
from evals.making.alterations.sources import attribution, halves, other_passage, splice
from evals.making.alterations.units import unit
from evals.making.altered_quotes import FILE, as_lines, make_altered_quotes, prose_sentences
from tests.library_making import shipped_library

QUOTES = load_altered_quotes()


def claim(alteration: Alteration | None) -> str:
    assert alteration is not None
    return alteration.claim


# Figures, dates, units


def test_a_figure_is_replaced_by_one_that_the_context_does_not_hold() -> None:
    sentence = "The fund holds £40 million for the harbour."
    found = claim(figure(sentence, sentence + " Others hold £60 million or £20 million."))
    assert re.fullmatch(r"The fund holds £\d+ million for the harbour\.", found)
    assert not {"£40", "£60", "£20"} & set(found.split())


@pytest.mark.parametrize(
    ("sentence", "rises"),
    [
        ("It must have had a mayor for at least 18 months.", True),
        ("Some let staff request up to 30 days.", False),
        ("The working size is 500,000 residents or more.", True),
    ],
    ids=["at least", "up to", "or more"],
)
def test_a_bound_is_never_widened(sentence: str, rises: bool) -> None:
    """A wider bound would still be true."""
    number = re.compile(r"\d[\d,]*")
    old, new = (
        int(found.group().replace(",", ""))
        for text in (sentence, claim(figure(sentence, sentence)))
        for found in [number.search(text)]
        if found
    )
    assert (new > old) == rises


@pytest.mark.parametrize(
    "sentence",
    [
        "No. 10 leads.",
        "Section 13 of the Act applies.",
        "It is in PPN 015.",
        "It began on 12 May 2024.",
        "The 10 Year Health Plan stands.",
    ],
)
def test_numbers_that_only_name_something_are_left(sentence: str) -> None:
    assert figure(sentence, sentence) is None


def test_bound_tells_lower_from_upper() -> None:
    sentence = "It costs over £5 million and takes up to 3 years, or 7 in all."
    assert [bound(sentence, *found.span()) for found in re.finditer(r"\d", sentence)] == [1, -1, 0]


def test_a_date_moves_or_changes_sides() -> None:
    sentence = "The plan was published in March 2024."
    found = claim(date(sentence, sentence))
    assert found != sentence
    assert re.fullmatch(r"The plan was published in [A-Z][a-z]+ 20\d\d\.", found)
    after = claim(date("Homes are to be built by 2028.", "Homes are to be built by 2028."))
    assert after in {"Homes are to be built after 2028."} | {
        f"Homes are to be built by {year}." for year in (2025, 2026, 2027)
    }


def test_both_ends_of_a_financial_year_move() -> None:
    found = re.search(r"(\d{4})-(\d\d)", claim(date("It was paid in 2009-10.", "It was paid in 2009-10.")))
    assert found is not None
    assert int(found[1]) % 100 + 1 == int(found[2])


def test_years_in_the_names_of_acts_are_left() -> None:
    assert date("The Procurement Act 2023 applies to the 2026 Order.", "") is None


@pytest.mark.parametrize(
    ("sentence", "altered"),
    [
        ("The accounts took 18 months.", {"18 years.", "18 weeks."}),
        ("The accounts took at least 18 months.", {"18 years."}),
        ("In all 40% of the replies were late.", {"all 40 of the replies"}),
        ("The council meets every quarter.", {"every year"}),
    ],
    ids=["length", "bound", "share", "frequency"],
)
def test_a_unit_is_replaced(sentence: str, altered: set[str]) -> None:
    found = claim(unit(sentence, sentence))
    assert any(words in found for words in altered)


# Names


def test_a_name_becomes_one_of_its_sort() -> None:
    sentence = "The Institute for Government warned that trust is easily lost."
    found = claim(name(sentence, sentence))
    assert re.fullmatch(r"The [A-Z][\w' ]+ warned that trust is easily lost\.", found)
    assert "Institute for Government" not in found


def test_a_name_of_the_context_is_not_taken() -> None:
    sentence = "Germany trails, and so does the CBI."
    assert name(sentence, sentence + " The TUC agrees.") is None


def test_longer_names_are_not_cut_up() -> None:
    assert place("The Bank of England and the Greater London Authority agreed.", "") is None


def test_a_place_becomes_one_of_its_sort() -> None:
    found = claim(place("Surrey starts on 1 April.", "Surrey starts on 1 April."))
    assert found in {f"{other} starts on 1 April." for other in ("Kent", "Lancashire", "Essex", "Cumbria")}


# Negation, modal words, quantifiers


@pytest.mark.parametrize(
    ("sentence", "negated"),
    [
        ("The plan is ready.", "The plan is not ready."),
        ("Councils can act on it.", "Councils cannot act on it."),
        ("Demos welcomes the plan.", "Demos does not welcome the plan."),
        ("Ministers launched the fund in May.", "Ministers did not launch the fund in May."),
        ("Publish a summary of each meeting.", "Do not publish a summary of each meeting."),
        ("It does not replace the appraisal.", "It replaces the appraisal."),
        ("Ministers did not ask for replies.", "Ministers asked for replies."),
        ("It is a guide and not a rule.", "It is a guide and a rule."),
        ("No area managed a single bid.", "Every area managed a single bid."),
    ],
)
def test_negation_is_put_in_or_taken_out(sentence: str, negated: str) -> None:
    assert claim(negation(sentence, sentence)) == negated


@pytest.mark.parametrize(
    "sentence",
    ["It is neither new nor old.", "Nothing moves until the vote is held.", "Growth is slow, but it has begun."],
)
def test_sentences_that_would_read_oddly_are_not_negated(sentence: str) -> None:
    assert negation(sentence, sentence) is None


def test_is_imperative_knows_nouns_that_look_like_verbs() -> None:
    assert is_imperative("Offer roles that are short.")
    assert not is_imperative("Work on opinion concerns two groups.")


@pytest.mark.parametrize(
    ("sentence", "forces"),
    [
        ("Councils must consult.", {"may", "need not", "should"}),
        ("The Treasury should pay.", {"must", "may", "need not", "will"}),
        ("Authorities may opt in.", {"must", "should"}),
        ("Authorities are expected to opt in.", {"are required to"}),
    ],
)
def test_a_modal_word_becomes_one_of_other_force(sentence: str, forces: set[str]) -> None:
    assert any(f" {force} " in claim(modality(sentence, sentence)) for force in forces)


def test_questions_and_conditions_keep_their_modal_words() -> None:
    assert modality("They asked whether it should pay.", "") is None


@pytest.mark.parametrize(
    ("sentence", "altered"),
    [
        ("Some councils reported it.", "All councils reported it."),
        ("Every part of it gets a mayor.", "Not every part of it gets a mayor."),
        ("It needs at least £5 million.", "It needs at most £5 million."),
        ("Nearly half of councils agreed.", "Far more than half of councils agreed."),
        ("They seldom agree.", "They often agree."),
    ],
)
def test_a_quantifier_is_replaced(sentence: str, altered: str) -> None:
    assert claim(quantifier(sentence, sentence)) == altered


def test_all_is_not_put_before_a_negation() -> None:
    """ "All have not been mended" may mean that some have."""
    assert quantifier("Many problems have not been mended.", "") is None


# Sources


def test_a_proposal_becomes_government_policy() -> None:
    found = claim(attribution("Publish a summary of each meeting.", "", "independent-proposal"))
    assert found.endswith(" publish a summary of each meeting.")
    assert "overnment" in found or "Ministers" in found
    assert (
        claim(attribution("Demos wants a new unit.", "", "independent-proposal"))
        == "The government requires a new unit."
    )


def test_a_policy_becomes_a_proposal_unless_the_context_speaks_of_demos() -> None:
    sentence = "The reservation must be stated in the advertisement."
    found = claim(attribution(sentence, sentence, "government-policy"))
    assert re.fullmatch(r"Demos \w+ that the reservation should be stated in the advertisement\.", found)
    assert attribution(sentence, f"{sentence} Demos agrees.", "government-policy") is None


def test_halves_are_clauses() -> None:
    assert halves("The fund was large, but the council spent it.") == (
        "The fund was large",
        ", but ",
        "the council spent it.",
    )
    assert halves("The fund covers roads, bridges and harbours.") is None


def test_a_splice_takes_the_second_half_of_another_sentence() -> None:
    sentence, other = "The fund was large, but the council spent it.", "The bids were late, and the harbour was closed."
    assert claim(splice(sentence, sentence, [other])) == "The fund was large, but the harbour was closed."
    assert splice(sentence, f"{sentence} The harbour was closed.", [other]) is None


def test_another_passage_is_on_a_like_subject_and_stands_alone() -> None:
    context = "The council closed the harbour in May because of the storm and the cost of repair."
    near, far = "The council opened parks, pools and a library.", "Trains were late."
    assert claim(other_passage("", context, ["They closed the harbour.", near, far])) == near
    assert other_passage("", context, [far, context]) is None


# Paraphrase


@pytest.mark.parametrize(
    ("sentence", "paraphrase"),
    [
        ("It was published on 4 March 2025.", None),
        ("Councils and charities saw about £5 million spent.", None),
        (
            "Roughly £5 million in all was set aside, for instance for roads.",
            "About £5m in all was set aside, for example for roads.",
        ),
        (
            "The NAO found 5% in all, chiefly in towns.",
            "The National Audit Office found 5 per cent in all, mainly in towns.",
        ),
        (
            "A large contractor entered liquidation in January 2018.",
            "In January 2018, a large contractor went into liquidation.",
        ),
    ],
)
def test_light_paraphrases(sentence: str, paraphrase: str | None) -> None:
    found = light_paraphrase(sentence, {"NAO": "National Audit Office"})
    if paraphrase is not None:
        assert claim(found) == paraphrase
    elif found is not None:
        assert found.claim != sentence


def test_short_forms_are_read_from_the_text() -> None:
    text = "The Department for Culture, Media and Sport (DCMS) and the Institute for Government (IfG) met (May 2024)."
    assert short_forms_of(text) == {
        "DCMS": "Department for Culture, Media and Sport",
        "IfG": "Institute for Government",
    }


# What they share


def test_articles_fit_the_sound() -> None:
    assert [with_article("A ", word) for word in ("£11 fund", "£15 fund", "NHS plan", "unit", "one-year plan")] == [
        "An £11 fund", "A £15 fund", "An NHS plan", "A unit", "A one-year plan",
    ]  # fmt: skip


def test_stands_in_finds_whole_words_only() -> None:
    assert stands_in("5", "It cost £5.")
    assert not any(stands_in("5", text) for text in ("1.5 million", "5.2 million", "15", "2025"))


def test_either_parts_at_spaces_or_slashes() -> None:
    assert re.fullmatch(either("at least / over"), "at least")
    assert re.fullmatch(either("is are"), "are")


def test_fragments_and_register_fields_are_no_prose() -> None:
    passage = "Organisation: Cabinet Office; Place: Whitehall; Period: since May 2024; Outcome: mixed."
    assert list(prose_sentences(passage)) == []
    assert list(prose_sentences("2. The office will license forty boats by the year 2027.")) == [
        "The office will license forty boats by the year 2027."
    ]


# The set


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> list[AlteredQuote]:
    """The set made again from the shipped corpus."""
    shipped = open_shipped_library(shipped_library(tmp_path_factory.mktemp("shipped") / "indexes"))
    with shipped.generation as generation:
        return make_altered_quotes(generation, load_splits())


@pytest.mark.timeout(900)
def test_the_committed_file_equals_a_fresh_run(fresh: list[AlteredQuote]) -> None:
    assert as_lines(fresh) == FILE.read_text(encoding="utf-8")


def test_every_kind_is_there_often_enough_and_in_both_splits() -> None:
    counts = Counter(quote.kind for quote in QUOTES)
    assert len(QUOTES) >= 1500
    assert all(counts[kind] >= 250 for kind in SUPPORTED_KINDS)
    assert all(counts[kind] >= 80 for kind in UNSUPPORTED_KINDS)
    splits = Counter((quote.kind, quote.split) for quote in QUOTES)
    assert min(splits[kind, split] for kind in counts for split in ("dev", "test")) >= 20


def test_sections_keep_their_split() -> None:
    splits = load_splits()
    assert all(quote.split == splits.of(quote.document, quote.section) for quote in QUOTES)


def test_no_altered_claim_is_the_original_or_stands_in_its_context() -> None:
    def words(text: str) -> str:
        return f" {' '.join(re.findall(r'[a-z0-9£€%]+', text.lower()))} "

    for quote in QUOTES:
        if quote.kind != "verbatim":
            assert quote.claim != quote.original
            assert words(quote.claim) not in words(quote.context)


def test_every_supported_claim_keeps_figures_negations_and_modal_words() -> None:
    kept = re.compile(
        r"\d[\d.,]*\d|\d|\b(?:not|no|never|nor|neither|none|cannot|without|must|should|will|would|may|might|can|could|shall|need)\b"
    )
    for quote in QUOTES:
        if quote.supported:
            assert Counter(kept.findall(quote.claim.lower())) == Counter(kept.findall(quote.original.lower())), quote.id


def test_one_alteration_per_sentence_and_kind() -> None:
    assert max(Counter((quote.kind, quote.original) for quote in QUOTES).values()) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"supported": False}, "goes with supported"),
        ({"original": "Somewhere else entirely."}, "must stand in the context"),
        ({"altered": "5 → 6"}, "nothing altered"),
        ({"kind": "figure", "supported": False}, "must not stand in the context"),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(tmp_path: Path, change: dict[str, object], message: str) -> None:
    quote = next(quote for quote in QUOTES if quote.kind == "verbatim")
    file = tmp_path / "quotes.jsonl"
    file.write_text(quote.model_copy(update=change).model_dump_json() + "\n", encoding="utf-8")
    with pytest.raises(CaseError, match=message):
        load_altered_quotes(file)
