"""Tables and messages as HTML. Whatever is handed over is plain words: all of it is escaped here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

CSS = """
.table-frame { overflow-x: auto; }
.table-frame table { border-collapse: collapse; width: 100%; }
.table-frame caption { text-align: left; font-weight: 600; padding: 4px 0; }
.table-frame th, .table-frame td { text-align: left; vertical-align: top; padding: 6px 10px; min-width: 5em; }
.table-frame th, .table-frame td { border-bottom: 1px solid var(--border-color-primary); overflow-wrap: break-word; }
.table-frame td, .table-frame th[scope="row"] { white-space: pre-line; }
.message { border-left: 4px solid var(--color-accent); padding: 8px 12px; overflow-wrap: anywhere; }
.message[role="alert"] { border-color: var(--error-border-color, #d4351c); }
"""


def table_html(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls sideways where it is wide; the first cell of each row is its heading, lines stay lines."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    # A frame that scrolls must be reached with the keyboard, and then has a name.
    return (
        f'<div class="table-frame" role="region" tabindex="0" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def message_html(words: str, *, wrong: bool = False) -> str:
    """A sentence of ours, read out at once by a screen reader where something is wrong."""
    return f'<p class="message" role="{"alert" if wrong else "status"}">{escape(words)}</p>'
