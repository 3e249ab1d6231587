"""A note as Markdown: headings, lists and numbered footnotes; no source text can act as markup.

Renderers differ in what they take for markup, so more is escaped than CommonMark requires. Printed addresses are in
code spans, because some renderers link bare addresses even with escaped punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from assistant.export.notes.note import Note, NoteFootnote, NoteSection, Paragraph
from assistant.text.printable import clean

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~^$&]|\.(?=[^\W\d_])")
_BLOCK_START = re.compile(r"[-+=:!(]")
_ENUMERATED = re.compile(r"(\w{1,9})([.)])(?=\s|$)")
_LINKED = re.compile(r"://|@|\bwww\.|\b(?:mailto|xmpp):", re.IGNORECASE)
_AROUND = re.compile(r"([(\[“‘\"'<]*)(.*?)([)\]”’\"'>.,;:!?]*)", re.DOTALL)


def as_markdown(note: Note) -> str:
    """Return the note as Markdown with footnotes (``[^1]``), as GitHub and Pandoc read them, without HTML.

    The only links are documents' addresses in the catalogue.
    """
    blocks = [f"# {plain(note.title)}"]
    for section in note.sections:
        blocks += _section(section)
    blocks += ["## How this note was made", "\n".join(f"- {plain(line)}" for line in note.made)]
    blocks += map(_footnote, note.footnotes)
    return "\n\n".join(blocks) + "\n"


def plain(words: str) -> str:
    r"""Return text on one line with all markup escaped.

    >>> print(plain("# [a](b) at https://example.org."))
    \# \[a\](b) at `https://example.org`.
    """
    line = " ".join(map(_word, clean(words).split()))
    if _ENUMERATED.match(line):
        line = _ENUMERATED.sub(r"\1\\\2", line, count=1)
    return f"\\{line}" if _BLOCK_START.match(line) else line


def _section(section: NoteSection) -> Iterator[str]:
    yield f"## {plain(section.heading)}"
    if section.asked:
        yield f"**Question:** {plain(section.asked)}"
    if section.searched_as:
        yield f"**Searched as:** {plain(section.searched_as)}"
    for warning in section.warnings:
        yield f"**Note:** {plain(warning)}"
    for kind, group in groupby(section.paragraphs, key=_block):
        own = list(group)
        if kind == "table":
            yield "\n".join(_table(own))
        elif kind == "list":
            yield "\n".join(map(_paragraph, own))
        else:
            yield from map(_paragraph, own)


def _block(paragraph: Paragraph) -> str:
    if paragraph.cells:
        return "table"
    return "list" if paragraph.kind == "list-item" else ""


def _table(rows: Sequence[Paragraph]) -> Iterator[str]:
    """Yield a table's lines; one without column titles gets empty ones, since Markdown needs some."""
    for place, row in enumerate(rows):
        if not place and row.kind != "table-header":
            yield "|" + "  |" * len(row.cells)
            yield "|" + "---|" * len(row.cells)
        *cells, last = map(plain, row.cells)
        calls = "".join(f" [^{n}]" for n in row.footnotes)
        yield f"| {' | '.join([*cells, last + calls])} |"
        if row.kind == "table-header":
            yield "|" + "---|" * len(row.cells)


def _paragraph(paragraph: Paragraph) -> str:
    if paragraph.kind == "voice":
        return f"### {plain(paragraph.text)}"
    words = " ".join((plain(paragraph.text), *(f"[^{n}]" for n in paragraph.footnotes)))
    if paragraph.kind == "list-item":
        # The source's own number is text: as list markup it would be renumbered.
        return f"- {plain(paragraph.number)} {words}" if paragraph.number else f"- {words}"
    return words


def _footnote(footnote: NoteFootnote) -> str:
    parts = [[f"{plain(footnote.source)}. {plain(footnote.standing)}."]]
    if footnote.place:
        parts.append([plain(footnote.place)])
    parts.append(_quoted(footnote.quote))
    parts += [[plain(line)] for line in footnote.notes]
    if footnote.url:
        parts.append([f"<{footnote.url}>"])
    lines: list[str] = []
    for part in parts:
        lines += ["", *(f"    {line}" for line in part)] if lines else part
    return f"[^{footnote.number}]: " + "\n".join(lines)


def _quoted(quote: str) -> list[str]:
    lines = [plain(line) for line in quote.split("\n")]
    # A backslash at the end of a line keeps the line break.
    breaks = ["\\" if line and after else "" for line, after in pairwise([*lines, ""])]
    return [f"> {line}{end}".rstrip() for line, end in zip(lines, breaks, strict=True)]


def _word(word: str) -> str:
    if not _LINKED.search(word):
        return _MARKUP.sub(r"\\\g<0>", word)
    found = _AROUND.fullmatch(word)
    before, inside, after = found.groups() if found else ("", word, "")
    ticks = "`" * (1 + max(map(len, re.findall("`+", inside)), default=0))
    pad = " " if inside.startswith("`") or inside.endswith("`") else ""
    code = f"{ticks}{pad}{inside}{pad}{ticks}" if inside else ""
    return f"{_MARKUP.sub(_escaped, before)}{code}{_MARKUP.sub(_escaped, after)}"


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[0]}"
