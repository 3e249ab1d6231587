"""Sets a document as a page of GOV.UK: the site's furniture around it, its components within."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Literal, get_args

from assistant.records import Block, Document
from evals.making.publications import Inset

Layout = Literal["publication", "accordion", "attachments"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

_HEAD = """<!DOCTYPE html>
<html lang="en" class="govuk-template"><head><meta charset="utf-8"><title>{title} - GOV.UK</title>
<style>.js-enabled .gem-c-show {{ display: none }}</style></head>
<body class="gem-c-layout-for-public govuk-template__body js-enabled">
<div id="global-cookie-message" class="gem-c-cookie-banner govuk-cookie-banner"><p>Cookies on GOV.UK</p></div>
<a class="gem-c-skip-link govuk-skip-link" href="#content">Skip to main content</a>
<header class="gem-c-layout-super-navigation-header" role="banner"><a href="/">GOV.UK</a><button>Menu</button></header>
<div class="govuk-width-container">
<nav class="gem-c-contextual-breadcrumbs gem-c-breadcrumbs govuk-breadcrumbs" aria-label="Breadcrumb">
<ol><li><a href="/">Home</a></li></ol></nav>
<main role="main" id="content" class="{kind}" lang="en">
"""
_TITLE = """<div class="gem-c-inverse-header gem-c-inverse-header--padding-top"><div class="gem-c-heading">
<span class="gem-c-heading__context govuk-caption-xl">Policy paper</span>
<h1 class="gem-c-heading__text govuk-heading-xl">{title}</h1></div>
<p class="publication-header__last-changed">Updated 1 May 2024</p></div>
<div class="gem-c-devolved-nations"><h2>Applies to England</h2></div>
<nav class="gem-c-contents-list" role="navigation"><h2 class="gem-c-contents-list__title">Contents</h2>
<ol>{contents}</ol></nav>
<div class="gem-c-print-link"><button>Print this page</button></div>
<div class="govuk-body"><p class="gem-c-copyright">© Crown copyright 2024</p></div>
"""
_LANDING = """<div class="gem-c-heading"><span class="gem-c-heading__context">Policy paper</span>
<h1 class="gem-c-heading__text govuk-heading-xl">{title}</h1></div>
<div class="gem-c-metadata"><dl><dt>From:</dt><dd><a href="/rivers">Rivers Office</a></dd>
<dt>Published</dt><dd>1 May 2024</dd></dl></div>
<div class="gem-c-single-page-notification-button"><form><button>Get emails about this page</button></form></div>
<section id="documents"><h2 class="gem-c-heading">Documents</h2>
<div class="gem-c-govspeak responsive-bottom-margin"><section class="gem-c-attachment govuk-!-margin-bottom-6">
<div class="gem-c-attachment__thumbnail"><a href="/plan.pdf" tabindex="-1" aria-hidden="true">
<svg><path d="M0"/></svg></a></div>
<div class="gem-c-attachment__details"><h3 class="gem-c-attachment__title">
<a class="govuk-link gem-c-attachment__link" href="/plan.pdf">The plan as a document to print</a></h3>
<p class="gem-c-attachment__metadata"><span class="gem-c-attachment__attribute"><abbr title="Portable Document Format"
class="gem-c-attachment__abbr">PDF</abbr></span>, <span class="gem-c-attachment__attribute">1.2 MB</span>,
<span class="gem-c-attachment__attribute">48 pages</span></p>
<p class="gem-c-attachment__metadata">This file may not be suitable for users of assistive technology.</p>
<details class="gem-c-details govuk-details"><summary class="govuk-details__summary"><span>Request an accessible
format.</span></summary><div class="govuk-details__text">Email the Rivers Office and say what you use.</div>
</details></div>
</section></div>
</section><section id="details"><h2 class="gem-c-heading">Details</h2>
"""
_FOOT = """<div class="gem-c-contents-list-with-body__link-wrapper"><a class="govuk-link app-c-back-to-top"
href="#contents">Contents</a></div></main>
<div class="gem-c-feedback"><form><h2>Is this page useful?</h2><button>Yes</button></form></div></div>
<footer class="gem-c-layout-footer govuk-footer" role="contentinfo"><p>© Crown copyright</p></footer></body></html>
"""


def govspeak_page(document: Document, insets: Sequence[Inset], layout: Layout) -> bytes:
    """Return a document as a publication in HTML, one in accordions, or the page of a publication's attachments."""
    return "".join(_Page(document, insets, layout).parts()).encode()


class _Page:
    """Writes blocks as elements."""

    def __init__(self, document: Document, insets: Sequence[Inset], layout: Layout) -> None:
        self.document, self.layout = document, layout
        self.inset_of = {n: inset for inset in insets for n in range(inset.first, inset.last + 1)}
        self.is_open = False

    def parts(self) -> Iterator[str]:
        (_, title), *rest = enumerate(self.document.blocks)
        words = escape(self.document.text[title.start : title.end])
        yield _HEAD.format(title=words, kind=f"govuk-main-wrapper {self.layout}")
        chapters = [n for n, block in rest if block.level == 2 and block.kind == "heading"]
        links = "".join(
            f'<li class="gem-c-contents-list__list-item"><a href="#c{n}">{self.words(n)}</a></li>' for n in chapters
        )
        yield (_LANDING if self.layout == "attachments" else _TITLE).format(title=words, contents=links)
        yield '<div class="gem-c-govspeak govuk-govspeak"><div class="govspeak">'
        if self.layout == "accordion":
            yield '<div class="govuk-accordion gem-c-accordion"><div class="govuk-accordion__controls">'
            yield '<button type="button" class="govuk-accordion__show-all">Show all sections</button></div>'
        for key, group in groupby(rest, key=lambda item: self.group(*item)):
            yield from self.elements(key[0], [n for n, _ in group])
        if self.is_open:
            yield "</div></div>"
        yield "</div>" if self.layout == "accordion" else ""
        yield from self.notes()
        yield "</div></div>"
        yield "</section>" if self.layout == "attachments" else ""
        yield _FOOT

    def group(self, n: int, block: Block) -> tuple[str, int]:
        """What an element holds: an inset, a list, a table with its caption, a figure, or one block alone."""
        if inset := self.inset_of.get(n):
            return inset.kind, inset.first
        kind, text = block.kind, self.document.text[block.start : block.end]
        if kind == "caption":
            return ("figure", n) if text.startswith("Figure") else ("table", n)
        if kind.startswith("table"):
            first = max(m for m in range(n) if not self.document.blocks[m].kind.startswith("table"))
            return "table", first
        if kind == "list-item":
            return ("numbered", n) if re.match(r"\d", text) else ("list", 0)
        return kind, n

    def elements(self, kind: str, numbers: Sequence[int]) -> Iterator[str]:
        first = numbers[0]
        if kind == "box":
            yield f'<div class="call-to-action">{"".join(self.boxed(numbers))}</div>'
        elif kind == "pull":
            yield f'<blockquote><p class="last-child">{self.words(first)}</p></blockquote>'
        elif kind == "list":
            yield f"<ul>\n{''.join(f'<li>{self.words(n)}</li>' for n in numbers)}\n</ul>"
        elif kind == "numbered":
            yield f"<p>{self.words(first)}</p>"
        elif kind == "figure":
            yield '<figure class="image embedded"><div class="img"><img src="bars.png" alt="Bars that rise"></div>'
            yield f"<figcaption><p>{self.words(first)}</p></figcaption></figure>"
        elif kind == "table":
            yield from self.table(numbers)
        elif kind == "heading":
            yield from self.heading(first)
        else:
            yield f"<p>{self.words(first)}</p>\n"

    def boxed(self, numbers: Sequence[int]) -> Iterator[str]:
        for kind, group in groupby(numbers, key=lambda n: self.document.blocks[n].kind):
            words = [self.words(n) for n in group]
            if kind == "list-item":
                yield f"<ul>{''.join(f'<li>{said}</li>' for said in words)}</ul>"
            else:
                yield "".join(f"<h3>{said}</h3>" if kind == "heading" else f"<p>{said}</p>" for said in words)

    def heading(self, n: int) -> Iterator[str]:
        level, words = self.document.blocks[n].level, self.words(n)
        number = re.match(r"[\d.]+ ", words)
        if number:
            words = f'<span class="number">{number.group()}</span>{words[number.end() :]}'
        if self.layout != "accordion" or level > 2:
            yield f'<h{level} id="c{n}">{words}</h{level}>\n'
            return
        yield "</div></div>" if self.is_open else ""
        self.is_open = True
        # As the site's script leaves it.
        yield f'<div class="govuk-accordion__section"><div class="govuk-accordion__section-header"><h2 id="c{n}" '
        yield 'class="govuk-accordion__section-heading"><button type="button" aria-expanded="false" '
        yield 'class="govuk-accordion__section-button"><span class="govuk-accordion__section-heading-text">'
        yield f'<span class="govuk-accordion__section-heading-text-focus">{words}</span></span>'
        yield '<span class="govuk-visually-hidden govuk-accordion__section-heading-divider">, </span>'
        yield '<span class="govuk-accordion__section-toggle" data-nosnippet><span>'
        yield '<span class="govuk-accordion-nav__chevron"></span><span>Show</span></span></span></button></h2></div>'
        yield '<div class="govuk-accordion__section-content" hidden="until-found">'

    def table(self, numbers: Sequence[int]) -> Iterator[str]:
        yield '<table class="govuk-table">'
        for n in numbers:
            kind = self.document.blocks[n].kind
            if kind == "caption":
                yield f'<caption class="govuk-table__caption">{self.words(n)}</caption>'
                continue
            cells = self.words(n).split(" | ")
            if kind == "table-header":
                yield f"<thead><tr>{''.join(f'<th scope=col>{cell}</th>' for cell in cells)}</tr></thead>"
            else:
                yield f'<tr><th scope="row">{cells[0]}</th>{"".join(f"<td>{cell}</td>" for cell in cells[1:])}</tr>'
        yield "</table>"

    def words(self, n: int) -> str:
        """The words of a block, with its calls of notes."""
        block = self.document.blocks[n]
        parts, at = [], block.start
        for mark in self.document.marks:
            if block.start < mark.position <= block.end:
                number = mark.number
                parts.append(escape(self.document.text[at : mark.position]))
                parts.append(f'<sup id="fnref:{number}"><a href="#fn:{number}" class="footnote" rel="footnote" ')
                parts.append(f'role="doc-noteref">[footnote {number}]</a></sup>')
                at = mark.position
        return "".join(parts) + escape(self.document.text[at : block.end])

    def notes(self) -> Iterator[str]:
        if not self.document.footnotes:
            return
        yield '<div class="footnotes" role="doc-endnotes"><ol>'
        for note in self.document.footnotes:
            words = re.sub(
                r"https://\S+", lambda found: f'<a href="{found.group()}">{found.group()}</a>', escape(note.text)
            )
            yield f'<li id="fn:{note.number}" role="doc-endnote"><p>{words}&nbsp;<a href="#fnref:{note.number}" '
            yield 'class="reversefootnote" role="doc-backlink" aria-label="go to where this is referenced">↩</a>'
            # As kramdown leads back to a second call.
            yield f'&nbsp;<a href="#fnref:{note.number}:1" class="reversefootnote">↩<sup>2</sup></a></p></li>'
        yield "</ol></div>"
