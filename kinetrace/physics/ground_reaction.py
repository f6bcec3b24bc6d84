"""Ground reaction without plates: the contact forces, inside friction cones, that best explain the root's motion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from jaxtyping import Float
from scipy.optimize import nnls

GRAVITY: Final = 9.81
_MIN_WEIGHT: Final = 0.02  # a point this unlikely to bear is left out (its force would cost 2 500 times the usual)
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


def contact_forces(
    force: Float[np.ndarray, "frames 3"],
    moment: Float[np.ndarray, "frames 3"],
    arms: Float[np.ndarray, "frames points 3"],
    weights: Float[np.ndarray, "frames points"],
    friction: float,
    regularisation: float,
) -> ContactForces:
    """Minimise ‖r − Σ wrench(λ)‖² + ε Σ ‖λ / w‖² with every λ in its friction pyramid, frame by frame.

    The problem is solved as non-negative least squares on the pyramid's edges, so that no cone can be violated
    (Lawson & Hanson 1974). Weights below 1 make a point's force dear, which shares double support smoothly.

    Args:
        force: Force needed at the centre of mass [body weights].
        moment: Moment needed about it [body weight x height].
        arms: Candidate points relative to the centre of mass [body heights].
        weights: How surely each point bears, 0 to 1; 0 forbids it.
        friction: Coulomb coefficient.
        regularisation: ε.

    Returns:
        Forces and residuals.
    """
    edges = friction_edges(friction)
    points = np.zeros((*weights.shape, 3))
    for t in np.flatnonzero((weights > _MIN_WEIGHT).any(axis=1)):
        use = np.flatnonzero(weights[t] > _MIN_WEIGHT)
        spread = np.tile(edges, (len(use), 1))
        wrench = np.concatenate((spread, np.cross(np.repeat(arms[t, use], 4, axis=0), spread)), axis=1).T
        cost = np.zeros((3 * len(use), 4 * len(use)))
        for k, point in enumerate(use):
            cost[3 * k : 3 * k + 3, 4 * k : 4 * k + 4] = edges.T * (np.sqrt(regularisation) / weights[t, point])
        goal = np.concatenate((force[t], moment[t], np.zeros(len(cost))))
        factors, _ = nnls(np.concatenate((wrench, cost)), goal)
        points[t, use] = factors.reshape(-1, 4) @ edges
    return ContactForces(points, force - points.sum(axis=1), moment - np.cross(arms, points).sum(axis=1))


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
