"""Whether the response is the document."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FetchError
from assistant.sources.fetching.screening import main_words, screen
from tests.https_server import Publishers, redirect, reply
from tests.sources.fetching.fetch_making import FILE, PAGE, Fetch, page, pdf


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(page(60), "60 words of main text", id="sign-in page"),
        pytest.param(page(60, menu=900), "60 words of main text", id="challenge with a long menu"),
        pytest.param(b"", "not a document", id="empty"),
        pytest.param(b"Access denied. " * 400, "plain text", id="plain text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(64), "not a document", id="image"),
        pytest.param(pdf()[:-8], "cut short", id="PDF without its end"),
    ],
)
def test_what_is_not_the_document_is_refused_and_the_next_address_is_tried(
    web: Publishers, fetch: Fetch, body: bytes, reason: str
) -> None:
    web.serve(PAGE, reply(body))
    web.serve(FILE, reply(pdf()))
    assert fetch(PAGE, FILE).state == "new"
    web.serve(FILE, reply(b"", status=404))
    assert reason in fetch(PAGE, FILE, id="another").message


def test_a_web_page_in_place_of_a_named_file_is_refused_however_long(web: Publishers, fetch: Fetch) -> None:
    web.serve(FILE, redirect(PAGE))
    web.serve(PAGE, reply(page(2000)))
    assert "a web page came instead of the file" in fetch(FILE, landing_page="").message


def test_a_web_page_that_the_catalogue_lists_as_original_is_taken(web: Publishers, fetch: Fetch) -> None:
    web.serve(PAGE, reply(page(600)))
    outcome = fetch(PAGE)
    assert outcome.path is not None
    assert outcome.path.suffix == ".html"


def test_a_landing_page_is_not_the_document_unless_it_is_a_file(web: Publishers, fetch: Fetch) -> None:
    web.serve(PAGE, reply(page(2000)))
    assert "links no PDF named like" in fetch(landing_page=PAGE).message
    web.serve(PAGE, reply(pdf()))
    assert fetch(landing_page=PAGE).state == "new"


def test_a_table_of_contents_is_not_the_document(web: Publishers, fetch: Fetch) -> None:
    contents = "".join(f'<li><a href="/section/{number}">Harbours and their boats</a></li>' for number in range(300))
    web.serve(PAGE, reply(f"<!DOCTYPE html><html><body><main><ul>{contents}</ul></main></body></html>".encode()))
    assert "the web page has 0 words of main text" in fetch(PAGE).message


def test_words_are_counted_whatever_the_markup() -> None:
    assert main_words(b"<p>one <b>two</b><script>not these words</script> three<br>four", 100) == 4
    assert main_words(b"<nav><ul><li>menu<li>menu</ul></nav><p>one", 100) == 1


def test_markup_made_to_be_slow_is_counted_in_time_that_grows_with_its_size() -> None:
    assert main_words(b"<nav>" * 100_000 + b"</footer>" * 100_000, 500) == 0


@given(st.binary(max_size=400) | st.text(alphabet="<>!-[]/ab\"'= ", max_size=200).map(str.encode))
def test_screening_arbitrary_bytes_raises_nothing_but_our_error(data: bytes) -> None:
    main_words(data, 500)
    try:
        screen(data, FILE)
    except FetchError:
        return
