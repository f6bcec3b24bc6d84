"""The CMU skeleton seen in a mirror: left becomes right and x changes its sign."""

from __future__ import annotations

from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from kinetrace.models.cmu_protocol import PREDICTED
from kinetrace.motion.cmu_skeleton import CMU_JOINTS


def _partner(name: str) -> str:
    if name.startswith("Left"):
        return "Right" + name[4:]
    if name.startswith("Right"):
        return "Left" + name[5:]
    return {"LHipJoint": "RHipJoint", "RHipJoint": "LHipJoint"}.get(name, name)


PARTNER: Final = tuple(CMU_JOINTS.index(_partner(name)) for name in CMU_JOINTS)
"""Of each of the 38 joints, the one on the other side; itself on the midline."""
PREDICTED_PARTNER: Final = tuple(PREDICTED.index(PARTNER[joint]) for joint in PREDICTED)
"""The same among the 25 joints that are predicted."""


def mirrored(places: Float[np.ndarray, "frames 38 3"]) -> Float[np.ndarray, "frames 38 3"]:
    """Give a motion with its sides exchanged; offsets of the two sides differ by a few per cent, so bones do too."""
    return np.asarray(places[:, list(PARTNER)] * np.array([-1.0, 1.0, 1.0]))


def mirrored_coordinates(windows: Float[Tensor, "windows frames 75"]) -> Float[Tensor, "windows frames 75"]:
    """Give the predicted joints of windows with their sides exchanged; twice gives them back."""
    joints = windows.reshape(*windows.shape[:2], len(PREDICTED), 3)[:, :, list(PREDICTED_PARTNER)]
    return torch.flatten(joints * torch.tensor([-1.0, 1.0, 1.0]), 2)
