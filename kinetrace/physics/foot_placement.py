"""Feet put where they must have been: a bearing sole lies on the floor and stays where it is."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.kinematics import add_tangent, jacobians, moves, poses

_LOW_M: Final = (0.02, 0.05)
"""Sole points up to 2 cm over the floor bear, from 5 cm on they do not: joint centres and a rigid sole know the floor
to one or two centimetres."""
_SLOW: Final = (0.3, 0.8)
"""Sole points slower than 0.3 m/s bear, faster than 0.8 m/s they swing: a walker's toe passes 1-2 cm over the floor at
3-5 m/s (Winter 1992), a rolling foot's points move at under 0.3."""
_FLOOR_WEIGHT: Final = 5.0
"""A bearing sole point pulls to the floor this much harder than a joint pulls to where it was."""
_DAMPING: Final = 0.02
_ITERATIONS: Final = 3


def bearing_weights(soles: Float[np.ndarray, "frames points 3"], fps: float) -> Float[np.ndarray, "frames points"]:
    """Say how surely each sole point bears, 0 to 1: low and slow at once.

    Args:
        soles: Sole points, Z up, floor at 0 [m].
        fps: Frame rate [Hz].
    """
    speed = np.linalg.norm(np.gradient(soles, 1.0 / fps, axis=0), axis=2)
    return np.asarray(_fall(soles[..., 2], _LOW_M) * _fall(speed, _SLOW))


def settle_feet(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], fps: float) -> Float[np.ndarray, "frames nq"]:
    """Change poses as little as possible so that bearing sole points lie on the floor.

    Damped Gauss-Newton: every BODY21 point pulls to where it was, bearing sole points pull to Z = 0. Without this a sole
    that was recorded a centimetre up would carry nothing in simulation, and a tilted one would stand on an edge.

    Args:
        humanoid: The subject's model.
        qpos: Poses at an even rate, floor at Z = 0.
        fps: Their rate [Hz].

    Returns:
        The poses with their feet settled.
    """
    ids = np.concatenate((humanoid.site_ids, humanoid.sole_ids.ravel()))
    moved_by, joints = moves(humanoid, ids), len(humanoid.site_ids)
    start = poses(humanoid, qpos).sites[:, ids]
    weight = _FLOOR_WEIGHT * bearing_weights(start[:, joints:], fps)
    settled = np.array(qpos, dtype=np.float64)
    for _ in range(_ITERATIONS):
        placed = poses(humanoid, settled)
        jacobian, now = jacobians(placed, ids, moved_by), placed.sites[:, ids]
        stay = (start[:, :joints] - now[:, :joints]).reshape(len(qpos), -1)
        keep = jacobian[:, :joints].reshape(len(qpos), 3 * joints, -1)
        down = jacobian[:, joints:, 2] * weight[..., None]
        rows = np.concatenate((keep, down), axis=1)
        goal = np.concatenate((stay, -now[:, joints:, 2] * weight), axis=1)
        normal = np.swapaxes(rows, 1, 2) @ rows + _DAMPING**2 * np.eye(humanoid.model.nv)
        step = np.linalg.solve(normal, np.einsum("fkv,fk->fv", rows, goal)[..., None])[..., 0]
        settled = add_tangent(humanoid, settled, step)
    return settled


def _fall(value: Float[np.ndarray, "*n"], between: tuple[float, float]) -> Float[np.ndarray, "*n"]:
    """Fall smoothly from 1 to 0 between two values."""
    low, high = between
    part = np.clip((high - value) / (high - low), 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))
