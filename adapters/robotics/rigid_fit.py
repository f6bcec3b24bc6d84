"""Carrying a point along with the markers of its segment, by the least-squares rigid motion."""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float

MAX_RESIDUAL_M = 0.04
"""A marker further than this from where its segment says it is has slipped or is mislabelled; skin moves less than
3 cm on thigh and shank (Leardini 2005, Gait Posture 21:212)."""
MIN_SPREAD = 0.02
"""Second singular extent below which markers count as lying on a line, where rotation is undetermined [m]."""


def carry_point(
    reference: Float[np.ndarray, "markers 3"],
    frames: Float[np.ndarray, "frames markers 3"],
    point: Float[np.ndarray, "3"],
) -> Float[np.ndarray, "frames 3"]:
    """Give a point that is fixed to a segment in every frame (Kabsch 1976, all frames in one batched SVD).

    Only the markers present in a frame are used; while one lies more than 4 cm off and
    three others remain, the worst is dropped.

    Args:
        reference: The segment's markers in a reference pose [m].
        frames: The same markers in the recording [m], NaN where missing.
        point: The point in the reference pose [m].

    Returns:
        The point [m]; NaN where fewer than three markers are left or all lie on a line.
    """
    present = np.isfinite(frames).all(axis=2) & np.isfinite(reference).all(axis=1)
    rotation, shift, determined = _fit(reference, frames, present)
    for _ in range(present.shape[1] - 3):
        residual = np.where(present, _residual(reference, frames, rotation, shift), 0.0)
        worst = residual.argmax(axis=1)
        again = np.flatnonzero((residual.max(axis=1) > MAX_RESIDUAL_M) & (present.sum(axis=1) > 3))
        if not again.size:
            break
        present[again, worst[again]] = False
        rotation[again], shift[again], determined[again] = _fit(reference, frames[again], present[again])
    carried = np.einsum("tij,j->ti", rotation, point) + shift
    carried[~determined] = np.nan
    return np.asarray(carried)


def _residual(
    reference: Float[np.ndarray, "markers 3"],
    frames: Float[np.ndarray, "frames markers 3"],
    rotation: Float[np.ndarray, "frames 3 3"],
    shift: Float[np.ndarray, "frames 3"],
) -> Float[np.ndarray, "frames markers"]:
    expected = np.einsum("tij,mj->tmi", rotation, np.nan_to_num(reference)) + shift[:, None]
    return np.asarray(np.linalg.norm(np.nan_to_num(frames) - expected, axis=2))


def _fit(
    reference: Float[np.ndarray, "markers 3"],
    frames: Float[np.ndarray, "frames markers 3"],
    present: Bool[np.ndarray, "frames markers"],
) -> tuple[Float[np.ndarray, "frames 3 3"], Float[np.ndarray, "frames 3"], Bool[np.ndarray, "frames"]]:
    """Give rotation, shift and whether they are determined, a frame: frame = R reference + shift."""
    weight = present.astype(float)[:, :, None]
    count = np.maximum(weight.sum(axis=1), 1.0)
    ref = np.nan_to_num(reference)
    ref_mean = (weight * ref).sum(axis=1) / count
    got_mean = (weight * np.nan_to_num(frames)).sum(axis=1) / count
    ref_centred = weight * (ref[None] - ref_mean[:, None])
    got_centred = weight * (np.nan_to_num(frames) - got_mean[:, None])
    u, _, vt = np.linalg.svd(np.einsum("tmi,tmj->tij", got_centred, ref_centred))
    u[:, :, 2] *= np.linalg.det(u @ vt)[:, None]
    rotation = u @ vt
    shift = got_mean - np.einsum("tij,tj->ti", rotation, ref_mean)
    spread = np.linalg.svd(ref_centred, compute_uv=False)[:, 1] / np.sqrt(count[:, 0])
    return rotation, shift, (present.sum(axis=1) >= 3) & (spread > MIN_SPREAD)
