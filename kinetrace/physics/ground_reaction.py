"""Ground reaction without plates: the contact forces, inside friction cones, that best explain the root's motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import daqp
import numpy as np
from jaxtyping import Float

from kinetrace.physics.cone_least_squares import cone_least_squares
from schemas.errors import ComputeError

_MIN_WEIGHT: Final = 0.02  # a point this unlikely to bear is left out (its force would cost 2 500 times the usual)
_UNBOUNDED: Final = 1e30
_MIN_FORCE_BW: Final = 0.03  # below 20 N for 70 kg a centre of pressure means nothing (usual plate threshold)


@dataclass(frozen=True)
class ContactForces:
    """Forces at the candidate points and what they leave unexplained. Axes are MuJoCo's: Z up.

    Attributes:
        points: Force at each point [body weights].
        residual_force: Force still missing at the centre of mass [body weights].
        residual_moment: Moment still missing about the centre of mass [body weight x height].
    """

    points: Float[np.ndarray, "frames points 3"]
    residual_force: Float[np.ndarray, "frames 3"]
    residual_moment: Float[np.ndarray, "frames 3"]


def friction_faces(friction: float, points: int) -> Float[np.ndarray, "{4*points} {3*points}"]:
    """Give the faces of a pyramid inside each point's friction cone: A λ <= 0 obeys Coulomb.

    The square pyramid touches the cone along its four edges, so along the axes it allows μ / √2 each.
    """
    mu = friction / np.sqrt(2.0)
    faces = np.array([[1, 0, -mu], [-1, 0, -mu], [0, 1, -mu], [0, -1, -mu]], dtype=np.float64)
    return np.kron(np.eye(points), faces)


def contact_forces(
    force: Float[np.ndarray, "frames 3"],
    moment: Float[np.ndarray, "frames 3"],
    arms: Float[np.ndarray, "frames points 3"],
    weights: Float[np.ndarray, "frames points"],
    friction: float,
    regularisation: float,
) -> ContactForces:
    """Minimise ‖r − Σ wrench(λ)‖² + ε Σ ‖λ / w‖² with every λ in its friction pyramid, frame by frame.

    ε makes the problem strictly convex, so that the answer is one and does not jump with rounding. All frames are
    solved together (``cone_least_squares``); one that does not settle there goes to a dual active-set solver (DAQP,
    Arnström 2022, IEEE TAC 67:4362): both are exact. Weights below 1 make a point's force dear, which shares double
    support smoothly.

    Args:
        force: Force needed at the centre of mass [body weights].
        moment: Moment needed about it [body weight x height].
        arms: Candidate points relative to the centre of mass [body heights].
        weights: How surely each point bears, 0 to 1; 0 forbids it.
        friction: Coulomb coefficient.
        regularisation: ε.

    Returns:
        Forces and residuals.

    Raises:
        ComputeError: A frame's problem could not be solved.
    """
    points = np.zeros((*weights.shape, 3))
    needed = np.concatenate((force, moment), axis=1)
    ease = np.where(weights > _MIN_WEIGHT, weights**2 / regularisation, 0.0)
    used = np.flatnonzero((ease > 0.0).any(axis=0))
    found = cone_least_squares(needed, arms[:, used], ease[:, used], friction / np.sqrt(2.0))
    points[:, used] = found.forces
    for t in np.flatnonzero(~found.settled):
        use = np.flatnonzero(ease[t] > 0.0)
        points[t] = 0.0
        points[t, use] = _one_frame(needed[t], arms[t, use], ease[t, use], friction, int(t))
    return ContactForces(points, force - points.sum(axis=1), moment - np.cross(arms, points).sum(axis=1))


def _one_frame(
    needed: Float[np.ndarray, "6"],
    arms: Float[np.ndarray, "points 3"],
    ease: Float[np.ndarray, "points"],
    friction: float,
    frame: int,
) -> Float[np.ndarray, "points 3"]:
    """Solve the same problem of one frame by DAQP."""
    by_axis = np.zeros((6, len(arms), 3))
    by_axis[:3] = np.eye(3)[:, None]
    by_axis[3:] = np.moveaxis(np.cross(arms[:, None], np.eye(3)), -1, 0)
    wrench = by_axis.reshape(6, -1)
    found, _, flag, _ = daqp.solve(
        wrench.T @ wrench + np.diag(np.repeat(1.0 / ease, 3)),
        -wrench.T @ needed,
        friction_faces(friction, len(arms)),
        np.zeros(4 * len(arms)),
        np.full(4 * len(arms), -_UNBOUNDED),
        np.zeros(4 * len(arms), dtype=np.int32),
    )
    if flag != 1 or not np.isfinite(found).all():
        raise ComputeError(
            where="sim_replay",
            field="ground reaction",
            expected="a solution in every frame",
            found=f"solver flag {flag} in frame {frame}",
            fix="Look at this frame of the recording; raise sim_replay.force_regularisation if it is sound.",
        )
    return _into_cone(np.asarray(found).reshape(-1, 3), friction)


def _into_cone(forces: Float[np.ndarray, "points 3"], friction: float) -> Float[np.ndarray, "points 3"]:
    """Take the solver's tolerance (1e-6) off: no pull, and not a hair outside the cone."""
    up = np.maximum(forces[:, 2], 0.0)
    along = np.linalg.norm(forces[:, :2], axis=1)
    scale = np.minimum(1.0, friction * up / np.maximum(along, 1e-12))
    return np.column_stack((forces[:, :2] * scale[:, None], up))


def centre_of_pressure(
    forces: Float[np.ndarray, "frames points 3"], points: Float[np.ndarray, "frames points 3"]
) -> Float[np.ndarray, "frames 3"]:
    """Give the mean of the points weighted by vertical force: inside their hull by construction; 0 without force.

    Args:
        forces: At the points [body weights].
        points: Where they are [m].

    Returns:
        Centre of pressure [m].
    """
    vertical = forces[..., 2]
    total = vertical.sum(axis=1)
    bears = total > _MIN_FORCE_BW
    centre = np.einsum("fp,fpc->fc", vertical, points)
    return np.where(bears[:, None], centre / np.where(bears, total, 1.0)[:, None], 0.0)
