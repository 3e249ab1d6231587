"""The eval cases and the files that hold them: one JSON record per line, validated as it is read.

A case is one thing to judge. Supporting passages are named by document, section and a distinctive snippet of the
shipped library, so that they outlive a new cut of the chunks; :mod:`evals.metrics.support` finds them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from assistant.errors import AssistantError
from assistant.records import AnswerStatus, Authority

DATA = Path(__file__).parent / "data"
QUESTIONS = DATA / "questions.jsonl"

Split = Literal["dev", "test"]
QuestionType = Literal[
    "fact",
    "definition",
    "list",
    "recommendation",
    "actor",
    "reason",
    "comparison",
    "precedent",
    "multi-section",
    "follow-up",
    "unanswerable",
    "false-premise",
    "authority",
    "date",
]
Style = Literal["question", "keywords", "long", "typos"]
Line = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class CaseError(AssistantError):
    """A data set is not what it should be: the message names file, line, field, what was found and what is expected."""


class Record(BaseModel):
    """A record of a data set: nothing unknown in it, and nothing changes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(Protocol):
    """What every task needs to know of a case; records have these as fields or properties."""

    @property
    def id(self) -> str:
        """Unique within its suite."""

    @property
    def split(self) -> Split:
        """For tuning or for reporting."""

    @property
    def question(self) -> str:
        """What is asked, or checked, in words."""

    @property
    def cluster(self) -> str:
        """The same for cases that are not independent of each other."""

    @property
    def slices(self) -> Mapping[str, str]:
        """What the case belongs to: its kind, document and so on."""


class Place(Record):
    """A passage of the shipped library, by words that stand only once in its section."""

    document: str
    """Id of the text: a catalogue id, or one with ``/precedents`` or ``/recommendations`` behind it."""
    section: str
    """Heading id of the summary, or entry id of the register."""
    snippet: Annotated[str, StringConstraints(min_length=12)]
    """Exact words of the library's text."""


class Support(Place):
    """A passage that an answer needs, and others that would do in its place."""

    also: tuple[Place, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """Every passage that would do, the first one first."""
        return (Place(document=self.document, section=self.section, snippet=self.snippet), *self.also)


class Question(Record):
    """A question, what a right answer says, and where the library says it."""

    id: Identifier
    split: Split
    type: QuestionType
    style: Style = "question"
    question: Line
    followup_of: Identifier | None = None
    status: AnswerStatus
    answer: Line
    """Reference answer in our own words; for an unanswerable question, why the library does not hold it."""
    key_facts: tuple[Annotated[tuple[Line, ...], Field(min_length=1)], ...] = ()
    """What a full answer states; each fact as a list of wordings, any of which will do."""
    spans: tuple[Support, ...] = ()
    near: str | None = None
    """Unanswerable but plausible: ``document#section`` of the section that it would belong to."""
    authority: Authority | None = None
    """With which authority the answer speaks; None where voices of several authorities belong into it."""

    @property
    def answerable(self) -> bool:
        """True when the library holds the answer, or the correction of a false premise."""
        return self.status in ("answered", "partly-answered")

    @property
    def cluster(self) -> str:
        """What this case is not independent of: the section of its first passage, else its own id."""
        if self.spans:
            return f"{self.spans[0].document}#{self.spans[0].section}"
        return self.near or self.id

    @property
    def slices(self) -> Mapping[str, str]:
        """Its type and style, and the document, part and authority that it is about."""
        document = (self.spans[0].document if self.spans else self.near or "").partition("#")[0]
        return {
            "type": self.type,
            "style": self.style,
            "document": document.partition("/")[0] or "none",
            "part": document.partition("/")[2] or ("body" if document else "none"),
            "authority": self.authority or "none or several",
        }

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.answerable and not (self.spans and self.key_facts):
            raise ValueError("an answerable question needs spans and key_facts")
        if not self.answerable and (self.spans or self.key_facts or self.authority):
            raise ValueError("an unanswerable question has no spans, key_facts or authority")
        if (self.type == "unanswerable") == self.answerable:
            raise ValueError("type unanswerable goes with a refusing status, and only that")
        if (self.type == "follow-up") != (self.followup_of is not None):
            raise ValueError("type follow-up goes with followup_of, and only that")
        if self.near and self.answerable:
            raise ValueError("near is for unanswerable questions")
        return self


class PlacedQuestion(Record):
    """A question and a passage of its split that bears on it; sets of single features add what they ask for."""

    id: Identifier
    split: Split
    question: Line
    place: Place

    @property
    def cluster(self) -> str:
        """Its own."""
        return self.id


class Sections(Record):
    """Which sections of a text are for tuning and which for reporting."""

    dev: tuple[str, ...]
    test: tuple[str, ...]


class Splits:
    """The split of every section; a case belongs to the split of its sections."""

    def __init__(self, texts: dict[str, Sections]) -> None:
        self._split: dict[tuple[str, str], Split] = {}
        for text_id, sections in texts.items():
            for section in sorted({*sections.dev} & {*sections.test}):
                raise CaseError(f"{text_id}#{section} belongs to both splits; it must belong to one.")
            self._split |= {(text_id, section): "dev" for section in sections.dev}
            self._split |= {(text_id, section): "test" for section in sections.test}

    def of(self, document: str, section: str) -> Split | None:
        """The split of a section; None for one that is not listed."""
        return self._split.get((document, section))

    @property
    def sections(self) -> frozenset[tuple[str, str]]:
        """Every listed section as (text id, section id)."""
        return frozenset(self._split)


AnyRecord = TypeVar("AnyRecord", bound=BaseModel)


def load_splits(path: Path = DATA / "sections.toml") -> Splits:
    """The split of the shipped library's sections.

    Raises:
        CaseError: the file is missing or of another form.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        return Splits({name: Sections.model_validate(value) for name, value in content.items()})
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise CaseError(f"{path} is no list of sections: {error}") from error


def load_questions(path: Path = QUESTIONS) -> list[Question]:
    """The questions, in order; see `load_cases`."""
    return load_cases(path, Question)


def load_cases(path: Path, model: type[AnyRecord]) -> list[AnyRecord]:
    """The cases of a JSON Lines file, in order; blank lines are passed over.

    Raises:
        CaseError: the file is missing, a line is wrong, or an id stands twice.
    """
    cases = load_lines(path, model)
    check_unique((str(getattr(case, "id", number)) for number, case in enumerate(cases)), str(path))
    return cases


def load_lines(path: Path, model: type[AnyRecord]) -> list[AnyRecord]:
    """The records of a JSON Lines file, in order, whatever their ids; raises as `load_cases` does."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")  # JSON may hold other line ends as they are
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    return [_case(line, f"{path}, line {number}", model) for number, line in enumerate(lines, 1) if line.strip()]


def check_unique(ids: Iterable[str], where: str) -> None:
    """Raises CaseError when an id stands twice."""
    seen: set[str] = set()
    for identifier in ids:
        if identifier in seen:
            raise CaseError(f"{where}: the id {identifier!r} stands twice; ids must be unique.")
        seen.add(identifier)


def _case(line: str, where: str, model: type[AnyRecord]) -> AnyRecord:
    try:
        return model.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the record"
        raise CaseError(f"{where}, {field}: {first['msg']} (found {str(first['input'])[:120]!r}).") from error
