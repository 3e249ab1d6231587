"""Web pages: what is read, what is left out, and where the notes go."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import DocumentError
from assistant.reading.html.reader import read_html
from assistant.records import Document, Span
from tests.reading.document_checks import check_document, outline, words

PUBLICATION = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Clean rivers plan - GOV.UK</title>
<style>p { color: red }</style></head>
<body>
<a class="govuk-skip-link" href="#content">Skip to main content</a>
<header role="banner"><a href="/">GOV.UK</a> <button>Menu</button></header>
<main id="content">
  <div class="gem-c-inverse-header"><h1 class="gem-c-heading__text">Clean rivers plan</h1>
    <p>Published 1 May 2024</p></div>
  <nav class="gem-c-contents-list"><ol><li><a href="#aims">1. Aims</a></li></ol></nav>
  <div class="gem-c-govspeak govuk-govspeak"><div class="govspeak">
    <h2 id="aims"><span class="number">1. </span>Aims</h2>
    <p>Rivers are tested each
       week<sup id="fnref:1" role="doc-noteref"><a href="#fn:1" rel="footnote">[footnote 1]</a></sup>,
       and lakes too<sup id="fnref:2"><a href="#fn:2" rel="footnote">[footnote 2]</a></sup>. Ponds wait.</p>
    <p>Each council should:</p>
    <ul><li>test water
          <ul><li>weekly in winter</li><li>daily in summer</li></ul></li>
        <li><p>publish results</p></li></ul>
    <div class="call-to-action"><p>Tell us what you <strong>see</strong>.</p></div>
    <table><caption>Tests by year</caption>
      <thead><tr><th rowspan="2">Area</th><th colspan="2">Tests</th></tr><tr><th>2023</th><th>2024</th></tr></thead>
      <tbody><tr><td rowspan="2">North</td><td>10</td><td>20</td></tr><tr><td colspan="2">closed</td></tr>
             <tr><td colspan="3">All figures are rounded</td></tr></tbody></table>
    <blockquote><p>We swam again.</p><footer>A swimmer</footer></blockquote>
    <figure><img alt="map" src="map.png"><figcaption>Map of rivers</figcaption></figure>
    <div class="footnotes" role="doc-endnotes"><ol>
      <li id="fn:1" role="doc-endnote"><p>River Board, <a href="https://rivers.example/tests">Testing report</a>, 2023.
          <a href="#fnref:1" class="reversefootnote" role="doc-backlink" aria-label="go back">↩</a></p></li>
      <li id="fn:2" role="doc-endnote"><p>Lake Board.</p><p>Second part.</p></li></ol></div>
  </div></div>
</main>
<footer role="contentinfo">Crown copyright</footer>
</body></html>"""


def read(markup: str) -> Document:
    document = read_html(markup.encode())
    check_document(document)
    return document


def page(inner: str) -> str:
    return f"<!doctype html><html><head><meta charset=utf-8></head><body><main>{inner}</main></body></html>"


def test_a_gov_uk_publication_gives_its_title_and_its_content_without_the_site() -> None:
    document = read(PUBLICATION)
    assert document.title == "Clean rivers plan"
    assert document.pages == ()
    assert document.problems == ()
    assert outline(document) == [
        ("heading", 1, "Clean rivers plan"),
        ("heading", 2, "1. Aims"),
        ("paragraph", 0, "Rivers are tested each week, and lakes too. Ponds wait."),
        ("paragraph", 0, "Each council should:"),
        ("list-item", 1, "test water"),
        ("list-item", 2, "weekly in winter"),
        ("list-item", 2, "daily in summer"),
        ("list-item", 1, "publish results"),
        ("paragraph", 0, "Tell us what you see."),
        ("caption", 0, "Tests by year"),
        ("table-header", 0, "Area | Tests 2023 | Tests 2024"),
        ("table-row", 0, "North | 10 | 20"),
        ("table-row", 0, "North | closed | closed"),
        ("table-row", 0, "All figures are rounded"),
        ("quotation", 0, "We swam again."),
        ("quotation", 0, "A swimmer"),
        ("caption", 0, "Map of rivers"),
    ]
    assert document.blocks[1].anchor == "aims"


def test_a_notice_above_a_publication_is_reported_and_no_content() -> None:
    notice = (
        '<section class="govuk-notification-banner gem-c-notice" role="region"><h2>This plan was withdrawn in 2025</h2>'
        '<div class="gem-c-govspeak"><p>Read the new one.</p></div></section>'
    )
    document = read(
        PUBLICATION.replace('<nav class="gem-c-contents-list">', f'{notice}<nav class="gem-c-contents-list">')
    )
    assert document.text == read(PUBLICATION).text
    assert document.problems == ("The page carries a notice: This plan was withdrawn in 2025 Read the new one.",)


def test_list_items_know_their_lead_in_and_rows_their_header() -> None:
    document = read(PUBLICATION)
    leads = {words(document, block): block.lead for block in document.blocks if block.lead is not None}
    assert leads["test water"] == leads["publish results"] == 3
    assert leads["weekly in winter"] == leads["daily in summer"] == 4
    assert leads["North | 10 | 20"] == 10


def test_notes_leave_the_text_and_stay_with_the_words_that_call_them() -> None:
    document = read(PUBLICATION)
    first, second = document.footnotes
    assert (first.number, first.url) == ("1", "https://rivers.example/tests")
    assert "↩" not in first.text
    assert second.text == "Lake Board. Second part."
    at = {document.text[: mark.position].rsplit(" ", 1)[-1]: mark.number for mark in document.marks}
    assert at == {"week": "1", "too": "2"}
    paragraph = document.blocks[2]
    assert document.notes_in(Span(paragraph.start, paragraph.end)) == ("1", "2")
    assert "footnote" not in document.text


@pytest.mark.parametrize(
    ("markup", "text", "numbers"),
    [
        (
            "<p>Mud<sup>12</sup> is wet.</p><div class=footnotes><ol start=12><li>See mud.</li></ol></div>",
            "Mud is wet.",
            ["12"],
        ),
        ("<p>Mud[^a] is wet.</p><p>[^a]: See mud.</p>", "Mud is wet.", ["a"]),
        ("<p>Mud¹ is wet.</p><p><sup>1</sup></p><hr><p><sup>1</sup> See mud.</p>", "Mud is wet.", ["1"]),
        (
            '<p>Mud<sup class="reference"><a href="#cite_note-3">[3]</a></sup> is wet.</p>'
            '<ol class="references"><li id="cite_note-3"><a href="#cite_ref-3">^</a> See mud.</li></ol>',
            "Mud is wet.",
            ["3"],
        ),
        (
            '<p>Mud<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a> is wet.</p>'
            '<div id="ftn1"><p><a href="#_ftnref1" name="_ftn1">[1]</a> See mud.</p></div>',
            "Mud is wet.",
            ["1"],
        ),
    ],
    ids=["list without links", "Markdown left in the page", "raised characters", "encyclopaedia", "saved from Word"],
)
def test_notes_are_found_however_the_page_sets_them(markup: str, text: str, numbers: list[str]) -> None:
    document = read(page(markup))
    assert document.text == text
    assert [footnote.number for footnote in document.footnotes] == numbers
    assert {mark.position for mark in document.marks} <= {3, len(text)}
    assert all(footnote.text == "See mud." for footnote in document.footnotes)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("25 m<sup>2</sup> of reed", "25 m² of reed"),
        ("25 m² of reed", "25 m² of reed"),
        ("10<sup>6</sup> fish and the 21<sup>st</sup> eel", "10⁶ fish and the 21st eel"),
        ("see [^7] and x⁷", "see [^7] and x⁷"),
    ],
)
def test_raised_characters_that_call_no_note_stay(markup: str, text: str) -> None:
    assert read(page(f"<p>{markup}</p>")).text == text


def test_a_square_metre_stays_where_a_note_has_its_number() -> None:
    notes = "<div class=footnotes><ol><li>One.</li><li>Two.</li></ol></div>"
    document = read(page(f"<p>25 m<sup>2</sup> and 9 km² of reed<sup>2</sup></p>{notes}"))
    assert document.text == "25 m² and 9 km² of reed"
    assert [mark.position for mark in document.marks] == [len(document.text)]


def test_a_note_that_is_called_and_missing_is_reported_and_its_mark_dropped() -> None:
    document = read(page('<p>Mud<sup><a href="#fn:9" rel="footnote">[footnote 9]</a></sup> is wet.</p>'))
    assert document.text == "Mud is wet."
    assert document.marks == ()
    assert document.problems == ("Notes are called that the page does not hold: 9.",)


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>secret words</p>",
        '<p aria-hidden="true">secret words</p>',
        '<p style="display: none">secret words</p>',
        '<div style="DISPLAY:NONE !important"><p hidden>secret words</p></div>',
        '<p style="visibility:hidden">secret words</p>',
        '<p style="font-size:0">secret words</p>',
        '<p style="font-size: 1px;">secret words</p>',
        '<p style="color:#FFFFFF">secret words</p>',
        '<p style="color: white">secret words</p>',
        '<p style="opacity:0">secret words</p>',
        '<p style="position:absolute; left:-9999px">secret words</p>',
        "<font color=white>secret words</font>",
    ],
)
def test_words_that_a_page_hides_are_left_out_and_reported_once(hidden: str) -> None:
    document = read(page(f"<p>Seen.</p>{hidden}<p>Also seen.</p>"))
    assert document.text == "Seen.\n\nAlso seen."
    assert document.problems == ("Words that the page hides from its readers were left out (2).",)


@pytest.mark.parametrize(
    "shown",
    [
        '<p style="color:white; background:#00703c">Seen</p>',
        '<div style="background-color:#000"><p style="color:#fff">Seen</p></div>',
        '<p style="font-size:1em; opacity:0.5; color:#fff000">Seen</p>',
        '<p hidden="until-found">Seen</p>',
        "<details><summary>Seen</summary></details>",
    ],
)
def test_words_that_can_be_seen_stay(shown: str) -> None:
    document = read(page(shown))
    assert document.text == "Seen"
    assert document.problems == ()


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav>Home</nav>",
        "<aside>Adverts</aside>",
        "<footer>Contact</footer>",
        "<header>Logo</header>",
        "<form><label>Search</label><input></form>",
        "<script>let a = '<p>x</p>'</script>",
        "<style>p{}</style>",
        "<noscript>Turn it on</noscript>",
        "<template><p>Row</p></template>",
        "<!-- note to self -->",
        '<div class="app-c-contents-list">Contents</div>',
        '<div role="navigation">More</div>',
        '<span class="govuk-visually-hidden">Warning</span>',
        "<svg><text>icon</text></svg>",
    ],
)
def test_what_serves_the_site_is_left_out(furniture: str) -> None:
    document = read(f"<html><body><p>Before.</p>{furniture}<p>After.</p></body></html>")
    assert document.text == "Before.\n\nAfter."
    assert document.problems == ()


def test_a_page_inside_a_form_is_read() -> None:
    assert read("<html><body><form><h1>Plan</h1><p>Words.</p></form></body></html>").text == "Plan\n\nWords."


def test_a_title_in_the_head_of_an_article_stays() -> None:
    document = read("<body><article><header><h1>Plan</h1><p>By us</p></header><p>Words.</p></article></body>")
    assert outline(document) == [("heading", 1, "Plan"), ("paragraph", 0, "Words.")]


@pytest.mark.parametrize(
    "heading",
    [
        '<h2 id="aims">Aims</h2>',
        '<h2><a name="aims"></a>Aims</h2>',
        '<section id="aims"><h2>Aims</h2></section>',
        '<div role="heading" aria-level="2" id="aims">Aims</div>',
    ],
)
def test_headings_keep_their_level_and_anchor(heading: str) -> None:
    block = read(page(heading)).blocks[0]
    assert (block.kind, block.level, block.anchor) == ("heading", 2, "aims")


def test_line_breaks_description_lists_typed_bullets_and_quotes() -> None:
    document = read(
        page(
            "<p>One<br>two<br><br>three.</p><dl><dt>Term</dt><dd>Meaning</dd></dl>"
            "<p>Do the following:</p><p>• dig</p><p>• plant</p><p><q>Done</q>, she said.</p>"
        )
    )
    assert outline(document) == [
        ("paragraph", 0, "One two"),
        ("paragraph", 0, "three."),
        ("paragraph", 0, "Term"),
        ("list-item", 1, "Meaning"),
        ("paragraph", 0, "Do the following:"),
        ("list-item", 1, "dig"),
        ("list-item", 1, "plant"),
        ("paragraph", 0, "“Done”, she said."),
    ]
    assert [block.lead for block in document.blocks] == [None, None, None, 2, None, 4, 4, None]


def test_layout_tables_are_read_as_ordinary_content() -> None:
    document = read(page("<table><tr><td><h2>Aims</h2><p>Words.</p></td><td><p>More.</p></td></tr></table>"))
    assert outline(document) == [("heading", 2, "Aims"), ("paragraph", 0, "Words."), ("paragraph", 0, "More.")]


def test_a_finished_sentence_leads_no_list_in() -> None:
    assert read(page("<p>That was in 2020. It ended well.</p><ul><li>one</li></ul>")).blocks[1].lead is None


@pytest.mark.parametrize(
    "data",
    [
        "<p>Café £5</p>".encode("utf-8-sig"),
        "<p>Café £5</p>".encode("utf-16"),
        b"<meta charset=utf-8>" + "<p>Café £5</p>".encode(),
        b'<meta http-equiv="Content-Type" content="text/html; charset=ISO-8859-1">'
        + "<p>Café £5</p>".encode("latin-1"),
        "<p>Café £5</p>".encode("cp1252"),
        b'<meta charset="unicode_escape">' + "<p>Café £5</p>".encode(),
    ],
    ids=[
        "UTF-8 with mark",
        "UTF-16",
        "declared UTF-8",
        "declared Latin-1",
        "undeclared Windows-1252",
        "no character set",
    ],
)
def test_the_character_set_comes_from_the_mark_or_the_page(data: bytes) -> None:
    assert read_html(data).text == "Café £5"


def test_reserved_and_invisible_characters_cannot_forge_a_mark() -> None:
    document = read(page("<p>Mud\ue0001\ue001 is\u200b we\u00adt.</p><div class=footnotes><ol><li>No.</li></ol></div>"))
    assert document.text == "Mud 1 is wet."
    assert document.marks == ()


@pytest.mark.parametrize("markup", ["<div>" * 100_000 + "deep", "<body>" + "<b>" * 5_000 + "deep"])
def test_a_page_that_nests_too_deeply_is_refused_and_not_cut(markup: str) -> None:
    with pytest.raises(DocumentError, match="cannot be read as a whole"):
        read_html(markup.encode())


def test_a_page_of_a_thousand_levels_is_read() -> None:
    assert read("<body>" + "<div>" * 1_000 + "deep").text == "deep"


@pytest.mark.parametrize(
    "markup", ["", "<p></p>", "<html><body><script>write()</script></body></html>", "<nav>Home</nav>"]
)
def test_a_page_without_words_is_an_error(markup: str) -> None:
    with pytest.raises(DocumentError):
        read_html(markup.encode())


_TAGS = [
    "p",
    "div",
    "span",
    "h1",
    "h2",
    "ul",
    "ol",
    "li",
    "table",
    "tr",
    "td",
    "th",
    "blockquote",
    "sup",
    "a",
    "br",
    "nav",
    "main",
    "article",
    "dl",
    "dt",
    "dd",
    "q",
    "pre",
    "b",
    "script",
    "title",
    "head",
    "body",
    "html",
    "form",
]
_ATTRIBUTES = st.sampled_from(
    [
        "",
        "id=fn:1",
        "href=#fn:1",
        'class="footnotes"',
        "hidden",
        "colspan=9",
        "rowspan=70000",
        "start=2",
        'style="display:none"',
        'role="doc-noteref"',
        'class="govspeak"',
        "name=x",
        'role="heading" aria-level="9"',
    ]
)
_PIECE = st.one_of(
    st.builds(lambda tag, attribute: f"<{tag} {attribute}>", st.sampled_from(_TAGS), _ATTRIBUTES),
    st.sampled_from(_TAGS).map(lambda tag: f"</{tag}>"),
    st.sampled_from(
        ["1", "[^1]", "²", "text", "[footnote 1]", "• x", "&nbsp;", "<!--", "-->", "\x00", "\ue000", "&#xE001;"]
    ),
    st.text(max_size=8),
)


@given(st.lists(_PIECE, max_size=40).map("".join))
def test_any_markup_gives_a_sound_document_or_our_error(markup: str) -> None:
    try:
        document = read_html(markup.encode("utf-8", "surrogatepass"))
    except DocumentError:
        return
    check_document(document)


@given(st.binary(max_size=300))
def test_any_bytes_give_a_sound_document_or_our_error(data: bytes) -> None:
    try:
        document = read_html(data)
    except DocumentError:
        return
    check_document(document)
