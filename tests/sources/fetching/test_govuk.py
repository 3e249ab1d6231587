"""GOV.UK landing pages, in the shapes of its Content API, sound and unsound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import FetchError
from assistant.sources.fetching import govuk
from tests.https_server import Publishers, redirect, reply
from tests.sources.fetching.fetch_making import API, ASSET, FILE, LANDING, Fetch, pdf


def attachment(title: str, url: str, **fields: object) -> dict[str, object]:
    return {
        "attachment_type": "file",
        "id": "1",
        "title": title,
        "url": url,
        "content_type": "application/pdf",
    } | fields


def html_attachment(title: str, url: str) -> dict[str, object]:
    return {"attachment_type": "html", "id": "2", "title": title, "url": url}


def publication(**fields: object) -> dict[str, object]:
    details = {"body": '<div class="govspeak"><p>A summary.</p></div>', "documents": [], "political": False}
    return {
        "base_path": "/government/publications/harbour-plan",
        "document_type": "policy_paper",
        "schema_name": "publication",
        "title": "Harbour plan",
        "locale": "en",
        "withdrawn_notice": {},
        "links": {},
        "details": details | fields,
    }


def html_publication(words: int = 600, **fields: object) -> dict[str, object]:
    return {
        "base_path": "/government/publications/harbour-plan/harbour-plan-web",
        "document_type": "html_publication",
        "title": "Harbour <plan>",
        "locale": "en",
        "details": {"body": f'<div class="govspeak"><h2 id="quay">Quay</h2><p>{"ships " * words}</p></div>'},
    } | fields


def test_a_landing_page_leads_to_the_pdf_named_like_the_document(web: Publishers, fetch: Fetch) -> None:
    annex = "https://assets.publishing.service.gov.uk/media/6002/Annex.pdf"
    attachments = [
        attachment("Harbour plan: annex of tables by port and year", annex),
        attachment("Harbour plan (large print)", ASSET.replace("6001", "6003")),
        attachment("Harbour plan", ASSET, number_of_pages=90, accessible=False),
        html_attachment("Harbour plan", f"{LANDING}/harbour-plan-web"),
    ]
    web.serve_json(API, publication(attachments=attachments))
    web.serve(ASSET, reply(pdf()))
    outcome = fetch(landing_page=LANDING)
    assert (outcome.state, outcome.url) == ("new", ASSET)


def test_an_html_publication_is_taken_when_the_only_pdf_is_an_annex(
    web: Publishers, fetch: Fetch, tmp_path: Path
) -> None:
    annex = "https://assets.publishing.service.gov.uk/media/6002/Other_bodies.pdf"
    path = "/government/publications/harbour-plan/harbour-plan-web"
    attachments = [
        html_attachment("Harbour plan", path),
        attachment("Harbour plan - what other bodies do about it and when", annex),
    ]
    web.serve_json(API, publication(attachments=attachments))
    web.serve_json(f"https://www.gov.uk/api/content{path}", html_publication())
    web.serve(annex, reply(pdf()))

    outcome = fetch(landing_page=LANDING)

    assert (outcome.state, outcome.url) == ("new", f"https://www.gov.uk{path}")
    assert outcome.path is not None
    text = outcome.path.read_text()
    assert text.startswith("<!DOCTYPE html>")
    assert "<title>Harbour &lt;plan&gt;</title>" in text
    assert '<h2 id="quay">Quay</h2>' in text
    assert fetch(landing_page=LANDING).state == "unchanged"


def test_the_html_publication_follows_when_the_pdf_fails(web: Publishers, fetch: Fetch) -> None:
    path = "/government/publications/harbour-plan/harbour-plan-web"
    web.serve_json(
        API, publication(attachments=[attachment("Harbour plan", ASSET), html_attachment("Harbour plan", path)])
    )
    web.serve_json(f"https://www.gov.uk/api/content{path}", html_publication())
    outcome = fetch(landing_page=LANDING)
    assert outcome.url == f"https://www.gov.uk{path}"


def test_older_pages_name_their_documents_in_pieces_of_html(web: Publishers, fetch: Fetch) -> None:
    path = "/government/uploads/system/uploads/attachment_data/file/39/harbour.pdf"
    snippet = (
        f'<section class="attachment embedded"><div class="attachment-thumb"><a class="thumbnail" href="{path}">'
        '<img alt="" src="https://assets.example/thumb.png"></a></div><div class="attachment-details">'
        f'<h2 class="title"><a aria-describedby="help" href="{path}">Harbour <b>plan</b></a></h2>'
        '<p>please email <a href="mailto:help@example.org?body=Harbour%20plan">help@example.org</a></p></div></section>'
    )
    web.serve_json(API, publication(documents=[snippet]))
    web.serve(f"https://www.gov.uk{path}", redirect(ASSET, 301))
    web.serve(ASSET, reply(pdf()))
    assert fetch(landing_page=LANDING).url == ASSET


def test_children_in_the_links_are_html_publications(web: Publishers, fetch: Fetch) -> None:
    path = "/government/publications/harbour-plan/harbour-plan-web"
    item = publication()
    item["links"] = {"children": [{"base_path": path, "title": "Harbour plan", "document_type": "html_publication"}]}
    web.serve_json(API, item)
    web.serve_json(f"https://www.gov.uk/api/content{path}", html_publication())
    assert fetch(landing_page=LANDING).url == f"https://www.gov.uk{path}"


def test_an_html_publication_named_in_the_catalogue_is_asked_of_the_content_api(web: Publishers, fetch: Fetch) -> None:
    web.serve_json(f"{API}/harbour-plan-web", html_publication())
    assert fetch(f"{LANDING}/harbour-plan-web", landing_page="").state == "new"


def test_what_was_passed_over_is_said_even_when_another_address_served(web: Publishers, fetch: Fetch) -> None:
    web.serve(API, reply(b"", status=410))
    web.serve(ASSET, reply(pdf()))
    outcome = fetch(FILE, ASSET, landing_page=LANDING)
    assert outcome.state == "new"
    assert f"passed over: {API}: the server answered 410 Gone; {FILE}: the server answered 404" in outcome.message


def test_an_html_publication_says_where_people_read_it_on_govuk_whatever_it_claims(
    web: Publishers, fetch: Fetch
) -> None:
    web.serve_json(API, html_publication(base_path="//evil.example/x\x1b"))
    assert fetch(landing_page=LANDING).url == "https://www.gov.uk//evil.example/x%1B"


def test_a_page_that_is_itself_the_document_is_taken_whole(web: Publishers, fetch: Fetch) -> None:
    speech = publication(body=f"<p>{'friends ' * 700}</p>") | {"document_type": "speech"}
    web.serve_json(API, speech)
    assert fetch(landing_page=LANDING).url == LANDING


def test_an_html_publication_that_was_emptied_is_refused(web: Publishers, fetch: Fetch) -> None:
    web.serve_json(API, html_publication(words=9))
    assert "the page has 10 words" in fetch(landing_page=LANDING).message


def test_a_withdrawn_publication_is_reported_even_when_the_file_comes_from_its_own_address(
    web: Publishers, fetch: Fetch
) -> None:
    notice = {
        "explanation": '<div class="govspeak"><p>Out of date: see the <a href="/x">new &amp; better</a> one.</p></div>',
        "withdrawn_at": "2025-03-04T13:05:30Z",
    }
    web.serve_json(API, publication(attachments=[]) | {"withdrawn_notice": notice})
    web.serve(ASSET, reply(pdf()))
    outcome = fetch(ASSET, landing_page=LANDING)
    assert outcome.state == "new"
    assert "GOV.UK withdrew it on 2025-03-04: “Out of date: see the new & better one.”" in outcome.message
    assert 'status = "withdrawn"' in outcome.message


def test_several_documents_none_named_like_it_are_not_guessed_among(web: Publishers, fetch: Fetch) -> None:
    web.serve_json(API, publication(attachments=[attachment("Quay tables", ASSET), attachment("Maps", ASSET + "?2")]))
    assert "none of them named like 'Harbour plan'" in fetch(landing_page=LANDING).message


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"<html>Sorry</html>", id="HTML"),
        pytest.param(b"{", id="cut"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"[" * 100_000, id="nested deeply"),
        pytest.param(b'{"details": {"attachments": {"0": 1}}}', id="attachments of another type"),
        pytest.param(b'{"details": null}', id="no details"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(b'{"details": {"attachments": [{}]}}', id="an attachment without an address"),
        pytest.param(b'{"details": {"attachments": [{"url": "https://["}]}}', id="a broken address"),
        pytest.param(b'{"details": {"attachments": [{"url": "http://10.0.0.1/x.pdf"}]}}', id="a plain http address"),
        pytest.param(b'{"details": {"documents": ["<a href=\\"https://[\\">x</a>", "<a"]}}', id="broken pieces"),
    ],
)
def test_a_content_item_that_makes_no_sense_is_a_failure(web: Publishers, fetch: Fetch, body: bytes) -> None:
    web.serve(API, reply(body))
    outcome = fetch(landing_page=LANDING)
    assert outcome.state == "failed"
    assert LANDING in outcome.message


@pytest.mark.parametrize(
    "url", ["https://evil.example/x.pdf", "https://169.254.169.254/x.pdf", "//other.example/x.pdf"]
)
def test_an_attachment_elsewhere_is_refused(web: Publishers, fetch: Fetch, url: str) -> None:
    web.serve_json(API, publication(attachments=[attachment("Harbour plan", url)]))
    assert "is not a host that the catalogue names" in fetch(landing_page=LANDING).message


def _details(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    keys = st.sampled_from(["attachments", "documents", "body", "url", "title", "locale", "attachment_type"])
    return st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: _details(inner)))
def test_any_json_of_the_content_api_gives_links_or_our_error(value: object) -> None:
    try:
        govuk.documents(govuk.parse_item(json.dumps({"details": value}).encode(), LANDING), "Harbour plan", LANDING)
    except FetchError:
        return
