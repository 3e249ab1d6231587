"""The preview of a chapter as HTML. All text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.export.chapters import Chapter, PlanProblem
from assistant.export.chapters.chapter import MADE, REFERENCES, TABLE_CAPTION, TABLE_HEADS, Block, Reference
from assistant.web.evidence import web_link
from assistant.web.html_parts import table_html

NOTHING_YET = "Add a section or a case to the plan to see the chapter here."


def preview_html(chapter: Chapter | None, problems: Sequence[PlanProblem]) -> str:
    """Return the problems of the plan, then the chapter or, without one, what to do."""
    shown = _chapter(chapter) if chapter else f"<p>{NOTHING_YET}</p>"
    return f'<section class="chapter" aria-label="Preview"><h2>Preview</h2>{_problems_html(problems)}{shown}</section>'


def _problems_html(problems: Sequence[PlanProblem]) -> str:
    if not problems:
        return ""
    items = "".join(f"<li>{escape(problem.message)}</li>" for problem in problems)
    return f'<div class="message"><p>Before you can save it:</p><ul>{items}</ul></div>'


def _chapter(chapter: Chapter) -> str:
    parts = [f"<h3>{escape(chapter.title)}</h3>", _blocks(chapter.introduction)]
    for section in chapter.sections:
        parts.append(f"<h4>{escape(section.heading)}</h4>{_blocks(section.blocks)}")
    if chapter.table:
        rows = [
            (row.title, row.place, row.period, row.outcome, ", ".join(map(str, row.references)))
            for row in chapter.table
        ]
        parts.append(table_html(TABLE_CAPTION, TABLE_HEADS, rows))
    if chapter.references:
        items = "".join(_reference(reference) for reference in chapter.references)
        parts.append(f'<h4>{REFERENCES}</h4><ol class="references">{items}</ol>')
    made = "".join(f"<li>{escape(line)}</li>" for line in chapter.made)
    return "".join(parts) + f"<h4>{MADE}</h4><ul>{made}</ul>"


def _blocks(blocks: Sequence[Block]) -> str:
    parts: list[str] = []
    for number, block in enumerate(blocks):
        before = blocks[number - 1].kind if number else ""
        if before == "list-item" and block.kind != "list-item":
            parts.append("</ul>")
        if block.kind == "heading":
            parts.append(f"<h5>{escape(block.text)}</h5>")
        elif block.kind == "paragraph":
            parts.append(f"<p>{_words(block)}</p>")
        else:
            parts.append(("" if before == "list-item" else "<ul>") + f"<li>{_words(block)}</li>")
    return "".join(parts) + ("</ul>" if blocks and blocks[-1].kind == "list-item" else "")


def _words(block: Block) -> str:
    label = f"<strong>{escape(block.label)}:</strong> " if block.label else ""
    marks = ", ".join(f'<a href="#reference-{number}">{number}</a>' for number in block.references)
    return f"{label}{escape(block.text)}" + (f" [{marks}]" if marks else "")


def _reference(reference: Reference) -> str:
    lines = [f"{escape(reference.source)}.", *map(escape, reference.details)]
    if reference.url:
        lines.append(web_link(reference.url, reference.url))
    words = "".join(f"<p>{line}</p>" for line in lines)
    return f'<li id="reference-{reference.number}" tabindex="-1">{words}</li>'
