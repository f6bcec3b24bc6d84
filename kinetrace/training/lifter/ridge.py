"""A linear lifter beside the network: ridge regression from some frames of the same features to the same joints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from kinetrace.models.heading import from_heading, to_heading
from kinetrace.models.lifter.features import seen
from kinetrace.training.lifter.draws import clips_of_step
from kinetrace.training.lifter.film import Clips
from kinetrace.training.lifter.motions import MotionTable
from schemas.errors import ComputeError
from schemas.lifter import LifterParams

WINDOW: Final = (-27, -9, -3, -1, 0, 1, 3, 9, 27)
"""Frames that are looked at, from the frame that is answered."""
ONE_FRAME: Final = (0,)
PENALTY: Final = 1e-3
"""Of the mean square of the weights beside the mean square error, inputs being of the order of one."""


@dataclass(frozen=True)
class RidgeLifter:
    """Weights of every input, the last of a constant, and the frames that are the inputs."""

    offsets: tuple[int, ...]
    weights: Float[Tensor, "inputs outputs"]

    def lifted(
        self, rays: Float[Tensor, "clips frames points 3"], trust: Float[Tensor, "clips frames points"]
    ) -> Float[Tensor, "clips frames 21 3"]:
        """Answer as the network does, in the frame of the rays."""
        clip = seen(rays, trust)
        places = torch.matmul(_windows(clip.features, self.offsets), self.weights).reshape(*rays.shape[:2], -1, 3)
        placed = torch.cat((torch.zeros_like(places[:, :, :1]), places), 2)
        return from_heading(placed, clip.yaw[..., None])


def fit_ridge(
    table: MotionTable,
    params: LifterParams,
    steps: Iterable[int],
    offsets: tuple[int, ...] = WINDOW,
    penalty: float = PENALTY,
) -> RidgeLifter:
    """Fit on the clips that the network's first steps are trained on; normal equations, added up step by step.

    Args:
        table: Motions.
        params: How clips are drawn.
        steps: Whose clips.
        offsets: Frames that are looked at.
        penalty: See PENALTY.
    """
    square: Tensor | None = None
    cross: Tensor | None = None
    rows = 0
    for step in steps:
        given, wanted = _equations(clips_of_step(table, params, step), offsets)
        square = given.T @ given if square is None else square + given.T @ given
        cross = given.T @ wanted if cross is None else cross + given.T @ wanted
        rows += len(given)
    if square is None or cross is None:
        raise ComputeError(
            where="ridge lifter",
            field="steps",
            expected="one or more",
            found="none",
            fix="Give steps to draw clips of.",
        )
    held = penalty * rows * np.eye(len(square))
    held[-1, -1] = 0.0
    return RidgeLifter(
        offsets, torch.from_numpy(np.linalg.solve(square.numpy() + held, cross.numpy()).astype(np.float32))
    )


def _equations(clips: Clips, offsets: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    clip = seen(clips.rays, clips.confidence)
    wanted = to_heading(clips.positions, clip.yaw[..., None])[:, :, 1:]
    return _windows(clip.features, offsets).flatten(0, 1).double(), wanted.flatten(2).flatten(0, 1).double()


def _windows(
    features: Float[Tensor, "clips frames columns"], offsets: tuple[int, ...]
) -> Float[Tensor, "clips frames inputs"]:
    """Lay frames side by side; beyond the ends there are zeros, and a constant at the end."""
    reach, frames = max(offsets), features.shape[1]
    padded = pad(features, (0, 0, reach, reach))
    side = [padded[:, reach + k : reach + k + frames] for k in offsets]
    return torch.cat((*side, torch.ones_like(features[..., :1])), -1)
