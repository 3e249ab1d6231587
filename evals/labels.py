"""People's labels: claims to judge in a spreadsheet, and what the filled sheets say.

`steward eval label` writes claims with their quotes as CSV; people fill the column ``verdict`` in any spreadsheet, each
in a copy of their own; `steward eval agreement` reads the copies.
"""

from __future__ import annotations

import csv
import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, zip_longest
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from assistant.claims import verify
from assistant.records import Verdict
from evals.cases import CaseError
from evals.claims import AlteredQuote
from evals.metrics.agreement import auc, balanced_accuracy, cohen_kappa
from evals.metrics.intervals import SAMPLES, SEED, Floats
from evals.results.records import Item

VERDICTS: tuple[Verdict, ...] = ("supported", "partly", "unsupported")
COLUMNS = ("id", "claim", "quotes", "verdict", "comment")
ENOUGH_LABELS = 150
"""Claims below which a calibration is only a hint; ARES (Saad-Falcon et al. 2024) asks for as many."""
FOLDS = 5
Labels = Mapping[str, Verdict]
"""One person's verdicts by the id of the claim."""


@dataclass(frozen=True, slots=True)
class ShownClaim:
    """A claim and the quotes shown for it. Nothing here says what anyone thinks of it."""

    claim: str
    quotes: str

    @property
    def id(self) -> str:
        """Made from both, so that a label never passes to other words."""
        return hashlib.sha256(f"{self.claim}\0{self.quotes}".encode()).hexdigest()[:12]


def sentence_claims(item: Item) -> Iterator[tuple[int, ShownClaim, Verdict]]:
    """Yield the sentences of an answer that cite something: 0-based position, claim and the assistant's own verdict."""
    quotes = {citation["n"]: citation["quote"] for citation in item.detail.get("citations", ())}
    for index, sentence in enumerate(item.detail.get("sentences", ())):
        context = "\n".join(quotes[n] for n in sentence["citations"] if n in quotes)
        if context.strip() and sentence["text"].strip():
            yield index, ShownClaim(sentence["text"], context), sentence["verdict"]


def draw_claims(run_items: Iterable[Item], quotes: Iterable[AlteredQuote], n: int) -> list[ShownClaim]:
    """Return claims to judge, a third each that should turn out supported, partly supported and unsupported, mixed.

    Each third is taken from answers and from altered quotes of the dev split by turns, and is smaller where there are
    too few. Answers are sorted by their own verdicts, quotes by how they were made; a partly supported claim is a fair
    one with an altered one of the same document behind it. The same input gives the same claims.
    """
    random = Random(SEED)
    dev = sorted((quote for quote in quotes if quote.split == "dev"), key=lambda quote: quote.id)
    answers = [(verdict, claim) for item in run_items for _, claim, verdict in sentence_claims(item)]
    altered = list(_quote_claims(dev, random))
    chosen: dict[str, ShownClaim] = {}
    for index, verdict in enumerate(VERDICTS):
        wanted = n // len(VERDICTS) + (index < n % len(VERDICTS))
        pools = [
            sorted({claim for of, claim in source if of == verdict}, key=lambda claim: claim.id)
            for source in (answers, altered)
        ]
        turns = zip_longest(*(random.sample(pool, len(pool)) for pool in pools))
        new = [claim for pair in turns for claim in pair if claim and claim.id not in chosen]
        chosen |= {claim.id: claim for claim in new[:wanted]}
    return random.sample(list(chosen.values()), len(chosen))


def write_sheet(claims: Iterable[ShownClaim], path: Path) -> None:
    """Write the claims as CSV with empty columns for verdict and comment, to be opened by any spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        # A spreadsheet takes a cell that begins like a formula for one.
        sheet.writerows((claim.id, f" {claim.claim}", f" {claim.quotes}", "", "") for claim in claims)


def read_sheet(path: Path) -> tuple[dict[str, ShownClaim], Labels]:
    """Return the claims of a sheet by id, and the verdicts that were filled in.

    Raises:
        CaseError: the file cannot be read, lacks a column, or holds another verdict; names file and line.
    """
    claims: dict[str, ShownClaim] = {}
    labels: dict[str, Verdict] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            sheet = csv.DictReader(file)
            for name in COLUMNS:
                if name not in (sheet.fieldnames or ()):
                    raise CaseError(f"{path} has no column {name!r}. Make a sheet with `steward eval label`.")
            for row in sheet:
                claims[row["id"]] = ShownClaim(row["claim"].removeprefix(" "), row["quotes"].removeprefix(" "))
                said = (row["verdict"] or "").strip().lower()
                found = [verdict for verdict in VERDICTS if verdict == said]
                if said and not found:
                    known = ", ".join(VERDICTS)
                    raise CaseError(
                        f"{path}, line {sheet.line_num}: {said!r} is not a verdict. Write {known}, or nothing."
                    )
                if found:
                    labels[row["id"]] = found[0]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CaseError(f"{path} cannot be read as CSV: {error}. Save it as “CSV UTF-8”.") from error
    return claims, labels


def agreed_verdicts(raters: Sequence[Labels]) -> dict[str, Verdict]:
    """Return the verdicts on the claims that all raters judged alike."""
    first, *others = raters
    return {item: verdict for item, verdict in first.items() if all(labels.get(item) == verdict for labels in others)}


def render_pairs(raters: Mapping[str, Labels]) -> Iterator[str]:
    """Yield how far each two raters agree, and the claims on which they differ."""
    for one, other in combinations(raters, 2):
        both = [(item, verdict, raters[other][item]) for item, verdict in raters[one].items() if item in raters[other]]
        ones, others = [first for _, first, _ in both], [second for _, _, second in both]
        alike = sum(first == second for _, first, second in both) / len(both) if both else math.nan
        low, high = _kappa_interval(ones, others)
        yield (
            f"{one} and {other}: {len(both)} claims, {alike:.0%} alike, "
            f"kappa {cohen_kappa(ones, others):.2f} ({low:.2f} to {high:.2f})"
        )
        yield from (f"  {item}: {first}, {second}" for item, first, second in both if first != second)


def render_verifier(claims: Mapping[str, ShownClaim], raters: Sequence[Labels]) -> Iterator[str]:
    """Yield how the verifier stands against what people agree on; *partly* counts as not supported.

    The threshold is the score from which on to accept, by balanced accuracy; cross-validated, each of five folds is
    judged by the threshold of the other four.
    """
    people = agreed_verdicts(raters)
    checked = [verify(claims[item].claim, claims[item].quotes) for item in people]
    supported = np.array([verdict == "supported" for verdict in people.values()], dtype=bool)
    accepted = np.array([check.verdict == "supported" for check in checked], dtype=bool)
    scores = np.array([check.score for check in checked], dtype=np.float64)
    least = min(int(supported.sum()), int((~supported).sum()))
    yield (
        f"The verifier against people: {len(people)} claims, {supported.sum()} supported; balanced accuracy "
        f"{balanced_accuracy(accepted, supported):.3f}, AUC {auc(scores, supported):.3f}; with the best threshold "
        f"{_best_threshold(scores, supported) if least else math.nan:.2f} "
        f"{_cross_validated(scores, supported) if least >= FOLDS else math.nan:.3f}, cross-validated"
    )
    if len(people) < ENOUGH_LABELS:
        yield f"  Only {len(people)} claims; {ENOUGH_LABELS} are wanted. Take the figures as a hint."
    if least < FOLDS:
        yield f"  Fewer than {FOLDS} claims of one verdict: no cross-validation."


def _quote_claims(quotes: Sequence[AlteredQuote], random: Random) -> Iterator[tuple[Verdict, ShownClaim]]:
    """Each quote as a claim, and each altered one behind a fair one of the same text, if possible of its paragraph."""
    for quote in quotes:
        yield "supported" if quote.supported else "unsupported", ShownClaim(quote.claim, quote.context)
        if quote.supported:
            continue
        fair = (one for one in quotes if one.supported and one.document == quote.document)
        others = [one for one in fair if one.original != quote.original]
        near = [one for one in others if one.context == quote.context] or others
        if near:
            other = random.choice(near)
            contexts = dict.fromkeys((other.context, quote.context))
            yield "partly", ShownClaim(f"{other.claim} {quote.claim}", "\n".join(contexts))


def _best_threshold(scores: Floats, supported: NDArray[np.bool_]) -> float:
    """Of equals the highest, which accepts least."""
    candidates: list[float] = sorted(set(scores.tolist()), reverse=True)
    return max(candidates, key=lambda least: balanced_accuracy(scores >= least, supported))


def _cross_validated(scores: Floats, supported: NDArray[np.bool_]) -> float:
    accepted = np.empty(len(scores), dtype=bool)
    for rest, fold in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(scores, supported):
        accepted[fold] = scores[fold] >= _best_threshold(scores[rest], supported[rest])
    return balanced_accuracy(accepted, supported)


def _kappa_interval(ones: Sequence[Verdict], others: Sequence[Verdict]) -> tuple[float, float]:
    """95 %, a bootstrap over claims; samples in which chance alone has the raters agree are left out."""
    if math.isnan(cohen_kappa(ones, others)):
        return math.nan, math.nan
    drawn = np.random.default_rng(SEED).integers(len(ones), size=(SAMPLES, len(ones)))
    kappas = [cohen_kappa([ones[i] for i in row], [others[i] for i in row]) for row in drawn.tolist()]
    low, high = np.nanquantile(kappas, (0.025, 0.975))
    return float(low), float(high)
