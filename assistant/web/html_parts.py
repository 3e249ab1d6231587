"""Tables and messages as HTML. They take plain text and escape it."""

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
"""On a narrow screen each cell has its own line, after its heading."""


def table_html(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first cell of each row is its heading, and line breaks are kept."""
    head = "".join(f'<th scope="col" role="columnheader">{escape(heading)}</th>' for heading in headings)
    body = "".join(_row(headings, row) for row in rows)
    # A frame that scrolls needs keyboard focus and a name. Browsers drop a table's own roles when a style sheet lays
    # it out as blocks, so they are explicit.
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
    """Return a message that says what was done or found."""
    return f'<p class="message" role="status">{escape(words)}</p>'


def problem_html(words: str) -> str:
    """Return an error message, which screen readers say at once."""
    return f'<p class="message" role="alert">{escape(words)}</p>'
