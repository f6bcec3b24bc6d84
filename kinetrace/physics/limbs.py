"""The parts of the humanoid that a recording can lose one by one: their degrees of freedom and the joints that show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import mujoco
import numpy as np
from jaxtyping import Bool, Int, UInt8

from kinetrace.motion.skeletons import joint_index
from kinetrace.physics.humanoid import Humanoid


@dataclass(frozen=True)
class Limb:
    """One part.

    Attributes:
        joints: Joints of the model that it turns in.
        needed: Points that must all be seen.
        either: Points of which one must be seen; empty: none is asked for.
    """

    joints: tuple[str, ...]
    needed: tuple[str, ...]
    either: tuple[str, ...] = ()


def _of(side: str) -> dict[str, Limb]:
    s = f"{side}_"
    return {
        f"{s}thigh": Limb((f"{s}hip_flexion", f"{s}hip_adduction"), (f"{s}knee",)),
        f"{s}shank": Limb((f"{s}hip_rotation", f"{s}knee_flexion"), (f"{s}knee", f"{s}ankle")),
        f"{s}foot": Limb((f"{s}ankle_flexion", f"{s}ankle_inversion"), (f"{s}ankle",), (f"{s}heel", f"{s}toe")),
        f"{s}upper_arm": Limb((f"{s}shoulder",), (f"{s}elbow",)),
        f"{s}forearm": Limb((f"{s}elbow_flexion",), (f"{s}elbow", f"{s}wrist")),
    }


LIMBS: Final = {**_of("r"), **_of("l"), "head": Limb(("neck_flexion", "neck_bending"), ("head",))}
LEGS: Final = frozenset(f"{side}_{part}" for side in "rl" for part in ("thigh", "shank", "foot"))
"""Limbs without which a frame's forces are a guess."""


def limbs_seen(validity: UInt8[np.ndarray, "frames 21"]) -> dict[str, Bool[np.ndarray, "frames"]]:
    """Say in which frames each limb can be solved for."""
    there = validity > 0
    found = {}
    for name, limb in LIMBS.items():
        seen = there[:, joint_index(*limb.needed)].all(axis=1)
        if limb.either:
            seen &= there[:, joint_index(*limb.either)].any(axis=1)
        found[name] = np.asarray(seen)
    return found


def columns(humanoid: Humanoid, limb: str, of: Literal["qpos", "qvel"] = "qpos") -> Int[np.ndarray, "columns"]:
    """Give a limb's columns of qpos or qvel."""
    model: Any = humanoid.model
    found: list[int] = []
    for name in LIMBS[limb].joints:
        joint = model.joint(name)
        ball = model.jnt_type[joint.id] == mujoco.mjtJoint.mjJNT_BALL
        start, width = (joint.qposadr[0], 4) if of == "qpos" else (joint.dofadr[0], 3)
        found += range(int(start), int(start) + (width if ball else 1))
    return np.array(found)
