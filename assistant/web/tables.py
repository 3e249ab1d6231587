"""Tables and messages as HTML. Whatever is handed over is plain words: all of it is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

CSS = """
.table-frame { overflow-x: auto; }
.table-frame[role="region"] table, .table-frame[role="region"] table tr { border: 0; }
.table-frame table { border-collapse: collapse; width: 100%; }
.table-frame table caption { text-align: left; font-weight: 600; padding: 4px 0; }
.table-frame table th, .table-frame table td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; }
.table-frame table th, .table-frame table td { border: 0; border-bottom: 1px solid var(--border-color-primary); }
.table-frame table td, .table-frame table th[scope="row"] { white-space: pre-line; overflow-wrap: break-word; }
@media (max-width: 640px) {
  .table-frame table, .table-frame tbody, .table-frame tr, .table-frame caption { display: block; }
  .table-frame table td, .table-frame table th[scope="row"] { display: block; border: 0; padding: 2px 0; }
  .table-frame[role="region"] table tr { border-bottom: 1px solid var(--border-color-primary); padding: 6px 0; }
  .table-frame thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .table-frame td::before { content: attr(data-heading) ": "; font-weight: 600; }
}
.message { border-left: 4px solid var(--color-accent); padding: 8px 12px; overflow-wrap: anywhere; }
.message[role="alert"] { border-color: #d4351c; }
"""
"""On a narrow screen each cell has a line of its own, behind its heading."""


def table_html(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in which the first cell of each row is its heading and lines stay lines."""
    head = "".join(f'<th scope="col" role="columnheader">{escape(heading)}</th>' for heading in headings)
    body = "".join(_row(headings, row) for row in rows)
    # A frame that scrolls must be reached with the keyboard, and then has a name. The roles are those the elements
    # have anyway; browsers take them away where a style sheet lays the table out as blocks.
    return (
        f'<div class="table-frame" role="region" tabindex="0" aria-label="{escape(caption)}"><table role="table">'
        f'<caption>{escape(caption)}</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table></div>'
    )


def _row(headings: Sequence[str], cells: Sequence[str]) -> str:
    first, *rest = cells
    further = "".join(
        f'<td role="cell" data-heading="{escape(heading)}">{escape(cell)}</td>'
        for heading, cell in zip(headings[1:], rest, strict=True)
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{escape(first)}</th>{further}</tr>'


def message_html(words: str) -> str:
    """A sentence of ours that says what there is or what was done."""
    return f'<p class="message" role="status">{escape(words)}</p>'


def problem_html(words: str) -> str:
    """A sentence that says why there is no result; screen readers say it at once."""
    return f'<p class="message" role="alert">{escape(words)}</p>'
