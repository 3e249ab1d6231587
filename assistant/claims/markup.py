"""Whether a sentence that a model wrote is words alone.

A page shows all words as words, but a reader copies an answer into other programs, where a link, a tag, a formula or a
line that looks like one of our headings would act or mislead.
"""

from __future__ import annotations

import re

from assistant.text.quoting import AUTHORITY_WORDS

_FORMS = re.compile(
    r"""
    \w+://\S* | \bwww\.\S+ | \b(?:javascript|vbscript|data|mailto|file):\S+  # addresses
    | </?[a-z!?][^>]*>? | \bon[a-z]{3,}\s*=  # HTML
    | !?\[[^\]]*\]\( | \[\^?\d{1,3}\] | ```  # links, pictures and citations
    | \$\{ | \$\$ | \{\{ | <% | \\[a-z]+\d*\{ | \#\{  # formulas and templates
    | ^\s*[=+@|{\#] | ^\s*-\s*\d+\s*[+*/-]  # what a spreadsheet or a note takes for more than words
    | [A-Za-z][\u0370-\u052f] | [\u0370-\u052f][A-Za-z]  # letters of two alphabets in one word
    | \S{60,}
    """,
    re.I | re.X,
)
_RANKS = "|".join(map(re.escape, AUTHORITY_WORDS.values()))
_HEADING = re.compile(rf"\((?:{_RANKS}), [^()]*\d{{4}}[^()]*\)\s*:?\s*$", re.I)


def markup_in(text: str) -> str:
    """Return the first piece of a sentence that is more than words; empty for words alone.

    >>> markup_in("See [the crew](https://crew.example/log-in)."), markup_in("Ferry Act (statute, 2025):")
    ('[the crew](', '(statute, 2025):')
    >>> markup_in("At 10% or more, £5 million [of it] went to boards: see R v A [2020] UKSC 5.")
    ''
    """
    found = _FORMS.search(text) or _HEADING.search(text)
    return found[0].strip() if found else ""
