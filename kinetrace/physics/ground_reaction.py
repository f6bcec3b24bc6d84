"""Ground reaction without plates: the contact forces, inside friction cones, that best explain the root's motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import daqp
import numpy as np
from jaxtyping import Float

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


def friction_edges(friction: float) -> Float[np.ndarray, "4 3"]:
    """Give four edges of a pyramid inside the friction cone; every sum of them with factors >= 0 obeys Coulomb."""
    return np.array([[friction, 0, 1], [-friction, 0, 1], [0, friction, 1], [0, -friction, 1]], dtype=np.float64)


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

    ε makes the problem strictly convex, so that the answer is one and does not jump with rounding; a dual active-set
    solver finds it exactly (DAQP, Arnström 2022, IEEE TAC 67:4362). Weights below 1 make a point's force dear, which
    shares double support smoothly.

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
    wrenches = _wrenches(arms)
    faces = {count: friction_faces(friction, count) for count in range(1, weights.shape[1] + 1)}
    for t in np.flatnonzero((weights > _MIN_WEIGHT).any(axis=1)):
        use = np.flatnonzero(weights[t] > _MIN_WEIGHT)
        wrench = wrenches[t, :, use].transpose(1, 0, 2).reshape(6, -1)
        hessian = wrench.T @ wrench
        hessian.flat[:: len(hessian) + 1] += np.repeat(regularisation / weights[t, use] ** 2, 3)
        found, _, flag, _ = daqp.solve(
            hessian,
            -wrench.T @ needed[t],
            faces[len(use)],
            np.zeros(4 * len(use)),
            np.full(4 * len(use), -_UNBOUNDED),
            np.zeros(4 * len(use), dtype=np.int32),
        )
        if flag != 1:
            raise ComputeError(
                where="sim_replay",
                field="ground reaction",
                expected="a solution in every frame",
                found=f"solver flag {flag} in frame {t}",
                fix="Look at this frame of the recording; raise sim_replay.force_regularisation if it is sound.",
            )
        points[t, use] = _into_cone(np.asarray(found).reshape(-1, 3), friction)
    return ContactForces(points, force - points.sum(axis=1), moment - np.cross(arms, points).sum(axis=1))


def _wrenches(arms: Float[np.ndarray, "frames points 3"]) -> Float[np.ndarray, "frames 6 points 3"]:
    """Give the force and moment (rows) of a unit force along each axis (last) at each point."""
    out = np.zeros((len(arms), 6, arms.shape[1], 3))
    out[:, :3] = np.eye(3)[:, None]
    x, y, z = np.moveaxis(arms, -1, 0)
    out[:, 3, :, 1], out[:, 3, :, 2] = -z, y
    out[:, 4, :, 0], out[:, 4, :, 2] = z, -x
    out[:, 5, :, 0], out[:, 5, :, 1] = -y, x
    return out


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
