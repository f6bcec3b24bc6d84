"""Left and right exchanged, and how far a pose is from its mirror image."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.features import feature_map
from kinetrace.motion.skeletons import BODY21

MIRROR_SIGN = (1.0, 1.0, -1.0) * 3


def mirrored(states: Float[Tensor, "anchors joints 9"]) -> Float[Tensor, "anchors joints 9"]:
    """Exchange left and right of BODY21: joints change places and what points right points left."""
    other = [
        BODY21.index({"r": "l", "l": "r"}.get(name[0], "") + name[1:]) if name[:2] in ("r_", "l_") else i
        for i, name in enumerate(BODY21)
    ]
    return states[:, other] * states.new_tensor(MIRROR_SIGN)


def asymmetry_m(states: Float[np.ndarray, "anchors 21 9"]) -> Float[np.ndarray, "anchors"]:
    """Give the mean distance of the joints, relative to the root in the heading frame, from their mirror image [m].

    Args:
        states: Causal states of BODY21.
    """
    given = torch.from_numpy(states)
    view = feature_map("heading", BODY21)
    away = (view.extract(given) - view.extract(mirrored(given)))[:, view.posed].reshape(len(states), -1, 3)
    found: np.ndarray = away.norm(dim=-1).mean(dim=1).double().numpy()
    return found
