"""Forward kinematics and Jacobians of a humanoid for many poses at once. Axes are MuJoCo's: Z up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Bool, Float, Int

from kinetrace.physics.humanoid import Humanoid

_PACE_FRAMES: Final = 3
_MAX_SWING: Final = 1.5


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
    data = humanoid.scratch
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


def generalised_push(
    placed: Poses,
    site_ids: Int[np.ndarray, "points"],
    moved_by: Bool[np.ndarray, "points nv"],
    forces: Float[np.ndarray, "frames points 3"],
) -> Float[np.ndarray, "frames nv"]:
    """Give what forces at sites do to the degrees of freedom, Jᵀ f summed over the sites, without building J.

    Args:
        placed: The poses.
        site_ids: Where the forces act.
        moved_by: From :func:`moves` for the same sites.
        forces: [N].

    Returns:
        Generalised forces [N, N m].
    """
    moments = np.cross(placed.sites[:, site_ids] - placed.com[:, None], forces)
    wrenches = np.concatenate((moments, forces), axis=2)
    # What each degree of freedom carries is the sum over the points it moves: one product for all frames.
    carried = np.tensordot(moved_by.astype(np.float64), wrenches, axes=(0, 1))
    return np.asarray(np.einsum("vfc,fvc->fv", carried, placed.cdof))


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
    """Fill the poses of unknown frames between their known neighbours; hold at the ends.

    A cubic in the tangent space of the pose before the gap, which leaves and arrives with the speed of the three frames
    on either side where these are known (else straight: slerp), so that a short gap puts no kick into the forces.

    Args:
        humanoid: The subject's model.
        qpos: Poses; those of unknown frames are ignored.
        known: Which frames have a pose; at least one.

    Returns:
        Poses of all frames.
    """
    at, gap = np.flatnonzero(known), np.flatnonzero(~known)
    filled = np.array(qpos, dtype=np.float64)
    if not len(gap):
        return filled
    before = at[np.clip(np.searchsorted(at, gap) - 1, 0, len(at) - 1)]
    after = at[np.clip(np.searchsorted(at, gap), 0, len(at) - 1)]
    length = np.maximum(after - before, 1)[:, None]
    s = np.where(after > before, gap - before, 0)[:, None] / length
    way = tangent_between(humanoid, qpos[before], qpos[after])
    leave = _pace(humanoid, qpos, known, before - _PACE_FRAMES, before, way / length) * length
    arrive = _pace(humanoid, qpos, known, after, after + _PACE_FRAMES, way / length) * length
    bulge = s * (1 - s) ** 2 * _bounded(leave, way) - s**2 * (1 - s) * _bounded(arrive, way)
    filled[gap] = add_tangent(humanoid, qpos[before], way * s**2 * (3 - 2 * s) + bulge)
    return filled


def _pace(
    humanoid: Humanoid,
    qpos: Float[np.ndarray, "frames nq"],
    known: Bool[np.ndarray, "frames"],
    start: Int[np.ndarray, "gap"],
    end: Int[np.ndarray, "gap"],
    otherwise: Float[np.ndarray, "gap nv"],
) -> Float[np.ndarray, "gap nv"]:
    """Give the mean speed [per frame] between two frames, or what is said otherwise where one is not known."""
    a, b = np.clip(start, 0, len(qpos) - 1), np.clip(end, 0, len(qpos) - 1)
    whole = (b - a == _PACE_FRAMES) & known[a] & known[b]
    speed = tangent_between(humanoid, qpos[a], qpos[b]) / _PACE_FRAMES
    return np.asarray(np.where(whole[:, None], speed, otherwise))


def _bounded(tangent: Float[np.ndarray, "gap nv"], way: Float[np.ndarray, "gap nv"]) -> Float[np.ndarray, "gap nv"]:
    """Keep the speeds of a long gap from swinging a limb further than a step: at most 1.5 rad or m beyond the way."""
    return np.asarray(way + np.clip(tangent - way, -_MAX_SWING, _MAX_SWING))
