"""Where to begin: the lifter's body put where the rays meet it, as large as the depth says."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.sight import Sight
from adapters.videopose3d.surface import AT, inside

MIN_SEEN = 4
"""Fewer rays than this do not hold a body [points]."""


def place_body(sight: Sight, stature: float) -> Float[np.ndarray, "frames 17 3"]:
    """Put the lifter's body, of a known size, where its points come nearest to their rays; NaN with too few rays.

    The place of least squares over the rays is linear: sum of (I - d dᵀ)(t + r - c) = 0.
    """
    shape = sight.lifted * stature
    weight = np.where(np.isfinite(sight.rays).all(axis=-1), sight.visibility, 0.0)
    d = np.nan_to_num(sight.rays)
    square = np.eye(3) - d[..., :, None] * d[..., None, :]
    weighted = weight[..., None, None] * square
    to = (sight.centre[:, None] - shape)[..., None]
    enough = (weight > 0.0).sum(axis=1) >= MIN_SEEN
    matrix = weighted.sum(axis=1)
    matrix[~enough] = np.eye(3)
    place = np.linalg.solve(matrix, (weighted @ to).sum(axis=1))[..., 0]
    place[~enough] = np.nan
    return np.asarray(shape + place[:, None])


def without_gaps(
    body: Float[np.ndarray, "frames 17 3"], time: Float[np.ndarray, "frames"]
) -> Float[np.ndarray, "frames 17 3"]:
    """Fill the frames without a body on straight lines between those around them; there must be one with a body."""
    known = np.isfinite(body).all(axis=(1, 2))
    flat = body.reshape(len(body), -1)
    filled = [np.interp(time, time[known], column[known]) for column in flat.T]
    return np.asarray(np.stack(filled, axis=1).reshape(body.shape))


def stature_from_depth(sight: Sight) -> float:
    """Give the stature with which the body stands as far away as the sensor says; NaN without depth.

    Seen by one eye a body half as tall stands half as far away: the measured range over that of a body one metre tall.
    """
    body = place_body(sight, 1.0)
    places = np.einsum("sp,tpk->tsk", AT, body)
    near = np.linalg.norm(places - sight.centre[:, None], axis=-1)
    ratio = sight.ranges / np.maximum(near - inside(np.nan_to_num(body), np.nan_to_num(sight.surface_rays)), 0.1)
    known = np.isfinite(ratio) & (sight.sureness > 0.0)
    return float(np.median(ratio[known])) if known.any() else float("nan")


def move_to_depth(
    body: Float[np.ndarray, "frames 17 3"], sight: Sight, stature: float
) -> Float[np.ndarray, "frames 17 3"]:
    """Move a body along the line of sight, and scale it about the camera, to the median of its measured ranges."""
    places = np.einsum("sp,tpk->tsk", AT, body)
    away = np.linalg.norm(places - sight.centre[:, None], axis=-1)
    depth = sight.ranges + stature * inside(np.nan_to_num(body), np.nan_to_num(sight.surface_rays))
    ratio = np.where(sight.sureness > 0.0, depth / away, np.nan)
    shift = np.ones(len(body))
    some = np.isfinite(ratio).any(axis=1)
    shift[some] = np.nanmedian(ratio[some], axis=1)
    pelvis = body[:, [0, 5]].mean(axis=1)
    return np.asarray(body + ((shift - 1.0)[:, None] * (pelvis - sight.centre))[:, None])
