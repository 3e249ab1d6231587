"""Publications set from summaries, and the judge of the pages that citations name."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from assistant import answering
from assistant.indexing.ingestion import ingest
from assistant.library import open_library
from assistant.models.embedding import SentenceEmbedder
from assistant.reading.markdown.reader import read_markdown
from assistant.records import Answer, Part, Quote, Source
from assistant.settings import load_settings
from assistant.text.speakers import publisher_of
from evals.libraries.paged import print_library
from evals.making.publications import STYLES, Style, publish
from evals.metrics.pages import judge_pages

SOURCE = Source(
    id="harbour-plan",
    title="Harbour plan: Boats and money",
    publisher="Harbour Office",
    published="2024-05",
    authority="government-policy",
    status="current",
    jurisdiction="England",
    licence="Not stated",
    credit="Harbour Office",
    landing_page="https://example.org/harbour",
)
BOATS = [f"Boat {number} carries a lamp and {number + 3} oars of seasoned ash." for number in range(1, 181)]
SUMMARY = f"""# Harbour plan

## Boats {{#boats}}

{" ".join(BOATS)}

## Money {{#money}}

The office will license 40 boats by 2027.[^1] Every licence lasts three years.[^2]

Each boat must carry:

- a lamp that burns for twelve hours;
- two oars of seasoned ash.

| Port | Grant |
| --- | --- |
| Leith | £12m for the administration of the disembarkation of passengers |
| Hull | £30m |

[^1]: Harbour Office, "Boat register", 4 March 2024, https://example.org/register
[^2]: Harbour Office, "Licences", 5 March 2024, https://example.org/licences
"""
LICENCE = "Every licence lasts three years."
REPOSITORY = Path(__file__).parents[2]


def printed(path: Path) -> list[str]:
    """The text of each page as pypdf reads it, in single spaces."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pypdf.PdfReader(path).pages]


def set_in(style: Style, folder: Path) -> Path:
    path = folder / "harbour-plan.pdf"
    publish(read_markdown(SUMMARY.encode()), SOURCE, style, path)
    return path


@pytest.fixture
def publication(tmp_path: Path) -> Path:
    return set_in(STYLES[0], tmp_path)


def cite(quote: str, page: int | None, label: str | None, n: int = 1, part: Part = "body") -> Quote:
    return Quote(
        n=n,
        document=SOURCE.id,
        title=SOURCE.title,
        publisher=SOURCE.publisher,
        published=SOURCE.published,
        speaker=publisher_of(SOURCE),
        document_status=SOURCE.status,
        form="quote",
        part=part,
        section=(),
        page=page,
        page_label=label,
        quote=quote,
        start=0,
        end=len(quote),
        url=SOURCE.landing_page,
    )


def judge(quotes: Sequence[Quote], publication: Path) -> tuple[dict[str, float], str]:
    answer = Answer("", "", "answered", "", (), tuple(quotes), (), (), "extractive", "", "2026-11-01")
    return judge_pages(answer, {SOURCE.id: publication})


def scores(page: float, label: float) -> dict[str, float]:
    return {"page_cited": page, "label_cited": label}


@pytest.mark.parametrize("style", STYLES)
def test_chapters_stand_on_pages_of_their_own_with_the_numbers_of_the_contents(style: Style, tmp_path: Path) -> None:
    path = set_in(replace(style, openers=True), tmp_path)
    pages = printed(path)
    labels = json.loads(path.with_suffix(".json").read_text())["labels"]
    assert len(labels) == len(pages) > 5
    # Cover, imprint and contents come first; the second chapter has the last page to itself.
    assert "Harbour plan" in pages[0]
    assert "Contents" in pages[2]
    assert pages[2].rstrip().endswith("iii")
    assert BOATS[0] in pages[3]
    assert "Boats" in pages[3]
    assert all(words in pages[-1] for words in ("Money", "a lamp that burns", "Hull", "Boat register"))
    assert labels[2:] == ["iii", *(str(number) for number in range(1, len(pages) - 2))]
    assert labels[:2] == (["i", "ii"] if style.labels_in_file else [None, None])
    assert re.search(rf"Boats[ .]+1 Money[ .]+{labels[-1]} ", pages[2])


@pytest.mark.parametrize("style", STYLES)
def test_labels_are_printed_on_every_body_page_and_named_in_the_file_where_the_style_says_so(
    style: Style, tmp_path: Path
) -> None:
    path = set_in(style, tmp_path)
    labels = json.loads(path.with_suffix(".json").read_text())["labels"]
    for text, label in zip(printed(path)[3:], labels[3:], strict=True):
        assert re.search(rf"(?<!\S){label}$|^{label}(?!\S)|(?<!\S){label}(?= )", text)
    reader = pypdf.PdfReader(path)
    assert ("/PageLabels" in reader.root_object) == style.labels_in_file
    if style.labels_in_file:
        assert reader.page_labels == labels


def test_a_publication_set_twice_is_the_same_file(tmp_path: Path) -> None:
    first = set_in(STYLES[2], tmp_path).read_bytes()
    assert set_in(STYLES[2], tmp_path).read_bytes() == first


@pytest.mark.parametrize("style", STYLES)
def test_every_sentence_is_found_on_the_page_where_it_begins(style: Style, tmp_path: Path) -> None:
    path = set_in(style, tmp_path)
    labels = json.loads(path.with_suffix(".json").read_text())["labels"]
    # A sentence may run on behind its first words.
    texts = printed(path)
    for number in range(1, 181, 7):
        page = next(n for n, text in enumerate(texts, 1) if re.search(rf"Boat {number}\b", text))
        found, fault = judge([cite(BOATS[number - 1], page, labels[page - 1])], path)
        assert (found, fault) == (scores(1, 1), "")


@pytest.mark.parametrize(
    "quote",
    [
        "The office will license 40 boats by 2027. Every licence lasts three years.",
        "Each boat must carry:\n\na lamp that burns for twelve hours;\ntwo oars of seasoned ash.",
        "Leith | £12m for the administration of the disembarkation of passengers\nHull | £30m",
        "Port | Grant",
    ],
    ids=["over note marks", "list", "rows", "header"],
)
def test_quotes_are_found_however_they_are_set(quote: str, publication: Path) -> None:
    last = len(printed(publication))
    assert judge([cite(quote, last, str(last - 3))], publication) == (scores(1, 1), "")


def test_a_quote_that_runs_on_belongs_to_the_page_where_it_begins(publication: Path) -> None:
    texts = printed(publication)
    first, second = texts[3], texts[4]
    number = next(n for n in range(1, 180) if BOATS[n] not in first)
    across = " ".join(BOATS[number - 1 : number + 2])
    assert BOATS[number - 1] in first
    assert BOATS[number + 1] in second
    assert judge([cite(across, 4, "1")], publication)[0] == scores(1, 1)
    assert judge([cite(across, 5, "2")], publication)[0] == scores(0, 1)
    assert judge([cite(across, 3, "iii")], publication)[0] == scores(0, 1)


def test_a_wrong_page_a_wrong_label_and_no_page_count_nothing(publication: Path) -> None:
    last = len(printed(publication))
    label = str(last - 3)
    for page, given, expected in (
        (last, label, scores(1, 1)),
        (last - 1, str(last - 4), scores(0, 1)),
        (last - 1, label, scores(0, 0)),
        (last, str(last), scores(1, 0)),
        (last, None, scores(1, 0)),
        (None, None, scores(0, 0)),
        (0, None, scores(0, 0)),
        (last + 1, None, scores(0, 0)),
    ):
        found, fault = judge([cite(LICENCE, page, given)], publication)
        assert found == expected, (page, given)
        assert (f"page {last} (label {label})" in fault) == (expected != scores(1, 1))


def test_words_torn_in_two_stand_on_no_page(publication: Path) -> None:
    last = len(printed(publication))
    found, fault = judge([cite("Every lic- ence lasts three years.", last, str(last - 3))], publication)
    assert found == scores(0, 1)
    assert "on no page" in fault


def test_scores_are_shares_of_the_citations_that_have_pages(publication: Path) -> None:
    last = len(printed(publication))
    right = cite(LICENCE, last, str(last - 3))
    wrong = cite(LICENCE, None, None, n=2)
    register = cite("Anything", None, None, n=3, part="precedents")
    elsewhere = replace(cite("Anything", None, None, n=4), document="tide-report")
    assert judge([right, wrong, register, elsewhere], publication)[0] == scores(0.5, 0.5)
    assert judge([register, elsewhere], publication) == ({}, "")


@pytest.mark.slow
def test_answers_from_a_real_summary_cite_its_pages(tmp_path: Path) -> None:
    name = "plan-for-change"
    catalogue = (REPOSITORY / "corpus" / "catalogue.toml").read_text(encoding="utf-8")
    entry = next(part for part in catalogue.split("[[document]]") if f'id = "{name}"' in part)
    corpus = tmp_path / "corpus"
    (corpus / "digests").mkdir(parents=True)
    (corpus / "catalogue.toml").write_text(f"[[document]]{entry}", encoding="utf-8")
    shutil.copy(REPOSITORY / "corpus" / "digests" / f"{name}.md", corpus / "digests")
    print_library(corpus, tmp_path / "publications")
    settings = load_settings(corpus=corpus, index={"folder": tmp_path / "indexes"})
    assert ingest(settings, SentenceEmbedder(settings.embedding)).left_out == {}
    library = open_library(settings)
    for question in (
        "How much clean power is there to be by 2030?",
        "What are the three foundations?",
        "How many homes are to be built?",
        "How are the missions measured?",
    ):
        answer = answering.ask(library, question)
        found = judge_pages(answer, {name: tmp_path / "publications" / f"{name}.pdf"})
        assert found == (scores(1, 1), ""), question
    library.generation.close()
