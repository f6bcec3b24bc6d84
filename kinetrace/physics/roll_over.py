"""Where a walking foot bears: its roll-over shape, told from the shank's lean, weighed with what the root's moment says."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from jaxtyping import Float

from kinetrace.physics.humanoid import Humanoid
from kinetrace.physics.inverse_dynamics import Dynamics

RADIUS: Final = 0.22
"""Ankle and foot of a walking person roll like an arc of this radius, in statures: 22 % in children of 3 to 17 years, like
adults (Hansen & Meier 2010, Clin. Biomech. 25:248). From 15 to 22 % the centre of pressure moves by 1 mm on the mean."""
TRUST: Final = 0.5
"""Share of the roll-over shape in the centre of pressure; the root's moment, which is this person's own, has the rest.
Measured on 9 walks, mean of the median distances to the plates' in single support: 34, 23 and 22 mm for shares 0, 0.5
and 1, worst walk 60, 44 and 38. Alone the moment scatters by 17-40 mm along the foot (1 %BW of horizontal force at the
height of the centre of mass is 10 mm), the arc by 4-19 mm around its own bias."""
MIN_VERTICAL_BW: Final = 0.2  # below, a moment divided by the force says nothing of where it acts


def steadied_moment(
    humanoid: Humanoid,
    dynamics: Dynamics,
    foot_weights: Float[np.ndarray, "frames 2"],
    soles: Float[np.ndarray, "frames 2 6 3"],
    weight_n: float,
) -> Float[np.ndarray, "frames 3"]:
    """Give the moment about the centre of mass that puts the pressure half way to where a rolling foot bears.

    The centre of pressure p follows from force F and moment M about the centre of mass c at height h as
    p = c + ((-M_y - h F_x) / F_z, (M_x - h F_y) / F_z): every per cent of body weight of noise in the horizontal force
    moves it by a centimetre. Under a rolling foot it is where the arc touches the floor, R sin(lean) ahead of the ankle.

    Args:
        humanoid: The subject's model.
        dynamics: Forces that the motion needs.
        foot_weights: How much each foot bears (left, right), 0 where it does not.
        soles: Sole points, Z up; heel, ball and tip, inner and outer [m].
        weight_n: Body weight [N].

    Returns:
        The needed moment [N m]; unchanged where no foot bears or there is next to no load.
    """
    moment, force, com = dynamics.moment.copy(), dynamics.force, dynamics.placed.com
    use = (foot_weights.sum(axis=1) > 0.0) & (force[:, 2] > MIN_VERTICAL_BW * weight_n)
    share = foot_weights / np.maximum(foot_weights.sum(axis=1, keepdims=True), 1e-9)
    rolling = (share[..., None] * _touching(humanoid, dynamics, soles)).sum(axis=1)
    up = np.where(use, force[:, 2], 1.0)
    height = com[:, 2]
    here = (
        com[:, :2]
        + np.column_stack((-moment[:, 1] - height * force[:, 0], moment[:, 0] - height * force[:, 1])) / up[:, None]
    )
    alone = (1.0 - 4.0 * share[:, 0] * share[:, 1]) * use
    shift = (TRUST * alone)[:, None] * (rolling - here) * force[:, 2:]
    moment[:, 0] += shift[:, 1]
    moment[:, 1] -= shift[:, 0]
    return moment


def _touching(
    humanoid: Humanoid, dynamics: Dynamics, soles: Float[np.ndarray, "frames 2 6 3"]
) -> Float[np.ndarray, "frames 2 2"]:
    """Give the point of the floor that each foot's arc touches, on the sole's midline from heel to tip [m]."""
    model: Any = humanoid.model
    out = np.empty((len(soles), 2, 2))
    for foot, side in enumerate("lr"):
        ankle, knee = (dynamics.placed.sites[:, model.site(f"{side}_{name}").id] for name in ("ankle", "knee"))
        heel, tip = soles[:, foot, :2, :2].mean(axis=1), soles[:, foot, 4:, :2].mean(axis=1)
        length = np.linalg.norm(tip - heel, axis=1)
        along = (tip - heel) / np.maximum(length, 1e-6)[:, None]
        shank = knee - ankle
        lean = (shank[:, :2] * along).sum(axis=1) / np.linalg.norm(shank, axis=1)
        ahead = ((ankle[:, :2] - heel) * along).sum(axis=1) + RADIUS * humanoid.stature * lean
        out[:, foot] = heel + np.clip(ahead, 0.0, length)[:, None] * along
    return out
