"""Ground and seat reaction of a whole motion, and the joint torques that remain: the pieces put together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, UInt8

from kinetrace.motion.centre_of_mass import GRAVITY
from kinetrace.motion.contacts import UNKNOWN, YES
from kinetrace.physics.contact_weights import foot_weights, sole_weights
from kinetrace.physics.ground_reaction import centre_of_pressure, contact_forces
from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_dynamics import Dynamics, Motion
from kinetrace.physics.kinematics import generalised_push, moves
from kinetrace.physics.roll_over import steadied_moment


@dataclass(frozen=True)
class Reaction:
    """Outer forces and joint torques of a motion. Axes are MuJoCo's: Z up; feet are left, right.

    Where stage 2 could not say whether a foot bears, nobody can say where the load goes: such a frame has no force and
    no torque (all 0), the whole load is its residual, and `known` says so.

    Attributes:
        feet: Force on each foot [body weights].
        pressure: Centre of pressure of each foot [m], 0 without force.
        seat: Force on the seat's points together [body weights].
        bearing: Which foot was taken to bear.
        residual: Root force [body weights] and moment [body weight x height] that nothing explains.
        torque: Joint torque [N m / kg].
        power: Joint power, positive generates [W / kg].
        known: Frames in which both feet's contact is known.
    """

    feet: Float[np.ndarray, "frames 2 3"]
    pressure: Float[np.ndarray, "frames 2 3"]
    seat: Float[np.ndarray, "frames 3"]
    bearing: Bool[np.ndarray, "frames 2"]
    residual: Float[np.ndarray, "frames 6"]
    torque: Float[np.ndarray, "frames nj"]
    power: Float[np.ndarray, "frames nj"]
    known: Bool[np.ndarray, "frames"]


def react(
    humanoid: Humanoid,
    motion: Motion,
    dynamics: Dynamics,
    contacts: UInt8[np.ndarray, "frames 2"],
    seat_weights: Float[np.ndarray, "frames"],
    friction: float,
    regularisation: float,
    *,
    rolling: bool = False,
) -> Reaction:
    """Find contact forces from the root's motion and carry them through the legs to the joint torques.

    For the root, sole points push where they stand, put on the floor: a marker's centimetre above or under it is not a
    lever arm. Into the legs the same forces go at the points themselves: less than 0.03 N m / kg apart in walking and in
    rising.

    Args:
        humanoid: The subject's model.
        motion: Smooth motion.
        dynamics: Forces it needs.
        contacts: Feet on the floor from stage 2: 0 no, 1 yes, 2 unknown; left, right.
        seat_weights: How surely the pelvis rests on the seat.
        friction: Coulomb coefficient.
        regularisation: ε of the force problem.
        rolling: The feet walk: their roll-over shape helps to place the pressure (`roll_over`).

    Returns:
        Forces, centre of pressure, residual, torque and power.
    """
    frames, weight = len(motion.qpos), humanoid.mass * GRAVITY
    sites, com = dynamics.placed.sites, dynamics.placed.com
    soles = sites[:, humanoid.sole_ids].copy()
    known = (contacts != UNKNOWN).all(axis=1)
    bearing = (contacts == YES) & known[:, None]
    sole = sole_weights(bearing, soles)
    soles[..., 2] = 0.0
    points = np.concatenate((soles.reshape(frames, -1, 3), sites[:, humanoid.seat_ids]), axis=1)
    weights = np.concatenate((sole.reshape(frames, -1), np.repeat((seat_weights * known)[:, None], 4, axis=1)), axis=1)
    moment = dynamics.moment
    if rolling:
        moment = steadied_moment(humanoid, dynamics, foot_weights(bearing), soles, weight)
    found = contact_forces(
        dynamics.force / weight,
        moment / (weight * humanoid.stature),
        (points - com[:, None]) / humanoid.stature,
        weights,
        friction,
        regularisation,
    )
    unexplained = (dynamics.moment - moment) / (weight * humanoid.stature)
    ids = np.concatenate((humanoid.sole_ids.ravel(), humanoid.seat_ids))
    pushed = generalised_push(dynamics.placed, ids, moves(humanoid, ids), found.points * weight)
    torque = np.where(known[:, None], dynamics.generalised - pushed, 0.0)[:, 6:] / humanoid.mass
    feet = found.points[:, :12].reshape(frames, 2, 6, 3)
    return Reaction(
        feet=feet.sum(axis=2),
        pressure=np.stack([centre_of_pressure(feet[:, i], soles[:, i]) for i in (0, 1)], axis=1),
        seat=found.points[:, 12:].sum(axis=1),
        bearing=bearing,
        residual=np.concatenate((found.residual_force, found.residual_moment + unexplained), axis=1),
        torque=torque,
        power=torque * motion.qvel[:, 6:],
        known=known,
    )
