"""The humanoid's body tree, pelvis outwards: trunk, head, arms, legs, and the seat it may sit on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import mujoco
import numpy as np
from jaxtyping import Float

from kinetrace.physics.anthropometry import RigidPart, SegmentInertia, combine, segment_part, segments
from kinetrace.physics.proportions import SIDES, Proportions, SideName
from kinetrace.physics.segments import add_capsule, add_dofs, add_foot, put_inertia
from kinetrace.physics.symmetry import PAIRED
from schemas.base import Sex


@dataclass(frozen=True)
class Seat:
    """A horizontal seat in MuJoCo's axes (Z up): centre of its top, its extent and its heading [m, rad]."""

    center: tuple[float, float, float]
    width: float
    depth: float
    yaw: float = 0.0


Table = Mapping[str, SegmentInertia]
"""Segments of one subject by name, limbs by name and side."""


def subject_table(p: Proportions, sex: Sex) -> dict[str, SegmentInertia]:
    """Give de Leva's table for one subject.

    Where two sides truly differ in length the shorter is taken to have the longer one's girth, so its share of the mass
    falls with its length; all shares are then scaled to sum to 1 again.

    Args:
        p: The subject's lengths.
        sex: Chooses de Leva's column.

    Returns:
        Segments by name; thigh, shank, upper arm and forearm by name and side.
    """
    table = segments(sex)
    found = {name: part for name, part in table.items() if name not in PAIRED}
    for name in PAIRED:
        lengths: dict[SideName, float] = getattr(p, name)
        longer = max(lengths.values())
        for side in SIDES:
            part = lengths[side] / longer if name in p.asymmetric else 1.0
            found[f"{name}_{side}"] = replace(table[name], mass=part * table[name].mass)
    total = sum(part.mass for name, part in found.items() if name != "pelvis") + found["hand"].mass + found["foot"].mass
    return {name: replace(part, mass=part.mass / total) for name, part in found.items()}


def add_seat(spec: Any, seat: Seat, friction: float) -> None:
    """Put a seat's box on the floor."""
    x, y, top = seat.center
    spec.worldbody.add_geom(
        name="seat",
        type=mujoco.mjtGeom.mjGEOM_BOX,
        pos=[x, y, top / 2.0],
        size=[seat.depth / 2.0, seat.width / 2.0, max(top / 2.0, 0.01)],
        quat=[np.cos(seat.yaw / 2.0), 0.0, 0.0, np.sin(seat.yaw / 2.0)],
        friction=[friction, 0.005, 0.0001],
    )


def add_trunk(spec: Any, p: Proportions, mass: float, table: Table) -> Any:
    """Put up pelvis, torso, head and arms; the lumbar joint stands at the omphalion, where de Leva's pelvis ends."""
    lumbar = p.trunk * table["pelvis"].length / table["trunk"].length
    legs = max(p.thigh[s] + p.shank[s] + p.foot[s].ankle_height for s in SIDES)
    pelvis = spec.worldbody.add_body(name="pelvis", pos=[0, 0, legs])
    pelvis.add_freejoint(name="root")
    pelvis.add_site(name="pelvis", pos=[0, 0, 0])
    hips, navel, shoulders = np.zeros(3), np.array([0, 0, lumbar]), np.array([0, 0, p.trunk])
    trunk_part = segment_part(table["trunk"], mass, shoulders, hips)
    pelvis_part = segment_part(table["pelvis"], mass, navel, hips)
    half = p.pelvis_width / 2.0
    radius = put_inertia(pelvis, pelvis_part)
    add_capsule(pelvis, "pelvis", np.array([0, -half, 0.3 * lumbar]), np.array([0, half, 0.3 * lumbar]), 0.6 * radius)

    torso = pelvis.add_body(name="torso", pos=[0, 0, lumbar])
    add_dofs(
        torso,
        {"lumbar_flexion": (0.0, 1.0, 0.0), "lumbar_bending": (1.0, 0.0, 0.0), "lumbar_rotation": (0.0, 0.0, 1.0)},
    )
    rest = combine((trunk_part,), minus=(pelvis_part,))
    radius = put_inertia(torso, RigidPart(rest.mass, rest.com - navel, rest.inertia))
    thorax = shoulders - navel
    add_capsule(torso, "torso", np.array([0, 0, 0.2 * thorax[2]]), thorax - [0, 0, radius], radius)
    torso.add_site(name="spine", pos=[0, 0, p.trunk / 2.0 - lumbar])
    torso.add_site(name="thorax", pos=thorax.tolist())

    head = torso.add_body(name="head", pos=(thorax + np.array([p.c7[0], 0, p.c7[1]])).tolist())
    add_dofs(head, {"neck_flexion": (0.0, 1.0, 0.0), "neck_bending": (1.0, 0.0, 0.0)})
    vertex = np.array([0, 0, p.head])
    radius = put_inertia(head, segment_part(table["head"], mass, vertex, np.zeros(3)))
    add_capsule(head, "head", 0.5 * vertex, vertex - [0, 0, radius], radius)
    head.add_site(name="neck", pos=(vertex / 3.0).tolist())
    head.add_site(name="head", pos=vertex.tolist())
    for side in SIDES:
        _add_arm(torso, thorax, side, p, mass, table)
    return pelvis


def _add_arm(
    torso: Any, thorax: Float[np.ndarray, "3"], side: SideName, p: Proportions, mass: float, table: Table
) -> None:
    sign = -1.0 if side == "r" else 1.0
    upper = torso.add_body(name=f"{side}_upper_arm", pos=[0, sign * p.shoulder_width / 2.0, float(thorax[2])])
    # A ball: three hinges would lock with the arm raised sideways or forwards, both of which patients are asked to do.
    upper.add_joint(name=f"{side}_shoulder", type=mujoco.mjtJoint.mjJNT_BALL)
    elbow = np.array([0, 0, -p.upper_arm[side]])
    radius = put_inertia(upper, segment_part(table[f"upper_arm_{side}"], mass, np.zeros(3), elbow))
    add_capsule(upper, f"{side}_upper_arm", np.zeros(3), elbow, radius)
    upper.add_site(name=f"{side}_shoulder", pos=[0, 0, 0])

    forearm = upper.add_body(name=f"{side}_forearm", pos=elbow.tolist())
    add_dofs(forearm, {f"{side}_elbow_flexion": (0.0, -1.0, 0.0)})
    wrist = np.array([0, 0, -p.forearm[side]])
    knuckle = wrist - [0, 0, table["hand"].length * p.stature]
    parts = (
        segment_part(table[f"forearm_{side}"], mass, np.zeros(3), wrist),
        segment_part(table["hand"], mass, wrist, knuckle),
    )
    radius = put_inertia(forearm, combine(parts))
    add_capsule(forearm, f"{side}_forearm", np.zeros(3), knuckle, radius)
    forearm.add_site(name=f"{side}_elbow", pos=[0, 0, 0])
    forearm.add_site(name=f"{side}_wrist", pos=wrist.tolist())


def add_leg(pelvis: Any, side: SideName, p: Proportions, mass: float, table: Table, friction: float) -> None:
    """Hang one leg, with its foot, on the pelvis."""
    sign = -1.0 if side == "r" else 1.0
    hip = np.array([0, sign * p.pelvis_width / 2.0, 0])
    thigh = pelvis.add_body(name=f"{side}_thigh", pos=hip.tolist())
    add_dofs(
        thigh,
        {
            f"{side}_hip_flexion": (0.0, -1.0, 0.0),
            f"{side}_hip_adduction": (-sign, 0.0, 0.0),
            f"{side}_hip_rotation": (0.0, 0.0, -sign),
        },
    )
    knee = np.array([0, 0, -p.thigh[side]])
    radius = put_inertia(thigh, segment_part(table[f"thigh_{side}"], mass, np.zeros(3), knee))
    add_capsule(thigh, f"{side}_thigh", 0.2 * knee, knee, radius)
    pelvis.add_site(name=f"{side}_hip", pos=hip.tolist())
    pelvis.add_site(name=f"seat_{side}_back", pos=[0, float(hip[1]), -radius])
    thigh.add_site(name=f"seat_{side}_front", pos=[-radius, 0, 0.4 * float(knee[2])])

    shank = thigh.add_body(name=f"{side}_shank", pos=knee.tolist())
    add_dofs(shank, {f"{side}_knee_flexion": (0.0, 1.0, 0.0)})
    ankle = np.array([0, 0, -p.shank[side]])
    radius = put_inertia(shank, segment_part(table[f"shank_{side}"], mass, np.zeros(3), ankle))
    add_capsule(shank, f"{side}_shank", np.zeros(3), ankle, radius)
    shank.add_site(name=f"{side}_knee", pos=[0, 0, 0])

    foot = shank.add_body(name=f"{side}_foot", pos=ankle.tolist())
    add_dofs(foot, {f"{side}_ankle_flexion": (0.0, -1.0, 0.0), f"{side}_ankle_inversion": (-sign, 0.0, 0.0)})
    add_foot(foot, side, p.foot[side], p.stature, mass, table["foot"], friction)
