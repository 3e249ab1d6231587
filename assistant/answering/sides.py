"""Finds the two sides that a question compares, so that each can be asked for its own share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from assistant.library import Library
from assistant.records import Authority, Source, Speaker
from assistant.search.retrieval import Filters
from assistant.text.speakers import GOVERNMENT, STEWARD
from assistant.text.terms import content_terms


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that a question compares, and what is put to it."""

    name: str
    """As the question has it."""
    question: str
    gap: str
    """What is missing where the side says nothing."""
    filters: Filters
    """The documents to search, or the authorities whose sentences count."""
    speakers: frozenset[str] = frozenset()
    """Names of the speakers whose sentences alone count; empty for all that the filters leave."""

    def hears(self, speaker: Speaker) -> bool:
        """Return whether a speaker's sentences count."""
        return not self.speakers or speaker.name in self.speakers


@dataclass(frozen=True, slots=True)
class _Voice:
    """Whom a name stands for."""

    filters: Filters
    speakers: frozenset[str] = frozenset()


_GROUPS: tuple[tuple[str, tuple[Authority, ...]], ...] = (
    (
        r"(?:the |central |uk |national )*(?<!local )(?<!mission-led )(?:government|ministers|whitehall)"
        r"(?! (?:departments?|bodies|funding|spending|money|reform|grants?)\b)",
        tuple(sorted(GOVERNMENT)),
    ),
    (r"(?:the )?(?:law|legislation)|(?:the )?(?-i:Act)(?: \d{4})?", ("statute",)),
    (r"(?:the )?(?:press|newspapers|journalists)", ("press",)),
    (r"(?:the )?(?:researchers|academics|think[ -]tanks)", ("independent-proposal", "research")),
    (r"(?:the )?auditors", ("audit",)),
    (r"mps|peers|parliament", ("parliament",)),
)
"""What groups of speakers are called, and their authorities."""
_TYPE = re.compile(r"\b(?:white paper|green paper|act|bill|plan|policy statement|statement|strategy|guidance|report)\b")
_YEAR = re.compile(r" \d{4}$")
_PERSON_OR_BODY = re.compile(r"([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,2}), ")
_COMPARES = re.compile(
    r"\b(?:compar\w+|differ\w*|versus|vs|contrast\w*|disagree\w*|agree (?:on|about|over|that|whether)|in common|both|"
    r"the same|side by side|apart|in line|gap|further than)\b|^(?:who|which) (?:is|has|goes)\b[^?]*\bor\b",
    re.IGNORECASE,
)
# "What do A and B say …", "What does A say …, and what does B?"
_ASKS = re.compile(r"\b(?:what|how|where) (?:do|does|did) $", re.IGNORECASE)
_ASKED_TOGETHER = re.compile(r"^,? and |\band (?:what|how|where) (?:do|does|did)\b", re.IGNORECASE)
# What stands between two sides ends so: "… differ from what", "… with that of the", ", and what does".
_LINK = re.compile(
    r"\b(?:and|or|with|from|to|as|than|against|versus|vs)\b\.?"
    r"(?: (?:in|of|by|what|that|those|how|the|one|does|do|did|is|are|was|according to))*\s*$",
    re.IGNORECASE,
)
_EDGE = re.compile(
    "|".join(
        r"how what where who which why when whether is are was were do does did have has can could a an the one this "
        r"that those same it its their there in on about over of for to by from with as than and or s i me you "
        r"please tell show comes give both each other between against versus vs common side gap apart far further "
        r"compar\w+ differ\w* contrast\w* disagree\w* agree\w* says? said saying thinks? thought wants? wanted "
        r"propos\w+ promise[sd]? finds? found asks? asked recommend\w* treats? describe[sd]? defines? expects? "
        r"expected argues? argued views? positions? accounts? approach(?:es)? takes? sees? puts? sets?".split()
    ),
    re.IGNORECASE,
)
"""Words that only ask, compare or say, and are no part of the topic."""
_WHO = re.compile(r"who|whom|what|where|which|when|why|how|whether", re.IGNORECASE)
_MODAL = re.compile(r"should|would|must|may|might|will|can|ought", re.IGNORECASE)


class SideFinder:
    """Finds the sides of comparing questions among the documents and speakers of a library."""

    def __init__(self, sources: Mapping[str, Source], speakers: Mapping[str, Collection[str]]) -> None:
        """Prepare the names.

        Args:
            sources: the documents that the library holds, by id.
            speakers: the ids of the documents in which each speaker has a sentence, by name; see `speakers_of`.
        """
        # The first to claim a name keeps it: documents before their publishers, publishers before others.
        self._voices: dict[str, _Voice] = {}
        for source, names in _short_titles(sources):
            self._claim(names, _Voice(Filters(documents=(source.id,))))
        publishers = {source.publisher for source in sources.values() if not source.comments_on}
        others = {_owner(name) for name in speakers if name != STEWARD and ";" not in name}
        shared = Counter(letters for name in publishers | others for letters in _acronyms(name))
        for name in (*sorted(publishers), *sorted(others)):
            own = [letters for letters in _acronyms(name) if shared[letters] == 1]
            self._claim([name.casefold() if name in publishers else name, *own], _voice(name, speakers))
        # A name in lower case is found however it is written; others are found as written.
        loose = sorted(filter(str.islower, self._voices), key=len, reverse=True)
        strict = sorted((name for name in self._voices if not name.islower()), key=len, reverse=True)
        named = "|".join(filter(None, (_any_of(loose, "(?i:{})"), _any_of(strict, "{}"))))
        groups = "|".join(f"(?P<g{number}>(?i:{words}))" for number, (words, _) in enumerate(_GROUPS))
        self._pattern = re.compile(rf"\b(?:(?i:the )?(?P<name>{named or '(?!)'})|{groups})\b")

    def find(self, question: str) -> tuple[Side, Side] | None:
        """Return the two sides that a standalone question compares, in its order; None for any other question."""
        named = list(self._named(question))
        if len(named) != 2:
            return None
        (first, _), (second, _) = named
        before, between = question[: first.start()], question[first.end() : second.start()]
        together = _ASKS.search(before) and _ASKED_TOGETHER.search(between)
        if not (_LINK.search(between) and (together or _COMPARES.search(question))):
            return None
        topic = " ".join(filter(None, map(_without_edges, (before, between, question[second.end() :]))))
        if not content_terms(topic):
            return None
        asked = f"{topic[0].upper()}{topic[1:]}?" if _WHO.match(topic) else f"What is said about {topic}?"
        one, other = (
            Side(
                found[0],
                asked,
                f"what {found[0]} says about {topic}.",
                voice.filters,
                voice.speakers,
            )
            for found, voice in named
        )
        return one, other

    def _claim(self, names: Collection[str], voice: _Voice) -> None:
        for name in names:
            self._voices.setdefault(name, voice)

    def _named(self, question: str) -> Iterator[tuple[re.Match[str], _Voice]]:
        """Yield the first mention of each voice, in order."""
        seen: list[_Voice] = []
        for found in self._pattern.finditer(question):
            if name := found["name"]:
                voice = self._voices[name if name in self._voices else name.casefold()]
            else:
                number = next(number for number in range(len(_GROUPS)) if found[f"g{number}"])
                voice = _Voice(Filters(authorities=_GROUPS[number][1]))
            if voice not in seen:
                seen.append(voice)
                yield found, voice


def speakers_of(library: Library) -> dict[str, frozenset[str]]:
    """Return the ids of the documents in which each speaker has a sentence, by name."""
    found: dict[str, set[str]] = {}
    for text_id in library.generation.manifest.texts:
        for chunk in library.generation.text_chunks(text_id):
            for who in chunk.speakers:
                found.setdefault(who.name, set()).add(chunk.document)
    return {name: frozenset(documents) for name, documents in found.items()}


def _short_titles(sources: Mapping[str, Source]) -> Iterator[tuple[Source, list[str]]]:
    """Yield each document with what its title may be cut to, in lower case: "devolution white paper", "npps".

    A commentary shares its document's title, and is named by nothing of its own.
    """
    named: dict[str, list[str]] = {source.id: [] for source in sources.values() if not source.comments_on}
    for name, found in named.items():
        title = _YEAR.sub("", sources[name].title.partition(":")[0])
        found += [sources[name].title.casefold(), title.casefold(), *_acronyms(title)]
        kind = list(_TYPE.finditer(title.casefold()))
        if kind and kind[-1].end() == len(title):
            words = title.casefold().split()
            found += [" ".join(words[start:]) for start in range(1, len(words) - len(kind[-1][0].split()) + 1)]
        elif kind and kind[0].start() == 0:
            found.append(kind[0][0])
    shared = Counter(name for found in named.values() for name in set(found))
    for name, found in named.items():
        yield sources[name], [words for words in found if shared[words] == 1]


def _owner(name: str) -> str:
    """Return a speaker's name without the date or office behind it; many bodies have a comma in their names."""
    found = _PERSON_OR_BODY.match(name)
    return found[1] if found else name


def _voice(owner: str, speakers: Mapping[str, Collection[str]]) -> _Voice:
    """Return whoever speaks under a name, alone or with a date or an office behind it."""
    names = {owner, *(name for name in speakers if name.startswith(f"{owner}, ") and ";" not in name)}
    documents = {document for name in names for document in speakers.get(name, ())}
    return _Voice(Filters(documents=tuple(sorted(documents))), frozenset(names))


def _acronyms(name: str) -> list[str]:
    """Return what a name of three words or more is shortened to.

    >>> _acronyms("Institute for Government"), _acronyms("Ministry of Housing, Communities and Local Government")
    (['IfG'], ['MoHCaLG', 'MHCLG'])
    """
    words = re.findall(r"\w[\w’'-]*", name)
    short = "".join(word[0] for word in words), "".join(word[0] for word in words if word[0].isupper())
    return [letters for letters in dict.fromkeys(short) if len(letters) >= 3]


def _any_of(names: Collection[str], form: str) -> str:
    return form.format("|".join(map(re.escape, names))) if names else ""


def _without_edges(words: str) -> str:
    """Return what is left when the words that only ask or compare are cut off at both ends."""
    left = words.replace("’", " ").replace("'", " ").split()

    def is_edge(word: str) -> bool:
        bare = word.strip("?.,:;!")
        return not bare or _EDGE.fullmatch(bare) is not None

    cut = ""
    while left and is_edge(left[0]):
        cut = left.pop(0)
    if left and _MODAL.fullmatch(left[0]) and _WHO.fullmatch(cut):
        left.insert(0, cut)
    while left and is_edge(left[-1]):
        left.pop()
    return " ".join(left).rstrip("?.,:;!")
