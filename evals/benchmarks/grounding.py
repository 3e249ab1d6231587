"""Prints how long the grounding check takes for one sentence, beside its bar.

Run ``python -m evals.benchmarks.grounding`` (seconds). The sentences are the altered quotes of the dev split against
their passages, and against a context of ten passages.
"""

from __future__ import annotations

import statistics
import time

from rich.console import Console
from rich.table import Table

from assistant.claims import verify
from evals.claims import load_altered_quotes

BAR_MS = 30
PASSAGES = 10


def main() -> None:
    """Measure and print."""
    quotes = [quote for quote in load_altered_quotes() if quote.split == "dev"]
    contexts = list(dict.fromkeys(quote.context for quote in quotes))
    wide = "\n".join(contexts[:PASSAGES])
    table = Table("context", "bar, ms", "median", "95 %", "most", "n")
    _row(table, "its passage", [(quote.claim, quote.context) for quote in quotes])
    _row(table, f"{PASSAGES} passages and its own", [(quote.claim, f"{wide}\n{quote.context}") for quote in quotes])
    Console(width=100).print(table)


def _row(table: Table, name: str, pairs: list[tuple[str, str]]) -> None:
    times = []
    for claim, context in pairs:
        started = time.perf_counter()
        verify(claim, context)
        times.append(1000 * (time.perf_counter() - started))
    high = statistics.quantiles(times, n=20)[-1]
    table.add_row(
        name, f"≤ {BAR_MS}", f"{statistics.median(times):.1f}", f"{high:.1f}", f"{max(times):.1f}", str(len(times))
    )


if __name__ == "__main__":
    main()
