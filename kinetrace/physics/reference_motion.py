"""A planned motion made ready for forward simulation: on the floor, smooth, and at the simulation's own time step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import mujoco
import numpy as np
from jaxtyping import Float
from scipy.interpolate import CubicSpline

from kinetrace.motion.filters import design_low_pass
from kinetrace.physics.foot_placement import bearing_weights, put_on_floor, settle_feet, speeds
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_dynamics import Motion, smooth_motion
from kinetrace.physics.kinematics import poses, tangent_between
from kinetrace.physics.supports import Supports
from schemas.errors import ComputeError

SINK_M: Final = 0.002
"""Soles are planned this far under the floor: MuJoCo's soft contacts carry a body at 1-2 mm of depth."""


@dataclass(frozen=True)
class Reference:
    """What a controller follows, at the simulation's step. Axes are MuJoCo's: Z up.

    Attributes:
        motion: Poses, velocities, accelerations.
        velocity: Of the bearing points [m/s].
        acceleration: Of the bearing points [m/s2].
        height: Of the bearing points over floor or seat [m].
        bearing: How surely each of them bears, 0 to 1.
        change_m: How far settling moved the mean BODY21 point from the plan, a value a planned pose [m].
    """

    motion: Motion
    velocity: Float[np.ndarray, "rows points 3"]
    acceleration: Float[np.ndarray, "rows points 3"]
    height: Float[np.ndarray, "rows points"]
    bearing: Float[np.ndarray, "rows points"]
    change_m: Float[np.ndarray, "poses"]


def make_reference(supports: Supports, qpos: Float[np.ndarray, "poses nq"], fps: float, cutoff_hz: float) -> Reference:
    """Put a motion on the floor, settle its feet, low-pass it and resample it to the simulation's step.

    Args:
        supports: The body to simulate, whose step it is, and its bearing points.
        qpos: Planned poses at an even rate.
        fps: Their rate [Hz].
        cutoff_hz: Zero-lag low-pass [Hz].

    Returns:
        What a controller can follow.

    Raises:
        ComputeError: Too few poses to filter.
    """
    shortest = design_low_pass(fps, cutoff_hz).min_frames
    if len(qpos) < shortest:
        raise ComputeError(
            where="sim_execution", field="steps", expected=f"planned motions of at least {shortest} steps",
            found=str(len(qpos)), fix=f"Set `planning.horizon_frames` to {shortest - 1} or more, or record for longer.",
        )  # fmt: skip
    humanoid, timestep_s = supports.humanoid, float(supports.model.opt.timestep)
    settled = settle_feet(supports, put_on_floor(humanoid, qpos, fps, cutoff_hz), fps)
    smoothed = smooth_motion(humanoid, settled, fps, cutoff_hz).qpos
    moved = poses(humanoid, smoothed).sites - poses(humanoid, qpos).sites
    smoothed[:, 2] -= SINK_M
    motion = upsample(humanoid, smoothed, fps, timestep_s)
    points = supports.points(poses(humanoid, motion.qpos).sites[:, supports.ids])
    velocity = np.gradient(points, timestep_s, axis=0)
    height = supports.heights(points)
    return Reference(
        motion=motion,
        velocity=velocity,
        acceleration=np.gradient(velocity, timestep_s, axis=0),
        height=height,
        bearing=bearing_weights(height, speeds(points, 1.0 / timestep_s), supports.soles),
        change_m=np.linalg.norm(moved[:, humanoid.site_ids], axis=2).mean(axis=1),
    )


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
