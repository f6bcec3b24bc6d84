"""The two small problems that a tracker on its feet solves at every step: feet that stay put, and who carries the body."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.optimize import nnls

ROOT_COMPLIANCE: Final = 1e-4
"""How readily the root gives way when a foot is held, against 1 for the joints: the legs adapt, the balance stays."""
HOLD_SOFTNESS: Final = 0.1
"""Of the hold, relative to the mean of its matrix: keeps twelve points of two rigid feet solvable."""
REGULARISATION: Final = 1e-2
"""Of squared contact forces [1/BW²]: spreads a load over a sole's corners. Measured on 25 stretches of walking, squats
and rises of `opencap_s4`: with 1e-4 corners flicker and a third of the stretches fail; from 1e-3 to 1e-2 none does."""


def hold_points(
    wanted: Float[np.ndarray, "nv"],
    jacobian: Float[np.ndarray, "points 3 nv"],
    acceleration: Float[np.ndarray, "points 3"],
    sureness: Float[np.ndarray, "points"],
) -> Float[np.ndarray, "nv"]:
    """Change wanted accelerations as little as possible so that bearing points accelerate as they should.

    min ‖q̈ − wanted‖² in the metric that makes the root dear, with J q̈ = acceleration softly: the constraint of a
    support-consistent controller (Sentis & Khatib 2005) in its damped least-squares form.

    Args:
        wanted: Accelerations that tracking asks for.
        jacobian: Of the points.
        acceleration: What J q̈ should be: minus J̇ q̇ for a point at rest [m/s2].
        sureness: 0 to 1; an unsure point is held softly.

    Returns:
        Accelerations to command.
    """
    if not len(jacobian):
        return wanted
    rows = jacobian.reshape(-1, len(wanted))
    compliance = np.ones(len(wanted))
    compliance[:6] = ROOT_COMPLIANCE
    spread = compliance[:, None] * rows.T
    normal = rows @ spread
    soft = HOLD_SOFTNESS * np.trace(normal) / len(rows) / np.repeat(sureness, 3) ** 2
    lack = acceleration.ravel() - rows @ wanted
    return np.asarray(wanted + spread @ np.linalg.solve(normal + np.diag(soft), lack))


def share_load(
    need: Float[np.ndarray, "6"], edges: Float[np.ndarray, "edges 6"], cost: Float[np.ndarray, "edges"]
) -> Float[np.ndarray, "edges"]:
    """Give the non-negative forces along friction pyramid edges that best supply the root's need.

    min ‖need − edgesᵀ λ‖² + ε ‖cost λ‖², λ ≥ 0 (Lawson & Hanson 1974), as in stage 4.

    Args:
        need: Force and moment the root must get, scaled by body weight and body weight × height.
        edges: What a force of one body weight along each edge gives to the root, scaled alike.
        cost: How dear each edge is; 1 for a point that bears for sure.

    Returns:
        Forces [BW].
    """
    if not len(edges):
        return np.zeros(0)
    matrix = np.concatenate((edges.T, np.sqrt(REGULARISATION) * np.diag(cost)))
    forces, _ = nnls(matrix, np.concatenate((need, np.zeros(len(edges)))))
    return np.asarray(forces)
