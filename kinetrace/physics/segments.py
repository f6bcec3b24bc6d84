"""The pieces a humanoid's body is put together from: inertia, capsule, hinge, foot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mujoco
import numpy as np
from jaxtyping import Float

from kinetrace.motion.segment_parameters import BALL_OF_FOOT, FOOT_BREADTH
from kinetrace.physics.anthropometry import RigidPart, SegmentInertia, segment_part
from kinetrace.physics.joint_limits import limit_of
from kinetrace.physics.proportions import FootShape, SideName

_BODY, _FLOOR = 2, 1  # collision bits: the body meets floor and seat, not itself


def put_inertia(body: Any, part: RigidPart) -> float:
    """Give a body its mass and inertia, and say how thick a capsule of that mass is.

    Args:
        body: MjSpec body.
        part: Its rigid part.

    Returns:
        Radius of the solid cylinder of the part's mass whose moments the part has [m]: r = sqrt(2 I_min / m).
    """
    body.mass = part.mass
    body.ipos = part.com.tolist()
    body.inertia = part.inertia.tolist()
    body.explicitinertial = True
    return float(np.sqrt(2.0 * part.inertia.min() / part.mass))


def add_capsule(
    body: Any, name: str, start: Float[np.ndarray, "3"], end: Float[np.ndarray, "3"], radius: float
) -> None:
    """Add a massless capsule that meets floor and seat but not the rest of the body."""
    body.add_geom(
        name=name,
        type=mujoco.mjtGeom.mjGEOM_CAPSULE,
        fromto=[*start.tolist(), *end.tolist()],
        size=[radius, 0, 0],
        mass=0.0,
        contype=_BODY,
        conaffinity=_FLOOR,
    )


def add_dofs(body: Any, axes: Mapping[str, tuple[float, float, float]]) -> None:
    """Add hinges with their ranges, in the order given (first is nearest to the parent)."""
    for name, axis in axes.items():
        limit = limit_of(name)
        body.add_joint(
            name=name,
            type=mujoco.mjtJoint.mjJNT_HINGE,
            axis=list(axis),
            limited=True,
            range=[np.radians(limit.low), np.radians(limit.high)],
        )


def add_foot(
    foot: Any,
    side: SideName,
    shape: FootShape,
    stature: float,
    mass: float,
    segment: SegmentInertia,
    friction: float,
) -> None:
    """Give a foot its inertia, its two sole boxes, its BODY21 sites and its six sole points.

    Args:
        foot: MjSpec body whose origin is the ankle.
        side: Which foot.
        shape: The subject's foot standing flat.
        stature: [m].
        mass: Of the whole body [kg].
        segment: De Leva's foot.
        friction: Coulomb friction of the sole.
    """
    back, front = shape.sole(stature)
    floor, half = -shape.ankle_height, FOOT_BREADTH * stature / 2.0
    ball = back + BALL_OF_FOOT * (front - back)
    mid = floor + shape.ankle_height / 2.0  # the foot's axis: half way up to the ankle, where a wedge has its bulk
    put_inertia(foot, segment_part(segment, mass, np.array([back, 0, mid]), np.array([front, 0, mid]), long_axis=0))
    thick = min(0.02, shape.ankle_height / 2.0)
    for name, start, end in (("hindfoot", back, ball), ("forefoot", ball, front)):
        foot.add_geom(
            name=f"{side}_{name}",
            type=mujoco.mjtGeom.mjGEOM_BOX,
            pos=[(start + end) / 2.0, 0.0, floor + thick / 2.0],
            size=[(end - start) / 2.0, half, thick / 2.0],
            mass=0.0,
            contype=_BODY,
            conaffinity=_FLOOR,
            friction=[friction, 0.005, 0.0001],
        )
    foot.add_site(name=f"{side}_ankle", pos=[0, 0, 0])
    foot.add_site(name=f"{side}_heel", pos=[shape.heel_x, 0, floor + shape.heel_height])
    foot.add_site(name=f"{side}_toe", pos=[shape.toe_x, 0, floor + shape.toe_height])
    inward = half if side == "r" else -half
    for name, x in (("heel", back), ("ball", ball), ("tip", front)):
        foot.add_site(name=f"{side}_{name}_in", pos=[x, inward, floor])
        foot.add_site(name=f"{side}_{name}_out", pos=[x, -inward, floor])
