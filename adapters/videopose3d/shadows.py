"""Which places the sensor cannot see because another part of the same body stands before them."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from adapters.videopose3d.points import POINT
from adapters.videopose3d.sight import Sight
from adapters.videopose3d.surface import AT, PLACES

LIMBS: Final = tuple(
    (POINT[f"{side}_{near}"], POINT[f"{side}_{far}"], radius)
    for side in "rl"
    for near, far, radius in (
        ("hip", "knee", 0.045), ("knee", "ankle", 0.033), ("shoulder", "elbow", 0.029), ("elbow", "wrist", 0.022),
    )
)  # fmt: skip
"""Near and far point and half thickness in statures (circumferences over 2π; NASA-STD-3000, 50th percentile)."""
MARGIN: Final = 1.5
"""A limb that is not quite where it is thought to be hides this much farther about."""


def clear_places(
    body: Float[np.ndarray, "frames 17 3"], sight: Sight, stature: float
) -> Float[np.ndarray, "frames places"]:
    """Give 1 where nothing of the body stands before a place, 0 where a limb of it does.

    A limb stands before a place if the line of sight passes it within its half thickness on the camera's side, more than
    that half thickness nearer. A place's own limbs do not hide it.
    """
    places = np.einsum("sp,tpk->tsk", AT, body)
    sightline = places - sight.centre[:, None]
    away = np.linalg.norm(sightline, axis=-1)
    d = sightline / away[..., None]
    clear = np.ones(away.shape)
    for near, far, radius in LIMBS:
        other = np.array([near not in _own(p) and far not in _own(p) for p in range(len(PLACES))])
        hidden = _passes(
            body[:, near],
            body[:, far],
            d[:, other],
            sight.centre,
            away[:, other],
            radius * stature * MARGIN,
            0.5 * radius * stature,
        )
        clear[:, other] *= 1.0 - hidden
    return clear


def _own(place: int) -> frozenset[int]:
    return frozenset(POINT[name] for name in PLACES[place].at)


def _passes(
    near: Float[np.ndarray, "frames 3"],
    far: Float[np.ndarray, "frames 3"],
    d: Float[np.ndarray, "frames places 3"],
    centre: Float[np.ndarray, "frames 3"],
    away: Float[np.ndarray, "frames places"],
    reach: float,
    nearer: float,
) -> Float[np.ndarray, "frames places"]:
    """Say where a line of sight passes a limb on this side of its place."""
    along = (far - near)[:, None]
    to = (near - centre)[:, None]
    # closest approach of two lines, the limb's clipped to its ends
    dd = (along * along).sum(axis=-1)
    dr = (along * d).sum(axis=-1)
    part = (dr * (to * d).sum(axis=-1) - (along * to).sum(axis=-1)) / np.maximum(dd - dr**2, 1e-9)
    at = to + np.clip(part, 0.0, 1.0)[..., None] * along
    depth = (at * d).sum(axis=-1)
    miss = np.linalg.norm(at - depth[..., None] * d, axis=-1)
    return np.asarray(((miss < reach) & (depth < away - nearer)).astype(float))
