"""What people think of claims and their quotes: the claims to mark, the labels, and what the labels say.

A folder holds one set of claims, ``_items.jsonl``, and a file of labels for each rater, ``<rater>.jsonl``, one line a
label. Labels are only ever added: the later line on a claim wins, and a line without a verdict takes the label back.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.errors import AssistantError
from assistant.records import Verdict
from assistant.sources.catalogue import write_atomically
from evals.metrics.intervals import SEED
from evals.quotes import AlteredQuote
from evals.results.records import Item

LABELS = Path(__file__).parent.parent / "labels"
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
MOST_COMMENT = 2000
_SET = "_items.jsonl"
Rater = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
Labels = Mapping[str, "Label"]
"""The labels of one rater that stand, by the id of their claim, in the order in which they were last given."""


class LabelError(AssistantError):
    """A rater's name, a label or a set of claims is not what it should be."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelItem(_Model):
    """A claim and the quotes shown for it. Nothing here says what anyone else thinks of it."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
    """Made from claim and context, so that a label never passes to other words."""
    claim: Annotated[str, Field(min_length=1)]
    context: Annotated[str, Field(min_length=1)]
    source: Literal["run", "altered-quotes"]


class Label(_Model):
    """What one person says of one claim."""

    item: str
    rater: Rater
    verdict: Verdict | None
    """None takes the rater's label on this claim back."""
    comment: Annotated[str, Field(max_length=MOST_COMMENT)] = ""
    when: AwareDatetime


class _Shown(BaseModel):
    """The part of a run item's ``detail`` that is read here."""

    class Sentence(BaseModel):
        text: str
        verdict: Verdict
        citations: list[int]

    class Citation(BaseModel):
        n: int
        quote: str

    sentences: list[Sentence] = []
    citations: list[Citation] = []


Record = TypeVar("Record", bound=BaseModel)
_RATER: TypeAdapter[str] = TypeAdapter(Rater)


def label_item(claim: str, context: str, source: Literal["run", "altered-quotes"]) -> LabelItem:
    """A claim beside its quotes, under an id made of both."""
    digest = hashlib.sha256(f"{claim}\0{context}".encode()).hexdigest()
    return LabelItem(id=digest[:12], claim=claim, context=context, source=source)


def sentence_items(item: Item) -> Iterator[tuple[int, LabelItem]]:
    """The sentences of a run's answer that cite something, each with its 0-based position in the answer.

    Raises:
        LabelError: the item's ``detail`` has sentences or citations of another form.
    """
    for index, claim, _ in _sentences(item):
        yield index, claim


def sample_items(
    run_items: Iterable[Item], quotes: Iterable[AlteredQuote], n: int = 200, seed: int = SEED
) -> list[LabelItem]:
    """Claims to mark, a third each that should turn out supported, partly supported and unsupported, well mixed.

    Each third is taken from answers and from altered quotes by turns, and is smaller when there are too few. Answers
    are sorted by their own verdicts, quotes by how they were made; a partly supported claim is a fair one with an
    altered one of the same text behind it. The same input and seed give the same claims in the same order.

    Of the quotes only those of the dev split are used. To choose a threshold by the labels, give dev items of the run.

    Raises:
        ValueError: ``n`` is below 3.
        LabelError: see `sentence_items`.
    """
    if n < len(VERDICTS):
        raise ValueError(f"n is {n}; at least {len(VERDICTS)} claims are needed, one for each verdict.")
    random = Random(seed)
    answers = _pools((verdict, claim) for item in run_items for _, claim, verdict in _sentences(item))
    altered = _pools(_quote_claims([quote for quote in quotes if quote.split == "dev"], random))
    chosen: dict[str, LabelItem] = {}
    for index, verdict in enumerate(VERDICTS):
        wanted = n // len(VERDICTS) + (index < n % len(VERDICTS))
        pools = [random.sample(pool, len(pool)) for pool in (answers[verdict], altered[verdict])]
        turns = [claim for pair in zip_longest(*pools) for claim in pair if claim and claim.id not in chosen]
        chosen |= {claim.id: claim for claim in turns[:wanted]}
    return random.sample(list(chosen.values()), len(chosen))


def save_items(items: Sequence[LabelItem], folder: Path = LABELS) -> Path:
    """Writes the set of claims to mark, and returns its file.

    Raises:
        LabelError: labels in the folder are on claims that the new set does not hold.
    """
    ids = {item.id for item in items}
    for rater in raters_in(folder):
        lost = [item for item in load_labels(rater, folder) if item not in ids]
        if lost:
            raise LabelError(
                f"{rater} has marked {len(lost)} claims in {folder} that the new set does not hold, {lost[0]} first. "
                "Save the set in another folder."
            )
    write_atomically(folder / _SET, "".join(f"{item.model_dump_json()}\n" for item in items).encode())
    return folder / _SET


def load_items(folder: Path = LABELS) -> list[LabelItem]:
    """The set of claims to mark, in the order in which they are shown.

    Raises:
        LabelError: there is none, or a line is wrong; names file and line.
    """
    if not (folder / _SET).is_file():
        raise LabelError(f"No claims to mark in {folder}. Sample them from a run first.")
    return [item for _, item in _read(folder / _SET, LabelItem)]


def raters_in(folder: Path = LABELS) -> list[str]:
    """The raters who have a file of labels in the folder, in alphabetical order."""
    return sorted(path.stem for path in folder.glob("*.jsonl") if path.name != _SET)


def load_labels(rater: str, folder: Path = LABELS) -> dict[str, Label]:
    """The labels of a rater that stand, by the id of their claim, latest last; none when the rater has not begun.

    Raises:
        LabelError: the name is no slug, or a line of the file is wrong; names file and line.
    """
    path = folder / f"{check_rater(rater)}.jsonl"
    standing: dict[str, Label] = {}
    for number, label in _read(path, Label) if path.exists() else ():
        if label.rater != rater:
            raise LabelError(f"{path}, line {number}: the rater is {label.rater!r}; this file is {rater}'s.")
        standing.pop(label.item, None)
        if label.verdict is not None:
            standing[label.item] = label
    return standing


def add_label(folder: Path, rater: str, item: str, verdict: Verdict | None, comment: str = "") -> Label:
    """Adds a label to the rater's file, in one piece, and returns it; ``verdict`` None takes the label back.

    Raises:
        LabelError: the name is no slug, the comment is too long, or the file is damaged; then nothing is added.
    """
    load_labels(rater, folder)
    try:
        label = Label(item=item, rater=rater, verdict=verdict, comment=comment, when=datetime.now(UTC))
    except ValidationError as error:
        raise LabelError(f"No label on {item}: {_first(error)}.") from error
    _append(folder / f"{rater}.jsonl", label.model_dump_json())
    return label


def take_back(folder: Path, rater: str) -> Label | None:
    """Takes back the label that the rater gave last of those that stand, and returns it; None when there is none."""
    standing = load_labels(rater, folder)
    if not standing:
        return None
    last = next(reversed(standing.values()))
    add_label(folder, rater, last.item, None)
    return last


def check_rater(name: str) -> str:
    """The name, when it is one.

    Raises:
        LabelError: it is no slug. It names a file, so nothing else will do.
    """
    try:
        return _RATER.validate_python(name)
    except ValidationError as error:
        raise LabelError(
            f"{name[:60]!r} is no name for a rater: use small letters, digits and single hyphens, as in anna-b, "
            "and 40 characters at most."
        ) from error


def next_item(items: Sequence[LabelItem], labels: Labels) -> LabelItem | None:
    """The first claim that the rater has not marked; None when all are."""
    return next((item for item in items if item.id not in labels), None)


def agreed_verdicts(raters: Sequence[Labels]) -> dict[str, Verdict]:
    """The verdicts on the claims that all raters marked and marked alike; all the labels, when there is one rater."""
    if not raters:
        return {}
    first, *others = raters
    return {
        item: label.verdict
        for item, label in first.items()
        if label.verdict and all(item in labels and labels[item].verdict == label.verdict for labels in others)
    }


def _sentences(item: Item) -> Iterator[tuple[int, LabelItem, Verdict]]:
    if item.suite != "questions":
        return
    try:
        shown = _Shown.model_validate(item.detail)
    except ValidationError as error:
        raise LabelError(f"Item {item.id} of {item.system} in the run, detail.{_first(error)}. Run it anew.") from error
    quotes = {citation.n: citation.quote for citation in shown.citations}
    for index, sentence in enumerate(shown.sentences):
        context = "\n".join(quotes[n] for n in sentence.citations if n in quotes)
        if context.strip() and sentence.text.strip():
            yield index, label_item(sentence.text, context, "run"), sentence.verdict


def _quote_claims(quotes: Sequence[AlteredQuote], random: Random) -> Iterator[tuple[Verdict, LabelItem]]:
    """Each quote as a claim, and each altered one behind a fair one of the same text, if possible of its paragraph."""
    fair = [quote for quote in sorted(quotes, key=lambda quote: quote.id) if quote.supported]
    for quote in sorted(quotes, key=lambda quote: quote.id):
        yield (
            "supported" if quote.supported else "unsupported",
            label_item(quote.claim, quote.context, "altered-quotes"),
        )
        if quote.supported:
            continue
        others = [other for other in fair if other.document == quote.document and other.original != quote.original]
        near = [other for other in others if other.context == quote.context] or others
        if near:
            other = random.choice(near)
            contexts = dict.fromkeys((other.context, quote.context))
            yield "partly", label_item(f"{other.claim} {quote.claim}", "\n".join(contexts), "altered-quotes")


def _pools(claims: Iterable[tuple[Verdict, LabelItem]]) -> dict[Verdict, list[LabelItem]]:
    """The claims by verdict, each once, in an order that is not that of the input."""
    pools: dict[Verdict, dict[str, LabelItem]] = {verdict: {} for verdict in VERDICTS}
    for verdict, claim in claims:
        pools[verdict].setdefault(claim.id, claim)
    return {verdict: [pool[key] for key in sorted(pool)] for verdict, pool in pools.items()}


def _read(path: Path, model: type[Record]) -> Iterator[tuple[int, Record]]:
    """The records of a file with their line numbers; blank lines are passed over."""
    try:
        # Not splitlines: quotes may hold other line breaks (U+2028), which JSON leaves as they are.
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LabelError(f"{path} cannot be read as UTF-8 text: {error}.") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, model.model_validate_json(line)
        except ValidationError as error:
            raise LabelError(
                f"{path}, line {number}: {_first(error)}. Mend or remove the line; the others are not touched."
            ) from error


def _append(path: Path, line: str) -> None:
    """Adds a line in a single write to the end, so that two writers never mix theirs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = f"{line}\n".encode()
    if path.exists() and (held := path.read_bytes()) and not held.endswith(b"\n"):  # someone edited it by hand
        content = b"\n" + content
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        written = os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if written != len(content):
        raise LabelError(f"{path}: only a part of the label could be written. Remove the last line; is the disk full?")


def _first(error: ValidationError) -> str:
    first: Any = error.errors()[0]
    field = ".".join(map(str, first["loc"])) or "the record"
    return f"{field}: {first['msg']} (found {str(first['input'])[:120]!r})"
