"""The physics filter: which planned motions no body could make, and by which rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.skeletons import BODY21, BONES
from schemas.physical_state import FootCalibration
from schemas.planning import PhysicsFilterParams, Rejection

_MIN_BONE_M: Final = 0.15
"""A shorter bone counts as this long: at the default bound it may then change by 1.5 cm, which is how well joint
centres are known from markers (Leardini 1999: hip 1-2 cm); pelvis-hip and ankle-heel are about 0.1."""


@dataclass(frozen=True)
class Measured:
    """What one rule is about, at every step, and what is allowed."""

    rule: str
    values: Float[np.ndarray, "*batch steps"]
    bound: float
    units: str


def rejections(
    positions: Float[np.ndarray, "steps joints 3"],
    reference: Float[np.ndarray, "steps joints 3"],
    gap: Float[np.ndarray, "steps"],
    joints: Sequence[str],
    soles: dict[str, float],
    fps: float,
    bounds: PhysicsFilterParams,
) -> tuple[Rejection, ...]:
    """Hold a planned motion against every bound.

    Args:
        positions: The planned motion, aligned world frame [m].
        reference: The recorded motion of the same steps [m].
        gap: Re-encoding gap of each step's latent.
        joints: Joint of every row.
        soles: Standing height of each heel and toe point above the floor [m].
        fps: Steps a second.
        bounds: What is allowed.

    Returns:
        One entry a broken rule, with its worst value and step; empty when the motion may pass.
    """
    checks = measure(positions, reference, gap, joints, soles, fps, bounds)
    return tuple(
        Rejection(
            rule=check.rule,
            value=float(check.values.max()),
            bound=check.bound,
            units=check.units,
            step=int(check.values.argmax()),
        )
        for check in checks
        if check.values.max() > check.bound
    )


def measure(
    positions: Float[np.ndarray, "*batch steps joints 3"],
    reference: Float[np.ndarray, "*batch steps joints 3"],
    gap: Float[np.ndarray, "*batch steps"],
    joints: Sequence[str],
    soles: dict[str, float],
    fps: float,
    bounds: PhysicsFilterParams,
) -> tuple[Measured, ...]:
    """Measure what every rule is about, for one motion or many; arguments as for `rejections`."""
    planned, recorded = positions.astype(np.float64), reference.astype(np.float64)
    return (
        Measured("joint_speed", _speed(planned, fps), bounds.max_joint_speed, "m/s"),
        Measured("joint_acceleration", _acceleration(planned, fps), bounds.max_joint_acceleration, "m/s2"),
        Measured("ground_penetration", _penetration(planned, joints, soles), bounds.max_ground_penetration_m, "m"),
        Measured("bone_length", _bone_change(planned, recorded, joints), bounds.max_bone_change, "1"),
        Measured("reencoding_gap", gap, bounds.max_reencoding_gap, "latent spread"),
    )


def standing_heights(calibration: Sequence[FootCalibration]) -> dict[str, float]:
    """Give the standing height of each calibrated heel and toe point by joint name [m]."""
    heights: dict[str, float] = {}
    for foot in calibration:
        heights[f"{foot.side[0]}_heel"] = foot.heel_height_m
        heights[f"{foot.side[0]}_toe"] = foot.toe_height_m
    return heights


def _speed(positions: Float[np.ndarray, "*batch steps joints 3"], fps: float) -> Float[np.ndarray, "*batch steps"]:
    """Fastest joint of each step, from the step before [m/s]."""
    speed = np.linalg.norm(np.diff(positions, axis=-3), axis=-1).max(axis=-1, initial=0.0) * fps
    return _padded(speed, before=1, after=0)


def _acceleration(
    positions: Float[np.ndarray, "*batch steps joints 3"], fps: float
) -> Float[np.ndarray, "*batch steps"]:
    """Largest acceleration of a joint, by the compact stencil [m/s2]."""
    inner = np.linalg.norm(np.diff(positions, n=2, axis=-3), axis=-1).max(axis=-1, initial=0.0) * fps**2
    return _padded(inner, before=1, after=1)


def _padded(values: Float[np.ndarray, "*batch inner"], before: int, after: int) -> Float[np.ndarray, "*batch steps"]:
    return np.pad(values, [(0, 0)] * (values.ndim - 1) + [(before, after)])


def _penetration(
    positions: Float[np.ndarray, "*batch steps joints 3"], joints: Sequence[str], soles: dict[str, float]
) -> Float[np.ndarray, "*batch steps"]:
    """Depth of the deepest sole point under its standing height; uncalibrated, any point's under the floor [m]."""
    standing = np.array([soles.get(joint, 0.0) for joint in joints])
    return np.asarray(np.maximum(standing - positions[..., 1], 0.0).max(axis=-1, initial=0.0))


def _bone_change(
    positions: Float[np.ndarray, "*batch steps joints 3"],
    reference: Float[np.ndarray, "*batch steps joints 3"],
    joints: Sequence[str],
) -> Float[np.ndarray, "*batch steps"]:
    """Largest relative difference of a bone's length to the recorded one of the same step.

    Against the same step, because a recording's own noise is judged by stage 4; here only what planning changed.
    """
    names = list(joints)
    pairs = [(BODY21[a], BODY21[b]) for a, b in BONES if BODY21[a] in names and BODY21[b] in names]
    first, second = ([names.index(pair[end]) for pair in pairs] for end in (0, 1))
    recorded, planned = (
        np.linalg.norm(motion[..., first, :] - motion[..., second, :], axis=-1) for motion in (reference, positions)
    )
    change = np.abs(planned - recorded) / np.maximum(recorded, _MIN_BONE_M)
    return np.asarray(change.max(axis=-1, initial=0.0))
