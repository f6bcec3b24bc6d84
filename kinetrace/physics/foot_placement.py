"""Feet put where they must have been: a bearing sole lies on the floor, a swinging one passes over it."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Bool, Float

from kinetrace.motion.filters import design_low_pass, smooth
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.kinematics import add_tangent, jacobians, moves, poses
from kinetrace.physics.supports import Supports

LOW_M: Final = (0.02, 0.05)
"""Sole points up to 2 cm over the floor bear, from 5 cm on they do not: joint centres and a rigid sole know the floor to
one or two centimetres."""
SEAT_LOW_M: Final = (0.01, 0.03)
"""The same of seat points, which the seat was found from: with the soles' bounds hips are held down while they rise."""
SLOW: Final = (0.3, 0.8)
"""Points slower than 0.3 m/s bear, faster than 0.8 m/s they do not: a walker's toe passes 1-2 cm over the floor at
3-5 m/s (Winter 1992), a rolling foot's points move at under 0.3."""
CLEARANCE_M: Final = 0.02
"""A swinging sole point passes at least this far over the floor: a walker's toes clear it by 1.3 cm (Winter 1992), and
a simulated body follows to within a centimetre."""
FLIGHT_M: Final = 0.06
"""Slow sole points all higher than this: nobody stands there, and the height stays as it is."""
MOST_SHIFT_M: Final = 0.05
"""The body is raised or lowered by no more: recordings of a laboratory need up to 4 cm, at heel-off, where a rigid
sole's tip is longer than the toe marker knows; a body that floats or sinks by more must fail, not be helped."""
_FLOOR_WEIGHT: Final = 5.0  # against 1 for each joint that pulls to where it was
_DAMPING: Final = 0.02
_ITERATIONS: Final = 4


def bearing_weights(
    heights: Float[np.ndarray, "frames points"], speeds: Float[np.ndarray, "frames points"], soles: int
) -> Float[np.ndarray, "frames points"]:
    """Say how surely each point bears, 0 to 1: low and slow at once.

    Args:
        heights: Over floor or seat [m].
        speeds: [m/s].
        soles: How many of the points are soles; the others are on a seat.
    """
    low = np.concatenate((_fall(heights[:, :soles], LOW_M), _fall(heights[:, soles:], SEAT_LOW_M)), axis=1)
    return np.asarray(low * _fall(speeds, SLOW))


def put_on_floor(
    humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], fps: float, cutoff_hz: float
) -> Float[np.ndarray, "frames nq"]:
    """Raise or lower the whole body, by at most `MOST_SHIFT_M`, so that its lowest slow sole point is on the floor.

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
    lowest = np.where(speeds(soles, fps) < SLOW[1], soles[..., 2], np.inf).min(axis=1)
    stands = np.flatnonzero(lowest < FLIGHT_M)
    moved = np.array(qpos, dtype=np.float64)
    if len(stands):
        shift = np.interp(np.arange(len(qpos)), stands, lowest[stands])[:, None]
        shift = np.clip(smooth(shift, design_low_pass(fps, cutoff_hz))[:, 0], -MOST_SHIFT_M, MOST_SHIFT_M)
        moved[:, 2] -= shift
    return moved


def settle_feet(supports: Supports, qpos: Float[np.ndarray, "frames nq"], fps: float) -> Float[np.ndarray, "frames nq"]:
    """Change poses as little as possible so that bearing points lie on floor or seat and swinging soles clear the floor.

    Damped Gauss-Newton: every BODY21 point pulls to where it was, bearing points pull to height 0, swinging soles below
    `CLEARANCE_M` pull up to it. Without this a sole recorded a centimetre up would carry nothing in simulation, a tilted
    one would stand on an edge, and a rigid foot whose tip is longer than the toe marker knows would trip.

    Args:
        supports: The body and its bearing points.
        qpos: Poses at an even rate, floor at Z = 0.
        fps: Their rate [Hz].

    Returns:
        The poses with their feet settled.
    """
    humanoid = supports.humanoid
    ids = np.concatenate((humanoid.site_ids, supports.ids))
    moved_by, joints = moves(humanoid, ids), len(humanoid.site_ids)
    start = poses(humanoid, qpos).sites[:, ids]
    points = supports.points(start[:, joints:])
    ground = supports.grounds(points)  # as planned: a point moved over a seat's edge does not drop to the floor
    bears = bearing_weights(points[..., 2] - ground, speeds(points, fps), supports.soles)
    settled = np.array(qpos, dtype=np.float64)
    low = np.zeros(bears.shape, dtype=bool)  # once low stays low: a point let go as soon as it is up falls back
    for _ in range(_ITERATIONS):
        placed = poses(humanoid, settled)
        jacobian, now = jacobians(placed, ids, moved_by), placed.sites[:, ids]
        stay = (start[:, :joints] - now[:, :joints]).reshape(len(qpos), -1)
        keep = jacobian[:, :joints].reshape(len(qpos), 3 * joints, -1)
        height = supports.points(now[:, joints:])[..., 2] - ground
        low |= _too_low(height, supports.soles)
        down, up = _FLOOR_WEIGHT * bears, _FLOOR_WEIGHT * (1.0 - bears) * low
        lift = jacobian[:, joints:, 2]
        rows = np.concatenate((keep, lift * down[..., None], lift * up[..., None]), axis=1)
        goal = np.concatenate((stay, -height * down, (CLEARANCE_M - height) * up), axis=1)
        normal = np.swapaxes(rows, 1, 2) @ rows + _DAMPING**2 * np.eye(humanoid.model.nv)
        step = np.linalg.solve(normal, np.einsum("fkv,fk->fv", rows, goal)[..., None])[..., 0]
        settled = add_tangent(humanoid, settled, step)
    return settled


def speeds(points: Float[np.ndarray, "frames points 3"], fps: float) -> Float[np.ndarray, "frames points"]:
    """Give how fast points move [m/s]."""
    return np.asarray(np.linalg.norm(np.gradient(points, 1.0 / fps, axis=0), axis=2))


def _too_low(heights: Float[np.ndarray, "frames points"], soles: int) -> Bool[np.ndarray, "frames points"]:
    """Say which sole points are below the clearance; a seat has none."""
    return np.asarray((heights < CLEARANCE_M) & (np.arange(heights.shape[1]) < soles))


def _fall(value: Float[np.ndarray, "*n"], between: tuple[float, float]) -> Float[np.ndarray, "*n"]:
    """Fall smoothly from 1 to 0 between two values."""
    low, high = between
    part = np.clip((high - value) / (high - low), 0.0, 1.0)
    return np.asarray(part * part * (3.0 - 2.0 * part))
