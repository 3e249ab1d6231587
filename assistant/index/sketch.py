"""Shortened vectors, for a first choice among too many to compare in full.

A filter that leaves some ten thousand vectors is the hard case: comparing all of them reads tens of megabytes, and an
unfiltered search must go far down its list to find enough of them. The sketch keeps the directions in which this
library's vectors differ most (principal components), a sixth of the bytes at 384 dimensions; what it chooses is then
compared in full.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from assistant.records import Array

SKETCH_DIMENSIONS = 64
_SAMPLE = 10_000
_BLOCK = 50_000


class Sketch:
    """Sketches of all rows of a generation, memory-mapped."""

    def __init__(self, path: Path, dimensions: int) -> None:
        short = min(SKETCH_DIMENSIONS, dimensions)
        stored = np.asarray(np.memmap(path, dtype=np.float32, mode="r")).reshape(-1, short)
        self._basis = np.array(stored[:dimensions])
        self.rows = stored[dimensions:]
        """``(n_rows, short)``."""

    def project(self, vector: Array) -> Array:
        """Return the sketch of a query; its product with a row approximates the cosine."""
        projected: Array = vector @ self._basis
        return projected


def write_sketch(path: Path, matrix: Array, base: Path | None = None, kept: int = 0) -> None:
    """Write the basis ``(dim, short)``, then every row's sketch.

    ``base`` is the sketch of the matrix's first ``kept`` rows. It is continued, unless the others outnumber them and
    may differ in other directions.
    """
    dimensions = matrix.shape[1]
    if base is None or kept < len(matrix) - kept:
        kept = 0
        path.write_bytes(_basis(matrix).tobytes())
    else:
        shutil.copyfile(base, path)
    short = min(SKETCH_DIMENSIONS, dimensions)
    basis = np.fromfile(path, dtype=np.float32, count=dimensions * short).reshape(dimensions, short)
    with path.open("ab") as file:
        for start in range(kept, len(matrix), _BLOCK):
            file.write((matrix[start : start + _BLOCK] @ basis).tobytes())


def _basis(matrix: Array) -> Array:
    sample = matrix[:: max(1, len(matrix) // _SAMPLE)]
    _, directions = np.linalg.eigh(sample.T.astype(np.float64) @ sample.astype(np.float64))
    # Eigenvalues come in ascending order.
    return np.ascontiguousarray(directions[:, ::-1][:, :SKETCH_DIMENSIONS], dtype=np.float32)
