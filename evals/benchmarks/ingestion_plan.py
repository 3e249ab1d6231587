"""How long a build of many documents would take on a cluster, by a discrete simulation of its stages.

    python -m evals.benchmarks.ingestion_plan [--documents 1000000] [--processors 2,4,8,16,32,64] [--failing 0.001]

It goes through the tasks as `assistant.indexing` does: reading, cutting and embedding on the cluster, with twice as
many tasks under way as there are processors and results taken in order; a group of texts is embedded while the next is
read and cut; one process takes every result, writes it, and puts the index in place at the end. A task that fails has
done a random part of its work and is done again after a wait.

docs/million-documents.md says where the seconds of a document come from. ``--length`` makes every document so many
times as long. Columns: hours in all; how busy the processors of the cluster are and how busy the writing process is, of
that time; tasks that were done again.
"""

from __future__ import annotations

import argparse
import heapq
import random
from collections import deque
from collections.abc import Iterator
from itertools import islice

from assistant.indexing.embedding import AT_ONCE
from assistant.indexing.reading import FILES_AT_ONCE
from assistant.models.embedding import PIECE

AGAIN_S = 10.0
"""Until another process does a task that failed, its model loaded."""


class Cluster:
    """Processors that take tasks in turn, and the clock of the process that hands them out."""

    def __init__(self, processors: int, failing: float) -> None:
        self.free = [0.0] * processors
        self.failing, self.random = failing, random.Random(processors)
        self.now = self.busy = self.writing = 0.0
        self.again = 0

    def do(self, at: float, seconds: float) -> float:
        """Return when a task is done that can begin at a time."""
        start = end = max(at, heapq.heappop(self.free))
        while self.random.random() < self.failing:
            end += self.random.random() * seconds + AGAIN_S
            self.again += 1
        end += seconds
        self.busy += end - start
        heapq.heappush(self.free, end)
        return end

    def spread(self, tasks: Iterator[int], seconds: float) -> Iterator[int]:
        """Yield the sizes of tasks as their results come, in order, at ``seconds`` for each of their items."""
        begun = ((self.do(self.now, size * seconds), size) for size in tasks)
        waiting = deque(islice(begun, 2 * len(self.free)))
        while waiting:
            done, size = waiting.popleft()
            self.now = max(self.now, done)
            waiting.extend(islice(begun, 1))
            yield size

    def write(self, seconds: float) -> None:
        """Spend time in the writing process."""
        self.now += seconds
        self.writing += seconds


def simulate(documents: int, processors: int, failing: float, costs: argparse.Namespace) -> list[float]:
    """Return a row of the table."""
    cluster = Cluster(processors, failing)
    files = iter([FILES_AT_ONCE] * (documents // FILES_AT_ONCE))
    read = cluster.spread(files, costs.reading)
    cut = cluster.spread(read, costs.cutting)
    embedding_free, group, before = 0.0, 0, (0, 0.0)
    for size in cut:
        group += size
        texts = int(group * costs.texts)
        if texts < AT_ONCE:
            continue
        begin, each = max(cluster.now, embedding_free), costs.embedding / costs.texts
        pieces = [min(PIECE, texts - start) for start in range(0, texts, PIECE)]
        embedding_free = max(cluster.do(begin, piece * each) for piece in pieces)
        cluster.now = max(cluster.now, before[1])
        cluster.write(before[0] * costs.writing)
        group, before = 0, (group, embedding_free)
    cluster.now = max(cluster.now, before[1])
    cluster.write((before[0] + group) * costs.writing + documents * costs.publishing)
    hours, total = cluster.now / 3600, cluster.now
    return [processors, hours, 100 * cluster.busy / processors / total, 100 * cluster.writing / total, cluster.again]


def main() -> None:
    """Print one row for each number of processors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--processors", default="2,4,8,16,32,64", help="of the cluster, comma-separated")
    parser.add_argument("--failing", type=float, default=0.001, help="share of tasks that fail")
    parser.add_argument("--length", type=float, default=1, help="how many times as long a document is")
    for name, default, what in (
        ("reading", 0.019, "seconds to read one"),
        ("cutting", 0.0012, "seconds to cut one"),
        ("embedding", 0.25, "seconds to embed one"),
        ("writing", 0.003, "seconds of the writing process for one, while others are read and embedded"),
        ("publishing", 0.009, "seconds of it for one at the end"),
        ("texts", 12.5, "texts of one that are embedded"),
    ):
        parser.add_argument(f"--{name}", type=float, default=default, help=f"{what}, of length 1")
    costs = parser.parse_args()
    for name in ("reading", "cutting", "embedding", "writing", "publishing", "texts"):
        setattr(costs, name, getattr(costs, name) * costs.length)
    print("| processors | hours | processors busy % | writer busy % | tasks done again |\n|---|---|---|---|---|")
    for processors in map(int, costs.processors.split(",")):
        count, hours, busy, writing, again = simulate(costs.documents, processors, costs.failing, costs)
        print(f"| {count:.0f} | {hours:.1f} | {busy:.0f} | {writing:.0f} | {again:.0f} |", flush=True)


if __name__ == "__main__":
    main()
