"""Whole-body control: the joint torques, contact forces and least root assistance that come nearest to wanted accelerations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import daqp
import numpy as np
from jaxtyping import Bool, Float

from kinetrace.physics.ground_reaction import friction_faces
from schemas.errors import ComputeError

EVENNESS: Final = 0.002
"""Cost of one squared acceleration beside its cost in kinetic energy [kg m²/kg]: keeps a hand from whirling for nothing."""
HOLD: Final = 0.5
"""Cost of a bearing point's squared departure from how it should accelerate, of half a kilogram per kilogram of body.
Measured on seven walks (`opencap_s4`, rajagopal, gait2354): from 0.15 to 1.6 none falls."""
SPREAD: Final = 0.16
"""Cost of squared contact forces [1/BW²]: spreads a load over a sole's corners. From 0.02 to 1.6 none of them falls."""
MOMENT_COST: Final = 4.0
"""Assistance by moment [body weight x height] costs this times what force [body weight] does: a body's ankles are about
half its height from the centre of mass that their force holds, squared."""
_UNBOUNDED: Final = 1e30
_SOLVED: Final = 1


@dataclass(frozen=True)
class Equations:
    """What a body obeys at one instant, and what it should do. Forces in body weights, torques over body mass.

    Attributes:
        inertia: M / mass.
        bias: Gravity, Coriolis and centrifugal forces / mass.
        wanted: Accelerations that tracking asks for.
        jacobian: Of the bearing points.
        target: How J q̈ should be: wanted acceleration minus J̇ q̇ [m/s2].
        sureness: Of each bearing point, above 0 to 1: an unsure one is held softly and pushes at a price.
        hold: Cost factor of each point's departure from its target; 0 where it may move freely.
        touches: Which points can push; the others are only led to where they will.
        torque: Largest joint torques / mass.
        gravity: Weight / mass [m/s2].
        stature: [m].
    """

    inertia: Float[np.ndarray, "nv nv"]
    bias: Float[np.ndarray, "nv"]
    wanted: Float[np.ndarray, "nv"]
    jacobian: Float[np.ndarray, "points 3 nv"]
    target: Float[np.ndarray, "points 3"]
    sureness: Float[np.ndarray, "points"]
    hold: Float[np.ndarray, "points"]
    touches: Bool[np.ndarray, "points"]
    torque: Float[np.ndarray, "nj"]
    gravity: float
    stature: float


@dataclass(frozen=True)
class Command:
    """What to do until the next command.

    Attributes:
        acceleration: What the body is to do.
        forces: Contact forces that this counts on, of the points that touch [body weights].
        torque: Of the joints / mass, within their limits.
        assistance: Force and moment at the root / mass: what neither joints nor contacts can give.
    """

    acceleration: Float[np.ndarray, "nv"]
    forces: Float[np.ndarray, "touching 3"]
    torque: Float[np.ndarray, "nj"]
    assistance: Float[np.ndarray, "6"]


def command(body: Equations, friction: float, assistance_cost: float) -> Command:
    """Solve one instant.

    Over accelerations q̈ and contact forces λ, minimise

        (q̈ − q̈*)ᵀ (M/m + εI) (q̈ − q̈*) + h Σ ‖J q̈ − target‖² + c (‖F‖² + 4 ‖N‖²) + e Σ ‖λ‖²

    with every λ in its friction pyramid and every torque within its limit, where F and N are the root's unexplained
    force and moment in body weights and body weights x height: the assistance. The first term is Gauss' principle of
    least constraint, so that light segments give way before heavy ones; the whole is the usual quadratic programme of
    a walking machine (Kuindersma 2016, Auton. Robots 40:429; Escande 2014, IJRR 33:1006).

    Args:
        body: The instant.
        friction: Coulomb coefficient.
        assistance_cost: c, per squared body weight. Against a departure of 1 m/s2 of the whole body, which costs 1.

    Returns:
        The command.

    Raises:
        ComputeError: The solver gave up.
    """
    nv, points = len(body.wanted), int(body.touches.sum())
    pushed = body.gravity * body.jacobian[body.touches].reshape(
        -1, nv
    )  # rows: what a force of one body weight does to the body
    hessian, linear = _costs(body, pushed, assistance_cost)
    rows = np.zeros((4 * points + nv - 6, nv + 3 * points))
    if points:
        rows[: 4 * points, nv:] = friction_faces(friction, points)
    rows[4 * points :, :nv], rows[4 * points :, nv:] = body.inertia[6:], -pushed[:, 6:].T
    upper = np.concatenate((np.zeros(4 * points), body.torque - body.bias[6:]))
    lower = np.concatenate((np.full(4 * points, -_UNBOUNDED), -body.torque - body.bias[6:]))
    found, _, flag, _ = daqp.solve(hessian, linear, rows, upper, lower, np.zeros(len(upper), dtype=np.int32))
    if flag != _SOLVED:
        raise ComputeError(
            where="sim_execution", field="whole-body control", expected="a solution at every step",
            found=f"solver flag {flag}",
            fix="Look at this motion: joints at their limits or a pose no body takes; leave the variant out if it is unsound.",
        )  # fmt: skip
    acceleration, forces = np.asarray(found[:nv]), np.asarray(found[nv:])
    needed = body.inertia @ acceleration + body.bias - forces @ pushed
    torque = np.clip(needed[6:], -body.torque, body.torque)
    return Command(acceleration, forces.reshape(-1, 3), torque, needed[:6])


def _costs(
    body: Equations, pushed: Float[np.ndarray, "edges nv"], assistance_cost: float
) -> tuple[Float[np.ndarray, "n n"], Float[np.ndarray, "n"]]:
    """Give H and f of ½ xᵀ H x + fᵀ x over accelerations, then forces."""
    nv = len(body.wanted)
    metric = body.inertia + EVENNESS * np.eye(nv)
    hessian, linear = np.zeros((nv + len(pushed),) * 2), np.zeros(nv + len(pushed))
    hold = np.repeat(HOLD * body.hold * body.sureness**2, 3)
    held = body.jacobian.reshape(-1, nv)
    hessian[:nv, :nv] = metric + held.T @ (hold[:, None] * held)
    linear[:nv] = -metric @ body.wanted - held.T @ (hold * body.target.ravel())
    unit = np.repeat([1.0 / body.gravity, 1.0 / (body.gravity * body.stature)], 3)
    price = assistance_cost * np.repeat([1.0, MOMENT_COST], 3) * unit**2
    root = np.concatenate((body.inertia[:6], -pushed[:, :6].T), axis=1)
    hessian += root.T @ (price[:, None] * root)
    linear += root.T @ (price * body.bias[:6])
    hessian[np.arange(nv, len(linear)), np.arange(nv, len(linear))] += (
        SPREAD / np.repeat(body.sureness[body.touches], 3) ** 2
    )
    return hessian, linear
