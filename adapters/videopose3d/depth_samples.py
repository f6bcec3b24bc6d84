"""Depth at places of an image: the median of a small patch of confident pixels, unsure where an edge runs through it."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float, UInt8

RANGE_M: Final = (0.2, 5.0)
"""The sensor's useful range (Apple: up to 5 m)."""
CONFIDENCE: Final = np.array([0.0, 0.3, 1.0])
"""How much a low, medium and high confidence counts."""
EDGE_M: Final = 0.05
"""Half the depths of a patch spread over more than this: an edge bleeds into it (a limb's own curve is a third of that)."""
_PATCH: Final = np.array([(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)])


def sample(
    depth: Float[np.ndarray, "rows columns"],
    confidence: UInt8[np.ndarray, "rows columns"],
    pixels: Float[np.ndarray, "places 2"],
    size: tuple[int, int],
) -> tuple[Float[np.ndarray, "places"], Float[np.ndarray, "places"]]:
    """Sample one depth image.

    Args:
        depth: Along the optical axis [m], NaN where there is none.
        confidence: 0 to 2.
        pixels: Of the film, continuous; NaN where not known.
        size: Width and height of the film, of which the depth image shows the same view [px].

    Returns:
        Depth [m], NaN where there is none, and how sure it is, 0 to 1.
    """
    rows, columns = depth.shape
    scale = np.array([columns / size[0], rows / size[1]])
    inside = np.isfinite(pixels).all(axis=1)
    at = np.floor(np.where(inside[:, None], pixels, -9.0) * scale).astype(int)
    inside &= (at[:, 0] >= 0) & (at[:, 0] < columns) & (at[:, 1] >= 0) & (at[:, 1] < rows)
    row = np.clip(at[:, 1, None] + _PATCH[:, 0], 0, rows - 1)
    column = np.clip(at[:, 0, None] + _PATCH[:, 1], 0, columns - 1)
    values = depth[row, column].astype(float)
    sure = CONFIDENCE[np.minimum(confidence[row, column], 2)]
    values[~((values > RANGE_M[0]) & (values < RANGE_M[1])) | (sure == 0.0)] = np.nan
    known = np.isfinite(values)
    count = known.sum(axis=1)
    order = np.sort(values, axis=1)  # NaN last
    some = inside & (count > 0)
    each = np.arange(len(pixels))
    middle = order[each, np.maximum(count - 1, 0) // 2]
    spread = order[each, np.maximum(3 * count // 4 - 1, 0)] - order[each, count // 4 % 9]
    share = np.where(known, sure, 0.0).mean(axis=1)
    trust = share / (1.0 + (np.nan_to_num(spread) / EDGE_M) ** 2) ** 2
    return np.where(some, middle, np.nan), np.where(some, trust, 0.0)
