"""Light paraphrases: several small changes that keep what is said, and every figure, negation and modal word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from assistant.text.dates import MONTHS
from evals.making.alterations.change import Alteration, Edit, draw, either, like, upper_first
from evals.making.alterations.wordings import PAIRS, POSSESSIVES, WORDINGS

LEAST_CHANGES = 2
MOST_CHANGES = 4
_GUARDED = re.compile(
    r"\d+(?:[.,]\d+)*|\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|third|half|twice|double[ds]?|"
    r"halve[ds]?|not|no|nor|none|never|neither|cannot|without|nothing|nobody|"
    r"must|should|shall|will|would|may|might|can|could|need|needs|ought)\b|n't\b",
    re.IGNORECASE,
)
_MONTH = "|".join(MONTHS)
_WHEN = rf"(?:in|on|by|from|since) (?:\d{{1,2}} )?(?:(?:{_MONTH}) )?(?:19|20)\d\d(?:[-–/]\d\d)?"
_CLAUSE = re.compile(
    either(
        """that which who whose what how where when while because whether if to due as than though although after
        before so until and but for up down against with between by called"""
    ).join((r"\b", r"\b|[,;:()\"“–]"))
)
_SAYS = either(
    """notes noted reports judges judged says observes observed calculated estimates argues argued stressed thinks
    concluded concludes found"""
)
_SPEAKER = either(
    """Demos/Nesta/Fieldfisher/Full Fact/BBC Verify/NCVO/Social Enterprise UK/Pro Bono Economics/
    The Institute for Government/The Resolution Foundation/The Health Foundation/The National Audit Office/
    The audit office/The Public Accounts Committee/The Centre for Net Zero/The NAO/The IfG/The Institute/
    The report/The statement/Browne Jacobson/Press coverage/Auditors/The trade press/Greater Manchester's mayor/
    The leader of Epsom and Ewell/The explanatory memorandum/Government/Lawyers"""
)
_OPENS_A_CLAUSE = r"(?:the|it|they|one|an?|its|Demos|this|those|some|most|local|money|capability|reorganisation) "
LOWERED = frozenset(
    "The A An It Its They Their This That These Those Each Every Some Many Most All Several Two Three Four Five "
    "Six Ten Eight Auditors Press Lawyers Central Local Regional Ministers Councils Government Civil Public "
    "Procurement Contracting Small Membership Policy Mission Test Participation Consultation Competition "
    "Engagement Governance Interest Data Teams Targets Buyers Suppliers Unions Services Quality Use Scale Growth "
    "Missions Missing Funding Money Practice Raising Employers Directors Draft Page Net Formal Other Existing "
    "Single Sports Final Plans Half Guidance Stakeholders Officials Forecasts Housing Commercial Social Joint "
    "Supervision Outsourced Critics Observers Evidence Composition Measurement Corporate Business People "
    "Residents Efforts Volunteering Both Either Outcomes Infrastructure Umbrella Numerous Planning Settlements "
    "Relationships In On By From Since Staff Identifiable Earlier Core Methods Careful Cheaper Possible Possibly "
    "Community Making Work Works Departments Indirect Departmental Self-assessment Environmental Integrity Value "
    "Such Proposals Measures Estimates Clean Safer Teachers Service Whether Labour-led Mayoral Mayors Parish".split()
)
"""Words that lose their capital when they no longer open a sentence."""
_ONE_OR_MORE_WORDS = re.compile(r"^[A-Za-z'-]+")


@dataclass(frozen=True, slots=True)
class Change:
    """A sentence after one change, and what was changed."""

    sentence: str
    note: str


Rewrite = Callable[[str], Iterator[Change]]


def light_paraphrase(sentence: str, short_forms: Mapping[str, str]) -> Alteration | None:
    """The sentence after two to four small changes; None where fewer are to be had.

    Args:
        sentence: a whole sentence.
        short_forms: short to long form of the names that the sentence's text defines, as ``NAO``.
    """
    notes: list[str] = []
    now = sentence
    for source in (_order, _form, _short_forms(short_forms), _numbers, _wordings):
        most = 1 if source in (_order, _form) else MOST_CHANGES - len(notes)
        now = _few(source, now, min(most, MOST_CHANGES - len(notes)), notes)
    if len(notes) < LEAST_CHANGES or now == sentence:
        return None
    return Alteration(now, "; ".join(notes))


def guarded_words(text: str) -> Counter[str]:
    """Figures, negations and modal words, with how often each stands.

    >>> guarded_words("It must not cost 5%.") == guarded_words("It must not cost 5 per cent.")
    True
    """
    return Counter(found.lower() for found in _GUARDED.findall(text))


def lower_first(text: str) -> str:
    """The text without the capital that it has only as the opening of a sentence."""
    word = _ONE_OR_MORE_WORDS.match(text)
    return text[:1].lower() + text[1:] if word and word.group() in LOWERED else text


def can_be_lowered(text: str) -> bool:
    """True when the text may stand within a sentence as `lower_first` leaves it: its first word is known, or a name."""
    word = _ONE_OR_MORE_WORDS.match(text)
    return word is not None and (
        word.group() in LOWERED or re.match(r"[A-Z]\w* ?[A-Z]|Demos|Labour|Nesta|Whitehall", text) is not None
    )


def short_forms_of(text: str) -> dict[str, str]:
    """Short to long form of the names that a text defines as ``National Audit Office (NAO)``.

    >>> short_forms_of("The National Audit Office (NAO) and a Fund (2024).")
    {'NAO': 'National Audit Office'}
    """
    forms: dict[str, str] = {}
    for found in re.finditer(r"\(([A-Z][A-Za-z]*[A-Z]s?)\)", text):
        letters = [letter for letter in found[1].removesuffix("s") if letter.isupper() or letter == "f"]
        words = re.findall(r"[\w'-]+", text[max(0, found.start() - 90) : found.start()])
        for start in range(len(words) - 1, -1, -1):
            initials = [
                part[0]
                for word in words[start:]
                for part in word.split("-")
                if part[:1].isupper() or part in ("for", "officers")
            ]
            if [letter.lower() for letter in initials if letter.isupper()] == [
                letter.lower() for letter in letters if letter.isupper()
            ]:
                long_form = text[text.rfind(words[start], 0, found.start()) : found.start()].strip()
                forms[found[1]] = long_form
                break
    return forms


def _few(source: Rewrite, sentence: str, most: int, notes: list[str]) -> str:
    """The sentence after changes of one source, which are added to the notes; nothing new is changed again."""
    for _ in range(most):
        made = " ".join(note.lower().partition(" → ")[2] or note.lower() for note in notes)
        found = [
            change
            for change in source(sentence)
            if change.note.lower().partition(" → ")[0] not in made and _says_the_same(sentence, change.sentence)
        ]
        if not found:
            break
        change = min(found, key=lambda item: draw("few", sentence, item.note))
        sentence = change.sentence
        notes.append(change.note)
    return sentence


def _says_the_same(old: str, new: str) -> bool:
    return guarded_words(_plain_numbers(old)) == guarded_words(_plain_numbers(new)) and old != new


def _plain_numbers(text: str) -> str:
    return re.sub(r"(?<=\d)(?:bn|m)\b", "", text)


def _swap(sentence: str, found: re.Match[str], new: str) -> Change:
    alteration = Edit(found.start(), found.end(), like(found.group(), new) if found.start() == 0 else new).apply(
        sentence
    )
    return Change(alteration.claim, alteration.altered)


def _wordings(sentence: str) -> Iterator[Change]:
    for pattern, new in WORDINGS:
        found = pattern.search(sentence)
        if found:
            yield _swap(sentence, found, new)


def _numbers(sentence: str) -> Iterator[Change]:
    for pattern, new in (
        (r"(£[\d.,]+) million\b", r"\1m"),
        (r"(£[\d.,]+) billion\b", r"\1bn"),
        (r"([\d.,]*\d)%", r"\1 per cent"),
        (r"([\d.,]*\d) per cent\b", r"\1%"),
        (r"\b(20(?:07|08|11|12|15|17|18|20|21|22|23|24|25|26|27|28|29|30))[-–](\d\d)\b(?!-)", r"\1/\2"),
        (r"(?:(?<=million)|(?<=billion)|(?<=appointments)|(?<=consents)|(?<=days)) a year\b", " per year"),
    ):
        if re.search(pattern, sentence):
            changed = re.sub(pattern, new, sentence)
            first = re.search(pattern, sentence)
            assert first is not None
            yield Change(changed, f"{first.group().strip()} → {first.expand(new).strip()}")


def _short_forms(forms: Mapping[str, str]) -> Rewrite:
    def rewrite(sentence: str) -> Iterator[Change]:
        for short, long in forms.items():
            definition = re.search(rf"{re.escape(long)} \({re.escape(short)}\)", sentence)
            if definition:
                yield _swap(sentence, definition, long)
                continue
            article = "the " if re.match(r"Department|Ministry|National Procurement", long) else ""
            found = re.search(
                rf"(?<![\w(/-])(?<!an )(?<!a )(?:the )?{re.escape(short)}(?![\w)/-])", sentence, re.IGNORECASE
            )
            if found and short in found.group():
                own = "the " if found.group().lower().startswith("the ") else article
                yield _swap(sentence, found, own + long)
            found = re.search(rf"(?<![\w(]){re.escape(long)}(?! \(|\w)", sentence)
            if found and not article:
                yield _swap(sentence, found, short)

    return rewrite


def _order(sentence: str) -> Iterator[Change]:
    """The parts of a sentence in another order; where more than one way fits, all are offered."""
    end_date = re.match(rf"^(?P<main>[A-Z][^.]*?) (?P<when>{_WHEN})\.$", sentence)
    if (
        end_date
        and " last " not in end_date["main"]
        and not _CLAUSE.search(end_date["main"])
        and can_be_lowered(sentence)
    ):
        yield Change(
            f"{upper_first(end_date['when'])}, {lower_first(end_date['main'])}.",
            f"{end_date['when']} moved to the front",
        )
    first_date = re.match(rf"^(?P<when>{_WHEN}),? (?P<main>[^.]*)\.$", sentence, re.IGNORECASE)
    if first_date:
        when, main = first_date["when"][:1].lower() + first_date["when"][1:], first_date["main"]
        said = re.match(
            r"^(?P<who>[^,;:]*? (?:said|noted|argued|found|concluded|reported|estimated|announced)) that ", main
        )
        if said:
            yield Change(
                upper_first(f"{said['who']} {when} that {main[said.end() :]}."), f"{when} moved behind the verb"
            )
        elif not _CLAUSE.search(main):
            yield Change(upper_first(f"{main} {when}."), f"{when} moved to the end")
    said = re.match(rf"^(?P<who>{_SPEAKER}) {_SAYS} that (?P<what>.+)$", sentence)
    if said and not re.search(r"\b(?:and|but) that\b", said["what"]):
        yield Change(f"According to {lower_first(said['who'])}, {said['what']}", "“… that” → “According to …”")
    turn = re.match(rf"^(?P<a>[^,;:]+), (?:but|yet) (?P<b>{_OPENS_A_CLAUSE}[^;:]+)$", sentence)
    if turn and can_be_lowered(sentence) and not re.search(r"\b(?:not|both|only)\b", turn["a"]):
        yield Change(f"Although {lower_first(turn['a'])}, {turn['b']}", "“…, but …” → “Although …, …”")
    condition = re.match(r"^(?P<word>Because|If|When|Where) (?P<a>[^,;:]+), (?P<b>[^,;:]+)\.$", sentence)
    if condition and not re.match(r"(?:it|they|he|she)\b|no\b", condition["b"]):
        yield Change(
            f"{upper_first(condition['b'])} {condition['word'].lower()} {condition['a']}.",
            f"“{condition['word']} …” moved to the end",
        )


def _form(sentence: str) -> Iterator[Change]:
    """Members of a pair exchanged, an owner put behind, a bracket left out."""
    for pair in PAIRS:
        first, second = pair.split(" and ")
        found = re.search(rf"(?<![\w-])(?:{re.escape(pair)}|{re.escape(upper_first(pair))})(?![\w-])", sentence)
        if found:
            swapped = f"{second} and {first[:1].lower() + first[1:] if first.istitle() and second.islower() else first}"
            yield _swap(sentence, found, swapped)
    for pattern, new in POSSESSIVES:
        found = pattern.search(sentence)
        if found:
            yield _swap(sentence, found, new)
    bracket = re.search(r" \((?!\d|[A-Z]{2})[^()]{12,}\)(?=[ ,.;:])", sentence)
    if bracket and not _GUARDED.search(bracket.group()):
        yield Change(sentence[: bracket.start()] + sentence[bracket.end() :], f"{bracket.group().strip()} left out")
