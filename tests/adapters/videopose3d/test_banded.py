"""The banded solver against a dense one, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from adapters.videopose3d.banded import across, along, layout, solve, whole

FRAMES, POINTS = 6, 3


def _stencil(frames: int) -> np.ndarray:
    return np.tile([1.0, -2.0, 1.0], (frames - 2, 1))


def test_it_solves_the_same_normal_equations_as_a_dense_solver() -> None:
    rng = np.random.default_rng(0)
    coefficients = rng.normal(size=(4, POINTS))
    d = rng.normal(size=(4, FRAMES, 3))
    d /= np.linalg.norm(d, axis=2, keepdims=True)
    places = rng.normal(size=(POINTS, FRAMES, 3))
    weights = rng.uniform(0.5, 2.0, (4, FRAMES))
    targets = rng.normal(size=(4, FRAMES))
    smooth = np.full((FRAMES - 2, POINTS), 0.7)
    still = rng.uniform(0.0, 1.0, (FRAMES - 1, POINTS))
    terms = [along(coefficients, d, targets, weights), whole(np.eye(POINTS), places, np.full((POINTS, FRAMES), 0.3))]
    none = np.zeros((FRAMES, POINTS, 3, 0))
    found, _ = solve(terms, smooth, _stencil(FRAMES), none, layout(POINTS), still)
    size = FRAMES * POINTS * 3
    rows, right = [], []

    def add(row: np.ndarray, target: float, weight: float) -> None:
        rows.append(np.sqrt(weight) * row.ravel())
        right.append(np.sqrt(weight) * target)

    for t in range(FRAMES):
        for k in range(4):
            row = np.zeros((FRAMES, POINTS, 3))
            row[t] = coefficients[k][:, None] * d[k, t]
            add(row, targets[k, t], weights[k, t])
        for p in range(POINTS):
            for axis in range(3):
                row = np.zeros((FRAMES, POINTS, 3))
                row[t, p, axis] = 1.0
                add(row, places[p, t, axis], 0.3)
                if 0 < t < FRAMES - 1:
                    row = np.zeros((FRAMES, POINTS, 3))
                    row[t - 1 : t + 2, p, axis] = (1.0, -2.0, 1.0)
                    add(row, 0.0, 0.7)
                if t < FRAMES - 1:
                    row = np.zeros((FRAMES, POINTS, 3))
                    row[t : t + 2, p, axis] = (-1.0, 1.0)
                    add(row, 0.0, still[t, p])
    matrix = np.stack(rows)
    assert matrix.shape[1] == size
    dense = np.linalg.lstsq(matrix, np.array(right), rcond=None)[0]
    np.testing.assert_allclose(found.ravel(), dense, atol=1e-9)


def test_a_point_between_two_places_lies_where_their_weights_balance() -> None:
    one = np.zeros((1, 3, 3))
    two = np.full((1, 3, 3), 3.0)
    terms = [whole(np.eye(1), one, np.full((1, 3), 2.0)), whole(np.eye(1), two, np.full((1, 3), 1.0))]
    found, _ = solve(terms, np.zeros((1, 1)), _stencil(3), np.zeros((3, 1, 3, 0)), layout(1))
    np.testing.assert_allclose(found, 1.0)


def test_across_holds_a_point_to_a_line_and_along_to_a_plane() -> None:
    line = np.tile([0.0, 0.0, 1.0], (1, 3, 1))
    place = np.tile([1.0, 2.0, 99.0], (1, 3, 1))
    terms = [
        across(np.eye(1), line, place, np.ones((1, 3))),
        along(np.eye(1), line, np.full((1, 3), 5.0), np.ones((1, 3))),
    ]
    found, _ = solve(terms, np.zeros((1, 1)), _stencil(3), np.zeros((3, 1, 3, 0)), layout(1))
    np.testing.assert_allclose(found[:, 0], [[1.0, 2.0, 5.0]] * 3)


def test_what_nothing_is_said_of_cannot_be_solved() -> None:
    line = np.tile([0.0, 0.0, 1.0], (1, 3, 1))
    terms = [along(np.eye(1), line, np.zeros((1, 3)), np.ones((1, 3)))]
    with pytest.raises(np.linalg.LinAlgError, match="positive definite"):
        solve(terms, np.zeros((1, 1)), _stencil(3), np.zeros((3, 1, 3, 0)), layout(1))
