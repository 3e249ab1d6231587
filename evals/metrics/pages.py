"""Is the page in a citation the page on which the quoted words are printed?

Which words stand on which page is read again, from pdfium's plain text and not with the assistant's reader; which
number a page bears is known from the setting (`evals.libraries.paged`).
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pypdfium2 as pdfium

from assistant.records import Answer, Quote


def judge_pages(answer: Answer, files: Mapping[str, Path]) -> tuple[dict[str, float], str]:
    """Whether the citations of an answer name the page and the label that a reader of the publication finds there.

    ``page_cited``: share of the citations whose words stand on the cited page, or begin there and end on the next.
    Words that reading changed, by a word torn in two or a running head among them, stand on no page.
    ``label_cited``: share whose label is the one that the cited page bears. A citation without a page counts 0 in both.
    Citations of registers, and of documents that are no publications, have no page and are left out; where none is
    left, so are the scores.

    Args:
        answer: an answer of the paged library.
        files: publications by document id, as `paged_files` gives them.

    Returns:
        The scores, and what is wrong with each citation that is not right.
    """
    judged = [_judge(quote, files[quote.document]) for quote in answer.citations if _has_pages(quote, files)]
    if not judged:
        return {}, ""
    return {
        "page_cited": sum(item.page_right for item in judged) / len(judged),
        "label_cited": sum(item.label_right for item in judged) / len(judged),
    }, "\n".join(item.fault for item in judged if item.fault)


class _Judged(NamedTuple):
    page_right: bool
    label_right: bool
    fault: str


def _has_pages(quote: Quote, files: Mapping[str, Path]) -> bool:
    return quote.part == "body" and quote.document in files


def _judge(quote: Quote, file: Path) -> _Judged:
    pages = _read_pages(file, file.stat().st_mtime_ns)
    labels: list[str | None] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["labels"]
    words = _words(quote.quote)
    page = quote.page if quote.page is not None and 1 <= quote.page <= len(pages) else None
    page_right = page is not None and _begins_on(words, pages, page)
    label_right = page is not None and quote.page_label == labels[page - 1]
    if page_right and label_right:
        return _Judged(page_right, label_right, "")
    where = [number for number in range(1, len(pages) + 1) if _begins_on(words, pages, number)]
    printed = ", ".join(f"page {number} (label {labels[number - 1]})" for number in where)
    return _Judged(
        page_right,
        label_right,
        f"[{quote.n}] {quote.document}: cited on page {quote.page} (label {quote.page_label}), "
        f"printed in these words on {printed or 'no page'}: {quote.quote!r}",
    )


@lru_cache(maxsize=32)
def _read_pages(file: Path, changed: int) -> tuple[str, ...]:
    """The words of each page; ``changed`` keeps a file that was set anew from being taken for the old one."""
    with pdfium.PdfDocument(file) as opened:
        return tuple(_plain(page.get_textpage().get_text_range()) for page in opened)


def _plain(text: str) -> str:
    """Words in lower case, letters and digits alone, so that spelling and spaces count but not how they are set.

    Addresses fall apart where a line may break them.

    >>> _plain("The \ufb01rst long-\\r\\nterm plan\u2014\u201cper cent\u201d, see www.gov.uk")
    'the first longterm plan per cent see www gov uk'
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    # pdfium gives the hyphen at a line's end as a character of its own.
    text = re.sub(r"[\x02\ufffe\u00ad]\s*|[-\u2010\u2011]\s*[\r\n]+|[-\u2010\u2011]", "", text)
    text = re.sub(r"(?<=[a-z])[.?&=+_](?=[a-z])|[\u2013\u2014/\s]+", " ", text)
    return re.sub(r" +", " ", re.sub(r"[^\w ]|_", "", text)).strip()


class _QuotedWord(NamedTuple):
    text: str
    opens: bool
    """True at the start of an item, cell or paragraph: numbers and repeated table heads may stand before it."""


def _words(quote: str) -> list[_QuotedWord]:
    pieces = [_plain(piece).split() for piece in re.split(r"\n+| \| ", quote)]
    return [_QuotedWord(word, opens=n == 0) for piece in pieces for n, word in enumerate(piece)]


_GAP = 200
"""Characters that may stand between two items or cells: a number, a table's head."""
_TOP = 300
"""Characters that may stand on a page before the end of a quote that began on the page before."""


def _begins_on(words: Sequence[_QuotedWord], pages: Sequence[str], number: int) -> bool:
    """True when the words stand on the page, or begin there and end on the next; not when all stand on the next."""
    here, following = pages[number - 1], pages[number] if number < len(pages) else ""
    if _stand(words, here):
        return True
    if not following or _stand(words, following):
        return False
    cut = bisect_left(range(1, len(words)), True, key=lambda count: not _stand(words[:count], here))
    before, word, after = words[:cut], words[cut], words[cut + 1 :]
    if before and _end_at_top([word, *after], following):
        return True
    # The page may end inside a word.
    return any(
        _stand([*before, word._replace(text=word.text[:at])], here, is_broken=True)
        and _end_at_top([_QuotedWord(word.text[at:], opens=False), *after], following)
        for at in range(2, len(word.text) - 1)
    )


def _stand(words: Sequence[_QuotedWord], page: str, *, is_broken: bool = False) -> bool:
    return re.search(_pattern(words) + ("" if is_broken else r"\b"), page) is not None


def _end_at_top(words: Sequence[_QuotedWord], page: str) -> bool:
    pattern = re.compile(_pattern(words) + r"\b")
    return pattern.search(page, 0, _TOP + sum(len(word.text) + 1 for word in words)) is not None


def _pattern(words: Sequence[_QuotedWord]) -> str:
    """Matches the words in a page's text, where numbers of notes may hang on any of them."""
    parts = [r"\b"]
    for n, word in enumerate(words):
        gap = rf" (?:.{{0,{_GAP}}} )??" if word.opens else " "
        parts.append(f"{gap if n else ''}{re.escape(word.text)}\\d*")
    return "".join(parts)
