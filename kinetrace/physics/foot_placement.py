"""Feet put where they must have been: a bearing sole lies on the floor, a swinging one passes over it."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.filters import design_low_pass, smooth
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.kinematics import add_tangent, jacobians, moves, poses

LOW_M: Final = (0.02, 0.05)
"""Sole points up to 2 cm over the floor bear, from 5 cm on they do not: joint centres and a rigid sole know the floor
to one or two centimetres."""
SLOW: Final = (0.3, 0.8)
"""Sole points slower than 0.3 m/s bear, faster than 0.8 m/s they swing: a walker's toe passes 1-2 cm over the floor at
3-5 m/s (Winter 1992), a rolling foot's points move at under 0.3."""
CLEARANCE_M: Final = 0.02
"""A swinging sole point passes at least this far over the floor: a walker's toes clear it by 1.3 cm (Winter 1992), and
a simulated body follows to within a centimetre."""
FLIGHT_M: Final = 0.06
"""Slow sole points all higher than this: nobody stands there, and the height stays as it is."""
_FLOOR_WEIGHT: Final = 5.0  # against 1 for each joint that pulls to where it was
_DAMPING: Final = 0.02
_ITERATIONS: Final = 4


def bearing_weights(soles: Float[np.ndarray, "frames points 3"], fps: float) -> Float[np.ndarray, "frames points"]:
    """Say how surely each sole point bears, 0 to 1: low and slow at once.

    Args:
        soles: Sole points, Z up, floor at 0 [m].
        fps: Frame rate [Hz].
    """
    return np.asarray(_fall(soles[..., 2], LOW_M) * _fall(_speed(soles, fps), SLOW))


def put_on_floor(
    humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], fps: float, cutoff_hz: float
) -> Float[np.ndarray, "frames nq"]:
    """Raise or lower the whole body so that its lowest slow sole point is on the floor.

    Joint centres know the floor to a centimetre; a simulated sole a centimetre up carries nothing, and one a
    centimetre under it is thrown out. The correction is low-passed, so it adds no jerk; where no sole is slow it is
    interpolated.

    Args:
        humanoid: The subject's model.
        qpos: Planned poses, as many as the low-pass needs.
        fps: Their rate [Hz].
        cutoff_hz: Low-pass of the correction [Hz].

    Returns:
        Poses with another pelvis height.
    """
    soles = poses(humanoid, qpos).sites[:, humanoid.sole_ids.ravel()]
    lowest = np.where(_speed(soles, fps) < SLOW[1], soles[..., 2], np.inf).min(axis=1)
    stands = np.flatnonzero(lowest < FLIGHT_M)
    moved = np.array(qpos, dtype=np.float64)
    if len(stands):
        shift = np.interp(np.arange(len(qpos)), stands, lowest[stands])[:, None]
        moved[:, 2] -= smooth(shift, design_low_pass(fps, cutoff_hz))[:, 0]
    return moved


def settle_feet(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], fps: float) -> Float[np.ndarray, "frames nq"]:
    """Change poses as little as possible so that bearing sole points lie on the floor and swinging ones clear it.

    Damped Gauss-Newton: every BODY21 point pulls to where it was, bearing sole points pull to Z = 0, swinging ones below
    `CLEARANCE_M` pull up to it. Without this a sole recorded a centimetre up would carry nothing in simulation, a tilted
    one would stand on an edge, and a rigid foot whose tip is longer than the toe marker knows would trip.

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
    bears = bearing_weights(start[:, joints:], fps)
    settled = np.array(qpos, dtype=np.float64)
    low = np.zeros(bears.shape, dtype=bool)  # once low stays low: a point let go as soon as it is up falls back
    for _ in range(_ITERATIONS):
        placed = poses(humanoid, settled)
        jacobian, now = jacobians(placed, ids, moved_by), placed.sites[:, ids]
        stay = (start[:, :joints] - now[:, :joints]).reshape(len(qpos), -1)
        keep = jacobian[:, :joints].reshape(len(qpos), 3 * joints, -1)
        height = now[:, joints:, 2]
        low |= height < CLEARANCE_M
        down, up = _FLOOR_WEIGHT * bears, _FLOOR_WEIGHT * (1.0 - bears) * low
        lift = jacobian[:, joints:, 2]
        rows = np.concatenate((keep, lift * down[..., None], lift * up[..., None]), axis=1)
        goal = np.concatenate((stay, -height * down, (CLEARANCE_M - height) * up), axis=1)
        normal = np.swapaxes(rows, 1, 2) @ rows + _DAMPING**2 * np.eye(humanoid.model.nv)
        step = np.linalg.solve(normal, np.einsum("fkv,fk->fv", rows, goal)[..., None])[..., 0]
        settled = add_tangent(humanoid, settled, step)
    return settled


def _speed(points: Float[np.ndarray, "frames points 3"], fps: float) -> Float[np.ndarray, "frames points"]:
    return np.asarray(np.linalg.norm(np.gradient(points, 1.0 / fps, axis=0), axis=2))


def _fall(value: Float[np.ndarray, "*n"], between: tuple[float, float]) -> Float[np.ndarray, "*n"]:
    """Fall smoothly from 1 to 0 between two values."""
    low, high = between
    part = np.clip((high - value) / (high - low), 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))
