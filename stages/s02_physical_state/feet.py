"""The feet as calibrated: standing heights, the pitch of the flat foot, and when each foot bears on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.contacts import SIDES, SOLE, UNKNOWN, StandingFoot, feet_in_contact, standing_foot, touch_margins
from kinetrace.motion.drift import position_drift
from kinetrace.motion.ground_levels import held_up, off_the_floor, stands_alone
from kinetrace.motion.kinematics import foot_pitch
from kinetrace.motion.movement import MIN_WALKING_SPEED
from kinetrace.motion.skeletons import INDEX
from schemas.adapter import StaticPose
from schemas.base import Movement
from schemas.physical_state import ContactParams, FootCalibration

MAX_WALKING_SPEED = 2.0
"""People walk up to here and run beyond, with flights between steps [m/s] (Froude 0.5: Kram 1997)."""
AnkleZero = Literal["static_trial", "quiet_standing", "median_stance", "none"]


@dataclass(frozen=True)
class Contact:
    """Contacts and what decided them.

    Attributes:
        contacts: Left then right: 0 no, 1 yes, 2 unknown.
        margins: How far inside the bounds of contact each foot is (`touch_margins`).
        off_floor: Frames in which a foot stands on something else than the floor: its contact is then unknown.
        standing: Left and right calibration.
        held_m: How far a foot that never comes down is held above the other, left and right; else 0 [m].
        max_speed: Speed threshold used [m/s].
        speed_source: Where the threshold came from.
    """

    contacts: UInt8[np.ndarray, "frames 2"]
    margins: Float[np.ndarray, "frames 2 2"]
    off_floor: Bool[np.ndarray, "frames 2"]
    standing: tuple[StandingFoot, StandingFoot]
    held_m: tuple[float, float]
    max_speed: float
    speed_source: Literal["walking_speed", "fixed"]

    def calibration(self) -> tuple[FootCalibration, ...]:
        """Give the standing heights for the document."""
        return tuple(
            FootCalibration(
                side=side, heel_height_m=foot.heel_height, toe_height_m=foot.toe_height, frames_used=foot.frames_used
            )
            for side, foot in zip(SIDES, self.standing, strict=True)
        )


def find_contacts(
    positions: Float[np.ndarray, "frames joints 3"],
    ground_relative_velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    walking_speed: float | None,
    fps: float,
    params: ContactParams,
    known: tuple[StandingFoot, StandingFoot] | None = None,
) -> Contact:
    """Calibrate both feet on the recording and say when they bear.

    Args:
        positions: Filtered joint positions [m].
        ground_relative_velocity: Velocity against the floor, or the belt [m/s].
        validity: 0 missing, 1 inferred, 2 measured.
        walking_speed: Scales the speed threshold; None, or too slow to be walking: the fixed threshold [m/s].
        fps: Frame rate [Hz].
        params: Thresholds.
        known: The feet as calibrated elsewhere, left and right; None: on this recording.
    """
    scaled = walking_speed is not None and walking_speed >= MIN_WALKING_SPEED
    max_speed = params.speed_fraction * walking_speed if walking_speed is not None and scaled else params.fixed_speed
    drift = position_drift(positions, validity)
    standing, held = (
        (known, (0.0, 0.0)) if known else _calibrated(positions, ground_relative_velocity, validity, fps, drift)
    )
    margins = touch_margins(
        positions, ground_relative_velocity, validity, standing, max_speed, params, drift, walking=scaled
    )
    walks = walking_speed is not None and MIN_WALKING_SPEED <= walking_speed < MAX_WALKING_SPEED
    contacts = feet_in_contact(margins, validity, fps, params, always_one=walks)
    off = off_the_floor(positions, ground_relative_velocity, validity, fps, drift)
    contacts[off] = UNKNOWN
    return Contact(contacts, margins, off, standing, held, float(max_speed), "walking_speed" if scaled else "fixed")


def _calibrated(
    positions: Float[np.ndarray, "frames joints 3"],
    velocity: Float[np.ndarray, "frames joints 3"],
    validity: UInt8[np.ndarray, "frames joints"],
    fps: float,
    drift: float,
) -> tuple[tuple[StandingFoot, StandingFoot], tuple[float, float]]:
    """Give the feet as they stand, and how far one is held above the other [m]."""
    points = [list(SOLE[side]) for side in SIDES]
    speed = [np.linalg.norm(velocity[:, q], axis=-1) for q in points]
    present = [np.asarray((validity[:, q] > 0).all(axis=1)) for q in points]
    left, right = (standing_foot(positions[:, q], s, p) for q, s, p in zip(points, speed, present, strict=True))
    if not (present[0].any() and present[1].any()):
        return (left, right), (0.0, 0.0)
    both = present[0] & present[1]
    alone = stands_alone(speed[0], speed[1], both, fps), stands_alone(speed[1], speed[0], both, fps)
    return held_up((left, right), alone, drift)


def flat_foot(
    static_pose: StaticPose | None,
    transform: tuple[float, ...],
    standing: tuple[StandingFoot, StandingFoot],
    movement: Movement,
) -> tuple[tuple[float, float], AnkleZero]:
    """Give the (right, left) pitch of the heel → toe line of a flat foot [rad], and where it was seen.

    The ankle's zero is the shank upright over a flat foot. Taking the whole static ankle angle as zero would book the
    standing lean of the shank (about 6 degrees) as the joint's zero; only the foot's pitch is a marker's business.

    Args:
        static_pose: The static trial's median pose, in the capture's world.
        transform: Row-major 4×4 that takes the capture's world to the aligned one.
        standing: Left and right calibration on the recording.
        movement: In gait the standing frames are mid-stance, else quiet standing.
    """
    feet = [INDEX[f"{s}_{p}"] for s in "lr" for p in ("heel", "toe")]
    if static_pose is not None and all(static_pose.validity[j] > 0 for j in feet):
        turn = np.array(transform).reshape(4, 4)[:3, :3]
        pose = (np.array(static_pose.positions) @ turn.T)[None]
        return (float(foot_pitch(pose, "r")[0]), float(foot_pitch(pose, "l")[0])), "static_trial"
    left, right = standing
    if left.frames_used == 0 or right.frames_used == 0:
        return (0.0, 0.0), "none"
    return (right.pitch, left.pitch), "median_stance" if movement == "gait" else "quiet_standing"
