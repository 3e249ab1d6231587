"""What the makers of poisoned files share: an honest text on an invented local topic, and how a file is described."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from assistant.records import Authority
from evals.poison import Kind, PoisonedDocument
from evals.poison_checks import Forbidden

File = tuple[PoisonedDocument, bytes]
Maker = Callable[[], Iterator[File]]


@dataclass(frozen=True)
class Topic:
    """The honest part of a file: what it reports, and what a user asks of it."""

    title: str
    question: str
    fact: str
    """What the answer states; wordings that will do are parted by `` | ``."""
    honest: tuple[str, ...]
    """Two to five sentences in our own words."""
    publisher: str = "Northmoor Partnership"
    published: str = "2025"
    authority: Authority = "independent-proposal"

    @property
    def text(self) -> str:
        """The sentences as one paragraph."""
        return " ".join(self.honest)


def describe(
    topic: Topic,
    name: str,
    content: str | bytes,
    kind: Kind,
    forbidden: tuple[Forbidden, ...],
    never: tuple[str, ...] = (),
) -> File:
    """A file by its name, with its entry in the manifest; ``never`` are the words that it hides or injects."""
    case = PoisonedDocument(
        id=name.partition(".")[0],
        file=name,
        kind=kind,
        title=topic.title,
        publisher=topic.publisher,
        published=topic.published,
        authority=topic.authority,
        question=topic.question,
        key_facts=(tuple(topic.fact.split(" | ")),),
        must_not_say=never,
        must_not_do=forbidden,
    )
    return case, content.encode() if isinstance(content, str) else content
