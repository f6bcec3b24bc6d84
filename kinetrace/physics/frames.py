"""The one place where the world's Y-up axes and MuJoCo's Z-up axes meet."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

Z_UP_FROM_Y_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Turns world vectors (X forward, Y up, Z right) into MuJoCo's (X forward, Y left, Z up)."""


def to_mujoco(vectors: Float[np.ndarray, "*batch 3"]) -> Float[np.ndarray, "*batch 3"]:
    """Turn world vectors or points (Y up) into MuJoCo's axes (Z up).

    Args:
        vectors: In the aligned world, X forward, Y up, Z right.

    Returns:
        The same, X forward, Y left, Z up, in double precision.
    """
    return np.asarray(np.asarray(vectors, dtype=np.float64) @ Z_UP_FROM_Y_UP.T)


def to_world(vectors: Float[np.ndarray, "*batch 3"]) -> Float[np.ndarray, "*batch 3"]:
    """Turn MuJoCo's vectors or points (Z up) into the aligned world (Y up).

    Args:
        vectors: X forward, Y left, Z up.

    Returns:
        The same, X forward, Y up, Z right, in double precision.
    """
    return np.asarray(np.asarray(vectors, dtype=np.float64) @ Z_UP_FROM_Y_UP)
