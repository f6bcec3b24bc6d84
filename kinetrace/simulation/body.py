"""From a few driving trajectories to all BODY21 joints, with every bone of constant length."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from kinetrace.motion.skeletons import INDEX
from kinetrace.simulation.person import Person

LEFT, RIGHT = 0, 1
SIDE_SIGN = (-1.0, 1.0)
"""Z of the left and of the right side: Z points to the person's right."""

ELBOW_CARRY = 0.10
"""Abduction of the hanging arm [rad], so that the hand clears the thigh."""


@dataclass(frozen=True)
class Drive:
    """What moves a body; X forward, Y up, Z right, floor at Y = 0; sides are left, right.

    Attributes:
        pelvis: Midpoint of the hip joints [m].
        pelvis_yaw: Turn of the pelvis about the vertical, to the left positive [rad].
        trunk_lean: Forward lean of the line from pelvis to shoulders [rad].
        trunk_list: Lean of that line to the right [rad].
        thorax_yaw: Turn of the shoulders about the vertical, to the left positive [rad].
        ankle: Ankle joints [m].
        foot_pitch: Toe-up angle of the sole [rad].
        shoulder: Flexion of the shoulder against the trunk, forward positive [rad].
        elbow: Flexion of the elbow [rad].
    """

    pelvis: Float[np.ndarray, "frames 3"]
    pelvis_yaw: Float[np.ndarray, "frames"]
    trunk_lean: Float[np.ndarray, "frames"]
    trunk_list: Float[np.ndarray, "frames"]
    thorax_yaw: Float[np.ndarray, "frames"]
    ankle: Float[np.ndarray, "frames 2 3"]
    foot_pitch: Float[np.ndarray, "frames 2"]
    shoulder: Float[np.ndarray, "frames 2"]
    elbow: Float[np.ndarray, "frames 2"]


def positions(person: Person, drive: Drive) -> Float[np.ndarray, "frames 21 3"]:
    """Place every joint of BODY21 [m]; legs by inverse kinematics, all else forward."""
    out = np.zeros((len(drive.pelvis), 21, 3))

    def put(name: str, value: Float[np.ndarray, "frames 3"]) -> None:
        out[:, INDEX[name]] = value

    up = trunk_direction(drive)
    put("pelvis", drive.pelvis)
    for side, prefix in ((LEFT, "l"), (RIGHT, "r")):
        hip = hip_joint(person, drive.pelvis, drive.pelvis_yaw, side)
        ankle = drive.ankle[:, side]
        heel, toe = sole(person, ankle, drive.foot_pitch[:, side])
        put(f"{prefix}_hip", hip)
        put(f"{prefix}_knee", knee_joint(person, hip, ankle))
        put(f"{prefix}_ankle", ankle)
        put(f"{prefix}_heel", heel)
        put(f"{prefix}_toe", toe)
        shoulder, elbow, wrist = _arm(person, drive, up, side)
        put(f"{prefix}_shoulder", shoulder)
        put(f"{prefix}_elbow", elbow)
        put(f"{prefix}_wrist", wrist)
    c7 = drive.pelvis + person.hip_to_c7 * up
    thorax = drive.pelvis + person.hip_to_shoulder * up
    put("thorax", thorax)
    put("spine", 0.5 * (drive.pelvis + thorax))
    put("neck", c7 + person.head / 3 * up)
    put("head", c7 + person.head * up)
    return out


def trunk_direction(drive: Drive) -> Float[np.ndarray, "frames 3"]:
    """Give the unit vector from pelvis to shoulders."""
    lean = Rotation.from_euler("xz", np.stack([drive.trunk_list, -drive.trunk_lean], axis=-1))
    return np.asarray(lean.apply([0.0, 1.0, 0.0]))


def hip_joint(
    person: Person, pelvis: Float[np.ndarray, "frames 3"], yaw: Float[np.ndarray, "frames"], side: int
) -> Float[np.ndarray, "frames 3"]:
    """Give one hip joint [m]."""
    return pelvis + SIDE_SIGN[side] * person.hip_half_width * _rightward(yaw)


def knee_joint(
    person: Person, hip: Float[np.ndarray, "frames 3"], ankle: Float[np.ndarray, "frames 3"]
) -> Float[np.ndarray, "frames 3"]:
    """Place the knee in front of the line from hip to ankle (law of cosines); both bones keep their length.

    Raises:
        ValueError: The ankle is out of the leg's reach: the driving trajectories contradict the body.
    """
    line = ankle - hip
    reach = np.linalg.norm(line, axis=-1, keepdims=True)
    if float(reach.max()) > person.leg or float(reach.min()) < abs(person.thigh - person.shank):
        raise ValueError(
            f"leg of {person.leg:.3f} m cannot span {float(reach.min()):.3f} to {float(reach.max()):.3f} m"
        )
    axis = line / reach
    forward = np.array([1.0, 0.0, 0.0]) - axis[..., :1] * axis
    forward /= np.linalg.norm(forward, axis=-1, keepdims=True)
    along = (person.thigh**2 - person.shank**2 + reach**2) / (2 * reach)
    return np.asarray(hip + along * axis + np.sqrt(np.maximum(person.thigh**2 - along**2, 0.0)) * forward)


def leg_length(person: Person, knee: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
    """Give hip to ankle [m] at a knee flexion [rad] (law of cosines)."""
    return np.asarray(np.sqrt(person.thigh**2 + person.shank**2 + 2 * person.thigh * person.shank * np.cos(knee)))


def knee_of_leg(person: Person, length: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames"]:
    """Give the knee flexion [rad] at which hip and ankle are so far apart [m]."""
    return np.asarray(np.arccos((length**2 - person.thigh**2 - person.shank**2) / (2 * person.thigh * person.shank)))


def sole(
    person: Person, ankle: Float[np.ndarray, "frames 3"], pitch: Float[np.ndarray, "frames"]
) -> tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames 3"]]:
    """Give heel and toe (metatarsal head) of the sole under an ankle [m]."""
    down = -person.ankle_height
    return ankle + _pitched(-person.heel_back, down, pitch), ankle + _pitched(person.toe_forward, down, pitch)


def _pitched(x: float, y: float, pitch: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames 3"]:
    cos, sin = np.cos(pitch), np.sin(pitch)
    return np.stack([x * cos - y * sin, x * sin + y * cos, np.zeros_like(pitch)], axis=-1)


def _rightward(yaw: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames 3"]:
    return np.stack([np.sin(yaw), np.zeros_like(yaw), np.cos(yaw)], axis=-1)


def _arm(
    person: Person, drive: Drive, up: Float[np.ndarray, "frames 3"], side: int
) -> tuple[Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames 3"], Float[np.ndarray, "frames 3"]]:
    right = _rightward(drive.thorax_yaw)
    right -= np.sum(right * up, axis=-1, keepdims=True) * up
    right /= np.linalg.norm(right, axis=-1, keepdims=True)
    ahead = np.cross(up, right)
    shoulder = drive.pelvis + person.hip_to_shoulder * up + SIDE_SIGN[side] * person.shoulder_half_width * right
    outward = SIDE_SIGN[side] * np.sin(ELBOW_CARRY) * right

    def reach(angle: Float[np.ndarray, "frames"]) -> Float[np.ndarray, "frames 3"]:
        hanging = np.sin(angle)[:, None] * ahead - np.cos(angle)[:, None] * up
        return np.asarray(outward + np.cos(ELBOW_CARRY) * hanging)

    elbow = shoulder + person.upper_arm * reach(drive.shoulder[:, side])
    wrist = elbow + person.forearm * reach(drive.shoulder[:, side] + drive.elbow[:, side])
    return shoulder, elbow, wrist
