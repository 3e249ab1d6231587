"""Gradient-boosted decision trees, as ``evals.calibration.fitting`` writes them: a chance for each row of figures.

Source: Friedman 2001; fitted with scikit-learn's HistGradientBoostingClassifier, read without it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.records import Array


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees side by side, ``(n_trees, n_nodes)`` each; a leaf leads to itself."""

    names: tuple[str, ...]
    """Of the figures, in order."""
    start: float
    """Log odds before any tree."""
    figure: NDArray[np.int64]
    """Number of the figure that a node asks for."""
    most: Array
    """Up to this value the way goes left."""
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: Array
    """Log odds that a leaf adds."""
    depth: int

    def chances(self, figures: Array) -> Array:
        """Return a chance between 0 and 1 for each row of ``(n_rows, n_figures)``."""
        trees = np.arange(len(self.figure))
        nodes = np.zeros((len(figures), len(trees)), dtype=np.int64)
        for _ in range(self.depth):
            asked = np.take_along_axis(figures, self.figure[trees, nodes], axis=1)
            nodes = np.where(asked <= self.most[trees, nodes], self.left[trees, nodes], self.right[trees, nodes])
        total = self.start + self.value[trees, nodes].sum(axis=1)
        return np.asarray(1 / (1 + np.exp(-total)))


def read_trees(path: Path) -> tuple[Trees, dict[str, Any]]:
    """Return the trees of a JSON file, and what else it holds."""
    content = json.loads(path.read_text(encoding="utf-8"))
    trees = content.pop("trees")
    size = max(map(len, trees))

    def column(place: int, kind: type) -> Any:
        # Nodes that pad a smaller tree are never reached.
        return np.array([[node[place] for node in tree] + [0] * (size - len(tree)) for tree in trees], dtype=kind)

    read = Trees(
        tuple(content.pop("figures")),
        float(content.pop("start")),
        column(0, np.int64),
        column(1, np.float64),
        column(2, np.int64),
        column(3, np.int64),
        column(4, np.float64),
        int(content.pop("depth")),
    )
    return read, content
