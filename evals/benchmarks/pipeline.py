"""Prints how fast the shipped library is built and asked, beside the bars set for it.

Run ``python -m evals.benchmarks.pipeline`` in the project's folder (about two minutes on 2 cores). The library is
built in a temporary folder, so the index in use is left alone. Times are wall clock; memory is a
process's peak.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table
from threadpoolctl import threadpool_limits

from assistant import answering
from assistant.library import open_library
from assistant.models.embedding import SentenceEmbedder, cpu_has_bfloat16
from assistant.precedents import CaseFilters, search_cases
from assistant.settings import EmbeddingSettings, load_settings

QUESTIONS = 100
RUNS = 5


def main() -> None:
    """Build, ask, embed; print one table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STEWARD_INDEX__FOLDER"] = folder
        table = Table("measure", "bar", "median", "least", "most", "n")
        build = _command("ingest", "--rebuild")
        _row(table, "full build, s", "≤ 30", [build[0]])
        _row(table, "its peak memory, MB", "≤ 1200", [build[1]])
        _row(table, "ingest with nothing changed, s", "≤ 1.5", [_command("ingest")[0] for _ in range(RUNS)])
        cold = [_command("search", "Who should fund Mission Councils?") for _ in range(RUNS)]
        _row(table, "steward search from a cold start, s", "≤ 4", [seconds for seconds, _ in cold])
        _row(table, "its peak memory, MB", "≤ 1200", [memory for _, memory in cold])
        _ask(table)
        _embed(table)
    Console(width=110).print(table)


def _command(*arguments: str) -> tuple[float, float]:
    """Seconds and peak MB of one steward command in a process of its own."""
    code = (
        "import resource, sys, json\nfrom assistant.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "finally:\n    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)\n"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    return time.perf_counter() - started, int(done.stderr.split()[-1]) / 1024


def _ask(table: Table) -> None:
    library = open_library(load_settings())
    questions = [
        question
        for text_id in library.generation.manifest.texts
        for chunk in library.generation.text_chunks(text_id)
        for question in chunk.questions[:1]
    ][:QUESTIONS]
    _row(table, "question → passages, ms", "p50 ≤ 30", _milliseconds(library.retriever.retrieve, questions))
    _row(
        table,
        "question → extractive answer, ms",
        "p50 ≤ 120",
        _milliseconds(partial(answering.ask, library), questions),
    )
    facets = CaseFilters(levels=("local", "national"), polarities=("worked", "mixed"))
    with threadpool_limits(1):
        searched = _milliseconds(lambda question: search_cases(library, question, facets), questions)
    _row(table, "question → precedents within two facets, one thread, ms", "", searched)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _row(table, "memory while asking, MB", "≤ 1200", [peak])
    library.generation.close()


def _embed(table: Table) -> None:
    """Texts a second through our embedder, against sentence-transformers' own loop, on the library's sentences."""
    library = open_library(load_settings())
    document = library.generation
    texts = [
        document.document(text_id).text[start:end]
        for text_id in document.manifest.texts
        for chunk in document.text_chunks(text_id)
        for start, end in chunk.sentences
    ][:1500]
    document.close()
    formats = ["float32"] + (["bfloat16"] if cpu_has_bfloat16() else [])
    speeds: dict[str, float] = {}
    for precision in formats:
        embedder = SentenceEmbedder(EmbeddingSettings(precision=precision))
        model = embedder._model
        embedder.embed(texts[:64])
        ours, bare = [], []
        for _ in range(3):
            ours.append(len(texts) / _seconds(partial(embedder.embed, texts)))
            encode = partial(model.encode, texts, normalize_embeddings=True, show_progress_bar=False)
            bare.append(len(texts) / _seconds(encode))
        speeds[precision], speeds[f"bare {precision}"] = statistics.median(ours), statistics.median(bare)
        _row(table, f"embedding, {precision}, texts/s", "", ours)
        _row(table, f"bare loop, {precision}, texts/s", "", bare)
        _row(table, f"ours / bare, {precision}", "≥ 0.9", [speeds[precision] / speeds[f"bare {precision}"]])
    if "bfloat16" in speeds:
        _row(table, "bfloat16 / bare float32", "≥ 2.5", [speeds["bfloat16"] / speeds["bare float32"]])


def _milliseconds(ask: Callable[[str], object], questions: Sequence[str]) -> list[float]:
    ask(questions[0])
    return [1000 * _seconds(partial(ask, question)) for question in questions]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _row(table: Table, measure: str, bar: str, values: Sequence[float]) -> None:
    figures = (statistics.median(values), min(values), max(values))
    table.add_row(
        measure, bar, *(f"{value:.2f}" if value < 10 else f"{value:.0f}" for value in figures), str(len(values))
    )


if __name__ == "__main__":
    main()
