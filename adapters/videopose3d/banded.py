"""Weighted least squares over a clip: small terms in each frame, smoothness between frames, one banded matrix.

A term says that a weighted sum of the frame's points lies at a target, as surely as a 3×3 weight says: along a ray, across
it, along a bone. With second differences for smoothness the normal matrix has `2 · 3 · points` diagonals and LAPACK's
banded Cholesky solves it in time linear in the frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float, Int
from scipy.linalg import cho_solve_banded, cholesky_banded

SIX: Final = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
"""Where the six numbers of a symmetric 3×3 weight stand."""
_AT: Final = np.array([[0, 1, 2], [1, 3, 4], [2, 4, 5]])


@dataclass(frozen=True)
class Terms:
    """Terms of one kind.

    Attributes:
        coefficients: Over the points.
        weights: Of the quadratic form, see SIX; 0 where there is nothing to say.
        pulls: Weight times target.
    """

    coefficients: Float[np.ndarray, "terms points"]
    weights: Float[np.ndarray, "terms frames 6"]
    pulls: Float[np.ndarray, "terms frames 3"]


def along(
    coefficients: Float[np.ndarray, "terms points"],
    direction: Float[np.ndarray, "terms frames 3"],
    target: Float[np.ndarray, "terms frames"],
    weight: Float[np.ndarray, "terms frames"],
) -> Terms:
    """Give terms on one coordinate: `direction · sum = target`."""
    weights = np.stack([weight * direction[..., a] * direction[..., b] for a, b in SIX], axis=-1)
    return Terms(coefficients, weights, (weight * target)[..., None] * direction)


def across(
    coefficients: Float[np.ndarray, "terms points"],
    direction: Float[np.ndarray, "terms frames 3"],
    place: Float[np.ndarray, "terms frames 3"],
    weight: Float[np.ndarray, "terms frames"],
) -> Terms:
    """Give terms on the two coordinates across a direction: the sum lies on the line through `place`."""
    weights = np.stack([weight * (float(a == b) - direction[..., a] * direction[..., b]) for a, b in SIX], axis=-1)
    off = place - (place * direction).sum(axis=-1, keepdims=True) * direction
    return Terms(coefficients, weights, weight[..., None] * off)


def whole(
    coefficients: Float[np.ndarray, "terms points"],
    place: Float[np.ndarray, "terms frames 3"],
    weight: Float[np.ndarray, "terms frames"],
) -> Terms:
    """Give terms on all three coordinates: the sum lies at `place`."""
    weights = np.stack([weight * float(a == b) for a, b in SIX], axis=-1)
    return Terms(coefficients, weights, weight[..., None] * place)


@dataclass(frozen=True)
class Layout:
    """Where the entries of a frame's symmetric matrix go in the banded one."""

    pairs: Int[np.ndarray, "pairs 2"]
    entry_pair: Int[np.ndarray, "entries"]
    entry_six: Int[np.ndarray, "entries"]
    offset: Int[np.ndarray, "entries"]
    column: Int[np.ndarray, "entries"]


def layout(points: int) -> Layout:
    """Give the layout for so many points."""
    pairs = np.array([(i, j) for i in range(points) for j in range(i, points)])
    which, six, offset, column = [], [], [], []
    for number, (i, j) in enumerate(pairs.tolist()):
        for a in range(3):
            for b in range(a if i == j else 0, 3):
                which.append(number)
                six.append(int(_AT[a, b]))
                offset.append(3 * (j - i) + b - a)
                column.append(3 * j + b)
    return Layout(pairs, np.array(which), np.array(six), np.array(offset), np.array(column))


def solve(
    terms: list[Terms],
    smoothness: Float[np.ndarray, "inner points"],
    stencil: Float[np.ndarray, "inner 3"],
    extra: Float[np.ndarray, "frames points 3 extras"],
    place: Layout,
    stillness: Float[np.ndarray, "steps points"] | None = None,
) -> tuple[Float[np.ndarray, "frames points 3"], Float[np.ndarray, "frames points 3 extras"]]:
    """Minimise the terms plus smoothness.

    Args:
        terms: At least so many that the system is determined.
        smoothness: Weight on each point's second difference about each frame but the first and last.
        stencil: Factors of the frame before, the frame and the frame after in that difference.
        extra: Further right-hand sides, as for unknowns outside the band.
        place: Of `layout`.
        stillness: Weight on each point's step from a frame to the next.

    Returns:
        The solution, and that of the further right-hand sides.
    """
    coefficients = np.concatenate([t.coefficients for t in terms])
    weights = np.concatenate([t.weights for t in terms])
    pulls = np.concatenate([t.pulls for t in terms])
    count, frames = coefficients.shape[1], weights.shape[1]
    products = coefficients[:, place.pairs[:, 0]] * coefficients[:, place.pairs[:, 1]]
    quadratic = (products.T @ weights.reshape(len(weights), -1)).reshape(-1, frames, 6)
    right = (coefficients.T @ pulls.reshape(len(pulls), -1)).reshape(count, frames, 3).transpose(1, 0, 2)
    band = _band(quadratic, smoothness, stencil, place, stillness)
    sides = np.concatenate((right[..., None], extra), axis=-1).reshape(frames * count * 3, -1)
    factor = cholesky_banded(band, overwrite_ab=True, check_finite=False)
    found = cho_solve_banded((factor, False), sides, overwrite_b=True, check_finite=False)
    found = found.reshape(frames, count, 3, -1)
    return found[..., 0], found[..., 1:]


def _band(
    quadratic: Float[np.ndarray, "pairs frames 6"],
    smoothness: Float[np.ndarray, "inner points"],
    stencil: Float[np.ndarray, "inner 3"],
    place: Layout,
    stillness: Float[np.ndarray, "steps points"] | None,
) -> Float[np.ndarray, "diagonals unknowns"]:
    """Give the upper banded matrix in LAPACK's layout, in Fortran order so that nothing is copied."""
    frames, count = quadratic.shape[1], smoothness.shape[1]
    size = 3 * count
    width = 2 * size
    band = np.zeros((frames, size, width + 1))
    band[:, place.column, width - place.offset] = quadratic[place.entry_pair, :, place.entry_six].T
    repeated = np.repeat(smoothness, 3, axis=1)
    for first in range(3):
        for second in range(first, 3):
            product = (stencil[:, first] * stencil[:, second])[:, None] * repeated
            band[second : frames - 2 + second, :, width - (second - first) * size] += product
    if stillness is not None:
        step = np.repeat(stillness, 3, axis=1)
        band[:-1, :, width] += step
        band[1:, :, width] += step
        band[1:, :, width - size] -= step
    return np.asarray(band.reshape(frames * size, width + 1).T)
