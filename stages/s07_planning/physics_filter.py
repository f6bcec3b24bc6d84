"""The physics filter: which planned motions no body could make, and by which rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from jaxtyping import Float

from kinetrace.motion.skeletons import BODY21, BONES
from schemas.physical_state import FootCalibration
from schemas.planning import PhysicsFilterParams, Rejection

_MIN_BONE_M: Final = 0.15
"""A shorter bone counts as this long: at the default bound it may then change by 1.5 cm, which is how well joint
centres are known from markers (Leardini 1999: hip 1-2 cm); pelvis-hip and ankle-heel are about 0.1."""


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
    planned = positions.astype(np.float64)
    measured = (
        ("joint_speed", _speed(planned, fps), bounds.max_joint_speed, "m/s"),
        ("joint_acceleration", _acceleration(planned, fps), bounds.max_joint_acceleration, "m/s2"),
        ("ground_penetration", _penetration(planned, joints, soles), bounds.max_ground_penetration_m, "m"),
        ("bone_length", _bone_change(planned, reference, joints), bounds.max_bone_change, "1"),
        ("reencoding_gap", gap, bounds.max_reencoding_gap, "latent spread"),
    )
    return tuple(
        Rejection(rule=rule, value=float(values.max()), bound=bound, units=units, step=int(values.argmax()))
        for rule, values, bound, units in measured
        if values.max() > bound
    )


def standing_heights(calibration: Sequence[FootCalibration]) -> dict[str, float]:
    """Give the standing height of each calibrated heel and toe point by joint name [m]."""
    heights: dict[str, float] = {}
    for foot in calibration:
        heights[f"{foot.side[0]}_heel"] = foot.heel_height_m
        heights[f"{foot.side[0]}_toe"] = foot.toe_height_m
    return heights


def _speed(positions: Float[np.ndarray, "steps joints 3"], fps: float) -> Float[np.ndarray, "steps"]:
    """Fastest joint of each step, from the step before [m/s]."""
    speed = np.linalg.norm(np.diff(positions, axis=0), axis=2).max(axis=1, initial=0.0) * fps
    return np.concatenate(([0.0], speed))


def _acceleration(positions: Float[np.ndarray, "steps joints 3"], fps: float) -> Float[np.ndarray, "steps"]:
    """Largest acceleration of a joint, by the compact stencil [m/s2]."""
    inner = np.linalg.norm(np.diff(positions, n=2, axis=0), axis=2).max(axis=1, initial=0.0) * fps**2
    return np.concatenate(([0.0], inner, [0.0]))


def _penetration(
    positions: Float[np.ndarray, "steps joints 3"], joints: Sequence[str], soles: dict[str, float]
) -> Float[np.ndarray, "steps"]:
    """How deep the deepest sole point goes below its standing height; without calibration, any point below the floor [m]."""
    standing = np.array([soles.get(joint, 0.0) for joint in joints])
    return np.asarray(np.maximum(standing - positions[..., 1], 0.0).max(axis=1, initial=0.0))


def _bone_change(
    positions: Float[np.ndarray, "steps joints 3"],
    reference: Float[np.ndarray, "steps joints 3"],
    joints: Sequence[str],
) -> Float[np.ndarray, "steps"]:
    """Largest relative difference of a bone's length to the recorded one of the same step.

    Against the same step, because a recording's own noise is judged by stage 4; here only what planning changed.
    """
    names = list(joints)
    pairs = [(BODY21[a], BODY21[b]) for a, b in BONES if BODY21[a] in names and BODY21[b] in names]
    first, second = ([names.index(pair[end]) for pair in pairs] for end in (0, 1))
    recorded = np.linalg.norm(reference[:, first] - reference[:, second], axis=2).astype(np.float64)
    planned = np.linalg.norm(positions[:, first] - positions[:, second], axis=2)
    change = np.abs(planned - recorded) / np.maximum(recorded, _MIN_BONE_M)
    return np.asarray(change.max(axis=1, initial=0.0))
