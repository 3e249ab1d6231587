"""Sketches of vectors: what a generation that grew keeps of the last one's."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.index.sketch import SKETCH_DIMENSIONS, Sketch, write_sketch

DIMENSIONS = 96


def vectors(count: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    drawn = np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_a_sketch_goes_on_in_the_directions_that_it_has(tmp_path: Path) -> None:
    old, new = vectors(300, 1), vectors(40, 2)
    write_sketch(tmp_path / "old", old)
    write_sketch(tmp_path / "grown", np.concatenate([old, new]), tmp_path / "old", len(old))
    before, grown = (Sketch(tmp_path / name, DIMENSIONS) for name in ("old", "grown"))
    assert grown.rows.shape == (340, SKETCH_DIMENSIONS)
    np.testing.assert_array_equal(grown.rows[:300], before.rows)
    np.testing.assert_allclose(grown.rows[300:], before.project(new), atol=1e-6)
    np.testing.assert_array_equal(grown.project(new[0]), before.project(new[0]))


def test_more_new_vectors_than_old_ones_get_directions_of_their_own(tmp_path: Path) -> None:
    old, new = vectors(50, 1), vectors(51, 2)
    write_sketch(tmp_path / "old", old)
    write_sketch(tmp_path / "whole", np.concatenate([old, new]))
    write_sketch(tmp_path / "grown", np.concatenate([old, new]), tmp_path / "old", len(old))
    assert (tmp_path / "grown").read_bytes() == (tmp_path / "whole").read_bytes()
