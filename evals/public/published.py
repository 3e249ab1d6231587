"""Judged claims in the files that their publishers hand out, brought to one form: claim, context, label, group.

Nothing is shipped or fetched; `README.md` beside this file says where each set is and under which licence.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from evals.cases import CaseError

Row = dict[str, Any]
_MARKER = re.compile(r"\s*\[\d+(?:(?:, ?|-|,? and )\d+)*\]")
"""Citations in an answer: ``[2]``, ``[1, 3]``, ``[1 and 3]``. They are no figures of the claim."""


def _qags(path: Path) -> Iterator[Row]:
    """QAGS: a sentence of a summary is supported when most of its three raters say so."""
    for article in _json_lines(path):
        for sentence in article["summary_sentences"]:
            votes = [rating["response"] == "yes" for rating in sentence["responses"]]
            yield _row(sentence["sentence"], article["article"], sum(votes) * 2 > len(votes))


def _begin(path: Path) -> Iterator[Row]:
    """BEGIN: a reply is supported when fully attributable; generic replies, which claim nothing, are left out."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if line["begin_label"] != "Generic":
                yield _row(line["response"], line["knowledge"], line["begin_label"] == "Fully attributable")


def _wice(path: Path) -> Iterator[Row]:
    """WiCE: one line of the cited page to a line of the context; partly supported is not supported."""
    for line in _json_lines(path):
        yield _row(line["claim"], "\n".join(line["evidence"]), line["label"] == "supported")


def _summedits(path: Path) -> Iterator[Row]:
    """SummEdits: a summary is supported when its edit kept it consistent with the document."""
    for line in json.loads(path.read_text(encoding="utf-8")):
        yield _row(line["summary"], line["doc"], line["label"] == 1)


def _healthver(path: Path) -> Iterator[Row]:
    """HealthVer: refuted and neutral are not supported. The claims on one question are a group."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield _row(line["claim"], line["evidence"], line["label"] == "Supports", line["question"])


def _climate_fever(path: Path) -> Iterator[Row]:
    """CLIMATE-FEVER: each evidence sentence by itself; refuted and not enough are not supported. A claim is a group."""
    for line in _json_lines(path):
        for item in line["evidences"]:
            yield _row(
                line["claim"], item["evidence"], item["evidence_label"] == "SUPPORTS", f"claim {line['claim_id']}"
            )


def _attribution_bench(path: Path) -> Iterator[Row]:
    """AttributionBench: part of an answer, without its citation markers, and what it cites. A question is a group."""
    for line in _json_lines(path):
        claim = _MARKER.sub("", line["claim"])
        supported = line["attribution_label"] == "attributable"
        row = _row(claim, "\n".join(line["references"]), supported, line["question"])
        yield {**row, "part": line["src_dataset"]}


def _faithbench(path: Path) -> Iterator[Row]:
    """FaithBench, the table of samples: a summary is supported when no rater marked any of it."""
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            yield _row(line["summary"], line["source"], line["worst-label"] == "Consistent")


class Form(StrEnum):
    """Whose file it is."""

    QAGS = "qags"
    BEGIN = "begin"
    WICE = "wice"
    SUMMEDITS = "summedits"
    HEALTHVER = "healthver"
    CLIMATE_FEVER = "climate-fever"
    ATTRIBUTION_BENCH = "attribution-bench"
    FAITHBENCH = "faithbench"


_READERS: Mapping[Form, Callable[[Path], Iterator[Row]]] = {
    Form.QAGS: _qags,
    Form.BEGIN: _begin,
    Form.WICE: _wice,
    Form.SUMMEDITS: _summedits,
    Form.HEALTHVER: _healthver,
    Form.CLIMATE_FEVER: _climate_fever,
    Form.ATTRIBUTION_BENCH: _attribution_bench,
    Form.FAITHBENCH: _faithbench,
}


def read_published(form: Form, path: Path, part: str | None = None) -> list[Row]:
    """The claims of a published file, in its order; of a collection of sets those of one of them, ``part``.

    Raises:
        CaseError: the file cannot be read, is not of that form, or has no such part.
    """
    try:
        rows = list(_READERS[form](path))
    except OSError as error:
        raise CaseError(f"{path} cannot be read: {error.strerror}.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise CaseError(f"{path} is not in the form {form}: {type(error).__name__}, {error}.") from error
    if not rows:
        raise CaseError(f"{path} holds no claim in the form {form}.")
    if part is None:
        return rows
    chosen = [row for row in rows if row.get("part") == part]
    if not chosen:
        there = ", ".join(sorted({row["part"] for row in rows if "part" in row})) or "none"
        raise CaseError(f"{path} has no part {part!r}; there are: {there}.")
    return chosen


def write_rows(rows: Iterable[Row], path: Path) -> None:
    """JSON Lines, as `evals.public.sets.load_claims` reads them."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _row(claim: str, context: str, label: bool, group: str | None = None) -> Row:
    return {"claim": claim, "context": context, "label": label, **({"group": group} if group is not None else {})}


def _json_lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)
