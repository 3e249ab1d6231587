"""Superseded and withdrawn documents: the one in force first, a warning beside the other, the library as at a date."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant import answering
from assistant.cli import main
from assistant.errors import AssistantError, CatalogueError
from assistant.json_records import answer_record
from assistant.library import Library
from assistant.search.retrieval import Filters
from assistant.settings import Settings
from assistant.sources.catalogue import add_file, load_catalogue
from assistant.sources.succession import latest_successor, sources_as_at
from assistant.text.dates import first_and_last_day
from assistant.web.evidence import evidence_html
from tests.library_making import CATALOGUE, index_library, make_library, open_library

EARLIER = """
[[document]]
id = "harbour-plan-2022"
title = "Harbour statement"
publisher = "Harbour Office"
published = "2022-03-01"
authority = "government-policy"
status = "superseded"
superseded_by = "harbour-plan"
jurisdiction = "England"
licence = "Open Government Licence v3.0"
credit = "Harbour Office"
summary = "summaries/harbour-plan-2022.md"
"""
WORDS = """# Harbour statement {#harbour-statement}

## Boats {#boats}

The office will license 25 boats by 2025. Every licence lasts two years. Lanterns must be painted green by hand.
"""
HOW_MANY = "How many boats will the office license?"
REPLACED = (
    "Harbour statement (Harbour Office, 2022-03-01) has been superseded by Harbour plan (Harbour Office, 2024-05-01)."
)


def with_earlier(folder: Path, entry: str = EARLIER) -> Settings:
    settings = make_library(folder)
    (settings.corpus / "catalogue.toml").write_text(CATALOGUE + entry, encoding="utf-8")
    (settings.corpus / "summaries" / "harbour-plan-2022.md").write_text(WORDS, encoding="utf-8")
    return settings


Open = Callable[[str], Library]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the library with an entry for the earlier statement."""
    assistants: list[Library] = []

    def open_with(entry: str = EARLIER) -> Library:
        settings = with_earlier(tmp_path, entry)
        index_library(settings)
        assistants.append(open_library(settings))
        return assistants[-1]

    yield open_with
    for library in assistants:
        library.generation.close()


def test_the_one_in_force_answers_and_the_earlier_one_ranks_below(opened: Open) -> None:
    library = opened(EARLIER)
    answer = answering.ask(library, HOW_MANY)
    assert "40 boats" in answer.answer
    assert "25 boats" not in answer.answer
    assert answer.warnings == ()
    for found in (answer.retrieved, answering.search(library, HOW_MANY)):
        first = [next(item.rank for item in found if item.chunk.document == name) for name in HARBOUR]
        assert first == sorted(first)
        assert [item.rank for item in found] == list(range(1, len(found) + 1))
        scores = [item.score for item in found]
        assert scores == sorted(scores, reverse=True)


HARBOUR = ("harbour-plan", "harbour-plan-2022")


@pytest.mark.parametrize(
    "question",
    [
        "How many boats did the earlier statement want to license?",
        "How many boats did the Harbour statement want to license?",
        "How many boats was the office to license in 2022?",
    ],
    ids=["earlier", "title", "year"],
)
def test_a_question_after_the_earlier_one_gets_it_with_a_warning(opened: Open, question: str) -> None:
    answer = answering.ask(opened(EARLIER), question)
    assert "25 boats" in answer.answer
    assert "superseded" in answer.answer
    assert answer.warnings == (REPLACED,)
    assert answer_record(answer)["warnings"] == [REPLACED]


def test_what_only_the_earlier_one_says_is_given_with_a_warning(opened: Open) -> None:
    library = opened(EARLIER)
    answer = answering.ask(library, "Which lanterns must be painted green by hand?")
    assert "painted green" in answer.answer
    assert answer.warnings == (REPLACED,)
    assert REPLACED in evidence_html(answer, library)


def test_a_filter_on_the_earlier_one_is_kept_to(opened: Open) -> None:
    answer = answering.ask(opened(EARLIER), HOW_MANY, Filters(documents=("harbour-plan-2022",)))
    assert "25 boats" in answer.answer
    assert answer.warnings == (REPLACED,)


@pytest.mark.parametrize("as_at", ["2022", "2023-06", "2024-04-30"])
def test_as_at_a_date_the_earlier_one_is_in_force(opened: Open, as_at: str) -> None:
    library = opened(EARLIER)
    answer = answering.ask(library, HOW_MANY, as_at=as_at)
    assert "25 boats" in answer.answer
    assert (answer.as_at, answer.documents_searched) == (as_at, ("harbour-plan-2022",))
    assert answer.warnings == ()
    assert {quote.document_status for quote in answer.citations} == {"current"}
    assert {item.chunk.document for item in answering.search(library, HOW_MANY, as_at=as_at)} == {"harbour-plan-2022"}
    assert answering.ask(library, HOW_MANY, Filters(statuses=("current",)), as_at=as_at).status == "answered"
    assert answering.ask(library, HOW_MANY, Filters(statuses=("superseded",)), as_at=as_at).documents_searched == ()


def test_as_at_a_date_an_entry_of_a_register_may_tell_of_later(tmp_path: Path) -> None:
    """A summary says only what its document says; a register is kept up to date."""
    settings = make_library(tmp_path)
    index_library(settings)
    with (library := open_library(settings)).generation:
        answer = answering.ask(library, "What came of the Hull lamp scheme?", as_at="2024-06")
        told = "The register on Harbour plan may tell of what came after 2024-06."
        assert [quote.part for quote in answer.citations] == ["precedents"]
        assert answer.warnings == (told,)
        assert answering.ask(library, "What came of the Hull lamp scheme?").warnings == ()


def test_from_the_day_of_its_successor_on_it_is_not(opened: Open) -> None:
    answer = answering.ask(opened(EARLIER), HOW_MANY, as_at="2024-05-01")
    assert "40 boats" in answer.answer
    assert "25 boats" not in answer.answer
    assert answer.documents_searched == ("harbour-plan", "harbour-plan-2022")


def test_before_every_document_nothing_is_searched(opened: Open) -> None:
    answer = answering.ask(opened(EARLIER), HOW_MANY, as_at="2019")
    assert (answer.status, answer.retrieved, answer.documents_searched) == ("not-in-library", (), ())
    assert "the filters and the date leave no document to search" in answer.answer


def test_a_wrong_date_is_named(opened: Open) -> None:
    with pytest.raises(
        AssistantError, match=r"'2024-13' is not a date. Enter a date like 2025, 2025-03 or 2025-03-07\."
    ):
        answering.ask(opened(EARLIER), HOW_MANY, as_at="2024-13")


def test_a_withdrawn_document_is_warned_of(opened: Open) -> None:
    entry = EARLIER.replace('"superseded"', '"withdrawn"').replace('superseded_by = "harbour-plan"\n', "")
    answer = answering.ask(opened(entry), "Which lanterns must be painted green by hand?")
    assert answer.warnings == ("Harbour statement (Harbour Office, 2022-03-01) has been withdrawn.",)


def test_a_successor_outside_the_library_is_named_by_its_title(opened: Open) -> None:
    entry = EARLIER.replace('"harbour-plan"', '"The Harbours Act 2023"')
    answer = answering.ask(opened(entry), "Which lanterns must be painted green by hand?")
    assert answer.warnings[0].endswith("has been superseded by The Harbours Act 2023.")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'superseded_by = "harbour-plan"',
            'superseded_by = "harbor-plan"',
            r"entry harbour-plan-2022, field superseded_by: found 'harbor-plan'; which is no id of the library; "
            r"it holds: harbour-plan, harbour-plan-2022, tide-report\. Of a document that it does not hold, write the "
            r"title",
        ),
        ('superseded_by = "harbour-plan"', 'superseded_by = "harbour-plan-2022"', r"cannot supersede itself"),
        ('status = "superseded"', 'status = "current"', r"field status: found 'current'; yet superseded_by names"),
        (
            'superseded_by = "harbour-plan"',
            'superseded_by = "harbour-plan"\nsupersedes = ["harbour-plan"]',
            r"the succession runs in a circle: harbour-plan → harbour-plan-2022",
        ),
        ('"2022-03-01"', '"2025"', r"published before it \(2024-05-01, 2025\)"),
        (
            'superseded_by = "harbour-plan"',
            'superseded_by = "harbour-plan"\nsupersedes = ["tide-reports"]',
            r"field supersedes: found 'tide-reports'",
        ),
    ],
    ids=["unknown", "itself", "status", "circle", "back-in-time", "unknown-older"],
)
def test_a_wrong_succession_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    settings = with_earlier(tmp_path, EARLIER.replace(old, new))
    with pytest.raises(CatalogueError, match=message):
        load_catalogue(settings.corpus)


def test_two_successors_contradict_each_other(tmp_path: Path) -> None:
    settings = with_earlier(tmp_path)
    path = settings.corpus / "catalogue.toml"
    words = path.read_text(encoding="utf-8").replace(
        'id = "tide-report"', 'id = "tide-report"\nsupersedes = ["harbour-plan-2022"]'
    )
    path.write_text(words, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"found 'harbour-plan'; yet 'tide-report' says that it supersedes it"):
        load_catalogue(settings.corpus)


def test_an_added_document_supersedes_one_of_the_library(tmp_path: Path) -> None:
    settings = make_library(tmp_path)
    file = tmp_path / "new.md"
    file.write_text("# Harbour plan 2026\n\nThe office will license 60 boats by 2029.\n", encoding="utf-8")
    described = {
        "title": "Harbour plan 2026",
        "publisher": "Harbour Office",
        "published": "2026-01",
        "authority": "guidance",
    }
    with pytest.raises(CatalogueError, match=r"found 'harbor-plan'; which is no id of the library"):
        add_file(file, settings.corpus, **described, supersedes=("harbor-plan",))
    assert len(load_catalogue(settings.corpus)) == 2
    assert add_file(file, settings.corpus, **described, supersedes=("harbour-plan",)).supersedes == ("harbour-plan",)
    sources = {source.id: source for source in load_catalogue(settings.corpus)}
    assert (sources["harbour-plan"].status, sources["harbour-plan"].superseded_by) == (
        "superseded",
        "harbour-plan-2026",
    )
    index_library(settings)
    library = open_library(settings)
    try:
        assert "60 boats" in answering.ask(library, HOW_MANY).answer
        assert "40 boats" not in answering.ask(library, HOW_MANY).answer
        assert "40 boats" in answering.ask(library, HOW_MANY, as_at="2025").answer
    finally:
        library.generation.close()


def test_a_line_of_successors_leads_to_the_last_one_of_the_date(tmp_path: Path) -> None:
    settings = with_earlier(tmp_path)
    path = settings.corpus / "catalogue.toml"
    words = path.read_text(encoding="utf-8").replace(
        'id = "tide-report"', 'id = "tide-report"\nsupersedes = ["harbour-plan"]'
    )
    path.write_text(words, encoding="utf-8")
    sources = {source.id: source for source in load_catalogue(settings.corpus)}
    now, then = sources_as_at(sources, "2026"), sources_as_at(sources, "2024")
    assert [latest_successor(now[name], now).id for name in HARBOUR] == ["tide-report", "tide-report"]  # type: ignore[union-attr]
    assert latest_successor(then["harbour-plan"], then) is None
    assert then["harbour-plan"].status == "current"
    assert then["harbour-plan-2022"].status == "superseded"


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2024", ("2024-01-01", "2024-12-31")),
        ("2023-02", ("2023-02-01", "2023-02-28")),
        ("2024-06-01", ("2024-06-01",) * 2),
    ],
)
def test_a_date_has_a_first_and_a_last_day(value: str, days: tuple[str, str]) -> None:
    assert first_and_last_day(value) == days


@pytest.mark.parametrize("value", ["", "24", "2024-6", "2024-02-30", "2024-06-01-02", "June 2024", "٢٠٢٤"])
def test_what_is_no_date_is_refused(value: str) -> None:
    with pytest.raises(AssistantError, match="is not a date"):
        first_and_last_day(value)


@pytest.mark.slow
def test_the_commands_ask_as_at_a_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = with_earlier(tmp_path)
    monkeypatch.setenv("STEWARD_CORPUS", str(settings.corpus))
    monkeypatch.setenv("STEWARD_INDEX__FOLDER", str(settings.index.folder))
    newer = tmp_path / "newer.md"
    newer.write_text("# Tide rules\n\nWardens are paid from a levy on boats.\n", encoding="utf-8")

    def run(*arguments: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert not ended.value.code
        return capsys.readouterr().out

    options = ("--title", "Tide rules", "--publisher", "Tide Trust", "--published", "2026", "--authority", "guidance")
    run("add", str(newer), *options, "--supersedes", "tide-report")
    run("ingest")
    out = run("ask", HOW_MANY, "--as-at", "2023-01")
    assert "25 boats" in out
    assert "As at 2023-01." in out
    assert f"Note: {REPLACED}" in run("ask", "How many boats did the earlier statement license?")
    found = json.loads(run("search", "who pays the wardens", "--json"))
    order = [item["document"] for item in found]
    assert order.index("tide-rules") < order.index("tide-report")
    found = json.loads(run("search", "who pays the wardens", "--as-at", "2025-12-31", "--json"))
    assert "tide-rules" not in {item["document"] for item in found}
