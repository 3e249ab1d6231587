"""The tabs Compare and Check a draft: asked as the app asks them, and their pages as a browser reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import httpx
import pytest
from gradio_client import Client, handle_file
from lxml import html

from assistant.answering import Assistant
from assistant.comparison import compare_documents
from assistant.drafts import check_draft
from assistant.ingestion import ingest
from assistant.reading import read_bytes
from assistant.records import Footnote, Reason
from assistant.web.app import build_app
from assistant.web.check_tab import MOST_CHARACTERS, check_html
from assistant.web.compare_tab import TOPIC_CHARACTERS, comparison_html
from evals.poison import FILES
from tests.embedders import HashEmbedder
from tests.library_making import make_library, open_library

BOTH = ["harbour-plan", "tide-report"]
HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    '"><img src=x onerror=alert(1)>',
    "${alert(1)} {{value}}",
    "https://example.org/bait",
)
ELEMENTS = frozenset(
    "a article blockquote caption div h2 h3 li mark ol p section span strong table tbody td th thead tr ul".split()
)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """The small library, in which a sentence of the plan holds markup."""
    settings = make_library(tmp_path_factory.mktemp("library"))
    briefing = settings.corpus / "briefings" / "harbour-plan.md"
    words = briefing.read_text(encoding="utf-8").replace("40 boats", "40 &lt;script&gt;alert(1)&lt;/script&gt; boats")
    briefing.write_text(words, encoding="utf-8")
    ingest(settings, HashEmbedder())
    opened = open_library(settings)
    yield opened
    opened.generation.close()


def endpoint(name: str, assistant: Assistant) -> Callable[..., str]:
    (function,) = [item for item in build_app(lambda: assistant).fns.values() if item.api_name == name]
    assert function.api_visibility == "public"
    return function.fn  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def compare(assistant: Assistant) -> Callable[..., str]:
    return endpoint("compare", assistant)


@pytest.fixture(scope="module")
def check(assistant: Assistant) -> Callable[..., str]:
    return endpoint("check", assistant)


def parsed(page: str) -> Any:
    """The page's tree; it holds elements of ours alone, and links to its own cards or the catalogue's pages."""
    tree = html.fragment_fromstring(page, create_parent="div")
    assert {element.tag for element in tree.iter()} <= ELEMENTS
    ids = {element.get("id") for element in tree.iter("article")}
    for link in tree.iter("a"):
        target = link.get("href")
        assert target in ("https://example.org/harbour", "https://example.org/tide") or target.removeprefix("#") in ids
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    return tree


def words_of(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def test_the_table_has_a_row_a_theme_and_a_cell_a_document(compare: Callable[..., str]) -> None:
    (table,) = parsed(compare("boats", BOTH)).iter("table")
    assert words_of(table.find("caption")) == "What 2 documents say on “boats”"
    heads = [words_of(head) for head in table.iterfind("thead/tr/th[@scope='col']")]
    assert heads == [
        "Theme",
        "Harbour Office: Harbour plan Government policy, 2024-05-01",
        "Tide Trust: Tide report Independent proposal, 2025-02",
    ]
    for row in table.iterfind("tbody/tr"):
        assert [cell.tag for cell in row] == ["th", "td", "td"]
        assert row[0].get("scope") == "row"
    plan, report = table.iterfind("tbody/tr[1]/td")
    assert words_of(plan).startswith("Harbour Office , Harbour plan , government policy “")
    assert words_of(report) == "Tide Trust , Tide report , independent proposal Not addressed"


def test_a_cells_number_leads_to_the_card_of_its_exact_quote(assistant: Assistant) -> None:
    comparison = compare_documents("boats", BOTH, assistant)
    tree = parsed(comparison_html(comparison, assistant.generation))
    cells = list(tree.iterfind(".//td[blockquote]"))
    assert cells
    for cell in cells:
        link = cell.find(".//a")
        (card,) = tree.iterfind(f".//article[@id='{link.get('href')[1:]}']")
        quote = card.find(".//mark").text_content()
        assert f"“{quote}”" in cell.find("blockquote").text_content()
        assert quote in [item.quote for item in comparison.citations]
        assert "overnment policy" in words_of(card)


def test_a_row_of_a_table_is_read_behind_its_columns_titles(compare: Callable[..., str]) -> None:
    page = words_of(parsed(compare("grant Leith", BOTH)))
    assert "Port: Leith; Grant: £12m" in page
    assert "“Leith | £12m”" in page


def test_a_topic_that_nobody_addresses_is_said_to_be_such(compare: Callable[..., str]) -> None:
    tree = parsed(compare("polar bears", BOTH))
    assert "None of these documents addresses the topic." in words_of(tree)
    assert [words_of(cell).endswith("Not addressed") for cell in tree.iter("td")] == [True, True]
    assert not list(tree.iter("article"))


@pytest.mark.parametrize(
    ("topic", "documents", "sentence"),
    [
        ("", BOTH, "Give a topic, in a few words."),
        (" \n", BOTH, "Give a topic, in a few words."),
        (None, BOTH, "Give a topic, in a few words."),
        ("boats", [], "Choose two documents or more."),
        ("boats", None, "Choose two documents or more."),
        ("boats", ["tide-report"], "Choose two documents or more."),
        ("boats", ["tide-report", "tide-report"], "Choose two documents or more."),
        ("b" * (TOPIC_CHARACTERS + 1), BOTH, f"The topic has {TOPIC_CHARACTERS + 1} characters"),
        ("boats", ["tide-report", "<b>log"], "No document '<b>log' in the library"),
    ],
)
def test_what_cannot_be_compared_costs_one_sentence(
    topic: Any, documents: Any, sentence: str, compare: Callable[..., str]
) -> None:
    (alert,) = parsed(compare(topic, documents))
    assert alert.get("role") == "alert"
    assert alert.text_content().startswith(sentence)


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_topic_or_a_source_become_markup_or_a_link(words: str, assistant: Assistant) -> None:
    comparison = compare_documents("boats", BOTH, assistant)
    (quote, *_) = comparison.citations
    note = Footnote("1", words, url="javascript:alert(1)" if words.startswith("<") else "https://example.org/bait")
    hostile = replace(
        comparison,
        topic=words,
        documents=tuple(replace(item, title=words, publisher=words) for item in comparison.documents),
        themes=tuple(
            replace(
                row,
                theme=words,
                cells=tuple(replace(cell, text=words) if cell.citation else cell for cell in row.cells),
            )
            for row in comparison.themes
        ),
        citations=(replace(quote, quote=words, title=words, section=(words,), footnotes=(note,), page_label=words),),
    )
    hostile = replace(hostile, themes=hostile.themes[:1])
    tree = parsed(comparison_html(hostile, assistant.generation))
    assert words in tree.text_content()


DRAFT = (
    "# Boats\n\nThe Trust recommends that every harbour appoint a tide warden. Hull gets a grant of £13m. "
    "Penguins nest beside the old lighthouse. The government will appoint a tide warden in every harbour.\n"
)


def test_each_sentence_has_its_verdict_and_reasons_in_words_and_counts_on_top(check: Callable[..., str]) -> None:
    tree = parsed(check(DRAFT))
    assert words_of(tree.find("section/h2")) == "Pasted text: 5 sentences"
    counts = [words_of(item) for item in tree.iterfind("section/ul/li")]
    assert counts == ["1 supported", "1 contradicted", "2 not mentioned", "1 not a claim"]
    said = [words_of(item) for item in tree.iterfind(".//ol/li")]
    assert said[0] == "Not a claim Boats"
    assert said[1].startswith("Supported The Trust recommends")
    assert said[1].endswith("Evidence 1: Tide Trust, independent proposal")
    assert "Contradicted Hull gets a grant of £13m. Figure: the draft says “£13m”, the library “£30m”." in said[2]
    assert said[3] == (
        "Not mentioned Penguins nest beside the old lighthouse. Nothing in the library comes near enough."
    )
    assert "Who decided it: it is given as decided by the government; it comes from Tide Trust" in said[4]


def test_a_sentences_link_leads_to_the_card_of_its_quote(check: Callable[..., str]) -> None:
    tree = parsed(check(DRAFT))
    (card,) = tree.iterfind(".//article[@id='check-evidence-1']")
    assert card.find(".//mark").text_content() == "The Trust recommends that every harbour appoint a tide warden."
    assert card.find(".//p[@class='authority']").text_content() == "Independent proposal"


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_a_draft_become_markup_or_a_link(words: str, check: Callable[..., str]) -> None:
    tree = parsed(check(f"Every licence for `{words}` boats lasts three years.\n\n## `{words}`\n"))
    assert [words in item.text_content() for item in tree.iterfind(".//ol/li")] == [True, True]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_name_reason_or_problem_of_a_draft_becomes_markup(words: str, assistant: Assistant) -> None:
    checked = check_draft(read_bytes(DRAFT.encode()), words, assistant)
    sentences = [
        replace(item, text=words, reasons=(Reason(words, words, words), Reason("authority", words, words)))
        for item in checked.sentences
    ]
    hostile = replace(checked, sentences=tuple(sentences), problems=(words,))
    tree = parsed(check_html(hostile, assistant.generation))
    assert words in words_of(tree.find("section/h2"))


def saved(path: Path, data: bytes) -> str:
    """An upload as Gradio keeps it: a file in a folder of its own."""
    path.parent.mkdir()
    path.write_bytes(data)
    return str(path)


def word_draft(path: Path) -> str:
    draft = docx.Document()
    draft.add_paragraph("Hull gets a grant of £13m.")
    path.parent.mkdir()
    draft.save(str(path))
    return str(path)


def test_an_uploaded_file_is_checked_and_not_kept(check: Callable[..., str], tmp_path: Path) -> None:
    path = Path(word_draft(tmp_path / "upload" / "draft.docx"))
    tree = parsed(check("", str(path)))
    assert words_of(tree.find("section/h2")) == "draft.docx: 1 sentence"
    assert words_of(tree.find(".//ol/li")).startswith("Contradicted Hull gets a grant of £13m.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        (
            "draft.docx",
            b"PK\x03\x04 cut off",
            "draft.docx: It begins like a ZIP or Word file but is cut off",
        ),
        ("draft.pdf", b"%PDF-1.7 nothing", "draft.pdf: "),
        ("<b>.txt", b"\x89PNG\r\n\x1a\n", "<b>.txt: It looks like an image (PNG)."),
        ("draft.md", b"", "draft.md: It is empty."),
    ],
)
def test_a_broken_file_costs_the_readers_sentence_and_is_not_kept(
    name: str, data: bytes, sentence: str, check: Callable[..., str], tmp_path: Path
) -> None:
    (alert,) = parsed(check("", saved(tmp_path / "upload" / name, data)))
    assert alert.text_content().startswith(sentence)
    assert str(tmp_path) not in alert.text_content()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["html-script.html", "html-links.html", "markdown-links.md", "order-ignore-previous.md", "word-fields.docx"],
)
def test_a_poisoned_draft_does_nothing(name: str, check: Callable[..., str], tmp_path: Path) -> None:
    tree = parsed(check("", saved(tmp_path / "upload" / name, (FILES / name).read_bytes())))
    assert len(tree.findall(".//ol/li")) >= 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Paste a draft, or choose a file."),
        (" \n ", "Paste a draft, or choose a file."),
        (None, "Paste a draft, or choose a file."),
        (
            "a" * (MOST_CHARACTERS + 1),
            "The draft has 50,001 characters, more than the 50,000 that are",
        ),
        ("\x00\x01\x02 words", "Pasted text: It looks like binary data"),
    ],
)
def test_a_text_that_cannot_be_checked_costs_one_sentence(text: Any, sentence: str, check: Callable[..., str]) -> None:
    (alert,) = parsed(check(text))
    assert alert.get("role") == "alert"
    assert alert.text_content().startswith(sentence)


def test_a_file_with_too_long_a_text_is_refused(check: Callable[..., str], tmp_path: Path) -> None:
    (alert,) = parsed(check("", saved(tmp_path / "upload" / "long.md", b"Boats float. " * 4000)))
    assert alert.text_content().startswith("The draft has 51,99")


def test_of_a_text_and_a_file_neither_is_checked(check: Callable[..., str], tmp_path: Path) -> None:
    (alert,) = parsed(check("Boats float.", saved(tmp_path / "upload" / "draft.md", b"Boats sink.")))
    assert alert.text_content().startswith("There is a text and a file.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_program_can_call_both_and_its_file_is_not_kept(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "uploads"))
    draft = Path(word_draft(tmp_path / "mine" / "draft.docx"))
    blocks = build_app(lambda: assistant)
    try:
        _, address, _ = blocks.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
        client = Client(address, verbose=False, analytics_enabled=False)
        said = client.predict(topic="boats", documents=BOTH, api_name="/compare")
        assert "What 2 documents say on “boats”" in said
        said = client.predict(text="", file=handle_file(draft), api_name="/check")
        assert "draft.docx: 1 sentence" in said
        assert draft.exists()
        assert not list((tmp_path / "uploads").rglob("*.docx"))
        # A file of the machine's own is neither read nor deleted.
        mine = {"path": str(draft), "meta": {"_type": "gradio.FileData"}}
        asked = httpx.post(f"{address}gradio_api/call/check", json={"data": ["", mine]}).json()["event_id"]
        assert "event: error" in httpx.get(f"{address}gradio_api/call/check/{asked}").text
        assert draft.exists()
    finally:
        blocks.close()


def test_half_a_character_is_no_reason_to_fail(check: Callable[..., str]) -> None:
    assert parsed(check("Every licence lasts three years \ud83d.")).findall(".//ol/li")


def test_the_check_tells_how_far_it_is(assistant: Assistant) -> None:
    told: list[tuple[int, int]] = []
    endpoint("check", assistant)(DRAFT, None, lambda place, **_: told.append(place))
    assert told == [(2, 5), (3, 5), (4, 5), (5, 5)]
