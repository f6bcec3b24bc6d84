"""Forward kinematics and Jacobians of a humanoid for many poses at once. Axes are MuJoCo's: Z up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from jaxtyping import Bool, Float, Int

from kinetrace.physics.humanoid import Humanoid


@dataclass(frozen=True)
class Poses:
    """Where a humanoid's points are in many poses.

    Attributes:
        sites: Every site of the model [m].
        com: Centre of mass of the whole body [m].
        cdof: Motion axes of every degree of freedom about ``com``: rotation, then translation (MuJoCo's ``cdof``).
    """

    sites: Float[np.ndarray, "frames sites 3"]
    com: Float[np.ndarray, "frames 3"]
    cdof: Float[np.ndarray, "frames nv 6"]


def poses(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"]) -> Poses:
    """Place the humanoid in each pose.

    Args:
        humanoid: The subject's model.
        qpos: MuJoCo generalised positions.

    Returns:
        Sites, centre of mass and motion axes of each pose.
    """
    model, frames = humanoid.model, len(qpos)
    data = mujoco.MjData(model)
    sites, com = np.empty((frames, model.nsite, 3)), np.empty((frames, 3))
    cdof = np.empty((frames, model.nv, 6))
    for t in range(frames):
        data.qpos = qpos[t]
        mujoco.mj_kinematics(model, data)
        mujoco.mj_comPos(model, data)
        sites[t], com[t], cdof[t] = data.site_xpos, data.subtree_com[1], data.cdof
    return Poses(sites, com, cdof)


def moves(humanoid: Humanoid, site_ids: Int[np.ndarray, "points"]) -> Bool[np.ndarray, "points nv"]:
    """Say which degrees of freedom move which sites: those of the site's body and of its ancestors."""
    model: Any = humanoid.model
    found = np.zeros((len(site_ids), model.nv), dtype=bool)
    for row, site in enumerate(site_ids):
        body = int(model.site_bodyid[site])
        while body > 0:
            start = int(model.body_dofadr[body])
            found[row, start : start + int(model.body_dofnum[body])] = True
            body = int(model.body_parentid[body])
    return found


def jacobians(
    placed: Poses, site_ids: Int[np.ndarray, "points"], moved_by: Bool[np.ndarray, "points nv"]
) -> Float[np.ndarray, "frames points 3 nv"]:
    """Give the derivative of site positions by generalised velocity, as ``mj_jacSite`` does one by one.

    Args:
        placed: The poses.
        site_ids: Which sites.
        moved_by: From :func:`moves` for the same sites.

    Returns:
        J with site velocity = J @ qvel.
    """
    arm = placed.sites[:, site_ids] - placed.com[:, None]
    turn, shift = placed.cdof[:, None, :, :3], placed.cdof[:, None, :, 3:]
    columns = shift + np.cross(turn, arm[:, :, None, :])
    columns *= moved_by[None, :, :, None]
    return np.swapaxes(columns, 2, 3)


def add_tangent(
    humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], step: Float[np.ndarray, "frames nv"]
) -> Float[np.ndarray, "frames nq"]:
    """Move each pose along a tangent vector, on the manifold (``mj_integratePos`` over 1 s)."""
    moved = np.array(qpos, dtype=np.float64)
    for pose, velocity in zip(moved, step, strict=True):
        mujoco.mj_integratePos(humanoid.model, pose, velocity, 1.0)
    return moved


def tangent_between(
    humanoid: Humanoid, start: Float[np.ndarray, "frames nq"], end: Float[np.ndarray, "frames nq"]
) -> Float[np.ndarray, "frames nv"]:
    """Give the tangent vector from each start pose to its end pose (``mj_differentiatePos`` over 1 s)."""
    out = np.empty((len(start), humanoid.model.nv))
    for row, (a, b) in enumerate(zip(start, end, strict=True)):
        mujoco.mj_differentiatePos(humanoid.model, out[row], 1.0, a, b)
    return out


def bridge(
    humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"], known: Bool[np.ndarray, "frames"]
) -> Float[np.ndarray, "frames nq"]:
    """Fill the poses of unknown frames along the shortest way between their known neighbours; hold at the ends.

    Args:
        humanoid: The subject's model.
        qpos: Poses; those of unknown frames are ignored.
        known: Which frames have a pose; at least one.

    Returns:
        Poses of all frames: hinges and root position linear, orientations by slerp.
    """
    at = np.flatnonzero(known)
    frames = np.arange(len(qpos))
    before = at[np.clip(np.searchsorted(at, frames, side="right") - 1, 0, len(at) - 1)]
    after = at[np.clip(np.searchsorted(at, frames, side="left"), 0, len(at) - 1)]
    part = np.where(after > before, (frames - before) / np.maximum(after - before, 1), 0.0)
    filled = np.array(qpos, dtype=np.float64)
    gap = np.flatnonzero(~known)
    if len(gap):
        way = tangent_between(humanoid, qpos[before[gap]], qpos[after[gap]])
        filled[gap] = add_tangent(humanoid, qpos[before[gap]], way * part[gap, None])
    return filled
