"""Style sheets inside a page: which of their rules hold for an element, and which hide its words."""

from __future__ import annotations

import pytest

from assistant.reading.html.reader import read_html

WORDS = '<p class="x y" id="i" data-k="v w">Praise <b>the ferry</b></p>'


def read(css: str, words: str = WORDS) -> str:
    """What is read of a page besides its first sentence."""
    page = f"<html><head>{css}</head><body><main><p>Seen.</p>{words}</main></body></html>"
    return read_html(page.encode()).text.removeprefix("Seen.").strip()


def read_with(css: str) -> str:
    return read(f"<style>{css}</style>")


@pytest.mark.parametrize(
    "css",
    [
        ".x { display: none; }",
        "#i{visibility:hidden}",
        "h1, .q, p.x{opacity:0}",
        "main > .x{font-size:0}",
        "p + .x, h2 ~ .x{font:0/0 serif}",
        "[data-k~='w']{display:none}",
        "[data-k^=v][ID=i]{display:none}",
        ".x{display:block}p.x{display:none}.x{display:inline}",
        ".x{display:none !important}#i{display:block}",
        "/* .x{} */ .\\78 {d\\69splay:none}",
        "@media screen{@supports (display:grid){.x{display:none}}}",
        "@media (min-width: 1px){.x{display:none}}",
        "@import 'a';.x{content:'}';display:none",
        ".a{.x{color:red}} .x{&:hover{color:red} display:none}",
        ".x{color:#fefefe}",
        ".x{color:rgb(255 255 255 / 1)}",
        ".x{color:transparent}",
        ".x{color:hsl(0 0% 100%)}",
        "main{background:navy}.x{color:#000082}",
        ".z{width:" + "9" * 5000 + "px}.x{display:none}",
        "main{background:#333}.x{color:#343434}",
        ".x{position:absolute;left:-9999px}",
        ".x{max-height:0;overflow:hidden}",
        ".x{clip:rect(0 0 0 0)}",
        ".x{transform:scale(0)}",
    ],
)
def test_rules_hide_words(css: str) -> None:
    assert read_with(css) == ""


@pytest.mark.parametrize(
    "css",
    [
        ".z{display:none}",
        ".X{display:none}",
        ".x{display:none}.x.y{display:block}",
        ".x{display:block!important}#i{display:none}",
        ".x:hover{display:none}",
        "[data-k='V W' i]{display:none}",
        "svg|p{display:none}",
        ".x::before{display:none}",
        "div .x{display:none}",
        "@media print{.x{display:none}}",
        "@media (max-width:600px){.x{display:none}}",
        "@keyframes a{.x{display:none}}",
        ".x{height:0}",
        "main{background:#000}.x{color:#fff}",
        "main{background:url(sea.jpg)}.x{color:#fff}",
        ".x{color:transparent;background:linear-gradient(red,blue)}",
        ".x{font:700 16px/1.5 serif}",
        "main{left:50%;margin-left:-480px}.x{margin-left:-100%}",
        "body{display:none}",
        "p{",
        "}{;:,",
    ],
)
def test_other_rules_leave_words_alone(css: str) -> None:
    assert read_with(css) == "Praise the ferry"


def test_a_child_may_be_seen_though_its_parent_is_not() -> None:
    assert read_with(".x{visibility:hidden}b{visibility:visible}") == "the ferry"
    assert read_with(".x{font-size:0}.x b{font-size:16px}") == "the ferry"
    assert read_with(".x{font-size:0}.x b{font-size:2em}") == ""


def test_what_an_element_says_itself_comes_before_sheets() -> None:
    shown = '<p class="x" style="display:block">Shown</p>'
    assert read("<style>.x{display:none}</style>", shown) == "Shown"
    assert read("<style>.x{display:none!important}</style>", shown) == ""


@pytest.mark.parametrize(
    "sheet",
    [
        "<style media=print>.x{display:none}</style>",
        "<style type=text/plain>.x{display:none}</style>",
        "<noscript><style>.x{display:none}</style></noscript>",
    ],
)
def test_sheets_that_do_not_hold_on_screens_are_passed_over(sheet: str) -> None:
    assert read(sheet) == "Praise the ferry"


def test_hidden_words_are_counted_once() -> None:
    page = f"<html><style>.x,b{{display:none}}</style><body><p>Seen.</p>{WORDS}</body></html>"
    assert read_html(page.encode()).problems == ("Words that the page hides from its readers were left out (3).",)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "css",
    [
        "".join(f".c{n} .d{n}>b{{color:red}}" for n in range(3000)),
        "{" * 100_000,
        "a" * 200_000,
        ".a " * 50_000 + "{color:red}",
        "/*" * 100_000,
        "'" * 99_999,
        "*{color:" + "(" * 100_000,
        "div ~ * div b{color:red}" * 100,
        "".join(f"[data-{n}^=a] b{{color:red}}" for n in range(3000)),
    ],
    ids=[
        "many rules",
        "braces",
        "a long word",
        "a long selector",
        "comments",
        "quotes",
        "brackets",
        "many ways through the page",
        "many attributes",
    ],
)
def test_hostile_sheets_end(css: str) -> None:
    assert "word" in read(f"<style>{css}</style>", '<div class="c7"><p class="d7"><b>word</b></p></div>' * 1000)
