"""From poses to the forces they ask for: smooth on the manifold, differentiate, M q̈ + bias with nothing touching."""

from __future__ import annotations

from dataclasses import dataclass

import mujoco
import numpy as np
from jaxtyping import Float
from scipy.spatial.transform import Rotation

from kinetrace.motion.filters import design_low_pass, smooth
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.kinematics import Poses, tangent_between
from schemas.errors import CaptureError, ParamsError

BOUNDARY_FRAMES = 2
"""At each end, accelerations come from an extrapolated filter and are flagged."""


@dataclass(frozen=True)
class Motion:
    """A smooth motion of a humanoid in MuJoCo's coordinates."""

    qpos: Float[np.ndarray, "frames nq"]
    qvel: Float[np.ndarray, "frames nv"]
    qacc: Float[np.ndarray, "frames nv"]


@dataclass(frozen=True)
class Dynamics:
    """What a motion asks of the outside world and of the joints. Axes are MuJoCo's: Z up.

    Attributes:
        placed: Sites, centre of mass and motion axes of every frame.
        generalised: M q̈ + bias, nothing touching: root force, root moment, joint torques [N, N m].
        force: Force that must come from outside [N].
        moment: Moment about the centre of mass that must come from outside [N m].
    """

    placed: Poses
    generalised: Float[np.ndarray, "frames nv"]
    force: Float[np.ndarray, "frames 3"]
    moment: Float[np.ndarray, "frames 3"]


def smooth_motion(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], fps: float, cutoff_hz: float) -> Motion:
    """Low-pass poses on the manifold and differentiate them in its tangent space.

    Quaternions are made continuous in sign, filtered as four numbers and put back on the sphere: within the filter's
    reach a body turns by far less than a radian, where chord and arc are one. Velocities at half steps come from
    ``mj_differentiatePos``; qvel is their mean, qacc their difference.

    Args:
        humanoid: The subject's model.
        qpos: Poses at a uniform rate.
        fps: Frame rate [Hz].
        cutoff_hz: Zero-lag Butterworth cut-off of both passes together [Hz].

    Returns:
        Smooth poses, velocities and accelerations; the first and last are one-sided.

    Raises:
        ParamsError: The cut-off is not below half the frame rate.
        CaptureError: Too few frames to filter.
    """
    if cutoff_hz >= fps / 2.0:
        raise ParamsError(
            where="sim_replay",
            field="cutoff_hz",
            expected=f"below half the frame rate ({fps / 2.0:g} Hz)",
            found=f"{cutoff_hz:g} Hz",
            fix="Set a lower cutoff_hz, or record faster.",
        )
    low_pass = design_low_pass(fps, cutoff_hz)
    if len(qpos) < low_pass.min_frames:
        raise CaptureError(
            where="physical_state.h5",
            field="time",
            expected=f"at least {low_pass.min_frames} frames",
            found=str(len(qpos)),
            fix="Record a longer stretch; forces cannot be found from so few frames.",
        )
    unrolled, spans = _continuous_quaternions(humanoid, qpos)
    smoothed = smooth(unrolled, low_pass)
    for span in spans:
        smoothed[:, span] /= np.linalg.norm(smoothed[:, span], axis=1, keepdims=True)
    half = tangent_between(humanoid, smoothed[:-1], smoothed[1:]) * fps
    padded = np.concatenate((half[:1], half, half[-1:]))
    qvel = (padded[1:] + padded[:-1]) / 2.0
    qacc = np.diff(half, axis=0) * fps
    return Motion(smoothed, qvel, np.concatenate((qacc[:1], qacc, qacc[-1:])))


def _continuous_quaternions(
    humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"]
) -> tuple[Float[np.ndarray, "frames nq"], list[slice]]:
    """Flip quaternion signs so that none jumps, and say which columns are quaternions."""
    model = humanoid.model
    spans = []
    for kind, start in zip(model.jnt_type, model.jnt_qposadr, strict=True):
        if kind == mujoco.mjtJoint.mjJNT_FREE:
            spans.append(slice(int(start) + 3, int(start) + 7))
        elif kind == mujoco.mjtJoint.mjJNT_BALL:
            spans.append(slice(int(start), int(start) + 4))
    out = np.array(qpos, dtype=np.float64)
    for span in spans:
        flips = (out[1:, span] * out[:-1, span]).sum(axis=1) < 0.0
        out[1:, span] *= np.where(np.cumsum(flips) % 2, -1.0, 1.0)[:, None]
    return out, spans


def required_forces(humanoid: Humanoid, motion: Motion) -> Dynamics:
    """Give M q̈ + bias of every frame, and its root part as force and moment about the centre of mass.

    Args:
        humanoid: The subject's model; no contact, spring, damper or limit takes part.
        motion: Smooth motion.

    Returns:
        Forces that the floor, the seat and the joints together must supply.
    """
    model, frames = humanoid.model, len(motion.qpos)
    data = mujoco.MjData(model)
    sites, com = np.empty((frames, model.nsite, 3)), np.empty((frames, 3))
    cdof, generalised = np.empty((frames, model.nv, 6)), np.empty((frames, model.nv))
    for t in range(frames):
        data.qpos, data.qvel, data.qacc = motion.qpos[t], motion.qvel[t], motion.qacc[t]
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        mujoco.mj_comVel(model, data)
        mujoco.mj_rne(model, data, 1, generalised[t])
        sites[t], com[t], cdof[t] = data.site_xpos, data.subtree_com[1], data.cdof
    force = generalised[:, :3].copy()
    turn = Rotation.from_quat(motion.qpos[:, 3:7], scalar_first=True)
    moment = turn.apply(generalised[:, 3:6]) + np.cross(motion.qpos[:, :3] - com, force)
    return Dynamics(Poses(sites, com, cdof), generalised, force, moment)
