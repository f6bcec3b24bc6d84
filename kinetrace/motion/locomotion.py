"""How fast a person walks over the ground, and whether the ground itself moves (a treadmill)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Bool, Float, UInt8
from scipy import ndimage

from kinetrace.motion.contacts import SIDES, SOLE
from kinetrace.motion.filters import bridged
from kinetrace.motion.kinematics import facing
from kinetrace.motion.skeletons import INDEX

STRIDE_S: Final = 1.0  # about one stride at a usual cadence: averaging over it removes the sway within a step
# Heel and toe both within this of the low end of their path: the foot is flat on whatever carries it. A swinging toe
# clears the floor by 1-2 cm, but its heel is then 10 cm up (Winter 1992), so both together single out stance.
FLAT_BAND_M: Final = 0.02
MIN_FLAT_FRAMES: Final = 5
MIN_BELT_SPEED: Final = 0.3  # slower than any treadmill walk, faster than a standing foot slides [m/s]
MAX_DRIFT_SHARE: Final = 0.3  # on a belt the pelvis stays; walking over ground it moves and the flat foot stays
STEADY_SHARE: Final = 0.8  # of the fast end of the speed: leaves out starting and stopping


@dataclass(frozen=True)
class Locomotion:
    """Progress over the ground.

    Attributes:
        ground_velocity: Velocity of what carries the feet; zero but on a treadmill [m/s].
        root_speed: Speed of the pelvis against it, averaged over a stride, each frame [m/s].
        steady_speed: Speed of the pelvis's mean velocity against it over the recording's steady part [m/s].
        heading: Unit horizontal direction of the pelvis's front, averaged over a stride, each frame.
    """

    ground_velocity: Float[np.ndarray, "3"]
    root_speed: Float[np.ndarray, "frames"]
    steady_speed: float
    heading: Float[np.ndarray, "frames 3"]

    @property
    def treadmill(self) -> bool:
        """Say whether the ground moves."""
        return bool(np.any(self.ground_velocity))


def flat_foot_velocity(
    positions: Float[np.ndarray, "frames joints 3"],
    velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
) -> Float[np.ndarray, "3"]:
    """Give the median horizontal velocity of the feet while they are flat [m/s]; zero if they never are."""
    found = []
    for side in SIDES:
        points = list(SOLE[side])
        seen = (validity[:, points] > 0).all(axis=1)
        if not seen.any():
            continue
        height = positions[:, points, 1]
        flat = seen & (height < np.percentile(height[seen], 10.0, axis=0) + FLAT_BAND_M).all(axis=1)
        found.append(velocity[flat][:, points].mean(axis=1))
    flat_velocity = np.concatenate(found) if found else np.zeros((0, 3))
    if len(flat_velocity) < MIN_FLAT_FRAMES:
        return np.zeros(3)
    return np.asarray(np.median(flat_velocity, axis=0) * [1.0, 0.0, 1.0])


def averaged(
    values: Float[np.ndarray, "frames axes"], known: Bool[np.ndarray, "frames"], fps: float
) -> Float[np.ndarray, "frames axes"]:
    """Average over a stride's time, unknown frames interpolated."""
    size = min(len(values), max(1, round(STRIDE_S * fps)))
    return np.asarray(ndimage.uniform_filter1d(bridged(values, known), size, axis=0, mode="nearest"))


def progress(
    positions: Float[np.ndarray, "frames joints 3"],
    velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
) -> Locomotion:
    """Find the ground's velocity and the pelvis's progress over it.

    The flat foot moves with the ground. Where it moves steadily while the pelvis stays, the ground is a belt; its
    speed is the foot's, and the walking speed is the pelvis's against it.

    Args:
        positions: Filtered joint positions, floor at Y = 0 [m].
        velocity: Their velocities [m/s].
        validity: 0 missing, 1 inferred, 2 measured; the pelvis in at least one frame.
        fps: Frame rate [Hz].
    """
    seen = validity[:, INDEX["pelvis"]] > 0
    root = averaged(velocity[:, INDEX["pelvis"]] * [1.0, 0.0, 1.0], seen, fps)
    ground = flat_foot_velocity(positions, velocity, validity)
    belt_speed = float(np.linalg.norm(ground))
    drift = float(np.linalg.norm(root.mean(axis=0)))
    if belt_speed < MIN_BELT_SPEED or drift > MAX_DRIFT_SHARE * belt_speed:
        ground = np.zeros(3)
    speed = np.linalg.norm(root - ground, axis=1)
    steady = seen & (speed >= STEADY_SHARE * np.percentile(speed, 90.0))
    travel = (velocity[steady, INDEX["pelvis"]] - ground).mean(axis=0) if steady.any() else np.zeros(3)
    forward, known = facing(positions, validity)
    heading = averaged(forward, known, fps) if known.any() else forward
    size = np.linalg.norm(heading, axis=1, keepdims=True)
    heading = np.where(size > 0.0, heading / np.where(size > 0.0, size, 1.0), [1.0, 0.0, 0.0])
    return Locomotion(ground, np.asarray(speed), float(np.hypot(travel[0], travel[2])), heading)
