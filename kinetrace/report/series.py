"""Arrays made ready for a page: fewer points, few digits, gaps as null, runs of equal values as intervals."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from jaxtyping import Bool, Float, Shaped

MAX_POINTS: Final = 1200
"""More points than a screen is wide are not seen."""


def thinning(frames: int, most: int = MAX_POINTS) -> slice:
    """Choose evenly spaced frames, at most `most` of them."""
    return slice(None, None, max(1, -(-frames // most)))


def numbers(
    values: Float[np.ndarray, " n"], digits: int, known: Bool[np.ndarray, " n"] | None = None
) -> list[float | None]:
    """Give plain numbers rounded to `digits` decimals, and null where a value is not known."""
    rounded = [round(float(v), digits) for v in values]
    if known is None:
        return list(rounded)
    return [v if k else None for v, k in zip(rounded, known, strict=True)]


def intervals(values: Shaped[np.ndarray, " frames"]) -> list[tuple[int, int, Any]]:
    """Cut a series into runs of one value.

    Args:
        values: One value a frame.

    Returns:
        (first frame, one past the last, value) of every run, in order; together they cover every frame once.
    """
    if len(values) == 0:
        return []
    edges = np.flatnonzero(values[1:] != values[:-1]) + 1
    starts, ends = [0, *edges.tolist()], [*edges.tolist(), len(values)]
    return [(s, e, values[s].item()) for s, e in zip(starts, ends, strict=True)]
