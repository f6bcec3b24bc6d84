"""Movements over two still, flat feet: the pelvis is driven, the legs follow by inverse kinematics."""

from __future__ import annotations

from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.simulation.body import LEFT, RIGHT, SIDE_SIGN, Drive
from kinetrace.simulation.person import Person
from schemas.errors import UsageError

STANCE_WIDTH: Final = 0.16
"""Between the feet, in statures: about hip to shoulder width."""

ARM_REST: Final = np.radians(3.0)
"""Shoulder flexion of a hanging arm."""

ELBOW_REST: Final = np.radians(12.0)
"""Elbow flexion of a hanging arm."""

TRUNK_MASS: Final = 0.678
"""Head, arms and trunk, in body masses (Winter 2009)."""

TRUNK_CENTRE: Final = 0.626
"""Centre of mass of head, arms and trunk from hip to shoulder (Winter 2009)."""

THIGHS: Final = (0.200, 0.567)
"""Mass of both thighs, and their centre from knee to hip (Winter 2009)."""

SHANKS: Final = (0.093, 0.567)
"""Mass of both shanks, and their centre from ankle to knee (Winter 2009)."""

BALANCE_POINT: Final = 0.35
"""Where quiet standing puts the centre of mass, from the ankle to the toe (Winter 1995: about 5 cm before the ankle)."""


def hip_over_ankle(
    person: Person, shank_lean: Float[np.ndarray, "frames"], knee: Float[np.ndarray, "frames"]
) -> Float[np.ndarray, "frames 2"]:
    """Give the hip ahead of and above the ankle [m] from forward lean of the shank and flexion of the knee [rad]."""
    thigh_lean = shank_lean - knee
    ahead = person.shank * np.sin(shank_lean) + person.thigh * np.sin(thigh_lean)
    return np.stack([ahead, person.shank * np.cos(shank_lean) + person.thigh * np.cos(thigh_lean)], axis=-1)


def balancing_lean(
    person: Person, shank_lean: Float[np.ndarray, "frames"], knee: Float[np.ndarray, "frames"]
) -> Float[np.ndarray, "frames"]:
    """Give the trunk lean [rad] that puts the centre of mass over the middle of the feet."""
    hip = hip_over_ankle(person, shank_lean, knee)[:, 0]
    knee_ahead = person.shank * np.sin(shank_lean)
    legs = THIGHS[0] * (knee_ahead + THIGHS[1] * (hip - knee_ahead)) + SHANKS[0] * SHANKS[1] * knee_ahead
    wanted = BALANCE_POINT * person.toe_forward * (TRUNK_MASS + THIGHS[0] + SHANKS[0])
    trunk = (wanted - legs) / TRUNK_MASS - hip
    return np.asarray(np.arcsin(np.clip(trunk / (TRUNK_CENTRE * person.hip_to_shoulder), -0.2, 0.94)))


def standing_drive(
    person: Person,
    hip: Float[np.ndarray, "frames 3"],
    trunk_lean: Float[np.ndarray, "frames"],
    shoulder: Float[np.ndarray, "frames"],
    elbow: Float[np.ndarray, "frames"],
) -> Drive:
    """Drive a body that stands still on both feet.

    Args:
        person: Who.
        hip: Midpoint of the hips from the midpoint of the ankles [m].
        trunk_lean: Forward [rad].
        shoulder: Flexion against the trunk, both sides [rad].
        elbow: Flexion, both sides [rad].
    """
    still = np.zeros(len(hip))
    ankle = np.zeros((len(hip), 2, 3))
    ankle[:, :, 1] = person.ankle_height
    for side in (LEFT, RIGHT):
        ankle[:, side, 2] = SIDE_SIGN[side] * 0.5 * STANCE_WIDTH * person.height_m
    return Drive(
        pelvis=hip + np.array([0.0, person.ankle_height, 0.0]),
        pelvis_yaw=still,
        trunk_lean=trunk_lean,
        trunk_list=still,
        thorax_yaw=still,
        ankle=ankle,
        foot_pitch=np.zeros((len(hip), 2)),
        shoulder=np.repeat(shoulder[:, None], 2, axis=1),
        elbow=np.repeat(elbow[:, None], 2, axis=1),
    )


def lowered(person: Person, hip: Float[np.ndarray, "frames 2"]) -> Float[np.ndarray, "frames 3"]:
    """Bring a sagittal hip path [m] down so far that legs which stand apart reach as long as planned."""
    aside = 0.5 * STANCE_WIDTH * person.height_m - person.hip_half_width
    reach2 = np.sum(hip**2, axis=-1) - aside**2 - hip[:, 0] ** 2
    return np.stack([hip[:, 0], np.sqrt(reach2), np.zeros(len(hip))], axis=-1)


def plan_repetitions(
    seconds: float, asked: int | None, ordinary_s: float, shortest_s: float, rest_s: float
) -> tuple[int, float]:
    """Say how many repetitions there are, and how long each takes with its rest [s].

    Args:
        seconds: The whole recording [s].
        asked: How many, or None for as many as fit at the ordinary pace.
        ordinary_s: One repetition at an ordinary pace [s].
        shortest_s: Faster than this is no exercise [s].
        rest_s: Stillness at begin and end of the recording [s].

    Raises:
        UsageError: So many do not fit.
    """
    room = seconds - 2 * rest_s
    fits = int(room / shortest_s)
    count = max(int(room / ordinary_s), 1) if asked is None else asked
    if not 1 <= count <= fits:
        raise UsageError(
            where="simulate", field="repetitions", expected=f"1 to {fits} in {seconds:g} s", found=str(count),
            fix=f"Each repetition needs {shortest_s:g} s, and {rest_s:g} s of stillness stand at begin and end.",
        )  # fmt: skip
    return count, room / count
