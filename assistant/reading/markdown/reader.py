"""Markdown, well kept or made by a converter, as a :class:`~assistant.records.Document`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from assistant.errors import DocumentError
from assistant.reading.builder import DocumentBuilder, normalise, strip_reserved
from assistant.reading.detection import decode_text
from assistant.reading.footnotes import parse_footnote
from assistant.reading.lists import introduces_list, without_marks
from assistant.reading.markdown.conversion import CAPTION, Repaired, repair
from assistant.reading.markdown.hidden import Hiding, collect_sheet, holds_hiding, shown_tokens
from assistant.reading.markdown.inline import InlineReader
from assistant.reading.markdown.paragraphs import ends_sentence, vocabulary
from assistant.records import BlockKind, Document

_FRONT_MATTER = re.compile(r"---[ \t]*\n(?=[ \t]*(?:#|[\w-]+[ \t]*:))((?:.*\n)*?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TITLE = re.compile(r"^title:[ \t]*(.*)\n((?:[ \t]+\S.*\n)*)", re.M)
_ATTRIBUTES = re.compile(r"[ \t]*\{([#.][^{}]{0,300}|-|[\w-]+=[^{}]{0,300})\}[ \t]*$")
_NOTE_ATTRIBUTES = re.compile(r"\s*\{((?:\s*[a-z]+=\"[^\"{}]{0,500}\")+)\s*\}\s*$")
_VALUES = re.compile(r"([a-z]+)=\"([^\"]*)\"")
_ANCHOR = re.compile(r"#([^\s{}#]+)")
_NO_WORDS = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^>]*(?:>|\Z)", re.I | re.S)
_REFERENCE = re.compile(r"\[\^([^\s\[\]]{1,100})\]")
_LONGEST_NUMBER = 9
"""Digits of a note's number; Python refuses to read thousands of them."""
_LONGEST_HEADING = 250
"""Characters: longer lines, which a rule underlines by chance, are text."""


def read_markdown(data: bytes) -> Document:
    """The document that Markdown or plain text holds; notes are lifted out of the text, markup and addresses dropped.

    Front matter gives the title and nothing else. Notes without a mark, marks without a note and raw HTML that was left
    out are named in ``problems``.

    Raises:
        DocumentError: the bytes are no text, or there are no words in them.
    """
    text = decode_text(data)
    if "\x00" in text:
        raise DocumentError("The file is not text: it holds null characters. Save it as Markdown in UTF-8.")
    title, body = _split_front_matter(strip_reserved(re.sub(r"\r\n?", "\n", text)))
    document = _Reader(title).read(body)
    if not document.blocks:
        raise DocumentError("The file holds no words. Fetch or save it again.")
    return document


def _split_front_matter(text: str) -> tuple[str | None, str]:
    found = _FRONT_MATTER.match(text)
    if not found:
        return None, text
    named = _TITLE.search(found[1])
    if not named:
        return None, text[found.end() :]
    first = named[1].strip()
    title = named[2] if first in (">", ">-", "|", "|-") else f"{first} {named[2]}"
    title = normalise(title)
    if len(title) > 1 and title[0] == title[-1] and title[0] in "\"'":
        title = title[1:-1]
    return title or None, text[found.end() :]


class _Parser(MarkdownIt):
    """Takes links to scripts and data for links too: their addresses would stay in the text as words."""

    def validateLink(self, url: str) -> bool:  # noqa: N802 (the library's name)
        return True


@cache
def _parser() -> MarkdownIt:
    # `code` would take indented text, common in conversions, for program code.
    parser = _Parser("commonmark").enable(["table", "strikethrough"]).disable("code")
    parser.use(footnote_plugin, move_to_end=False)
    parser.inline.ruler.at("footnote_ref", _read_reference)
    return parser


def _read_reference(state: StateInline, silent: bool) -> bool:
    """Rule for ``[^12]``: also where no note has the label, and without the plugin's search to the end of the text."""
    found = _REFERENCE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        state.push("footnote_ref", "", 0).meta = {"label": found[1]}
    state.pos = found.end()
    return True


@dataclass(slots=True)
class _List:
    is_ordered: bool
    lead: int | None


@dataclass(slots=True)
class _Item:
    prefix: str
    block: int | None = None
    """Its first block; None also for an item that holds nothing but a list."""


@dataclass(slots=True)
class _Before:
    """What stands directly before: its kind, and the block that a list behind it would be led in by."""

    kind: str = ""
    block: int | None = None
    words: str = ""


class _Reader:
    """Walks the parser's tokens once and hands blocks to the builder."""

    def __init__(self, title: str | None) -> None:
        self.builder = DocumentBuilder(title)
        self._env: dict[str, Any] = {}
        self._lists: list[_List] = []
        self._items: list[_Item] = []
        self._quotes = 0
        self._before = _Before()
        self._html_blocks = 0

    def read(self, text: str) -> Document:
        self._sheet = collect_sheet(text)
        # What hides words is not what a converter leaves, and repairs may take its lines apart.
        repaired = Repaired(text) if holds_hiding(text, self._sheet) else repair(text)
        parsed = _parser().parse(repaired.text, self._env)
        self._inline = InlineReader(vocabulary(repaired.text), self._env, self._sheet)
        tokens = self._shown(parsed)
        notes = [*repaired.notes, *self._notes_in(tokens)]
        for number, words in notes:
            self._add_note(number, words)
        self._walk(tokens)
        for number, words in self._inline.notes_in_place:
            self._add_note(number, words)
        return self._finish()

    def _shown(self, tokens: list[Token]) -> list[Token]:
        """The tokens without what raw HTML hides."""
        hiding = Hiding(self._sheet)
        shown: list[Token] = []
        for token, is_shown in shown_tokens(tokens, hiding):
            if is_shown:
                shown.append(token)
            elif not hiding.is_silent and token.type in ("inline", "fence"):
                self._inline.hidden_words += len(token.content.split())
        return shown

    def _walk(self, tokens: list[Token]) -> None:
        steps = iter(range(len(tokens)))
        for index in steps:
            token = tokens[index]
            kind = token.type
            if kind == "heading_open":
                self._add_heading(int(token.tag[1]), token.markup, tokens[index + 1])
            elif kind == "paragraph_open":
                self._add_paragraph(
                    tokens[index + 1], leads_to=tokens[index + 3].type if index + 3 < len(tokens) else ""
                )
            elif kind in ("bullet_list_open", "ordered_list_open"):
                self._lists.append(_List(kind.startswith("ordered"), self._lead_in()))
            elif kind in ("bullet_list_close", "ordered_list_close"):
                closed = self._lists.pop()
                self._before = _Before("list", closed.lead)
            elif kind == "list_item_open":
                number = f"{token.info}{token.markup} " if self._lists[-1].is_ordered else ""
                self._items.append(_Item(number))
            elif kind == "list_item_close":
                self._items.pop()
            elif kind in ("blockquote_open", "blockquote_close"):
                self._quotes += token.nesting
            elif kind in ("table_open", "footnote_reference_open"):
                end = _closing(tokens, index)
                if kind == "table_open":
                    self._add_table(tokens[index:end])
                # What stands inside was read with it.
                for _ in range(end - index):
                    next(steps)
            elif kind == "fence":
                self._add(kind="paragraph", words=strip_reserved(token.content))
            elif kind == "html_block":
                self._html_blocks += bool(_NO_WORDS.sub("", token.content).strip())
                self._before = _Before()

    def _add(
        self, *, kind: BlockKind, words: str, level: int = 0, lead: int | None = None, anchor: str | None = None
    ) -> int | None:
        index = self.builder.add(kind, words, level=level, lead=lead, anchor=anchor)
        if index is not None:
            self._before = _Before(kind, index, words)
        return index

    def _add_heading(self, level: int, markup: str, inline: Token) -> None:
        anchor = None
        children = inline.children or []
        named = _ATTRIBUTES.search(inline.content)
        if named:
            identifier = _ANCHOR.search(named[1])
            anchor = identifier[1] if identifier else None
            children = _parser().parseInline(inline.content[: named.start()], self._env)[0].children or []
        words = self._inline.read(children)
        if self._items or self._quotes or (markup in ("-", "=") and len(words) > _LONGEST_HEADING):
            self._add_words(words)
            return
        index = self._add(kind="heading", words=words, level=level, anchor=anchor)
        if index is not None and level == 1 and self.builder.title is None:
            self.builder.title = normalise(without_marks(words))

    def _add_paragraph(self, inline: Token, *, leads_to: str) -> None:
        words = self._inline.read(inline.children or [])
        at_table = self._before.kind in ("table-row", "table-header") or leads_to == "table_open"
        if at_table and CAPTION.match(words) and len(words) < _LONGEST_HEADING and not ends_sentence(words):
            self._add(kind="caption", words=words)
        else:
            self._add_words(words)

    def _add_words(self, words: str) -> None:
        """A paragraph where it stands: in an item, in a quotation or on its own."""
        if self._items and not self._quotes:
            item = self._items[-1]
            level = 1 + sum(1 for outer in self._items[:-1] if outer.block is not None)
            if item.block is None:
                item.block = self._add(
                    kind="list-item", words=item.prefix + words, level=level, lead=self._lists[-1].lead
                )
            else:
                self._add(kind="list-item", words=words, level=level, lead=item.block)
        elif self._quotes:
            announced = self._before.kind == "paragraph" and _announces(self._before.words)
            self._add(kind="quotation", words=words, lead=self._before.block if announced else None)
        else:
            self._add(kind="paragraph", words=words)

    def _lead_in(self) -> int | None:
        """The block that introduces the list which opens here."""
        if self._items:
            return self._items[-1].block if self._items[-1].block is not None else self._lists[-1].lead
        if self._before.kind == "list":
            # A list that a change of marker cut in two has one lead-in.
            return self._before.block
        leads = self._before.kind == "paragraph" and introduces_list(without_marks(self._before.words))
        return self._before.block if leads else None

    def _add_table(self, tokens: Sequence[Token]) -> None:
        header: int | None = None
        cells: list[str] = []
        in_head = False
        for token in tokens:
            if token.type in ("thead_open", "thead_close"):
                in_head = token.nesting > 0
            elif token.type == "inline":
                cells.append(self._inline.read(token.children or []))
            elif token.type == "tr_close":
                row = " | ".join(cells) if any(cell.strip() for cell in cells) else ""
                if in_head:
                    header = self._add(kind="table-header", words=row)
                else:
                    self._add(kind="table-row", words=row, lead=header)
                cells = []

    def _notes_in(self, tokens: list[Token]) -> Iterator[tuple[str, str]]:
        """Label and words of each note that the file defines; all are known before the first mark is met."""
        for index, token in enumerate(tokens):
            if token.type == "footnote_reference_open":
                content = tokens[index : _closing(tokens, index)]
                paragraphs = [inner.children or [] for inner in content if inner.type == "inline"]
                yield token.meta["label"], " ".join(self._inline.read(words, as_note=True) for words in paragraphs)

    def _add_note(self, number: str, words: str) -> None:
        words = normalise(Hiding(self._sheet).strip(words))
        if words:
            words, attributes = _split_attributes(words)
            self.builder.add_footnote(replace(parse_footnote(number, words), attributes=attributes))
            self._inline.known.add(number)

    def _finish(self) -> Document:
        never_called = sorted(self._inline.known - self._inline.called, key=_by_number)
        if never_called:
            self.builder.report(f"Notes that nothing in the text calls: {', '.join(never_called)}.")
        if self._inline.lost:
            self.builder.report(f"Marks whose note is not in the file: {', '.join(self._inline.lost)}.")
        if self._html_blocks:
            self.builder.report(f"Blocks of raw HTML that were left out: {self._html_blocks}.")
        if self._inline.hidden_words:
            self.builder.report(f"Words that raw HTML hides from readers were left out ({self._inline.hidden_words}).")
        return self.builder.build()


def _split_attributes(note: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a note without the names and values in braces at its end, and those."""
    found = _NOTE_ATTRIBUTES.search(note)
    return (note[: found.start()], tuple(_VALUES.findall(found[1]))) if found else (note, ())


def _closing(tokens: Sequence[Token], index: int) -> int:
    """Index of the token that closes the one at ``index``."""
    closing, level = tokens[index].type.replace("_open", "_close"), tokens[index].level
    return next(at for at in range(index, len(tokens)) if tokens[at].type == closing and tokens[at].level == level)


def _announces(words: str) -> bool:
    return without_marks(words).rstrip().endswith(":")


def _by_number(label: str) -> tuple[int, str]:
    return (int(label) if label.isdecimal() and len(label) <= _LONGEST_NUMBER else 0, label)
