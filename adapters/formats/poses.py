"""4×4 poses as ARKit serialises them: 16 numbers, column by column, the translation in elements 12, 13, 14."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from schemas.errors import CaptureError

ROTATION_TOLERANCE = 0.02


def pose_matrix(numbers: Sequence[float], where: str, field: str) -> Float[np.ndarray, "4 4"]:
    """Give a column-major pose as a matrix.

    Args:
        numbers: 16 numbers.
        where: The file, for the refusal.
        field: The field, for the refusal.

    Raises:
        CaptureError: Not a rigid pose; above all a row-major one, whose last column is not 0 0 0 1.
    """
    matrix = np.array(numbers, dtype=float).reshape(4, 4).T
    if not _rigid(matrix):
        by_rows = _rigid(matrix.T)
        raise CaptureError(
            where=where,
            field=field,
            expected="a rigid pose, column-major",
            found="a row-major one: its translation is elements 3, 7, 11" if by_rows else repr(tuple(numbers))[:120],
            fix="Write the matrix column by column: the translation is elements 12, 13, 14.",
        )
    return matrix


def _rigid(matrix: Float[np.ndarray, "4 4"]) -> bool:
    turn = matrix[:3, :3]
    last = np.allclose(matrix[3], (0, 0, 0, 1), atol=1e-3) and np.abs(matrix).max() <= 1e6
    return bool(last and np.allclose(turn @ turn.T, np.eye(3), atol=ROTATION_TOLERANCE) and np.linalg.det(turn) > 0)
