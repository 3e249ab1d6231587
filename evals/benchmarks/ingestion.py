"""How fast a folder of somebody's own documents is indexed, and how memory grows with their number.

    python -m evals.benchmarks.ingestion [--documents 500,1500,5000] [--cluster local]

The documents stand in for abstracts of papers, such as SciFact's 5,183: Markdown files of 200 to 250 words of an
English dictionary, drawn by their frequency; the same ones every time. Each size is built in a process of its own.
``documents/s`` is by the wall clock. On a machine that is not quiet read processor seconds, which include those of the
reading processes and of every thread. Memory is the largest resident set of the building process. With a Ray cluster
both are those of the building process alone, which writes: the cluster's processes are not its own.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from spellchecker import SpellChecker

from assistant.indexing.ingestion import ingest
from assistant.models.embedding import SentenceEmbedder
from assistant.settings import load_settings
from assistant.sources.catalogue import ADDED, CATALOGUE, ENTRY

WORDS = (200, 250)
SENTENCE = (10, 35)
"""Words of a sentence."""
RARENESS = 0.65
"""Power of a word's frequency in speech at which a word has 1.4 tokens, as in abstracts."""


def main() -> None:
    """Print one row for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", default="500,1500,5000", help="sizes, comma-separated")
    parser.add_argument("--cluster", help="as of `steward ingest`")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(json.dumps(measure(arguments.one, arguments.cluster)))
        return
    names = ["documents", "documents/s", "processor s", "of it reading", "memory MB"]
    print(f"| {' | '.join(names)} |\n|{'---|' * len(names)}")
    for size in map(int, arguments.documents.split(",")):
        command = [sys.executable, "-m", "evals.benchmarks.ingestion", "--one", str(size)]
        if arguments.cluster:
            command += ["--cluster", arguments.cluster]
        row = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        print(f"| {' | '.join(f'{row[name]:,}' for name in names)} |", flush=True)


def measure(size: int, cluster: str | None = None) -> dict[str, float]:
    """Build a library with so many documents."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = load_settings(corpus=folder / "corpus", index={"folder": folder / "indexes"})
        add_documents(settings.corpus, size)
        started, used = time.perf_counter(), _processor_seconds()
        report = ingest(settings, SentenceEmbedder(settings.embedding), cluster=cluster)
        seconds = time.perf_counter() - started
        own, reading = (now - then for now, then in zip(_processor_seconds(), used, strict=True))
        reading = 0.0 if cluster else reading  # this process reads nothing, but may have started the cluster
        assert len(report.added) == size, report
        return {
            "documents": size,
            "documents/s": round(size / seconds, 1),
            "processor s": round(own + reading, 1),
            "of it reading": round(reading, 1),
            "memory MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }


def add_documents(corpus: Path, size: int) -> None:
    """Make a corpus of documents as `steward add` does, which would read each of them once more."""
    corpus.mkdir()
    (corpus / CATALOGUE).write_text("document = []\n")
    frequency = SpellChecker().word_frequency
    words = sorted(frequency.words())
    weights = [frequency[word] ** RARENESS for word in words]
    for number in range(size):
        rng = random.Random(number)
        drawn = iter(rng.choices(words, weights, k=2 * WORDS[1]))
        title = " ".join(next(drawn) for _ in range(12)).capitalize()
        sentences, left = [], rng.randint(*WORDS)
        while left > 0:
            length = min(left, rng.randint(*SENTENCE))
            sentences.append(" ".join(next(drawn) for _ in range(length)).capitalize() + ".")
            left -= length
        folder = corpus / ADDED / f"document-{number}"
        folder.mkdir(parents=True)
        (folder / "text.md").write_text(f"# {title}\n\n{' '.join(sentences)}\n")
        entry = {
            "id": folder.name,
            "title": title,
            "publisher": "Publisher",
            "published": "2025",
            "authority": "evidence",
            "status": "current",
            "jurisdiction": "Not stated",
            "licence": "Not stated",
            "credit": "Publisher",
            "file": f"{ADDED}/{folder.name}/text.md",
        }
        (folder / ENTRY).write_text(json.dumps(entry))


def _processor_seconds() -> tuple[float, float]:
    """Of this process, and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return used[0].ru_utime + used[0].ru_stime, used[1].ru_utime + used[1].ru_stime


if __name__ == "__main__":
    main()
