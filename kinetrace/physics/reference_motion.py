"""A planned motion made ready for forward simulation: on the floor, smooth, and at the simulation's own time step."""

from __future__ import annotations

from typing import Final

import mujoco
import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from kinetrace.motion.filters import design_low_pass
from kinetrace.physics.foot_placement import put_on_floor, settle_feet
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_dynamics import Motion, smooth_motion
from kinetrace.physics.kinematics import tangent_between
from schemas.errors import ComputeError

SINK_M: Final = 0.002
"""Soles are planned this far under the floor: MuJoCo's soft contacts carry a body at 1-2 mm of depth."""


def make_reference(
    humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], fps: float, cutoff_hz: float, timestep_s: float
) -> Motion:
    """Put a motion on the floor, settle its feet, low-pass it and resample it to the simulation's step.

    Args:
        humanoid: The subject's model.
        qpos: Planned poses at an even rate.
        fps: Their rate [Hz].
        cutoff_hz: Zero-lag low-pass [Hz].
        timestep_s: Step of the simulation [s].

    Returns:
        What a tracker can follow.

    Raises:
        ComputeError: Too few poses to filter.
    """
    shortest = design_low_pass(fps, cutoff_hz).min_frames
    if len(qpos) < shortest:
        raise ComputeError(
            where="sim_execution", field="steps", expected=f"planned motions of at least {shortest} steps",
            found=str(len(qpos)), fix=f"Set `planning.horizon_frames` to {shortest - 1} or more, or record for longer.",
        )  # fmt: skip
    settled = settle_feet(humanoid, put_on_floor(humanoid, qpos, fps, cutoff_hz), fps)
    smoothed = smooth_motion(humanoid, settled, fps, cutoff_hz).qpos
    smoothed[:, 2] -= SINK_M
    return upsample(humanoid, smoothed, fps, timestep_s)


def upsample(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], fps: float, timestep_s: float) -> Motion:
    """Interpolate poses by cubic splines and differentiate them at the simulation's step.

    Quaternions are interpolated as four numbers and put back on the sphere; at 30 Hz a body turns far too little
    between frames for that to differ from a spline on the sphere.

    Args:
        humanoid: The subject's model.
        qpos: Poses at an even rate, quaternions continuous in sign.
        fps: Their rate [Hz].
        timestep_s: Step of the simulation [s].

    Returns:
        Poses, velocities and accelerations from the first pose to the last.
    """
    time = np.arange(len(qpos)) / fps
    steps = round(float(time[-1]) / timestep_s)
    fine = CubicSpline(time, qpos)(np.arange(steps + 1) * timestep_s)
    for span in _quaternion_columns(humanoid):
        fine[:, span] /= np.linalg.norm(fine[:, span], axis=1, keepdims=True)
    half = tangent_between(humanoid, fine[:-1], fine[1:]) / timestep_s
    padded = np.concatenate((half[:1], half, half[-1:]))
    qacc = np.diff(half, axis=0) / timestep_s
    return Motion(fine, (padded[1:] + padded[:-1]) / 2.0, np.concatenate((qacc[:1], qacc, qacc[-1:])))


def _quaternion_columns(humanoid: Humanoid) -> list[slice]:
    """Say which columns of qpos are quaternions."""
    first = {int(mujoco.mjtJoint.mjJNT_FREE): 3, int(mujoco.mjtJoint.mjJNT_BALL): 0}
    kinds = zip(humanoid.model.jnt_type.tolist(), humanoid.model.jnt_qposadr.tolist(), strict=True)
    return [slice(at + first[kind], at + first[kind] + 4) for kind, at in kinds if kind in first]
