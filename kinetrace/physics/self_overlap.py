"""How deep a body's parts are inside one another: the simulation lets them pass, so what is executed is looked at."""

from __future__ import annotations

from typing import Any, Final

import mujoco
import numpy as np
from jaxtyping import Float

from kinetrace.physics.humanoid import Humanoid

_FAR_M: Final = 1.0
_TRUNK: Final = ("torso", "pelvis", "head")


def pairs(humanoid: Humanoid) -> list[tuple[int, int]]:
    """Give the geoms that must not meet: forearms with trunk, thighs and each other, lower legs and feet with each other.

    Neighbours are left out: an armpit, a groin and a knee overlap in every pose.
    """
    names = [(f"{side}_forearm", part) for side in "lr" for part in (*_TRUNK, "l_thigh", "r_thigh")]
    names.append(("l_forearm", "r_forearm"))
    legs = ("shank", "hindfoot", "forefoot")
    names += [(f"l_{left}", f"r_{right}") for left in legs for right in legs]
    model: Any = humanoid.model
    return [(int(model.geom(a).id), int(model.geom(b).id)) for a, b in names]


def overlap(humanoid: Humanoid, qpos: Float[np.ndarray, "frames nq"]) -> Float[np.ndarray, "frames"]:
    """Give the deepest overlap of any two parts of :func:`pairs` in each pose [m]; 0 where none meet.

    Args:
        humanoid: The subject's model; its capsules and sole boxes are the flesh.
        qpos: Poses.
    """
    model, data, found = humanoid.model, humanoid.scratch, np.zeros(len(qpos))
    ends, apart = np.zeros(6), pairs(humanoid)
    for t, pose in enumerate(qpos):
        data.qpos = pose
        mujoco.mj_kinematics(model, data)
        near = min(mujoco.mj_geomDistance(model, data, a, b, _FAR_M, ends) for a, b in apart)
        found[t] = max(0.0, -near)
    return found
